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
            // one thread for passes over rows, which stays
            .env("RAYON_NUM_THREADS", "1")
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

/// Threads of the server, and the ticks of the processor that it has used.
#[cfg(target_os = "linux")]
fn load(server: &Server) -> (usize, u64) {
    let folder = format!("/proc/{}", server.child.id());
    let threads = std::fs::read_dir(format!("{folder}/task")).unwrap().count();
    let stat = std::fs::read_to_string(format!("{folder}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks = [11, 12].map(|at| fields[at].parse::<u64>().unwrap());
    (threads, ticks.iter().sum())
}

#[test]
#[cfg(target_os = "linux")]
fn nothing_of_200_sessions_runs_on_once_their_sockets_are_closed() {
    use std::{
        io::Write as _,
        thread,
        time::{Duration, Instant},
    };
    use ulid_dap::frame;

    let server = Server::new();
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    // it has a writer for as long as the test runs
    let mut writer = std::fs::File::options()
        .read(true)
        .write(true)
        .open(&pipe)
        .unwrap();
    writer.write_all(IDS.as_bytes()).unwrap();
    let file = folder.path().join("ids.txt");
    std::fs::write(&file, IDS.repeat(100_000)).unwrap();
    let run = |program: &std::path::Path| {
        let never = json!({ "breakpoints": [{ "name": "text =~ \"(Q|R)+never\"" }] });
        let requests = [
            ("initialize", Value::Null),
            (
                "launch",
                json!({ "program": program, "stopOnEntry": false }),
            ),
            ("setFunctionBreakpoints", never),
            ("configurationDone", Value::Null),
        ];
        let mut bytes = Vec::new();
        for (seq, (command, arguments)) in requests.iter().enumerate() {
            let request = json!({ "seq": seq + 1, "type": "request", "command": command, "arguments": arguments });
            frame::write(&mut bytes, request.to_string().as_bytes()).unwrap();
        }
        bytes
    };
    let half_a_header = b"Content-Len".to_vec();
    let said = [run(&pipe), run(&file), half_a_header, Vec::new()];
    let sockets: Vec<TcpStream> = said
        .iter()
        .cycle()
        .take(200)
        .map(|bytes| {
            let mut socket = server.connect();
            // one that is turned away may hear it before it has said anything
            let _ = socket.write_all(bytes);
            socket
        })
        .collect();
    thread::sleep(Duration::from_millis(300));
    assert!(load(&server).0 > 64, "they are served");
    drop(sockets);
    // the one that listens, the one that says goodbye, and the one for passes
    let limit = Instant::now() + Duration::from_secs(10);
    while load(&server).0 > 3 {
        assert!(
            Instant::now() < limit,
            "{:?} threads and ticks",
            load(&server)
        );
        thread::sleep(Duration::from_millis(20));
    }
    let before = load(&server).1;
    thread::sleep(Duration::from_millis(300));
    assert!(load(&server).1 - before <= 1, "it does nothing");
    // and it serves
    let mut wire = Wire::tcp(server.connect());
    assert_eq!(wire.ask("initialize", Value::Null)["success"], true);
}
