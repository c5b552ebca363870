//! A debug client of the real program that measures how long it waits.

use std::{
    fs, io,
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// A session with a process of its own.
pub struct Session {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    seq: i64,
}

impl Session {
    /// Starts the inspector.
    ///
    /// # Errors
    ///
    /// If there is no such program.
    pub fn start(program: &Path) -> Result<Session> {
        let mut process = Command::new(program)
            .arg("inspect")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("{}, build it first", program.display()))?;
        Ok(Session {
            input: process.stdin.take().context("no input")?,
            output: BufReader::new(process.stdout.take().context("no output")?),
            process,
            seq: 0,
        })
    }

    /// A session that stands at the first row of a file, and how long it took from the launch on.
    pub fn launch(program: &Path, file: &Path) -> Result<(Session, Duration)> {
        let mut session = Session::start(program)?;
        session.ask("initialize", json!({}))?;
        let begun = Instant::now();
        session.ask("launch", json!({ "program": file }))?;
        session.ask("configurationDone", json!({}))?;
        let (reason, _) = session.until_stopped()?;
        assert_eq!(reason, "entry");
        Ok((session, begun.elapsed()))
    }

    /// Sends a request, and says what its number is.
    pub fn send(&mut self, command: &str, arguments: Value) -> Result<i64> {
        self.seq += 1;
        let request = json!({ "seq": self.seq, "type": "request", "command": command, "arguments": arguments });
        let body = request.to_string();
        let frame = format!("Content-Length: {}\r\n\r\n{body}", body.len());
        self.input.write_all(frame.as_bytes())?;
        Ok(self.seq)
    }

    /// The body of a response that has to be a success.
    pub fn ask(&mut self, command: &str, arguments: Value) -> Result<Value> {
        Ok(self.timed(command, arguments)?.0)
    }

    /// The body of a response, and the time from the request to its last byte.
    pub fn timed(&mut self, command: &str, arguments: Value) -> Result<(Value, Duration)> {
        let begun = Instant::now();
        let seq = self.send(command, arguments)?;
        let (mut answer, at) = self.until(|message| message["request_seq"] == seq)?;
        if answer["success"] != true {
            bail!("{command}: {}", answer["message"]);
        }
        Ok((answer["body"].take(), at - begun))
    }

    /// The answer to a request that was sent before, be it a success or not, and when it came.
    pub fn answer(&mut self, seq: i64) -> Result<(Value, Instant)> {
        self.until(|message| message["request_seq"] == seq)
    }

    /// Waits until the program stands. Returns why, and when that was said.
    pub fn until_stopped(&mut self) -> Result<(String, Instant)> {
        let (message, at) = self.until(|message| message["event"] == "stopped")?;
        let reason = message["body"]["reason"].as_str().unwrap_or_default();
        Ok((reason.to_owned(), at))
    }

    /// The line where the program stands.
    pub fn line(&mut self) -> Result<i64> {
        let trace = self.ask("stackTrace", json!({ "threadId": 1 }))?;
        trace["stackFrames"][0]["line"].as_i64().context("no line")
    }

    /// Jumps to a line, once it was read.
    pub fn jump(&mut self, line: usize) -> Result<()> {
        let target = loop {
            let seq = self.send("gotoTargets", json!({ "source": {}, "line": line }))?;
            let (answer, _) = self.answer(seq)?;
            if answer["success"] == true {
                break answer["body"]["targets"][0]["id"].clone();
            }
        };
        self.ask("goto", json!({ "threadId": 1, "targetId": target }))?;
        self.until_stopped()?;
        Ok(())
    }

    fn until(&mut self, is_meant: impl Fn(&Value) -> bool) -> Result<(Value, Instant)> {
        loop {
            let body = self.read()?;
            let at = Instant::now();
            let message: Value = serde_json::from_slice(&body)?;
            if is_meant(&message) {
                return Ok((message, at));
            }
        }
    }

    fn read(&mut self) -> Result<Vec<u8>> {
        let (mut line, mut length) = (String::new(), 0);
        while line != "\r\n" {
            line.clear();
            if self.output.read_line(&mut line)? == 0 {
                bail!("the inspector has ended");
            }
            if let Some(text) = line.strip_prefix("Content-Length: ") {
                length = text.trim().parse()?;
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body)?;
        Ok(body)
    }

    /// Processor time that the process has taken so far, on all cores. Linux counts it in hundredths of a second.
    pub fn processor_time(&self) -> Result<Duration> {
        processor_time(self.process.id())
    }

    /// Waits until something is told of a breakpoint. Returns its message.
    pub fn until_breakpoint(&mut self) -> Result<String> {
        let (message, _) = self.until(|message| message["event"] == "breakpoint")?;
        let message = message["body"]["breakpoint"]["message"].as_str();
        Ok(message.unwrap_or_default().to_owned())
    }

    /// The most memory that was resident, in KiB: the file is read, not mapped, so that its pages are not among it.
    pub fn memory_peak_kib(&self) -> Result<usize> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        number_of(&status, "VmHWM:")
    }

    /// Ends the session, and the process with it.
    ///
    /// # Errors
    ///
    /// If the process says that something went wrong.
    pub fn end(mut self) -> Result<()> {
        self.ask("disconnect", json!({}))?;
        let status = self.process.wait()?;
        if !status.success() {
            bail!(io::Error::other(status.to_string()));
        }
        Ok(())
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        // an error says that it has ended already
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Processor time that a process has taken so far, on all cores. Linux counts it in hundredths of a second.
pub fn processor_time(process: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    // the name of the program stands in parentheses and may hold anything
    let fields = stat.rsplit_once(')').context("no name")?.1;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let ticks =
        |index: usize| -> Result<u64> { Ok(fields.get(index).context("too few fields")?.parse()?) };
    Ok(Duration::from_millis(10 * (ticks(11)? + ticks(12)?)))
}

/// Number of threads of a process.
pub fn threads(process: u32) -> Result<usize> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    number_of(&status, "Threads:")
}

fn number_of(status: &str, name: &str) -> Result<usize> {
    let line = status.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_ascii_whitespace().nth(1));
    Ok(number.with_context(|| format!("no {name}"))?.parse()?)
}
