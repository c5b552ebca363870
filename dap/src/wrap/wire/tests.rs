//! Messages passed on byte by byte, and what of them is held.

use proptest::prelude::*;

use super::*;

/// A stream that gives a few bytes at a time.
struct Pieces<'a>(&'a [u8], usize);

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

/// Everything that comes out of a stream, in one piece, and the bodies.
fn pass(input: impl Read) -> (Vec<u8>, Vec<Vec<u8>>) {
    let mut wire = Wire::new(input);
    let (mut all, mut bodies) = (Vec::new(), Vec::new());
    loop {
        match wire.next().expect("memory does not fail") {
            Part::Message(bytes, body) => {
                all.extend_from_slice(bytes);
                bodies.push(bytes[body..].to_vec());
            }
            Part::Stray(bytes) => all.extend_from_slice(bytes),
            Part::Long(header, length) => {
                all.extend_from_slice(header);
                wire.pass_on(length, &mut all)
                    .expect("memory does not fail");
            }
            Part::End => return (all, bodies),
        }
    }
}

fn check(input: &[u8], expected: &[&str]) {
    for size in [1, 7, usize::MAX] {
        let (all, bodies) = pass(Pieces(input, size));
        let bodies: Vec<_> = bodies
            .iter()
            .map(|body| String::from_utf8_lossy(body))
            .collect();
        let shown = String::from_utf8_lossy(input);
        let shown = shown.get(..200).unwrap_or(&shown);
        assert_eq!(bodies, expected, "{shown:?} in pieces of {size}");
        assert!(all == input, "{shown:?} in pieces of {size}");
    }
}

#[test]
fn headers_keep_their_form() {
    check(
        b"Content-Length: 2\r\n\r\n{}content-length:4\nContent-Type: x\n\n[1] Content-Length: 0\r\n\r\n",
        &["{}", "[1] ", ""],
    );
}

#[test]
fn text_between_messages_passes_and_the_next_message_is_found() {
    for text in [
        "warning\r\n",
        "warning: the cache is cold\n",
        "no line end",
        "no line end: ",
        "\n\n\nlines\n\nand lines\n\n",
        "Content-Length: x\r\n\r\n",
        "Content-Length: -1\r\n\r\n",
        "Content-Length: 9\r\nContent-Length: 8\r\n\r\n",
        "X: y\r\n\r\n",
        "\u{feff}",
        "{\"seq\":1}",
        "see Content-Length: 5 in the manual\n",
    ] {
        let stray = [
            text,
            "Content-Length: 2\r\n\r\n{}",
            text,
            "Content-Length: 3\r\n\r\n[1]",
            text,
        ];
        check(stray.concat().as_bytes(), &["{}", "[1]"]);
    }
}

#[test]
fn a_header_is_found_after_any_length_of_text() {
    for length in [4_000, 4_072, 4_080, 4_090, 4_096, 4_097, 20_000] {
        let mut input = vec![b'x'; length];
        input.extend_from_slice(b"Content-Length: 2\r\n\r\n{}");
        check(&input, &["{}"]);
    }
}

#[test]
fn what_is_no_frame_passes_to_the_end() {
    for input in [
        "Content-Length: 9\r\n\r\n{}",
        "Content-Length: 9\r\n",
        "Content-Le",
        "no header at all",
        "\r\n\r\n",
    ] {
        check(input.as_bytes(), &[]);
    }
}

#[test]
fn a_header_without_an_end_takes_no_memory() {
    let line = b"X: y\r\n";
    let input = line.repeat(1_000_000);
    let taken = allocation_counter::measure(|| {
        let mut wire = Wire::new(input.as_slice());
        let mut passed = 0;
        while let Part::Stray(bytes) = wire.next().unwrap() {
            passed += bytes.len();
        }
        assert_eq!(passed, input.len());
    });
    assert!(
        taken.bytes_max < (BUFFER + 4 * HEADER_MAX) as u64,
        "{taken:?}"
    );
}

#[test]
fn long_messages_are_not_held() {
    let length = usize::try_from(LOOKED_AT_MAX).unwrap() + 1;
    let mut input = format!("Content-Length: {length}\r\n\r\n").into_bytes();
    input.resize(input.len() + length, b'x');
    input.extend_from_slice(b"Content-Length: 2\r\n\r\n{}");
    let (all, bodies) = pass(input.as_slice());
    assert!(all == input);
    assert_eq!(bodies, [b"{}".to_vec()]);
}

proptest! {
    #[test]
    fn no_byte_is_lost_or_added(input in prop::collection::vec(any::<u8>(), 0..200), text in "(Content-Length: [0-9]{1,2}(\r\n){1,2}|[{}a:\r\n ]){0,12}") {
        for input in [input.as_slice(), text.as_bytes()] {
            let (all, _) = pass(input);
            prop_assert_eq!(all, input);
        }
    }

    #[test]
    fn messages_are_found_between_any_text(text in prop::collection::vec("[a-z :{}\r\n-]{0,40}", 4), bodies in prop::collection::vec("[{}a-z:\", ]{0,20}", 3)) {
        let mut stream = text[0].clone();
        for (body, text) in bodies.iter().zip(&text[1..]) {
            stream += &format!("Content-Length: {}\r\n\r\n{body}{text}", body.len());
        }
        let (all, found) = pass(stream.as_bytes());
        prop_assert_eq!(all, stream.as_bytes());
        let found: Vec<_> = found.into_iter().map(|body| String::from_utf8(body).unwrap()).collect();
        prop_assert_eq!(found, bodies);
    }
}
