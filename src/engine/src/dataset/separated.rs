//! Fields of a record of CSV or TSV.

use std::{borrow::Cow, cell::RefCell, ops::Range};

use csv_core::{ReadFieldResult, Reader, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter, memrchr};

use super::text_bytes;
use crate::{
    readable::readable,
    row::{Cell, CellType},
};

/// The place of a field, without its quotes.
pub(super) fn field(record: &[u8], number: usize, delimiter: u8) -> Option<Range<usize>> {
    let at = with_quotes(record, number, delimiter)?;
    match &record[at.clone()] {
        [b'"', .., b'"'] => Some(at.start + 1..at.end - 1),
        _ => Some(at),
    }
}

/// The place of a field, with its quotes.
fn with_quotes(record: &[u8], number: usize, delimiter: u8) -> Option<Range<usize>> {
    let mut start = 0;
    for _ in 0..number {
        start = field_end(record, start, delimiter) + 1;
        if start > record.len() {
            return None;
        }
    }
    Some(start..field_end(record, start, delimiter))
}

/// The end of the field that begins at `start`: at its delimiter, or at the end of the record.
fn field_end(record: &[u8], start: usize, delimiter: u8) -> usize {
    let mut at = start;
    if record.get(start) == Some(&b'"') {
        at += 1;
        // A doubled quote closes and opens again, so that looking for the next one is enough.
        loop {
            let Some(quote) = memchr(b'"', &record[at..]) else {
                return record.len();
            };
            at += quote + 1;
            if record.get(at) != Some(&b'"') {
                break;
            }
            at += 1;
        }
    }
    memchr(delimiter, &record[at..]).map_or(record.len(), |found| at + found)
}

/// A field of a record, without quotes: one of [`cells`].
pub(super) fn cell(record: &[u8], number: usize, delimiter: u8) -> Option<Cow<'_, str>> {
    let record = record.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(record);
    if record.is_empty() {
        return None;
    }
    Some(unquoted(
        &record[with_quotes(record, number, delimiter)?],
        delimiter,
    ))
}

/// A field as [`cell`] finds it, of a record in which nothing is quoted and which should have so many `columns`. Of a
/// wide record the field is looked for from the nearer end.
pub(super) fn plain_cell(
    record: &[u8],
    number: usize,
    columns: usize,
    delimiter: u8,
) -> Option<Cow<'_, [u8]>> {
    let behind = columns.checked_sub(number + 1)?;
    if behind + 1 >= number || memchr_iter(delimiter, record).count() + 1 != columns {
        return cell(record, number, delimiter).map(text_bytes);
    }
    let mut rest = record;
    for _ in 0..behind {
        rest = &rest[..memrchr(delimiter, rest)?];
    }
    let field = &rest[memrchr(delimiter, rest)? + 1..];
    Some(if field.is_ascii() {
        Cow::Borrowed(field)
    } else {
        text_bytes(text(field))
    })
}

fn text(field: &[u8]) -> Cow<'_, str> {
    readable(field)
}

/// The fields of a record, without quotes.
pub(super) fn cells(record: &[u8], delimiter: u8) -> Vec<Cow<'_, str>> {
    let record = record.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(record);
    let (mut cells, mut start) = (Vec::new(), 0);
    while start < record.len() || (start == record.len() && !cells.is_empty()) {
        let end = field_end(record, start, delimiter);
        cells.push(unquoted(&record[start..end], delimiter));
        start = end + 1;
    }
    cells
}

/// The fields of a record as cells of the types that are declared for them.
pub(super) fn typed_cells<'a>(
    record: &'a [u8],
    delimiter: u8,
    types: &[CellType],
) -> Vec<Cell<'a>> {
    let record = record.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(record);
    let (mut cells, mut start) = (Vec::new(), 0);
    while start < record.len() || (start == record.len() && !cells.is_empty()) {
        let end = field_end(record, start, delimiter);
        let field = &record[start..end];
        let text = unquoted(field, delimiter);
        cells.push(match types.get(cells.len()) {
            Some(ty) => ty.cell(text, field.starts_with(b"\"")),
            None => Cell::Text(text),
        });
        start = end + 1;
    }
    cells
}

/// A field without its quotes.
fn unquoted(field: &[u8], delimiter: u8) -> Cow<'_, str> {
    match field {
        [b'"', inner @ .., b'"'] if memchr(b'"', inner).is_none() => text(inner),
        [b'"', ..] => Cow::Owned(read(field, delimiter)),
        _ => text(field),
    }
}

/// A field with quotes in it, as CSV has it.
fn read(field: &[u8], delimiter: u8) -> String {
    // To make a reader takes longer than to read a thousand fields.
    thread_local! {
        static KEPT: RefCell<Option<(u8, Reader)>> = const { RefCell::new(None) };
    }
    KEPT.with_borrow_mut(|kept| {
        let (_, reader) = match kept {
            Some(kept) if kept.0 == delimiter => kept,
            other => other.insert((delimiter, reader(delimiter))),
        };
        reader.reset();
        let (mut input, mut buffer, mut cell) = (field, [0; 1024], Vec::new());
        loop {
            let (result, read, written) = reader.read_field(input, &mut buffer);
            input = &input[read..];
            cell.extend_from_slice(&buffer[..written]);
            if matches!(result, ReadFieldResult::Field { .. } | ReadFieldResult::End) {
                return readable(&cell).into_owned();
            }
        }
    })
}

fn reader(delimiter: u8) -> Reader {
    ReaderBuilder::new()
        .delimiter(delimiter)
        .terminator(Terminator::Any(b'\n'))
        .build()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The fields that a reader finds in a whole record.
    fn oracle(record: &[u8]) -> Vec<String> {
        let mut reader = reader(b',');
        let (mut cells, mut cell) = (Vec::new(), Vec::new());
        let (mut input, mut buffer) = (record, [0; 1024]);
        loop {
            let (result, read, written) = reader.read_field(input, &mut buffer);
            input = &input[read..];
            cell.extend_from_slice(&buffer[..written]);
            match result {
                ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
                ReadFieldResult::Field { .. } => {
                    cells.push(readable(&cell).into_owned());
                    cell.clear();
                }
                ReadFieldResult::End => return cells,
            }
        }
    }

    proptest! {
        #[test]
        fn a_field_is_the_same_from_either_end(record in "\u{FEFF}?(([abé]{0,3},){0,8}[abé]{0,3})", columns in 1_usize..9) {
            for number in 0..columns {
                let plain = plain_cell(record.as_bytes(), number, columns, b',');
                let expected = cell(record.as_bytes(), number, b',').map(text_bytes);
                prop_assert_eq!(plain, expected, "{}", number);
            }
        }

        #[test]
        fn cells_are_those_of_a_csv_reader(record in "(\u{FEFF}?[a\", \r]{0,20}|([a\"]{0,3},){0,3}[a\"]{0,3}|(\"[a\n,]{0,3}\",?){0,4})") {
            let all = cells(record.as_bytes(), b',');
            prop_assert_eq!(&all, &oracle(record.as_bytes()));
            for number in 0..all.len() + 2 {
                let alone = cell(record.as_bytes(), number, b',');
                prop_assert_eq!(alone.as_deref(), all.get(number).map(AsRef::as_ref), "{}", number);
            }
        }
    }

    #[test]
    fn a_field_stands_where_the_csv_reader_finds_it() {
        let records = [
            "a,b,c",
            ",,",
            "",
            "\"a\",b",
            "a,\"b,c\",d",
            "a,\"b\n,\",\"\"",
            "5\" pipe,x",
            "one",
        ];
        for record in records {
            let cells = cells(record.as_bytes(), b',');
            for (number, cell) in cells.iter().enumerate() {
                let at = field(record.as_bytes(), number, b',').unwrap();
                assert_eq!(record[at], **cell, "{record:?} {number}");
            }
            if !record.is_empty() {
                assert_eq!(
                    field(record.as_bytes(), cells.len(), b','),
                    None,
                    "{record:?}"
                );
            }
        }
        assert_eq!(cells(b"\"say \"\"hi\"\"\",x", b','), ["say \"hi\"", "x"]);
    }
}
