//! Hostile peers at both servers of `ulid-dap`, which go by one policy.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{BufRead, BufReader, ErrorKind, Read, Write},
    net::TcpStream,
    os::unix::process::CommandExt as _,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use ulid_dap::frame;
use ulid_tests::{binary, report_not_run};

const INITIALIZE: &str = r#"{"seq":1,"type":"request","command":"initialize","arguments":{}}"#;
/// Word in each answer to [`INITIALIZE`].
const INITIALIZED: &str = "supportsStepBack";

/// A listening `ulid-dap`, ended with the test.
struct Server {
    name: &'static str,
    process: Child,
    address: String,
}

impl Server {
    fn start(name: &'static str, arguments: &[&str], descriptors: Option<u32>) -> Server {
        let program = binary("ulid-dap");
        let program = program.to_str().unwrap();
        let mut command = Command::new("sh");
        let limit = descriptors.map_or(String::new(), |most| format!("ulimit -n {most}; "));
        command.args(["-c", &format!("{limit}exec \"$@\""), "sh", program]);
        command
            .args([name, "--listen", "127.0.0.1:0"])
            .args(arguments);
        if name == "wrap" {
            command.args(["--", program, "inspect"]);
        }
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.split_whitespace().next_back().unwrap().to_owned();
        Server {
            name,
            process,
            address,
        }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        let limit = Some(Duration::from_secs(20));
        stream.set_read_timeout(limit).unwrap();
        stream.set_write_timeout(limit).unwrap();
        stream
    }

    /// Everything that comes to a client that sends some bytes.
    fn hear(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // it may have been closed already
        let _ = stream.write_all(bytes);
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        String::from_utf8_lossy(&heard).into_owned()
    }

    /// True if a client of good will is served.
    fn serves(&self) -> bool {
        let mut stream = self.connect();
        let _ = frame::write(&mut stream, INITIALIZE.as_bytes());
        let answer = frame::read(&mut BufReader::new(stream), u64::MAX);
        let answer = answer.ok().flatten().unwrap_or_default();
        String::from_utf8_lossy(&answer).contains(INITIALIZED)
    }

    /// The process and those that it started.
    fn family(&self) -> Vec<u32> {
        let mut family = vec![self.process.id()];
        let mut at = 0;
        while let Some(process) = family.get(at) {
            let tasks = fs::read_dir(format!("/proc/{process}/task"));
            for task in tasks.into_iter().flatten().flatten() {
                let children = fs::read_to_string(task.path().join("children"));
                let children = children.unwrap_or_default();
                family.extend(
                    children
                        .split_whitespace()
                        .map(|id| id.parse::<u32>().unwrap()),
                );
            }
            at += 1;
        }
        family
    }

    /// Memory of the process and those that it started, in MB.
    fn memory(&self) -> u64 {
        let resident = |process: &u32| {
            let status = fs::read_to_string(format!("/proc/{process}/status"));
            let status = status.unwrap_or_default();
            let line = status.lines().find(|line| line.starts_with("VmRSS:"));
            let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
            number.unwrap_or(0) / 1024
        };
        self.family().iter().map(resident).sum()
    }

    /// Time on the processor in hundredths of a second.
    fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap();
        let fields = stat.rsplit_once(')').unwrap().1;
        let fields: Vec<&str> = fields.split_whitespace().collect();
        fields[11..13]
            .iter()
            .map(|field| field.parse::<u64>().unwrap())
            .sum()
    }

    /// Threads, descriptors and processes.
    fn holdings(&self) -> [usize; 3] {
        let count = |what: &str| {
            let entries = fs::read_dir(format!("/proc/{}/{what}", self.process.id()));
            entries.unwrap().count()
        };
        [count("task"), count("fd"), self.family().len()]
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _ = self.process.wait();
    }
}

/// Does something to both servers.
fn both(arguments: &[&str], descriptors: Option<u32>, act: impl Fn(&Server)) {
    for name in ["inspect", "wrap"] {
        act(&Server::start(name, arguments, descriptors));
    }
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let begin = Instant::now();
    while !holds() {
        assert!(begin.elapsed() < Duration::from_secs(20), "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn browsers_are_sent_away() {
    let length = INITIALIZE.len();
    let inner = format!("Content-Length: {length}\r\n\r\n{INITIALIZE}");
    both(&[], None, |server| {
        for request in [
            format!(
                "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://example.org\r\nContent-Length: {length}\r\n\r\n{INITIALIZE}"
            ),
            format!("Content-Length: {length}\r\nOrigin: https://example.org\r\n\r\n{INITIALIZE}"),
            format!("GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n{inner}"),
            // what else a page can make a browser say: a name within an encrypted greeting
            format!("\x16\x03\x01\x02\0\x01\0\x01\n{inner}"),
            format!("USER x\r\n{inner}"),
            inner
                .to_ascii_uppercase()
                .replace("CONTENT-LENGTH", "Host: x\r\nOrigin: y\r\nContent-Length"),
        ] {
            let heard = server.hear(request.as_bytes());
            assert!(!heard.contains(INITIALIZED), "{}: {heard}", server.name);
            assert!(heard.is_empty() || heard.contains("\"output\""), "{heard}");
        }
        assert_eq!(server.family().len(), 1, "no adapter was started for them");
        assert!(server.serves());
    });
}

#[test]
fn a_header_without_an_end_is_not_kept() {
    both(&[], None, |server| {
        for begin in ["", "Content-Length: 5\r\n"] {
            let mut stream = server.connect();
            let sent = stream.write_all(begin.as_bytes());
            let line = b"X: y\r\n".repeat(10_000);
            let refused = sent.and_then(|()| (0..2_000).try_for_each(|_| stream.write_all(&line)));
            assert!(refused.is_err(), "{}", server.name);
        }
        assert!(
            server.memory() < 64,
            "{}: {} MB",
            server.name,
            server.memory()
        );
        assert!(server.serves());
    });
}

#[test]
fn a_client_that_reads_nothing_is_made_to_wait() {
    both(&[], None, |server| {
        let mut stream = server.connect();
        stream
            .set_write_timeout(Some(Duration::from_secs(1)))
            .unwrap();
        let mut frames = Vec::new();
        for _ in 0..10_000 {
            frame::write(&mut frames, INITIALIZE.as_bytes()).unwrap();
        }
        let mut sent = 0;
        let error = loop {
            match stream.write_all(&frames) {
                Ok(()) => sent += frames.len(),
                Err(error) => break error.kind(),
            }
            assert!(sent < 256 << 20, "{}: {sent} bytes were taken", server.name);
        };
        assert!(
            matches!(error, ErrorKind::WouldBlock | ErrorKind::TimedOut),
            "{error}"
        );
        assert!(
            server.memory() < 100,
            "{}: {} MB",
            server.name,
            server.memory()
        );
        assert!(server.serves(), "others are served meanwhile");
    });
}

#[test]
fn bodies_of_any_length_are_not_kept() {
    both(&[], None, |server| {
        let mut stream = server.connect();
        let length = 60 << 20;
        let body = vec![b' '; length];
        frame::write(&mut stream, INITIALIZE.as_bytes()).unwrap();
        for _ in 0..10 {
            write!(stream, "Content-Length: {length}\r\n\r\n").unwrap();
            stream.write_all(&body).unwrap();
        }
        assert!(
            server.memory() < 100,
            "{}: {} MB",
            server.name,
            server.memory()
        );
        assert!(server.serves());
    });
}

#[test]
fn idle_connections_cost_no_processor() {
    for descriptors in [Some(64), None] {
        both(&[], descriptors, |server| {
            let idle: Vec<_> = (0..100)
                .map(|_| TcpStream::connect(&server.address))
                .collect();
            // they are taken in, as far as they are
            thread::sleep(Duration::from_secs(3));
            let before = server.ticks();
            thread::sleep(Duration::from_secs(1));
            let took = server.ticks() - before;
            assert!(took <= 10, "{}: {took} hundredths of a second", server.name);
            drop(idle);
            eventually("it serves again", || server.serves());
        });
    }
}

#[test]
fn more_sessions_than_there_are_places_for_are_told() {
    both(&[], None, |server| {
        let _idle: Vec<_> = (0..64).map(|_| server.connect()).collect();
        let heard = server.hear(b"");
        assert!(
            heard.contains("64 sessions are open, end one of them first"),
            "{heard}"
        );
    });
}

#[test]
fn clients_that_vanish_leave_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let launch = serde_json::json!({ "seq": 2, "type": "request", "command": "launch", "arguments": { "program": pipe } });
    both(&[], None, |server| {
        assert!(server.serves());
        eventually("the first session is over", || server.holdings()[2] == 1);
        thread::sleep(Duration::from_millis(100));
        let before = server.holdings();
        let clients: Vec<TcpStream> = (0..20)
            .map(|_| {
                let mut stream = server.connect();
                frame::write(&mut stream, INITIALIZE.as_bytes()).unwrap();
                frame::write(&mut stream, launch.to_string().as_bytes()).unwrap();
                stream
            })
            .collect();
        eventually("each has threads of its own", || {
            server.holdings()[0] >= before[0] + 20
        });
        drop(clients);
        eventually("nothing is left", || {
            server
                .holdings()
                .iter()
                .zip(before)
                .all(|(now, before)| *now <= before)
        });
    });
}

/// Answer that another user of this machine hears.
fn as_nobody(server: &Server) -> Option<String> {
    let (_, port) = server.address.rsplit_once(':').unwrap();
    let script = format!(
        "exec 3<>/dev/tcp/127.0.0.1/{port}; printf 'Content-Length: {}\\r\\n\\r\\n{INITIALIZE}' >&3; timeout 3 cat <&3; true",
        INITIALIZE.len()
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .uid(65_534)
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn another_user_is_served_where_that_is_asked_for() {
    if !rustix::process::geteuid().is_root() {
        return report_not_run("root, to be another user");
    }
    both(&[], None, |server| {
        let Some(heard) = as_nobody(server) else {
            return report_not_run("bash");
        };
        assert!(
            heard.contains("--any-user") && !heard.contains(INITIALIZED),
            "{}: {heard}",
            server.name
        );
        assert!(server.serves());
    });
    both(&["--any-user"], None, |server| {
        if let Some(heard) = as_nobody(server) {
            assert!(heard.contains(INITIALIZED), "{}: {heard}", server.name);
        }
    });
}
