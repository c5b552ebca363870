//! The cost of `ulid-dap wrap` for a debug adapter's messages, beside a relay that only copies bytes, in the same run.
//!
//! usage: `cargo build --release -p ulid-dap && cargo run --release -p ulid-benches --bin relay [ROUNDS]`
//!
//! This program is all three: the client that measures, an adapter that answers with prepared messages (`adapter`), and
//! the byte-copying relay (`copy`). Round by round each chain gets the same request, so that noise meets all of them.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// A request's sequence number says which answer is wanted: this and its index in [`CASES`].
const CASE_AT: usize = 1000;
/// The case, the command that asks for it, the body of the answer, and what is to be reached.
type Case = (&'static str, &'static str, fn() -> String, Aim);

/// The aim beside the byte copy.
#[derive(Clone, Copy)]
enum Aim {
    /// Microseconds more: in the median, and in the 99th percentile.
    Added(f64, f64),
    /// The median at most so many times.
    Times(f64),
}

/// Requests that the adapter answers.
const CASES: [Case; 4] = [
    (
        "a frame that is not ours, 300 B",
        "threads",
        threads,
        Aim::Added(10.0, 60.0),
    ),
    (
        "variables, 4 kB, one ULID in five",
        "variables",
        few_variables,
        Aim::Added(35.0, 100.0),
    ),
    (
        "1,000 variables, 160 kB, one ULID in five",
        "variables",
        many_variables,
        Aim::Times(2.0),
    ),
    (
        "1,000 variables, 160 kB, all of them ULIDs",
        "variables",
        many_ids,
        Aim::Times(2.0),
    ),
];

fn main() -> io::Result<()> {
    let mut arguments = env::args().skip(1);
    match arguments.next().as_deref() {
        Some("adapter") => adapter(),
        Some("copy") => copy(),
        Some("large") => large(),
        rounds => measure(
            rounds
                .and_then(|rounds| rounds.parse().ok())
                .unwrap_or(2000),
        ),
    }
}

fn threads() -> String {
    let threads: Vec<String> = (0..8)
        .map(|id| format!(r#"{{"id":{id},"name":"worker number {id}"}}"#))
        .collect();
    format!(r#"{{"threads":[{}]}}"#, threads.join(","))
}

fn variables(count: usize, every: usize) -> String {
    let row = |number: usize| {
        let value = if number.is_multiple_of(every) {
            format!("'01ARZ3NDEKTSV4RRFFQ6{number:06}'")
        } else {
            format!("'some other text, {number:09}'")
        };
        format!(
            r#"{{"name": "entry_{number:04}", "value": "{value}", "type": "str", "evaluateName": "table[{number}]", "variablesReference": 0, "presentationHint": {{"attributes": []}}}}"#
        )
    };
    format!(
        r#"{{"variables":[{}]}}"#,
        (0..count).map(row).collect::<Vec<_>>().join(",")
    )
}

fn few_variables() -> String {
    variables(25, 5)
}

fn many_variables() -> String {
    variables(1000, 5)
}

fn many_ids() -> String {
    variables(1000, 1)
}

/// Answers every request with the message that its sequence number asks for.
fn adapter() -> io::Result<()> {
    let bodies = CASES.map(|(_, command, body, _)| (command, body()));
    let (mut input, mut output) = (BufReader::new(io::stdin()), raw_stdout()?);
    let mut request = Vec::new();
    while read(&mut input, &mut request)? {
        let seq = number_after(&request, b"\"seq\":");
        let (command, body) = &bodies[seq / CASE_AT % CASES.len()];
        let response = format!(
            r#"{{"seq":0,"type":"response","request_seq":{seq},"success":true,"command":"{command}","body":{body}}}"#
        );
        write(&mut output, response.as_bytes())?;
    }
    Ok(())
}

/// Answers the first request with 256 MiB, all in one message.
fn large() -> io::Result<()> {
    let (mut input, mut output) = (BufReader::new(io::stdin()), raw_stdout()?);
    read(&mut input, &mut Vec::new())?;
    write!(output, "Content-Length: {LARGE}\r\n\r\n")?;
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..LARGE >> 20 {
        output.write_all(&chunk)?;
    }
    io::stdin().read_to_end(&mut Vec::new()).map(drop)
}

const LARGE: usize = 256 << 20;

/// A relay that looks at nothing.
fn copy() -> io::Result<()> {
    let mut adapter = Command::new(env::current_exe()?)
        .arg("adapter")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (mut requests, mut answers) = (piped(adapter.stdin.take())?, piped(adapter.stdout.take())?);
    thread::spawn(move || pump(&mut io::stdin(), &mut requests));
    pump(&mut answers, &mut raw_stdout()?)
}

fn pump(from: &mut impl Read, to: &mut impl Write) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            read => to.write_all(&buffer[..read])?,
        }
    }
}

/// One way from the client to the adapter.
struct Chain {
    process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    answer: Vec<u8>,
}

impl Chain {
    fn start(command: &mut Command) -> io::Result<Chain> {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (input, output) = (piped(process.stdin.take())?, piped(process.stdout.take())?);
        Ok(Chain {
            process,
            input,
            output: BufReader::with_capacity(64 * 1024, output),
            answer: Vec::new(),
        })
    }

    fn ask(&mut self, case: usize, round: usize) -> io::Result<Duration> {
        let seq = case * CASE_AT + round % CASE_AT;
        let request = format!(
            r#"{{"seq":{seq},"type":"request","command":"{}","arguments":{{"variablesReference":5}}}}"#,
            CASES[case].1
        );
        let start = Instant::now();
        write(&mut self.input, request.as_bytes())?;
        read(&mut self.output, &mut self.answer)?;
        Ok(start.elapsed())
    }

    /// Resident memory in KiB, and the most that it ever was.
    fn memory(&self) -> (usize, usize) {
        let status =
            fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap_or_default();
        (
            number_after(status.as_bytes(), b"VmRSS:"),
            number_after(status.as_bytes(), b"VmHWM:"),
        )
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        // an error says that it has ended already
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn measure(rounds: usize) -> io::Result<()> {
    let this = env::current_exe()?;
    let wrap = this.with_file_name("ulid-dap");
    println!("| what | byte copy | `ulid-dap wrap` | reached | aim | |\n|---|--:|--:|--:|--:|---|");
    let mut copied = Chain::start(Command::new(&this).arg("copy"))?;
    let mut wrapped = Chain::start(
        Command::new(&wrap)
            .args(["wrap", "--"])
            .arg(&this)
            .arg("adapter"),
    )?;
    for (case, (name, _, _, aim)) in CASES.iter().enumerate() {
        let (mut plain, mut ours) = (Vec::new(), Vec::new());
        for round in 0..rounds + 100 {
            let (a, b) = (copied.ask(case, round)?, wrapped.ask(case, round)?);
            if round >= 100 {
                plain.push(a.as_secs_f64() * 1e6);
                ours.push(b.as_secs_f64() * 1e6);
            }
        }
        let shows_ids = String::from_utf8_lossy(&wrapped.answer).contains('⟶');
        assert_eq!(shows_ids, case > 0, "{name}");
        compare(name, quantiles(&mut plain), quantiles(&mut ours), *aim);
    }
    first_response(&this, &wrap)?;
    memory(&mut wrapped, rounds * 500)?;
    large_message(&this, &wrap)
}

/// The rows of a case: the median and the 99th percentile of both ways.
fn compare(name: &str, plain: (f64, f64), ours: (f64, f64), aim: Aim) {
    let both = |plain: f64, ours: f64| format!("{plain:.1} µs | {ours:.1} µs");
    match aim {
        Aim::Added(median, p99) => {
            for (which, plain, ours, aim) in [
                ("median", plain.0, ours.0, median),
                ("p99", plain.1, ours.1, p99),
            ] {
                let reached = format!("{:.1} µs more", ours - plain);
                let met = ours - plain <= aim;
                row(
                    &format!("{name}, {which}"),
                    &both(plain, ours),
                    &reached,
                    &format!("{aim} µs"),
                    met,
                );
            }
        }
        Aim::Times(times) => {
            let reached = format!("{:.1} times", ours.0 / plain.0);
            let met = ours.0 <= times * plain.0;
            row(
                name,
                &both(plain.0, ours.0),
                &reached,
                &format!("{times} times"),
                met,
            );
        }
    }
}

fn row(what: &str, both: &str, reached: &str, aim: &str, met: bool) {
    let verdict = if met { "met" } else { "missed" };
    println!("| {what} | {both} | {reached} | {aim} | {verdict} |");
}

fn memory(wrapped: &mut Chain, messages: usize) -> io::Result<()> {
    for round in 0..messages {
        wrapped.ask(usize::from(round % 50 == 0), round)?;
    }
    let resident = wrapped.memory().0 as f64 / 1024.0;
    row(
        &format!("memory after {messages} frames"),
        "| ",
        &format!("{resident:.1} MiB"),
        "12 MiB",
        resident <= 12.0,
    );
    Ok(())
}

fn large_message(this: &Path, wrap: &Path) -> io::Result<()> {
    let mut chain = Chain::start(
        Command::new(wrap)
            .args(["wrap", "--"])
            .arg(this)
            .arg("large"),
    )?;
    write(
        &mut chain.input,
        br#"{"seq":1,"type":"request","command":"threads"}"#,
    )?;
    thread::sleep(Duration::from_millis(100));
    let before = chain.memory().1;
    let mut header = String::new();
    while chain.output.read_line(&mut header)? > 2 {}
    let passed = io::copy(&mut (&mut chain.output).take(LARGE as u64), &mut io::sink())?;
    assert_eq!(passed, LARGE as u64);
    let grown = chain.memory().1.saturating_sub(before);
    row(
        "memory that a frame of 256 MiB takes",
        "| ",
        &format!("{grown} KiB"),
        "1 MiB",
        grown <= 1024,
    );
    Ok(())
}

/// From the start of the process to its first answer, with us in between and without.
fn first_response(this: &Path, wrap: &PathBuf) -> io::Result<()> {
    let (mut plain, mut ours) = (Vec::new(), Vec::new());
    for _ in 0..40 {
        for (times, command) in [
            (&mut plain, Command::new(this).arg("adapter")),
            (
                &mut ours,
                Command::new(wrap)
                    .args(["wrap", "--"])
                    .arg(this)
                    .arg("adapter"),
            ),
        ] {
            let start = Instant::now();
            let mut chain = Chain::start(command)?;
            chain.ask(0, 1)?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
    }
    let (p, o) = (quantiles(&mut plain).0, quantiles(&mut ours).0);
    row(
        "first answer, beside the adapter alone, median",
        &format!("{p:.2} ms | {o:.2} ms"),
        &format!("{:.2} ms more", o - p),
        "5 ms",
        o - p <= 5.0,
    );
    Ok(())
}

/// The median and the 99th percentile.
fn quantiles(values: &mut [f64]) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    (values[values.len() / 2], values[values.len() * 99 / 100])
}

fn piped<T>(stream: Option<T>) -> io::Result<T> {
    stream.ok_or_else(|| io::Error::other("the stream is not piped"))
}

/// Standard output without the library's buffer, which would split a message.
#[cfg(unix)]
fn raw_stdout() -> io::Result<fs::File> {
    use std::os::fd::AsFd;
    io::stdout()
        .as_fd()
        .try_clone_to_owned()
        .map(fs::File::from)
}

#[cfg(windows)]
fn raw_stdout() -> io::Result<fs::File> {
    use std::os::windows::io::AsHandle;
    io::stdout()
        .as_handle()
        .try_clone_to_owned()
        .map(fs::File::from)
}

fn write(output: &mut impl Write, message: &[u8]) -> io::Result<()> {
    let mut frame = format!("Content-Length: {}\r\n\r\n", message.len()).into_bytes();
    frame.extend_from_slice(message);
    output.write_all(&frame)
}

fn read(input: &mut impl BufRead, message: &mut Vec<u8>) -> io::Result<bool> {
    let (mut line, mut length) = (String::new(), 0);
    while line != "\r\n" {
        line.clear();
        if input.read_line(&mut line)? == 0 {
            return Ok(false);
        }
        if line.starts_with("Content-Length") {
            length = number_after(line.as_bytes(), b"Content-Length:");
        }
    }
    message.resize(length, 0);
    input.read_exact(message)?;
    Ok(true)
}

/// The number after the first occurrence of a key; 0 where there is none.
fn number_after(text: &[u8], key: &[u8]) -> usize {
    let at = memchr::memmem::find(text, key).map_or(text.len(), |at| at + key.len());
    let digits = text[at..]
        .trim_ascii_start()
        .iter()
        .take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |number, digit| number * 10 + usize::from(digit - b'0'))
}
