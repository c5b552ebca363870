//! Rows in the order of any column, and of figures on the first lines.

use std::{fs, path::PathBuf};

use super::session::Session;

/// Orders whose amounts are numbers, a text and nothing.
const ORDERS: &str = "\
customer,order,amount
Cid,01J00000000000000000000000,9
Ada,01ARZ3NDEKTSV4RRFFQ69G5FAV,10
Dan,01EBAAAAAAAAAAAAAAAAAAAAAA,
Bob,01EBAAAAAAAAAAAAAAAAAAAAAB,free
";

fn orders() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    fs::write(&path, ORDERS).unwrap();
    (folder, path)
}

/// The customers on the screen, from the top.
fn customers(lines: &[String]) -> Vec<&str> {
    let names = ["Ada", "Bob", "Cid", "Dan"];
    let words = lines.iter().map(|line| line.split_whitespace());
    let found = words.filter_map(|mut words| words.find(|word| names.contains(word)));
    found.collect()
}

#[test]
fn rows_are_sorted_by_any_column_both_ways() {
    let (_folder, path) = orders();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("1 of 4");
    for (keys, order, words) in [
        ("Samount\r", ["Cid", "Ada", "Bob", "Dan"], "by amount"),
        (
            "R",
            ["Bob", "Ada", "Cid", "Dan"],
            "by amount, largest first",
        ),
        ("Scustomer\r", ["Ada", "Bob", "Cid", "Dan"], "by customer"),
        (
            "Scustomer\r",
            ["Dan", "Cid", "Bob", "Ada"],
            "by customer, largest first",
        ),
        ("Stime\r", ["Ada", "Dan", "Bob", "Cid"], "by time"),
        (
            "u",
            ["Dan", "Cid", "Bob", "Ada"],
            "by customer, largest first",
        ),
        ("p", ["Cid", "Ada", "Dan", "Bob"], "file order"),
    ] {
        browser.send(keys);
        browser.wait_until(&format!("{keys:?}: {words}, {order:?}"), |lines| {
            lines[0].trim_end().ends_with(words) && customers(lines) == order
        });
    }
}

#[test]
fn the_names_of_the_columns_are_offered_and_a_wrong_one_is_explained() {
    let (_folder, path) = orders();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("1 of 4");
    browser.send("S");
    browser.wait_for("customer   order   amount   time");
    browser.send("amuont\r");
    browser.wait_for("did you mean \"amount\"?");
    // the line stays to be mended: the cursor stands where it goes wrong
    browser.send("\x0b");
    browser.send("amount\r");
    browser.wait_for("amount▲");
}

#[test]
fn each_figure_shows_its_rows() {
    let mut browser = Session::browser::<&str>(&[]);
    browser.wait_for("randomness monotonic +1");
    for (key, rows, words) in [
        ("6", "1 of 2", "only row >= "),
        // the cursor stays on its row
        ("7", " of 19,860", "only valid"),
        (
            "8",
            "1 of ",
            "only ms == prev.ms and random == prev.random + 1",
        ),
        ("8", " of 20,000", "file order"),
    ] {
        browser.send(key);
        browser.wait_until(&format!("{key}: {words}"), |lines| {
            let place = lines.iter().any(|line| line.contains(rows));
            place && lines[0].contains(words)
        });
    }
}
