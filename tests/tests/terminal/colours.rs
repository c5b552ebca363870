//! Colours that fit the background of the terminal, which is asked for it.

use std::{thread, time::Duration};

use portable_pty::CommandBuilder;

use super::session::Session;

const QUESTION: &str = "\x1b]11;?\x1b\\";
/// Colours of headings, as the guide to themes has them for either background.
const ON_LIGHT: &str = "38;5;19";
const ON_DARK: &str = "38;5;87";

fn browser(arguments: &[&str], environment: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
    command.args(arguments);
    command.env_remove("COLORFGBG");
    for (name, value) in environment {
        command.env(name, value);
    }
    command
}

fn has_sent(session: &Session, sequence: &str) -> bool {
    let sent = session.output();
    let mut parts = sent.windows(sequence.len());
    parts.any(|bytes| bytes == sequence.as_bytes())
}

#[test]
fn a_light_terminal_gets_dark_letters_and_no_key_is_lost_to_its_answer() {
    for (answer, colour) in [
        ("\x1b]11;rgb:ffff/ffff/ffff\x1b\\", ON_LIGHT),
        ("\x1b]11;rgb:fdfd/f6f6/e3e3\x07", ON_LIGHT),
        ("\x1b]11;rgb:0000/2b2b/3636\x1b\\", ON_DARK),
    ] {
        let mut browser = Session::of(browser(&[], &[]));
        browser.wait_for_bytes(QUESTION);
        browser.send(&format!("jj{answer}j"));
        browser.wait_for("4 of 20,000");
        browser.wait_for_bytes(colour);
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
        let mut browser = Session::of_as_is(browser(arguments, environment));
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
fn a_terminal_that_never_answers_is_used_at_once() {
    let mut browser = Session::of(browser(&[], &[]));
    browser.wait_for_bytes(QUESTION);
    browser.wait_for("1 of 20,000");
    browser.wait_for_bytes(ON_DARK);
    browser.send("j\x1b]q");
    assert!(browser.wait_for_clean_end().success());
}

#[test]
fn an_answer_that_comes_after_the_end_is_not_typed_into_the_shell() {
    let mut command = CommandBuilder::new("bash");
    let program = ulid_tests::binary("ulid-tui");
    let script = format!(
        "{} 01ARZ3NDEKTSV4RRFFQ69G5FAV; IFS= read -rsn 1 -t 2 left; echo \"left:${{#left}}:\"",
        program.display()
    );
    command.args(["--norc", "--noprofile", "-c", &script]);
    command.env_remove("COLORFGBG");
    let mut shell = Session::of(command);
    shell.wait_for_bytes(QUESTION);
    shell.send("q");
    thread::sleep(Duration::from_millis(100));
    shell.send("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    shell.wait_for("left:0:");
}

#[test]
fn a_pipe_that_has_not_spoken_is_waited_for_in_those_colours() {
    let mut command = CommandBuilder::new("bash");
    let program = ulid_tests::binary("ulid-tui");
    let script = format!(
        "(sleep 2; echo 01ARZ3NDEKTSV4RRFFQ69G5FAV) | {}",
        program.display()
    );
    command.args(["--norc", "--noprofile", "-c", &script]);
    command.env_remove("COLORFGBG");
    let mut browser = Session::of(command);
    browser.wait_for("waiting for the first bytes");
    browser.send("\x1b]11;rgb:ffff/ffff/ffff\x1b\\");
    browser.wait_for_bytes(ON_LIGHT);
    assert!(browser.lines().join("").contains("waiting for"));
    browser.wait_for("1 of 1");
    browser.send("q");
    browser.wait_for_clean_end();
}
