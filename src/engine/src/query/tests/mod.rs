//! The language on rows of every kind: what conditions choose, what expressions come to, what errors say, what may come
//! next.

use std::{collections::BTreeSet, time::Duration};

use proptest::prelude::*;

mod columns;
mod meaning;
mod typed;

use super::*;
use crate::{
    Reading, RowSet, Ulid, codec,
    dataset::{Format, OpenOptions, RowRef},
    progress::Progress,
    sort::Direction,
    timestamp::TimeZone as Zone,
};

const NOW: &str = "2025-03-01T12:00:00Z";

/// A line for each kind of row: (number, id, note).
fn csv() -> String {
    let id = |time: &str, random: u128| {
        let ms = time.parse::<Timestamp>().unwrap().ms();
        codec::print(Ulid::from_parts(ms, random).unwrap()).to_string()
    };
    let rows = [
        (1, id("2024-12-31T23:59:59.999Z", 1), "old"),
        (2, id("2025-01-01", 2), "new year"),
        (3, id("2025-01-01", 2), "copy"),
        (4, "8ZZZZZZZZZZZZZZZZZZZZZZZZZ".to_owned(), "broken"),
        (5, id("2025-02-15T10:30:00Z", 3), "Mid"),
        (6, id("2025-02-15T10:00:00Z", 4), "late"),
        (7, id("2025-03-01T11:00:00Z", 5), ""),
        (10, id("2025-03-02", 6), "ahead"),
    ];
    let lines = rows.map(|(number, id, note)| format!("{number},{id},{note}\n"));
    format!("n,id,a note\n{}", lines.concat())
}

fn dataset() -> Dataset {
    Dataset::from_bytes("rows.csv", csv().into_bytes(), &OpenOptions::default()).unwrap()
}

fn scope(dataset: &Dataset) -> Scope<'_> {
    const UTC: &Zone = &Zone::UTC;
    Scope::of(dataset, NOW.parse().unwrap(), UTC)
}

/// The lines that meet a condition.
fn selected(dataset: &Dataset, text: &str) -> Result<Vec<u64>, String> {
    let query = Query::parse(text, &scope(dataset)).map_err(|error| error.to_string())?;
    let rows = select(dataset, &query, &Progress::new()).unwrap();
    Ok(rows.iter().map(|row| row + 1).collect())
}

#[test]
fn conditions_choose_rows() {
    let dataset = dataset();
    let check = |text: &str, lines: &[u64]| {
        assert_eq!(selected(&dataset, text).as_deref(), Ok(lines), "{text}");
    };
    check("valid", &[1, 2, 3, 5, 6, 7, 8]);
    check("not valid", &[4]);
    check("fault == 'overflow'", &[4]);
    check("time >= 2025-01-01", &[2, 3, 5, 6, 7, 8]);
    check("time > 2025-01-01", &[5, 6, 7, 8]);
    check("time == 2025-01", &[2, 3]);
    check("time != 2025-01", &[1, 5, 6, 7, 8]);
    check("time <= 2025-02", &[1, 2, 3, 5, 6]);
    check("time < 2025", &[1]);
    check("time == 2024", &[1]);
    check("2025-02-15T10 = time", &[5, 6]);
    check("time == 2025-02-15T10:30", &[5]);
    check("time in 2025-01-01..2025-02-15", &[2, 3]);
    check("time in 2025-01-01..=2025-02-15", &[2, 3, 5, 6]);
    check("time in ..2025-01-01", &[1]);
    check("time not in 2025-01-01..", &[1, 4]);
    check("time > -2h", &[7, 8]);
    check("time > now", &[8]);
    check("age < 0s", &[8]);
    check("age > 14d and age <= 15d", &[5, 6]);
    check("time in '2025-02-15'..now - 1h", &[5, 6]);
    check("ms == 1735689600000", &[2, 3]);
    check("time == 1735689600000", &[2, 3]);
    check("random in [1, 3]", &[1, 5]);
    check("duplicate", &[3]);
    check("out_of_order", &[6]);
    check("not ordered", &[4, 6]);
    check("since_previous > 1h", &[5, 7, 8]);
    check("gap > 1h", &[5, 7, 8]);
    // the header is line 1
    check("line == row + 1 and line <= 3", &[1, 2]);
    check("gap < 0s", &[6]);
    check("time - prev.time == 0s", &[3]);
    check("next.time < time", &[5]);
    check("not prev.valid", &[1, 5]);
    check("row % 2 == 0 and valid", &[2, 6, 8]);
    check("n > 5", &[6, 7, 8]);
    check("n == row", &[1, 2, 3, 4, 5, 6, 7]);
    check("n - row == 2", &[8]);
    check("prev.n + 3 == n", &[8]);
    check("`a note` == 'old'", &[1]);
    check("column('a note') contains 'e'", &[2, 4, 6, 8]);
    check("`a note` =~ '(?i)^m'", &[5]);
    check("`a note` !~ '[a-z]'", &[7]);
    check("`a note` starts with 'new'", &[2]);
    check("lower(`a note`) == 'mid'", &[5]);
    check("len(`a note`) == 3", &[1, 5]);
    check("text contains 'copy'", &[3]);
    check("id == prev.id", &[3]);
    check("id in between('2025-01-01', '2025-02-01')", &[2, 3]);
    check("id >= 2025-03-01", &[7, 8]);
    check("true and false or row == 4", &[4]);
    check("not (row > 2 or not valid)", &[1, 2]);
    let second = dataset.row(1).unwrap().unwrap().id_text().into_owned();
    check(&format!("id == {second}"), &[2, 3]);
    check(&format!("id == '{}'", second.to_lowercase()), &[2, 3]);
    check(&format!("id starts with {}", &second[..10]), &[2, 3]);
    check(
        &format!("id starts with \"{}\"", &second[..2]),
        &[1, 2, 3, 5, 6, 7, 8],
    );
    check("id starts with 7", &[]);
    check("time < 9999-12-31 + 9000y", &[1, 2, 3, 5, 6, 7, 8]);
    check("time > now - 900y", &[1, 2, 3, 5, 6, 7, 8]);
}

#[test]
fn zones_and_json_fields() {
    let line = "{\"id\":\"01JGFJJZ000000000000000000\",\"user\":{\"name\":\"ann\"},\"n\":1.5}";
    let dataset = Dataset::from_bytes("x", line.into(), &OpenOptions::default()).unwrap();
    let tokyo = Zone::get("Asia/Tokyo").unwrap();
    let scope = Scope::of(&dataset, Timestamp::MIN, &tokyo);
    let holds = |text: &str| {
        let query = Query::parse(text, &scope).unwrap();
        select(&dataset, &query, &Progress::new()).unwrap().len() == 1
    };
    // 2025-01-01T00:00Z
    assert!(holds("time == 2025-01-01T09:00"));
    assert!(!holds("time == 2025-01-01T00:00"));
    assert!(holds("time == 2025-01-01T00:00Z"));
    assert!(holds("`user.name` == 'ann' and n > 1.4 and n < 1.6"));
    assert!(holds("user.name == 'ann' and user.name starts with 'a'"));
    assert!(holds("prev.user.name is null and not (user.nothing == 1)"));
    assert!(holds("not (elsewhere == 1)"));
}

#[test]
fn errors_point_at_the_column_and_say_what_was_expected() {
    let dataset = dataset();
    let check = |text: &str, message: &str| {
        let error = selected(&dataset, text).unwrap_err();
        assert_eq!(error, message, "{text}");
    };
    check(
        "",
        "column 1: expected a field, column or value or \"not\", found the end",
    );
    check(
        "tiem > now",
        "column 1: there is no field or column \"tiem\"; did you mean \"time\"?",
    );
    check(
        "valid and",
        "column 10: expected a field, column or value or \"not\", found the end",
    );
    check(
        "(valid",
        "column 7: expected a comparison such as ==, an operator such as +, \"and\", \"contains\", \"ends\", \"in\", \"not\", \"or\", \"starts\" or \")\", found the end",
    );
    for (value, expected) in [
        ("row", "a number; compare it, as by `> 5`"),
        ("since_previous", "a duration; compare it, as by `> 1h`"),
        ("time", "a time; compare it, as by `>= 2025-03`"),
        ("id", "an ID; compare it, as by `is not null`"),
        ("text", "a text; compare it, as by `contains \"a\"`"),
    ] {
        check(
            value,
            &format!("column 1: expected a condition, this is {expected}"),
        );
        let (_, comparison) = expected.split_once("by `").unwrap();
        let condition = format!("{value} {}", comparison.trim_end_matches('`'));
        assert!(
            selected(&dataset, &condition).is_ok(),
            "what is advised is a condition: {condition}"
        );
    }
    let refused = selected(&dataset, "valid is true").unwrap_err();
    let sentence = "found \"is\"; behind it only `null` and `not null` stand";
    assert!(refused.ends_with(sentence), "{refused}");
    check(
        "time > 20260230",
        "column 8: this is no time: its day is 30, which is not 1 to 28; write it as 2025-03-01T12:00:00Z, or a prefix such as 2025-03",
    );
    check(
        "id > 01KDVE",
        "column 6: 01KDVE is the begin of an ID, which has 26 characters; the IDs that begin so are those of `id starts with \"01KDVE\"`",
    );
    check(
        "id like '01K%'",
        "column 1: expected a text, this is an ID; `text(id)` is the text of one, and `id starts with` takes the begin",
    );
    check(
        "time < now()",
        "column 8: there is no function \"now\"; write `now` without parentheses",
    );
    for condition in [
        "time > 20260228",
        "id starts with \"01KDVE\"",
        "text(id) like '01K%'",
        "time < now",
    ] {
        assert!(selected(&dataset, condition).is_ok(), "{condition}");
    }
    check(
        "time == valid",
        "column 1: a time and a condition cannot be compared",
    );
    check(
        "time + time > now",
        "column 1: a time and a time cannot be added",
    );
    check("valid # x", "column 7: '#' begins nothing");
    check("text contains 'x", "column 15: the ' here is not closed");
    check(
        "text =~ '('",
        "column 9: this is no regular expression: unclosed group",
    );
    check(
        "text contains line",
        "column 15: contains needs a text in quotes on its right",
    );
    check(
        "time > 2025-13-01",
        "column 8: this is no time: its month is 13, which is not 1 to 12; write it as 2025-03-01T12:00:00Z, or a prefix such as 2025-03",
    );
    check(
        "id == 8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
        "column 7: this is no ID: overflow at character 1: the largest ULID is 7ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    );
    check(
        "id starts with 9",
        "column 16: no ID begins like this: up to 26 characters of the alphabet, the first 0 to 7",
    );
    check(
        "prev.gap > 1h",
        "column 1: \"gap\" is known of the row itself, not of its neighbours",
    );
    check(
        "count(valid) > 3",
        "column 1: count looks at all rows; it cannot stand in a condition or in another such function",
    );
    check(
        "uid(id) == ''",
        "column 1: there is no function \"uid\"; did you mean \"ulid\"?",
    );
    check("uuid() == ''", "column 1: uuid takes an ID");
    check(
        &"(".repeat(100),
        "column 1: the expression is nested too deeply: use fewer parentheses within parentheses, and at most 60 terms in one sum",
    );
    check(
        &"1+".repeat(1_000),
        "column 1001: the expression is too long: it has more than 1,000 words",
    );
}

fn value(text: &str, row: usize) -> String {
    let dataset = dataset();
    let expression = match Expression::parse(text, &scope(&dataset)) {
        Ok(expression) => expression,
        Err(error) => return error.to_string(),
    };
    let budget = Duration::from_secs(20);
    match expression.evaluate(&dataset, row, None, budget, &Progress::new()) {
        Ok(value) => value.to_string(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn expressions_come_to_values() {
    let check = |text: &str, row: usize, expected: &str| {
        assert_eq!(value(text, row), expected, "{text} at {row}");
    };
    check("time", 1, "2025-01-01T00:00:00.000Z");
    check("time - prev.time", 1, "1ms");
    check("time - prev.time", 0, "missing");
    check("gap", 4, "45d10h30m");
    check("gap", 5, "-30m");
    check("prev.id == id", 2, "true");
    check("duplicate", 2, "true");
    check("count(duplicate)", 0, "1");
    check("count(valid) * 100 / count(true)", 0, "87.5");
    check("min(time)", 0, "2024-12-31T23:59:59.999Z");
    check("max(n)", 0, "10");
    check("max(gap) > 1d", 0, "true");
    check("max(`a note`)", 0, "missing");
    check(
        "count(count(valid) > 1)",
        0,
        "column 7: count looks at all rows; it cannot stand in a condition or in another such function",
    );
    check("ulid(\"2026-01-01\")", 0, "01KDVDNA000000000000000000");
    check(
        "uuid(ulid('01ARZ3NDEKTSV4RRFFQ69G5FAV'))",
        0,
        "01563e3a-b5d3-d676-4c61-efb99302bd5b",
    );
    check(
        "uuid(01ARZ3NDEKTSV4RRFFQ69G5FAV)",
        0,
        "01563e3a-b5d3-d676-4c61-efb99302bd5b",
    );
    check("uuid(id)", 3, "missing");
    check("hex(id)", 1, "01941f297c0000000000000000000002");
    check(
        "between('2025-01-01', '2025-01-02')",
        0,
        "01JGFJJZ000000000000000000..=01JGJ4ZNZZZZZZZZZZZZZZZZZZ",
    );
    check("fault", 3, "overflow");
    check("fault", 0, "missing");
    check("1 + 2 * 3 - -4", 0, "11");
    check("7 / 0", 0, "missing");
    check("1.5 * 2", 0, "3");
    check("abs(time - next.time)", 4, "30m");
    check("now - 90m", 0, "2025-03-01T10:30:00.000Z");
    check("`a note`", 4, "Mid");
    check("row", 99, "there is no row 100");
}

#[test]
fn a_budget_is_kept() {
    let sample = Dataset::sample();
    let expression = Expression::parse("count(text =~ 'x+y')", &scope(&sample)).unwrap();
    let result = expression.evaluate(&sample, 0, None, Duration::ZERO, &Progress::new());
    assert!(matches!(result, Err(EvaluateError::OutOfTime(_))));
}

#[test]
fn what_the_key_decides_runs_over_keys() {
    let dataset = dataset();
    let scope = scope(&dataset);
    let key_set = |text: &str| Query::parse(text, &scope).unwrap().key_set().cloned();
    assert!(key_set("time > -2h and not (id starts with 01ARZ) or age > 3d").is_some());
    assert!(key_set("valid and time in 2025..2026 and ms != 7").is_some());
    assert!(key_set("valid and row > 3").is_none());
    let set = key_set("time == 1970").unwrap();
    assert_eq!(set.ranges(), [0..=(31_536_000_000_u128 << 80) - 1]);
    let all = key_set("true").unwrap();
    assert!(all.has_invalid());
}

#[test]
fn completions_are_what_may_come() {
    let dataset = dataset();
    let check = |line: &str, some: &[&str]| {
        let completions = complete(line, line.len(), &scope(&dataset));
        let texts: Vec<&str> = completions
            .iter()
            .map(|found| found.text.as_str())
            .collect();
        let different: BTreeSet<_> = texts.iter().collect();
        assert_eq!(different.len(), texts.len(), "{line:?}: {texts:?}");
        for wanted in some {
            assert!(
                texts.contains(wanted),
                "{line:?}: {wanted} is not in {texts:?}"
            );
        }
        if some.is_empty() {
            assert_eq!(texts, [""; 0], "{line:?}");
        }
    };
    check(
        "",
        &["id", "time", "`a note`", "n", "count(", "not", "prev."],
    );
    check("ti", &["time"]);
    check("time ", &["==", ">", "in", "not", "-", "and"]);
    check("time > 2025-01 a", &["and"]);
    check("(valid", &[]);
    check("(valid ", &["and", "or", ")"]);
    check("prev.t", &["time", "text"]);
    check("id starts ", &["with"]);
    check("time in 2025-01 ", &["..", "..="]);
    check("time time", &[]);
    check("'open", &[]);
    let found = &complete("valid and ti", 12, &scope(&dataset))[0];
    assert_eq!(
        (found.text.as_str(), found.replaces.clone()),
        ("time", 10..12)
    );
}

#[test]
fn find_goes_on_from_a_row() {
    let dataset = dataset();
    let query = Query::parse("time >= 2025-02", &scope(&dataset)).unwrap();
    let find = |from: usize| {
        let rows = from..usize::MAX;
        find_known(
            &dataset,
            &query,
            rows,
            Direction::Ascending,
            &Progress::new(),
        )
        .unwrap()
    };
    assert_eq!(
        (find(0), find(5), find(7), find(8)),
        (Some(4), Some(5), Some(7), None)
    );
}

#[test]
fn a_pass_over_rows_gives_those_that_meet_the_condition() {
    let dataset = dataset();
    let notes = |condition: Option<&str>| -> Vec<String> {
        let query = condition.map(|text| Query::parse(text, &scope(&dataset)).unwrap());
        let mut all = Vec::new();
        let note = |row: RowRef<'_>| row.cell("a note").unwrap_or_default().into_owned();
        let map = |rows: &mut dyn Iterator<Item = RowRef<'_>>| rows.map(note).collect::<Vec<_>>();
        scan(&dataset, query.as_ref(), &Progress::new(), map, |notes| {
            all.extend(notes);
            std::ops::ControlFlow::Continue(())
        })
        .unwrap();
        all
    };
    assert_eq!(notes(Some("duplicate")), ["copy"]);
    assert_eq!(
        notes(Some("time < 2025-01-02")),
        ["old", "new year", "copy"]
    );
    assert!(notes(Some("row > 1000")).is_empty());
    assert_eq!(notes(None).len(), dataset.len());
}

/// A condition as a tree that an oracle can walk.
#[derive(Debug, Clone)]
enum Condition {
    Valid,
    Time(&'static str, i64),
    Gap(&'static str, i64),
    Line(&'static str, i64),
    Duplicate,
    Ordered,
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

impl Condition {
    fn text(&self) -> String {
        match self {
            Condition::Valid => "valid".into(),
            Condition::Time(sign, ms) => format!("ms {sign} {ms}"),
            Condition::Gap(sign, ms) => format!("gap {sign} {ms}ms"),
            Condition::Line(sign, line) => format!("row {sign} {line}"),
            Condition::Duplicate => "duplicate".into(),
            Condition::Ordered => "ordered".into(),
            Condition::Not(inner) => format!("not ({})", inner.text()),
            Condition::And(a, b) => format!("({}) and ({})", a.text(), b.text()),
            Condition::Or(a, b) => format!("({}) or ({})", a.text(), b.text()),
        }
    }

    fn holds(&self, ids: &[Option<Ulid>], row: usize) -> bool {
        let compare = |sign: &str, a: i64, b: i64| match sign {
            "<" => a < b,
            "<=" => a <= b,
            "==" => a == b,
            "!=" => a != b,
            ">" => a > b,
            _ => a >= b,
        };
        let ms = |id: Ulid| i64::try_from(id.timestamp_ms()).unwrap();
        let before = ids[..row].iter().rev().find_map(|id| *id);
        match self {
            Condition::Valid => ids[row].is_some(),
            Condition::Time(sign, at) => ids[row].is_some_and(|id| compare(sign, ms(id), *at)),
            Condition::Gap(sign, gap) => ids[row]
                .zip(before)
                .is_some_and(|(id, before)| compare(sign, ms(id) - ms(before), *gap)),
            Condition::Line(sign, line) => compare(sign, row as i64 + 1, *line),
            Condition::Duplicate => ids[row].is_some() && ids[..row].contains(&ids[row]),
            Condition::Ordered => {
                ids[row].is_some_and(|id| before.is_none_or(|before| before <= id))
            }
            Condition::Not(inner) => !inner.holds(ids, row),
            Condition::And(a, b) => a.holds(ids, row) && b.holds(ids, row),
            Condition::Or(a, b) => a.holds(ids, row) || b.holds(ids, row),
        }
    }
}

fn condition() -> impl Strategy<Value = Condition> {
    let sign = || {
        prop_oneof![
            Just("<"),
            Just("<="),
            Just("=="),
            Just("!="),
            Just(">"),
            Just(">=")
        ]
    };
    let leaf = prop_oneof![
        Just(Condition::Valid),
        Just(Condition::Duplicate),
        Just(Condition::Ordered),
        (sign(), 0_i64..12).prop_map(|(sign, ms)| Condition::Time(sign, ms)),
        (sign(), 0_i64..6).prop_map(|(sign, ms)| Condition::Gap(sign, ms)),
        (sign(), 0_i64..20).prop_map(|(sign, line)| Condition::Line(sign, line)),
    ];
    leaf.prop_recursive(4, 12, 2, |inner| {
        let boxed = || inner.clone().prop_map(Box::new);
        prop_oneof![
            boxed().prop_map(Condition::Not),
            (boxed(), boxed()).prop_map(|(a, b)| Condition::And(a, b)),
            (boxed(), boxed()).prop_map(|(a, b)| Condition::Or(a, b)),
        ]
    })
}

proptest! {
    #[test]
    fn conditions_hold_where_the_oracle_says(
        condition in condition(),
        rows in proptest::collection::vec(proptest::option::weighted(0.8, (0_u64..10, 0_u128..3)), 1..20),
    ) {
        let ids: Vec<Option<Ulid>> = rows
            .into_iter()
            .map(|row| row.map(|(ms, random)| Ulid::from_parts(ms, random).unwrap()))
            .collect();
        let line = |id: &Option<Ulid>| id.map_or("broken\n".to_owned(), |id| format!("{}\n", codec::print(id)));
        let text: String = ids.iter().map(line).collect();
        let options = OpenOptions { format: Some(Format::Lines), ..OpenOptions::default() };
        let dataset = Dataset::from_bytes("rows", text.into_bytes(), &options).unwrap();
        let expected: Vec<u64> = (0..ids.len())
            .filter(|&row| condition.holds(&ids, row))
            .map(|row| row as u64 + 1)
            .collect();
        prop_assert_eq!(selected(&dataset, &condition.text()), Ok(expected), "{}", condition.text());
    }

    #[test]
    fn no_text_makes_the_parser_fall(text in "[ -~é]{0,40}", cursor in 0_usize..40) {
        let dataset = dataset();
        let scope = scope(&dataset);
        let _ = Query::parse(&text, &scope);
        let _ = complete(&text, cursor, &scope);
    }

    #[test]
    fn no_tokens_make_the_parser_fall(
        words in proptest::collection::vec(proptest::sample::select(vec![
            "id", "time", "n", "not", "and", "or", "in", "(", ")", "[", "]", "..", "..=", "==", "<", "-", "+", "*",
            "/", "2h", "2025-01", "7", "'x'", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "count", ",", "prev", ".", "starts",
            "with", "now", "999999999999999999999", "between", "%", "=~", "99999999999y",
        ]), 0..14),
    ) {
        let dataset = dataset();
        let text = words.join(" ");
        if let Ok(expression) = Expression::parse(&text, &scope(&dataset)) {
            let _ = expression.evaluate(&dataset, 2, Some(&RowSet::new()), Duration::from_secs(9), &Progress::new());
        }
        for completion in complete(&text, text.len(), &scope(&dataset)) {
            prop_assert!(text.get(completion.replaces).is_some());
        }
    }
}

#[test]
fn a_row_alone_is_enough_for_a_condition() {
    let dataset = dataset();
    let query = Query::parse("n > 4 and `a note` == 'Mid'", &scope(&dataset)).unwrap();
    let rows: Vec<_> = dataset.rows().map(Result::unwrap).collect();
    let matches = |row: RowRef<'_>| query.matches(&Around::of_row(row));
    let found: Vec<usize> = rows
        .iter()
        .filter(|row| matches(row.borrow()))
        .map(|row| row.number())
        .collect();
    assert_eq!(found, [5]);
    assert!(codec::is_valid(
        rows[0].id_text().as_bytes(),
        Reading::Strict
    ));
}
