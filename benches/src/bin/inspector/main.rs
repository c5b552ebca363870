//! `ulid-dap inspect` on ten million lines, beside its aims.
//!
//! usage: `cargo build --release -p ulid-dap && cargo run --release -p ulid-benches --bin inspector [MILLIONS]`
//!
//! The real program answers a client over its standard streams; each answer is looked at. Runs through the rows are given
//! in the processor time of the whole process, all else as the client waits for it.

mod ids;
mod live;
mod looks;
mod table;

use std::{
    env,
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::json;
use ulid_engine::{Timestamp, codec};

use ids::{INVALID, LATE, OTHER, id, write_ids};
use looks::Looks;
use table::{rate, row, times};
use ulid_benches::session::Session;

fn main() -> Result<()> {
    let millions = env::args().nth(1).map_or(Ok(10), |text| text.parse())?;
    let bench = Bench::new(1_000_000 * millions)?;
    println!("| what | reached | aim | |\n|---|--:|--:|---|");
    bench.start()?;
    bench.look(While::Surveyed)?;
    bench.look(While::Calm)?;
    bench.run()?;
    bench.run_beside_survey()?;
    bench.count()?;
    bench.pause()?;
    bench.cancel()?;
    live::flaws(&bench.program)?;
    live::vanish(&bench.program, &bench.file)
}

/// The program, and the file that it is given.
struct Bench {
    program: PathBuf,
    file: PathBuf,
    rows: usize,
    _folder: tempfile::TempDir,
}

/// True if the survey of the file runs beside what is measured.
#[derive(Clone, Copy, PartialEq)]
enum While {
    Surveyed,
    Calm,
}

impl Bench {
    fn new(rows: usize) -> Result<Bench> {
        let folder = tempfile::tempdir_in(env::current_exe()?.parent().context("no folder")?)?;
        let file = folder.path().join("ids.txt");
        write_ids(&file, rows)?;
        Ok(Bench {
            program: env::current_exe()?.with_file_name("ulid-dap"),
            file,
            rows,
            _folder: folder,
        })
    }

    fn launch(&self) -> Result<(Session, Duration)> {
        Session::launch(&self.program, &self.file)
    }

    fn start(&self) -> Result<()> {
        let (mut first_answers, mut entries) = (Vec::new(), Vec::new());
        for _ in 0..200 {
            let begun = Instant::now();
            let mut session = Session::start(&self.program)?;
            let capabilities = session.ask("initialize", json!({}))?;
            first_answers.push(begun.elapsed());
            assert_eq!(capabilities["supportsStepBack"], true);
            session.end()?;
            let (mut session, took) = self.launch()?;
            entries.push(took);
            assert_eq!(session.line()?, 1);
            session.end()?;
        }
        times(
            "initialize, from the start of the process",
            first_answers,
            15.0,
        );
        times("stopped on entry, from the launch", entries, 250.0);
        Ok(())
    }

    /// Looks at rows anywhere, as an editor does after each stop.
    fn look(&self, when: While) -> Result<()> {
        let mut looks = Looks::default();
        let mut place = 1;
        while looks.stack_trace.len() < 2_000 {
            let (mut session, _) = self.launch()?;
            if when == While::Calm {
                until_surveyed(&mut session)?;
            }
            while looks.stack_trace.len() < 2_000 {
                place = (place * 7_919 + 104_729) % (self.rows - INVALID);
                session.jump(place + 1)?;
                let surveyed = looks.take(&mut session, place + 1)?;
                if when == While::Surveyed && surveyed {
                    break;
                }
            }
            if when == While::Calm {
                let peak = session.memory_peak_kib()? as f64 / 1024.0;
                row(
                    "resident memory, at most",
                    &format!("{peak:.0} MiB"),
                    "64 MiB",
                    peak <= 64.0,
                );
            }
            session.end()?;
        }
        let beside = match when {
            While::Surveyed => ", while the survey runs",
            While::Calm => "",
        };
        times(&format!("stackTrace{beside}"), looks.stack_trace, 1.0);
        times(&format!("scopes{beside}"), looks.scopes, 1.0);
        times(&format!("variables{beside}"), looks.variables, 1.0);
        Ok(())
    }

    /// Goes on from the first row to one near the end.
    fn run(&self) -> Result<()> {
        let (late, invalid, other) = (self.rows - LATE, self.rows - INVALID, self.rows - OTHER);
        let function = |name: &str| json!({ "breakpoints": [{ "name": name }] });
        let filter = |name: &str| json!({ "filters": [name] });
        let begin = &codec::print(id(other)).as_str()[..12].to_owned();
        let moment = &Timestamp::of(id(other)).to_string();
        let line = json!({ "source": { "path": self.file }, "breakpoints": [{ "line": late }] });
        let field = json!({ "breakpoints": [{ "dataId": "kind" }] });
        let (flaws, functions) = ("setExceptionBreakpoints", "setFunctionBreakpoints");
        let (unordered, prefix) = (filter("out_of_order"), function(begin));
        let contains = "text contains \"!\"";
        let beside_defaults = "text contains \"!\", the filters set as they are by default";
        let condition = |text, row| (text, functions, function(text), row, 10.0);
        let runs = [
            ("a line", "setBreakpoints", line, late, 30.0),
            ("an invalid ID", flaws, filter("invalid"), invalid, 30.0),
            ("an ID out of order", flaws, unordered, late, 30.0),
            ("the begin of an ID", functions, prefix, other, 30.0),
            ("a time", functions, function(moment), other, 30.0),
            condition("time < \"2024\"", late),
            condition("valid and not ordered", late),
            condition("time < prev.time", late),
            condition(contains, invalid),
            (
                beside_defaults,
                functions,
                function(contains),
                invalid,
                10.0,
            ),
            (
                "a change of a field",
                "setDataBreakpoints",
                field,
                invalid,
                10.0,
            ),
        ];
        let (mut session, _) = self.launch()?;
        until_surveyed(&mut session)?;
        for (name, command, arguments, expected, aim) in runs {
            session.ask(command, arguments)?;
            if name == beside_defaults {
                session.ask(flaws, json!({ "filters": ["overflow", "future"] }))?;
            }
            let time = goes(&mut session, "continue", 1, expected)?;
            rate(&format!("continue to {name}"), expected, time, aim);
            self.clear(&mut session)?;
        }
        let from = invalid - 1;
        for text in [
            "line == 2 or not ordered",
            "line == 2 or text contains \"!\"",
        ] {
            session.ask(functions, function(text))?;
            let time = goes(&mut session, "reverseContinue", from, 2)?;
            rate(&format!("back to {text}"), from, time, 10.0);
        }
        session.end()
    }

    fn clear(&self, session: &mut Session) -> Result<()> {
        for (command, arguments) in [
            ("setBreakpoints", json!({ "source": { "path": self.file } })),
            ("setExceptionBreakpoints", json!({ "filters": [] })),
            ("setFunctionBreakpoints", json!({ "breakpoints": [] })),
            ("setDataBreakpoints", json!({ "breakpoints": [] })),
        ] {
            session.ask(command, arguments)?;
        }
        Ok(())
    }

    /// Goes on right after the launch, when the file is still gone over: on the clock, since there is other work.
    fn run_beside_survey(&self) -> Result<()> {
        let invalid = self.rows - INVALID;
        let mut least = Duration::MAX;
        for _ in 0..5 {
            let (mut session, _) = self.launch()?;
            session.ask("setExceptionBreakpoints", json!({ "filters": ["invalid"] }))?;
            let begun = Instant::now();
            session.ask("continue", json!({ "threadId": 1 }))?;
            session.until_stopped()?;
            least = least.min(begun.elapsed());
            assert_eq!(session.line()?, i64::try_from(invalid)?);
            session.end()?;
        }
        rate(
            "continue to an invalid ID right after the launch, on the clock",
            invalid,
            least,
            30.0,
        );
        Ok(())
    }

    /// How many rows meet a condition, as a breakpoint tells it, beside the language's own count: in processor time.
    fn count(&self) -> Result<()> {
        for (text, rows) in [("text contains \"!\"", 1), ("time < \"2024\"", 1)] {
            let (mut session, _) = self.launch()?;
            until_surveyed(&mut session)?;
            let (mut counted, mut told) = (Duration::MAX, Duration::MAX);
            for _ in 0..5 {
                let before = session.processor_time()?;
                let arguments =
                    json!({ "expression": format!("count({text})"), "context": "repl" });
                let answer = session.ask("evaluate", arguments)?;
                assert_eq!(answer["result"], rows.to_string());
                counted = counted.min(session.processor_time()? - before);
                let before = session.processor_time()?;
                let function = json!({ "breakpoints": [{ "name": text }] });
                session.ask("setFunctionBreakpoints", function)?;
                let message = session.until_breakpoint()?;
                assert!(message.starts_with("1 row, the next on line"), "{message}");
                told = told.min(session.processor_time()? - before);
            }
            let ratio = told.as_secs_f64() / counted.as_secs_f64();
            row(
                &format!("rows that meet {text}, told beside counted"),
                &format!(
                    "{} ms beside {} ms, {ratio:.2}x",
                    told.as_millis(),
                    counted.as_millis()
                ),
                "1.1x",
                ratio <= 1.1,
            );
            session.end()?;
        }
        Ok(())
    }

    /// From the request to the stop, on the way to a row that never comes.
    fn pause(&self) -> Result<()> {
        let function = |name: &str| json!({ "breakpoints": [{ "name": name }] });
        let logs = json!({ "source": { "path": self.file }, "breakpoints": self.log_points() });
        for (what, command, arguments) in [
            (
                "pause",
                "setFunctionBreakpoints",
                function("text contains \"?\""),
            ),
            (
                "pause, while duplicates are looked for",
                "setFunctionBreakpoints",
                function("duplicate and not valid"),
            ),
            ("pause, while each row is written", "setBreakpoints", logs),
        ] {
            let mut waits = Vec::new();
            // what was found once is known from then on
            for _ in 0..200 {
                let (mut session, _) = self.launch()?;
                session.ask(command, arguments.clone())?;
                session.ask("continue", json!({ "threadId": 1 }))?;
                thread::sleep(Duration::from_millis(20));
                let begun = Instant::now();
                session.send("pause", json!({ "threadId": 1 }))?;
                let (reason, at) = session.until_stopped()?;
                assert_eq!(reason, "pause");
                waits.push(at - begun);
                session.end()?;
            }
            times(what, waits, 10.0);
        }
        Ok(())
    }

    /// One on each of many lines.
    fn log_points(&self) -> Vec<serde_json::Value> {
        let point = |line| json!({ "line": line, "logMessage": "{time} {id}" });
        (2..=20_000.min(self.rows)).map(point).collect()
    }

    /// From the request to the answer of what it ends.
    fn cancel(&self) -> Result<()> {
        let (mut session, _) = self.launch()?;
        let mut waits = Vec::new();
        for _ in 0..200 {
            let seq = session.send(
                "evaluate",
                json!({ "expression": "count(text contains \"?\")" }),
            )?;
            thread::sleep(Duration::from_millis(20));
            let begun = Instant::now();
            session.send("cancel", json!({ "requestId": seq }))?;
            let (answer, at) = session.answer(seq)?;
            assert_eq!(answer["message"], "cancelled");
            waits.push(at - begun);
        }
        session.end()?;
        times("cancel", waits, 10.0);
        Ok(())
    }
}

/// How long a run takes from one line to another, in processor time.
fn goes(session: &mut Session, way: &str, from: usize, to: usize) -> Result<Duration> {
    const TIMES: u32 = 5;
    let mut taken = Duration::ZERO;
    for _ in 0..TIMES {
        session.jump(from)?;
        let before = session.processor_time()?;
        session.ask(way, json!({ "threadId": 1 }))?;
        session.until_stopped()?;
        taken += session.processor_time()? - before;
        assert_eq!(session.line()?, i64::try_from(to)?);
    }
    // no less than what the clock of the kernel can tell
    Ok((taken / TIMES).max(Duration::from_millis(2)))
}

/// Waits until the whole file is gone over.
fn until_surveyed(session: &mut Session) -> Result<()> {
    while !Looks::default().take(session, 1)? {
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}
