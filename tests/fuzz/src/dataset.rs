//! Sources of every format: rows one after another are those of a pass by blocks and of a stream in pieces, and cells alone
//! those among all.

use std::{
    io::{Cursor, Read},
    ops::ControlFlow,
};

use ulid_engine::{
    Reading, Ulid,
    dataset::{Dataset, Format, OpenOptions, ReadError, Row},
    progress::Progress,
    row::Spelling,
};

/// How IDs are spelled, by two bits of the first byte.
const SPELLINGS: [Option<Spelling>; 4] = [
    None,
    Some(Spelling::Within),
    Some(Spelling::Uuid),
    Some(Spelling::Guid),
];

/// The first byte chooses the format, how forgiving IDs are read, how they are spelled, what is passed over, and if each
/// counts.
pub(crate) fn check(bytes: &[u8]) {
    let Some((&choice, source)) = bytes.split_first() else {
        return;
    };
    let format = usize::from(choice & 15) % (Format::ALL.len() + 1);
    let format = Format::ALL.get(format).copied();
    let options = OpenOptions {
        // one more than there are is a guess
        format,
        reading: if choice & 8 == 0 {
            Reading::Strict
        } else {
            Reading::Lenient
        },
        spelling: SPELLINGS
            .get(usize::from(choice >> 4 & 3))
            .copied()
            .flatten(),
        skip: usize::from(choice >> 6 & 1),
        every: choice & 0x80 != 0 && format == Some(Format::Text),
        ..OpenOptions::default()
    };
    let Ok(dataset) = Dataset::from_bytes("fuzz", source.to_vec(), &options) else {
        return;
    };
    let mut rows: Vec<Row> = Vec::new();
    for row in dataset.rows() {
        match row {
            Ok(row) => rows.push(row),
            // The rows before it stand.
            Err(ReadError::Quote { .. } | ReadError::Unclosed { .. }) => break,
            Err(error) => panic!("memory can be read: {error}"),
        }
    }
    assert_eq!(dataset.len(), rows.len());
    check_passes(&dataset, &rows);
    check_stream(source, &options, &dataset);
    let mut end = 0;
    for (number, row) in rows.iter().enumerate() {
        assert_eq!(row.index, number);
        assert!(row.offset >= end, "rows overlap");
        end = row.offset + row.full_len;
        assert!(end <= source.len() as u64);
        assert_eq!(dataset.row(number).ok().flatten().as_ref(), Some(row));
        check_cells(&dataset, row);
    }
}

fn check_passes(dataset: &Dataset, rows: &[Row]) {
    let expected: Vec<Option<Ulid>> = rows.iter().map(|row| row.id.ok()).collect();
    assert_eq!(dataset.ids().ok(), Some(expected));
    let mut texts = Vec::new();
    let scanned = dataset.pass(&Progress::new()).each(
        |block| {
            let rows = block.rows();
            rows.map(|row| (row.text.to_vec(), row.id))
                .collect::<Vec<_>>()
        },
        |part| {
            texts.extend(part);
            ControlFlow::Continue(())
        },
    );
    assert!(scanned.is_ok());
    let expected: Vec<_> = rows.iter().map(|row| (row.text.clone(), row.id)).collect();
    assert_eq!(texts, expected);
}

/// A stream that gives as many bytes at a time as its first byte says.
struct Pieces(Cursor<Vec<u8>>, usize);

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = self.1.min(buffer.len());
        self.0.read(&mut buffer[..len])
    }
}

/// The same source in pieces gives the same rows, if it is what it seems: compressed bytes in memory are not unpacked.
fn check_stream(source: &[u8], options: &OpenOptions, whole: &Dataset) {
    let is_packed = |head: &[u8]| matches!(head, [0x1F, ..] | [0x28, ..] | [0x50..=0x5F, ..]);
    let has_marks = source.iter().take(4).any(|&byte| byte == 0 || byte > 0xEE);
    if is_packed(source) || has_marks {
        return;
    }
    let piece = usize::from(source.first().copied().unwrap_or_default() % 64) + 1;
    let stream = Pieces(Cursor::new(source.to_vec()), piece);
    let Ok(dataset) = Dataset::from_reader("fuzz", stream, options) else {
        panic!("what can be read from memory can be read from a stream");
    };
    assert_eq!(dataset.layout().format, whole.layout().format);
    assert_eq!(dataset.columns(), whole.columns());
    let texts = |dataset: &Dataset| {
        let rows = dataset.rows().map_while(Result::ok);
        rows.map(|row| (row.text, row.id.ok())).collect::<Vec<_>>()
    };
    assert_eq!(texts(&dataset), texts(whole));
}

fn check_cells(dataset: &Dataset, row: &Row) {
    assert!(row.id_at().end <= row.text.len().max(1));
    let cells = row.cells();
    let names = dataset.columns();
    if !matches!(dataset.layout().format, Format::Csv | Format::Tsv) {
        assert_eq!(cells.len(), names.len());
        return;
    }
    // a row may have more than there are names
    assert!(cells.len() >= names.len());
    for (place, (name, cell)) in names.iter().zip(&cells).enumerate() {
        if names.iter().position(|other| other == name) == Some(place) {
            assert_eq!(
                row.cell(name).unwrap_or_default(),
                *cell,
                "{name:?} of {:?}",
                row.text()
            );
        }
    }
}
