//! Frames cut out of streams of any kind: whole, broken, too long, never ended.

use std::io::{BufReader, Cursor};

use proptest::prelude::*;

use super::*;

const MAX: u64 = 64;

/// A stream that gives its bytes in pieces of one size, as a slow socket does.
struct Pieces {
    bytes: Cursor<Vec<u8>>,
    size: usize,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.size.min(buffer.len());
        self.bytes.read(&mut buffer[..size])
    }
}

/// Every body of a stream, and the error that ended it.
fn bodies(wire: &[u8], size: usize) -> (Vec<String>, Option<String>) {
    let bytes = Cursor::new(wire.to_vec());
    let mut input = BufReader::with_capacity(16, Pieces { bytes, size });
    let mut found = Vec::new();
    loop {
        match read(&mut input, MAX) {
            Ok(Some(body)) => found.push(String::from_utf8(body).unwrap()),
            Ok(None) => return (found, None),
            Err(error) => return (found, Some(error.to_string())),
        }
    }
}

fn check(wire: &[u8], expected: &[&str], error: Option<&str>) {
    for size in [1, 2, 7, 1000] {
        let (found, ended) = bodies(wire, size);
        let name = format!("{:?} in pieces of {size}", String::from_utf8_lossy(wire));
        assert_eq!(found, expected, "{name}");
        assert_eq!(ended.as_deref(), error, "{name}");
    }
}

#[test]
fn headers_as_they_are_sent() {
    for wire in [
        "Content-Length: 2\r\n\r\n{}",
        "content-length: 2\r\n\r\n{}",
        "CONTENT-LENGTH:2\r\n\r\n{}",
        "Content-Length:   2  \n\n{}",
        "Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 2\r\n\r\n{}",
        "Content-Length: 2\r\nX: y\r\n\r\n{}",
        "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
        "\r\n\r\nContent-Length: 2\r\n\r\n{}",
        "\nContent-Length: 0000002\r\n\r\n{}",
    ] {
        check(wire.as_bytes(), &["{}"], None);
    }
}

#[test]
fn joined_frames_and_stray_line_breaks_between_them() {
    check(b"", &[], None);
    check(
        b"Content-Length: 1\r\n\r\naContent-Length: 0\r\n\r\nContent-Length: 2\r\n\r\nbc",
        &["a", "", "bc"],
        None,
    );
    check(
        b"Content-Length: 1\r\n\r\na\r\nContent-Length: 1\r\n\r\nb\r\n",
        &["a", "b"],
        None,
    );
}

#[test]
fn what_is_malformed_is_said() {
    let long = [b"X: ".as_slice(), &[b'y'; HEADER_LINE_MAX]].concat();
    let many = b"X: y\r\n".repeat(HEADER_MAX);
    for (wire, error) in [
        (
            b"nonsense\r\n\r\n".as_slice(),
            r#"not a header line: "nonsense""#,
        ),
        (b"X: y\r\n\r\n{}", "the header has no Content-Length"),
        (b"Content-Length: \r\n\r\n", r#"not a Content-Length: """#),
        (
            b"Content-Length: -1\r\n\r\n",
            r#"not a Content-Length: "-1""#,
        ),
        (
            b"Content-Length: +1\r\n\r\na",
            r#"not a Content-Length: "+1""#,
        ),
        (
            b"Content-Length: 2.0\r\n\r\n{}",
            r#"not a Content-Length: "2.0""#,
        ),
        (
            b"Content-Length: 99999999999999999999\r\n\r\n",
            r#"not a Content-Length: "99999999999999999999""#,
        ),
        (
            b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
            r#"not a Content-Length: "2""#,
        ),
        (
            b"Content-Length: 3\r\n\r\n{}",
            "the stream ends inside of a message",
        ),
        (
            b"Content-Length: 3\r\n",
            "the stream ends inside of a message",
        ),
        (b"Content-Le", "the stream ends inside of a message"),
        (&long, "a header line is longer than 4096 bytes"),
        (&many, "a header is longer than 16384 bytes"),
        (
            b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}",
            "this port speaks the Debug Adapter Protocol, not HTTP",
        ),
        (
            b"Content-Length: 2\r\nOrigin: https://example.org\r\n\r\n{}",
            "this port speaks the Debug Adapter Protocol, not HTTP",
        ),
    ] {
        check(wire, &[], Some(error));
    }
}

#[test]
fn a_changed_body_keeps_the_rest_of_its_header() {
    for (header, expected) in [
        ("Content-Length: 2\r\n\r\n", "Content-Length: 10\r\n\r\n"),
        (
            "note: 5\ncontent-length:2 \r\nContent-Type: x\r\n\r\n",
            "note: 5\ncontent-length:10 \r\nContent-Type: x\r\n\r\n",
        ),
    ] {
        let mut wire = Vec::new();
        write_like(&mut wire, header.as_bytes(), b"0123456789").unwrap();
        assert_eq!(
            String::from_utf8(wire).unwrap(),
            format!("{expected}0123456789")
        );
    }
}

#[test]
fn a_body_over_the_limit_is_skipped_and_the_stream_goes_on() {
    let wire = [
        format!("Content-Length: {}\r\n\r\n", MAX + 1).into_bytes(),
        vec![b'x'; 65],
        b"Content-Length: 2\r\n\r\n{}".to_vec(),
    ]
    .concat();
    let mut input = wire.as_slice();
    assert_eq!(
        read(&mut input, MAX).unwrap_err().to_string(),
        "a message of 65 bytes, the limit is 64"
    );
    assert_eq!(read(&mut input, MAX).unwrap(), Some(b"{}".to_vec()));
}

#[test]
fn an_announced_length_alone_takes_no_memory() {
    let wire = b"Content-Length: 18446744073709551615\r\n\r\nshort";
    let error = read(&mut wire.as_slice(), u64::MAX).unwrap_err();
    assert!(matches!(error, FrameError::Truncated), "{error}");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        bodies in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..8),
        size in 1_usize..40,
    ) {
        let mut wire = Vec::new();
        for body in &bodies {
            write(&mut wire, body).unwrap();
        }
        let mut input = BufReader::with_capacity(8, Pieces { bytes: Cursor::new(wire), size });
        for body in &bodies {
            let found = read(&mut input, 1000).unwrap();
            prop_assert_eq!(found.as_ref(), Some(body));
        }
        prop_assert!(read(&mut input, 1000).unwrap().is_none());
    }

    #[test]
    fn any_bytes_end_in_an_answer(wire in proptest::collection::vec(any::<u8>(), 0..400)) {
        let mut input = wire.as_slice();
        while let Ok(Some(body)) = read(&mut input, 100) {
            prop_assert!(body.len() <= 100);
        }
    }
}
