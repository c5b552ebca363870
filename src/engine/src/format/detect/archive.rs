//! Files that are no text and no records, by their first bytes, and what opens them.

use crate::format::Reason;

/// The first bytes of a kind of file, what it is, and what to do with it.
const KINDS: &[(&[u8], &str, &str)] = &[
    (
        b"\xFD7zXZ\0",
        "is compressed by xz, which is not read",
        "unpack it on the way: xz -dc FILE | ulid-tui",
    ),
    (
        b"BZh",
        "is compressed by bzip2, which is not read",
        "unpack it on the way: bzip2 -dc FILE | ulid-tui",
    ),
    (
        b"\x04\x22\x4D\x18",
        "is compressed by lz4, which is not read",
        "unpack it on the way: lz4 -dc FILE | ulid-tui",
    ),
    (
        b"PK\x03\x04",
        "is a zip archive, as workbooks of Excel are",
        "save the sheet as CSV, or unpack it: unzip -p FILE | ulid-tui",
    ),
    (
        b"7z\xBC\xAF\x27\x1C",
        "is a 7z archive",
        "unpack it on the way: 7z x -so FILE | ulid-tui",
    ),
    (
        b"SQLite format 3\0",
        "is a database of SQLite",
        "let it write the rows: sqlite3 -csv -header FILE 'select …' | ulid-tui",
    ),
    (
        b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1",
        "is a workbook or document of an old Office",
        "save the sheet as CSV",
    ),
    (
        b"Obj\x01",
        "is an Avro file, which is not read",
        "convert it to Parquet or JSON lines",
    ),
    (
        b"ARROW1",
        "is an Arrow file, which is not read",
        "convert it to Parquet or CSV",
    ),
    (
        // and the first byte of a page: text may begin with the letters
        b"PAR1\x15",
        "is Parquet, of which the end is read first",
        "name the file; a pipe has no end to begin at",
    ),
    (
        b"PGCOPY\n\xFF\r\n\0",
        "is a binary copy of PostgreSQL",
        "write it as text: copy … to stdout csv header",
    ),
    (
        b"PGDMP",
        "is an archive of pg_dump",
        "write it as SQL: pg_restore -f - FILE | ulid-tui --every",
    ),
    (
        b"%PDF-",
        "is a PDF",
        "take its text out: pdftotext FILE - | ulid-tui",
    ),
];

/// The reason why a file of another kind is refused; `None` for text and records.
pub(crate) fn named(head: &[u8]) -> Option<Reason> {
    const TAR: (usize, &[u8]) = (257, b"ustar");
    if head.get(TAR.0..).is_some_and(|at| at.starts_with(TAR.1)) {
        return Some(Reason::Packed {
            what: "is a tar archive",
            todo: "take a file out on the way: tar -xOf ARCHIVE FILE | ulid-tui",
        });
    }
    let kind = KINDS.iter().find(|(magic, ..)| head.starts_with(magic));
    kind.map(|&(_, what, todo)| Reason::Packed { what, todo })
}
