//! Exports as other programs write them: what they are taken for, and which rows have an ID.

use super::*;

pub(super) const A: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
pub(super) const B: &str = "01JGFJJZ000000000000000000";
pub(super) const HEX: &str = "01941f297c0000000000000000000000";

/// A source of a name, what it is taken for, and for each row whether it has an ID.
pub(super) fn check(name: &str, content: &str, layout: &str, ids: &[bool]) {
    let path = std::path::PathBuf::from(name);
    let bytes = content.as_bytes().to_vec();
    let by_name = Dataset::from_bytes(name, bytes.clone(), &OpenOptions::default());
    let utf16: Vec<u8> = content.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let utf16 = [&b"\xFF\xFE"[..], &utf16].concat();
    let folder = tempfile::tempdir().unwrap();
    let wide = folder.path().join(path.file_name().unwrap());
    fs::write(&wide, utf16).unwrap();
    let wide = Dataset::open_paths(&[wide], &OpenOptions::default());
    for dataset in [by_name.unwrap(), wide.unwrap()] {
        assert_eq!(dataset.layout().to_string(), layout, "{content}");
        let found = dataset.ids().unwrap();
        let found: Vec<bool> = found.iter().map(Option::is_some).collect();
        assert_eq!(found, ids, "{content}");
        assert_eq!(dataset.layout().hint, None, "{content}");
    }
}

#[test]
fn fields_in_single_quotes_and_behind_spaces_are_without_them() {
    let yes = [true, true];
    let cells = |content: &str| {
        let dataset =
            Dataset::from_bytes("x", content.as_bytes().to_vec(), &OpenOptions::default());
        let row = dataset.unwrap().row(0).unwrap().unwrap();
        let cells = row.cells();
        let cells = cells.iter();
        cells.map(|cell| cell.to_string()).collect::<Vec<_>>()
    };
    let strokes = format!("id,note\n'{A}','a, ''b'''\n'{B}','two\nlines'\n");
    let layout = "csv, quoted by ', ID in column 1 \"id\" of 2";
    check("x.csv", &strokes, layout, &yes);
    assert_eq!(cells(&strokes), [A, "a, 'b'"]);
    let padded = format!("id, n, note\n{A}, 1, \"a, b\"\n{B}, 2, \n");
    check("x.csv", &padded, "csv, ID in column 1 \"id\" of 3", &yes);
    assert_eq!(cells(&padded), [A, "1", "a, b"]);
    let both = format!("note; id\n'a; b'; '{A}'\n'c'; '{B}'\n");
    check(
        "x.csv",
        &both,
        "csv, quoted by ', ID in column 2 \"id\" of 2",
        &yes,
    );
    assert_eq!(cells(&both), ["a; b", A]);
    // apostrophes are no quotes where few fields stand between them, or double ones are there
    let words = format!("id,note\n{A},'tis\n{B},it's\n");
    check("x.csv", &words, "csv, ID in column 1 \"id\" of 2", &yes);
    assert_eq!(cells(&words), [A, "'tis"]);
    let mixed = format!("id,note\n\"{A}\",'a'\n\"{B}\",'b'\n");
    check("x.csv", &mixed, "csv, ID in column 1 \"id\" of 2", &yes);
    assert_eq!(cells(&mixed), [A, "'a'"]);
}

#[test]
fn ids_of_two_kinds_make_a_table_together() {
    const V7: &str = "015e0272-7dc5-7461-8508-a5ef783ad634";
    check(
        "x",
        &format!("n,id\n1,{V7}\n2,{A}\n3,{A}0\n4,none\n"),
        "csv, ID in column 2 \"id\" of 2, ULIDs and UUIDv7",
        &[true, true, false, false],
    );
}

#[test]
fn tables_of_any_delimiter_below_any_title() {
    let csv = "csv, ID in column 1 \"id\" of 2";
    let yes = [true, true];
    check("x", &format!("id|n\n{A}|1\n{B}|2\n"), csv, &yes);
    check("x", &format!("id;n\n{A};1,50\n{B};2,25\n"), csv, &yes);
    check(
        "x",
        &format!("{A};1,50;a\n{B};2,25;b\n"),
        "csv, ID in column 1 of 3",
        &yes,
    );
    check(
        "x",
        &format!("id\tn\n{A}\t1\n{B}\t2\n"),
        "tsv, ID in column 1 \"id\" of 2",
        &yes,
    );
    check("x.csv", &format!("id\tn\n{A}\t1\n{B}\t2\n"), csv, &yes);
    check(
        "x",
        &format!("# made by a program\n# at noon\nid,n\n{A},1\n{B},2\n"),
        csv,
        &yes,
    );
    check(
        "x.csv",
        &format!("Orders of May\n\nid,n\n{A},1\n{B},2\n"),
        csv,
        &yes,
    );
    check(
        "x",
        &format!("# no header\n{A},1\n{B},2\n"),
        "csv, ID in column 1 of 2",
        &yes,
    );
    check("x", &format!("id, n\n{A}, 1\n{B}, 2\n"), csv, &yes);
    check(
        "x",
        &format!("n, id\n1,{A}\n2,{B}\n"),
        "csv, ID in column 2 \" id\" of 2",
        &yes,
    );
    check(
        "x",
        &format!("id,msg\n{A},hello, world\n{B},x\n{A},y\n{B},z\n"),
        csv,
        &[true; 4],
    );
}

#[test]
fn a_row_with_an_id_is_a_row_however_wide_the_others_are() {
    let of = |rows: &str| {
        let dataset = Dataset::from_bytes("x.csv", rows.into(), &OpenOptions::default()).unwrap();
        let ids = dataset.ids().unwrap().iter().flatten().count();
        (dataset.len(), ids, dataset.columns().join(","))
    };
    let one = format!("id,n\n{A},1\n{B},2,x\n{A},3,x\n");
    assert_eq!(of(&one), (3, 3, "id,n".to_owned()));
    let two = format!("id,name\n{A},Ada,extra\n{B}\n{A},Eve,x,y\n");
    assert_eq!(of(&two), (3, 3, "id,name".to_owned()));
    for narrow in [1, 3, 19, 40] {
        let rows = format!("{A},1\n").repeat(narrow) + &format!("{B},2,x\n").repeat(narrow + 1);
        let (len, ids, names) = of(&format!("id,n\n{rows}"));
        assert_eq!(
            (len, ids, names.as_str()),
            (2 * narrow + 1, 2 * narrow + 1, "id,n")
        );
    }
    let headless = format!("{A}\n{B}\n{}", format!("{A},Eve,x\n").repeat(3));
    assert_eq!((of(&headless).0, of(&headless).1), (5, 5));
}

#[test]
fn an_indented_id_is_one() {
    for text in [
        format!("{A}\n\t{B}\n"),
        format!("  {A}  \n\t{B}\n"),
        format!("\t{A}\n\t{B}\n"),
    ] {
        let dataset =
            Dataset::from_bytes("x", text.clone().into(), &OpenOptions::default()).unwrap();
        assert_eq!(dataset.len(), 2, "{text:?}: {}", dataset.layout());
    }
}

#[test]
fn a_lone_column_may_have_a_head() {
    let layout = |name: &str| format!("csv, ID in column 1 {name:?} of 1");
    for head in ["id", "order_id", "userId", "ULID", "uuid", "# ids of today"] {
        check(
            "x.txt",
            &format!("{head}\n{A}\n{B}\n"),
            &layout(head),
            &[true, true],
        );
    }
    check(
        "x.txt",
        &format!("oops\n{A}\n{B}\n"),
        "lines",
        &[false, true, true],
    );
    check(
        "x.txt",
        &format!("{A}\nid\n{B}\n"),
        "lines",
        &[true, false, true],
    );
}

#[test]
fn text_is_told_although_its_first_id_comes_late() {
    let banner = "Starting the server on port 8080\n".repeat(300);
    let mut ids = vec![false; 300];
    ids.extend([true; 2]);
    check(
        "x",
        &format!("{banner}12:00 INFO id={A} done\n12:01 INFO id={B} done\n"),
        "text",
        &ids,
    );
    check(
        "x",
        "8ZZZZZZZZZZZZZZZZZZZZZZZZZ\n01ARZ3NDEKTSV4RRFFQ69G5FA\n",
        "lines",
        &[false, false],
    );
}

#[test]
fn stored_forms_are_read_as_the_ids_that_they_are() {
    for form in [
        format!("\\x{HEX}"),
        format!("0x{HEX}"),
        HEX.to_owned(),
        HEX.to_uppercase(),
    ] {
        check(
            "x",
            &format!("{form}\n{form}\n"),
            "lines, spelled as UUIDs",
            &[true, true],
        );
        check(
            "x",
            &format!("id,n\n{form},1\n{form},2\n"),
            "csv, ID in column 1 \"id\" of 2, spelled as UUIDs",
            &[true, true],
        );
    }
    for mark in ["ORDER#", "ord_", "usr-", "urn:ulid:", "/orders/"] {
        check(
            "x",
            &format!("{mark}{A}\n{mark}{B}\n"),
            "lines, prefixed",
            &[true, true],
        );
    }
}

#[test]
fn of_several_files_the_first_tells_by_its_ending() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s.csv");
    let rows: String = (0..30)
        .map(|row| format!("{row},{}\n", if row % 10 == 0 { A } else { "" }))
        .collect();
    fs::write(&path, format!("n,id\n{rows}")).unwrap();
    let alone = Dataset::open(&path).unwrap();
    let twice = Dataset::open_paths(&[path.clone(), path], &OpenOptions::default()).unwrap();
    assert_eq!(alone.layout(), twice.layout());
    assert_eq!((alone.len(), twice.len()), (30, 60));
}

#[test]
fn what_a_spreadsheet_writes_above_a_header_is_no_row() {
    let layout = |columns: usize| format!("csv, ID in column 1 \"id\" of {columns}");
    let sep = format!("sep=;\nid;name\n{A};Ada\n{B};Bob\n");
    check("x", &sep, &layout(2), &[true, true]);
    let padded = format!("Report;;\nid;name;n\n{A};Ada;1\n{B};Bob;2\n");
    check("x", &padded, &layout(3), &[true, true]);
    let blank = format!("Report;;\r\n;;\r\n;;\r\nid;name;n\r\n{A};Ada;1\r\n{B};Bob;2\r\n");
    check("x.csv", &blank, &layout(3), &[true, true]);
    let quoted = format!("\"id\"\n\"{A}\"\n\"{B}\"\n");
    check("x.txt", &quoted, &layout(1), &[true, true]);
}

#[test]
fn text_of_a_cell_or_field_needs_no_id_and_is_read_where_it_is_asked_for() {
    let csv = format!("at,@message\n1,\"{{\"\"order\"\":\"\"{A}\"\"}}\"\n2,started\n");
    check(
        "x.csv",
        &csv,
        "csv, ID within column 2 \"@message\" of 2",
        &[true, false],
    );
    let dataset = Dataset::from_bytes("x.csv", csv.into_bytes(), &OpenOptions::default()).unwrap();
    let rows: Vec<_> = dataset.rows().map(Result::unwrap).collect();
    assert_eq!(
        (rows[0].id_text().as_ref(), rows[0].cell("at").as_deref()),
        (A, Some("1"))
    );
    assert_eq!(rows[1].borrow().fault(), None);
    // beside a field of IDs another one is asked for
    let objects = format!("{{\"id\":\"{A}\",\"parent\":\"made of {B}\"}}\n");
    let options = OpenOptions {
        field: Some("parent".to_owned()),
        ..OpenOptions::default()
    };
    let dataset = Dataset::from_bytes("x", objects.into_bytes(), &options).unwrap();
    assert_eq!(dataset.rows().next().unwrap().unwrap().id_text(), B);
}

#[test]
fn uuids_of_version_7_in_text_are_found() {
    let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
    let log = format!("started\norder {uuid} stored\norder {A} stored, as {uuid}\nstopped\n");
    check(
        "x",
        &log,
        "text, ULIDs and UUIDv7",
        &[false, true, true, false],
    );
    check(
        "x",
        &format!("{{\"message\":\"order {uuid} stored\"}}\n"),
        "jsonl, ID within field \"message\", UUIDv7",
        &[true],
    );
}

#[test]
fn a_line_of_more_commas_than_any_table_has_columns_is_read() {
    let words = "x y, ".repeat((1 << 20) + 7);
    for text in [
        format!("{ID} {words}\n{ID} short\n"),
        format!("id,text\n{ID},\"{words}\"\n{ID},short\n"),
    ] {
        let dataset = Dataset::from_bytes("x", text.into(), &OpenOptions::default()).unwrap();
        let ids = dataset.ids().unwrap();
        assert_eq!(ids.iter().flatten().count(), 2, "{:?}", dataset.layout());
    }
}

#[test]
fn lines_beyond_a_megabyte_are_passed_over() {
    let above = 70_000;
    let text = "words of a preamble\n".repeat(above) + &format!("id,n\n{A},1\n{B},2\n");
    assert!(text.len() > 1 << 20);
    let options = OpenOptions {
        skip: above,
        ..OpenOptions::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x");
    fs::write(&path, &text).unwrap();
    let stream = std::io::Cursor::new(text.into_bytes());
    for dataset in [
        Dataset::open_paths(&[path], &options).unwrap(),
        Dataset::from_reader("x", stream, &options).unwrap(),
    ] {
        assert_eq!(dataset.columns(), ["id", "n"]);
        assert_eq!(ids_of(&dataset), [true, true]);
        let row = dataset.row(1).unwrap().unwrap();
        assert_eq!(dataset.line_at(row.offset).unwrap(), Some(above as u64 + 3));
    }
}

pub(super) fn ids_of(dataset: &Dataset) -> Vec<bool> {
    let ids = dataset.ids().unwrap();
    ids.iter().map(Option::is_some).collect()
}

#[test]
fn where_a_database_has_no_value_the_row_has_no_id() {
    let content = format!("id\tname\n{A}\ta\n\\N\tb\nNULL\tc\nnull\td\nNULLS\te\n{B}\tf\n");
    let dataset = Dataset::from_bytes("x.tsv", content.into_bytes(), &OpenOptions::default());
    let dataset = dataset.unwrap();
    let kind = |row: Row| row.id.err().map(|fault| fault.kind.code());
    let rows: Vec<_> = dataset.rows().map(|row| kind(row.unwrap())).collect();
    let (absent, length) = (Some("absent"), Some("length"));
    assert_eq!(rows, [None, absent, absent, absent, length, None]);
    // a pass over all rows says the same
    let faults = |block: &Block| {
        let kinds = block.faults().iter().map(|fault| fault.kind.code());
        kinds.collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    dataset
        .pass(&Progress::new())
        .each(faults, |faults| {
            found.extend(faults);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(found, ["absent", "absent", "absent", "length"]);
}

/// A stream that brings a text and then pauses until it is let go.
struct Pausing(std::io::Cursor<Vec<u8>>, std::sync::mpsc::Receiver<()>);

impl std::io::Read for Pausing {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match std::io::Read::read(&mut self.0, buffer)? {
            0 => {
                let _: Result<(), _> = self.1.recv();
                Ok(0)
            }
            count => Ok(count),
        }
    }
}

#[test]
fn a_table_of_which_all_is_said_is_not_waited_for() {
    let options = OpenOptions {
        format: Some(Format::Csv),
        delimiter: Some(b';'),
        header: Some(true),
        column: Some("key".to_owned()),
        spelling: Some(crate::row::Spelling::Ulid),
        ..OpenOptions::default()
    };
    let (go, gone) = std::sync::mpsc::channel();
    let text = format!("n;key\n1;{A}\n").into_bytes();
    let dataset =
        Dataset::from_reader("x", Pausing(std::io::Cursor::new(text), gone), &options).unwrap();
    // the stream has not ended
    let row = dataset.row(0).unwrap().unwrap();
    assert_eq!((row.id_text().as_ref(), dataset.columns().len()), (A, 2));
    drop(go);
}

#[test]
fn latin_1_and_windows_1252_are_text() {
    let table = [
        &b"id;Stra\xDFe;Preis\n"[..],
        A.as_bytes(),
        b";K\xF6ln;5 \x80\n",
    ]
    .concat();
    let dataset = Dataset::from_bytes("x", table, &OpenOptions::default()).unwrap();
    assert_eq!(dataset.columns(), ["id", "Straße", "Preis"]);
    let row = dataset.row(0).unwrap().unwrap();
    assert_eq!(row.cells(), [A, "Köln", "5 €"]);
}

#[test]
fn what_divides_texts_ends_a_prefix_and_no_number_has_more_than_128_bits() {
    // a short table whose lines could be words before an ID
    let table: String = (0..9).map(|n| format!("r{n},ORDER#{A}\n")).collect();
    check(
        "x",
        &table,
        "csv, ID in column 2 of 2, prefixed",
        &[true; 9],
    );
    let hex = "0x016d75c4fa787d7ff5634d9e8914664a";
    let lines = format!("{hex}\n{hex}0\n{hex}\n");
    check("x", &lines, "lines, spelled as UUIDs", &[true, false, true]);
}
