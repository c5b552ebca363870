//! Frames of the Debug Adapter Protocol: pieces of any size hold the same, and what is written is read back.

use std::io::{BufRead, BufReader, Read};

use ulid_dap::frame::{self, FrameError};

/// The longest body that is taken.
const BODY_MAX: u64 = 64;

/// One byte at a time.
struct Drops<'a>(&'a [u8]);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(1);
        self.0.read(&mut buffer[..len])
    }
}

pub(crate) fn check(wire: &[u8]) {
    let whole = bodies(&mut &wire[..]);
    assert_eq!(bodies(&mut BufReader::with_capacity(1, Drops(wire))), whole);
    let mut written = Vec::new();
    for body in whole.iter().flatten() {
        assert!(body.len() as u64 <= BODY_MAX);
        frame::write(&mut written, body).expect("memory can be written");
    }
    let expected: Vec<_> = whole.into_iter().filter(Result::is_ok).collect();
    assert_eq!(bodies(&mut written.as_slice()), expected);
}

/// Bodies, and errors by their words, until the stream is of no more use.
fn bodies(wire: &mut impl BufRead) -> Vec<Result<Vec<u8>, String>> {
    let mut all = Vec::new();
    loop {
        match frame::read(wire, BODY_MAX) {
            Ok(Some(body)) => all.push(Ok(body)),
            Ok(None) => return all,
            Err(error) => {
                let goes_on = matches!(error, FrameError::TooLong { .. });
                all.push(Err(error.to_string()));
                if !goes_on {
                    return all;
                }
            }
        }
    }
}
