//! A test of 64 rows at a time gives the same as one row after another.

use super::*;

/// Conditions of every shape that has a column, and of some that have none.
const CONDITIONS: [&str; 62] = [
    "valid",
    "not valid",
    "time >= 2025-01-01T12",
    "not (time < 2025-01-01T12)",
    "ms < 1735700000000 or ms > 1735800000000",
    "ms != 1735700000000",
    "id starts with 01JG",
    "fault == 'overflow'",
    "fault != 'overflow'",
    "fault > 'd'",
    "fault contains 'a' and fault =~ 'e'",
    "not (fault starts with 'o')",
    "duplicate",
    "not duplicate and valid",
    "ordered",
    "not ordered",
    "gap > 1s",
    "gap < 0s",
    "gap == 0s or gap >= 1h",
    "abs(gap) > 2s",
    "gap / 2 > 500ms",
    "gap + 1s < 3s",
    "gap - age > 0s",
    "gap * 2 > 1s",
    "age > 1d and age < 400d",
    "prev.age < age",
    "time - prev.time > 1s",
    "next.time - time > 1s",
    "time + 1h < now",
    "time == prev.time",
    "next.ms == ms",
    "prev.ms % 7 == 3",
    "ms % 1000 < 500",
    "ms / 1000 == prev.ms / 1000",
    "ms * 2 > 3470000000000",
    "ms > 1.5",
    "id == prev.id",
    "id != next.id",
    "prev.id < id",
    "next.id <= prev.id",
    "random < 604462909807314587353088",
    "random >= 604462909807314587353088",
    "random > 0 - 1",
    "random % 3 == 0",
    "row > 63 and row <= 130",
    "row == 19999 or prev.row == 19999 or next.row == 2",
    "prev.row > 0",
    "next.row % 64 == 0",
    "text contains 'ZZ'",
    "text =~ '^01.*[0-9]$' and not (text contains 'A')",
    "text !~ '[ILOU]'",
    "text starts with '01JG'",
    "text < '01JG9' or text == 'x'",
    "len(text) != 26",
    "prev.text == text",
    "not prev.valid and valid or not next.valid",
    "line > 63 and line <= 130",
    "line % 3 == 0 and (line + row) % 7 == 0",
    "out_of_order or since_previous > 5m",
    "message contains 'character' or position > 3",
    "length > 26 or offset % 64 < 9",
    "random_hex contains 'ff' and unix_ms % 2 == 0",
];

const OF_COLUMNS: [&str; 18] = [
    "took is null or service is not null and took > 1e2",
    "took between 1e1 and 600 and not took in (12, 77)",
    "service like '%e_' or at like '2025-%'",
    "service ends with 'b' and took not between .5 and 7e2",
    "took == true or not service",
    "service == 'web'",
    "'web' != service",
    "service =~ '^(web|api)$' and took > 500",
    "took < 10.5 or took >= 990",
    "took == prev.took",
    "service contains 'quoted'",
    "service > 'b' and not (took starts with '9')",
    "`at` > 2024",
    "at starts with '2025'",
    "service starts with 'we' or took contains '77'",
    "not (service contains 'web') and row % 3 != 1",
    "service == 'd\u{FFFD}b'",
    "service contains '2025'",
];

fn zone() -> Zone {
    Zone::UTC
}

/// The rows that meet a condition, one after another.
fn by_row(dataset: &Dataset, query: &Query) -> Vec<u64> {
    let rows: Vec<_> = dataset.rows().map(Result::unwrap).collect();
    let mut valid_before = None;
    let mut seen = std::collections::HashSet::new();
    let mut found = Vec::new();
    let source = dataset.bytes_at(0, usize::MAX).unwrap();
    let (mut at, mut line) = (0, 1);
    for (number, row) in rows.iter().enumerate() {
        let begin = usize::try_from(row.offset).unwrap();
        line += source[at..begin]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count() as u64;
        at = begin;
        let context = Around {
            row: row.borrow(),
            prev: number.checked_sub(1).map(|before| rows[before].borrow()),
            next: rows.get(number + 1).map(crate::dataset::Row::borrow),
            valid_before,
            duplicate: Some(row.id.is_ok_and(|id| !seen.insert(id))),
            line: Some(line),
        };
        if query.matches(&context) {
            found.push(number as u64);
        }
        valid_before = row.id.ok().or(valid_before);
    }
    found
}

fn agree(dataset: &Dataset, conditions: &[&str]) {
    let zone = zone();
    let now = "2026-01-02T12:00:00Z".parse().unwrap();
    let scope = Scope::of(dataset, now, &zone);
    for text in conditions {
        let query = Query::parse(text, &scope).unwrap();
        let expected = by_row(dataset, &query);
        let rows = select(dataset, &query, &Progress::new()).unwrap();
        assert_eq!(rows.iter().collect::<Vec<u64>>(), expected, "{text}");
        let within: Vec<u64> = expected
            .into_iter()
            .filter(|row| (70..9_000).contains(row))
            .collect();
        let known = select_known(dataset, &query, 70..9_000, &Progress::new()).unwrap();
        assert_eq!(known.iter().collect::<Vec<u64>>(), within, "{text}");
        for (direction, row) in [
            (Direction::Ascending, within.first()),
            (Direction::Descending, within.last()),
        ] {
            let progress = Progress::new();
            let found = find_known(dataset, &query, 70..9_000, direction, &progress).unwrap();
            assert_eq!(
                found.map(|row| row as u64),
                row.copied(),
                "{text} {direction:?}"
            );
        }
    }
}

/// More rows than a block holds, every flaw among them, and runs of rows without an ID across words and blocks.
fn flawed() -> Dataset {
    let sample: Vec<u8> = Dataset::sample()
        .rows()
        .flat_map(|row| [row.unwrap().text, b"\n".to_vec()].concat())
        .collect();
    let mut text = b"wrong\n".repeat(3);
    text.extend_from_slice(&sample);
    text.extend(b"\n".repeat(200));
    text.extend_from_slice(&sample[..27 * 500]);
    text.extend(b"wrong\n".repeat(65));
    let options = OpenOptions {
        format: Some(Format::Lines),
        ..OpenOptions::default()
    };
    Dataset::from_bytes("flawed", text, &options).unwrap()
}

/// Records of a table, some of them short or long, with these services.
fn table(services: [&str; 5]) -> Dataset {
    let mut text = "id,service,took,at\n".to_owned();
    for (row, id) in Dataset::sample().rows().take(4000).enumerate() {
        let id = String::from_utf8(id.unwrap().text)
            .unwrap()
            .replace(['"', ','], "");
        let (service, took) = (services[row % 5], row * 7 % 1000);
        let more = ["", "", "", ",web", ",,"][row / 5 % 5];
        text += &match row % 50 {
            49 => format!("{id},{service}\n"),
            _ => format!("{id},{service},{took},202{}-01-01{more}\n", row % 10),
        };
    }
    let options = OpenOptions {
        format: Some(Format::Csv),
        ..OpenOptions::default()
    };
    Dataset::from_bytes("table.csv", text.into_bytes(), &options).unwrap()
}

#[test]
fn columns_and_rows_agree() {
    agree(&flawed(), &CONDITIONS);
}

/// Objects with values of every kind, with these services as they are written.
fn objects(services: [&str; 5]) -> Dataset {
    let mut text = String::new();
    for (row, id) in Dataset::sample().rows().take(4000).enumerate() {
        let id = String::from_utf8(id.unwrap().text).unwrap();
        let id = id.replace(['"', '\\'], "");
        let took = ["12", "1.20e1", "null", "true", "{\"unit\": \"msec\"}"][row / 5 % 5];
        text += &format!(
            "{{\"id\":\"{id}\", \"service\":{}, \"took\": {took}}}\n",
            services[row % 5]
        );
    }
    let options = OpenOptions {
        format: Some(Format::JsonLines),
        ..OpenOptions::default()
    };
    Dataset::from_bytes("objects.jsonl", text.into_bytes(), &options).unwrap()
}

#[test]
fn fields_of_objects_and_rows_agree() {
    let conditions = [
        "service == 'web'",
        "service contains 'a web'",
        "service starts with 'web'",
        "service == '12'",
        "took == 'true' or took == '12.0'",
        "took contains 'msec'",
        "took contains '\":\"msec'",
        "took > 11 and not (service contains 'web')",
    ];
    let plain = ["\"api\"", "\"web\"", "\"a web, two\"", "12", "\"\""];
    agree(&objects(plain), &conditions);
    let escaped = [
        "\"a\\u0070i\"",
        "\"w\\u0065b\"",
        "\"a \\\"web\\\"\"",
        "12",
        "null",
    ];
    agree(&objects(escaped), &conditions);
}

fn record() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        4 => "\"[a-c .é]{0,4}web app[.]x?\"",
        4 => "-?[0-9]{1,3}(\\.[0-9]{1,2})?(e2)?",
        2 => "true|false|null|nul|-|\"\"|\"cut",
        2 => "\"[a-z\\\\\"\t]{0,4}\"|\"w\\\\u0065b app\"",
        2 => "\\{\"x\": \\[1, 5\\], \"a\" :\"web app\"\\}",
    ];
    let id = "\"0[0-7][0-9A-HJKMNP-TV-Z]{24}\"|\"none\"|7";
    let key = prop_oneof![9 => Just("a"), 3 => Just("b"), 1 => Just("id")];
    let end = prop_oneof![30 => Just("}"), 2 => Just("}\r"), 1 => Just("} x"), 1 => Just("")];
    (id, prop::collection::vec((key, value), 0..4), end).prop_map(|(id, members, end)| {
        let members = members
            .iter()
            .map(|(key, value)| format!(", \"{key}\":{value}"));
        format!("{{\"id\":{id}{}{end}\n", members.collect::<String>())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn objects_of_every_kind_and_rows_agree(
        records in prop::collection::vec(record(), 1..12),
        part in prop_oneof!["web|pp|b ap|app\\.|tr|ul|false|00|1\\.|5|\\[1|1,5|0\\.0|é|\\.x|: ?w|\"x|x", "[a-e0-9.]{1,3}"],
        number in -5_i32..200,
    ) {
        let text = records.concat().repeat(100 / records.len());
        let options = OpenOptions {
            format: Some(Format::JsonLines),
            field: Some("id".to_owned()),
            ..OpenOptions::default()
        };
        let dataset = Dataset::from_bytes("objects.jsonl", text.into_bytes(), &options).unwrap();
        let conditions = [
            format!("a contains '{part}'"),
            format!("a starts with '{part}' or `a.a` contains '{part}'"),
            format!("a == '{part}' or b == 'web app'"),
            format!("a > {number}"),
            format!("b <= {number}.5 and a != {number}"),
            "valid and time >= 2000".to_owned(),
        ];
        agree(&dataset, &conditions.each_ref().map(String::as_str));
    }
}

#[test]
fn columns_of_a_table_and_rows_agree() {
    agree(
        &table(["api", "web", "\"quoted, \"\"twice\"\"\"", "", "db"]),
        &OF_COLUMNS,
    );
    agree(
        &table(["api", "web", "a web", "", "d\u{FFFD}b"]),
        &OF_COLUMNS,
    );
}

#[test]
fn a_text_is_found_in_either_case() {
    let services = [
        "api",
        "Web",
        "\"quoted, \"\"twice\"\"\"",
        "Stra\u{DF}e",
        "d\u{FFFD}b",
    ];
    let escaped = ["\"api\"", "\"W\\u0065b\"", "\"Stra\u{DF}e\"", "null", "7E1"];
    for dataset in [flawed(), table(services), objects(escaped)] {
        let lower = |text: &[u8]| String::from_utf8_lossy(text).to_lowercase();
        let rows: Vec<String> = dataset
            .rows()
            .map(|row| lower(&row.unwrap().text))
            .collect();
        for text in [
            "zz",
            "01jG",
            "wrong",
            "WEB",
            "we",
            "twice\"\"",
            "\"",
            "}",
            "7e1",
            "STRA\u{DF}E",
            "B",
            "nowhere",
        ] {
            let query = Query::has_text(text).unwrap();
            let found = select(&dataset, &query, &Progress::new()).unwrap();
            let has_text = |row: &&usize| rows[**row].contains(&text.to_lowercase());
            let all: Vec<usize> = (0..rows.len()).collect();
            let expected: RowSet = all.iter().filter(has_text).map(|&row| row as u64).collect();
            assert_eq!(found, expected, "{text}");
        }
    }
    assert!(Query::has_text("").is_none());
}

/// Each condition, and each aggregate, on pools of several sizes.
#[test]
fn answers_do_not_depend_on_the_number_of_threads() {
    let dataset = flawed();
    let zone = zone();
    let scope = Scope::of(&dataset, Timestamp::MIN, &zone);
    let queries: Vec<Query> = ["duplicate or not ordered", "gap > 1s and text contains 'Z'"]
        .map(|text| Query::parse(text, &scope).unwrap())
        .into();
    let expressions: Vec<Expression> = [
        "count(ordered)",
        "min(id)",
        "max(gap)",
        "min(time)",
        "max(len(text))",
        "max(row)",
    ]
    .map(|text| Expression::parse(text, &scope).unwrap())
    .into();
    let answers = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let progress = Progress::new();
            let rows: Vec<RowSet> = queries
                .iter()
                .map(|query| select(&dataset, query, &progress).unwrap())
                .collect();
            let budget = Duration::from_secs(60);
            let values: Vec<Value> = expressions
                .iter()
                .map(|expression| {
                    expression
                        .evaluate(&dataset, 9, None, budget, &progress)
                        .unwrap()
                })
                .collect();
            (rows, values)
        })
    };
    let alone = answers(1);
    assert!(alone.0.iter().all(|rows| !rows.is_empty()));
    assert!(!alone.1.contains(&Value::Missing));
    assert_eq!(answers(2), alone);
    assert_eq!(answers(5), alone);
}

/// A dataset of 100 rows.
fn of_bytes(rows: &[u8], options: &OpenOptions) -> Dataset {
    Dataset::from_bytes("x", rows.repeat(50), options).unwrap()
}

fn chosen(dataset: &Dataset, condition: &str) -> u64 {
    let zone = zone();
    let scope = Scope::of(dataset, "2026-01-02T12:00:00Z".parse().unwrap(), &zone);
    let query = Query::parse(condition, &scope).unwrap();
    select(dataset, &query, &Progress::new()).unwrap().len()
}

#[test]
fn text_in_latin_1_meets_conditions_in_utf_8() {
    let rows =
        b"01ARZ3NDEKTSV4RRFFQ69G5FAV;K\xF6ln am Rhein\n01ARZ3NDEKTSV4RRFFQ69G5FAW;Koln am Rhein\n";
    let table = of_bytes(rows, &OpenOptions::default());
    let lines = OpenOptions {
        format: Some(Format::Text),
        ..OpenOptions::default()
    };
    let text = of_bytes(rows, &lines);
    for (dataset, condition) in [
        (&table, "column2 == 'Köln am Rhein'"),
        (&table, "column2 contains 'öln am Rhein'"),
        (&table, "column2 starts with 'Kö'"),
        (&table, "text contains ';Köln am'"),
        (&text, "text contains ';Köln am'"),
        (&text, "text =~ 'K.ln am' and not (text contains 'Koln')"),
    ] {
        assert_eq!(chosen(dataset, condition), 50, "{condition}");
        agree(dataset, &[condition]);
    }
}

#[test]
fn numbers_may_have_a_decimal_comma() {
    let rows = b"01ARZ3NDEKTSV4RRFFQ69G5FAV;1,50;0,125\n01ARZ3NDEKTSV4RRFFQ69G5FAW;-22,5;1,500\n";
    let table = of_bytes(rows, &OpenOptions::default());
    for (condition, count) in [
        ("column2 == 1.5", 50),
        ("column2 < 0", 50),
        ("column2 * 2 == 3", 50),
        ("column3 == 0.125", 50),
        // one and a half, or fifteen hundred
        ("column3 > 0.2", 0),
    ] {
        assert_eq!(chosen(&table, condition), count, "{condition}");
        agree(&table, &[condition]);
    }
}
