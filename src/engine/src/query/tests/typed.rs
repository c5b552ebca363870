//! Random expressions that the types allow: each has a value for a row whose cells are all there.

use super::*;

/// An expression of each type, of parts that are no deeper than so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Number,
    Duration,
    Time,
    Text,
    Id,
    Condition,
}

fn leaf(wanted: Wanted) -> BoxedStrategy<String> {
    let of = |texts: &'static [&'static str]| proptest::sample::select(texts);
    match wanted {
        Wanted::Number => of(&[
            "0",
            "7",
            "-3",
            "1.5",
            ".25",
            "1e3",
            "170141183460469231731687303715884105727",
            "row",
            "line",
            "unix_ms",
            "random",
            "offset",
            "length",
            "took",
            "ratio",
        ]),
        Wanted::Duration => of(&[
            "0ms",
            "250ms",
            "90min",
            "1h30m",
            "2w",
            "-7d",
            "age",
            "100000000d",
        ]),
        Wanted::Time => of(&[
            "time",
            "now",
            "2025-01-01",
            "1969-07-20T20:17:40Z",
            "time(stamp)",
            "time(epoch)",
            "time(id)",
            "time(other)",
        ]),
        Wanted::Text => of(&[
            "service",
            "text",
            "stamp",
            "\"Ünit\"",
            "\"\"",
            "random_hex",
            "text(id)",
            "uuid(id)",
            "base64(other)",
        ]),
        Wanted::Id => of(&[
            "id",
            "other",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV",
            "ulid(\"2025\")",
        ]),
        Wanted::Condition => of(&[
            "true",
            "false",
            "valid",
            "not valid",
            "duplicate",
            "ok",
            "out_of_order",
            "fault is null",
            "out_of_order by service",
        ]),
    }
    .prop_map(str::to_owned)
    .boxed()
}

fn expression(wanted: Wanted, depth: u32) -> BoxedStrategy<String> {
    if depth == 0 {
        return leaf(wanted);
    }
    let part = |wanted| expression(wanted, depth - 1);
    let pair = |wanted, operators: &'static [&'static str]| {
        (
            part(wanted),
            proptest::sample::select(operators),
            part(wanted),
        )
            .prop_map(|(a, operator, b)| format!("({a} {operator} {b})"))
    };
    let either = (part(Wanted::Condition), part(wanted), part(wanted))
        .prop_map(|(c, a, b)| format!("if({c}, {a}, {b})"));
    let number = || part(Wanted::Number);
    let by = proptest::sample::select(&["2", "-7", "0.3", "1e9"][..]);
    match wanted {
        Wanted::Number => prop_oneof![
            leaf(wanted),
            pair(wanted, &["+", "-", "*"]),
            (number(), proptest::sample::select(&["/", "%"][..]), by)
                .prop_map(|(a, operator, b)| format!("({a} {operator} {b})")),
            number().prop_map(|a| format!("abs({a} + 0)")),
            part(Wanted::Text).prop_map(|a| format!("len({a})")),
            part(Wanted::Time).prop_map(|a| format!("weekday({a})")),
            part(Wanted::Time).prop_map(|a| format!("(hour({a}) + year({a}))")),
        ]
        .boxed(),
        Wanted::Duration => prop_oneof![
            leaf(wanted),
            either,
            pair(wanted, &["+", "-"]),
            pair(Wanted::Time, &["-"]),
            (part(wanted), number()).prop_map(|(a, b)| format!("({a} * {b})")),
            (part(wanted), by).prop_map(|(a, b)| format!("({a} / {b})")),
            part(wanted).prop_map(|a| format!("abs({a})")),
        ]
        .boxed(),
        Wanted::Time => prop_oneof![
            leaf(wanted),
            either,
            (part(wanted), part(Wanted::Duration)).prop_map(|(a, b)| format!("({a} + {b})")),
            (part(wanted), part(Wanted::Duration)).prop_map(|(a, b)| format!("({a} - {b})")),
        ]
        .boxed(),
        Wanted::Text => prop_oneof![
            leaf(wanted),
            either,
            part(wanted).prop_map(|a| format!("lower({a})")),
            (part(wanted), part(wanted)).prop_map(|(a, b)| format!("replace({a}, \"a\", {b})")),
            part(Wanted::Time).prop_map(|a| format!("date({a})")),
        ]
        .boxed(),
        Wanted::Id => prop_oneof![leaf(wanted), either].boxed(),
        Wanted::Condition => {
            const SIGNS: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
            prop_oneof![
                leaf(wanted),
                pair(wanted, &["and", "or", "&&", "OR"]),
                pair(Wanted::Number, SIGNS),
                pair(Wanted::Duration, SIGNS),
                pair(Wanted::Time, SIGNS),
                pair(Wanted::Text, SIGNS),
                pair(Wanted::Id, SIGNS),
                part(wanted).prop_map(|a| format!("not ({a})")),
                (part(Wanted::Text), part(Wanted::Text))
                    .prop_map(|(a, b)| format!("{a} in [{b}, service]")),
                (part(Wanted::Time), part(Wanted::Time), part(Wanted::Time))
                    .prop_map(|(a, b, c)| format!("{a} in {b}..={c}")),
                part(Wanted::Text).prop_map(|a| format!("{a} contains \"a\"")),
            ]
            .boxed()
        }
    }
}

/// Rows of which each cell is there, and each number, time, ID and condition is one.
fn rows() -> Dataset {
    let id = |ms: u64, random| codec::print(Ulid::from_parts(ms, random).unwrap()).to_string();
    let row = |number: u64| {
        format!(
            "{},{},api{},{},{},2025-03-0{}T10:00:00+02:00,{},{}\n",
            id(1_735_689_600_000 + number % 3 * 7_000, number.into()),
            id(number << 40, 9),
            number % 2,
            number * 17,
            number as f64 / 8.0 + 0.0625,
            number % 9 + 1,
            1_700_000_000 + number,
            number.is_multiple_of(2),
        )
    };
    let text: String = (0..70).map(row).collect();
    let text = format!("id,other,service,took,ratio,stamp,epoch,ok\n{text}");
    Dataset::from_bytes("x.csv", text.into(), &OpenOptions::default()).unwrap()
}

const TYPES: [Wanted; 5] = [
    Wanted::Number,
    Wanted::Duration,
    Wanted::Time,
    Wanted::Text,
    Wanted::Id,
];

fn two_of_a_type() -> impl Strategy<Value = (String, String)> {
    let pair = |wanted| (expression(wanted, 3), expression(wanted, 3));
    proptest::sample::select(&TYPES[..]).prop_flat_map(pair)
}

proptest! {
    #[test]
    fn two_values_of_a_type_are_smaller_equal_or_greater((a, b) in two_of_a_type()) {
        let dataset = rows();
        let all = (1..=70).collect::<Vec<u64>>();
        let mut met = Vec::new();
        for sign in ["<", "==", ">"] {
            let text = format!("({a}) {sign} ({b})");
            match selected(&dataset, &text) {
                Ok(rows) => met.extend(rows),
                // the one length that a person's expression may not have
                Err(error) => {
                    prop_assert!(error.contains("nested too deeply"), "{text}: {error}");
                    return Ok(());
                }
            }
        }
        met.sort_unstable();
        // a date is a span, which another date may lie in while it does not lie in that
        let is_date = a.starts_with("20") || b.starts_with("20") || a.starts_with("19") || b.starts_with("19");
        if is_date {
            met.dedup();
        }
        prop_assert_eq!(met, all, "{} and {}", a, b);
    }

    #[test]
    fn a_condition_or_its_opposite_holds_and_columns_and_rows_agree(
        condition in expression(Wanted::Condition, 3),
    ) {
        let dataset = rows();
        let Ok(met) = selected(&dataset, &condition) else {
            let error = selected(&dataset, &condition).unwrap_err();
            prop_assert!(error.contains("nested too deeply"), "{condition}: {error}");
            return Ok(());
        };
        let not_met = selected(&dataset, &format!("not ({condition})")).unwrap();
        let both = met.iter().chain(&not_met).copied().collect::<BTreeSet<u64>>();
        prop_assert_eq!(both.len(), 70);
        prop_assert_eq!(met.len() + not_met.len(), 70, "{}", &condition);
        let one_by_one = selected(&dataset, &format!("if({condition}, 1, 0) == 1")).unwrap();
        prop_assert_eq!(one_by_one, met, "{}", condition);
    }
}
