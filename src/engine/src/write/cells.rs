//! Cells of CSV and TSV.

use std::io::{self, Write};

/// Writes cells with a separator between them, each in quotes where it needs them.
///
/// # Errors
///
/// If `out` takes no more.
pub fn write_separated<'a>(
    out: &mut impl Write,
    separator: &str,
    cells: impl IntoIterator<Item = &'a str>,
) -> io::Result<()> {
    for (position, cell) in cells.into_iter().enumerate() {
        if position > 0 {
            out.write_all(separator.as_bytes())?;
        }
        write_cell(out, separator, cell)?;
    }
    end_row(out)
}

/// Writes one cell, in quotes where it needs them.
///
/// # Errors
///
/// If `out` takes no more.
pub fn write_cell(out: &mut impl Write, separator: &str, cell: &str) -> io::Result<()> {
    let separator = separator.bytes().next();
    let is_special = |byte| matches!(byte, b'"' | b'\n' | b'\r') || Some(byte) == separator;
    if !cell.bytes().any(is_special) {
        return out.write_all(cell.as_bytes());
    }
    out.write_all(b"\"")?;
    for piece in cell.as_bytes().split_inclusive(|&byte| byte == b'"') {
        out.write_all(piece)?;
        // a quote within is doubled
        if piece.ends_with(b"\"") {
            out.write_all(b"\"")?;
        }
    }
    out.write_all(b"\"")
}

/// Ends a row. RFC 4180 ends lines with CR LF; what reads CSV takes either, and other tools prefer LF.
///
/// # Errors
///
/// If `out` takes no more.
pub fn end_row(out: &mut impl Write) -> io::Result<()> {
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_a_reader_would_part_it() {
        let written = |separator: &str, cells: &[&str]| {
            let mut out = Vec::new();
            write_separated(&mut out, separator, cells.iter().copied()).unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(
            written(",", &["a", "b c", "d,e", "f\"g", "", "h\ni"]),
            "a,b c,\"d,e\",\"f\"\"g\",,\"h\ni\"\n"
        );
        assert_eq!(written("\t", &["a,b", "c\td"]), "a,b\t\"c\td\"\n");
        assert_eq!(
            written(",", &["\"", "a\"\"", "\"b"]),
            "\"\"\"\",\"a\"\"\"\"\",\"\"\"b\"\n"
        );
    }
}
