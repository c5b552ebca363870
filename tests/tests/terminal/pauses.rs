//! Pipes whose writers pause: what has come is written, and the rest when it comes.

use std::{
    io::{BufRead, BufReader, Write},
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LATER: &str = "01EBAAAAAAAAAAAAAAAAAAAAAA";

/// Writes each piece once the lines expected of those before it have been read, and leaves the pipe open until all were.
fn written_as_it_comes(arguments: &[&str], steps: &[(&str, &[&str])], at_the_end: &[&str]) {
    let mut child = Command::new(ulid_tests::binary("ulid-tui"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (give, lines) = mpsc::channel();
    let reader = thread::spawn(move || {
        for line in out.lines() {
            give.send(line.unwrap()).unwrap();
        }
    });
    for (piece, expected) in steps {
        pipe.write_all(piece.as_bytes()).unwrap();
        for line in *expected {
            let read = lines.recv_timeout(Duration::from_secs(30));
            assert_eq!(read.as_deref(), Ok(*line), "{arguments:?} after {piece:?}");
        }
    }
    drop(pipe);
    assert!(child.wait().unwrap().success(), "{arguments:?}");
    reader.join().unwrap();
    let rest: Vec<String> = lines.iter().collect();
    assert_eq!(rest, at_the_end, "{arguments:?}");
}

#[test]
fn what_has_come_is_written_before_the_rest_is_there() {
    let two = format!("{ID}\n{LATER}\n");
    let begun = format!("{ID}\n{}", &LATER[..9]);
    let rest = format!("{}\n", &LATER[9..]);
    let plain = [
        "--format",
        "lines",
        "--spelling",
        "ulid",
        "--print",
        "lines",
    ];
    written_as_it_comes(
        &plain,
        &[(&two, &[ID, LATER]), (&begun, &[ID]), (&rest, &[LATER])],
        &[],
    );
    let valid = [&plain[..], &["--filter", "valid and not out_of_order"]].concat();
    written_as_it_comes(&valid, &[(&two, &[ID, LATER]), (&two, &[LATER])], &[]);
}

/// A condition on the row after is not decided before that row is there.
#[test]
fn who_asks_for_the_row_after_waits_for_that_alone() {
    let two = format!("{ID}\n{LATER}\n");
    let earlier = format!("{ID}\n");
    let arguments = [
        "--format",
        "lines",
        "--spelling",
        "ulid",
        "--print",
        "lines",
        "--filter",
    ];
    let before_earlier = [&arguments[..], &["next.id < id"]].concat();
    written_as_it_comes(
        &before_earlier,
        &[(&two, &[]), (&earlier, &[LATER]), (&two, &[])],
        &[],
    );
    let last = [&arguments[..], &["next.id is null"]].concat();
    written_as_it_comes(&last, &[(&two, &[]), (&two, &[])], &[LATER]);
}

/// To tell what a table is, 200 records are waited for. From then on a row is written once its values are known.
#[test]
fn a_row_of_a_table_is_written_once_its_values_are_known() {
    let many = format!("id,name\n{}", format!("{ID},Ada\n").repeat(300));
    let bob = format!("\n\n{LATER},Bob\n");
    let two = format!("\n\n\n{ID},Cy\n{ID},Di\n");
    let table = ["--format", "csv", "--print", "csv", "--columns"];
    let names = [&table[..], &["name"]].concat();
    let first = [&["name"][..], &["Ada"; 300]].concat();
    written_as_it_comes(
        &names,
        &[(&many, &first), (&bob, &["Bob"]), (&two, &["Cy", "Di"])],
        &[],
    );
    let pairs = [&table[..], &["name,next.name"]].concat();
    let first = [&["name,next.name"][..], &["Ada,Ada"; 299]].concat();
    written_as_it_comes(
        &pairs,
        &[
            (&many, &first),
            (&bob, &["Ada,Bob"]),
            (&two, &["Bob,Cy", "Cy,Di"]),
        ],
        &["Di,"],
    );
}
