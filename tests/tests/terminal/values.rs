//! The list of values in a real terminal: which there are, how many rows have each, and the way to those rows.

use std::fmt::Write as _;

use super::session::Session;

/// 90 rows of three services, by turns; the IDs of `web` are none, and each user has two rows beside one another.
fn browser(folder: &std::path::Path) -> Session {
    let mut text = "id,service,user,took\n".to_owned();
    for n in 0..90_u64 {
        let service = ["api", "api", "web"][(n % 3) as usize];
        let id = match service {
            "web" => "none".to_owned(),
            _ => {
                let id = ulid_core::Ulid::from_parts(1_767_225_600_000 + n * 60_000, 7).unwrap();
                ulid_core::codec::print(id).to_string()
            }
        };
        writeln!(text, "{id},{service},u{},{}", n / 2, n % 10).unwrap();
    }
    std::fs::write(folder.join("o.csv"), text).unwrap();
    Session::browser(&[folder.join("o.csv")])
}

#[test]
fn values_are_counted_and_lead_to_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = browser(folder.path());
    browser.wait_for("1 of 90");
    browser.send("Fservice\r");
    browser.wait_for("service 2 values in 90 rows");
    browser.wait_for("api");
    browser.wait_for("66.7 %");
    // the rows without an ID, and the times of those that have one
    browser.wait_for("2026-01-01 01:28:00");
    browser.wait_for("1 of 2");
    // when the rows of each were made, and the orders that tell these values apart
    browser.wait_for("over time");
    browser.send("s");
    browser.wait_for("value ▲");
    browser.send("s");
    browser.wait_for("invalid ▼");
    browser.send("s");
    browser.wait_for("s latest first");
    browser.send("ss");
    browser.wait_for("rows ▼");
    browser.send("j\r");
    browser.wait_for("1 of 30");
    browser.wait_for("only service == \"web\"");
    // within what is shown, and all but one value
    browser.send("Ftook\r");
    browser.wait_for("took 10 values in 30 rows; from 0 to 9, median 4.5, mean 4.5");
    browser.send("!");
    browser.wait_for("took 9 values in 27 rows");
    browser.send("u");
    browser.wait_for("took 10 values in 30 rows");
    browser.send("\x03");
    browser.wait_for("1 of 30");
    browser.send(":q\r");
    assert!(browser.wait_for_end().success());
}

#[test]
fn what_cannot_be_listed_is_said_and_the_rows_stay() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = browser(folder.path());
    browser.wait_for("1 of 90");
    browser.send("Fsrevice\r");
    browser.wait_for("did you mean \"service\"");
    browser.send("\x03");
    browser.send("!");
    browser.wait_for("open it first");
    browser.send(":values date(time)\r");
    browser.wait_for("date(time) 2 values in 90 rows");
    browser.wait_for("(none)");
    browser.send("y");
    browser.wait_for("esc goes back to the rows");
    browser.send("\r");
    browser.wait_for("1 of 60");
    browser.send(":q\r");
    assert!(browser.wait_for_end().success());
}

#[test]
fn rows_that_come_are_counted_where_a_condition_holds() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.csv");
    let row = |n: u64| {
        let id = ulid_core::Ulid::from_parts(1_767_225_600_000 + n, 7).unwrap();
        format!("{},h{},{n}\n", ulid_core::codec::print(id), n % 2)
    };
    let text: String = (0..100).map(row).collect();
    std::fs::write(&path, format!("id,host,took\n{text}")).unwrap();
    let mut browser = Session::browser(&[path.as_os_str(), "--follow".as_ref()]);
    browser.wait_for("1 of 100");
    browser.send("&took >= 50\r");
    browser.wait_for("1 of 50");
    browser.send("Fhost\r");
    browser.wait_for("host 2 values in 50 rows");
    let more: String = (100..160).map(row).collect();
    let mut file = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    std::io::Write::write_all(&mut file, more.as_bytes()).unwrap();
    browser.wait_for("host 2 values in 110 rows");
}
