//! The adapters whose ways are known.

use std::{ffi::OsString, fmt, path::Path};

use super::json;

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
    /// rdbg, for Ruby.
    Rdbg,
    /// netcoredbg, for .NET.
    NetCoreDbg,
    /// java-debug, for Java and what runs on its machine.
    Java,
    /// php-debug, for PHP with Xdebug.
    Php,
    /// OpenDebugAD7, for C and C++ by gdb or lldb (`cppdbg`).
    OpenDebug,
}

impl Family {
    /// The family of an adapter's command: by the name of the program itself, or of what an interpreter is given to run.
    #[must_use]
    pub fn of_command(command: &[OsString]) -> Option<Family> {
        let words: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
        let (program, arguments) = words.split_first()?;
        let name = file_name(program);
        let runs = |is_meant: fn(&str) -> bool| arguments.iter().any(|word| is_meant(word));
        if name.starts_with("python") || name.starts_with("pypy") {
            return runs(|word| word == "debugpy.adapter" || word.ends_with("debugpy/adapter"))
                .then_some(Family::Debugpy);
        }
        if name == "node" || name == "nodejs" {
            let is_server =
                |word: &str| matches!(file_name(word), "dapDebugServer" | "vsDebugServer");
            let is_php = |word: &str| file_name(word) == "phpDebug";
            let js = runs(is_server).then_some(Family::Js);
            return js.or_else(|| runs(is_php).then_some(Family::Php));
        }
        Family::of_program(name)
    }

    /// The family of a program by its name.
    fn of_program(name: &str) -> Option<Family> {
        let is = |own: &str| {
            let rest = name.strip_prefix(own);
            rest.is_some_and(|rest| {
                rest.chars()
                    .all(|c| c == '-' || c == '.' || c.is_ascii_digit())
            })
        };
        Some(match name {
            "debugpy-adapter" | "debugpy" => Family::Debugpy,
            "codelldb" => Family::CodeLldb,
            "js-debug-adapter" => Family::Js,
            "php-debug-adapter" => Family::Php,
            "netcoredbg" => Family::NetCoreDbg,
            "OpenDebugAD7" => Family::OpenDebug,
            _ if is("rdbg") => Family::Rdbg,
            "rust-gdb" => Family::Gdb,
            _ if is("lldb-dap") || is("lldb-vscode") => Family::Lldb,
            _ if is("dlv") || name == "dlv-dap" => Family::Delve,
            // also those for other machines
            _ if is("gdb") || name.ends_with("-gdb") => Family::Gdb,
            _ => return None,
        })
    }

    /// The family that a client asks for in `initialize`, where its name for it is a known one.
    #[must_use]
    pub fn of_adapter_id(id: &str) -> Option<Family> {
        Some(match id {
            "debugpy" | "python" => Family::Debugpy,
            "lldb-dap" | "lldb-vscode" => Family::Lldb,
            "codelldb" => Family::CodeLldb,
            "go" | "delve" | "dlv" => Family::Delve,
            "gdb" => Family::Gdb,
            "pwa-node" | "pwa-chrome" | "pwa-msedge" | "node" | "js-debug" => Family::Js,
            "rdbg" | "ruby" => Family::Rdbg,
            "coreclr" | "netcoredbg" => Family::NetCoreDbg,
            "java" => Family::Java,
            "php" => Family::Php,
            "cppdbg" => Family::OpenDebug,
            _ => return None,
        })
    }

    /// The family of an adapter by its answer to `initialize`, whose body begins at `at`.
    pub(super) fn of_capabilities(message: &[u8], at: usize) -> Option<Family> {
        let (mut filters, mut is_lldb) = (Vec::new(), false);
        for (key, value) in json::members(message, at) {
            is_lldb |= key == b"__lldb" || key.starts_with(b"$__lldb");
            if key == b"exceptionBreakpointFilters" {
                let named = json::items(message, value.start).filter_map(|filter| {
                    json::text(message, json::member(message, filter.start, "filter")?)
                });
                filters.extend(named);
            }
        }
        let has = |name: &str| filters.iter().any(|filter| filter == name);
        Some(match () {
            () if is_lldb || has("objc_throw") => Family::Lldb,
            () if has("cpp_throw") => Family::CodeLldb,
            () if has("rethrow") && has("assert") => Family::Gdb,
            () if has("userUnhandled") && has("raised") => Family::Debugpy,
            () if has("any") && has("RuntimeError") => Family::Rdbg,
            () if has("all") && has("user-unhandled") => Family::NetCoreDbg,
            () if has("Notice") && has("Warning") => Family::Php,
            () => return None,
        })
    }

    /// The family of an adapter by what it says of itself at the begin. What the debuggee prints has other categories.
    pub(super) fn of_output(category: &str, text: &str) -> Option<Family> {
        Some(match (category, text) {
            ("telemetry", "debugpy") => Family::Debugpy,
            ("telemetry", _) if text.starts_with("js-debug/") => Family::Js,
            ("console", _) if text.starts_with("Type 'dlv help'") => Family::Delve,
            _ => return None,
        })
    }
}

/// The name of a file without its folder and its ending.
fn file_name(path: &str) -> &str {
    let name = Path::new(path).file_name().and_then(|name| name.to_str());
    let name = name.unwrap_or(path);
    [".exe", ".js", ".cjs", ".cmd"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name)
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
            Family::Rdbg => "rdbg",
            Family::NetCoreDbg => "netcoredbg",
            Family::Java => "java-debug",
            Family::Php => "php-debug",
            Family::OpenDebug => "OpenDebugAD7",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_known_by_their_own_name() {
        use Family::*;
        for (line, expected) in [
            ("python3 -m debugpy.adapter", Some(Debugpy)),
            ("/usr/bin/python3.11 /x/debugpy/adapter", Some(Debugpy)),
            ("debugpy-adapter", Some(Debugpy)),
            ("/opt/llvm/bin/lldb-dap", Some(Lldb)),
            ("lldb-dap-19", Some(Lldb)),
            ("lldb-vscode.exe", Some(Lldb)),
            ("/x/adapter/codelldb --port 5", Some(CodeLldb)),
            ("dlv dap", Some(Delve)),
            ("arm-none-eabi-gdb -i dap", Some(Gdb)),
            ("gdb-16 -i dap", Some(Gdb)),
            ("node /x/js-debug/src/dapDebugServer.js 0", Some(Js)),
            ("node vsDebugServer.cjs", Some(Js)),
            // a word in a path says nothing
            ("/home/me/node_modules/.bin/my-adapter", None),
            ("node /x/node_modules/my-adapter/out/debug.js", None),
            ("python3 -m my_lua_adapter", None),
            ("python3 /home/python/rdbg.py", None),
            ("/opt/gdb-tools/adapter", None),
            ("node /x/php-debug/out/phpDebug.js", Some(Php)),
            ("/x/debugAdapters/bin/OpenDebugAD7", Some(OpenDebug)),
            ("rdbg --open", Some(Rdbg)),
            ("/usr/bin/rdbg3.1 --open", Some(Rdbg)),
            ("netcoredbg --interpreter=vscode", Some(NetCoreDbg)),
        ] {
            let command: Vec<OsString> = line.split(' ').map(OsString::from).collect();
            assert_eq!(Family::of_command(&command), expected, "{line}");
        }
        assert_eq!(Family::of_command(&[]), None);
    }

    #[test]
    fn adapters_are_known_by_what_they_say_in_initialize() {
        use Family::*;
        // as lldb-dap 19, CodeLLDB 1.11, gdb 16, debugpy 1.8, js-debug 1.105, delve 1.20 and rdbg 1.4 say it
        for (body, expected) in [
            (
                r#"{"__lldb":{"version":"lldb version 19.1.7"}}"#,
                Some(Lldb),
            ),
            (r#"{"$__lldb_version":"lldb version 21"}"#, Some(Lldb)),
            (
                r#"{"exceptionBreakpointFilters":[{"filter":"cpp_throw"},{"filter":"cpp_catch"}]}"#,
                Some(CodeLldb),
            ),
            (
                r#"{"exceptionBreakpointFilters":[{"label":"Ada assertions","filter":"assert"},{"filter":"throw"},{"filter":"rethrow"}]}"#,
                Some(Gdb),
            ),
            (
                r#"{"exceptionBreakpointFilters":[{"filter":"raised"},{"filter":"uncaught"},{"filter":"userUnhandled"}]}"#,
                Some(Debugpy),
            ),
            (
                r#"{"exceptionBreakpointFilters":[{"filter":"all"},{"filter":"uncaught"}]}"#,
                None,
            ),
            (
                r#"{"exceptionBreakpointFilters":[{"filter":"any","label":"rescue any exception"},{"filter":"RuntimeError"}]}"#,
                Some(Rdbg),
            ),
            (r#"{"supportsClipboardContext":true}"#, None),
            ("", None),
        ] {
            assert_eq!(
                Family::of_capabilities(body.as_bytes(), 0),
                expected,
                "{body}"
            );
        }
    }
}
