//! Colours that fit the background of the terminal, which is asked for it.

use std::{thread, time::Duration};

use portable_pty::CommandBuilder;

use super::session::Session;

const QUESTION: &str = "\x1b]11;?\x1b\\";
const WHITE: &str = "\x1b]11;rgb:ffff/ffff/ffff\x1b\\";
const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn browser(arguments: &[&str], environment: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
    command.args(arguments);
    command.env_remove("COLORFGBG");
    for (name, value) in environment {
        command.env(name, value);
    }
    command
}

/// A script in which `browser` is the program.
fn script(text: &str) -> Session {
    let program = ulid_tests::binary("ulid-tui");
    let text = text.replace("browser", &program.to_string_lossy());
    let mut command = CommandBuilder::new("bash");
    command.args(["--norc", "--noprofile", "-c", &text]);
    command.env_remove("COLORFGBG");
    Session::of(command)
}

fn has_sent(session: &Session, sequence: &str) -> bool {
    let sent = session.output();
    let mut parts = sent.windows(sequence.len());
    parts.any(|bytes| bytes == sequence.as_bytes())
}

/// Relative luminance of WCAG 2.
fn luminance([red, green, blue]: [u32; 3]) -> f64 {
    let linear = |level: u32| {
        let value = f64::from(level) / 255.0;
        match value <= 0.04045 {
            true => value / 12.92,
            false => ((value + 0.055) / 1.055).powf(2.4),
        }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/// The colour of a number from 16 on, as xterm has it.
fn colour(number: u32) -> [u32; 3] {
    let level = |step: u32| if step == 0 { 0 } else { 55 + 40 * step };
    match number {
        16..=231 => [36, 6, 1].map(|unit| level((number - 16) / unit % 6)),
        232..=255 => [8 + 10 * (number - 232); 3],
        _ => panic!("a colour that each terminal has in a shade of its own: {number}"),
    }
}

/// Waits for coloured letters behind so many bytes, and asserts that all of them can be read: 4.5 to 1, as WCAG 2 has it.
#[track_caller]
fn assert_readable(session: &Session, from: usize, background: [u32; 3]) {
    const LETTERS: &str = "38;5;";
    let sent = || String::from_utf8_lossy(&session.output()[from..]).into_owned();
    session.wait_until("coloured letters", |_| sent().matches(LETTERS).count() > 1);
    // the last one may be cut
    let sent = sent();
    let numbers = sent.split(LETTERS).skip(1).map(|rest| {
        let end = rest.find(|next: char| !next.is_ascii_digit());
        end.and_then(|end| rest[..end].parse().ok())
    });
    for number in numbers.flatten() {
        let (a, b) = (luminance(colour(number)), luminance(background));
        let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
        assert!(contrast >= 4.5, "{number} on {background:?}: {contrast:.2}");
    }
}

#[test]
fn letters_are_readable_on_the_background_and_no_key_is_lost_to_the_answer() {
    for (answer, background) in [
        (WHITE, [0xff; 3]),
        ("\x1b]11;rgb:fdfd/f6f6/e3e3\x07", [0xfd, 0xf6, 0xe3]),
        ("\x1b]11;rgb:0000/2b2b/3636\x1b\\", [0x00, 0x2b, 0x36]),
    ] {
        let mut browser = Session::of(browser(&[], &[]));
        browser.wait_for_bytes(QUESTION);
        browser.send(&format!("jj{answer}j"));
        browser.wait_for("4 of 20,000");
        let drawn = browser.written();
        browser.send("\x0c");
        assert_readable(&browser, drawn, background);
        // digits of the answer are no keys
        browser.send("j");
        browser.wait_for("5 of 20,000");
        browser.send("q");
        assert!(browser.wait_for_clean_end().success());
    }
}

#[test]
fn nothing_is_asked_where_the_answer_is_known_or_none_would_come() {
    for (arguments, environment) in [
        (&["--theme", "dark"][..], &[][..]),
        (&[], &[("COLORFGBG", "0;15")]),
        (&[], &[("NO_COLOR", "1")]),
    ] {
        let mut command = browser(arguments, environment);
        if environment.iter().all(|(name, _)| *name != "NO_COLOR") {
            command.env_remove("NO_COLOR");
        }
        let mut browser = Session::of_as_is(command);
        browser.wait_for("1 of 20,000");
        browser.send("q");
        browser.wait_for_clean_end();
        assert!(
            !has_sent(&browser, QUESTION),
            "{arguments:?} {environment:?}"
        );
    }
}

#[test]
fn a_terminal_that_never_answers_is_used_at_once_and_taken_for_dark() {
    let mut browser = Session::of(browser(&[], &[]));
    browser.wait_for_bytes(QUESTION);
    browser.wait_for("1 of 20,000");
    assert_readable(&browser, 0, [0; 3]);
    browser.send("j\x1b]q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn an_answer_that_comes_after_the_end_is_not_typed_into_the_shell() {
    const LEFT: &str = "IFS= read -rsn 1 -t 2 left; echo \"left:${#left}:\"";
    // left by a key, and by a fault that is found when the terminal is taken already
    for (call, keys) in [
        (format!("browser {ID}"), "q"),
        (format!("echo {ID} | browser --field nowhere"), ""),
    ] {
        let mut shell = script(&format!("{call}; {LEFT}"));
        shell.wait_for_bytes(QUESTION);
        shell.send(keys);
        thread::sleep(Duration::from_millis(100));
        shell.send(WHITE);
        shell.wait_for("left:0:");
    }
}

#[test]
fn a_pipe_that_has_not_spoken_is_waited_for_in_those_colours() {
    let mut browser = script(&format!("(sleep 2; echo {ID}) | browser"));
    browser.wait_for("waiting for the first bytes");
    let drawn = browser.written();
    browser.send(WHITE);
    browser.wait_until("the title anew", |_| browser.written() > drawn);
    assert!(browser.lines().join("").contains("waiting for"));
    browser.wait_for("1 of 1");
    assert_readable(&browser, drawn, [0xff; 3]);
    browser.send("q");
    browser.wait_for_clean_end();
}
