//! Random conversations against the simplest reading of what may be changed: nothing that the user did not type.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

const OTHER: &str = "01BX5ZZKBKACTAV9WEVGEMMVRY";
const NAMES: [&str; 3] = ["a", "b", "c"];

/// A step of a conversation.
#[derive(Debug, Clone)]
enum Step {
    /// The rows below a reference are listed, each of which shows a ULID or something else.
    List(i64, [bool; 3]),
    /// The debuggee is to move, which the adapter takes or refuses.
    Move(&'static str, bool),
    /// The debuggee stops by itself.
    Stop,
    /// An event that says nothing of rows.
    Noise(&'static str),
    /// A row is set, which the adapter takes or refuses.
    Set(i64, usize, &'static str, bool),
    /// A row is copied.
    Copy(usize, bool),
}

fn steps() -> impl Strategy<Value = Step> {
    let typed = prop::sample::select(vec![
        "2020-01-02",
        OTHER,
        "'01BX5ZZKBKACTAV9WEVGEMMVRY'",
        "5",
        "(2020-01-02)",
        "x + 1",
    ]);
    let moves = prop::sample::select(vec!["next", "continue", "stepIn", "goto", "restartFrame"]);
    let noise = prop::sample::select(vec!["output", "thread", "module", "custom", "breakpoint"]);
    prop_oneof![
        3 => (1_i64..4, any::<[bool; 3]>()).prop_map(|(reference, rows)| Step::List(reference, rows)),
        2 => (moves, any::<bool>()).prop_map(|(command, taken)| Step::Move(command, taken)),
        1 => Just(Step::Stop),
        1 => noise.prop_map(Step::Noise),
        4 => (1_i64..4, 0_usize..3, typed, any::<bool>()).prop_map(|(reference, name, typed, taken)| Step::Set(reference, name, typed, taken)),
        1 => (0_usize..3, any::<bool>()).prop_map(|(name, taken)| Step::Copy(name, taken)),
    ]
}

/// Rows that a client has been shown since the debuggee stands, and references that were listed whole.
#[derive(Debug, Default)]
struct Shown {
    rows: HashMap<(i64, &'static str), String>,
    listed: HashSet<i64>,
}

impl Shown {
    /// Fate of a text that is typed into a row: it goes on, as it is or as a literal, or is refused.
    fn set(&self, reference: i64, name: &'static str, typed: &str) -> Option<String> {
        let is_bare = matches!(typed, "2020-01-02" | OTHER);
        match self.rows.get(&(reference, name)) {
            _ if !is_bare => Some(typed.to_owned()),
            Some(value) if value.starts_with("'01") => Some(match typed {
                OTHER => format!("'{OTHER}'"),
                // 2020-01-02 and the last 16 characters of what stands there
                _ => format!("'01DXHRTH00{}", &value[11..]),
            }),
            // this adapter has no literal for one that it shows without quotes
            Some(value) if value.starts_with("01") => None,
            _ => self.listed.contains(&reference).then(|| typed.to_owned()),
        }
    }
}

fn value(is_ulid: bool) -> String {
    if is_ulid {
        format!("'{ID}'")
    } else {
        "5".to_owned()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn nothing_is_written_that_was_not_typed(steps in prop::collection::vec(steps(), 0..60)) {
        let mut ends = Ends::new();
        let mut shown = Shown::default();
        for step in steps {
            match step {
                Step::List(reference, rows) => {
                    let rows: Vec<(&'static str, String)> = NAMES.into_iter().zip(rows.map(value)).collect();
                    let listed: Vec<Value> = rows
                        .iter()
                        .map(|(name, value)| json!({"name": name, "value": value, "type": "str", "variablesReference": 0}))
                        .collect();
                    let told = ends.rows(reference, &Value::from(listed));
                    for (told, (_, value)) in told.as_array().unwrap().iter().zip(&rows) {
                        prop_assert!(told["value"].as_str().unwrap().starts_with(value.as_str()));
                    }
                    shown.listed.insert(reference);
                    shown.rows.extend(rows.into_iter().map(|(name, value)| ((reference, name), value)));
                }
                Step::Move(command, taken) => {
                    let turn = ends.request(command, &json!({"threadId": 1, "frameId": 1}));
                    prop_assert_eq!(turn, Turn::default());
                    let turn = if taken { ends.respond(&json!({})) } else { ends.refuse() };
                    prop_assert_eq!(turn, Turn::default());
                    if taken {
                        shown = Shown::default();
                    }
                }
                Step::Stop => {
                    let turn = ends.event("stopped", &json!({"reason": "pause", "threadId": 1, "allThreadsStopped": true}));
                    prop_assert_eq!(turn, Turn::default());
                    shown = Shown::default();
                }
                Step::Noise(event) => {
                    let turn = ends.event(event, &json!({"output": "x", "threadId": 1}));
                    prop_assert_eq!(turn, Turn::default());
                }
                Step::Set(reference, name, typed, taken) => {
                    let name = NAMES[name];
                    let arguments = json!({"variablesReference": reference, "name": name, "value": typed});
                    let turn = ends.request("setVariable", &arguments);
                    let written = match &turn.fate {
                        Fate::Pass => Some(typed.to_owned()),
                        Fate::Replace(message) => parse(message)["arguments"]["value"].as_str().map(str::to_owned),
                        Fate::Keep => None,
                    };
                    prop_assert_eq!(&written, &shown.set(reference, name, typed));
                    match written {
                        Some(written) if taken => {
                            ends.respond(&json!({"value": written, "type": "str", "variablesReference": 0}));
                            shown.rows.insert((reference, name), written);
                        }
                        Some(_) => prop_assert_eq!(ends.refuse(), Turn::default()),
                        None => {}
                    }
                }
                Step::Copy(name, taken) => {
                    let arguments = json!({"expression": NAMES[name], "context": "clipboard"});
                    prop_assert_eq!(ends.request("evaluate", &arguments), Turn::default());
                    let body = json!({"result": format!("'{ID}'"), "type": "str", "variablesReference": 0});
                    let turn = if taken { ends.respond(&body) } else { ends.refuse() };
                    prop_assert_eq!(turn, Turn::default(), "what is copied is the value alone");
                }
            }
        }
    }
}
