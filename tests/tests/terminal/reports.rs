//! Output of the program without a screen.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

use super::session::Session;

const GOOD: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const LATER: &str = "01EBAAAAAAAAAAAAAAAAAAAAAA";

pub(super) fn browser(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(ulid_tests::binary("ulid-tui"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // a program that ends without reading its input is not at fault
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

pub(super) fn stdout(arguments: &[&str], input: &str) -> String {
    let output = browser(arguments, input);
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn rows_are_printed_in_every_kind_and_order() {
    let input = format!("{LATER}\n{GOOD}\n");
    assert_eq!(
        stdout(&["--print", "lines"], &input),
        format!("{LATER}\n{GOOD}\n")
    );
    for order in [&["--sort", "id"][..], &["--reverse"]] {
        let arguments = [&["--print", "lines"], order].concat();
        assert_eq!(
            stdout(&arguments, &input),
            format!("{GOOD}\n{LATER}\n"),
            "{order:?}"
        );
    }
    let form = ["--print", "lines", "--form", "uuid"];
    assert!(stdout(&form, &input).ends_with("01563e3a-b5d3-d676-4c61-efb99302bd5b\n"));
    let csv = stdout(&["--print", "csv", "--zone", "Europe/Berlin"], &input);
    assert!(
        csv.contains("2016-07-31T01:54:10.259+02:00,1469922850259"),
        "{csv}"
    );
    let jsonl = stdout(&["--print", "jsonl"], &input);
    let last: Value = serde_json::from_str(jsonl.lines().last().unwrap()).unwrap();
    assert_eq!((&last["row"], &last["id"]), (&2.into(), &GOOD.into()));
    let table = stdout(&["--print"], &input);
    assert!(
        table
            .lines()
            .nth(2)
            .unwrap()
            .contains("2016-07-30T23:54:10.259Z"),
        "{table}"
    );
}

#[test]
fn a_filter_chooses_rows_and_says_where_it_goes_wrong() {
    let input = format!("{LATER}\n{GOOD}\nnope\n");
    let lines = |filter: &str| stdout(&["--print", "lines", "--filter", filter], &input);
    assert_eq!(lines("time < 2018"), format!("{GOOD}\n"));
    assert_eq!(lines("not valid"), "nope\n");
    let output = browser(&["--print", "--filter", "tyme < 2018"], &input);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("did you mean \"time\"?"), "{said}");
}

#[test]
fn figures_are_written_for_people_and_programs() {
    let input = format!("{LATER}\n{GOOD}\n{GOOD}\nnope\n");
    let text = stdout(&["--stats"], &input);
    for figure in [
        "rows              4",
        "invalid           1",
        "duplicate         1",
        "out of order      1",
    ] {
        assert!(text.contains(figure), "{figure:?} is not in\n{text}");
    }
    let figures: Value = serde_json::from_str(&stdout(&["--stats", "json"], &input)).unwrap();
    assert_eq!(figures["faults"]["length"], 1);
    assert_eq!(figures["earliest"], "2016-07-30T23:54:10.259Z");
    assert_eq!(figures["randomness"], "too_few");
}

#[test]
fn a_check_lists_flaws_by_line_and_fails() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ids.txt");
    fs::write(&path, format!("{GOOD}\n{LATER}\n8{}\n{GOOD}\n", &GOOD[1..])).unwrap();
    let name = path.to_str().unwrap();
    let output = browser(&[name, "--check"], "");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(
        lines[0].starts_with(&format!("{name}:3: overflow at character 1")),
        "{said}"
    );
    assert_eq!(lines[1], format!("{name}:4: duplicate: {GOOD}"));
    let output = browser(&[name, "--check", "gap"], "");
    assert_eq!(output.status.code(), Some(1));
    let output = browser(&[name, "--check", "future"], "");
    assert_eq!((output.status.code(), output.stdout.len()), (Some(0), 0));
}

#[test]
fn a_header_counts_as_a_line() {
    let output = browser(&["--check"], &format!("id,name\n{GOOD},a\nbad,b\n"));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("stdin:3: "), "{said}");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let Some(bash) = ulid_tests::tool("bash") else {
        return;
    };
    let script = format!(
        "{} --print lines < <(yes {GOOD} | head -n 300000) | head -n 1; echo ${{PIPESTATUS[0]}}",
        ulid_tests::binary("ulid-tui").display()
    );
    let output = Command::new(bash).arg("-c").arg(script).output().unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap(),
        format!("{GOOD}\n0\n")
    );
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}

#[test]
fn the_configuration_sets_zone_form_and_keys_and_says_what_it_does_not_understand() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.toml");
    let config = path.to_str().unwrap();
    fs::write(
        &path,
        "zone = \"Asia/Tokyo\"\nform = \"hex\"\n[keys]\nquit = [\"x\"]\n",
    )
    .unwrap();
    let csv = stdout(
        &["--print", "csv", "--config", config],
        &format!("{GOOD}\n"),
    );
    assert!(
        csv.contains("01563e3ab5d3d6764c61efb99302bd5b,2016-07-31T08:54:10.259+09:00"),
        "{csv}"
    );
    let mut browser = Session::browser(&["--config", config]);
    browser.wait_for("x quit");
    browser.send("qx");
    assert!(browser.wait_for_clean_end().success());
    fs::write(&path, "[keys]\nfly = [\"x\"]\n").unwrap();
    let output = self::browser(&["--print", "--config", config], GOOD);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("\"fly\" is no action"), "{said}");
}

#[test]
fn the_man_page_is_one_that_man_can_read() {
    let page = stdout(&["--man"], "");
    assert!(
        page.starts_with(".ie") && page.contains(".SH KEYS"),
        "{page}"
    );
    let Some(man) = ulid_tests::tool("man") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ulid-tui.1");
    fs::write(&path, page).unwrap();
    let output = Command::new(man).arg("-l").arg(path).output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && shown.contains("half a page down"),
        "{shown}"
    );
}

#[test]
fn completions_are_a_script_that_bash_can_read() {
    let Some(bash) = ulid_tests::tool("bash") else {
        return;
    };
    let script = stdout(&["--completions", "bash"], "");
    let output = Command::new(bash)
        .arg("-n")
        .arg("-c")
        .arg(script)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn wrong_zones_columns_and_formats_are_named() {
    for (arguments, code, sentence) in [
        (
            &["--print", "--zone", "Mars/Olympus"][..],
            2,
            "\"Mars/Olympus\" is no time zone",
        ),
        (
            &["--print", "--column", "nope"],
            2,
            "has no column \"nope\"",
        ),
        (&["--export", "x.xyz"], 2, "name it .csv"),
        (
            &["--export", "/nosuch/x.csv"],
            1,
            "/nosuch/x.csv: there is no folder /nosuch",
        ),
        (
            &["--print", "--in", "Cargo.toml:parent"],
            2,
            "these rows have no column \"parent\"",
        ),
        (
            &["--print", "--field", "name"],
            2,
            "no fields of JSON; name a column",
        ),
        (
            &["--print", "--format", "lines", "--header", "yes"],
            2,
            "which is no table",
        ),
        (
            &["--print", "--format", "csv", "--every"],
            2,
            "leave the format out",
        ),
        (
            &["--print", "--format", "xml"],
            2,
            "is no format; give lines, csv",
        ),
    ] {
        let output = browser(arguments, &format!("id,name\n{GOOD},a\n"));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(sentence), "{said}");
    }
}

#[test]
fn the_long_version_names_the_kernel_in_use() {
    let version = |kernel: &str| {
        let output = Command::new(ulid_tests::binary("ulid-tui"))
            .arg("--version")
            .env("ULID_KERNEL", kernel)
            .output()
            .unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(version("scalar").contains("kernel: scalar of scalar"));
    let refused = version("sse9");
    assert!(
        refused.contains("(ULID_KERNEL is not followed: \"sse9\" is no kernel;"),
        "{refused}"
    );
}

#[test]
fn the_examples_of_help_are_arguments_that_are_understood() {
    let help = stdout(&["--help"], "");
    let examples: Vec<&str> = help
        .lines()
        .filter_map(|line| line.trim().split("  ").next())
        .filter(|line| line.starts_with("ulid-tui ids"))
        .collect();
    assert!(examples.len() >= 5, "{help}");
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ids.txt"), format!("{GOOD}\n")).unwrap();
    fs::write(
        folder.path().join("ids.csv"),
        format!("order_id,n\n{GOOD},1\n"),
    )
    .unwrap();
    for example in examples {
        check_example(example, folder.path());
    }
}

fn check_example(example: &str, folder: &Path) {
    let command = example.split('|').next().unwrap_or_default();
    let arguments: Vec<&str> = command.split_whitespace().skip(1).collect();
    let output = Command::new(ulid_tests::binary("ulid-tui"))
        .args(&arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    let needs_terminal = said.contains("not a terminal") || said.contains("there is no terminal");
    assert!(
        output.status.success() || needs_terminal,
        "{example}: {said}"
    );
}

#[test]
fn rows_are_printed_in_the_order_of_a_column_or_an_expression() {
    let input = format!("id,amount\n{LATER},9\n{GOOD},10\n");
    for (sort, first, second) in [
        ("amount", LATER, GOOD),
        ("time", GOOD, LATER),
        ("len(amount)", LATER, GOOD),
    ] {
        let printed = stdout(&["--print", "lines", &format!("--sort={sort}")], &input);
        assert_eq!(printed, format!("{first}\n{second}\n"), "{sort}");
    }
    let output = browser(&["--print", "--sort", "amuont"], &input);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn an_order_through_a_temporary_file_is_that_of_memory() {
    let input: String = (0_u32..100_000)
        .map(|row| {
            format!(
                "01ARZ3NDEK{:016}\n",
                row.wrapping_mul(2_654_435_769) % 75_000
            )
        })
        .collect();
    let some = ["--print=lines", "--filter=line <= 3000"];
    for order in [
        &["--sort=id"][..],
        &["--sort=id", "--reverse"],
        &["--sort=lower(text)", "--reverse"],
    ] {
        let order = &[&some[..], order].concat();
        let in_memory = stdout(order, &input);
        assert_eq!(in_memory.lines().count(), 3000);
        assert_eq!(
            stdout(&[&order[..], &["--mem", "4M"]].concat(), &input),
            in_memory,
            "{order:?}"
        );
    }
}

#[test]
fn many_rows_are_printed_whole_in_any_order() {
    const ROWS: u64 = 20_000;
    // every row once, in an order that jumps
    let numbers = (0..ROWS).map(|row| row * 7_919 % ROWS);
    let line = |number: u64| format!("\"no. {number},\nhere\",01ARZ3NDEK{number:016}\n");
    let input: String = ["note,id\n".to_owned()]
        .into_iter()
        .chain(numbers.map(line))
        .collect();
    let ids = |numbers: &mut dyn Iterator<Item = u64>| -> String {
        numbers
            .map(|number| format!("01ARZ3NDEK{number:016}\n"))
            .collect()
    };
    let sorted = ids(&mut (0..ROWS));
    let reversed = ids(&mut (0..ROWS).rev());
    let some = ids(&mut (7..ROWS).step_by(10));
    for (arguments, expected) in [
        (&["--sort=id"][..], &sorted),
        (&["--sort=id", "--reverse"], &reversed),
        (&["--sort=id", "--filter=note contains \"7,\""], &some),
    ] {
        let arguments = [&["--print=lines"], arguments].concat();
        assert!(stdout(&arguments, &input) == *expected, "{arguments:?}");
    }
    let csv = stdout(&["--print=csv", "--sort=id"], &input);
    let rows: Vec<&str> = csv.split_terminator("here\"\n").collect();
    assert_eq!(rows.len() as u64, ROWS);
    let names = |(number, row): (usize, &&str)| row.contains(&format!(",01ARZ3NDEK{number:016},"));
    assert!(rows.iter().enumerate().all(names));
}

#[test]
fn a_damaged_source_fails_after_what_could_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ids.gz");
    let text = (0..50_000).map(|row| format!("01ARZ3NDEK{row:016}\n"));
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed
        .write_all(text.collect::<String>().as_bytes())
        .unwrap();
    let packed = packed.finish().unwrap();
    fs::write(&file, &packed[..packed.len() / 2]).unwrap();
    let file = file.to_str().unwrap();
    for (arguments, least) in [
        (&["--print=lines"][..], 1_000),
        (&["--print=csv", "--sort=id", "--reverse"], 1_000),
        (&["--print=lines", "--filter=valid"], 1_000),
        (&["--stats"], 10),
        (&["--check"], 0),
    ] {
        let output = browser(&[&[file], arguments].concat(), "");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let lines = output.stdout.iter().filter(|&&byte| byte == b'\n').count();
        assert!(lines >= least, "{arguments:?} {lines}");
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(error.contains("ids.gz: incomplete"), "{error}");
    }
}

#[test]
fn a_file_may_stand_behind_an_option_that_needs_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ids");
    fs::write(&file, format!("{GOOD}\n{GOOD}\n")).unwrap();
    let path = file.to_str().unwrap();
    for option in ["--stats", "--print", "--check"] {
        let behind = browser(&[option, path], "");
        let before = browser(&[path, option], "");
        assert_eq!(behind, before);
        assert!(behind.stderr.is_empty(), "{behind:?}");
        let piped = browser(&[option, "-"], &format!("{GOOD}\n{GOOD}\n"));
        assert_eq!(piped.status, before.status);
    }
    assert_eq!(stdout(&["--stats", "json", path], "").lines().count(), 1);
    let absent = browser(&["--stats", "no/such.csv"], "");
    let said = String::from_utf8_lossy(&absent.stderr);
    assert!(said.contains("no/such.csv: "), "{said}");
    // a word that is no file is a slip of the value
    let slip = browser(&["--print", "yaml", path], "");
    assert!(String::from_utf8_lossy(&slip.stderr).contains("possible values: table"));
}
