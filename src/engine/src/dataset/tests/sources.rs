//! Sources that are compressed, damaged, joined, followed, cut while they are open, and pipes that say late what they are.

use std::{thread, time::Duration};

use super::*;
use crate::{
    Timestamp, query,
    query::{Query, Scope},
    sort::Direction,
    stats::Limits,
    timestamp::TimeZone,
};

fn numbered(range: std::ops::Range<u32>) -> String {
    range.map(|number| format!("row {number}\n")).collect()
}

fn packed(text: &str) -> [Vec<u8>; 3] {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).unwrap();
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    [text.as_bytes().to_vec(), gzip.finish().unwrap(), zstd]
}

#[test]
fn compressed_files_and_streams_hold_the_same_rows() {
    let text = numbered(0..50_000);
    let expected: Vec<&str> = text.lines().collect();
    for bytes in packed(&text) {
        let dataset = open(&bytes).unwrap();
        assert_eq!(texts(&dataset), expected);
        assert_eq!(dataset.tail(1).unwrap().rows[0].text(), "row 49999");
        let stream = Dataset::from_reader("-", Cursor::new(bytes), &lines()).unwrap();
        assert_eq!(stream.len(), 50_000);
        assert_eq!(stream.row(31_415).unwrap().unwrap().text(), "row 31415");
    }
}

#[test]
fn damaged_compressed_data_keeps_the_rows_before_and_says_so() {
    let [_, gzip, _] = packed(&numbered(0..200_000));
    let dataset = open(&gzip[..gzip.len() / 2]).unwrap();
    let rows = dataset.len();
    assert!((1_000..200_000).contains(&rows), "{rows}");
    assert!(dataset.extent().error.is_some());
    assert_eq!(dataset.row(7).unwrap().unwrap().text(), "row 7");
    assert!(dataset.rows().last().unwrap().is_err());
}

#[test]
fn several_paths_are_one_source() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str, bytes: &[u8]| {
        let path = directory.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    };
    let header = "id,name\n";
    let first = format!("\u{FEFF}{header}{ID},a");
    let second = format!("{header}{ID},b\n");
    let [_, gzip, zstd] = packed(&second);
    let plain = [
        path("1.csv", first.as_bytes()),
        path("2.csv", second.as_bytes()),
    ];
    let mixed = [
        path("1.csv", first.as_bytes()),
        path("3.gz", &gzip),
        path("4.zst", &zstd),
    ];
    for (paths, names) in [(plain.as_slice(), "ab"), (mixed.as_slice(), "abb")] {
        let dataset = Dataset::open_paths(paths, &OpenOptions::default()).unwrap();
        let found: String = all(&dataset)
            .iter()
            .filter_map(|row| row.cell("name"))
            .collect();
        assert_eq!(found, names);
    }
}

/// Files that take longer to index than to open, with line ends within cells, blank lines, and no line end at the end.
fn large_files(directory: &Path) -> Vec<PathBuf> {
    let row = |number: u32| match number % 7 {
        0 => format!("{ID},\"one\nand two {number}\"\n\n"),
        _ => format!("{ID},{}\n", "word ".repeat(number as usize % 50)),
    };
    let text: String = (0..60_000).map(row).collect();
    let write = |name: &str| {
        let path = directory.join(name);
        fs::write(&path, format!("id,text\n{text}{ID},{name}")).unwrap();
        path
    };
    vec![write("a.csv"), write("b.csv")]
}

#[test]
fn rows_are_counted_by_the_index_and_by_a_pass_alike() {
    let directory = tempfile::tempdir().unwrap();
    let paths = large_files(directory.path());
    let indexed = Dataset::open_paths(&paths, &OpenOptions::default()).unwrap();
    assert_eq!(indexed.len(), 120_002);
    for ends_early in [false, true] {
        let passed = Dataset::open_paths(&paths, &OpenOptions::default()).unwrap();
        let mut rows = 0;
        let each = |count: usize| {
            rows += count;
            match ends_early && rows > 50_000 {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        };
        let count = |block: &Block| block.keys().len();
        passed.pass(&Progress::new()).each(count, each).unwrap();
        assert_eq!(rows == 120_002, !ends_early);
        assert_eq!(passed.len(), 120_002);
        for first in (0..120_002).step_by(997) {
            let expected = indexed.window(first, 3).unwrap();
            assert_eq!(passed.window(first, 3).unwrap(), expected, "{first}");
        }
    }
}

#[test]
fn a_pass_that_waits_for_the_index_gets_it() {
    let directory = tempfile::tempdir().unwrap();
    let paths = large_files(directory.path());
    let dataset = Dataset::open_paths(&paths, &OpenOptions::default()).unwrap();
    let mut known = Vec::new();
    let each = |()| {
        known.push(dataset.len());
        ControlFlow::Continue(())
    };
    dataset.pass(&Progress::new()).each(|_| (), each).unwrap();
    assert!(known.iter().all(|&rows| rows == 120_002), "{known:?}");
}

#[test]
fn a_followed_file_grows_is_cut_rotated_and_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("ids.txt");
    fs::write(&path, "a\nb").unwrap();
    let dataset = Dataset::open_paths(std::slice::from_ref(&path), &lines()).unwrap();
    let check = |change: Change, rows: &[&str]| {
        assert_eq!(dataset.refresh().unwrap(), change);
        assert_eq!(texts(&dataset), rows);
        assert_eq!(scanned(&dataset).len(), rows.len());
    };
    check(Change::None, &["a", "b"]);
    let mut file = fs::OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(b"c\nd\n").unwrap();
    check(Change::Grown { bytes: 4 }, &["a", "bc", "d"]);
    file.set_len(0).unwrap();
    file.write_all(b"new\n").unwrap();
    check(Change::Truncated, &["new"]);
    file.write_all(b"open").unwrap();
    check(Change::Grown { bytes: 4 }, &["new", "open"]);
    fs::rename(&path, directory.path().join("ids.1")).unwrap();
    check(Change::Deleted, &["new", "open"]);
    fs::write(&path, "next\n").unwrap();
    check(Change::Rotated, &["new", "open", "next"]);
    check(Change::None, &["new", "open", "next"]);
}

#[test]
fn a_file_that_is_cut_while_open_is_an_error_and_no_crash() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), numbered(0..500_000)).unwrap();
    let dataset = Dataset::open(file.path()).unwrap();
    let rows = dataset.len();
    file.as_file().set_len(1_000).unwrap();
    let error = dataset.row(rows - 1).unwrap_err().to_string();
    assert!(
        error.contains("was cut from 5388890 to 1000 bytes while it was open"),
        "{error}"
    );
    let scan = dataset
        .pass(&Progress::new())
        .each(|_| (), |()| ControlFlow::Continue(()));
    assert!(matches!(
        scan,
        Err(ScanError::Read(ReadError::Truncated { .. }))
    ));
}

#[test]
fn a_snapshot_is_a_dataset_of_what_had_come() {
    let (reader, mut writer) = std::io::pipe().unwrap();
    let line = |row: u64| match row % 5 {
        3 => format!("no ULID {row}\n"),
        _ => format!(
            "{}\n",
            codec::print(Ulid::from_u128((u128::from(row) * 7919 % 64) << 80))
        ),
    };
    let text: String = (0..100).map(line).collect();
    let rows = 60;
    let len = text.lines().take(rows).map(|line| line.len() + 1).sum();
    let first = &text[..len];
    writer.write_all(first.as_bytes()).unwrap();
    let stream = Dataset::from_reader("pipe", reader, &lines()).unwrap();
    stream.row(rows - 1).unwrap();
    let snapshot = stream.snapshot();
    let expected = Dataset::from_bytes("pipe", first.into(), &lines()).unwrap();
    let check = |snapshot: &Dataset| {
        let progress = Progress::new();
        let extent = snapshot.extent();
        assert!(extent.complete && extent.bytes == first.len() as u64);
        assert_eq!((extent.rows, snapshot.len()), (rows, rows));
        assert!(snapshot.wait_for_end(Duration::ZERO) && !snapshot.is_empty());
        assert_eq!(snapshot.row(rows).unwrap(), None);
        assert_eq!(snapshot.tail(2).unwrap().rows, all(&expected)[rows - 2..]);
        assert_eq!(snapshot.window(0, 1000).unwrap(), all(&expected));
        assert_eq!(all(snapshot), all(&expected));
        assert_eq!(snapshot.ids().unwrap(), expected.ids().unwrap());
        assert_eq!(snapshot.row_at_offset(extent.bytes).unwrap(), None);
        assert_eq!(snapshot.refresh().unwrap(), Change::None);
        let survey = |dataset: &Dataset| {
            let limits = Limits::at(Timestamp::MAX);
            let (audit, duplicates) = dataset.survey(limits, MEMORY, &progress).unwrap();
            (audit.into_parts().0, duplicates)
        };
        assert_eq!(survey(snapshot), survey(&expected));
        let order = |dataset: &Dataset| -> Vec<u32> {
            let order = dataset.order(Direction::Descending, MEMORY, None, &progress);
            let order = order.unwrap();
            (0..order.len()).map(|at| order.get(at).unwrap()).collect()
        };
        assert_eq!(order(snapshot), order(&expected));
        let zone = TimeZone::UTC;
        let scope = Scope::of(snapshot, Timestamp::MIN, &zone);
        let query = Query::parse("duplicate or not valid", &scope).unwrap();
        let found = query::select(snapshot, &query, &progress).unwrap();
        assert_eq!(found, query::select(&expected, &query, &progress).unwrap());
        let known = query::select_known(snapshot, &query, 0..rows + 9, &progress);
        assert_eq!(found, known.unwrap());
    };
    check(&snapshot);
    // a row that has come in part
    writer.write_all(&text.as_bytes()[len..len + 3]).unwrap();
    while stream.extent().rows == rows {
        thread::yield_now();
    }
    let part = stream.snapshot();
    assert_eq!(
        (part.len(), part.ids().unwrap().len()),
        (rows + 1, rows + 1)
    );
    assert_eq!(part.row(rows).unwrap().unwrap().text(), text[len..len + 3]);
    writer.write_all(&text.as_bytes()[len + 3..]).unwrap();
    drop(writer);
    assert_eq!(stream.len(), 100);
    check(&snapshot.snapshot());
    drop(stream);
    check(&snapshot);
}

#[test]
fn the_last_row_is_there_before_the_index() {
    // A stream that never ends keeps the index from being complete.
    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(numbered(0..100).as_bytes()).unwrap();
    let dataset = Dataset::from_reader("pipe", reader, &lines()).unwrap();
    assert_eq!(dataset.row(99 - 1).unwrap().unwrap().text(), "row 98");
    assert!(!dataset.extent().complete);
    assert_eq!(dataset.tail(2).unwrap().rows.len(), 2);
    writer.write_all(b"row 100\n").unwrap();
    assert_eq!(dataset.row(100).unwrap().unwrap().text(), "row 100");
    drop(writer);
    assert_eq!(dataset.len(), 101);

    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), format!("{ID}\n").repeat(800_000)).unwrap();
    let dataset = Dataset::open(file.path()).unwrap();
    let tail = dataset.tail(3).unwrap();
    assert_eq!(tail.rows.len(), 3);
    assert_eq!(tail.rows[2].offset, 799_999 * 27);
    assert_eq!(
        tail.rows[2].index, 799_999,
        "lines of one length are estimated truly"
    );
}

/// Bytes that are handed out as they are sent, and what is left of the last.
struct Sent(std::sync::mpsc::Receiver<Vec<u8>>, Cursor<Vec<u8>>);

impl std::io::Read for Sent {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            let count = self.1.read(buffer)?;
            if count > 0 {
                return Ok(count);
            }
            let Ok(bytes) = self.0.recv() else {
                return Ok(0);
            };
            self.1 = Cursor::new(bytes);
        }
    }
}

/// Of each of several programs: what it writes at first, what it writes later, and what its rows are then.
#[test]
fn a_pipe_is_recognised_anew_by_what_comes() {
    let rows: String = (0..400).map(|_| format!("{ID},x\n")).collect();
    let logged: String = (0..400)
        .map(|_| format!("GET /orders/{ID} 200\n"))
        .collect();
    let objects: String = (0..400)
        .map(|_| format!("{{\"n\":1,\"id\":\"{ID}\"}}\n"))
        .collect();
    let programs = [
        ("Starting server on :8080\n", &logged, "text", 401),
        ("id,name\n", &rows, "csv, ID in column 1 \"id\" of 2", 400),
        ("hello\n", &objects, "jsonl, ID in field \"id\"", 401),
    ];
    for (first, more, layout, count) in programs {
        let (send, sent) = std::sync::mpsc::channel();
        let options = OpenOptions {
            wait: Wait::FirstRecord,
            ..OpenOptions::default()
        };
        send.send(first.as_bytes().to_vec()).unwrap();
        let dataset = Dataset::from_reader("-", Sent(sent, Cursor::default()), &options).unwrap();
        for piece in more.as_bytes().chunks(1000) {
            send.send(piece.to_vec()).unwrap();
            dataset.recognise_anew().unwrap();
        }
        drop(send);
        while !dataset.wait_for_end(Duration::from_secs(1)) {}
        dataset.recognise_anew().unwrap();
        assert_eq!(dataset.layout().to_string(), layout, "{first}");
        assert_eq!(dataset.len(), count);
        let whole = Dataset::from_bytes(
            "-",
            format!("{first}{more}").into_bytes(),
            &OpenOptions::default(),
        );
        assert_eq!(all(&dataset).len(), count);
        assert_eq!(dataset.ids().unwrap(), whole.unwrap().ids().unwrap());
        assert!(!dataset.recognise_anew().unwrap(), "it stays what it is");
    }
}

/// Records whose first bytes, which are looked at for a mark, hold a zero.
#[test]
fn records_of_a_pipe_are_told_by_more_than_their_first_bytes() {
    let ms = 0x015F_0025_701D_u128;
    let records: Vec<u8> = (0..10_u128)
        .flat_map(|row| ((ms + row) << 80 | row).to_be_bytes())
        .collect();
    for wait in [Wait::Sample, Wait::FirstRecord] {
        let options = OpenOptions {
            wait,
            ..OpenOptions::default()
        };
        let dataset = Dataset::from_reader("-", Cursor::new(records.clone()), &options).unwrap();
        assert_eq!(
            (dataset.layout().format, dataset.len()),
            (Format::Binary, 10)
        );
    }
}

#[test]
fn lines_that_end_by_returns_are_lines_by_each_way() {
    let table = |end: &str| ["id,n", &format!("{ID},1"), &format!("{ID},2"), ""].join(end);
    for end in ["\r", "\r\r\n"] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mac.csv");
        fs::write(&path, format!("\u{FEFF}{}", table(end))).unwrap();
        let options = OpenOptions::default();
        let stream =
            |bytes: Vec<u8>| Dataset::from_reader("-", Cursor::new(bytes), &options).unwrap();
        for dataset in [
            Dataset::open(&path).unwrap(),
            stream(table(end).into_bytes()),
            stream(zstd::encode_all(table(end).as_bytes(), 1).unwrap()),
        ] {
            let rows = all(&dataset);
            let cells: Vec<_> = rows.iter().map(|row| row.cell("n").unwrap()).collect();
            assert_eq!(cells, ["1", "2"], "{end:?}");
            assert!(rows.iter().all(|row| row.id.is_ok()));
        }
    }
}

/// Of a stream as many lines are waited for where zeros stand in them as where none do.
#[test]
fn zeros_in_text_make_no_sample_shorter() {
    let lines = format!(
        "\0\0\0\0\0{}\n{ID}\nuser_{ID}\nuser_{ID}\nuser_{ID}\n",
        "x".repeat(20)
    );
    for format in [None, Some(Format::Lines)] {
        let options = OpenOptions {
            format,
            ..OpenOptions::default()
        };
        let whole = Dataset::from_bytes("-", lines.clone().into_bytes(), &options).unwrap();
        let bytes = Cursor::new(lines.clone().into_bytes());
        let stream = Dataset::from_reader("-", Trickle { bytes, size: 7 }, &options).unwrap();
        let told = |dataset: &Dataset| dataset.layout().to_string();
        assert_eq!(told(&stream), told(&whole));
        assert_eq!(texts(&stream), texts(&whole));
    }
}

#[test]
fn zeros_in_text_with_ids_are_text_and_others_are_not() {
    for (content, told) in [
        (
            format!("12:00 made {ID}\n12:01 made {ID}\n{}", "\0".repeat(300)),
            Ok("text"),
        ),
        (
            format!("id,n\n{ID},a\0b\n{ID},c\n"),
            Ok("csv, ID in column 1 \"id\" of 2"),
        ),
        (format!("{ID}\0{ID}\0"), Ok("text")),
        (
            format!("\u{7}{ID}\0"),
            Err("is a binary file, give text, or records of 16 bytes as format binary"),
        ),
        (
            "a\0b\n".to_owned(),
            Err("is a binary file, give text, or records of 16 bytes as format binary"),
        ),
    ] {
        let found = open(content.as_bytes()).map(|dataset| dataset.layout().to_string());
        assert_eq!(
            found.as_deref().map_err(String::as_str),
            told,
            "{content:?}"
        );
    }
}

/// JSON as `curl`, a full disk and a killed `jq` leave it: every row that is whole is there, and the end is told.
#[test]
fn json_that_is_cut_gives_its_rows_and_says_so() {
    let rows: String = (0..300)
        .map(|n| format!("{{\"id\":\"{ID}\",\"n\":{n}}},\n"))
        .collect();
    let rows = rows.trim_end_matches(",\n");
    let sequence = rows.replace("},", "}").replace(",\"n\"", ",\n\"n\"");
    for whole in [
        format!("[{rows}]\n"),
        format!("{{\"total\":300,\"data\":[{rows}],\"next\":null}}\n"),
        sequence,
    ] {
        let count = |text: &str| {
            let options = OpenOptions::default();
            let comes = Cursor::new(text.as_bytes().to_vec());
            let there = Dataset::from_bytes("x", text.into(), &options).unwrap();
            let comes = Dataset::from_reader("x", comes, &options).unwrap();
            let counts = [there, comes].map(|dataset| {
                let ids = dataset
                    .rows()
                    .filter(|row| row.as_ref().is_ok_and(|row| row.id.is_ok()));
                let ids = ids.count();
                let error = dataset.extent().error.map(|error| error.to_string());
                (ids, error)
            });
            assert_eq!(counts[0], counts[1]);
            counts[0].clone()
        };
        assert_eq!(count(&whole), (300, None), "{}", &whole[..40]);
        // within a row, in its text, and where only the end of the array is missing
        let last = whole
            .rfind(",\"n\"")
            .or_else(|| whole.rfind(",\n\"n\""))
            .unwrap();
        let told = "x: ends before its JSON does; it was cut, or is still written, and what is there is read";
        for cut in [last, last - 3] {
            let (ids, error) = count(&whole[..cut]);
            assert!(ids >= 299, "{ids}");
            assert_eq!(error.as_deref(), Some(told), "{}", &whole[..40]);
        }
    }
    let options = OpenOptions::default();
    let empty = Dataset::from_bytes("x.json", b"[]\n".to_vec(), &options).unwrap();
    assert_eq!((empty.len(), empty.extent().error.is_none()), (0, true));
}
