//! Fields of a record of CSV or TSV.

use std::{borrow::Cow, cell::RefCell, ops::Range};

use csv_core::{ReadFieldResult, Reader, ReaderBuilder, Terminator};
use memchr::{memchr, memchr_iter, memrchr};

use super::text_bytes;
use crate::{
    cell::{Cell, CellType},
    readable::readable,
};

/// How the fields of a table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fields {
    /// The byte between two fields.
    pub(crate) delimiter: u8,
    /// The byte around a field in which others mean nothing: `"`, or `'` as some programs write it.
    pub(crate) quote: u8,
    /// True if spaces behind a delimiter are no part of the field, as in `a, "b"`.
    pub(crate) is_padded: bool,
}

impl Fields {
    /// Fields as RFC 4180 has them, but for the delimiter.
    pub(crate) const fn by(delimiter: u8) -> Fields {
        Fields {
            delimiter,
            quote: b'"',
            is_padded: false,
        }
    }

    /// The place of a field, without its quotes.
    pub(crate) fn field(self, record: &[u8], number: usize) -> Option<Range<usize>> {
        let at = self.with_quotes(record, number)?;
        match &record[at.clone()] {
            [first, .., last] if *first == self.quote && *last == self.quote => {
                Some(at.start + 1..at.end - 1)
            }
            _ => Some(at),
        }
    }

    /// The place of a field, with its quotes.
    fn with_quotes(self, record: &[u8], number: usize) -> Option<Range<usize>> {
        let mut start = 0;
        for _ in 0..number {
            start = self.field_end(record, start) + 1;
            if start > record.len() {
                return None;
            }
        }
        let begin = self.begin(record, start);
        Some(begin..self.field_end(record, begin))
    }

    /// The first byte of the field behind a delimiter.
    fn begin(self, record: &[u8], start: usize) -> usize {
        if !self.is_padded {
            return start;
        }
        let spaces = record[start..].iter().take_while(|byte| **byte == b' ');
        start + spaces.count()
    }

    /// The end of the field that begins at `start`: at its delimiter, or at the end of the record.
    fn field_end(self, record: &[u8], start: usize) -> usize {
        let mut at = self.begin(record, start);
        if record.get(at) == Some(&self.quote) {
            at += 1;
            // A doubled quote closes and opens again, so that looking for the next one is enough.
            loop {
                let Some(quote) = memchr(self.quote, &record[at..]) else {
                    return record.len();
                };
                at += quote + 1;
                if record.get(at) != Some(&self.quote) {
                    break;
                }
                at += 1;
            }
        }
        memchr(self.delimiter, &record[at..]).map_or(record.len(), |found| at + found)
    }

    /// A field of a record, without quotes: one of [`Fields::cells`].
    pub(crate) fn cell(self, record: &[u8], number: usize) -> Option<Cow<'_, str>> {
        let record = without_mark(record);
        if record.is_empty() {
            return None;
        }
        Some(self.unquoted(&record[self.with_quotes(record, number)?]))
    }

    /// A field as [`Fields::cell`] finds it, of a record in which nothing is quoted and which should have so many `columns`.
    /// Of a wide record the field is looked for from the nearer end.
    pub(crate) fn plain_cell(
        self,
        record: &[u8],
        number: usize,
        columns: usize,
    ) -> Option<Cow<'_, [u8]>> {
        let behind = columns.checked_sub(number + 1)?;
        if behind + 1 >= number || memchr_iter(self.delimiter, record).count() + 1 != columns {
            return self.cell(record, number).map(text_bytes);
        }
        let mut rest = record;
        for _ in 0..behind {
            rest = &rest[..memrchr(self.delimiter, rest)?];
        }
        let field = &rest[memrchr(self.delimiter, rest)? + 1..];
        let field = &field[self.begin(field, 0)..];
        Some(if field.is_ascii() {
            Cow::Borrowed(field)
        } else {
            text_bytes(readable(field))
        })
    }

    /// The places of the fields of a record, with their quotes.
    fn places(self, record: &[u8]) -> impl Iterator<Item = Range<usize>> {
        let mut next = (!record.is_empty()).then_some(0);
        std::iter::from_fn(move || {
            let begin = self.begin(record, next?);
            let end = self.field_end(record, begin);
            next = (end < record.len()).then_some(end + 1);
            Some(begin..end)
        })
    }

    /// True if a field of a record stands within quotes of a kind.
    pub(crate) fn has_quoted(self, record: &[u8], quote: u8) -> bool {
        let is_quoted = |at: Range<usize>| matches!(&record[at], [first, .., last] if [*first, *last] == [quote; 2]);
        self.places(record).any(is_quoted)
    }

    /// True if a space stands behind each delimiter of some records, but for empty fields.
    pub(crate) fn is_apt<'a>(self, mut records: impl Iterator<Item = &'a [u8]>) -> bool {
        let mut is_any = false;
        let is_padded = records.all(|record| {
            let mut places = self.places(record).skip(1);
            places.all(|at| {
                let is_behind_space = record[..at.start].ends_with(b" ");
                is_any |= is_behind_space;
                is_behind_space || at.is_empty()
            })
        });
        is_padded && is_any
    }

    /// The fields of a record, without quotes.
    pub(crate) fn cells(self, record: &[u8]) -> Vec<Cow<'_, str>> {
        self.each_cell(record).collect()
    }

    /// The fields of a record, without quotes, one after another.
    pub(crate) fn each_cell(self, record: &[u8]) -> impl Iterator<Item = Cow<'_, str>> {
        let record = without_mark(record);
        let places = self.places(record);
        places.map(move |at| self.unquoted(&record[at]))
    }

    /// The fields of a record as cells of the types that are declared for them.
    pub(crate) fn typed_cells<'a>(self, record: &'a [u8], types: &[CellType]) -> Vec<Cell<'a>> {
        let record = without_mark(record);
        let cell = |(number, at): (usize, Range<usize>)| {
            let field = &record[at];
            let text = self.unquoted(field);
            match types.get(number) {
                Some(ty) => ty.cell(text, field.first() == Some(&self.quote)),
                None => Cell::Text(text),
            }
        };
        self.places(record).enumerate().map(cell).collect()
    }

    /// A field without its quotes.
    fn unquoted(self, field: &[u8]) -> Cow<'_, str> {
        match field {
            [first, inner @ .., last]
                if [*first, *last] == [self.quote; 2] && memchr(self.quote, inner).is_none() =>
            {
                readable(inner)
            }
            [first, ..] if *first == self.quote => Cow::Owned(self.read(field)),
            _ => readable(field),
        }
    }

    /// A field with quotes in it, as CSV has it.
    fn read(self, field: &[u8]) -> String {
        // To make a reader takes longer than to read a thousand fields.
        thread_local! {
            static KEPT: RefCell<Option<(Fields, Reader)>> = const { RefCell::new(None) };
        }
        KEPT.with_borrow_mut(|kept| {
            let (_, reader) = match kept {
                Some(kept) if kept.0 == self => kept,
                other => other.insert((self, self.reader())),
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

    fn reader(self) -> Reader {
        ReaderBuilder::new()
            .delimiter(self.delimiter)
            .quote(self.quote)
            .terminator(Terminator::Any(b'\n'))
            .build()
    }
}

/// A record without the mark that a file may begin with.
fn without_mark(record: &[u8]) -> &[u8] {
    record.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(record)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COMMA: Fields = Fields::by(b',');

    /// The fields that a reader finds in a whole record.
    fn oracle(record: &[u8]) -> Vec<String> {
        let mut reader = COMMA.reader();
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
                let plain = COMMA.plain_cell(record.as_bytes(), number, columns);
                let expected = COMMA.cell(record.as_bytes(), number).map(text_bytes);
                prop_assert_eq!(plain, expected, "{}", number);
            }
        }

        #[test]
        fn cells_are_those_of_a_csv_reader(record in "(\u{FEFF}?[a\", \r]{0,20}|([a\"]{0,3},){0,3}[a\"]{0,3}|(\"[a\n,]{0,3}\",?){0,4})") {
            let all = COMMA.cells(record.as_bytes());
            prop_assert_eq!(&all, &oracle(record.as_bytes()));
            for number in 0..all.len() + 2 {
                let alone = COMMA.cell(record.as_bytes(), number);
                prop_assert_eq!(alone.as_deref(), all.get(number).map(AsRef::as_ref), "{}", number);
            }
        }
    }

    proptest! {
        #[test]
        fn a_quote_of_one_stroke_is_a_quote_like_another(record in "([a' ,\"]{0,9},?|'[a\n,]{0,3}',?){0,4}") {
            let fields = Fields { quote: b'\'', ..COMMA };
            let swap = |text: &str| -> String {
                let other = |letter| match letter {
                    '"' => '\'',
                    '\'' => '"',
                    letter => letter,
                };
                text.chars().map(other).collect()
            };
            let swapped = swap(&record);
            let expected: Vec<String> = COMMA.cells(swapped.as_bytes()).iter().map(|cell| swap(cell)).collect();
            prop_assert_eq!(fields.cells(record.as_bytes()), expected);
        }

        #[test]
        fn spaces_behind_a_delimiter_are_no_part_of_a_field(
            expected in prop::collection::vec("[a\", é]{0,4}", 2..6),
            spaces in 0_usize..3,
        ) {
            let quoted = |cell: &String| match cell.contains(['"', ',', ' ']) {
                true => format!("\"{}\"", cell.replace('"', "\"\"")),
                false => cell.clone(),
            };
            let between = format!(",{}", " ".repeat(spaces));
            let record = expected.iter().map(quoted).collect::<Vec<_>>().join(&between);
            let fields = Fields { is_padded: true, ..COMMA };
            prop_assert_eq!(&fields.cells(record.as_bytes()), &expected);
            for (number, cell) in expected.iter().enumerate() {
                let found = fields.cell(record.as_bytes(), number);
                prop_assert_eq!(found.as_deref(), Some(cell.as_str()));
                let plain = fields.plain_cell(record.as_bytes(), number, expected.len());
                prop_assert!(record.contains('"') || plain == found.map(text_bytes));
                let at = fields.field(record.as_bytes(), number).unwrap();
                prop_assert!(cell.contains('"') || record[at] == *cell);
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
            let cells = COMMA.cells(record.as_bytes());
            for (number, cell) in cells.iter().enumerate() {
                let at = COMMA.field(record.as_bytes(), number).unwrap();
                assert_eq!(record[at], **cell, "{record:?} {number}");
            }
            if !record.is_empty() {
                assert_eq!(
                    COMMA.field(record.as_bytes(), cells.len()),
                    None,
                    "{record:?}"
                );
            }
        }
        assert_eq!(COMMA.cells(b"\"say \"\"hi\"\"\",x"), ["say \"hi\"", "x"]);
    }
}
