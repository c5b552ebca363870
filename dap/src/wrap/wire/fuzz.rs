//! Broken frames by the million: nothing panics, nothing takes memory that did not come, and every byte passes.
//!
//! `ULID_FUZZ_FRAMES` says how many.

use std::env;

use ulid_engine::Timestamp;

use super::*;
use crate::{
    frame::FrameError,
    wrap::{session::Session, settings::Settings},
};

/// Messages of both sides, to be broken.
const BODIES: [&str; 8] = [
    r#"{"seq":1,"type":"request","command":"initialize","arguments":{"adapterID":"lldb","supportsVariableType":true}}"#,
    r#"{"seq":2,"type":"request","command":"launch","arguments":{"program":"a","ulid":{"decoration":"full"}}}"#,
    r#"{"seq":3,"type":"request","command":"scopes","arguments":{"frameId":1}}"#,
    r#"{"seq":0,"type":"response","request_seq":3,"success":true,"command":"scopes","body":{"scopes":[{"name":"L","variablesReference":1,"expensive":false}]}}"#,
    r#"{"seq":4,"type":"request","command":"variables","arguments":{"variablesReference":1}}"#,
    r#"{"seq":0,"type":"response","request_seq":4,"success":true,"command":"variables","body":{"variables":[{"name":"id","value":"'01ARZ3NDEKTSV4RRFFQ69G5FAV'","type":"str","variablesReference":0}]}}"#,
    r#"{"seq":5,"type":"request","command":"setVariable","arguments":{"variablesReference":1,"name":"id","value":"2025-03-01T12:00:00Z"}}"#,
    r#"{"seq":0,"type":"event","event":"stopped","body":{"reason":"step","threadId":1}}"#,
];
/// The replacement of a piece of a frame.
const PIECES: [&str; 12] = [
    "",
    "\n",
    "\r\n\r\n",
    ":",
    "\"",
    "{",
    "}]",
    "\\u12",
    "18446744073709551616",
    "-1",
    "\u{feff}",
    "01ARZ",
];
/// Bytes beside the buffers that a reader may take: error messages, the lists of a session's answers.
const SLACK: u64 = 64 * 1024;

#[test]
fn broken_frames() {
    let wanted = env::var("ULID_FUZZ_FRAMES").map_or(20_000, |text| text.parse().unwrap());
    let mut random = Random(1);
    let mut session = Session::new(Settings::at(Timestamp::MAX), None, || Timestamp::MAX);
    let mut frames = 0;
    while frames < wanted {
        let mut stream = Vec::new();
        for _ in 0..=random.below(3) {
            stream.extend(frame(&mut random));
            frames += 1;
        }
        let length = stream.len() as u64;
        let taken = allocation_counter::measure(|| read_all(&stream));
        assert!(
            taken.bytes_max <= 4 * length + SLACK,
            "{taken:?}: {stream:?}"
        );
        let limit = (BUFFER + KEPT) as u64 + 4 * length + SLACK;
        let taken = allocation_counter::measure(|| pass_all(&stream));
        assert!(taken.bytes_max <= limit, "{taken:?}: {stream:?}");
        hear_all(&stream, &mut session);
    }
}

/// One frame, most often with something wrong.
fn frame(random: &mut Random) -> Vec<u8> {
    let body = BODIES[random.below(BODIES.len())];
    let length = match random.below(8) {
        0 => [0, 1, 1 << 20, 1 << 40, u64::MAX][random.below(5)],
        1 => body.len() as u64 + random.below(9) as u64,
        2 => body.len() as u64 / 2,
        _ => body.len() as u64,
    };
    let name = ["Content-Length", "content-length", "CONTENT-LENGTH"][random.below(3)];
    let end = if random.below(8) == 0 { "\n" } else { "\r\n" };
    let mut header = format!("{name}: {length}{end}");
    match random.below(24) {
        0 => header += &header.clone(),
        1 => header += "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\n",
        2 => header = format!("X: {}{end}{header}", "x".repeat(random.below(8_192))),
        3 => header.insert_str(0, end),
        _ => {}
    }
    let mut frame = format!("{header}{end}{body}").into_bytes();
    for _ in 0..random.below(4) {
        if frame.is_empty() {
            break;
        }
        let begin = random.below(frame.len());
        match random.below(4) {
            0 => frame[begin] = random.next() as u8,
            1 => frame.truncate(begin + 1),
            _ => {
                let piece = PIECES[random.below(PIECES.len())];
                let end = (begin + random.below(6)).min(frame.len());
                frame.splice(begin..end, piece.bytes());
            }
        }
    }
    frame
}

fn read_all(mut stream: &[u8]) {
    const BODY_MAX: u64 = 1 << 16;
    loop {
        match frame::read(&mut stream, BODY_MAX) {
            Ok(Some(body)) => assert!(body.len() as u64 <= BODY_MAX),
            Err(FrameError::TooLong { length, max }) => assert!(length > max),
            Ok(None) | Err(_) => return,
        }
    }
}

/// Takes the stream as a relay does. What comes out has to be what went in.
fn pass_all(stream: &[u8]) {
    let mut wire = Wire::new(stream);
    let mut rest = stream;
    let mut expect = |bytes: &[u8]| {
        assert!(rest.starts_with(bytes));
        rest = &rest[bytes.len()..];
    };
    loop {
        match wire.next().unwrap() {
            Part::Message(bytes, _) | Part::Stray(bytes) => expect(bytes),
            Part::Long(header, length) => {
                expect(header);
                let mut passed = Vec::new();
                wire.pass_on(length, &mut passed).unwrap();
                expect(&passed);
            }
            Part::End => break,
        }
    }
    assert!(rest.is_empty());
}

fn hear_all(stream: &[u8], session: &mut Session) {
    let mut wire = Wire::new(stream);
    loop {
        match wire.next() {
            Ok(Part::Message(bytes, body)) => {
                let message = &bytes[body..];
                drop(session.client(message));
                drop(session.adapter(message, &mut |_, _| None));
            }
            Ok(Part::Stray(_)) => {}
            _ => return,
        }
    }
}

/// A sequence of numbers that look random: splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }
}
