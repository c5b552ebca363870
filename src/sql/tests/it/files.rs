//! Files written anew, and what an audit says of files of others.

use std::{fs, io::Write, path::Path, process::Command, sync::Arc};

use datafusion::{
    arrow::array::{ArrayRef, FixedSizeBinaryArray, Int32Array, RecordBatch, StringArray},
    parquet::{
        arrow::ArrowWriter,
        file::{
            properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder},
            reader::{FileReader, SerializedFileReader},
        },
    },
};
use ulid_engine::{Timestamp, Ulid};

use crate::common::id_of;

fn run(place: &Path, arguments: &[&str]) -> (String, String, bool) {
    let output = Command::new(env!("CARGO_BIN_EXE_ulid-sql"))
        .current_dir(place)
        .args(arguments)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        text(output.stdout),
        text(output.stderr),
        output.status.success(),
    )
}

fn id(row: u64) -> Ulid {
    let time = Timestamp::from_ms(1_735_689_600_000 + row * 1_000).unwrap();
    id_of(
        time,
        u128::from(row.wrapping_mul(0x9E37_79B9_7F4A_7C15)) << 16,
    )
}

/// A file of these IDs with ten rows to a row group.
fn file(path: &Path, ids: &[String], properties: WriterPropertiesBuilder) {
    let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(0..ids.len() as i32));
    let ids: ArrayRef = Arc::new(ids.iter().map(Some).collect::<StringArray>());
    let batch = RecordBatch::try_from_iter([("n", numbers), ("key", ids)]).unwrap();
    let properties = properties.set_max_row_group_row_count(Some(10)).build();
    let mut writer = ArrowWriter::try_new(
        fs::File::create(path).unwrap(),
        batch.schema(),
        Some(properties),
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn sorted(rows: u64) -> Vec<String> {
    (0..rows).map(|row| id(row).to_string()).collect()
}

/// Words of the audit on the statistics of a file.
fn statistics(place: &Path, name: &str) -> String {
    let (out, told, went_well) = run(place, &["audit", name, "-o", "ndjson"]);
    assert!(went_well, "{told}");
    let line = out
        .lines()
        .find(|line| line.contains("\"of\":\"statistics\""))
        .unwrap();
    line.split("\"value\":\"")
        .nth(1)
        .unwrap()
        .trim_end_matches("\"}")
        .to_owned()
}

#[test]
fn a_file_written_anew_is_sorted_and_has_what_prunes() {
    let place = tempfile::tempdir().unwrap();
    let mut ids = sorted(100);
    ids.reverse();
    file(
        &place.path().join("a.parquet"),
        &ids[..50],
        WriterProperties::builder(),
    );
    file(
        &place.path().join("b.parquet"),
        &ids[50..],
        WriterProperties::builder(),
    );
    let arguments = [
        "write",
        "a.parquet",
        "b.parquet",
        "--to",
        "c.parquet",
        "--row-group",
        "20",
    ];
    let (_, told, went_well) = run(place.path(), &arguments);
    assert!(went_well);
    assert_eq!(
        told,
        "ulid-sql: c.parquet: 100 rows in 5 row groups, sorted by key (ULIDs)\n"
    );
    let (rows, ..) = run(
        place.path(),
        &["c.parquet", "-o", "csv", "-c", "SELECT key FROM c"],
    );
    assert_eq!(rows.lines().skip(1).collect::<Vec<_>>(), sorted(100));
    assert_eq!(
        statistics(place.path(), "c.parquet"),
        "exact bounds in 5 row groups, in order, of pages too, with a bloom filter"
    );
    let reader =
        SerializedFileReader::new(fs::File::open(place.path().join("c.parquet")).unwrap()).unwrap();
    let group = reader.metadata().row_group(0);
    assert_eq!(group.sorting_columns().unwrap()[0].column_idx, 1);
    // What is there stays, but by force; and nothing else is left in the folder.
    let (_, told, went_well) = run(place.path(), &arguments);
    assert!(
        !went_well && told.contains("c.parquet is there already; --force writes over it"),
        "{told}"
    );
    assert!(run(place.path(), &[&arguments[..], &["--force"]].concat()).2);
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 3);
}

#[test]
fn ids_are_written_as_text_or_bytes_and_none_is_lost() {
    let place = tempfile::tempdir().unwrap();
    let lower: Vec<String> = sorted(30).iter().map(|id| id.to_lowercase()).collect();
    file(
        &place.path().join("lower.parquet"),
        &lower,
        WriterProperties::builder(),
    );
    for (spelling, kind, shown) in [
        ("text", "Utf8View", "key"),
        ("bytes", "FixedSizeBinary(16)", "ulid_from_bytes(key)"),
    ] {
        let arguments = [
            "write",
            "lower.parquet",
            "--to",
            "made.parquet",
            "--as",
            spelling,
            "--id",
            "key",
            "--force",
        ];
        assert!(run(place.path(), &arguments).2);
        let sql = format!("SELECT {shown} AS key, arrow_typeof(key) AS type FROM made ORDER BY n");
        let (rows, ..) = run(place.path(), &["made.parquet", "-o", "ndjson", "-c", &sql]);
        let expected = sorted(30)
            .iter()
            .map(|id| format!("{{\"key\":\"{id}\",\"type\":\"{kind}\"}}\n"))
            .collect::<String>();
        assert_eq!(rows, expected);
    }
    let mut dirty = sorted(30);
    dirty[7] = "no ID".to_owned();
    file(
        &place.path().join("dirty.parquet"),
        &dirty,
        WriterProperties::builder(),
    );
    let (_, told, went_well) = run(
        place.path(),
        &[
            "write",
            "dirty.parquet",
            "--to",
            "none.parquet",
            "--as",
            "bytes",
        ],
    );
    assert!(
        !went_well && told.contains("1 rows have something else than an ID in key"),
        "{told}"
    );
    assert!(!place.path().join("none.parquet").exists());
    assert!(
        run(
            place.path(),
            &["write", "dirty.parquet", "--to", "all.parquet"]
        )
        .2
    );
    let (rows, ..) = run(
        place.path(),
        &[
            "all.parquet",
            "-o",
            "csv",
            "-c",
            "SELECT count(*) AS n FROM \"all\"",
        ],
    );
    assert_eq!(rows, "n\n30\n");
}

#[test]
fn the_statistics_of_others_are_told() {
    let place = tempfile::tempdir().unwrap();
    let path = |name: &str| place.path().join(name);
    let builder = WriterProperties::builder;
    file(
        &path("cut.parquet"),
        &sorted(30),
        builder().set_statistics_truncate_length(Some(16)),
    );
    assert_eq!(
        statistics(place.path(), "cut.parquet"),
        "bounds cut in 3 of 3 row groups: ranges of time prune, one ID is looked for in more of them, in order, of pages too, without a bloom filter"
    );
    file(
        &path("none.parquet"),
        &sorted(30),
        builder().set_statistics_enabled(EnabledStatistics::None),
    );
    assert!(
        statistics(place.path(), "none.parquet")
            .starts_with("3 of 3 row groups have no bounds and are always read")
    );
    file(
        &path("chunk.parquet"),
        &sorted(30),
        builder().set_statistics_enabled(EnabledStatistics::Chunk),
    );
    assert!(statistics(place.path(), "chunk.parquet").contains("of no pages"));
    let mut mixed = sorted(30);
    mixed.swap(0, 29);
    file(&path("mixed.parquet"), &mixed, builder());
    assert!(
        statistics(place.path(), "mixed.parquet").contains("2 of them overlap earlier ones"),
        "{}",
        statistics(place.path(), "mixed.parquet")
    );
}

/// A writer that cuts the largest value and does not round it up: readers leave out the row group and miss its last row.
#[test]
fn bounds_that_lose_rows_are_found() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("wrong.parquet");
    file(&path, &sorted(30), WriterProperties::builder());
    let mut bytes = fs::read(&path).unwrap();
    let footer = bytes.len()
        - 8
        - u32::from_le_bytes(bytes[bytes.len() - 8..bytes.len() - 4].try_into().unwrap()) as usize;
    let largest = id(29).to_string();
    let places: Vec<usize> = (footer..bytes.len() - 26)
        .filter(|&at| &bytes[at..at + 26] == largest.as_bytes())
        .collect();
    assert!(!places.is_empty());
    for at in places {
        // The time stays, and the last ten characters are zeros.
        bytes[at + 16..at + 26].fill(b'0');
    }
    fs::write(&path, bytes).unwrap();
    let (out, told, went_well) = run(place.path(), &["audit", "wrong.parquet"]);
    assert!(went_well);
    assert!(
        out.contains("wrong: in 1 of 3 row groups values lie outside of the bounds"),
        "{out}"
    );
    assert!(
        told.contains("its statistics are wrong, conditions on key lose rows"),
        "{told}"
    );
}

#[test]
fn an_audit_names_the_column_and_its_figures() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir_all(place.path().join("days/day=1")).unwrap();
    fs::create_dir_all(place.path().join("days/day=2")).unwrap();
    file(
        &place.path().join("days/day=1/x.parquet"),
        &sorted(10),
        WriterProperties::builder(),
    );
    file(
        &place.path().join("days/day=2/y.parquet"),
        &sorted(20)[10..],
        WriterProperties::builder(),
    );
    let (out, told, _) = run(place.path(), &["audit", "days", "-o", "csv"]);
    assert_eq!(told, "");
    for line in [
        "days,column,key: ULIDs",
        "days,valid,20",
        "days,earliest,2025-01-01T00:00:00Z",
        "days,latest,2025-01-01T00:00:19Z",
        "days,randomness,too_few",
        "days,statistics of day=1/x.parquet,\"exact bounds in 1 row groups, in order, of pages too, without a bloom filter\"",
    ] {
        assert!(out.lines().any(|found| found == line), "{line}: {out}");
    }
    let bytes: ArrayRef = Arc::new(
        FixedSizeBinaryArray::try_from_iter((0..5).map(|row| id(row).to_bytes())).unwrap(),
    );
    let batch = RecordBatch::try_from_iter([("b", bytes)]).unwrap();
    let mut writer = ArrowWriter::try_new(
        fs::File::create(place.path().join("bytes.parquet")).unwrap(),
        batch.schema(),
        None,
    )
    .unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    assert!(statistics(place.path(), "bytes.parquet").starts_with("exact bounds in 1 row groups"));
    fs::write(place.path().join("none.csv"), "a,b\n1,x\n").unwrap();
    for (arguments, says) in [
        (
            &["audit", "none.csv"][..],
            "none.csv: no column has IDs in its first rows; name the column with --id",
        ),
        (
            &["audit", "none.csv", "--id", "c"],
            "there is no column c; there are a, b",
        ),
        (
            &["audit", "none.csv", "--id", "a"],
            "column a has the type Int64, which holds no IDs",
        ),
        (
            &["audit", "none.csv", "--id", "b"],
            "the first rows of column b have no ID",
        ),
    ] {
        let (_, told, went_well) = run(place.path(), arguments);
        assert!(!went_well && told.contains(says), "{told}");
    }
}

/// Files as other programs write them: by Excel where the decimal point is a comma, as an array of JSON, packed, with rows that
/// stop early, with a line end within quotes.
#[test]
fn files_of_other_programs_are_tables() {
    let place = tempfile::tempdir().unwrap();
    let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    let array = format!("[{{\"id\":\"{id}\",\"n\":1}},\n {{\"id\":null,\"n\":2}}]\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed
        .write_all(format!("{{\"id\":\"{id}\"}}\n").as_bytes())
        .unwrap();
    for (name, bytes, expected) in [
        (
            "excel.csv",
            format!("\u{feff}id;name\r\n{id};Ada\r\n").into_bytes(),
            format!("{id},Ada\n"),
        ),
        ("array.json", array.into_bytes(), format!("{id},1\n,2\n")),
        (
            "packed.jsonl.gz",
            packed.finish().unwrap(),
            format!("{id}\n"),
        ),
        (
            "packed.csv.zst",
            zstd::encode_all(format!("id\n{id}\n").as_bytes(), 1).unwrap(),
            format!("{id}\n"),
        ),
        (
            "ragged.csv",
            format!("id,a,b\n{id},1\n{id}\n").into_bytes(),
            format!("{id},1,\n{id},,\n"),
        ),
        (
            "lines.csv",
            format!("id,note\n{id},\"one\ntwo\"\n").into_bytes(),
            format!("{id},\"one\ntwo\"\n"),
        ),
        (
            "null.tsv",
            format!("id\tv\n{id}\t\\N\n").into_bytes(),
            format!("{id},\\N\n"),
        ),
    ] {
        fs::write(place.path().join(name), bytes).unwrap();
        let table = name.split('.').next().unwrap();
        let sql = format!("SELECT * FROM \"{table}\"");
        let (rows, told, went_well) = run(place.path(), &[name, "-o", "csv", "-c", &sql]);
        assert!(went_well, "{name}: {told}");
        let (header, rest) = rows.split_once('\n').unwrap();
        assert!(
            header == "id" || header.starts_with("id,"),
            "{name}: {header:?}"
        );
        assert_eq!(rest, expected, "{name}");
    }
}

/// Bytes of UUIDs of version 7 are told apart from those of ULIDs, and a folder as Spark leaves it is a table.
#[test]
fn folders_and_uuids_of_other_programs_are_audited() {
    let place = tempfile::tempdir().unwrap();
    fs::create_dir_all(place.path().join("out")).unwrap();
    let ids = (0..200).map(|row| ulid_engine::version7::as_version_7(id(row)).to_bytes());
    let bytes: ArrayRef = Arc::new(FixedSizeBinaryArray::try_from_iter(ids).unwrap());
    let batch = RecordBatch::try_from_iter([("b", bytes)]).unwrap();
    let part = fs::File::create(place.path().join("out/part-00000-c000.snappy.parquet")).unwrap();
    let mut writer = ArrowWriter::try_new(part, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    fs::write(place.path().join("out/_SUCCESS"), "").unwrap();
    fs::write(place.path().join("out/.part-00000.crc"), "crc").unwrap();
    let (out, told, _) = run(place.path(), &["audit", "out", "-o", "csv"]);
    assert_eq!(told, "");
    assert!(
        out.contains("out,column,b: UUIDs of version 7\nout,valid,200\n"),
        "{out}"
    );
}
