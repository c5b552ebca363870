//! Streams stay lazy: the first item comes at once, and Ctrl-C ends everything.

use super::harness::check;

#[test]
fn the_first_of_an_endless_generation_come_at_once() {
    check(&[
        (
            "ulid generate -c 9223372036854775807 | first 5 | ulid validate | all {}",
            "true",
        ),
        (
            "ulid generate -c 9223372036854775807 | describe --no-collect",
            "\"stream\"",
        ),
        (
            "ulid generate -c 9223372036854775807 --lines | lines | first 5 | ulid validate | all {}",
            "true",
        ),
        (
            "ulid generate -c 9223372036854775807 | ulid parse | first 2 | length",
            "2",
        ),
    ]);
}

#[test]
fn a_slow_upstream_stays_interactive() {
    // The second item takes ten seconds, and is never waited for.
    check(&[(
        "[01ARZ3NDEKTSV4RRFFQ69G5FAV 01BX5ZZKBKACTAV9WEVGEMMVRZ]
         | each {|id| if $id =~ '^01B' { sleep 10sec }; $id } | ulid parse
         | first | get unix_ms",
        "1469922850259",
    )]);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_whatever_never_ends() {
    const IDS: &str = "ulid generate -c 9223372036854775807";
    let codes = [
        format!("{IDS} | each {{|id| print $id }} | ignore"),
        format!("{IDS} --lines | lines | each {{|id| print $id }} | ignore"),
        format!("print (ulid generate); {IDS} | ulid parse | ignore"),
        format!("print (ulid generate); {IDS} | ulid sort"),
        format!("print (ulid generate); {IDS} | ulid stats"),
        format!("print (ulid generate); {IDS} | ulid histogram 1hr"),
        format!("print (ulid generate); {IDS} --lines | ulid stats"),
        format!("print (ulid generate); {IDS} --lines | ulid scan --count"),
        format!("print (ulid generate); {IDS} --lines | ulid scan --unique | ignore"),
    ];
    for code in codes {
        if !ends_by_ctrl_c(&code) {
            return;
        }
    }
}

/// Runs code whose first line is an ID, and interrupts it then. Its end is waited for; false without a Nushell.
#[cfg(unix)]
fn ends_by_ctrl_c(code: &str) -> bool {
    use std::{
        io::{BufRead, BufReader},
        process::Command,
    };

    let Some(mut nu) = super::harness::start(code) else {
        return false;
    };
    let mut lines = BufReader::new(nu.stdout.take().expect("stdout is piped")).lines();
    let first = lines.next().expect("a line").expect("text");
    assert_eq!(first.len(), 26, "{code}: {first}");
    let interrupted = Command::new("kill")
        .args(["-INT", &nu.id().to_string()])
        .status();
    assert!(interrupted.expect("kill runs").success());
    let rest = std::thread::spawn(move || lines.map_while(Result::ok).count());
    nu.wait().expect("nu ends");
    rest.join().expect("what was printed is read");
    true
}
