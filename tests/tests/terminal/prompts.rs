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
    assert!(browser.has_sent("\x1b[?2004h"));
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
    assert!(browser.has_sent("\x1b[?2004l"));
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
