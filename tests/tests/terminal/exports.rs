//! Rows that are taken away into files, whose names say how.

use std::{fs, io::Read as _, path::Path};

use super::session::Session;

const ROWS: &str = "\
id,service,note
01JGFJJZ000000000000000001,api,\"tab\there, \"\"quoted\"\"\"
01JGFJN0800000000000000002,web,
none,api,x
";

fn exported(folder: &Path, name: &str) -> Vec<u8> {
    let mut browser = Session::browser(&[folder.join("o.csv")]);
    browser.wait_for("of 3");
    browser.send("e");
    browser.wait_for("export rows, decoded, to:");
    browser.send(&format!("{}\r", folder.join(name).display()));
    browser.wait_for("3 rows exported");
    fs::read(folder.join(name)).unwrap()
}

#[test]
fn the_name_says_how_rows_are_written() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("o.csv"), ROWS).unwrap();
    let text = |name: &str| String::from_utf8(exported(folder.path(), name)).unwrap();
    assert_eq!(
        text("x.log"),
        ROWS.split_once('\n').unwrap().1,
        "rows as they stand, without a header of their own"
    );
    assert!(text("x.txt").starts_with("01JGFJJZ000000000000000001\n01JGFJN0800000000000000002\n"));
    let tsv = text("x.tsv");
    let lines: Vec<&str> = tsv.lines().collect();
    assert_eq!(
        lines[0],
        "row\tid\ttime\tunix_ms\tfault\tmessage\tservice\tnote"
    );
    assert!(
        lines[1].ends_with("\tapi\t\"tab\there, \"\"quoted\"\"\""),
        "{tsv}"
    );
    let json: serde_json::Value = serde_json::from_str(&text("x.json")).unwrap();
    let services: Vec<&str> = json
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["service"].as_str().unwrap())
        .collect();
    assert_eq!(services, ["api", "web", "api"]);
    let csv = text("x.csv");
    let mut unpacked = String::new();
    let gzip = exported(folder.path(), "x.csv.gz");
    flate2::read::MultiGzDecoder::new(&gzip[..])
        .read_to_string(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, csv);
    let zstd = exported(folder.path(), "x.csv.zst");
    assert_eq!(zstd::decode_all(&zstd[..]).unwrap(), csv.as_bytes());
}

#[test]
fn a_name_that_says_nothing_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("o.csv"), ROWS).unwrap();
    let mut browser = Session::browser(&[folder.path().join("o.csv")]);
    browser.wait_for("of 3");
    browser.resize(200, 30);
    browser.send("e");
    browser.wait_for("export rows, decoded, to:");
    browser.send(&format!("{}\r", folder.path().join("x.xlsx").display()));
    browser.wait_for("name it .csv, .tsv");
    assert!(!folder.path().join("x.xlsx").exists());
}
