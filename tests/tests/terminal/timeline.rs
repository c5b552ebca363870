//! The timeline, and the ranges that are brushed over it.

use super::session::Session;

fn with_timeline() -> Session {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("randomness monotonic +1");
    browser.send("t");
    browser.wait_for(" (1.2 d), by 30 min");
    browser
}

#[test]
fn a_range_is_brushed_from_one_row_to_another() {
    let mut browser = with_timeline();
    browser.send(":2\rv");
    browser.wait_for("go to another row");
    browser.send(":10\r");
    browser.wait_for("brushed: 2026-01-15 08:00:06.603");
    browser.send("v");
    browser.wait_for("9 of 9");
    browser.send("b");
    browser.wait_for("to be copied: BETWEEN '01KF0AP");
    browser.send("u");
    browser.wait_for("of 20,000");
}

#[test]
fn escape_lifts_the_brush_and_leaves_the_rows() {
    let mut browser = with_timeline();
    browser.send("v");
    browser.wait_for("brushed: ");
    browser.send("\x1b");
    browser.wait_until("no brush", |lines| {
        !lines.iter().any(|line| line.contains("brushed: "))
    });
    browser.wait_for("1 of 20,000");
}

#[test]
fn the_timeline_is_of_the_rows_shown() {
    let mut browser = with_timeline();
    browser.resize(160, 30);
    browser.wait_for("by 15 min");
    browser.wait_for("0 earlier, 20 later");
    browser.send("&time < 2026-01-15T08:10\r");
    browser.wait_for("0 earlier, 0 later, at most 91 a bar");
    browser.send(":filter valid and row <= 3\r");
    browser.wait_for("0 earlier, 0 later, at most 3 a bar");
    browser.send("0");
    browser.wait_for("by 15 min");
    browser.wait_for("0 earlier, 20 later");
}

fn id(ms: u64, n: u64) -> String {
    let id = ulid_core::Ulid::from_parts(ms, n.into()).unwrap();
    ulid_core::codec::print(id).to_string()
}

/// Rows of ten days: each hour as many as its number, of two services by turns.
fn events(folder: &std::path::Path) -> std::path::PathBuf {
    const HOUR: u64 = 3_600_000;
    let mut rows = String::from("id,service\n");
    for hour in 0..240 {
        for n in 0..=hour % 24 {
            let id = id(1_735_689_600_000 + hour * HOUR + n * 1_000, n);
            rows += &format!("{id},{}\n", if n % 2 == 0 { "api" } else { "db" });
        }
    }
    let path = folder.join("events.csv");
    std::fs::write(&path, rows).unwrap();
    path
}

#[test]
fn a_bar_is_read_with_its_time_and_shows_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = Session::browser(&[events(folder.path())]);
    browser.wait_for("1 of 3,000");
    browser.send("t");
    // ten days are eighty times three hours
    browser.wait_for("2025-01-01T00:00Z to 2025-01-10T21:00Z (10 d), by 3 h");
    browser.send("l");
    browser.wait_for("2025-01-01T00:00Z, 3 h: 6");
    browser.send("ll");
    browser.wait_for("2025-01-01T06:00Z, 3 h: 24");
    browser.send("\r");
    browser.wait_for("of 24");
    browser.send("u");
    browser.wait_for("of 3,000");
    // days of another zone begin at other times
    browser.send(":zone Europe/Berlin\r");
    browser.wait_for("+01:00");
    browser.send("---");
    // the hours from 0 to 22 of UTC, of which the first has one row, the second two
    browser.wait_for("2025-01-01, day: 276");
    // told apart by a column
    browser.send("|service\r");
    browser.wait_for("api 144");
    browser.wait_for("db 132");
    browser.send("\x1b");
    browser.wait_for("by day");
    browser.wait_for("api 1,560");
    browser.wait_for("db 1,440");
    // the keys go back to the table
    browser.send("\tl");
    browser.send("\\");
    browser.wait_for("made from the ID, and is not searched");
}

/// Rows each minute of a day and a half, written a second after their IDs were made; one two hours later, and one before.
fn orders(folder: &std::path::Path) -> std::path::PathBuf {
    let mut rows = String::from("id,created_at,n\n");
    for minute in 0..2_160_u64 {
        let ms = 1_735_689_600_000 + minute * 60_000;
        let late: i64 = match minute {
            777 => 7_200_000,
            1_000 => -30_000,
            _ => 1_000,
        };
        let written = i128::from(ms) + i128::from(late);
        let time = ulid_core::Timestamp::from_ms(written).unwrap();
        let time = if minute == 5 {
            String::new()
        } else {
            time.to_string()
        };
        rows += &format!("{},{time},{minute}\n", id(ms, minute));
    }
    let path = folder.join("orders.csv");
    std::fs::write(&path, rows).unwrap();
    path
}

#[test]
fn a_column_of_times_stands_beside_those_of_the_ids_and_its_outliers_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = Session::browser(&[orders(folder.path())]);
    browser.wait_for("7 2025-01-01");
    browser.send("d");
    browser.wait_for("created_at beside the time of the ID, of 2,159 rows; 1 have no such time");
    let found = |browser: &Session, size: &str| {
        let lines = browser.lines();
        let line = lines.iter().find(|line| line.contains(size)).cloned();
        let counts = line.unwrap_or_default();
        counts
            .replacen(size, "", 1)
            .split_whitespace()
            .next()
            .map(str::to_owned)
    };
    browser.wait_for("1s to 10s later");
    assert_eq!(found(&browser, "1s to 10s later").as_deref(), Some("2,157"));
    assert_eq!(found(&browser, "1h to 6h later").as_deref(), Some("1"));
    assert_eq!(found(&browser, "10s to 1m earlier").as_deref(), Some("1"));
    // the largest difference is under the cursor
    browser.send("\r");
    browser.wait_for("1 of 1");
    browser.wait_for("only time(created_at) - time >= 1h and");
    browser.wait_for("777");
}

#[test]
fn lines_have_times_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let line = |minute: u64| {
        let ms = 1_735_689_600_000 + minute * 60_000;
        let late = if minute == 7 { 90_000 } else { 5 };
        let time = ulid_core::Timestamp::from_ms(i128::from(ms + late))
            .unwrap()
            .to_string();
        format!(
            "{} INFO {} done\n",
            time.replace('T', " ").replace('Z', ""),
            id(ms, minute)
        )
    };
    let path = folder.path().join("app.log");
    std::fs::write(&path, (0..60).map(line).collect::<String>()).unwrap();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("7 2025-01-01");
    browser.send("d");
    browser.wait_for("the time at the begin of the line beside the time of the ID, of 60 rows");
    browser.wait_for("less than 10ms");
    browser.send("\r");
    browser.wait_for("only the time at the begin of the line 1m to");
    browser.wait_for("1 of 1");
}

#[test]
fn days_by_hours_are_a_map_whose_places_show_their_rows() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = Session::browser(&[events(folder.path())]);
    browser.wait_for("7 2025-01-01");
    browser.send("W");
    browser.wait_for("2025-01-10 Fri, 00:00 to 01:00: 1");
    browser.wait_for("at most 24 an hour");
    browser.send("gl");
    browser.wait_for("2025-01-01 Wed, 01:00 to 02:00: 2");
    browser.send("jll\r");
    browser.wait_for("1 of 4");
    browser.wait_for("2025-01-02 03:00:00.000");
}
