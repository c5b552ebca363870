//! Checks of a client before a session begins for it.

use std::{
    io::{self, ErrorKind, Read as _},
    net::{Shutdown, TcpStream},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, bounded};
use serde_json::json;

use super::{Clients, SESSIONS_MAX, Socket, owner};
use crate::{
    frame::{self, FrameError, HEADER_MAX},
    spawn,
};

/// Time within which a client has to say what it wants.
const FIRST_WORD: Duration = Duration::from_secs(60);
/// Time within which a client that is turned away can hear the reason.
const FAREWELL: Duration = Duration::from_millis(200);
/// Bytes that are read of a client that is turned away.
const UNREAD_MAX: u64 = 1 << 20;

/// The socket of a client that is served; one that is not has been told why.
pub(crate) fn admit(stream: TcpStream, clients: Clients) -> Option<Socket> {
    match check(&stream, clients) {
        Ok(ahead) => Socket::with(stream, ahead).ok(),
        Err(reason) => {
            if tell(&stream, &reason).is_ok() {
                hear_out(&stream, Instant::now() + FAREWELL);
            }
            None
        }
    }
}

/// The words of a client up to the end of its first header, and maybe more.
fn check(stream: &TcpStream, clients: Clients) -> Result<Vec<u8>, String> {
    if clients == Clients::SameUser && !owner::is_ours(stream) {
        return Err(
            "only clients of the user who started ulid-dap on this machine are served; start it with --any-user for others"
                .to_owned(),
        );
    }
    first_header(stream)
}

/// Reads the first header. It may come in pieces.
fn first_header(stream: &TcpStream) -> Result<Vec<u8>, String> {
    let end = Instant::now() + FIRST_WORD;
    let mut come = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let count = read_some(stream, &mut piece, end).map_err(|error| error.to_string())?;
        come.extend_from_slice(piece.get(..count).unwrap_or_default());
        match frame::read_header(&mut come.as_slice()) {
            Ok(Some(_)) => return Ok(come),
            Ok(None) | Err(FrameError::Truncated) if count > 0 && come.len() < HEADER_MAX => {}
            Ok(_) => return Err(FrameError::Truncated.to_string()),
            Err(error) => return Err(error.to_string()),
        }
    }
}

/// Reads what has come, waiting for the first of it up to a moment.
fn read_some(mut stream: &TcpStream, bytes: &mut [u8], end: Instant) -> io::Result<usize> {
    let late = || {
        let words = format!("no message came within {} s", FIRST_WORD.as_secs());
        io::Error::new(ErrorKind::TimedOut, words)
    };
    let left = end.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(late());
    }
    stream.set_read_timeout(Some(left))?;
    let count = match stream.read(bytes) {
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
            return Err(late());
        }
        count => count?,
    };
    stream.set_read_timeout(None)?;
    Ok(count)
}

/// Clients that were told why they are not served, and may hear it now. Nobody else waits for them.
#[derive(Debug)]
pub(super) struct Farewells(Sender<(TcpStream, Instant)>);

impl Farewells {
    pub(super) fn new() -> Farewells {
        let (sender, leaving): (_, Receiver<(TcpStream, Instant)>) = bounded(SESSIONS_MAX);
        // without the thread they hear the reason if they are fast
        let _ = spawn::named("farewells", move || {
            for (stream, end) in leaving {
                hear_out(&stream, end);
            }
        });
        Farewells(sender)
    }

    /// Turns a client away without waiting for it.
    pub(super) fn turn_away(&self, stream: TcpStream, reason: &str) {
        if tell(&stream, reason).is_ok() {
            // where too many leave at once this one is gone without a moment
            let _ = self.0.try_send((stream, Instant::now() + FAREWELL));
        }
    }
}

/// Tells a client in the protocol why it is not served. So little fits into a connection that nothing was sent over.
fn tell(mut stream: &TcpStream, reason: &str) -> io::Result<()> {
    let output = json!({
        "seq": 1, "type": "event", "event": "output",
        "body": {"category": "important", "output": format!("{reason}\n")},
    });
    stream.set_write_timeout(Some(FAREWELL))?;
    frame::write(&mut stream, output.to_string().as_bytes())?;
    stream.shutdown(Shutdown::Write)
}

/// Reads what a client still says until it closes the connection, up to a moment: one that is closed over unread bytes is
/// reset, and what was said is lost.
fn hear_out(stream: &TcpStream, end: Instant) {
    let mut waste = [0; 4096];
    let mut rest = UNREAD_MAX;
    while rest > 0 {
        let left = end.saturating_duration_since(Instant::now());
        let ready = match left.is_zero() {
            true => stream.set_nonblocking(true),
            false => stream.set_read_timeout(Some(left)),
        };
        // a client that is gone needs no reason
        match ready.and_then(|()| { stream }.read(&mut waste)) {
            Ok(count) if count > 0 => rest = rest.saturating_sub(count as u64),
            Err(error) if error.kind() == ErrorKind::WouldBlock && !left.is_zero() => {}
            _ => return,
        }
    }
}
