//! Files that are written while they are stepped through, and clients that vanish.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use serde_json::{Value, json};
use ulid_engine::codec;

use crate::{
    ids::id,
    table::{row, times},
};
use ulid_benches::session::{Session, processor_time, threads};

/// Flaws that are written to the followed file, one after another.
const FLAWS: usize = 500;
/// Clients that vanish, and how many of them are there at once.
const CLIENTS: usize = 200;
const AT_ONCE: usize = 50;

/// From the moment a flaw was written to the end of a followed file until the client is told that the program stands there.
pub(crate) fn flaws(program: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("live.txt");
    fs::write(&path, format!("{}\n", codec::print(id(1))))?;
    let mut file = fs::File::options().append(true).open(&path)?;
    let mut session = Session::start(program)?;
    session.ask("initialize", json!({}))?;
    session.ask("launch", json!({ "program": path, "follow": true }))?;
    session.ask("setExceptionBreakpoints", json!({ "filters": ["invalid"] }))?;
    session.ask("configurationDone", json!({}))?;
    session.until_stopped()?;
    let mut waits = Vec::new();
    for number in 0..FLAWS {
        session.ask("continue", json!({ "threadId": 1 }))?;
        // not in step with the looks at the file
        thread::sleep(Duration::from_micros(3_000 + 37 * (number as u64 % 100)));
        let text = format!("{}\nbroken\n", codec::print(id(number + 2)));
        let begun = Instant::now();
        file.write_all(text.as_bytes())?;
        let (reason, at) = session.until_stopped()?;
        assert_eq!(reason, "exception");
        waits.push(at - begun);
        assert_eq!(session.line()?, i64::try_from(2 * number + 3)?);
    }
    session.end()?;
    times("a flaw that comes to a followed file", waits, 20.0);
    Ok(())
}

/// Threads and processor time that are left a second after many clients have dropped their connections.
pub(crate) fn vanish(program: &Path, file: &Path) -> Result<()> {
    let server = Server::start(program)?;
    // threads that all sessions share stay from the first one on, which is served before it goes
    let first = server.client(file)?;
    thread::sleep(Duration::from_secs(1));
    drop(first);
    thread::sleep(Duration::from_secs(3));
    let before = threads(server.process.id())?;
    for _ in 0..CLIENTS / AT_ONCE {
        let clients = (0..AT_ONCE).map(|_| server.client(file));
        let clients: Vec<TcpStream> = clients.collect::<Result<_>>()?;
        thread::sleep(Duration::from_millis(300));
        let served = threads(server.process.id())?;
        assert!(
            served > before + AT_ONCE,
            "{served} threads, {before} before"
        );
        drop(clients);
    }
    thread::sleep(Duration::from_secs(1));
    let left = threads(server.process.id())?.saturating_sub(before);
    let used = processor_time(server.process.id())?;
    thread::sleep(Duration::from_secs(1));
    let used = processor_time(server.process.id())? - used;
    let reached = format!(
        "{left} threads, {} ms of processor in a second",
        used.as_millis()
    );
    row(
        "a second after 200 clients have vanished",
        &reached,
        "0 threads, 0 ms",
        left == 0 && used.is_zero(),
    );
    Ok(())
}

/// A server, ended with the bench.
struct Server {
    process: Child,
    address: String,
}

impl Server {
    fn start(program: &Path) -> Result<Server> {
        let mut process = Command::new(program)
            .args(["inspect", "--listen", "0"])
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        let output = process.stdout.take().context("no output")?;
        BufReader::new(output).read_line(&mut line)?;
        let address = line.split_ascii_whitespace().last().unwrap_or_default();
        Ok(Server {
            address: address.to_owned(),
            process,
        })
    }

    /// A client whose program runs to a row that never comes.
    fn client(&self, file: &Path) -> Result<TcpStream> {
        let mut socket = TcpStream::connect(&self.address)?;
        let never = json!({ "breakpoints": [{ "name": "text contains \"?\"" }] });
        let requests = [
            ("initialize", json!({})),
            ("launch", json!({ "program": file, "stopOnEntry": false })),
            ("setFunctionBreakpoints", never),
            ("configurationDone", json!({})),
        ];
        for (seq, (command, arguments)) in requests.into_iter().enumerate() {
            socket.write_all(&frame(seq, command, &arguments))?;
        }
        Ok(socket)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn frame(seq: usize, command: &str, arguments: &Value) -> Vec<u8> {
    let body =
        json!({ "seq": seq + 1, "type": "request", "command": command, "arguments": arguments });
    let body = body.to_string();
    format!("Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
