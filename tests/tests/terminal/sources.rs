//! Sources of every kind on the screen: CSV, logs, pipes, files that grow.

use std::{
    ffi::OsStr,
    fs::{self, OpenOptions},
    io::Write,
    path::Path,
};

use portable_pty::CommandBuilder;

use super::session::Session;

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LATER: &str = "01EBAAAAAAAAAAAAAAAAAAAAAA";

#[test]
fn the_column_of_a_csv_is_found_and_the_others_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    fs::write(
        &path,
        format!("customer,order_id\nAda,{ID}\n\"Bob, Jr\",{LATER}\n"),
    )
    .unwrap();
    let browser = Session::browser(&[path]);
    browser.wait_for("csv, ID in column 2 \"order_id\" of 2");
    browser.wait_until("the ID, its time and its customer in a row", |lines| {
        lines.iter().any(|line| {
            line.contains(ID) && line.contains("2016-07-30 23:54:10.259") && line.contains("Ada")
        })
    });
    browser.wait_for("Bob, Jr");
}

#[test]
fn the_elements_of_an_array_are_rows_with_columns() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.json");
    let array = format!(
        "[\n  {{\n    \"id\": \"{ID}\",\n    \"who\": \"first\"\n  }},\n  {{ \"id\": \"{LATER}\", \"who\": \"second\" }}\n]\n"
    );
    fs::write(&path, array).unwrap();
    let mut browser = Session::browser(&[&path]);
    browser.wait_for("2 rows  json, ID in field \"id\"");
    browser.wait_for("first");
    browser.send("&who = 'second'\r");
    browser.wait_for("1 of 1");
    browser.wait_for(LATER);
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn ids_are_found_in_a_log() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let line = format!("2016-07-30 INFO request id={ID} took 3 ms");
    fs::write(&path, format!("starting up, all is well\n{line}\n")).unwrap();
    let browser = Session::browser(&[path]);
    browser.wait_until("the ID and the line it stands in", |lines| {
        lines
            .iter()
            .any(|line| line.contains(ID) && line.contains("2016-07-30 INFO"))
    });
}

/// A browser on a pipe that pauses between two texts, until a file is there.
fn on_a_pipe(first: &str, rest: &str, arguments: &str, go_on: &Path) -> Session {
    let script = format!(
        "(printf '{first}'; until [ -e {} ]; do sleep 0.05; done; printf '{rest}') | {} {arguments}",
        go_on.display(),
        ulid_tests::binary("ulid-tui").display()
    );
    let mut command = CommandBuilder::new("bash");
    command.args(["-c", &script]);
    Session::of(command)
}

#[test]
fn a_pipe_is_browsed_while_it_flows() {
    let folder = tempfile::tempdir().unwrap();
    let go_on = folder.path().join("go-on");
    let (first, rest) = (format!("{ID}\\n"), format!("{LATER}\\n"));
    let mut browser = on_a_pipe(&first, &rest, "", &go_on);
    browser.wait_for("stdin  1 row so far");
    browser.wait_for(ID);
    browser.send("/nowhere\r");
    browser.wait_for("is not there");
    fs::write(&go_on, "").unwrap();
    browser.wait_for("stdin  2 rows");
    browser.wait_for(LATER);
    browser.send("jq");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn rows_of_a_pipe_are_chosen_and_sorted_once_more_at_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let go_on = folder.path().join("go-on");
    let (first, rest) = (format!("{LATER}\\nwrong\\n"), format!("{ID}\\nnone\\n"));
    let mut browser = on_a_pipe(&first, &rest, "--filter valid --sort id", &go_on);
    browser.wait_for("stdin  2 rows so far");
    browser.wait_for("1 of 1");
    fs::write(&go_on, "").unwrap();
    browser.wait_for("stdin  4 rows");
    browser.wait_until("both in their order", |lines| {
        let place = |id: &str| lines.iter().position(|line| line.contains(id));
        place(ID).is_some() && place(ID) < place(LATER)
    });
    browser.send("&\u{15}not valid\r");
    browser.wait_for("none");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new().append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_growing_file_is_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    fs::write(&path, format!("{ID}\n")).unwrap();
    let mut browser = Session::browser(&[path.as_os_str(), "--follow".as_ref()]);
    browser.wait_for("1 of 1");
    append(&path, &format!("{LATER}\n"));
    browser.wait_for("1 of 2");
    browser.wait_for(LATER);
    browser.send("G");
    browser.wait_for("2 of 2");
    append(&path, &format!("{ID}\n"));
    browser.wait_for("3 of 3");
    browser.wait_for("= 1 duplicate");
    fs::write(&path, format!("{LATER}\n")).unwrap();
    browser.wait_for("the file was cut");
    browser.wait_for("1 of 1");
    fs::remove_file(&path).unwrap();
    browser.wait_for("the file was deleted");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn what_comes_meets_the_condition_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    fs::write(&path, format!("{LATER}\nwrong\n")).unwrap();
    let asked = ["--follow", "--filter", "not valid"].map(AsRef::as_ref);
    let arguments: Vec<&OsStr> = [path.as_os_str()].into_iter().chain(asked).collect();
    let mut browser = Session::browser(&arguments);
    browser.wait_for("1 of 1");
    append(&path, &format!("{ID}\nalso wrong\n"));
    browser.wait_for("1 of 2");
    browser.wait_for("also wrong");
    append(&path, &format!("{ID}\n"));
    browser.wait_for("2 invalid");
    browser.wait_for("= 1 duplicate");
    browser.send("2");
    browser.wait_for("1 of 2");
    append(&path, &format!("{ID}\n"));
    browser.wait_for("1 of 3");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn a_file_that_cannot_be_followed_is_shown_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mac.csv");
    fs::write(&path, format!("id,n\r{ID},1\r{LATER},2\r")).unwrap();
    let mut browser = Session::browser(&[path.as_os_str(), "--follow".as_ref()]);
    browser.wait_for("are not seen: its lines end by returns; let a pipe bring them");
    browser.wait_for("1 of 2");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn a_condition_takes_in_what_a_pipe_brings() {
    let folder = tempfile::tempdir().unwrap();
    let go_on = folder.path().join("go-on");
    let pause = format!("while [ -e {} ]; do sleep 0.05; done", go_on.display());
    let rest = format!("{ID}\\nnone\\n'; {pause}; printf '");
    let first = format!("{LATER}\\nwrong\\n");
    let mut browser = on_a_pipe(&first, &rest, "--filter valid", &go_on);
    browser.wait_for("stdin  2 rows so far");
    browser.wait_for("1 of 1");
    fs::write(&go_on, "").unwrap();
    browser.wait_for("stdin  4 rows so far");
    browser.wait_for("1 of 2");
    browser.wait_for(ID);
    // what asks for all rows is answered from those that are there
    browser.wait_for("2 invalid");
    browser.send("Sms\r");
    browser.wait_for("by ms");
    browser.wait_until("both in their order", |lines| {
        let place = |id: &str| lines.iter().position(|line| line.contains(id));
        place(ID).is_some() && place(ID) < place(LATER)
    });
    browser.send("&\u{15}duplicate\r");
    browser.wait_for("no row is like that");
    browser.send("q");
    fs::remove_file(&go_on).unwrap();
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn what_is_copied_goes_to_the_terminal_clipboard() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("randomness monotonic +1");
    browser.send("2");
    browser.wait_for("only duplicate");
    browser.send("y");
    browser.wait_for("to be copied: 01KF0B9GK97G63K2H70K787PHM");
    let sent = b"\x1b]52;c;MDFLRjBCOUdLOTdHNjNLMkg3MEs3ODdQSE0=\x1b\\";
    assert!(
        browser
            .output()
            .windows(sent.len())
            .any(|part| part == sent)
    );
}

#[test]
fn flaws_are_shown_found_and_exported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.csv");
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("1 ✗ 140 invalid");
    browser.send("1");
    browser.wait_for("1 of 140");
    browser.wait_for("only invalid");
    browser.send("e");
    browser.send(&format!("{}\r", path.display()));
    browser.wait_for("140 rows exported");
    assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 141);
    // the cursor stays on the row that it was on among those few
    browser.send("j0");
    browser.wait_for("398 of 20,000");
    browser.send("/01KF0APXSX0QJ49B573ZH96N77\r");
    browser.wait_for("4 of 20,000");
    browser.send(":50%\r");
    browser.wait_for("10,000 of 20,000");
    browser.send("?largest first\r");
    browser.wait_for("by ID");
}
