//! Random moves beside a model that goes from row to row: steps and runs, what is set and taken away meanwhile, files that
//! are whole and files that are being written.
//!
//! Each row that goes by is written by a log point of every row, so that the model is told of each of them.
//! `ULID_MOVES` says how many moves are made.

use std::{collections::BTreeSet, env, fs::File, io::Write as _};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::threads::Remote;

/// Moves where nobody asks for more, and those of one session.
const MOVES: usize = 1_000;
const OF_SESSION: usize = 50;

/// Random numbers by the seed: xorshift of 64 bits.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end.max(1) as u64) as usize
    }

    fn some(&mut self, most: usize, end: usize) -> BTreeSet<usize> {
        (0..self.below(most + 1)).map(|_| self.below(end)).collect()
    }
}

/// The stops that are set: rows that stop, and every so many broken row, if any.
#[derive(Debug, Clone, Default)]
struct Sets {
    lines: BTreeSet<usize>,
    every_broken: Option<u64>,
    broken_met: u64,
}

/// The rows, and where the program is among them.
#[derive(Debug, Default)]
struct Model {
    /// Millisecond of each row; none for one that is broken.
    rows: Vec<Option<u64>>,
    /// Rows that the program has heard of.
    known: usize,
    is_live: bool,
    at: usize,
    sets: Sets,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Goal {
    Farthest,
    Row(usize),
    Leave(u64),
}

/// The outcome of a move: the rows that went by, and the stop; none where the next row is awaited.
type Outcome = (Vec<usize>, Option<(usize, &'static str)>);

impl Model {
    /// The reason for which a row stops, which is counted.
    fn stop(&mut self, row: usize) -> Option<&'static str> {
        let line = self.sets.lines.contains(&row).then_some("breakpoint");
        let is_broken = self.rows[row].is_none();
        let Some(every) = self.sets.every_broken.filter(|_| is_broken) else {
            return line;
        };
        self.sets.broken_met += 1;
        let is_met = self.sets.broken_met.is_multiple_of(every);
        is_met.then_some("exception").or(line)
    }

    fn forward(&mut self, from: usize, goal: Goal, reason: &'static str) -> Outcome {
        let mut passed = Vec::new();
        let mut row = from;
        loop {
            if row >= self.known {
                self.known = self.rows.len();
            }
            if row >= self.known {
                let end = (!self.is_live).then_some((row, reason));
                return (passed, end);
            }
            passed.push(row);
            let is_goal = match goal {
                Goal::Farthest => false,
                Goal::Row(goal) => row == goal,
                Goal::Leave(ms) => self.rows[row].is_some_and(|own| own != ms),
            };
            if let Some(reason) = self.stop(row).or(is_goal.then_some(reason)) {
                return (passed, Some((row, reason)));
            }
            row += 1;
        }
    }

    fn back(&mut self, to: usize, reason: &'static str) -> Outcome {
        let mut passed = Vec::new();
        for row in (to..self.at).rev() {
            passed.push(row);
            if let Some(reason) = self.stop(row) {
                return (passed, Some((row, reason)));
            }
        }
        (passed, Some((to, reason)))
    }

    /// The next row of the same millisecond, as far as rows are known.
    fn same_millisecond(&self) -> Option<usize> {
        let own = (*self.rows.get(self.at)?)?;
        let mut next = (self.at + 1..self.known).filter(|&row| self.rows[row].is_some());
        next.next().filter(|&row| self.rows[row] == Some(own))
    }

    fn go(&mut self, by: &str, target: usize) -> Outcome {
        let next = self.at + 1;
        let own = self.rows.get(self.at).copied().flatten();
        match by {
            "next" => self.forward(next, Goal::Row(next), "step"),
            "stepIn" => {
                let goal = self.same_millisecond().unwrap_or(next);
                self.forward(next, Goal::Row(goal), "step")
            }
            "stepOut" => match own {
                Some(ms) => self.forward(next, Goal::Leave(ms), "step"),
                None => self.forward(next, Goal::Row(next), "step"),
            },
            "continue" => self.forward(next, Goal::Farthest, "step"),
            "stepBack" if self.at == 0 => (Vec::new(), Some((0, "step"))),
            "stepBack" => self.back(self.at - 1, "step"),
            "reverseContinue" => self.back(0, "entry"),
            _ => self.forward(target, Goal::Row(target), "goto"),
        }
    }
}

/// The text of a row of a millisecond.
fn line(ms: Option<u64>) -> String {
    use ulid_engine::{Ulid, codec};

    let text = |ms| codec::print(Ulid::from_parts(1_700_000_000_000 + ms, 7).unwrap()).to_string();
    ms.map_or("broken".to_owned(), text) + "\n"
}

/// A session beside the model.
struct Walk {
    remote: Remote,
    model: Model,
    dice: Dice,
    file: File,
    path: std::path::PathBuf,
    _folder: TempDir,
    trail: Vec<String>,
}

impl Walk {
    fn begin(seed: u64) -> Walk {
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let is_live = seed.is_multiple_of(2);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.txt");
        let file = File::create(&path).unwrap();
        let mut walk = Walk {
            remote: Remote::new(),
            model: Model {
                is_live,
                ..Model::default()
            },
            file,
            path: path.clone(),
            _folder: folder,
            trail: Vec::new(),
            dice: Dice(dice.below(1 << 40) as u64 | 1),
        };
        // its first row has an ID, for a file of none is refused
        walk.file.write_all(line(Some(0)).as_bytes()).unwrap();
        walk.model.rows.push(Some(0));
        walk.write(30);
        walk.model.known = walk.model.rows.len();
        let logs = json!([{ "message": "{line}" }]);
        walk.remote.ask("initialize", Value::Null);
        let launch = json!({ "program": path, "follow": is_live, "logs": logs, "logsPerSecond": 4_000_000_000_u32 });
        let launched = walk.remote.ask("launch", launch);
        assert_eq!(launched["success"], true, "{launched}");
        // the usual filters are set by clients alone
        walk.remote.ask("configurationDone", Value::Null);
        walk.remote.wait(|message| message["event"] == "stopped");
        walk
    }

    /// Writes some rows.
    fn write(&mut self, most: usize) {
        let mut text = String::new();
        for _ in 0..=self.dice.below(most) {
            let ms = match self.dice.below(6) {
                0 => None,
                step => Some(self.model.rows.len() as u64 / 3 + step as u64 / 5),
            };
            self.model.rows.push(ms);
            text += &line(ms);
        }
        self.file.write_all(text.as_bytes()).unwrap();
    }

    /// Sets something else.
    fn set(&mut self) {
        let end = self.model.rows.len() + 10;
        let known = self.model.known;
        let mut lines = self.dice.some(4, end);
        // of a file that is whole there are no others
        lines.retain(|&row| self.model.is_live || row < known);
        let every = self.dice.below(4) as u64;
        let points: Vec<Value> = lines.iter().map(|row| json!({ "line": row + 1 })).collect();
        let source = json!({ "path": self.path });
        self.remote.ask(
            "setBreakpoints",
            json!({ "source": source, "breakpoints": points }),
        );
        let option = json!({ "filterId": "invalid", "condition": format!("% {every}") });
        let options = if every == 0 {
            json!([])
        } else {
            json!([option])
        };
        self.remote.ask(
            "setExceptionBreakpoints",
            json!({ "filters": [], "filterOptions": options }),
        );
        self.model.sets = Sets {
            lines,
            every_broken: (every > 0).then_some(every),
            broken_met: 0,
        };
        self.trail.push(format!("set {:?}", self.model.sets));
    }

    /// The messages of the session until it stops, or has come to the row where it waits.
    fn outcome(&mut self, expected: &Outcome) -> (Vec<usize>, Option<String>) {
        let mut passed = Vec::new();
        loop {
            if expected.1.is_none() && passed == expected.0 {
                return (passed, None);
            }
            let message = self.remote.wait(|message| {
                matches!(
                    message["event"].as_str(),
                    Some("stopped" | "output" | "terminated")
                )
            });
            let body = &message["body"];
            if message["event"] != "output" {
                return (
                    passed,
                    Some(body["reason"].as_str().unwrap_or("terminated").to_owned()),
                );
            }
            let row: Option<usize> = body["output"]
                .as_str()
                .and_then(|text| text.trim().parse().ok());
            passed.extend(row.map(|line| line - 1));
        }
    }

    fn compare(&mut self, expected: &Outcome) {
        let (passed, reason) = self.outcome(expected);
        let trail = self.trail.join("\n");
        let wanted = expected.1.map(|(_, reason)| reason.to_owned());
        assert_eq!(
            (&passed, &reason),
            (&expected.0, &wanted),
            "{:?}\n{trail}",
            self.model
        );
        if let Some((at, _)) = expected.1 {
            self.model.at = at;
            let trace = self.remote.ask("stackTrace", json!({ "threadId": 1 }));
            let line = at.min(self.model.rows.len() - 1) + 1;
            assert_eq!(trace["body"]["stackFrames"][0]["line"], line, "{trail}");
        }
    }

    /// Moves as the dice say.
    fn go(&mut self) {
        const FORWARD: [&str; 4] = ["next", "stepIn", "stepOut", "continue"];
        const BACK: [&str; 2] = ["stepBack", "reverseContinue"];
        let is_end = self.model.at >= self.model.rows.len();
        let by = match self.dice.below(10) {
            0 => "goto",
            dice if dice < 3 || is_end => BACK[dice % 2],
            dice => FORWARD[dice % 4],
        };
        let target = self.dice.below(self.model.known);
        self.trail
            .push(format!("{by} {target} from {}", self.model.at));
        let expected = self.model.go(by, target);
        if by == "goto" {
            let asked = json!({ "source": {}, "line": target + 1 });
            let offer = self.remote.ask("gotoTargets", asked);
            let id = offer["body"]["targets"][0]["id"].clone();
            self.remote
                .send("goto", json!({ "threadId": 1, "targetId": id }));
        } else {
            self.remote.send(by, json!({ "threadId": 1 }));
        }
        self.compare(&expected);
        if expected.1.is_none() {
            self.wait(by);
        }
    }

    /// The program waits for a row: more are written, something else is set, or it is paused.
    fn wait(&mut self, by: &str) {
        let mut goal = match by {
            "continue" => Goal::Farthest,
            "stepOut" => {
                self.model.rows[self.model.at].map_or(Goal::Row(self.model.at + 1), Goal::Leave)
            }
            _ => Goal::Row(self.model.at + 1),
        };
        loop {
            match self.dice.below(4) {
                0 => {
                    self.remote.send("pause", json!({ "threadId": 1 }));
                    let newest = self.model.rows.len() - 1;
                    self.trail.push(format!("pause at {newest}"));
                    return self.compare(&(Vec::new(), Some((newest, "pause"))));
                }
                1 => self.set(),
                _ => {
                    let from = self.model.rows.len();
                    self.write(5);
                    self.trail
                        .push(format!("write {:?}", &self.model.rows[from..]));
                    let expected = self.model.forward(from, goal, "step");
                    self.compare(&expected);
                    if expected.1.is_some() {
                        return;
                    }
                }
            }
            // a step is over with its row
            if let Goal::Row(row) = goal
                && row < self.model.rows.len()
            {
                goal = Goal::Farthest;
            }
        }
    }
}

/// Moves of one session.
fn walk(seed: u64) {
    let mut walk = Walk::begin(seed);
    for number in 0..OF_SESSION {
        if number.is_multiple_of(8) {
            walk.set();
        }
        if walk.model.is_live && number.is_multiple_of(5) {
            let from = walk.model.rows.len();
            walk.write(4);
            let written = format!("write {:?}", &walk.model.rows[from..]);
            walk.trail.push(written);
        }
        walk.go();
    }
}

#[test]
fn random_moves_lead_where_the_model_says() {
    const AT_ONCE: u64 = 4;
    let moves = env::var("ULID_MOVES").map_or(MOVES, |text| text.parse().unwrap());
    let sessions = moves.div_ceil(OF_SESSION) as u64;
    std::thread::scope(|scope| {
        for first in 1..=AT_ONCE {
            let own = (first..=sessions).step_by(AT_ONCE as usize);
            scope.spawn(move || own.for_each(walk));
        }
    });
}
