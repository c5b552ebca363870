//! Nothing of a source is lost: long rows and headers, cells without a name, escapes, and what came before damage.

use std::borrow::Cow;

use super::*;
use crate::spelling::Spelling;

/// A source by name, from a pipe, and as gzip: the same rows are expected of each.
fn by_each_way(content: &[u8]) -> Vec<Dataset> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows");
    fs::write(&path, content).unwrap();
    let options = OpenOptions::default();
    let reader = Cursor::new(content.to_vec());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(content).unwrap();
    let packed = Cursor::new(gzip.finish().unwrap());
    vec![
        Dataset::open_paths(&[path], &options).unwrap(),
        Dataset::from_reader("-", reader, &options).unwrap(),
        Dataset::from_reader("-", packed, &options).unwrap(),
    ]
}

/// The cells of all rows, as a pass finds them.
fn cells(dataset: &Dataset) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let of_block = |block: &Block| {
        let cells = |row: RowRef<'_>| row.cells().into_iter().map(Cow::into_owned).collect();
        block.rows().map(cells).collect::<Vec<Vec<String>>>()
    };
    let each = |rows| {
        found.extend::<Vec<Vec<String>>>(rows);
        ControlFlow::Continue(())
    };
    dataset.pass(&Progress::new()).each(of_block, each).unwrap();
    found
}

fn ids(dataset: &Dataset) -> Vec<bool> {
    let ids = dataset.ids().unwrap();
    ids.iter().map(Option::is_some).collect()
}

#[test]
fn every_column_of_a_header_of_any_length_has_its_name() {
    let names: Vec<String> = (0..20_000)
        .map(|number| format!("col{number:05}"))
        .collect();
    let row = format!("{ID},{}", "x,".repeat(19_998) + "last");
    let content = format!("id,{}\n{row}\n{row}\n", names[1..].join(","));
    for dataset in by_each_way(content.as_bytes()) {
        assert_eq!(dataset.columns().len(), 20_000);
        assert_eq!(dataset.columns()[19_999], "col19999");
        assert_eq!(dataset.len(), 2);
        let row = dataset.row(1).unwrap().unwrap();
        assert_eq!(row.cell("col19999").as_deref(), Some("last"));
        assert_eq!(ids(&dataset), [true, true]);
    }
}

#[test]
fn cells_behind_a_long_one_and_an_id_behind_it_are_found() {
    const LONG: usize = 2 << 20;
    let long = "y".repeat(LONG);
    let csv = format!("note,id,last\nshort,{ID},1\n{long},{ID},LAST\n");
    let jsonl = format!(
        "{{\"note\":\"short\",\"id\":\"{ID}\",\"last\":\"1\"}}\n{{\"note\":\"{long}\",\"id\":\"{ID}\",\"last\":\"LAST\"}}\n"
    );
    for content in [csv, jsonl] {
        for dataset in by_each_way(content.as_bytes()) {
            assert_eq!(ids(&dataset), [true, true]);
            let found = cells(&dataset);
            assert_eq!(found[1][0].len(), LONG);
            assert_eq!(found[1][1..], [ID, "LAST"]);
            let row = dataset.row(1).unwrap().unwrap();
            assert!(row.id.is_ok(), "alone as in a pass");
            let mut sorted = Vec::new();
            let gathered = dataset.pass(&Progress::new()).each_in_order(
                [1, 0],
                64 << 20,
                |rows| {
                    rows.rows()
                        .map(|row| row.cells()[2].to_string())
                        .collect::<Vec<_>>()
                },
                |rows| {
                    sorted.extend(rows);
                    ControlFlow::Continue(())
                },
            );
            gathered.unwrap();
            assert_eq!(sorted, ["LAST", "1"]);
        }
    }
}

#[test]
fn a_first_row_of_any_length_tells_the_format() {
    let long = "z".repeat(5 << 20);
    let first = format!("{{\"payload\":\"{long}\",\"id\":\"{ID}\"}}");
    let second = format!("{{\"payload\":\"\",\"id\":\"{ID}\"}}");
    let lines = format!("{first}\n{second}\n");
    let array = format!("[{first},\n{second}]\n");
    for (content, format) in [(lines, Format::JsonLines), (array, Format::Json)] {
        for dataset in by_each_way(content.as_bytes()) {
            assert_eq!(dataset.layout().format, format);
            assert_eq!(ids(&dataset), [true, true], "{format}");
        }
    }
}

#[test]
fn cells_without_a_name_come_behind_the_others() {
    let content = format!(
        "id,msg\n{}{ID},hello, world\n{ID}\n",
        format!("{ID},x\n").repeat(20)
    );
    for dataset in by_each_way(content.as_bytes()) {
        let found = cells(&dataset);
        assert_eq!(found[19], [ID, "x"]);
        assert_eq!(found[20], [ID, "hello", " world"]);
        assert_eq!(found[21], [ID, ""]);
    }
}

#[test]
fn an_id_of_json_may_be_escaped() {
    let escaped: String = ID.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    let objects = [
        format!(r#"{{"id":"{ID}","n":1}}"#),
        format!(r#"{{"id":"{escaped}","n":2}}"#),
        format!(r#"{{"id":"{}\u0056","n":3}}"#, &ID[..25]),
        r#"{"id":"\"no ID\"","n":4}"#.to_owned(),
    ];
    for content in [objects.join("\n"), format!("[{}]", objects.join(","))] {
        for dataset in by_each_way(content.as_bytes()) {
            assert_eq!(ids(&dataset), [true, true, true, false], "{content}");
            let rows = all(&dataset);
            assert!(rows[..3].iter().all(|row| row.id_text() == ID));
            assert_eq!(rows[3].id_text(), "\"no ID\"");
        }
    }
    // as PHP writes a path
    let content = format!(r#"{{"id":"\/orders\/{ID}"}}"#);
    for dataset in by_each_way(format!("{content}\n{content}\n").as_bytes()) {
        assert_eq!(dataset.layout().spelling, Spelling::Prefixed);
        assert_eq!(ids(&dataset), [true, true]);
    }
    let strings = format!("[\"{escaped}\", \"{ID}\"]");
    for dataset in by_each_way(strings.as_bytes()) {
        assert_eq!(ids(&dataset), [true, true]);
    }
}

#[test]
fn what_came_before_damage_is_there_however_little_it_is() {
    let text = format!("{ID}\n{ID}\n");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let zstd = zstd::encode_all(text.as_bytes(), 0).unwrap();
    let two = zstd::encode_all(&b"rest of the file\n"[..], 0).unwrap();
    let cut = [
        gzip[..gzip.len() - 6].to_vec(),
        [&zstd[..], &two[..two.len() - 6]].concat(),
        [&gzip[..], b"rubbish behind"].concat(),
    ];
    for bytes in cut {
        let dataset = Dataset::from_reader("-", Cursor::new(bytes), &OpenOptions::default());
        let dataset = dataset.unwrap();
        assert!(dataset.len() >= 2);
        assert_eq!(ids_of_rows(&dataset), [true, true]);
        assert!(dataset.extent().error.is_some());
    }
    let nothing = Dataset::from_reader(
        "-",
        Cursor::new(gzip[..9].to_vec()),
        &OpenOptions::default(),
    );
    assert!(nothing.is_err());
}

/// A pipe into which somebody writes a piece at a time.
struct Pieces(Vec<Vec<u8>>);

impl std::io::Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.0.is_empty() {
            return Ok(0);
        }
        let piece = &mut self.0[0];
        let count = piece.len().min(buffer.len());
        buffer[..count].copy_from_slice(&piece[..count]);
        piece.drain(..count);
        if piece.is_empty() {
            self.0.remove(0);
        }
        Ok(count)
    }
}

#[test]
fn what_a_pipe_is_does_not_depend_on_what_its_first_read_brings() {
    let row = |number: usize| format!("{number},{ID},web\n");
    let rows = |count: usize| (0..count).map(row).collect::<String>();
    let sources = [
        format!("order,id,service\n{}", rows(9)),
        format!(
            "name,order\n{}",
            "web,01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(3)
        ),
        format!(
            "Starting server on :8080\n{}",
            format!("12:00 INFO id={ID} done\n").repeat(9)
        ),
        format!("[{{\"id\":\"{ID}\",\"a\":1}},\n{{\"id\":\"{ID}\",\"b\":2}}]"),
        format!("id,a\n{ID},1"),
        format!("order,id,service\n{}", rows(3_000)),
    ];
    for source in sources {
        let [by_name, ..] = &by_each_way(source.as_bytes())[..] else {
            unreachable!()
        };
        let lines: Vec<Vec<u8>> = source.split_inclusive('\n').map(Into::into).collect();
        let bytes = source.bytes().map(|byte| vec![byte]).collect();
        for pieces in [lines, bytes] {
            let pipe = Dataset::from_reader("-", Pieces(pieces), &OpenOptions::default()).unwrap();
            assert_eq!(pipe.layout(), by_name.layout(), "{source:.60}");
            assert_eq!(cells(&pipe), cells(by_name), "{source:.60}");
            assert_eq!(ids(&pipe), ids(by_name), "{source:.60}");
        }
    }
}

fn ids_of_rows(dataset: &Dataset) -> Vec<bool> {
    let rows = dataset.rows().map_while(Result::ok);
    rows.take(2).map(|row| row.id.is_ok()).collect()
}

#[test]
fn a_row_stands_on_the_line_that_an_editor_shows() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path
    };
    let rows = |words: &[&str]| -> String {
        let row = |word: &&str| format!("{ID},\"{word}\"\n");
        words.iter().map(row).collect()
    };
    let first = format!(
        "\u{FEFF}title\n\nid,note\n{}",
        rows(&["a", "two\nlines", "three\r\nlines\n", "find me"])
    );
    let second = format!(
        "\u{FEFF}title\n\nid,note\n{}",
        rows(&["find me", "x"]).repeat(40_000)
    );
    let paths = [write("a.csv", &first), write("b.csv", &second)];
    for paths in [&paths[..], &paths[..1], &paths[1..]] {
        let dataset = Dataset::open_paths(paths, &OpenOptions::default()).unwrap();
        let mut lines = dataset.lines();
        let texts = [&first, &second].map(|text| text.split('\n').collect::<Vec<_>>());
        let mut found = 0;
        for row in all(&dataset) {
            if !row.text().contains("find me") {
                continue;
            }
            let place = lines.find(row.offset).unwrap();
            let file = usize::from(place.path.ends_with("b.csv"));
            let line = texts[file][place.line as usize - 1];
            assert!(line.contains("find me"), "{place:?}: {line}");
            found += 1;
        }
        assert!(found > 0);
    }
}

/// A line as a file may have it: nothing, half of a line end, or a record.
fn lines_of(records: &[Option<&str>], ending: &str, ends: bool) -> String {
    let lines: Vec<&str> = records.iter().map(|record| record.unwrap_or("")).collect();
    lines.join(ending) + if ends { ending } else { "" }
}

/// Python's `csv.DictReader`, rust-csv and DuckDB pass over blank lines of a table, and jq over those between objects.
fn without_blank_lines(records: &[Option<&str>]) -> Vec<Vec<u8>> {
    let filled = records.iter().flatten();
    filled.map(|record| record.as_bytes().to_vec()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    #[test]
    fn blank_lines_are_no_rows(
        kinds in prop::collection::vec(0..6_u8, 2..80),
        is_json in any::<bool>(),
        quotes in any::<bool>(),
        is_dos in any::<bool>(),
        ends in any::<bool>(),
        piece in 1..30_usize,
    ) {
        let object = format!("{{\"id\":\"{ID}\",\"n\":1}}");
        let row = format!("{ID},1");
        let quoted = format!("{ID},\"1\n\n2\"");
        let of_kind = |kind: &u8| match (kind, is_json) {
            (0..3, _) => None,
            (_, true) => Some(object.as_str()),
            (5, false) if quotes => Some(quoted.as_str()),
            (_, false) => Some(row.as_str()),
        };
        let head: &[Option<&str>] = if is_json { &[Some(&object)] } else { &[Some("id,n"), Some(&row)] };
        let records: Vec<Option<&str>> = head.iter().copied().chain(kinds.iter().map(of_kind)).collect();
        let ending = if is_dos { "\r\n" } else { "\n" };
        let content = lines_of(&records, ending, ends);
        let expected = without_blank_lines(&records);
        let expected = &expected[usize::from(!is_json)..];
        for dataset in by_each_way(content.as_bytes()) {
            prop_assert_eq!(dataset.len(), expected.len());
            let rows = all(&dataset);
            let found: Vec<Vec<u8>> = rows.iter().map(|row| row.text.clone()).collect();
            prop_assert_eq!(&found[..], expected);
            prop_assert!(rows.iter().all(|row| row.id.is_ok()));
            let texts: Vec<Vec<u8>> = scanned(&dataset).into_iter().map(|row| row.2).collect();
            prop_assert_eq!(&texts[..], expected);
            prop_assert!(ids(&dataset).iter().all(|&is_id| is_id));
            let tail = dataset.tail(piece).unwrap().rows;
            prop_assert_eq!(&tail[..], &rows[rows.len().saturating_sub(piece)..]);
            for row in rows.iter().step_by(piece) {
                let at = usize::try_from(row.offset).unwrap();
                prop_assert!(content.as_bytes()[at..].starts_with(&row.text));
                prop_assert_eq!(&dataset.window(row.index, 1).unwrap()[0], row);
            }
        }
    }
}

#[test]
fn blank_lines_of_a_file_of_any_size_are_no_rows_on_all_threads() {
    let row = format!("{{\"id\":\"{ID}\",\"n\":1}}");
    let blank = format!("{row}\n\n{row}\r\n\r\n\r\n{row}\n");
    let content = blank.repeat(160_000);
    assert!(content.len() > 20 << 20);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    fs::write(&path, content).unwrap();
    let dataset = Dataset::open(&path).unwrap();
    assert_eq!(dataset.len(), 480_000);
    assert_eq!(dataset.row(479_999).unwrap().unwrap().text(), row);
    assert!(ids(&dataset).iter().all(|&is_id| is_id));
}

#[test]
fn a_quote_that_is_never_closed_is_told_with_its_line() {
    let whole = format!("id,note\n{ID},\"a\nb\"\n{ID},\"c\"");
    for dataset in by_each_way(whole.as_bytes()) {
        assert_eq!(dataset.len(), 2);
        assert!(dataset.extent().error.is_none());
    }
    let open = format!("id,note\n{ID},\"a\nb\"\n\n{ID},\"c\n{ID},d\n{ID},e\n");
    for dataset in by_each_way(open.as_bytes()) {
        assert_eq!(dataset.len(), 2);
        let error = dataset.extent().error.unwrap().to_string();
        assert!(
            error.contains(":5: a quote is opened in this row"),
            "{error}"
        );
        assert_eq!(
            dataset.row(0).unwrap().unwrap().cell("note").unwrap(),
            "a\nb"
        );
        let last = dataset.rows().last().unwrap();
        assert!(last.is_err(), "the error comes behind the rows");
    }
}
