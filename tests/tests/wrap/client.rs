//! A debug client that keeps the bytes of every message.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use ulid_tests::binary;

/// More than any adapter needs, also where the machine is busy.
const LIMIT: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    pub(crate) process: Option<Child>,
    writer: Option<Box<dyn Write>>,
    incoming: Receiver<Vec<u8>>,
    /// Every message that came, in order.
    pub(crate) log: Vec<Vec<u8>>,
    unread: Vec<Value>,
    seq: i64,
}

/// `ulid-dap wrap` with these arguments.
pub(crate) fn wrap(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary("ulid-dap"));
    command.arg("wrap").args(arguments);
    command
}

impl Client {
    /// Talks to a process on its standard streams.
    pub(crate) fn spawn(command: &mut Command) -> Client {
        let mut process = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it is built");
        let (writer, reader) = (
            process.stdin.take().unwrap(),
            process.stdout.take().unwrap(),
        );
        Client::over(reader, Box::new(writer), Some(process))
    }

    /// Talks to a listening process.
    pub(crate) fn connect(port: u16) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", port)).expect("it listens");
        stream.set_nodelay(true).unwrap();
        Client::over(stream.try_clone().unwrap(), Box::new(stream), None)
    }

    fn over(
        reader: impl Read + Send + 'static,
        writer: Box<dyn Write>,
        process: Option<Child>,
    ) -> Client {
        let (sender, incoming) = mpsc::channel();
        thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            while let Ok(Some(message)) = read(&mut reader) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        Client {
            process,
            writer: Some(writer),
            incoming,
            log: Vec::new(),
            unread: Vec::new(),
            seq: 0,
        }
    }

    /// Sends a request without waiting for its answer.
    pub(crate) fn send(&mut self, command: &str, arguments: Value) -> i64 {
        self.seq += 1;
        let seq = self.seq;
        self.write(
            &json!({"seq": seq, "type": "request", "command": command, "arguments": arguments})
                .to_string(),
        );
        seq
    }

    /// Sends bytes as one message.
    pub(crate) fn write(&mut self, message: &str) {
        let frame = format!("Content-Length: {}\r\n\r\n{message}", message.len());
        let writer = self.writer.as_mut().expect("not closed");
        // an adapter that is gone is noticed where its answer is awaited
        let _ = writer
            .write_all(frame.as_bytes())
            .and_then(|()| writer.flush());
    }

    /// Sends a request and waits for its answer.
    pub(crate) fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let seq = self.send(command, arguments);
        self.answer(seq)
    }

    pub(crate) fn answer(&mut self, seq: i64) -> Value {
        self.wait_for(|message| message["type"] == "response" && message["request_seq"] == seq)
    }

    /// Waits for an event, or for a request of the adapter.
    pub(crate) fn event(&mut self, name: &str) -> Value {
        self.wait_for(|message| {
            message["event"] == name || (message["type"] == "request" && message["command"] == name)
        })
    }

    /// Answers a request of the adapter.
    pub(crate) fn reply(&mut self, request: &Value) {
        self.seq += 1;
        let reply = json!({"seq": self.seq, "type": "response", "request_seq": request["seq"], "success": true, "command": request["command"]});
        self.write(&reply.to_string());
    }

    fn wait_for(&mut self, is_wanted: impl Fn(&Value) -> bool) -> Value {
        if let Some(at) = self.unread.iter().position(&is_wanted) {
            return self.unread.remove(at);
        }
        loop {
            let message = match self.incoming.recv_timeout(LIMIT) {
                Ok(message) => message,
                Err(error) => panic!("{error}; unread: {:#?}", self.unread),
            };
            let value: Value = serde_json::from_slice(&message).expect("JSON");
            self.log.push(message);
            if is_wanted(&value) {
                return value;
            }
            self.unread.push(value);
        }
    }

    /// Says no more, and reads what is still to come.
    pub(crate) fn close(&mut self) {
        self.writer = None;
        loop {
            match self.incoming.recv_timeout(LIMIT) {
                Ok(message) => self.log.push(message),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => panic!("it does not end"),
            }
        }
    }

    /// Ends the session and returns the exit code, and what was printed on the error stream.
    pub(crate) fn finish(mut self) -> (Option<i32>, String) {
        self.close();
        let mut process = self.process.take().expect("a process");
        let mut errors = String::new();
        process
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut errors)
            .unwrap();
        (process.wait().unwrap().code(), errors)
    }
}

fn read(reader: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut length = None;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        match line.trim_end().split_once(": ") {
            Some(("Content-Length", value)) => length = value.parse().ok(),
            _ if line == "\r\n" => break,
            other => panic!("outside of a frame: {other:?}"),
        }
    }
    let mut message = vec![0; length.expect("a length")];
    reader.read_exact(&mut message)?;
    Ok(Some(message))
}

/// True if a text carries the time of a ULID, be it that of its key.
pub(crate) fn is_decorated(value: &str) -> bool {
    let told = value.split_once(" ⟶ ").map(|(_, told)| told);
    // the time stands behind all that says of what it is one
    let time = told.and_then(|told| told.rsplit(' ').next());
    time.is_some_and(|time| time.starts_with("20"))
}
