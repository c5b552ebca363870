//! Random conversations against the simplest reading of what may be changed: nothing that the user did not type.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;
use crate::wrap::settings::Decoration;

const OTHER: &str = "01BX5ZZKBKACTAV9WEVGEMMVRY";
const NAMES: [&str; 3] = ["a", "b", "c"];

/// A step of a conversation.
#[derive(Debug, Clone)]
enum Step {
    /// The rows below a reference are listed, each of which shows a ULID or something else.
    List(i64, [bool; 3]),
    /// The debuggee is to move, which the adapter takes, refuses, or never answers.
    Move(&'static str, Answer),
    /// A thread stops by itself, and the others with it or not.
    Stop(i64, bool),
    /// A thread runs on by itself, and the others with it or not.
    Continued(i64, bool),
    /// An event that says nothing of rows.
    Noise(&'static str),
    /// A row is set, which the adapter takes, refuses, or never answers.
    Set(i64, usize, &'static str, Answer),
    /// A row is copied.
    Copy(usize, bool),
}

/// Answer of the adapter to a request.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Answer {
    Taken,
    Refused,
    Lost,
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        3 => Just(Answer::Taken),
        2 => Just(Answer::Refused),
        1 => Just(Answer::Lost),
    ]
}

/// The threads, with the frame in which each stands and the references of its scopes.
const THREADS: [(i64, i64, [i64; 2]); 2] = [(1, 7, [1, 2]), (2, 8, [3, 4])];

/// Thread and frame of a reference.
fn holder(reference: i64) -> (i64, i64) {
    let mut threads = THREADS.into_iter();
    let found = threads.find(|(.., references)| references.contains(&reference));
    found.map(|(thread, frame, _)| (thread, frame)).unwrap()
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
        3 => (1_i64..5, any::<[bool; 3]>()).prop_map(|(reference, rows)| Step::List(reference, rows)),
        2 => (moves, answer()).prop_map(|(command, answer)| Step::Move(command, answer)),
        1 => (1_i64..3, any::<bool>()).prop_map(|(thread, all)| Step::Stop(thread, all)),
        1 => (1_i64..3, any::<bool>()).prop_map(|(thread, all)| Step::Continued(thread, all)),
        1 => noise.prop_map(Step::Noise),
        6 => (1_i64..5, 0_usize..3, typed, answer()).prop_map(|(reference, name, typed, answer)| Step::Set(reference, name, typed, answer)),
        1 => (0_usize..3, any::<bool>()).prop_map(|(name, taken)| Step::Copy(name, taken)),
    ]
}

/// Rows that a client has been shown since the debuggee stands, and references that were listed whole.
#[derive(Debug, Default)]
struct Shown {
    rows: HashMap<(i64, &'static str), String>,
    listed: HashSet<i64>,
    /// Threads whose frames and scopes are known.
    known: HashSet<i64>,
}

impl Shown {
    /// Everything is forgotten that hangs on a thread, or on any.
    fn forget(&mut self, thread: i64, all: bool) {
        let stays = |reference: i64| !all && holder(reference).0 != thread;
        self.rows.retain(|(reference, _), _| stays(*reference));
        self.listed.retain(|reference| stays(*reference));
        self.known.retain(|known| !all && *known != thread);
    }

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
                    let (thread, frame) = holder(reference);
                    if shown.known.insert(thread) {
                        ends.request("stackTrace", &json!({"threadId": thread}));
                        ends.respond(&json!({"stackFrames": [{"id": frame, "name": "f"}]}));
                        ends.request("scopes", &json!({"frameId": frame}));
                        let (.., references) = THREADS.into_iter().find(|(known, ..)| *known == thread).unwrap();
                        let scopes = references.map(|reference| json!({"name": "s", "variablesReference": reference}));
                        ends.respond(&json!({"scopes": scopes}));
                    }
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
                Step::Move(command, answer) => {
                    let turn = ends.request(command, &json!({"threadId": 1, "frameId": 7}));
                    prop_assert_eq!(turn, Turn::default());
                    let turn = match answer {
                        Answer::Taken => ends.respond(&json!({})),
                        Answer::Refused => ends.refuse(),
                        Answer::Lost => Turn::default(),
                    };
                    prop_assert_eq!(turn, Turn::default());
                    if answer == Answer::Taken {
                        // a jump moves its own thread; a thread that is not known is every one
                        let is_single = command == "goto" || command == "restartFrame" && shown.known.contains(&1);
                        shown.forget(1, !is_single);
                    }
                }
                Step::Stop(thread, all) => {
                    let turn = ends.event("stopped", &json!({"reason": "pause", "threadId": thread, "allThreadsStopped": all}));
                    prop_assert_eq!(turn, Turn::default());
                    shown.forget(thread, all);
                }
                Step::Continued(thread, all) => {
                    let turn = ends.event("continued", &json!({"threadId": thread, "allThreadsContinued": all}));
                    prop_assert_eq!(turn, Turn::default());
                    shown.forget(thread, all);
                }
                Step::Noise(event) => {
                    let turn = ends.event(event, &json!({"output": "x", "threadId": 1}));
                    prop_assert_eq!(turn, Turn::default());
                }
                Step::Set(reference, name, typed, answer) => {
                    let name = NAMES[name];
                    let arguments = json!({"variablesReference": reference, "name": name, "value": typed});
                    let turn = ends.request("setVariable", &arguments);
                    let written = match &turn.fate {
                        Fate::Pass => Some(typed.to_owned()),
                        Fate::Replace(message) => parse(message)["arguments"]["value"].as_str().map(str::to_owned),
                        Fate::Keep => None,
                    };
                    prop_assert_eq!(&written, &shown.set(reference, name, typed));
                    // no adapter sets a row of a reference that it has not given out
                    let is_known = shown.known.contains(&holder(reference).0);
                    let answer = if is_known { answer } else { Answer::Refused };
                    match (written, answer) {
                        (Some(written), Answer::Taken) => {
                            ends.respond(&json!({"value": written, "type": "str", "variablesReference": 0}));
                            shown.rows.insert((reference, name), written);
                        }
                        (Some(_), Answer::Refused) => prop_assert_eq!(ends.refuse(), Turn::default()),
                        (Some(_), Answer::Lost) | (None, _) => {}
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

    #[test]
    fn what_is_turned_off_changes_nothing(
        steps in prop::collection::vec((any_message(), any::<bool>()), 0..40), by_launch: bool,
    ) {
        let mut ends = Ends::new();
        // so that nothing was said in its name
        ends.request("initialize", &json!({}));
        ends.respond(&json!({"supportsCompletionsRequest": true}));
        if by_launch {
            ends.request("launch", &json!({"ulid": {"decoration": "off"}}));
            ends.respond(&json!({}));
        } else {
            ends.session.settings.decoration = Decoration::Off;
        }
        for ((command, arguments, body), is_event) in steps {
            if is_event {
                prop_assert_eq!(ends.event(command, &body), Turn::default());
                continue;
            }
            prop_assert_eq!(ends.request(command, &arguments), Turn::default(), "{} {}", command, arguments);
            prop_assert_eq!(ends.respond(&body), Turn::default(), "{} {}", command, body);
        }
    }
}

/// A message of which nothing may be changed where all is turned off: command or event, its arguments, and the body of
/// the answer.
fn any_message() -> impl Strategy<Value = (&'static str, Value, Value)> {
    let name = prop::sample::select(vec![
        "variables",
        "scopes",
        "evaluate",
        "setVariable",
        "setExpression",
        "stackTrace",
        "completions",
        "dataBreakpointInfo",
        "output",
        "stopped",
        "continued",
        "initialize",
        "next",
    ]);
    let reference = prop::sample::select(vec![
        1_i64,
        4,
        0x7000_0000,
        0x7001_0000,
        0x7001_0001,
        2_000_000_001,
    ]);
    let text = prop::sample::select(vec![
        "ulid x",
        "ulid 01ARZ3NDEKTSV4RRFFQ69G5FAV",
        "ul",
        "2020-01-02",
        OTHER,
        "x",
        "'01ARZ3NDEKTSV4RRFFQ69G5FAV' ⟶ 2016-07-30T23:54:10.259Z",
    ]);
    (name, reference, text).prop_map(|(name, reference, text)| {
        let arguments = json!({
            "variablesReference": reference, "frameId": 7, "threadId": 1, "name": "s", "expression": text, "value": text,
            "context": "repl", "text": text, "column": 3,
        });
        let row = json!({"name": "s", "value": format!("'{ID}'"), "variablesReference": reference});
        let body = json!({
            "variables": [row], "result": format!("'{ID}'"), "value": format!("'{ID}'"), "output": ID,
            "variablesReference": reference, "scopes": [{"name": "Locals", "variablesReference": reference}],
            "stackFrames": [{"id": 7}], "targets": [], "threadId": 1,
        });
        (name, arguments, body)
    })
}
