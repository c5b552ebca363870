//! The mouse, where it is asked for.

use super::session::Session;

const LEFT: u16 = 0;
const RIGHT: u16 = 2;
const LEFT_MOVED: u16 = 32;
const WHEEL_UP: u16 = 64;
const WHEEL_DOWN: u16 = 65;

fn sample() -> Session {
    let browser = Session::browser(&["--mouse"]);
    browser.wait_for("randomness monotonic +1");
    browser
}

#[test]
fn the_terminal_keeps_its_mouse_unless_it_is_asked_for_and_gets_it_back() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("randomness monotonic +1");
    assert!(!browser.has_mouse());
    browser.send("\x0f");
    browser.wait_for("the mouse is the browser's");
    assert!(browser.has_mouse());
    browser.send("\x0f");
    browser.wait_for("the terminal's again");
    assert!(!browser.has_mouse());
    browser.send("\x0f");
    browser.wait_for("the mouse is the browser's");
    browser.send("q");
    browser.wait_for_clean_end();
    assert!(!browser.has_mouse());
}

#[test]
fn a_click_goes_to_a_row_sorts_and_shows_a_figure() {
    let mut browser = sample();
    browser.click("  4 ≈ 01KF0");
    browser.wait_for("4 of 20,000");
    browser.click("ULID  ");
    browser.wait_for("ULID▲");
    browser.click("ULID▲");
    browser.wait_for("by ID, largest first");
    browser.click("140 invalid");
    browser.wait_for("1 of 140");
    browser.click("0 all");
    browser.wait_for("of 20,000");
    browser.click("? help");
    browser.wait_for("one row down");
    browser.click("last row");
    browser.wait_for("20,000 of 20,000");
}

#[test]
fn the_wheel_scrolls_and_the_right_button_marks() {
    let mut browser = sample();
    browser.mouse(WHEEL_DOWN, (5, 5), true);
    browser.mouse(WHEEL_DOWN, (5, 5), true);
    browser.wait_for("7 of 20,000");
    browser.mouse(WHEEL_UP, (5, 5), true);
    browser.wait_for("4 of 20,000");
    let place = browser.place_of("  2   01KF0");
    browser.mouse(RIGHT, place, true);
    browser.wait_for("1 marked");
    browser.wait_for("2 * 01KF0");
}

#[test]
fn a_drag_over_the_timeline_shows_the_rows_of_its_times() {
    let mut browser = sample();
    browser.send("t");
    let (_, axis) = browser.place_of(" (1.2 d)");
    browser.wait_for("██");
    browser.mouse(LEFT, (20, axis - 1), true);
    browser.mouse(LEFT_MOVED, (39, axis - 1), true);
    browser.wait_for("brushed: ");
    browser.mouse(LEFT, (39, axis - 1), false);
    browser.wait_until("a part of the rows", |lines| {
        lines[0].contains("only 2026-") && lines.iter().all(|line| !line.contains("of 20,000"))
    });
    browser.mouse(WHEEL_UP, (20, axis), true);
    browser.send("u");
    browser.wait_for("of 20,000");
}
