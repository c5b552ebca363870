//! A client of the real binary that speaks in bare frames and keeps all that it hears.

use std::{
    io::{BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use serde_json::{Value, json};
use ulid_dap::frame;

pub(crate) struct Wire {
    output: Box<dyn Write>,
    arrived: Receiver<Value>,
    seq: i64,
    /// Every message from the adapter.
    pub(crate) heard: Vec<Value>,
    child: Option<Child>,
}

impl Wire {
    /// A session with a process of its own.
    pub(crate) fn stdio() -> Wire {
        let mut command = Command::new(ulid_tests::binary("ulid-dap"));
        Wire::spawn(command.arg("inspect"))
    }

    /// A session with a process of its own, of any debugger.
    pub(crate) fn spawn(command: &mut Command) -> Wire {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let input = child.stdout.take().unwrap();
        let output: ChildStdin = child.stdin.take().unwrap();
        Wire {
            child: Some(child),
            ..Wire::over(input, output)
        }
    }

    /// A session over TCP.
    pub(crate) fn tcp(stream: TcpStream) -> Wire {
        Wire::over(stream.try_clone().unwrap(), stream)
    }

    fn over(input: impl Read + Send + 'static, output: impl Write + 'static) -> Wire {
        let (arriving, arrived) = channel();
        thread::spawn(move || {
            let mut input = BufReader::new(input);
            while let Ok(Some(body)) = frame::read(&mut input, u64::MAX) {
                if arriving
                    .send(serde_json::from_slice(&body).unwrap())
                    .is_err()
                {
                    return;
                }
            }
        });
        Wire {
            output: Box::new(output),
            arrived,
            seq: 0,
            heard: Vec::new(),
            child: None,
        }
    }

    /// Sends a request, and says what its number is.
    pub(crate) fn post(&mut self, command: &str, arguments: Value) -> i64 {
        self.seq += 1;
        let seq = self.seq;
        let request =
            json!({ "seq": seq, "type": "request", "command": command, "arguments": arguments });
        frame::write(&mut self.output, request.to_string().as_bytes()).unwrap();
        seq
    }

    /// Sends a request and waits for its response.
    pub(crate) fn ask(&mut self, command: &str, arguments: Value) -> Value {
        let seq = self.post(command, arguments);
        self.wait(|message| message["request_seq"] == seq)
    }

    /// Waits for a message, one that came already included.
    pub(crate) fn wait(&mut self, is_meant: impl Fn(&Value) -> bool) -> Value {
        let mut at = 0;
        loop {
            while let Some(message) = self.heard.get(at) {
                if is_meant(message) {
                    return message.clone();
                }
                at += 1;
            }
            let message = self.arrived.recv_timeout(Duration::from_secs(20));
            self.heard.push(message.expect("an answer within 20 s"));
        }
    }

    /// Moves and waits until the program stands.
    pub(crate) fn go(&mut self, command: &str, arguments: Value) {
        let from = self.heard.len();
        self.ask(command, arguments);
        let stopped = |message: &Value| message["event"] == "stopped";
        while !self.heard[from..].iter().any(stopped) {
            let message = self.arrived.recv_timeout(Duration::from_secs(20));
            self.heard
                .push(message.expect("the program stands within 20 s"));
        }
    }

    /// Waits for the end of the process.
    pub(crate) fn exit_code(mut self) -> Option<i32> {
        self.child.take()?.wait().unwrap().code()
    }
}
