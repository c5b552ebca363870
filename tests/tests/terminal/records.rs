//! The whole of a row, rows without an ID beside their columns, and a table that shows its own columns first.

use super::session::Session;

const ROWS: &str = "\
id,created_at,status,amount,customer
01JGFJJZ000000000000000001,2025-01-01T00:00:00.123Z,paid,12.50,Ada Lovelace
01JGFJN0800000000000000002,2025-01-01T00:01:06.816Z,failed,1250.00,Amélie Müller with a very long name that goes on and on
8ZZZZZZZZZZZZZZZZZZZZZZZZZ,2025-01-01T00:02:00.000Z,paid,7.00,Grace Hopper
01JGFJGV000000000000000003,2024-12-31T23:58:50.368Z,paid,99.95,
01ARZ3NDEKTSV4RRFFQ69G5FAU,2025-01-01T00:02:00.000Z,refunded,3.10,\"Line one
line two\"
";

fn browser(folder: &std::path::Path, name: &str, text: &str) -> Session {
    std::fs::write(folder.join(name), text).unwrap();
    Session::browser(&[folder.join(name)])
}

#[test]
fn a_table_shows_its_own_columns_and_those_of_broken_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = browser(folder.path(), "o.csv", ROWS);
    browser.resize(140, 40);
    for column in ["created_at", "status", "amount", "customer"] {
        browser.wait_for(column);
    }
    // a number stands at the right, what is cut says so, and a broken row is still a row
    browser.wait_for("paid        12.50  Ada Lovelace");
    browser.wait_for("failed    1250.00  Amélie Müller with a very long …");
    browser.wait_for("✗ 8ZZZZZZZZZZZZZZZZZZZZZZZZZ  overflow at character 1…  2025-01-01T00:02:00.000Z  paid         7.00  Grace Hopper");
    browser.send("jj");
    browser
        .wait_for("fault overflow at character 1: the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
    browser.send("i");
    browser.wait_for("fault       overflow at character 1");
    browser.resize(80, 24);
    browser.wait_for("›");
}

#[test]
fn enter_opens_the_whole_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = browser(folder.path(), "o.csv", ROWS);
    browser.wait_for("1 of 5");
    browser.send("j\r");
    browser.wait_for("time        2025-01-01 00:01:06.816");
    browser.wait_for("customer    Amélie Müller with a very long name that goes on and on");
    // the next rows, without leaving
    browser.send("lll");
    browser.wait_for("fault       invalid character at character 26");
    browser.wait_for("customer    Line one");
    browser.wait_for("            line two");
    browser.send("\r");
    browser.wait_for("5 of 5");
    browser.wait_for("refunded");
}

#[test]
fn wide_values_go_on_below_and_a_click_on_any_of_their_lines_is_on_their_row() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = browser(folder.path(), "o.csv", ROWS);
    browser.resize(100, 24);
    browser.wait_for("1 of 5");
    browser.send("ccustomer\r\x17");
    browser.wait_for("wide values go on below");
    // in the room that is left for it: the words of the second customer, one below the other
    browser.wait_until("all of the name", |lines| {
        let first = lines.iter().position(|line| line.contains("Amélie"));
        let Some(first) = first else { return false };
        let column = lines[first].find("Amélie").unwrap_or(0);
        let parts = lines
            .iter()
            .skip(first)
            .map(|line| line.get(column..).unwrap_or_default());
        let joined: String = parts
            .take(12)
            .map(|part| part.trim().to_owned() + " ")
            .collect();
        let words: String = joined.split_whitespace().collect::<Vec<_>>().join(" ");
        words.starts_with("Amélie Müller with a very long name that goes on and on")
    });
    browser.send("\x0f");
    browser.wait_for("the mouse is the browser's");
    let lines = browser.lines();
    let last = lines
        .iter()
        .position(|line| line.trim_end().ends_with("on and on"));
    let line = last.expect("the last line of the name") + 1;
    browser.send(&format!("\x1b[<0;10;{line}M\x1b[<0;10;{line}m"));
    browser.wait_for("2 of 5");
    browser.send("\x17");
    browser.wait_for("a line for each row");
}

#[test]
fn an_object_is_a_tree_and_its_ids_mean_times() {
    let folder = tempfile::tempdir().unwrap();
    let row = r#"{"id":"01JGFJJZ000000000000000001","user":"usr_01ARZ3NDEKTSV4RRFFQ69G5FAV","o":{"k":[1.50,{"d":"x"}],"n":null},"z":null}"#;
    let mut browser = browser(folder.path(), "o.jsonl", &format!("{row}\n"));
    browser.wait_for("1 of 1");
    browser.send("\r");
    browser.wait_for("user  usr_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    browser.wait_for("→ 2016-07-30 23:54:10.259");
    browser.wait_for("\"k\": [");
    browser.wait_for("1.50,");
    browser.wait_for("\"d\": \"x\"");
    browser.wait_for("z     null");
}

#[test]
fn a_long_line_of_a_log_is_read_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let words: String = (0..900).map(|n| format!("word{n} ")).collect();
    let line = format!("2025-01-01 INFO order=01JGFJJZ000000000000000001 {words}finis\n");
    let mut browser = browser(folder.path(), "app.log", &line.repeat(2));
    browser.wait_for("1 of 2");
    browser.send("\rG");
    browser.wait_for("finis");
    browser.send("g");
    browser.wait_for("lines 1 to");
    browser.send("\x03");
    browser.wait_for("1 of 2");
}

/// A log of Java and one of Python, as they print what went wrong.
#[test]
fn a_stack_trace_is_read_with_the_record_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let id = |n: u64| {
        let id = ulid_core::Ulid::from_parts(1_735_689_600_000 + n * 60_000, n.into()).unwrap();
        ulid_core::codec::print(id).to_string()
    };
    let text = format!(
        "2025-01-01 00:00:00 INFO order {} taken\n\
         2025-01-01 00:01:00 ERROR order {} failed\n\
         java.lang.IllegalStateException: no stock\n\
         \tat shop.Order.take(Order.java:12)\n\
         Caused by: java.io.IOException: closed\n\
         2025-01-01 00:02:00 ERROR order {} failed\n\
         Traceback (most recent call last):\n\
         \x20 File \"shop.py\", line 3, in take\n\
         ValueError: no stock\n\
         2025-01-01 00:03:00 INFO order {} taken\n",
        id(0),
        id(1),
        id(2),
        id(3)
    );
    std::fs::write(&path, text).unwrap();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("1 of 10");
    browser.send("j\r");
    browser.wait_for("below");
    for line in [
        "java.lang.IllegalStateException",
        "at shop.Order.take",
        "Caused by: java.io",
    ] {
        browser.wait_for(line);
    }
    assert!(!browser.lines().join("\n").contains("Traceback"));
    // the last line of the other one tells which record it is of
    browser.send("\x1b");
    browser.wait_until("the table", |lines| !lines.join("\n").contains("below"));
    browser.send(":9\r\r");
    browser.wait_for("ValueError: no stock");
    browser.wait_for(&format!("row 6, {}, 2025-01-01 00:02:00", id(2)));
}
