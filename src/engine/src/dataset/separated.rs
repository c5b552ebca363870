//! Fields of a record of CSV or TSV.

use std::ops::Range;

use csv_core::{ReadFieldResult, Reader, ReaderBuilder};
use memchr::memchr;

/// Where a field stands, without its quotes.
pub(super) fn field(record: &[u8], number: usize, delimiter: u8) -> Option<Range<usize>> {
    let mut start = 0;
    for _ in 0..number {
        start = field_end(record, start, delimiter) + 1;
        if start > record.len() {
            return None;
        }
    }
    let end = field_end(record, start, delimiter);
    match &record[start..end] {
        [b'"', .., b'"'] => Some(start + 1..end - 1),
        _ => Some(start..end),
    }
}

/// Where the field that begins at `start` ends: at its delimiter, or at the end of the record.
fn field_end(record: &[u8], start: usize, delimiter: u8) -> usize {
    let mut at = start;
    if record.get(start) == Some(&b'"') {
        at += 1;
        // A doubled quote closes and opens again, so that looking for the next one is enough.
        while let Some(quote) = memchr(b'"', &record[at..]) {
            at += quote + 1;
            if record.get(at) != Some(&b'"') {
                break;
            }
            at += 1;
        }
    }
    memchr(delimiter, &record[at..]).map_or(record.len(), |found| at + found)
}

/// The fields of a record, without quotes.
pub(super) fn cells(record: &[u8], delimiter: u8) -> Vec<String> {
    let mut reader: Reader = ReaderBuilder::new().delimiter(delimiter).build();
    let mut cells = Vec::new();
    let (mut input, mut buffer, mut cell) = (record, [0; 1024], Vec::new());
    loop {
        let (result, read, written) = reader.read_field(input, &mut buffer);
        input = &input[read..];
        cell.extend_from_slice(&buffer[..written]);
        match result {
            ReadFieldResult::InputEmpty | ReadFieldResult::OutputFull => {}
            ReadFieldResult::Field { .. } => {
                cells.push(String::from_utf8_lossy(&cell).into_owned());
                cell.clear();
            }
            ReadFieldResult::End => return cells,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
                assert_eq!(&record[at], cell, "{record:?} {number}");
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
