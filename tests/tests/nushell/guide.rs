//! The replacements of old commands in the guide run, and so does the module that ships.

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use super::harness;

/// A folder with the files that the guide speaks of.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: String| {
        fs::write(folder.path().join(name), text).expect("a file is written");
    };
    write(
        "ids.txt",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV\n01BX5ZZKBKACTAV9WEVGEMMVRZ\n".to_owned(),
    );
    write(
        "app.log",
        "GET /users/01ARZ3NDEKTSV4RRFFQ69G5FAV\n".to_owned(),
    );
    write(
        "users.csv",
        "id,name\n01ARZ3NDEKTSV4RRFFQ69G5FAV,Ada\n01BX5ZZKBKACTAV9WEVGEMMVRZ,Bob\n".to_owned(),
    );
    let module = fs::read_to_string(module()).expect("the module is there");
    write("ulid.nu", module);
    files_of_the_help(folder.path());
    folder
}

/// The files that the examples of the help speak of.
fn files_of_the_help(folder: &Path) {
    let orders = "id,customer,host,took,created_at\n\
        01ARZ3NDEKTSV4RRFFQ69G5FAV,7,a,120,2016-07-30\n\
        01BX5ZZKBKACTAV9WEVGEMMVRZ,9,b,80,2017-08-08\n";
    fs::create_dir(folder.join("exports")).expect("a folder");
    for name in ["orders.csv", "yesterday.csv", "exports/a.csv"] {
        fs::write(folder.join(name), orders).expect("a file is written");
    }
    let changed = orders.replace("120", "121");
    fs::write(folder.join("today.csv"), changed).expect("a file is written");
    let rows = "{\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\"}\n{\"id\":\"OlBX5ZZKBKACTAV9WEVGEMMVRZ\"}\n";
    fs::write(folder.join("old.jsonl"), rows).expect("a file is written");
    let ids = "01ARZ3NDEKTSV4RRFFQ69G5FAV\n01BX5ZZKBKACTAV9WEVGEMMVRZ\n";
    let zstd = zstd::encode_all(ids.as_bytes(), 0).expect("memory takes it");
    fs::write(folder.join("ids.txt.zst"), zstd).expect("a file is written");
    let file = fs::File::create(folder.join("old.log.gz")).expect("a file is made");
    let mut gzip = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
    gzip.write_all(ids.as_bytes()).expect("a file is written");
    gzip.finish().expect("a file is written");
}

fn module() -> PathBuf {
    ulid_tests::root().join("src/plugin/ulid/mod.nu")
}

fn guide() -> String {
    let path = ulid_tests::root().join("docs/nushell.md");
    fs::read_to_string(path).expect("the guide is there")
}

/// Runs a piece of code where the guide's files are. What it prints has to be no error.
fn succeeds(code: &str) -> bool {
    let folder = folder();
    let Some(mut nu) = harness::command(code) else {
        return false;
    };
    let output = nu.current_dir(folder.path()).output().expect("nu starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && errors.is_empty(),
        "{code}\n{errors}"
    );
    true
}

#[test]
fn every_replacement_runs() {
    let guide = guide();
    let replacements: Vec<String> = guide
        .lines()
        .skip_while(|line| !line.starts_with("## Coming from another plugin"))
        .filter(|line| line.starts_with("| `"))
        .map(|line| line.replace("\\|", "\u{1}"))
        .filter_map(|line| {
            let right = line.trim_matches('|').rsplit('|').next()?.trim().to_owned();
            let code = right.strip_prefix('`')?.strip_suffix('`')?;
            Some(code.replace('\u{1}', "|"))
        })
        .collect();
    assert_eq!(replacements.len(), 35, "the rows of both tables");
    succeeds(&replacements.join("\n"));
}

#[test]
fn every_example_of_the_help_runs() {
    let list = "scope commands | where type == plugin | get examples | flatten | get example | to json --raw | print";
    let Some(text) = harness::printed(list) else {
        return;
    };
    let examples: Vec<String> = serde_json::from_str(&text).expect("a list of texts");
    assert!(examples.len() > 50, "{examples:?}");
    // the browser wants a terminal: tests/tests/terminal/exploring.rs gives it one
    let runs = |example: &&String| example.starts_with("try") || !example.contains("ulid explore");
    let code: Vec<String> = examples
        .iter()
        .filter(runs)
        .map(|example| format!("{example} | collect | ignore"))
        .collect();
    succeeds(&code.join("\n"));
}

#[test]
fn the_module_parses_and_does_what_it_says() {
    let folder = folder();
    let Some(nu) = ulid_tests::nu() else {
        return;
    };
    let registry = folder.path().join("plugins.msgpackz");
    let plugin = ulid_tests::binary("nu_plugin_ulid");
    let quote =
        |path: &std::path::Path| serde_json::Value::from(path.to_string_lossy()).to_string();
    let mut bare = harness::bare().expect("nu was there");
    let add = format!(
        "plugin add --plugin-config {} {}",
        quote(&registry),
        quote(&plugin)
    );
    assert!(
        bare.args(["--commands", &add])
            .status()
            .expect("nu starts")
            .success()
    );
    let checkable = folder.path().join("checked.nu");
    let source = fs::read_to_string(module()).expect("the module is there");
    let uses = format!(
        "plugin use --plugin-config {} ulid\n{source}",
        quote(&registry)
    );
    fs::write(&checkable, uses).expect("a file is written");
    let checked = Command::new(&nu)
        .args(["--no-config-file", "--ide-check", "100"])
        .arg(&checkable)
        .output()
        .expect("nu starts");
    let report = String::from_utf8_lossy(&checked.stdout);
    assert!(
        checked.status.success() && !report.contains("\"Error\""),
        "{report}"
    );

    let code = "use ulid.nu
        let rows = [[name]; [Ada] [Bob]] | ulid add
        print ($rows.id | ulid validate | to nuon) ($rows.id == ($rows.id | ulid sort))
        print (($rows | ulid with-age id).age | all {|age| $age < 1min })
        print ($rows | ulid recent id 1hr | length)
        print ([[id]; [01ARZ3NDEKTSV4RRFFQ69G5FAV]] | ulid by-hour id | columns | first)
        print ([[id]; [7ZZZZZZZZZZZZZZZZZZZZZZZZZ]] | ulid with-age id | to nuon)
        $env.config.plugins.ulid = {on_error: 'null'}
        print ([[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1] [oops 2] [01ARZ3NDEKTSV4RRFFQ69G5FAV 3]] | ulid by-hour id | to nuon)
        print ([[id]; [oops]] | ulid with-age id | to nuon)
        $env.config.plugins.ulid = {}
        print ([[id]; [olarz3ndektsv4rrffq69g5fav] [oops]] | ulid clean id | ulid with-uuid id | reject created_at | to nuon)
        let rows = [[id n]; [01ARZ3NDEKTSV4RRFFQ69G5FAV 1] [oops 2] [7ZZZZZZZZZZZZZZZZZZZZZZZZZ 3]]
        print (try { $rows | ulid with-age id } catch {|e| $e.details.code })
        print (try { $rows | ulid add n } catch {|e| view span $e.details.labels.0.span.start $e.details.labels.0.span.end })
        print ([] | ulid with-age id | append ([] | ulid with-uuid id) | append ([] | ulid add) | to nuon)
        $env.config.plugins.ulid = {on_error: drop}
        print ($rows | ulid with-age id | get n | to nuon) ($rows | ulid by-hour id | columns | to nuon)
        print ($rows | ulid with-uuid id | get uuid.1)";
    let output = harness::command(code)
        .expect("nu was there")
        .current_dir(folder.path())
        .output()
        .expect("nu starts");
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "[true, true]\ntrue\ntrue\n2\n2016-07-30T23:00Z\n\
         [[id, age]; [\"7ZZZZZZZZZZZZZZZZZZZZZZZZZ\", null]]\n\
         {\"2016-07-30T23:00Z\": [[id, n]; [\"01ARZ3NDEKTSV4RRFFQ69G5FAV\", 1], [\"01ARZ3NDEKTSV4RRFFQ69G5FAV\", 3]], none: [[id, n]; [oops, 2]]}\n\
         [[id, age]; [oops, null]]\n\
         [[id, uuid]; [\"01ARZ3NDEKTSV4RRFFQ69G5FAV\", \"01563e3a-b5d3-d676-4c61-efb99302bd5b\"]]\n\
         ulid::length\nn\n[]\n[1, 3]\n[\"2016-07-30T23:00Z\", \"+10889-08-02T05:00Z\"]\n\
         ffffffff-ffff-ffff-ffff-ffffffffffff\n",
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
