//! An adapter that is a recording: it answers what it is asked as the recorded one did.
//!
//! A request is answered by the first recorded request that is not used up and has the same command and arguments, else
//! the same command. Events follow as far as the recording got before the next request. What was never recorded is
//! answered with a failure. Messages go out with the recorded bytes; only `request_seq` changes where the client counts
//! otherwise.

use std::io::{self, BufRead, Write};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use crate::frame::{self, FrameError};

/// The longest request that is read, in bytes.
const REQUEST_MAX: u64 = 16 * 1024 * 1024;

/// A recorded session.
#[derive(Debug)]
pub struct Replay {
    lines: Vec<Line>,
}

/// Why a recording cannot be replayed.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// A line is no recorded message.
    #[error("line {line} of the recording: {reason}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// The fault of it.
        reason: String,
    },
    /// The recording could not be read, or the client not written to.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The client does not speak the protocol.
    #[error(transparent)]
    Frame(#[from] FrameError),
}

#[derive(Debug)]
struct Line {
    from_adapter: bool,
    bytes: Vec<u8>,
    message: Value,
    is_done: bool,
}

#[derive(Deserialize)]
struct Recorded<'a> {
    dir: &'a str,
    #[serde(borrow)]
    msg: Option<&'a RawValue>,
    text: Option<String>,
    bytes: Option<String>,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// [`ReplayError::Line`] where a line is no recorded message, [`ReplayError::Io`] where reading fails.
    pub fn read(recording: impl BufRead) -> Result<Replay, ReplayError> {
        let mut lines = Vec::new();
        for (number, line) in recording.lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            lines.push(Line::read(&line).map_err(|reason| ReplayError::Line {
                line: number + 1,
                reason,
            })?);
        }
        Ok(Replay { lines })
    }

    /// Answers a client until it is gone.
    ///
    /// # Errors
    ///
    /// If the client sends no frames, or cannot be written to.
    pub fn serve(
        mut self,
        input: &mut impl BufRead,
        output: &mut impl Write,
    ) -> Result<(), ReplayError> {
        while let Some(request) = frame::read(input, REQUEST_MAX)? {
            let request: Value = serde_json::from_slice(&request).unwrap_or_default();
            if request["type"] != "request" {
                continue;
            }
            for message in self.answer(&request) {
                frame::write(output, &message)?;
            }
        }
        Ok(())
    }

    /// The messages that go out after a request.
    fn answer(&mut self, request: &Value) -> Vec<Vec<u8>> {
        let Some(at) = self.recorded(request) else {
            return vec![never_recorded(request)];
        };
        let recorded_seq = self.lines.get(at).map(|line| line.message["seq"].clone());
        let mut answers = Vec::new();
        let next_request = self
            .lines
            .iter()
            .enumerate()
            .position(|(number, line)| number > at && line.is_request() && !line.is_done)
            .unwrap_or(self.lines.len());
        for (number, line) in self.lines.iter_mut().enumerate() {
            let is_answer = line.message["type"] == "response"
                && Some(&line.message["request_seq"]) == recorded_seq.as_ref()
                && number > at;
            let is_due = is_answer || (number < next_request && line.message["type"] != "response");
            if line.from_adapter && !line.is_done && is_due {
                line.is_done = true;
                answers.push(if is_answer {
                    with_request_seq(&line.bytes, &line.message["request_seq"], &request["seq"])
                } else {
                    line.bytes.clone()
                });
            }
        }
        answers
    }

    /// The recorded request that stands for this one.
    fn recorded(&mut self, request: &Value) -> Option<usize> {
        let find = |same_arguments: bool| {
            self.lines.iter().position(|line| {
                line.is_request()
                    && !line.is_done
                    && line.message["command"] == request["command"]
                    && (!same_arguments || line.message["arguments"] == request["arguments"])
            })
        };
        let at = find(true).or_else(|| find(false))?;
        self.lines.get_mut(at)?.is_done = true;
        Some(at)
    }
}

impl Line {
    fn read(line: &str) -> Result<Line, String> {
        let recorded: Recorded<'_> =
            serde_json::from_str(line).map_err(|error| error.to_string())?;
        let bytes = match (recorded.msg, recorded.text, recorded.bytes) {
            (Some(message), _, _) => message.get().as_bytes().to_vec(),
            (None, Some(text), _) => text.into_bytes(),
            (None, None, Some(bytes)) => {
                STANDARD.decode(bytes).map_err(|error| error.to_string())?
            }
            (None, None, None) => return Err("there is no msg, text or bytes".to_owned()),
        };
        let from_adapter = match recorded.dir {
            "<" => true,
            ">" => false,
            other => return Err(format!("dir is {other:?}, not \"<\" or \">\"")),
        };
        Ok(Line {
            from_adapter,
            message: serde_json::from_slice(&bytes).unwrap_or_default(),
            bytes,
            is_done: false,
        })
    }

    fn is_request(&self) -> bool {
        !self.from_adapter && self.message["type"] == "request"
    }
}

fn never_recorded(request: &Value) -> Vec<u8> {
    json!({
        "seq": 0, "type": "response", "request_seq": request["seq"], "success": false,
        "command": request["command"], "message": "this request is not in the recording",
    })
    .to_string()
    .into_bytes()
}

/// A recorded response with the number of the request that it now answers.
fn with_request_seq(bytes: &[u8], recorded: &Value, asked: &Value) -> Vec<u8> {
    if recorded == asked {
        return bytes.to_vec();
    }
    crate::wrap::with_number(bytes, "request_seq", asked.as_i64().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const RECORDING: &str = r#"{"t":0.1,"dir":">","raw_len":1,"msg":{"seq":1,"type":"request","command":"initialize","arguments":{}}}
{"t":0.2,"dir":"<","raw_len":1,"msg":{ "success":true, "request_seq":1,"type":"response","command":"initialize" }}
{"t":0.2,"dir":"<","raw_len":1,"msg":{"type":"event","event":"initialized"}}
{"t":0.3,"dir":">","raw_len":1,"msg":{"seq":2,"type":"request","command":"threads"}}
{"t":0.3,"dir":">","raw_len":1,"msg":{"seq":3,"type":"request","command":"variables","arguments":{"variablesReference":1}}}
{"t":0.4,"dir":"<","raw_len":1,"msg":{"request_seq":3,"type":"response","success":true,"command":"variables"}}
{"t":0.4,"dir":"<","raw_len":1,"text":"{\n\"request_seq\":2,\"type\":\"response\"}"}
"#;

    fn ask(replay: &mut Replay, request: Value) -> Vec<String> {
        replay
            .answer(&request)
            .into_iter()
            .map(|bytes| String::from_utf8(bytes).unwrap())
            .collect()
    }

    #[test]
    fn requests_find_their_answers_in_any_order() {
        let mut replay = Replay::read(RECORDING.as_bytes()).unwrap();
        let first = ask(
            &mut replay,
            json!({"seq": 10, "type": "request", "command": "initialize", "arguments": {}}),
        );
        assert_eq!(
            first,
            [
                r#"{ "success":true, "request_seq":10,"type":"response","command":"initialize" }"#,
                r#"{"type":"event","event":"initialized"}"#,
            ]
        );
        let rows = ask(
            &mut replay,
            json!({"seq": 3, "type": "request", "command": "variables", "arguments": {"variablesReference": 1}}),
        );
        assert_eq!(
            rows,
            [r#"{"request_seq":3,"type":"response","success":true,"command":"variables"}"#]
        );
        let threads = ask(
            &mut replay,
            json!({"seq": 2, "type": "request", "command": "threads"}),
        );
        assert_eq!(threads, ["{\n\"request_seq\":2,\"type\":\"response\"}"]);
        let again = ask(
            &mut replay,
            json!({"seq": 5, "type": "request", "command": "threads"}),
        );
        assert!(again[0].contains("not in the recording"));
    }

    #[test]
    fn broken_recordings_say_where() {
        for (text, reason) in [
            ("{}", "missing field"),
            ("\n{\"dir\":\"<\"}", "line 2"),
            (r#"{"dir":"x","msg":{}}"#, "dir is"),
            ("x", "line 1"),
        ] {
            let error = Replay::read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
