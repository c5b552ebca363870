//! `ulid EXPR` in the debug console.

use ulid_engine::{Reading, Timestamp, Ulid, row::Spelling};

use super::{
    children,
    kind::Identifier,
    settings::{self, Settings},
};

/// The expression after `ulid `; nothing where the line is an expression of the debuggee about a variable `ulid`.
pub(super) fn argument(line: &str) -> Option<&str> {
    let rest = line.trim().strip_prefix("ulid")?;
    let argument = rest.trim_start();
    if argument.is_empty() || argument.len() == rest.len() {
        return None;
    }
    let is_operator = argument.starts_with([
        '=', '+', '/', '%', '<', '>', '!', '|', '^', '?', '.', ',', ';', ':', ')', ']', '[', '(',
        '{',
    ]) || [
        "- ",
        "-= ",
        "* ",
        "& ",
        "&&",
        "in ",
        "is ",
        "not ",
        "and ",
        "or ",
        "if ",
        "instanceof ",
        "as ",
    ]
    .iter()
    .any(|operator| argument.starts_with(operator));
    (!is_operator).then_some(argument)
}

/// A ULID that is written out in whichever form needs no debuggee to be read.
pub(super) fn literal(argument: &str) -> Option<Ulid> {
    let argument = ['"', '\'']
        .iter()
        .find_map(|&quote| argument.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(argument);
    match Spelling::read(argument, Reading::Strict) {
        // a short number is the debuggee's business
        Ok((Spelling::Integer | Spelling::Hex | Spelling::HexMarked | Spelling::Base64, _))
            if argument.len() < 22 =>
        {
            None
        }
        Ok((_, id)) => Some(id),
        Err(_) => None,
    }
}

/// Description of a ULID: one line if its parts can be opened below it, else its parts, one a line.
pub(super) fn describe(
    id: Identifier,
    can_open: bool,
    settings: &Settings,
    now: Timestamp,
) -> String {
    if can_open {
        return settings::text_and_time(id, settings);
    }
    let lines: Vec<String> = children::parts(id, settings, now)
        .into_iter()
        .map(|(name, value)| format!("{name:<11}{value}"))
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_ours_and_lines_that_are_not() {
        for (line, expected) in [
            ("ulid x", Some("x")),
            (" ulid  user.id ", Some("user.id")),
            ("ulid *p", Some("*p")),
            ("ulid &x", Some("&x")),
            (
                "ulid 01ARZ3NDEKTSV4RRFFQ69G5FAV",
                Some("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
            ),
            ("ulid", None),
            ("ulid ", None),
            ("ulids x", None),
            ("ulid.time()", None),
            ("ulid == x", None),
            ("ulid = x", None),
            ("ulid in seen", None),
            ("ulid is None", None),
            ("ulid - 1", None),
            ("ulid (x)", None),
            ("x ulid y", None),
        ] {
            assert_eq!(argument(line), expected, "{line}");
        }
    }

    #[test]
    fn only_what_is_surely_a_ulid_needs_no_debuggee() {
        let id = Some(Ulid::from_u128(0x0156_3e3a_b5d3_d676_4c61_efb9_9302_bd5b));
        for text in [
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "'01arz3ndektsv4rrffq69g5fav'",
            "01563e3a-b5d3-d676-4c61-efb99302bd5b",
            "01563e3ab5d3d6764c61efb99302bd5b",
            "1777027686520646174104517696511196507",
        ] {
            assert_eq!(literal(text), id, "{text}");
        }
        for text in ["5", "0x5", "abc", "user.id", "8ZZZZZZZZZZZZZZZZZZZZZZZZZ"] {
            assert_eq!(literal(text), None, "{text}");
        }
    }
}
