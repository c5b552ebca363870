//! One name, one meaning: the value of a fact or a column is the same in the list of variables, by its name, in
//! parentheses, in a condition and in a log message, in every format.

use std::collections::BTreeMap;

use ulid_engine::row::{FACTS, FLAWS, Type};

use super::*;

const A: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const B: &str = "01BX5ZZKBKACTAV9WEVGEMMVRZ";

/// Rows of every kind: valid, out of order, a copy, broken, too large, empty.
const ROWS: [&str; 6] = [
    B,
    A,
    A,
    "01ARZ3NDEKTSV4RRFFQ69G5FAU",
    "8ZZZZZZZZZZZZZZZZZZZZZZZZZ",
    "",
];

/// The rows in every format, each with columns that are called like facts where there are columns.
fn sources() -> Vec<(&'static str, Vec<u8>, Value)> {
    let table = |sign: &str| {
        let header = ["key", "time", "line", "fault", "my note"].join(sign);
        let rows = ROWS.map(|id| [id, "noon", "12", "none", "x y"].join(sign) + "\n");
        format!("{header}\n{}", rows.concat()).into_bytes()
    };
    let object =
        |id: &&str| format!("{{\"key\":\"{id}\",\"time\":\"noon\",\"line\":12,\"fault\":null}}");
    let objects: Vec<String> = ROWS.iter().map(object).collect();
    let quoted = format!("key,my note\n{B},\"two\nlines\"\n{A},x\n{A},x\n");
    let column = |name: &str| json!({ "column": name });
    vec![
        (
            "ids.txt",
            (ROWS.join("\n") + "\n").into_bytes(),
            json!({ "format": "lines" }),
        ),
        ("ids.csv", table(","), column("key")),
        ("ids.tsv", table("\t"), column("key")),
        ("pipes.csv", table("|"), column("key")),
        ("quoted.csv", quoted.into_bytes(), column("key")),
        (
            "ids.jsonl",
            (objects.join("\n") + "\n").into_bytes(),
            json!({ "field": "key" }),
        ),
        (
            "ids.json",
            format!("[{}]", objects.join(",\n")).into_bytes(),
            json!({ "field": "key" }),
        ),
        (
            "app.log",
            format!("start {B} end\nno ID\nget {A}\n").into_bytes(),
            json!({ "format": "text" }),
        ),
        (
            "ids.bin",
            1469922850259_u128.to_be_bytes().repeat(3),
            json!({ "format": "binary" }),
        ),
    ]
}

/// The variables of the row that have a name of their own, each with the expression that comes to it.
fn variables(client: &mut Client) -> BTreeMap<String, (String, String)> {
    let frame = client.frames()[0]["id"].clone();
    let scopes = client.ok("scopes", json!({ "frameId": frame }));
    let mut found = BTreeMap::new();
    for scope in scopes["scopes"].as_array().unwrap() {
        if scope["name"] == "Dataset" {
            continue;
        }
        let reference = &scope["variablesReference"];
        let list = client.ok("variables", json!({ "variablesReference": reference }));
        for variable in list["variables"].as_array().unwrap() {
            let text = |key: &str| variable[key].as_str().unwrap().to_owned();
            let before = found.insert(text("name"), (text("evaluateName"), text("value")));
            assert_eq!(before, None, "two variables are called {}", text("name"));
        }
    }
    found
}

fn evaluate(client: &mut Client, expression: &str) -> String {
    let body = client.ok(
        "evaluate",
        json!({ "expression": expression, "context": "repl" }),
    );
    body["result"].as_str().unwrap().to_owned()
}

/// A value as a condition writes it.
fn literal(ty: Type, value: &str) -> String {
    match ty {
        // tabs and line ends stand for themselves
        Type::Text | Type::Time | Type::Id => format!("{value:?}")
            .replace("\\t", "\t")
            .replace("\\n", "\n"),
        _ => value.to_owned(),
    }
}

#[test]
fn a_fact_has_one_value_wherever_it_is_asked_for() {
    for (name, content, launch) in sources() {
        let mut client = Client::of_file(name, &content, launch);
        for row in 0.. {
            check_row(&mut client, name);
            if row == 5 || client.motion("next").contains("End of file") {
                break;
            }
        }
    }
}

fn check_row(client: &mut Client, name: &str) {
    let shown = variables(client);
    for entry in FACTS {
        let fact = entry.name;
        let value = evaluate(client, fact);
        assert_eq!(
            evaluate(client, &format!("({fact})")),
            value,
            "{fact} in {name}"
        );
        match shown.get(fact) {
            Some((expression, listed)) => {
                assert_eq!((expression.as_str(), listed), (fact, &value), "{name}")
            }
            None => assert_eq!(value, "missing", "{fact} in {name} is not shown"),
        }
        for other in entry.others {
            assert_eq!(evaluate(client, other), value, "{other} in {name}");
        }
        let condition = match value.as_str() {
            "missing" => format!("{fact} is null"),
            value => format!("{fact} == {}", literal(entry.ty, value)),
        };
        // bytes that are shown in escapes cannot be typed
        if value.contains("\\u{") {
            continue;
        }
        assert_eq!(
            evaluate(client, &condition),
            "true",
            "{condition} in {name}"
        );
    }
    for (shown_name, (expression, listed)) in &shown {
        assert_eq!(
            &evaluate(client, expression),
            listed,
            "{shown_name} in {name}"
        );
    }
    for flaw in FLAWS {
        let condition = flaw.flaw.condition(ulid_engine::stats::Limits::at(clock()));
        let holds = evaluate(client, &condition);
        assert!(
            ["true", "false"].contains(&holds.as_str()),
            "{condition}: {holds}"
        );
    }
}

#[test]
fn a_log_message_writes_the_same_values() {
    for (name, content, launch) in sources() {
        let mut client = Client::of_file(name, &content, launch);
        client.motion("next");
        let line = client.line();
        let names: Vec<&str> = FACTS.iter().map(|entry| entry.name).collect();
        let values: Vec<String> = names
            .iter()
            .map(|fact| evaluate(&mut client, fact))
            .collect();
        client.motion("stepBack");
        let message = names
            .iter()
            .map(|fact| format!("{{{fact}}}"))
            .collect::<Vec<_>>()
            .join("~");
        let frame = client.frames()[0].clone();
        let source = &frame["source"];
        let set = client.ok(
            "setBreakpoints",
            json!({ "source": source, "breakpoints": [{ "line": line, "logMessage": message }] }),
        );
        assert_eq!(set["breakpoints"][0]["verified"], true, "{set}");
        let from = client.heard.len();
        client.motion("next");
        let outputs = client.heard[from..].iter();
        let outputs = outputs.filter(|message| message["event"] == "output");
        let written: Vec<&str> = outputs
            .map(|event| event["body"]["output"].as_str().unwrap())
            .collect();
        assert_eq!(written, [values.join("~") + "\n"], "{name}");
    }
}

#[test]
fn a_condition_on_a_fact_stops_where_the_variable_shows_the_value() {
    let (name, content, launch) = sources().swap_remove(1);
    let mut client = Client::of_file(name, &content, launch);
    for (condition, line) in [
        ("line == 4", 4),
        ("row == 4", 5),
        ("fault == \"overflow\"", 6),
        ("duplicate", 4),
        ("out_of_order", 3),
        ("position == 26", 5),
        ("`time` == \"noon\" and line == 7", 7),
        ("time_ == \"noon\" and line_ == 12 and row == 2", 3),
        // an old name is read
        ("kind == \"overflow\"", 6),
        ("not ordered and valid", 3),
    ] {
        let set = client.ok(
            "setFunctionBreakpoints",
            json!({ "breakpoints": [{ "name": condition }] }),
        );
        let set = &set["breakpoints"][0];
        assert_eq!(set["verified"], true, "{set}");
        let is_old = condition.contains("kind") || condition.contains("ordered");
        let told = set["message"]
            .as_str()
            .unwrap_or_default()
            .contains("old name");
        assert_eq!(told, is_old, "{set}");
        client.ok("restart", json!({}));
        assert_eq!(
            client.motion("continue"),
            format!("function breakpoint {line}"),
            "{condition}"
        );
    }
}
