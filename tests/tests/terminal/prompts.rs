//! Text that is pasted into a real terminal, and a terminal that is told so.

use super::session::Session;

fn pasted(text: &str) -> String {
    format!("\x1b[200~{text}\x1b[201~")
}

/// Leaves the line that is typed, by the key that is one key whatever follows it at once.
fn close(browser: &mut Session) {
    browser.send("\x03");
}

#[test]
fn a_paste_is_no_keys_and_the_terminal_is_left_as_it_was() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("1 of 20,000");
    browser.wait_for_bytes("\x1b[?2004h");
    browser.send("m/");
    browser.wait_for("find:");
    browser.send(&pasted("foo\nMq\n"));
    browser.wait_for("find: foo Mq");
    close(&mut browser);
    browser.wait_for("1 marked");
    browser.send(&pasted(
        "01KF0AP9000000000000000000\n01KF0AP9000000000000000001\n",
    ));
    browser.wait_for("find: 01KF0AP9000000000000000000 01KF0AP9000000000000000001");
    close(&mut browser);
    browser.send("q");
    assert!(browser.wait_for_end().success());
    browser.wait_for_bytes("\x1b[?2004l");
}

#[test]
fn a_megabyte_is_pasted_and_the_session_goes_on() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("1 of 20,000");
    for keys in ["/", "&", ":"] {
        browser.send(keys);
        browser.send(&pasted(&"valid or ".repeat(120_000)));
        browser.wait_for("a line takes 16,384 characters");
        close(&mut browser);
    }
    browser.send("&");
    browser.send(&pasted(&"valid or ".repeat(120_000)));
    browser.wait_for("a line takes 16,384 characters");
    browser.send("\r");
    browser.wait_for("too long");
    close(&mut browser);
    browser.send("j");
    browser.wait_for("2 of 20,000");
}

#[test]
fn one_goes_to_a_time_whatever_a_single_clock_says() {
    let id = |ms: u64| {
        let id = ulid_core::Ulid::from_parts(ms, 7).unwrap();
        format!("{}\n", ulid_core::codec::print(id))
    };
    let minute = |n: u64| 1_735_689_600_000 + n * 60_000;
    // the second clock is a year ahead
    let ids = [minute(0), minute(525_600), minute(1), minute(2), minute(3)].map(id);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("ids.txt"), ids.concat()).unwrap();
    let mut browser = Session::browser(&[folder.path().join("ids.txt")]);
    browser.wait_for("1 of 5");
    browser.send("/01JGFJRES0\r");
    browser.wait_for("5 of 5");
    browser.send(":@2025-01-01T00:02\r");
    browser.wait_for("4 of 5");
    // what was looked for before is still that
    browser.send("n");
    browser.wait_for("5 of 5");
    browser.send(":@2030\r");
    browser.wait_for("\"2030-01-01T00:00:00.000Z\" is not there");
}

#[test]
fn a_command_runs_what_is_named() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("1 of 20,000");
    browser.send(":zone Europe/Berlin\r");
    browser.wait_for("TIME (Europe/Berlin)");
    browser.send(":filter not valid\r");
    browser.wait_for("1 of 140");
    browser.send(":q\r");
    assert!(browser.wait_for_end().success());
}
