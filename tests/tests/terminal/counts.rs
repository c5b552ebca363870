//! Counts and figures of groups, a choice of rows, columns of one's own.

use std::process::Output;

use super::reports::{browser, stdout};

/// Seven rows of three services; the IDs of rows 2 and 3 are one, row 4 has none, row 6 is smaller than row 5.
const ROWS: &str = "\
id,service,took
01KDVDN9GC0000000000000001,api,12
01KDVDNA000000000000000002,api,250
01KDVDNA000000000000000002,web,31
8ZZZZZZZZZZZZZZZZZZZZZZZZZ,web,7
01KDWE90E00000000000000005,web,1200
01KDWCJ2M00000000000000006,db,3
01KDZ7HEP00000000000000007,api,none
";

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn groups_are_counted_in_every_kind() {
    let table = stdout(&["--count-by", "service"], ROWS);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines[0], "service  count");
    // those of one count are in the order of their values, and the longest bar has forty characters
    assert_eq!(lines[1], format!("api          3  {}", "█".repeat(40)));
    assert!(lines[2].starts_with("web          3"), "{table}");
    assert!(
        lines[3].starts_with("db           1  █████████████▍"),
        "{table}"
    );
    let top = ["--count-by", "service", "--top", "1"];
    assert_eq!(
        stdout(&[&top[..], &["--print", "csv"]].concat(), ROWS),
        "service,count\napi,3\n"
    );
    let two = ["--count-by", "took > 20, valid", "--print", "jsonl"];
    assert_eq!(
        stdout(&two, ROWS),
        "{\"took > 20\":false,\"valid\":true,\"count\":3}\n\
         {\"took > 20\":true,\"valid\":true,\"count\":3}\n\
         {\"took > 20\":false,\"valid\":false,\"count\":1}\n"
    );
    let filtered = [
        "--count-by",
        "service",
        "--filter",
        "not valid",
        "--print",
        "csv",
    ];
    assert_eq!(stdout(&filtered, ROWS), "service,count\nweb,1\n");
}

/// The figures are those of DuckDB for the same rows; the row without an ID has none to be told apart.
#[test]
fn figures_of_groups_are_those_of_sql_and_what_is_left_out_is_told() {
    let figures = "count(), distinct(id), slow=p95(took), sum(took)";
    let arguments = [
        "--aggregate",
        figures,
        "--by",
        "service",
        "--print",
        "jsonl",
    ];
    let output = browser(&arguments, ROWS);
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        "{\"service\":\"api\",\"count\":3,\"distinct(id)\":3,\"slow\":238.1,\"sum(took)\":262}\n\
         {\"service\":\"db\",\"count\":1,\"distinct(id)\":1,\"slow\":3,\"sum(took)\":3}\n\
         {\"service\":\"web\",\"count\":3,\"distinct(id)\":2,\"slow\":1083.1,\"sum(took)\":1238}\n"
    );
    assert!(told(&output).contains("sum(took): 1 row has something else there"));
    let durations = ["--aggregate", "max(gap), mean(gap)", "--print"];
    let table = stdout(&[&durations[..], &["table"]].concat(), ROWS);
    assert!(table.contains("1d2h30m"), "{table}");
    let csv = stdout(&[&durations[..], &["csv"]].concat(), ROWS);
    assert_eq!(csv, "max(gap),mean(gap)\n95400000,25560100\n");
}

#[test]
fn a_histogram_has_the_periods_of_nothing_in_the_zone_shown() {
    let histogram = |arguments: &[&str]| {
        let arguments = [arguments, &["--print", "csv"]].concat();
        stdout(&arguments, ROWS)
    };
    assert_eq!(
        histogram(&["--histogram", "6h", "--filter", "valid"]),
        "time,count\n\
         2025-12-31T18:00:00.000Z,1\n\
         2026-01-01T00:00:00.000Z,2\n\
         2026-01-01T06:00:00.000Z,2\n\
         2026-01-01T12:00:00.000Z,0\n\
         2026-01-01T18:00:00.000Z,0\n\
         2026-01-02T00:00:00.000Z,0\n\
         2026-01-02T06:00:00.000Z,1\n"
    );
    assert_eq!(
        histogram(&[
            "--histogram",
            "day",
            "--by",
            "service",
            "--zone",
            "Europe/Berlin"
        ]),
        "time,service,count\n\
         2026-01-01T00:00:00.000+01:00,api,2\n\
         2026-01-01T00:00:00.000+01:00,db,1\n\
         2026-01-01T00:00:00.000+01:00,web,2\n\
         2026-01-02T00:00:00.000+01:00,api,1\n\
         2026-01-02T00:00:00.000+01:00,db,0\n\
         2026-01-02T00:00:00.000+01:00,web,0\n"
    );
    let output = browser(&["--histogram", "quarter"], ROWS);
    assert!(String::from_utf8_lossy(&output.stdout).contains("2026-Q1"));
    assert!(told(&output).contains("1 row without an ID, and so without a time, is in no period"));
    let wrong = browser(&["--histogram", "7h"], ROWS);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(told(&wrong).contains("\"7h\" is no period of a calendar"));
}

fn numbers(arguments: &[&str]) -> String {
    let columns = ["--columns", "row", "--print", "csv"];
    let csv = stdout(&[arguments, &columns].concat(), ROWS);
    csv.lines().skip(1).collect::<Vec<&str>>().join(" ")
}

#[test]
fn rows_are_chosen_by_number_by_value_and_at_random() {
    assert_eq!(numbers(&["--limit", "2"]), "1 2");
    assert_eq!(numbers(&["--limit", "2", "--reverse"]), "7 6");
    assert_eq!(numbers(&["--limit", "2", "--sort", "took"]), "6 4");
    assert_eq!(
        numbers(&["--limit", "2", "--filter", "service == \"web\""]),
        "3 4"
    );
    assert_eq!(numbers(&["--distinct", "service"]), "1 3 6");
    assert_eq!(numbers(&["--limit", "2", "--by", "service"]), "1 2 3 4 6");
    assert_eq!(numbers(&["--limit", "9"]), "1 2 3 4 5 6 7");
    assert_eq!(numbers(&["--limit", "0"]), "");
    let sample = numbers(&["--sample", "3", "--seed", "7"]);
    assert_eq!(sample, numbers(&["--sample", "3", "--seed", "7"]));
    assert_eq!(sample.split(' ').count(), 3);
    let of_web = numbers(&["--sample", "9", "--filter", "service == \"web\""]);
    assert_eq!(of_web, "3 4 5");
}

#[test]
fn columns_are_computed_also_from_the_rows_around() {
    let list = "row, id, gap, before=prev.service, again=duplicate, row";
    let rows = stdout(
        &[
            "--columns",
            list,
            "--print",
            "jsonl",
            "--filter",
            "row in 2..=4",
        ],
        ROWS,
    );
    assert_eq!(
        rows,
        "{\"row\":2,\"id\":\"01KDVDNA000000000000000002\",\"gap\":500,\"before\":\"api\",\"again\":false,\"row_2\":2}\n\
         {\"row\":3,\"id\":\"01KDVDNA000000000000000002\",\"gap\":0,\"before\":\"api\",\"again\":true,\"row_2\":3}\n\
         {\"row\":4,\"id\":\"8ZZZZZZZZZZZZZZZZZZZZZZZZZ\",\"gap\":null,\"before\":\"web\",\"again\":false,\"row_2\":4}\n"
    );
    // in an order of its own each row still has the ones beside it in the file
    let sorted = [
        "--columns",
        "row, gap",
        "--sort",
        "took",
        "--limit",
        "3",
        "--print",
        "csv",
    ];
    assert_eq!(stdout(&sorted, ROWS), "row,gap\n6,-1800000\n4,\n1,\n");
    let table = stdout(&["--columns", "row, took * 2, fault", "--limit", "1"], ROWS);
    assert_eq!(
        table.lines().nth(1).map(str::trim_end),
        Some("1           24          missing")
    );
}

#[test]
fn options_that_could_do_nothing_are_refused() {
    for (arguments, expected) in [
        (&["--by", "service"][..], "--by tells apart"),
        (&["--top", "3"], "--top says how many groups"),
        (&["--count-by", "service", "--limit", "3"], "write groups"),
        (
            &["--count-by", "service", "--print", "lines"],
            "--print lines writes IDs",
        ),
        (&["--count-by", "service", "--stats"], "another report"),
        (
            &["--count-by", "service", "--sort", "id"],
            "--sort and --reverse order rows",
        ),
        (&["--aggregate", "sum(tooc)"], "did you mean \"took\"?"),
        (&["--columns", "id,"], "expected a field, column or value"),
    ] {
        let output = browser(arguments, ROWS);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(
            told(&output).contains(expected),
            "{arguments:?}: {}",
            told(&output)
        );
    }
}

/// A reader that has seen enough ends the program, and so does the limit of rows of a pipe that goes on.
#[test]
fn a_limit_ends_a_pipe_that_does_not_end() {
    let mut child = std::process::Command::new(ulid_tests::binary("ulid-tui"))
        .args(["--limit", "2", "--print", "lines"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let feeder = std::thread::spawn(move || {
        let row = b"01KDVDNA000000000000000002\n".repeat(1000);
        while std::io::Write::write_all(&mut pipe, &row).is_ok() {}
    });
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout.len(), 54);
    feeder.join().unwrap();
}

#[test]
fn rows_are_those_that_another_file_has_or_has_not() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let ids = write(
        "ids.txt",
        "01KDVDNA000000000000000002\n01KDZ7HEP00000000000000007\n",
    );
    let services = write("services.csv", "service,owner\ndb,Ada\nweb,Bob\n");
    assert_eq!(numbers(&["--in", &ids]), "2 3 7");
    assert_eq!(numbers(&["--not-in", &ids, "--filter", "valid"]), "1 5 6");
    let column = format!("{services}:service");
    assert_eq!(numbers(&["--in", &column]), "3 4 5 6");
    assert_eq!(numbers(&["--in", &column, "--in", &ids]), "3");
    let counted = ["--count-by", "service", "--in", &ids, "--print", "csv"];
    assert_eq!(stdout(&counted, ROWS), "service,count\napi,2\nweb,1\n");
    let filter = format!("id in file(\"{ids}\") and service == \"api\"");
    assert_eq!(numbers(&["--filter", &filter]), "2 7");
    let missing = browser(&["--in", "nosuch.txt", "--print"], ROWS);
    assert_eq!(missing.status.code(), Some(2));
    assert!(
        told(&missing).contains("nosuch.txt: no such file"),
        "{}",
        told(&missing)
    );
}

#[test]
fn a_name_that_no_row_has_is_told_and_refused_where_that_is_asked_for() {
    let rows = "{\"id\":\"01KDVDNA000000000000000002\",\"service\":\"api\"}\n";
    let said = "no row that was looked at has \"srevice\"; did you mean \"service\"?";
    for arguments in [
        &["--filter", "srevice == \"api\"", "--print"][..],
        &["--count-by", "srevice"],
        &["--sort", "srevice", "--print"],
        &["--columns", "id, srevice"],
    ] {
        let output = browser(arguments, rows);
        assert!(output.status.success(), "{output:?}");
        assert!(
            told(&output).contains(said),
            "{arguments:?}: {}",
            told(&output)
        );
        let refused = browser(&[arguments, &["--strict"]].concat(), rows);
        assert_eq!(refused.status.code(), Some(2), "{arguments:?}");
        assert!(told(&refused).contains(said));
    }
    let known = browser(
        &["--filter", "service == \"api\"", "--strict", "--print"],
        rows,
    );
    assert_eq!(told(&known), "");
}

#[test]
fn a_column_that_is_never_what_it_is_compared_with_is_told() {
    let rows =
        "id,day\n01KDVDNA000000000000000002,2025-05-01\n01KDVDNA000000000000000003,2026-05-01\n";
    let said = "no value of \"day\" in the first rows is a number: there is \"2025-05-01\"";
    let output = browser(&["--filter", "day < 2026", "--print"], rows);
    assert!(
        output.status.success() && told(&output).contains(said),
        "{output:?}"
    );
    let output = browser(&["--filter", "day < 2026-01", "--print", "lines"], rows);
    assert_eq!(told(&output), "");
    assert_eq!(output.stdout, b"01KDVDNA000000000000000002\n");
}

#[test]
fn a_condition_tells_how_it_was_read() {
    let condition = "time >= 2026-01-01 and took > 1e2";
    let arguments = [
        "--filter",
        condition,
        "--explain",
        "--zone",
        "Europe/Berlin",
    ];
    assert_eq!(
        stdout(&arguments, ROWS),
        "time >= 2026-01-01T00:00:00.000+01:00\n\
         each row among them is tested: `took` as a number > 100\n\
         read of a row: the column `took`\n"
    );
    let without = browser(&["--explain"], ROWS);
    assert_eq!(without.status.code(), Some(2));
    assert!(told(&without).contains("--explain says how --filter was read; add one"));
}

/// Three hosts in turn, whose clocks are apart: the mix falls at every third row, and one host fell back once.
fn mixed_hosts() -> String {
    let mut text = "host,id\n".to_owned();
    for row in 0..90_u64 {
        let host = row % 3;
        let ahead = [0, 0, 120_000][host as usize];
        let back = if row == 45 { 1_000 } else { 0 };
        let ms = 1_767_225_600_000 + 10 * row + ahead - back;
        let id = ulid_engine::Ulid::from_parts(ms, 7).unwrap();
        text += &format!("web-{host},{}\n", ulid_engine::codec::print(id));
    }
    text
}

#[test]
fn each_writer_of_an_export_is_looked_at_by_itself() {
    let input = mixed_hosts();
    let figures = stdout(&["--stats", "json", "--by", "host"], &input);
    let hosts: Vec<serde_json::Value> = figures
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let of = |name: &str| -> Vec<serde_json::Value> {
        hosts.iter().map(|host| host[name].clone()).collect()
    };
    assert_eq!(of("host"), ["web-0", "web-1", "web-2"]);
    assert_eq!(of("rows"), [30, 30, 30]);
    assert_eq!(of("out_of_order"), [1, 0, 0]);
    assert_eq!(
        of("worst_step_back"),
        [970.into(), serde_json::Value::Null, serde_json::Value::Null]
    );
    let clock = of("clock")[2].as_i64().unwrap();
    assert!((119_900..120_100).contains(&clock), "{clock}");
    let table = stdout(&["--stats", "--by", "host"], &input);
    assert!(table.starts_with("host   rows"), "{table}");
    // of the mix every row behind web-2 falls, of web-0 that of row 46
    let mix = browser(&["--check", "out-of-order"], &input);
    assert_eq!(String::from_utf8_lossy(&mix.stdout).lines().count(), 29);
    let own = browser(&["--check", "out-of-order", "--by", "host"], &input);
    let own = String::from_utf8(own.stdout).unwrap();
    assert_eq!(own.lines().count(), 1, "{own}");
    assert!(own.starts_with("stdin:47: out of order"), "{own}");
}

#[test]
fn figures_say_which_order_rows_are_in() {
    let ids: Vec<String> = (0..40_u64)
        .map(|row| {
            let ms = 1_767_225_600_000 + 1000 * row;
            let id = ulid_engine::Ulid::from_parts(ms, u128::from(row) << 70).unwrap();
            format!("{}\n", ulid_engine::codec::print(id))
        })
        .collect();
    let sorted = ids.concat();
    let reversed: String = ids.iter().rev().cloned().collect();
    let joined = [&sorted[27 * 20..], &sorted[..27 * 20]].concat();
    let last = |input: &str| {
        let text = stdout(&["--stats"], input);
        text.lines().last().unwrap_or_default().to_owned()
    };
    assert!(last(&reversed).starts_with(
        "order             sorted the other way round, the largest first: of 40 IDs none"
    ));
    assert!(
        last(&joined).contains("2 sorted parts of 40 IDs, one behind the other"),
        "{}",
        last(&joined)
    );
    assert!(last(&joined).ends_with("they begin at rows 21"));
    assert!(!last(&sorted).starts_with("order"));
    let json = stdout(&["--stats", "json"], &reversed);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["order"], "descending");
}

/// Nothing is written before it is known that all can be.
#[test]
fn what_cannot_be_chosen_is_told_before_a_line_is_written() {
    for (arguments, expected) in [
        (
            &["--distinct", "sevice", "--print", "csv"][..],
            "no field or column \"sevice\"; did you mean \"service\"?",
        ),
        (
            &["--distinct", "sevice", "--columns", "id", "--print", "csv"],
            "no field or column \"sevice\"",
        ),
        (
            &["--in", "/no/such/file", "--print", "csv"],
            "--in, --not-in: /no/such/file: no such file",
        ),
        (
            &["--format", "binary", "--skip", "1", "--print", "csv"],
            "has the format binary, which has no lines to pass over",
        ),
        (
            &["--format", "binary", "--comment", "#", "--print", "csv"],
            "has the format binary, which has no lines to pass over",
        ),
    ] {
        let output = browser(arguments, ROWS);
        assert!(!output.status.success(), "{arguments:?}");
        assert!(told(&output).contains(expected), "{}", told(&output));
        assert_eq!(output.stdout, b"", "{arguments:?}");
    }
    let output = browser(&["--skip", "99", "--print", "csv"], ROWS);
    assert!(
        told(&output).contains("no line is left behind those that are passed over"),
        "{}",
        told(&output)
    );
}

#[test]
fn the_first_periods_of_1970_hold_their_ids() {
    let ids =
        "00000000000000000000000001\n00000000000000000000000002\n00000DR00000000000000000AB\n";
    for period in ["week", "day", "year", "month"] {
        let counted = stdout(
            &[
                "--histogram",
                period,
                "--zone",
                "Europe/Berlin",
                "--print",
                "csv",
            ],
            ids,
        );
        let counts = counted
            .lines()
            .skip(1)
            .filter_map(|line| line.rsplit(',').next());
        let sum: u64 = counts.map(|count| count.parse::<u64>().unwrap()).sum();
        assert_eq!(sum, 3, "{period}: {counted}");
    }
}
