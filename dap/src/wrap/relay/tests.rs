//! Conversations with a scripted adapter, over pipes.

use std::{
    io::{BufReader, PipeReader, PipeWriter, pipe},
    sync::mpsc::{Receiver, RecvTimeoutError, channel},
};

use serde_json::{Value, json};

use super::*;

/// More than any of these conversations takes.
const LIMIT: Duration = Duration::from_secs(20);

/// A client and an adapter with a relay between them. Both hear through threads of their own.
struct Ends {
    client: PipeWriter,
    heard_by_client: Receiver<u8>,
    adapter: PipeWriter,
    heard_by_adapter: Receiver<Value>,
    seq: i64,
}

fn ends() -> Ends {
    let (client_reader, client) = pipe().unwrap();
    let (from_wrap, client_writer) = pipe().unwrap();
    let (adapter_reader, adapter) = pipe().unwrap();
    let (to_adapter, adapter_writer) = pipe().unwrap();
    let upstream = Upstream {
        reach: Reach::Address(String::new()),
        family: None,
        hint: None,
    };
    let settings = Settings::at(Timestamp::now());
    let relay = Arc::new(Relay::new(
        upstream,
        settings.clone(),
        None,
        Clients::SameUser,
    ));
    let client_ends = Client {
        reader: Box::new(client_reader),
        writer: Box::new(client_writer),
    };
    let link = Link {
        reader: Box::new(adapter_reader),
        writer: Box::new(adapter_writer),
        process: None,
        socket: None,
    };
    thread::spawn(move || relay.converse(client_ends, link, settings));
    Ends {
        client,
        heard_by_client: bytes(from_wrap),
        adapter,
        heard_by_adapter: messages(to_adapter),
        seq: 0,
    }
}

fn bytes(reader: PipeReader) -> Receiver<u8> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let bytes = BufReader::new(reader).bytes().map_while(Result::ok);
        bytes.take_while(|byte| sender.send(*byte).is_ok()).count()
    });
    receiver
}

fn messages(reader: PipeReader) -> Receiver<Value> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(reader);
        while let Ok(Some(body)) = frame::read(&mut reader, u64::MAX) {
            let message = serde_json::from_slice(&body).unwrap();
            if sender.send(message).is_err() {
                return;
            }
        }
    });
    receiver
}

impl Ends {
    fn request(&mut self, command: &str, arguments: &Value) {
        self.seq += 1;
        let message =
            json!({"seq": self.seq, "type": "request", "command": command, "arguments": arguments});
        frame::write(&mut self.client, message.to_string().as_bytes()).unwrap();
    }

    /// The adapter hears the last request.
    fn arrives(&self) -> Value {
        let message = self.heard_by_adapter.recv_timeout(LIMIT).unwrap();
        assert_eq!(message["seq"], self.seq);
        message
    }

    fn respond(&mut self, body: &Value) {
        let message = json!({"seq": 0, "type": "response", "request_seq": self.seq, "success": true, "command": "x", "body": body});
        frame::write(&mut self.adapter, message.to_string().as_bytes()).unwrap();
    }

    /// Reads what the client gets, up to the end of a text.
    fn hear_up_to(&self, end: &str) -> String {
        let mut heard = Vec::new();
        while !heard.ends_with(end.as_bytes()) {
            match self.heard_by_client.recv_timeout(LIMIT) {
                Ok(byte) => heard.push(byte),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{end:?} after {:?}", String::from_utf8_lossy(&heard))
                }
            }
        }
        String::from_utf8(heard).unwrap()
    }
}

#[test]
fn text_on_the_adapters_output_holds_nothing_up() {
    for text in [
        "loaded .lldbinit\n",
        "no line end",
        "\n\u{1b}[1mbanner\u{1b}[0m: x\n\n",
    ] {
        let mut ends = ends();
        ends.adapter.write_all(text.as_bytes()).unwrap();
        for command in ["initialize", "launch", "threads"] {
            ends.request(command, &json!({}));
            assert_eq!(ends.arrives()["command"], command);
            let body = json!({"of": command, "supportsCompletionsRequest": true});
            ends.respond(&body);
            let heard = ends.hear_up_to(&body.to_string());
            assert!(heard.contains(text), "{heard}");
            ends.adapter.write_all(text.as_bytes()).unwrap();
        }
        ends.request("variables", &json!({"variablesReference": 1}));
        ends.arrives();
        let row =
            json!({"name": "id", "value": "'01ARZ3NDEKTSV4RRFFQ69G5FAV'", "variablesReference": 0});
        ends.respond(&json!({"variables": [row]}));
        ends.hear_up_to(" ⟶ 2016-07-30T23:54:10.259Z");
    }
}

#[test]
fn a_message_that_takes_long_holds_no_request_up() {
    const LENGTH: usize = super::super::wire::LOOKED_AT_MAX as usize + 1;
    let mut ends = ends();
    write!(ends.adapter, "Content-Length: {LENGTH}\r\n\r\n").unwrap();
    ends.adapter.write_all(b"the first half").unwrap();
    ends.hear_up_to("the first half");
    // this one is answered by ourselves, once the message of the adapter is over
    ends.request(
        "evaluate",
        &json!({"expression": "ulid 01ARZ3NDEKTSV4RRFFQ69G5FAV", "context": "repl"}),
    );
    ends.request("threads", &json!({}));
    ends.arrives();
    let rest = vec![b'x'; LENGTH - "the first half".len() - 1];
    ends.adapter.write_all(&rest).unwrap();
    ends.adapter.write_all(b"!").unwrap();
    let heard = ends.hear_up_to("2016-07-30T23:54:10.259Z");
    assert_eq!(heard.find('!'), Some(rest.len()));
}
