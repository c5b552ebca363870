//! `ulid-dap inspect --listen`.

use std::{
    io::{BufRead, BufReader},
    net::TcpStream,
    process::{Child, Command, Stdio},
};

use serde_json::{Value, json};

use crate::{IDS, wire::Wire};

/// A listening adapter, which ends with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn new() -> Server {
        let mut child = Command::new(ulid_tests::binary("ulid-dap"))
            .args(["inspect", "--listen", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        output.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("ulid-dap: listening on ").unwrap();
        Server {
            child,
            address: address.to_owned(),
        }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn several_sessions_are_served_side_by_side() {
    let server = Server::new();
    assert!(
        server.address.starts_with("127.0.0.1:"),
        "{}",
        server.address
    );
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("ids.txt");
    std::fs::write(&program, IDS).unwrap();
    let mut wires = [Wire::tcp(server.connect()), Wire::tcp(server.connect())];
    for wire in &mut wires {
        wire.ask("initialize", Value::Null);
        wire.ask("launch", json!({ "program": program }));
        wire.go("configurationDone", Value::Null);
    }
    wires[0].go("next", json!({ "threadId": 1 }));
    let lines = wires.map(|mut wire| {
        let trace = wire.ask("stackTrace", json!({ "threadId": 1 }));
        wire.ask("disconnect", Value::Null);
        trace["body"]["stackFrames"][0]["line"].clone()
    });
    assert_eq!(lines, [json!(2), json!(1)]);
}
