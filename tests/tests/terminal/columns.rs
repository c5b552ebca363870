//! Columns by hand, and what is searched for: found in its column, marked and counted.

use std::path::Path;

use portable_pty::CommandBuilder;

use super::session::Session;

fn id(n: u64) -> String {
    let id = ulid_core::Ulid::from_parts(1_735_689_600_000 + n * 1_000, n.into()).unwrap();
    ulid_core::codec::print(id).to_string()
}

/// A table of thirty rows with more columns than a screen has room for.
fn table(folder: &Path) -> std::path::PathBuf {
    let names: Vec<String> = (0..12).map(|n| format!("column_{n}")).collect();
    let row = |n: u64| {
        let cells: Vec<String> = (0..12).map(|at| format!("r{n}c{at}")).collect();
        format!("{},{},{}\n", id(n), n * 10, cells.join(","))
    };
    let rows: String = (0..30).map(row).collect();
    let path = folder.join("wide.csv");
    std::fs::write(&path, format!("id,amount,{}\n{rows}", names.join(","))).unwrap();
    path
}

#[test]
fn a_search_brings_its_column_into_view_and_counts_what_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut browser = Session::browser(&[table(folder.path())]);
    browser.wait_for("1 of 30");
    // in the twelfth column, far behind the edge
    browser.send("/~^R1[0-4]C11$\r");
    browser.wait_for("is not there");
    browser.send("/~r1[0-4]c11\r");
    browser.wait_for("11 of 30");
    browser.wait_for("~r1[0-4]c11: 1 of 5");
    browser.wait_for("r10c11");
    browser.send("n");
    browser.wait_for("~r1[0-4]c11: 2 of 5");
    // the mark of a hit that is not under the cursor
    browser.wait_for_bytes("\x1b[7m");
    browser.send("N");
    browser.wait_for("1 of 5");
    // within the column, where the whole text can be asked for
    browser.send("\\~^r2\\dc11$\r");
    browser.wait_for("~^r2\\dc11$ in column_11: 1 of 10");
    browser.wait_for("21 of 30");
    browser.send("\\r2c11\r");
    browser.wait_for("\"r2c11\" in column_11: 1 of 1");
    browser.wait_for("3 of 30");
    // an expression that is none stays to be mended
    browser.send("/~(\r");
    browser.wait_for("no regular expression: unclosed group");
}

#[test]
fn columns_are_set_by_hand_and_stand_so_the_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let path = table(folder.path());
    let started = || {
        let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
        command.arg(&path);
        command.env("XDG_STATE_HOME", folder.path().join("state"));
        Session::of(command)
    };
    let heading = |browser: &Session| -> String {
        let lines = browser.lines();
        let found = lines.iter().find(|line| line.contains("ROW"));
        found.cloned().unwrap_or_default()
    };
    let mut browser = started();
    browser.wait_for("1 of 30");
    assert!(!heading(&browser).contains("column_9"));
    browser.send("ccolumn_9\r");
    browser.wait_until("column_9", |_| heading(&browser).contains("column_9"));
    browser.send("P");
    browser.wait_for("stays beside the ID");
    browser.send("camo\t\rx");
    browser.wait_for("amount is hidden");
    browser.send("cid\r");
    browser.wait_until("the pinned one first", |_| {
        let heading = heading(&browser);
        heading.find("column_9") < heading.find("TIME") && !heading.contains("amount")
    });
    browser.send("cuuid\r");
    browser.wait_until("UUID", |_| heading(&browser).contains("UUID"));
    browser.send("/r3c\r");
    browser.wait_for("1 of 1");
    browser.send("q");
    browser.wait_for_end();
    let mut browser = started();
    browser.wait_for("1 of 30");
    let first = heading(&browser);
    assert!(
        first.find("column_9") < first.find("TIME") && !first.contains("amount"),
        "{first}"
    );
    // and the lines that were typed
    browser.send("/\x1b[A");
    browser.wait_for("find: r3c");
    browser.send("\r");
    browser.wait_for("4 of 30");
    browser.send("X");
    browser.wait_for("1 column is shown again");
}

#[test]
fn a_cell_keeps_its_rows_or_leaves_them_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let row = |n: u64| format!("{},{},{n}\n", id(n), ["paid", "", "open"][(n % 3) as usize]);
    let rows: String = (0..30).map(row).collect();
    std::fs::write(&path, format!("id,order status,n\n{rows}")).unwrap();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("1 of 30");
    browser.send("corder\t\r+");
    browser.wait_for("1 of 10");
    browser.wait_for("only `order status` == \"paid\"");
    browser.send("u-");
    browser.wait_for("1 of 20");
    // an empty cell
    browser.send("+");
    browser.wait_for("1 of 10");
    // the column under the cursor is what the list of values begins with
    browser.send("uF\r");
    browser.wait_for("2 values in 20 rows");
}

#[test]
fn a_line_is_read_to_its_end_without_leaving_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.log");
    let line = |n: u64| format!("{} info {} the end {n}\n", id(n), "word ".repeat(40));
    std::fs::write(&path, (0..9).map(line).collect::<String>()).unwrap();
    let mut browser = Session::browser(&[path]);
    browser.wait_for("1 of 9");
    assert!(!browser.lines().join("").contains("the end"));
    // on further lines of the table, or on one by steps
    browser.send("\x17");
    browser.wait_for("the end 0");
    browser.send("\x17");
    browser.wait_until("one line a row", |lines| {
        !lines.iter().any(|line| line.contains("the end"))
    });
    browser.send("cline");
    browser.wait_for("esc close");
    browser.send("\r");
    browser.wait_until("the column", |lines| {
        !lines.iter().any(|line| line.contains("esc close"))
    });
    while !browser.lines().join("").contains("the end 7") {
        let before = browser.lines();
        browser.send("l");
        browser.wait_until("a step", |lines| lines != before.as_slice());
    }
    browser.wait_for("the end 7");
    browser.send("/THE END 5\r");
    browser.wait_for("6 of 9");
    browser.wait_for("\"THE END 5\": 1 of 1");
}

/// Letters that a screen shows in more than one character, or in two columns, or from right to left.
#[test]
fn letters_of_every_script_are_whole_in_the_table() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("names.csv");
    let names = [
        "สวัสดีชาวโลก",
        "नमस्ते",
        "Ame\u{301}lie Mu\u{308}ller",
        "漢字",
        "שלום",
        "line\ttab",
    ];
    let row = |(n, name): (u64, &&str)| format!("{},\"{name}\",end{n}\n", id(n));
    let rows: String = (0..).zip(&names).map(row).collect();
    std::fs::write(&path, format!("id,name,last\n{rows}")).unwrap();
    let browser = Session::browser(&[path]);
    browser.wait_for("1 of 6");
    for name in &names[..4] {
        browser.wait_for(name);
    }
    browser.wait_for("line\u{2409}tab");
    // what runs the other way is kept to its place
    browser.wait_for("\u{2068}ש");
    browser.wait_for("ם\u{2069}");
    let columns: Vec<Option<u16>> = (0..6)
        .map(|n| Some(browser.place_of(&format!("end{n}")).1))
        .collect();
    assert!(
        columns.windows(2).all(|pair| pair[0] < pair[1]),
        "{columns:?}"
    );
}

#[test]
fn a_column_is_made_of_an_expression_and_stands_as_the_others_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.csv");
    let row = |at: u64, created: &str, user: &str| format!("{},{created},{user}\n", id(at));
    let text = [
        row(0, "2025-01-01T00:00:05Z", "ann"),
        row(7, "2025-01-01T00:00:07Z", "bob"),
        row(9, "", "cid"),
        "broken,2025-01-01T00:00:00Z,dora\n".to_owned(),
    ];
    std::fs::write(&path, format!("id,created_at,user\n{}", text.concat())).unwrap();
    let started = || {
        let mut command = CommandBuilder::new(ulid_tests::binary("ulid-tui"));
        command.arg(&path);
        command.env("XDG_STATE_HOME", folder.path().join("state"));
        Session::of(command)
    };
    let cells = |browser: &Session| -> Vec<String> {
        let lines = browser.lines();
        let rows = lines.iter().filter(|line| {
            ["ann", "bob", "cid", "dora"]
                .iter()
                .any(|name| line.contains(name))
        });
        rows.map(|line| {
            let behind = line
                .rsplit_once("2025-01-01T")
                .map_or(&**line, |(_, all)| all);
            behind
                .split_whitespace()
                .skip(1)
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect()
    };
    let mut browser = started();
    browser.wait_for("1 of 4");
    browser.send("clag = time(created_at) - time, before = prev.user\r");
    browser.wait_for("before stands as a column now");
    let shown = cells(&browser);
    assert_eq!(shown[0], "ann 5s", "{shown:?}");
    assert_eq!(shown[1], "bob 0ms ann", "{shown:?}");
    assert!(shown[3].ends_with("dora cid"), "{shown:?}");
    // a slip stays to be mended, and a name is taken once
    browser.send("clag = us\t +\r");
    browser.wait_for("make one, as in late = gap > 1h: lag = user +");
    browser.wait_for("expected a field, column or value");
    browser.send("\x1b");
    browser.wait_for("1 of 4");
    browser.send("cuser = 1\r");
    browser.wait_for("there is a column user already");
    browser.send("cduplicate\r");
    browser.wait_for("known only after a look at all rows");
    // typed again it changes, in the same place
    browser.send("clag = gap\r");
    browser.wait_for("lag stands as a column now");
    let shown = cells(&browser);
    assert_eq!(shown[1], "bob 7s ann", "{shown:?}");
    // ordered, narrowed and written like any other
    browser.send("S\rR");
    browser.wait_for("by gap");
    browser.send("clag\rgjk+");
    browser.wait_for("only gap == 7s");
    let written = folder.path().join("out.csv");
    browser.send(&format!("e\x14{}\r", written.display()));
    browser.wait_for("1 row");
    let text = std::fs::read_to_string(&written).unwrap();
    assert!(
        text.starts_with("id,time,created_at,user,lag,before\n"),
        "{text}"
    );
    assert!(text.trim_end().ends_with(",bob,7000,ann"), "{text}");
    browser.send("q");
    browser.wait_for_clean_end();
    // the next session has it again
    let browser = started();
    browser.wait_for("1 of 4");
    browser.wait_for("lag");
    assert!(cells(&browser)[1].starts_with("bob 7s"));
}
