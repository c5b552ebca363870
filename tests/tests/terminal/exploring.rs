//! Nushell hands the terminal to the browser, takes it back, and gets what was picked.

use std::path::Path;

use portable_pty::CommandBuilder;

use super::session::Session;

const FIRST: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const SECOND: &str = "01EBAAAAAAAAAAAAAAAAAAAAAA";

/// Runs code in a Nushell that bash started with job control. Its end is told on the last line.
fn script(folder: &Path, code: &str) -> Option<Session> {
    script_of(&ulid_tests::binary("nu_plugin_ulid"), folder, code)
}

fn script_of(plugin: &Path, folder: &Path, code: &str) -> Option<Session> {
    let mut command = CommandBuilder::new("bash");
    command.args(["-c", "set -m; \"$@\"; echo \"left with $?\"", "bash"]);
    command.arg(ulid_tests::nu()?);
    command.args(["--no-config-file", "--plugins"]);
    command.arg(format!("[{}]", plugin.display()));
    command.args(["--commands", code]);
    command.cwd(folder);
    Some(Session::of(command))
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ids = format!("{SECOND}\n{FIRST}\nbroken\n");
    std::fs::write(folder.path().join("ids.txt"), ids).unwrap();
    folder
}

#[test]
fn what_is_picked_in_a_file_goes_on_through_the_pipeline() {
    let folder = folder();
    let code = "print (ulid explore ids.txt | ulid timestamp --ms | to nuon)";
    let Some(mut session) = script(folder.path(), code) else {
        return;
    };
    session.wait_for("of 3");
    session.send("mm\r");
    session.wait_for("left with 0");
    session.wait_for("[1592705493322, 1469922850259]");
    session.wait_for_clean_end();
}

#[test]
fn what_comes_in_is_shown() {
    let folder = folder();
    let code = "print ([01ARZ3NDEKTSV4RRFFQ69G5FAV] | ulid explore | to nuon)";
    let Some(mut session) = script(folder.path(), code) else {
        return;
    };
    session.wait_for("of 1");
    session.send("\r");
    session.wait_for("left with 0");
    session.wait_for(&format!("[\"{FIRST}\"]"));
    session.wait_for_clean_end();
}

#[test]
fn rows_of_a_table_come_back_whole() {
    let folder = folder();
    let code = format!(
        "print ([[id n at]; [{SECOND} 1 2024-01-01] [{SECOND} 2 2024-01-02] [broken {{a: [3b]}} null] [{FIRST} 4 2024-01-04]] | each {{}} | ulid explore | select id n | to nuon)"
    );
    let Some(mut session) = script(folder.path(), &code) else {
        return;
    };
    session.wait_for("of 4");
    // the second copy, and the row without an ID
    session.send("jmm\r");
    session.wait_for("left with 0");
    session.wait_for(&format!(
        "[[id, n]; [\"{SECOND}\", 2], [broken, {{a: [3b]}}]]"
    ));
    session.wait_for_clean_end();
}

#[test]
fn a_stream_without_end_is_left_while_it_flows() {
    let folder = folder();
    let code = "print (ulid generate --count 9223372036854775807 | ulid explore | to nuon)";
    let Some(mut session) = script(folder.path(), code) else {
        return;
    };
    session.wait_for("so far");
    session.send("q");
    session.wait_for("left with 0");
    session.wait_for("[]");
    session.wait_for_clean_end();
}

#[test]
fn there_is_nothing_to_stop_for() {
    // Nushell would wait for ever for a plugin that is stopped.
    let folder = folder();
    let Some(mut session) = script(folder.path(), "ulid explore ids.txt | length | print") else {
        return;
    };
    session.wait_for("of 3");
    session.send("\x1a");
    session.wait_for("there is no shell to return to");
    session.send("\r");
    session.wait_for("left with 0");
    session.wait_for_clean_end();
}

#[test]
fn an_interactive_nushell_is_back_at_its_prompt() {
    let folder = folder();
    let Some(nu) = ulid_tests::nu() else {
        return;
    };
    let plugin = ulid_tests::binary("nu_plugin_ulid");
    let mut command = CommandBuilder::new(nu);
    command.args(["--no-config-file", "--no-history", "--plugins"]);
    command.arg(format!("[{}]", plugin.display()));
    // Reedline asks the terminal where its cursor is, and this one does not answer.
    command.args(["--execute", "ulid explore ids.txt | save picked.txt; exit"]);
    command.cwd(folder.path());
    let mut session = Session::of(command);
    session.wait_for("of 3");
    session.send("j\r");
    session.wait_for_clean_end();
    let picked = std::fs::read_to_string(folder.path().join("picked.txt")).unwrap();
    assert_eq!(picked.trim_end(), FIRST);
}

#[test]
fn a_file_that_is_not_there_is_an_error_in_the_words_of_the_browser() {
    let folder = folder();
    let code = "try { ulid explore absent.txt } catch {|error| print ($error.details.code) $error.details.labels.0.text }";
    let Some(mut session) = script(folder.path(), code) else {
        return;
    };
    session.wait_for("left with 0");
    session.wait_for("ulid::browser");
    session.wait_for("absent.txt");
    session.wait_for_clean_end();
}

#[test]
fn where_the_browser_is_missing_it_is_said_how_to_get_it() {
    let folder = folder();
    let alone = folder.path().join("nu_plugin_ulid");
    std::fs::copy(ulid_tests::binary("nu_plugin_ulid"), &alone).unwrap();
    let code = "$env.PATH = [/nowhere]
        try { ulid explore ids.txt } catch {|error| print $error.details.code $error.details.help }";
    let Some(mut session) = script_of(&alone, folder.path(), code) else {
        return;
    };
    session.wait_for("left with 0");
    session.wait_for("ulid::no_browser");
    session.wait_for("cargo install --locked --path tui");
    session.wait_for_clean_end();
}

#[test]
fn without_a_terminal_it_is_said_what_does_not_need_one() {
    let (Some(nu), Some(apart)) = (ulid_tests::nu(), ulid_tests::tool("setsid")) else {
        return;
    };
    let plugin = ulid_tests::binary("nu_plugin_ulid");
    let code =
        "try { [a] | ulid explore } catch {|error| print $error.details.code $error.details.help }";
    let output = std::process::Command::new(apart)
        .args(["--wait".as_ref(), nu.as_os_str()])
        .args(["--no-config-file", "--plugins"])
        .arg(format!("[{}]", plugin.display()))
        .args(["--commands", code])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("ulid::no_terminal"), "{output:?}");
    assert!(text.contains("`ulid open`"), "{output:?}");
}
