//! Sources of every format: rows one after another are those of a pass by blocks, and cells alone those among all.

use std::ops::ControlFlow;

use ulid_engine::{
    Reading, Ulid,
    dataset::{Dataset, Format, OpenOptions, ReadError, Row},
    progress::Progress,
};

/// The first byte chooses the format, and how forgiving IDs are read.
pub(crate) fn check(bytes: &[u8]) {
    let Some((&choice, source)) = bytes.split_first() else {
        return;
    };
    let options = OpenOptions {
        format: Format::ALL.get(usize::from(choice & 7)).copied(),
        reading: if choice & 8 == 0 {
            Reading::Strict
        } else {
            Reading::Lenient
        },
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
            Err(ReadError::Quote { .. }) => break,
            Err(error) => panic!("memory can be read: {error}"),
        }
    }
    assert_eq!(dataset.len(), rows.len());
    check_passes(&dataset, &rows);
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
    let scanned = dataset.scan(
        &Progress::new(),
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
