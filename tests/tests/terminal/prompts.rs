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

#[test]
fn values_of_a_column_and_lines_of_before_are_written_on() {
    let folder = tempfile::tempdir().unwrap();
    let row = |n: u64| {
        let id = ulid_core::Ulid::from_parts(1_735_689_600_000 + n, 7).unwrap();
        let status = ["paid", "failed"][(n % 2) as usize];
        format!("{},{status}\n", ulid_core::codec::print(id))
    };
    let rows: String = (0..20).map(row).collect();
    std::fs::write(folder.path().join("o.csv"), format!("id,status\n{rows}")).unwrap();
    let mut browser = Session::browser(&[folder.path().join("o.csv")]);
    browser.wait_for("1 of 20");
    browser.send("&status == \"f\t");
    browser.wait_for("only rows where: status == \"failed\"");
    browser.send("\r");
    browser.wait_for("of 10");
    // a slip is underlined where it goes wrong, and stays to be mended
    browser.send("&\x15valid and tyme > 3\r");
    browser.wait_for("did you mean");
    browser.wait_for_bytes("\x1b[4m");
    browser.send("\x15\x1b[A");
    browser.wait_for("only rows where: valid and tyme > 3");
    browser.send("\x1b[A");
    browser.wait_for("only rows where: status == \"failed\"");
}

/// A terminal that passes a clipboard on is one thing, and tmux, which as it comes does not, another.
#[test]
fn a_copy_within_tmux_is_in_its_buffer() {
    let Some(tmux) = ulid_tests::tool("tmux") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("tmux");
    let ask = |arguments: &[&str]| {
        let output = std::process::Command::new(&tmux)
            .arg("-S")
            .arg(&socket)
            .args(["-f", "/dev/null"])
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let browser = ulid_tests::binary("ulid-tui");
    let command = format!("XDG_STATE_HOME=/nowhere {} 2>&1", browser.display());
    ask(&["new-session", "-d", "-x", "100", "-y", "30", &command]);
    let wait_for = |text: &str| {
        let since = std::time::Instant::now();
        loop {
            let screen = ask(&["capture-pane", "-p"]);
            if screen.contains(text) {
                return;
            }
            assert!(
                since.elapsed().as_secs() < 20,
                "never seen: {text}\n{screen}"
            );
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    };
    wait_for("1 of 20,000");
    ask(&["send-keys", "y"]);
    wait_for("copied by tmux: 01KF0AP900G7F17JAJ0XRFSKZZ");
    assert_eq!(ask(&["show-buffer"]), "01KF0AP900G7F17JAJ0XRFSKZZ");
    // what it pastes is a line that is typed, and no keys
    ask(&["set-buffer", "foo\nMq\n"]);
    ask(&["send-keys", "m", "/"]);
    wait_for("find:");
    ask(&["paste-buffer", "-p"]);
    wait_for("find: foo Mq");
    ask(&["send-keys", "C-c"]);
    wait_for("1 marked");
    // the mouse, and another size
    ask(&["set-option", "-g", "mouse", "on"]);
    ask(&["resize-window", "-x", "60", "-y", "20"]);
    wait_for("of 20,000");
    ask(&["send-keys", "q"]);
    ask(&["kill-server"]);
}

#[test]
fn a_key_that_is_taken_from_an_action_is_told_and_one_that_never_comes_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.toml");
    let argument = |text: &str| {
        std::fs::write(&config, text).unwrap();
        ["--config".into(), config.clone()]
    };
    let mut browser = Session::browser(&argument("[keys]\nquit = [\"x\"]\n"));
    browser.wait_for("x is quit now, and hide-column no more");
    browser.send("x");
    browser.wait_for_clean_end();
    let browser = Session::browser(&argument("[keys]\nquit = [\"shift-g\"]\n"));
    browser.wait_for("\"shift-g\" never comes: terminals send G for it; write G");
}
