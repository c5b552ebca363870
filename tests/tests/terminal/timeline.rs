//! The timeline, and the ranges that are brushed over it.

use super::session::Session;

fn with_timeline() -> Session {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("randomness monotonic +1");
    browser.send("t");
    browser.wait_for(" (1.2 d)");
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
    browser.wait_for("copied BETWEEN '01KF0AP");
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
    browser.wait_for("91 earlier, 98 later");
    browser.send("&time < 2026-01-15T08:10\r");
    browser.wait_for("91 earlier, 0 later, at most 0 a column");
    browser.send(":filter valid and row <= 3\r");
    browser.wait_for("3 earlier, 0 later, at most 0 a column");
    browser.send("0");
    browser.wait_for("91 earlier, 98 later");
}
