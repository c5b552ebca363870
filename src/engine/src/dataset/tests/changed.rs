//! Other IDs in the place of a row's own: each question is answered as by a file that was written so.

use std::collections::BTreeMap;

use super::*;

const OTHER: &str = "01BX5ZZKBKACTAV9WEVGEMMVRZ";

fn other() -> Ulid {
    codec::parse(OTHER, crate::Reading::Strict).unwrap()
}

/// The ID as a UUID.
fn uuid(id: &str) -> String {
    let id = codec::parse(id, crate::Reading::Strict).unwrap();
    crate::row::Spelling::Uuid.print(id)
}

/// A row with an ID and a number.
type Write = fn(&str, usize) -> String;

/// All that is known of the rows, with their places and cells.
fn known(dataset: &Dataset) -> (Vec<Scanned>, Vec<Row>, Vec<Vec<String>>) {
    let rows = all(dataset);
    let cells = rows.iter().map(Row::cells).collect();
    (scanned(dataset), rows, cells)
}

#[test]
fn rows_are_those_of_a_file_with_the_other_ids() {
    let line = |id: &str, number: usize| format!("{{\"n\":{number},\"id\":\"{id}\"}}\n");
    let csv = |id: &str, number: usize| format!("{number},{id},x\n");
    let lines = |id: &str, _: usize| format!("{id}\n");
    let text = |id: &str, number: usize| format!("{number} stored order {id} at last\n");
    let prefixed = |id: &str, _: usize| format!("ord_{id}\n");
    let uuids = |id: &str, _: usize| format!("{}\n", uuid(id));
    let kinds: [(&str, Write); 6] = [
        ("", lines),
        ("n,id,x\n", csv),
        ("", line),
        ("", text),
        ("", prefixed),
        ("", uuids),
    ];
    for (head, write) in kinds {
        let file = |is_changed: &dyn Fn(usize) -> bool| {
            let id = |row| if is_changed(row) { OTHER } else { ID };
            let rows = (0..9_000).map(|row| write(id(row), row));
            head.to_owned() + &rows.collect::<String>()
        };
        // at the ends, side by side, and about where the blocks of the source end
        let rows = [0, 1, 2_426, 2_427, 2_428, 5_000, 8_999];
        let dataset = open(file(&|_| false).as_bytes()).unwrap();
        let ids = rows.map(|row| (row, other()));
        let changed = dataset.with_ids(&BTreeMap::from(ids)).unwrap().unwrap();
        let expected = open(file(&|row| rows.contains(&row)).as_bytes()).unwrap();
        assert_eq!(known(&changed), known(&expected), "{}", write(ID, 1));
        assert_eq!(changed.extent().rows, 9_000);
        // the dataset itself stays as it is
        let untouched = open(file(&|_| false).as_bytes()).unwrap();
        assert_eq!(known(&dataset), known(&untouched));
    }
}

#[test]
fn bytes_of_records_are_others_too() {
    let id = codec::parse(ID, crate::Reading::Strict).unwrap();
    let bytes = [id.to_bytes(); 200].concat();
    let options = OpenOptions {
        format: Some(Format::Binary),
        ..OpenOptions::default()
    };
    let dataset = Dataset::from_bytes("ids", bytes, &options).unwrap();
    let ids = BTreeMap::from([(150, other())]);
    let changed = dataset.with_ids(&ids).unwrap().unwrap();
    let keys: Vec<bool> = all(&changed)
        .iter()
        .map(|row| row.id == Ok(other()))
        .collect();
    let expected: Vec<bool> = (0..200).map(|row| row == 150).collect();
    assert_eq!(keys, expected);
}

#[test]
fn an_id_that_takes_another_room_has_none() {
    let content = format!("id,n\n{ID},1\n,2\n01ARZ,3\n{},4\n", "8".repeat(26));
    let options = OpenOptions {
        format: Some(Format::Csv),
        column: Some("id".to_owned()),
        header: Some(true),
        ..OpenOptions::default()
    };
    let dataset = Dataset::from_bytes("t.csv", content.into_bytes(), &options).unwrap();
    let put = |row| {
        let ids = BTreeMap::from([(row, other())]);
        dataset.with_ids(&ids).unwrap().is_some()
    };
    // one of the right length that is no ID has the room of one
    assert_eq!(
        [put(0), put(1), put(2), put(3), put(4)],
        [true, false, false, true, false]
    );
}
