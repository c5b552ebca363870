//! The adapters whose ways are known.

use std::fmt;

use super::recognise::Shape;

/// An adapter, by the words it writes and understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// debugpy, for Python.
    Debugpy,
    /// lldb-dap, for C, C++, Rust and Swift.
    Lldb,
    /// CodeLLDB, for the same.
    CodeLldb,
    /// Delve, for Go.
    Delve,
    /// gdb with its own interpreter for the protocol.
    Gdb,
    /// js-debug, for JavaScript in Node and in browsers.
    Js,
}

impl Family {
    /// The family whose name stands in a command line or in a client's `adapterID`.
    #[must_use]
    pub fn named_in(text: &str) -> Option<Family> {
        const NAMES: [(&str, Family); 13] = [
            ("debugpy", Family::Debugpy),
            ("python", Family::Debugpy),
            ("codelldb", Family::CodeLldb),
            ("vscode-lldb", Family::CodeLldb),
            ("lldb", Family::Lldb),
            ("dlv", Family::Delve),
            ("delve", Family::Delve),
            ("gdb", Family::Gdb),
            ("js-debug", Family::Js),
            ("vsDebugServer", Family::Js),
            ("dapDebugServer", Family::Js),
            ("pwa-", Family::Js),
            ("node", Family::Js),
        ];
        NAMES
            .iter()
            .find(|(name, _)| text.contains(name))
            .map(|&(_, family)| family)
    }

    /// The family that writes a value in this way.
    pub(super) fn of_value(shape: Shape, type_name: Option<&str>) -> Option<Family> {
        match type_name? {
            "str" | "bytes" | "bytearray" | "int" | "list" | "ULID" | "UUID" => {
                Some(Family::Debugpy)
            }
            "bigint" | "Uint8Array" | "Buffer" | "Array" | "String" | "symbol" => Some(Family::Js),
            "string" if shape == Shape::Text('"') => Some(Family::Delve),
            "string" => Some(Family::Js),
            name if name.starts_with('[') || name.contains('/') => Some(Family::Delve),
            _ => None,
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Family::Debugpy => "debugpy",
            Family::Lldb => "lldb-dap",
            Family::CodeLldb => "CodeLLDB",
            Family::Delve => "delve",
            Family::Gdb => "gdb",
            Family::Js => "js-debug",
        })
    }
}
