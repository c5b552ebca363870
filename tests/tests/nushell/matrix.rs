//! Every command beside every kind of input under every rule for bad items. What comes out is held to laws that do not
//! come from the plugin: a list answers as its items do one by one, a rule changes what becomes of bad items and nothing
//! else, an error that comes in passes before any rule, and each error has a code, a help and a place in the line.

use std::collections::BTreeMap;

use serde_json::Value;

use super::harness::printed;

const ID: &str = "'01ARZ3NDEKTSV4RRFFQ69G5FAV'";
const OTHER: &str = "0x[015f4bfffe73ccd5aabb893b91bd53ff]";

/// A kind of input.
struct Input {
    /// Code that gives it.
    code: &'static str,
    shape: Shape,
}

/// Shape of an input, with the code of each of its items.
enum Shape {
    /// One value.
    One,
    /// A list or a stream of items.
    Items(&'static [&'static str]),
    /// The same in the column `id` of a table, each beside a number `n`.
    Column(&'static [&'static str]),
    /// Anything in which an error of the pipeline stands: it comes out under every rule.
    Failing,
    /// Anything else, of which only the law of errors is asked.
    Other,
}

const fn input(code: &'static str, shape: Shape) -> Input {
    Input { code, shape }
}

const MIXED: &[&str] = &[ID, "'oops'", "null", "5", OTHER];

const INPUTS: &[Input] = &[
    input(ID, Shape::One),
    input("'01arz3ndektsv4rrffq69g5fav'", Shape::One),
    input("'OlARZ3NDEK-TSV4RRFFQ69G5FAV'", Shape::One),
    input("'oops'", Shape::One),
    input("''", Shape::One),
    input("'8ZZZZZZZZZZZZZZZZZZZZZZZZZ'", Shape::One),
    input("'01563e3a-b5d3-d676-4c61-efb99302bd5b'", Shape::One),
    input(OTHER, Shape::One),
    input("0x[0102]", Shape::One),
    input("5", Shape::One),
    input("1.5", Shape::One),
    input("true", Shape::One),
    input("2024-01-01", Shape::One),
    input("1hr", Shape::One),
    input("1kb", Shape::One),
    input("null", Shape::Other),
    input("(1..3)", Shape::Other),
    input("{|| 1}", Shape::Other),
    input("$.a.b", Shape::Other),
    input("[]", Shape::Items(&[])),
    input(
        "['01ARZ3NDEKTSV4RRFFQ69G5FAV' 'oops' null 5 0x[015f4bfffe73ccd5aabb893b91bd53ff]]",
        Shape::Items(MIXED),
    ),
    input(
        "(['01ARZ3NDEKTSV4RRFFQ69G5FAV' 'oops' null 5 0x[015f4bfffe73ccd5aabb893b91bd53ff]] | each {|x| $x} --keep-empty)",
        Shape::Items(MIXED),
    ),
    input(
        "[0x[015f4bfffe73ccd5aabb893b91bd53ff] '01ARZ3NDEKTSV4RRFFQ69G5FAV']",
        Shape::Items(&[OTHER, ID]),
    ),
    input(
        "([0x[015f4bfffe73ccd5aabb893b91bd53ff] '01ARZ3NDEKTSV4RRFFQ69G5FAV'] | each {})",
        Shape::Items(&[OTHER, ID]),
    ),
    input("[['01ARZ3NDEKTSV4RRFFQ69G5FAV']]", Shape::Other),
    input(
        "[[id n]; ['01ARZ3NDEKTSV4RRFFQ69G5FAV' 0] ['oops' 1] [null 2] [5 3] [0x[015f4bfffe73ccd5aabb893b91bd53ff] 4]]",
        Shape::Column(MIXED),
    ),
    input(
        "([[id n]; ['01ARZ3NDEKTSV4RRFFQ69G5FAV' 0] ['oops' 1] [null 2] [5 3] [0x[015f4bfffe73ccd5aabb893b91bd53ff] 4]] | each {})",
        Shape::Column(MIXED),
    ),
    input("[[n]; [1]]", Shape::Other),
    input("[{id: '01ARZ3NDEKTSV4RRFFQ69G5FAV'} {n: 1}]", Shape::Other),
    input("{id: '01ARZ3NDEKTSV4RRFFQ69G5FAV', n: 1}", Shape::Other),
    input("{user: {id: 'oops'}}", Shape::Other),
    input("(^echo 01ARZ3NDEKTSV4RRFFQ69G5FAV)", Shape::Other),
    input(
        "(^printf '01ARZ3NDEKTSV4RRFFQ69G5FAV\\noops\\n')",
        Shape::Other,
    ),
    input("('01ARZ3NDEKTSV4RRFFQ69G5FAV' | into binary)", Shape::Other),
    input(
        "(['01ARZ3NDEKTSV4RRFFQ69G5FAV' 'oops'] | each {|x| if $x == oops { error make {msg: boom} } else { $x }})",
        Shape::Failing,
    ),
    input(
        "([a b] | each {|x| error make {msg: boom}})",
        Shape::Failing,
    ),
    input("[$env.AAA_CANARZ]", Shape::Other),
];

/// A command as it is called, and what is asked of it.
struct Command {
    call: &'static str,
    law: Law,
}

#[derive(Clone, Copy, PartialEq)]
enum Law {
    /// Each item by itself, under `--on-error`; of a table the cell at a path.
    Items,
    /// The same without a rule: to it no item is bad.
    ItemsWithoutRule,
    /// Errors alone, under `--on-error`.
    Rule,
    /// Errors alone.
    Errors,
    /// It takes nothing from the pipeline.
    Alone,
}

const fn command(call: &'static str, law: Law) -> Command {
    Command { call, law }
}

const COMMANDS: &[Command] = &[
    command("ulid parse", Law::Items),
    command("parse ulid", Law::Items),
    command("ulid timestamp", Law::Items),
    command("ulid timestamp --ms", Law::Items),
    command("into ulid", Law::Items),
    command("ulid to-uuid", Law::Items),
    command("ulid to-binary", Law::Items),
    command("ulid to-hex", Law::Items),
    command("ulid to-int", Law::Items),
    command("ulid next", Law::Items),
    command("ulid prev", Law::Items),
    command("ulid encode base32", Law::Items),
    command("ulid decode base32", Law::Items),
    command("ulid validate", Law::ItemsWithoutRule),
    command("ulid validate --detailed", Law::ItemsWithoutRule),
    command("ulid inspect", Law::Rule),
    command("ulid generate", Law::Rule),
    command("random ulid", Law::Rule),
    command("ulid between --since 2016-01-01", Law::Rule),
    command("ulid histogram 1day", Law::Rule),
    command("ulid sort", Law::Errors),
    command("ulid scan", Law::Errors),
    command("ulid stats", Law::Errors),
    command("ulid count", Law::Errors),
    command("ulid open", Law::Errors),
    command("ulid explore", Law::Errors),
    command("ulid save /no/such/folder/a.jsonl", Law::Errors),
    command("ulid", Law::Alone),
    command("ulid bounds 2024-01-01", Law::Alone),
    command("ulid diff README.md README.md", Law::Alone),
    command("ulid explain valid", Law::Alone),
    command("ulid info", Law::Alone),
];

const RULES: [&str; 4] = [
    "",
    " --on-error error",
    " --on-error null",
    " --on-error drop",
];

/// The outcome: a value, or an error.
#[derive(Debug, Clone, PartialEq)]
enum Outcome {
    Value(Value),
    Error(Failure),
}

#[derive(Debug, Clone, PartialEq)]
struct Failure {
    code: String,
    /// The piece of the line that the label stands under.
    at: String,
    help: String,
    /// All that is said.
    said: String,
}

const REPORT: &str = "{|e| let d = $e.details
    let s = ($d.labels | get --optional 0 | get --optional span)
    {code: ($d.code | default ''), at: (try { view span $s.start $s.end } catch { '' }), help: ($d.help | default ''), said: $e.rendered}
    | {error: $in} | to json -r | print }";

/// Outcomes of pieces of code, all of which run in one Nushell.
fn outcomes(pieces: &[String]) -> Option<Vec<Outcome>> {
    // what the parser knows of types would refuse some of them before they run
    let mut code = "def anyway []: any -> any { }\n".to_owned();
    for piece in pieces {
        code += &format!(
            "try {{ {piece} | collect | {{value: $in}} | to json -r | print }} catch {REPORT}\n"
        );
    }
    let text = printed(&code)?;
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), pieces.len(), "a line for each piece:\n{text}");
    Some(lines.into_iter().map(outcome).collect())
}

fn outcome(line: &str) -> Outcome {
    let mut line: Value = serde_json::from_str(line).expect("a line of JSON");
    let Some(error) = line.get("error").filter(|_| line.get("value").is_none()) else {
        return Outcome::Value(line["value"].take());
    };
    let part = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    Outcome::Error(Failure {
        code: part("code"),
        at: part("at"),
        help: part("help"),
        said: part("said"),
    })
}

/// The outcome of each item by itself, in a list: of a value alone Nushell refuses some types before the command sees them.
fn singly(command: &str) -> Option<BTreeMap<&'static str, Outcome>> {
    let mut items: Vec<&str> = Vec::new();
    for input in INPUTS {
        match input.shape {
            Shape::Items(of) | Shape::Column(of) => items.extend(of),
            Shape::One => items.push(input.code),
            Shape::Failing | Shape::Other => {}
        }
    }
    items.sort_unstable();
    items.dedup();
    let pieces: Vec<String> = items
        .iter()
        .map(|item| format!("[{item}] | anyway | {command}"))
        .collect();
    let alone = outcomes(&pieces)?.into_iter().map(|outcome| match outcome {
        Outcome::Value(mut list) => Outcome::Value(list[0].take()),
        error => error,
    });
    Some(items.into_iter().zip(alone).collect())
}

/// The right outcome of a list of items under a rule, by what each gives alone: values, or the code of the first error.
fn joined(alone: &[&Outcome], rule: &str) -> Result<Vec<Value>, String> {
    let mut values = Vec::new();
    for outcome in alone {
        match outcome {
            Outcome::Value(value) => values.push(value.clone()),
            Outcome::Error(_) if rule.ends_with("null") => values.push(Value::Null),
            Outcome::Error(_) if rule.ends_with("drop") => {}
            Outcome::Error(failure) => return Err(failure.code.clone()),
        }
    }
    Ok(values)
}

/// Holds an outcome to what items gave one by one.
fn agrees(
    found: &Outcome,
    wanted: &Result<Vec<Value>, String>,
    of: &dyn Fn(Vec<Value>) -> Value,
) -> bool {
    match (found, wanted) {
        (Outcome::Value(value), Ok(values)) => *value == of(values.clone()),
        (Outcome::Error(failure), Err(code)) => failure.code == *code,
        _ => false,
    }
}

/// An error of ours is told with a code, a help, and a place in the line; one of Nushell has its own words.
fn is_well_told(failure: &Failure, code: &str) -> bool {
    let is_ours = failure.code.starts_with("ulid::");
    let says_no_secret = !failure.said.contains("Host Environment");
    let is_of_nushell = failure.code.starts_with("nu::") || failure.said.contains("boom");
    let has_place = !failure.at.is_empty() && code.contains(&failure.at);
    says_no_secret
        && if is_ours {
            has_place && !failure.help.is_empty()
        } else {
            is_of_nushell
        }
}

/// True for an input that a command does not declare: it never comes to it.
fn is_refused_by_nushell(found: &Outcome) -> bool {
    const REFUSED: [&str; 2] = [
        "nu::shell::only_supports_this_input_type",
        "nu::shell::pipeline_mismatch",
    ];
    matches!(found, Outcome::Error(failure) if REFUSED.contains(&failure.code.as_str()))
}

/// Every case of a command: its code, its input and its rule.
fn cases(command: &Command) -> Vec<(String, &'static Input, &'static str)> {
    let has_rule = matches!(command.law, Law::Items | Law::Rule);
    let rules = if has_rule { &RULES[..] } else { &RULES[..1] };
    let mut cases = Vec::new();
    for input in INPUTS {
        for rule in rules {
            let path = match input.shape {
                Shape::Column(_) if matches!(command.law, Law::Items | Law::ItemsWithoutRule) => {
                    " id"
                }
                _ => "",
            };
            let call = command.call;
            cases.push((
                format!("{} | anyway | {call}{path}{rule}", input.code),
                input,
                *rule,
            ));
        }
    }
    cases
}

fn check(command: &Command) {
    let cases = cases(command);
    let pieces: Vec<String> = cases.iter().map(|(code, ..)| code.clone()).collect();
    let Some(found) = outcomes(&pieces) else {
        return;
    };
    let by_items = matches!(command.law, Law::Items | Law::ItemsWithoutRule);
    let alone = if by_items {
        singly(command.call).unwrap_or_default()
    } else {
        BTreeMap::new()
    };
    let mut broken = Vec::new();
    for ((code, input, rule), found) in cases.iter().zip(&found) {
        let told = match found {
            Outcome::Error(failure) => is_well_told(failure, code),
            Outcome::Value(_) => true,
        };
        let of = |items: &[&'static str]| -> Result<Vec<Value>, String> {
            let alone: Vec<&Outcome> = items.iter().filter_map(|item| alone.get(item)).collect();
            joined(&alone, rule)
        };
        let holds = match input.shape {
            _ if is_refused_by_nushell(found) => true,
            Shape::Failing if command.law == Law::Alone => true,
            Shape::Failing => {
                matches!(found, Outcome::Error(failure) if failure.said.contains("boom"))
            }
            Shape::One if by_items => agrees(found, &of(&[input.code]), &|mut values| {
                values.pop().unwrap_or_default()
            }),
            Shape::Items(items) if by_items => agrees(found, &of(items), &Value::Array),
            Shape::Column(items) if by_items => {
                let wanted = rows(&alone, items, rule);
                agrees(found, &wanted, &Value::Array)
            }
            _ => true,
        };
        if !told || !holds {
            broken.push(format!("{code}\n    told {told}, holds {holds}: {found:?}"));
        }
    }
    assert!(
        broken.is_empty(),
        "{} of {}:\n{}",
        broken.len(),
        cases.len(),
        broken.join("\n")
    );
}

/// The rows of a table in which the cells are what items gave one by one.
fn rows(
    alone: &BTreeMap<&'static str, Outcome>,
    items: &[&'static str],
    rule: &str,
) -> Result<Vec<Value>, String> {
    let mut rows = Vec::new();
    for (n, item) in items.iter().enumerate() {
        let cell = alone.get(item).map(|outcome| joined(&[outcome], rule));
        for cell in cell.transpose()?.unwrap_or_default() {
            rows.push(serde_json::json!({"id": cell, "n": n}));
        }
    }
    Ok(rows)
}

/// One test for each command, so that they run side by side and a failure names its command.
macro_rules! commands {
    ($($name:ident: $place:literal,)*) => {
        $(#[test] fn $name() { for command in COMMANDS.iter().skip($place * 4).take(4) { check(command); } })*
        const PLACES: &[usize] = &[$($place),*];
    };
}

commands! {
    commands_of_the_first_four: 0,
    commands_of_the_second_four: 1,
    commands_of_the_third_four: 2,
    commands_of_the_fourth_four: 3,
    commands_of_the_fifth_four: 4,
    commands_of_the_sixth_four: 5,
    commands_of_the_seventh_four: 6,
    commands_of_the_eighth_four: 7,
}

#[test]
fn the_matrix_has_every_command() {
    assert_eq!(COMMANDS.len(), PLACES.len() * 4);
    assert!(INPUTS.len() >= 33);
    let Some(names) = printed("scope commands | where type == plugin | get name | to text") else {
        return;
    };
    for name in names.lines() {
        let is_called = |command: &Command| {
            command
                .call
                .strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
        };
        // the root is the begin of every other
        assert!(COMMANDS.iter().any(is_called), "{name}");
    }
}
