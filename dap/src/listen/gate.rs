//! Checks of a client before a session begins for it.

use std::{
    io::{self, ErrorKind, Read as _},
    net::{Shutdown, TcpStream},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::{Clients, owner};
use crate::frame::{self, FrameError, HEADER_MAX};

/// Time within which a client has to say what it wants.
const FIRST_WORD: Duration = Duration::from_secs(60);
/// Between two looks at a header that has not come whole.
const PATIENCE: Duration = Duration::from_millis(10);
/// Time within which a client that is turned away can hear the reason.
const FAREWELL: Duration = Duration::from_millis(200);
/// Bytes that are read of a client that is turned away.
const UNREAD_MAX: u64 = 1 << 20;

/// True if a client is served; one that is not has been told why.
pub(crate) fn admit(stream: &TcpStream, clients: Clients) -> bool {
    match check(stream, clients) {
        Ok(()) => true,
        Err(reason) => {
            turn_away(stream, &reason, FAREWELL);
            false
        }
    }
}

fn check(stream: &TcpStream, clients: Clients) -> Result<(), String> {
    if clients == Clients::SameUser && !owner::is_ours(stream) {
        return Err(
            "only clients of the user who started ulid-dap on this machine are served; start it with --any-user for others"
                .to_owned(),
        );
    }
    begins_with_header(stream)
}

/// Waits for the first header without taking it.
fn begins_with_header(stream: &TcpStream) -> Result<(), String> {
    let end = Instant::now() + FIRST_WORD;
    let mut bytes = vec![0; HEADER_MAX];
    let mut seen = 0;
    loop {
        let count = peek(stream, &mut bytes, end).map_err(|error| error.to_string())?;
        let come = bytes.get(..count).unwrap_or_default();
        match frame::read_header(&mut { come }) {
            Ok(Some(_)) => return Ok(()),
            Ok(None) | Err(FrameError::Truncated) if count > 0 && count < HEADER_MAX => {}
            Ok(_) => return Err(FrameError::Truncated.to_string()),
            Err(error) => return Err(error.to_string()),
        }
        if count == seen {
            // what has come already is seen again at once
            thread::sleep(PATIENCE);
        }
        seen = count;
    }
}

/// Looks at what has come, waiting for the first of it up to a moment.
fn peek(stream: &TcpStream, bytes: &mut [u8], end: Instant) -> io::Result<usize> {
    let late = || {
        let words = format!("no message came within {} s", FIRST_WORD.as_secs());
        io::Error::new(ErrorKind::TimedOut, words)
    };
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(late());
    }
    stream.set_read_timeout(Some(left))?;
    let count = match stream.peek(bytes) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            return Err(late());
        }
        count => count?,
    };
    stream.set_read_timeout(None)?;
    Ok(count)
}

/// Tells a client in the protocol why it is not served, and closes the connection.
pub(super) fn turn_away(mut stream: &TcpStream, reason: &str, patience: Duration) {
    let output = json!({
        "seq": 1, "type": "event", "event": "output",
        "body": {"category": "important", "output": format!("{reason}\n")},
    });
    let mut say = || -> io::Result<()> {
        stream.set_write_timeout(Some(patience))?;
        frame::write(&mut stream, output.to_string().as_bytes())?;
        stream.shutdown(Shutdown::Write)?;
        // a connection that is closed over unread bytes is reset, and what was said is lost
        stream.set_read_timeout(Some(patience))?;
        let end = Instant::now() + patience;
        let mut rest = stream.take(UNREAD_MAX);
        let mut waste = [0; 4096];
        while Instant::now() < end && rest.read(&mut waste)? > 0 {}
        Ok(())
    };
    // a client that is gone needs no reason
    let _ = say();
}
