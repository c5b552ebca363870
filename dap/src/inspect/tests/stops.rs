//! Stops are the same however one comes to a row, as debugpy and lldb-dap do it.

use proptest::prelude::*;

use super::*;

/// Ten rows: the fourth an overflow, the fifth the ID of the third, the eighth with a `U`.
const SAMPLE: &str = "\
id,service
01ARZ3NDEKTSV4RRFFQ69G5FAV,web
01ARZ3NDEKTSV4RRFFQ69G5FAW,web
01ARZ3NDEKTSV4RRFFQ69G5FAX,db
8ZZZZZZZZZZZZZZZZZZZZZZZZZ,db
01ARZ3NDEKTSV4RRFFQ69G5FAX,db
01ARZ3NDEKTSV4RRFFQ69G5FAY,db
01ARZ3NDEKTSV4RRFFQ69G5FAZ,db
01ARZ3NDEKTSV4RRFFQ69G5FAU,db
01ARZ3NDEKTSV4RRFFQ69G5FB0,db
01ARZ3NDEKTSV4RRFFQ69G5FB1,db
";

fn set_lines(client: &mut Client, name: &str, breakpoints: Value) -> Vec<i64> {
    let path = client.folder.path().join(name);
    let set = client.ok(
        "setBreakpoints",
        json!({ "source": { "path": path }, "breakpoints": breakpoints }),
    );
    let ids = set["breakpoints"].as_array().unwrap().iter();
    ids.map(|set| set["id"].as_i64().unwrap()).collect()
}

/// Outcome of a request: the reason and the line of the stop, its breakpoints, and what was written by the way.
fn arrive(client: &mut Client, command: &str, arguments: Value) -> (String, Value, Vec<String>) {
    let from = client.heard.len();
    client.ok(command, arguments);
    let heard = client.heard[from..].to_vec();
    let stopped = heard.iter().find(|message| message["event"] == "stopped");
    let body = &stopped.unwrap_or_else(|| panic!("{heard:?}"))["body"];
    let written = heard.iter().filter(|message| message["event"] == "output");
    let written = written.map(|message| message["body"]["output"].as_str().unwrap().to_owned());
    let (reason, ids, written) = (
        body["reason"].as_str().unwrap().to_owned(),
        body["hitBreakpointIds"].clone(),
        written.collect(),
    );
    (format!("{reason} {}", client.line()), ids, written)
}

fn motion(client: &mut Client, command: &str) -> (String, Value, Vec<String>) {
    arrive(client, command, json!({ "threadId": 1 }))
}

fn goto(client: &mut Client, line: usize) -> (String, Value, Vec<String>) {
    let offer = client.ok("gotoTargets", json!({ "source": {}, "line": line }));
    let target = offer["targets"][0]["id"].clone();
    arrive(client, "goto", json!({ "threadId": 1, "targetId": target }))
}

#[test]
fn every_way_to_a_row_meets_what_is_set_on_it() {
    let mut client = Client::of_file("t.csv", SAMPLE.as_bytes(), json!({}));
    let log = json!({ "line": 3, "logMessage": "{service}" });
    let ids = set_lines(&mut client, "t.csv", json!([log, { "line": 4 }]));
    client.ok(
        "setExceptionBreakpoints",
        json!({ "filters": ["overflow"] }),
    );
    let written = || vec!["web\n".to_owned()];
    let at_breakpoint = ("breakpoint 4".to_owned(), json!([ids[1]]), Vec::new());
    let step_3 = ("step 3".to_owned(), Value::Null, written());
    assert_eq!(motion(&mut client, "next"), step_3);
    assert_eq!(motion(&mut client, "next"), at_breakpoint);
    assert_eq!(motion(&mut client, "next").0, "exception 5");
    let info = client.ok("exceptionInfo", json!({ "threadId": 1 }));
    assert_eq!(info["exceptionId"], "overflow");
    assert_eq!(motion(&mut client, "stepBack"), at_breakpoint);
    assert_eq!(motion(&mut client, "stepBack"), step_3);
    // the row in between has no ID, and a filter is set for that
    assert_eq!(motion(&mut client, "stepIn"), at_breakpoint);
    assert_eq!(motion(&mut client, "stepIn").0, "exception 5");
    assert_eq!(goto(&mut client, 4), at_breakpoint);
    assert_eq!(
        goto(&mut client, 3),
        ("goto 3".to_owned(), Value::Null, written())
    );
    set_lines(&mut client, "t.csv", json!([{ "line": 2 }]));
    let frame = client.frames()[1]["id"].clone();
    assert_eq!(
        arrive(&mut client, "restartFrame", json!({ "frameId": frame })).0,
        "breakpoint 2"
    );
    assert_eq!(arrive(&mut client, "restart", json!({})).0, "breakpoint 2");
    set_lines(&mut client, "t.csv", json!([]));
    assert_eq!(arrive(&mut client, "restart", json!({})).0, "entry 2");
    // a condition that asks for all rows is met as well
    let duplicate = json!({ "breakpoints": [{ "name": "duplicate" }] });
    client.ok("setFunctionBreakpoints", duplicate);
    assert_eq!(goto(&mut client, 5).0, "exception 5");
    assert_eq!(motion(&mut client, "next").0, "function breakpoint 6");
}

#[test]
fn steps_count_as_hits() {
    let mut client = Client::of(&"01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(9));
    let third = json!({ "breakpoints": [{ "name": "valid", "hitCondition": ">= 3" }] });
    client.ok("setFunctionBreakpoints", third);
    assert_eq!(motion(&mut client, "next").0, "step 2");
    assert_eq!(motion(&mut client, "next").0, "step 3");
    assert_eq!(motion(&mut client, "continue").0, "function breakpoint 4");
    assert_eq!(motion(&mut client, "next").0, "function breakpoint 5");
}

#[derive(Debug, Clone, Copy)]
enum Move {
    Next,
    StepBack,
    StepIn,
    StepOut,
    Continue,
    ReverseContinue,
    RestartFrame,
    Goto(usize),
}

/// Breakpoints by the simplest reading of the rules: rows are places 0 to `rows`, the last of which is the end.
struct Model {
    rows: usize,
    stops: Vec<usize>,
    logs: Vec<usize>,
}

impl Model {
    /// Goal of a motion, the reason of its stop, and the rows that are written by the way. All rows are of one millisecond.
    fn go(&self, at: usize, by: Move) -> (usize, &'static str, Vec<usize>) {
        let land = |row: usize, reason| self.pass(std::iter::once(row), row, reason);
        match by {
            Move::Next | Move::StepIn => land(at + 1, "step"),
            Move::StepBack if at == 0 => (0, "step", Vec::new()),
            Move::StepBack => land(at - 1, "step"),
            Move::Continue | Move::StepOut => self.pass(at + 1..self.rows, self.rows, "step"),
            Move::ReverseContinue => self.pass((0..at).rev(), 0, "entry"),
            Move::RestartFrame => land(0, "restart"),
            Move::Goto(row) => land(row, "goto"),
        }
    }

    fn pass(
        &self,
        way: impl Iterator<Item = usize>,
        end: usize,
        reason: &'static str,
    ) -> (usize, &'static str, Vec<usize>) {
        let mut written = Vec::new();
        for row in way.filter(|row| *row < self.rows) {
            if self.logs.contains(&row) {
                written.push(row);
            }
            if self.stops.contains(&row) {
                return (row, "breakpoint", written);
            }
        }
        (end, reason, written)
    }
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        Just(Move::Next),
        Just(Move::StepBack),
        Just(Move::StepIn),
        Just(Move::StepOut),
        Just(Move::Continue),
        Just(Move::ReverseContinue),
        Just(Move::RestartFrame),
        (0_usize..30).prop_map(Move::Goto),
    ]
}

/// Moves, and says as the model does what came of it.
fn go(client: &mut Client, by: Move) -> (usize, String, Vec<usize>) {
    let (stop, _, written) = match by {
        Move::Next => motion(client, "next"),
        Move::StepBack => motion(client, "stepBack"),
        Move::StepIn => motion(client, "stepIn"),
        Move::StepOut => motion(client, "stepOut"),
        Move::Continue => motion(client, "continue"),
        Move::ReverseContinue => motion(client, "reverseContinue"),
        Move::Goto(row) => goto(client, row + 1),
        Move::RestartFrame => {
            let frame = client.frames()[1]["id"].clone();
            arrive(client, "restartFrame", json!({ "frameId": frame }))
        }
    };
    let reason = stop.split(' ').next().unwrap().to_owned();
    let lines = written
        .iter()
        .map(|line| line.trim().parse::<usize>().unwrap() - 1);
    (
        client.session.program().unwrap().at,
        reason,
        lines.collect(),
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn random_walks_lead_where_the_rules_say(
        rows in 1_usize..30,
        sets in proptest::collection::vec((proptest::collection::vec(0_usize..30, 0..4), proptest::collection::vec(0_usize..30, 0..4)), 1..4),
        moves in proptest::collection::vec(moves(), 0..40),
    ) {
        let mut client = Client::of(&"01ARZ3NDEKTSV4RRFFQ69G5FAV\n".repeat(rows));
        let mut at = 0;
        // what is set changes by the way
        for (stops, logs) in sets {
            let within = |set: Vec<usize>| -> Vec<usize> { set.into_iter().filter(|row| *row < rows).collect() };
            let model = Model { rows, stops: within(stops), logs: within(logs) };
            let logs: std::collections::BTreeSet<usize> = model.logs.iter().copied().collect();
            let mut lines: Vec<Value> = model.stops.iter().map(|row| json!({ "line": row + 1 })).collect();
            lines.extend(logs.iter().map(|row| json!({ "line": row + 1, "logMessage": "{line}" })));
            set_lines(&mut client, "ids.txt", Value::from(lines));
            for &by in &moves {
                let ends = matches!(by, Move::Next | Move::StepIn | Move::StepOut | Move::Continue);
                let is_impossible = match by {
                    Move::Goto(row) => row >= rows,
                    // at the end there is one frame, and going on ends the program
                    Move::RestartFrame => at == rows,
                    _ => at == rows && ends,
                };
                if is_impossible {
                    continue;
                }
                let (place, reason, written) = model.go(at, by);
                let found = go(&mut client, by);
                prop_assert_eq!(found, (place, reason.to_owned(), written), "{:?} from {}", by, at);
                at = place;
            }
        }
    }
}
