//! Promises that must never break: the terminal is left as it was found, and nothing is lost.

use std::{fs, io::Write, process::Command, thread, time::Duration};

use portable_pty::CommandBuilder;

use super::session::Session;

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn signal(name: &str, process: u32) {
    let status = Command::new("kill")
        .args([format!("-{name}"), process.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

/// An interactive shell without anybody's configuration.
fn shell() -> Session {
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-i"]);
    command.env("PS1", "shell> ");
    let session = Session::of(command);
    session.wait_for("shell>");
    session
}

#[test]
fn signals_end_the_program_and_restore_the_screen() {
    for name in ["TERM", "HUP", "INT"] {
        let mut browser = Session::browser::<&str>(&[]);
        browser.wait_for("1 of 20,000");
        signal(name, browser.id());
        let status = browser.wait_for_clean_end();
        assert!(!status.success(), "{name}: {status:?}");
        assert!(
            status.signal().is_some(),
            "the shell sees {name}: {status:?}"
        );
    }
}

#[test]
fn ctrl_z_goes_back_to_the_shell_and_fg_returns() {
    let mut shell = shell();
    let browser = ulid_tests::binary("ulid-tui");
    shell.send(&format!("{}\r", browser.display()));
    shell.wait_for("1 of 20,000");
    shell.send("j\x1a");
    shell.wait_until_screen("the shell's screen", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor()
    });
    shell.wait_for("Stopped");
    shell.send("echo $((6 * 7))\r");
    shell.wait_for("42");
    shell.send("fg\r");
    shell.wait_for("2 of 20,000");
    shell.send("j");
    shell.wait_for("3 of 20,000");
    shell.send("q");
    shell.wait_until_screen("the shell's prompt", |screen| {
        let asks = |text: &str| text.trim_end().ends_with("shell>");
        !screen.alternate_screen() && asks(&screen.contents())
    });
    shell.send("echo still $((3 * 37))\r");
    shell.wait_for("still 111");
}

#[test]
fn without_a_shell_to_return_to_ctrl_z_says_so() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("1 of 20,000");
    browser.send("\x1a");
    browser.wait_for("there is no shell to return to");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn a_storm_of_sizes_down_to_one_cell_is_survived() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("1 of 20,000");
    for (cols, rows) in [
        (1, 1),
        (200, 2),
        (3, 50),
        (40, 10),
        (1, 100),
        (250, 1),
        (2, 2),
        (1, 1),
    ] {
        browser.resize(cols, rows);
        browser.send("j");
        thread::sleep(Duration::from_millis(15));
    }
    browser.resize(80, 24);
    browser.wait_for("9 of 20,000");
    browser.wait_for("? help");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn an_idle_browser_writes_nothing() {
    let browser = Session::browser::<&str>(&[]);
    browser.wait_for("140 invalid");
    thread::sleep(Duration::from_millis(500));
    let before = browser.written();
    thread::sleep(Duration::from_secs(1));
    assert_eq!(browser.written(), before);
}

#[test]
fn a_burst_of_keys_is_drawn_a_few_times_only() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("? help");
    let before = browser.written();
    browser.send(&"j".repeat(2_000));
    browser.wait_for("2,001 of 20,000");
    let bytes = browser.written() - before;
    // a frame is about 3 kB here; one for each key would be 6 MB
    assert!(bytes < 100_000, "{bytes} bytes");
}

#[test]
fn escapes_in_the_data_are_shown_and_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.txt");
    fs::write(
        &path,
        format!("{ID}\n\x1b]0;owned\x07\x1b[2J\n\u{9b}31m\n").as_bytes(),
    )
    .unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes.extend_from_slice(b"\xc3\xa9\xff\xfe\xfd\n");
    fs::write(&path, bytes).unwrap();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("␛]0;owned␇␛[2J");
    browser.wait_for("▯▯▯");
    browser.wait_for(ID);
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn a_file_that_is_cut_under_the_browser_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    // larger than what is kept in memory of it
    fs::write(&path, format!("{ID}\n").repeat(2_000_000)).unwrap();
    let mut browser = Session::browser(&[&path]);
    browser.wait_for("1 of 2,000,000");
    fs::File::create(&path).unwrap().write_all(b"x\n").unwrap();
    browser.send("G");
    browser.wait_for("was cut from 54000000 to 2 bytes");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn no_color_means_no_colour() {
    let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
    command.env("NO_COLOR", "1");
    let browser = Session::of_as_is(command);
    browser.wait_for("? help");
    browser.wait_until_screen("no colour anywhere", |screen| {
        let (rows, cols) = screen.size();
        let cells = (0..rows.get()).flat_map(|row| (0..cols.get()).map(move |col| (row, col)));
        cells
            .filter_map(|(row, col)| screen.cell(row, col))
            .all(|cell| {
                (cell.fgcolor(), cell.bgcolor()) == (vt100::Color::Default, vt100::Color::Default)
            })
    });
}

#[test]
fn one_processor_is_enough() {
    let Some(taskset) = ulid_tests::tool("taskset") else {
        return;
    };
    let mut command = CommandBuilder::new(taskset);
    command.args(["-c", "0"]);
    command.arg(ulid_tests::binary("ulid-tui"));
    let mut browser = Session::of(command);
    browser.send("s");
    browser.wait_for("by ID");
    browser.send(&"j".repeat(3_000));
    browser.wait_for("3,001 of 20,000");
    browser.send("q");
    assert!(browser.wait_for_clean_end().success());
}

/// Everything that a terminal would obey: title, clipboard, colours, C1, a turned direction.
const OBEYED: &str = "\u{1b}]52;c;QQ==\u{7}\u{1b}[31m\u{9b}2J\u{7f}\u{202e}";

fn is_obeyed(byte: u8) -> bool {
    byte == 0x1b || byte == 0x07 || byte == 0x7f
}

#[test]
fn what_is_written_to_a_terminal_is_shown_and_to_a_pipe_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.csv");
    let row = format!("01ARZ3NDEKTSV4RRFFQ69G5FAV,{OBEYED}\n");
    fs::write(&path, format!("id,note\n{row}{OBEYED},x\n")).unwrap();
    for kind in ["table", "lines", "csv", "jsonl"] {
        let mut session = Session::of({
            let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
            command.args([path.as_os_str(), "--print".as_ref(), kind.as_ref()]);
            command
        });
        session.wait_for_end();
        session.wait_for("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        let shown = session.output();
        assert!(!shown.iter().copied().any(is_obeyed), "{kind}: {shown:?}");
        let text = String::from_utf8(shown).unwrap();
        assert!(!text.contains(['\u{9b}', '\u{202e}']), "{kind}: {text}");
    }
    let piped = Command::new(ulid_tests::binary("ulid-tui"))
        .args([path.as_os_str(), "--print=csv".as_ref()])
        .output()
        .unwrap();
    assert!(String::from_utf8(piped.stdout).unwrap().contains(OBEYED));
}

#[cfg(unix)]
#[test]
fn names_of_files_and_words_of_the_command_line_are_shown_in_errors() {
    let folder = tempfile::tempdir().unwrap();
    let name = format!("a{OBEYED}.txt");
    let binary = folder.path().join(&name);
    fs::write(&binary, b"\0\0\0binary").unwrap();
    let missing = folder.path().join(format!("missing{OBEYED}"));
    let config = folder.path().join("config.toml");
    fs::write(&config, format!("zone = \"{}\"\n{OBEYED}", "UTC")).unwrap();
    let calls: [&[&std::ffi::OsStr]; 5] = [
        &[binary.as_os_str(), "--stats".as_ref()],
        &[missing.as_os_str(), "--stats".as_ref()],
        &["--config".as_ref(), missing.as_os_str(), "--stats".as_ref()],
        &["--config".as_ref(), config.as_os_str(), "--stats".as_ref()],
        &[name.as_ref(), "--format".as_ref(), name.as_ref()],
    ];
    for arguments in calls {
        let output = Command::new(ulid_tests::binary("ulid-tui"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        let said = output.stderr;
        assert!(
            !said.is_empty() && !said.iter().copied().any(is_obeyed),
            "{arguments:?}"
        );
        let said = String::from_utf8(said).unwrap();
        assert!(!said.contains(['\u{9b}', '\u{202e}']), "{said}");
    }
}
