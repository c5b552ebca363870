//! Text of lines against an oracle that splits first and reads then.

use super::*;
use crate::codec::{LineFault, Lines, Sequence, parse_lines, print_lines};

/// Every line, right or wrong, with where it begins.
fn oracle_lines(text: &[u8], reading: Reading) -> Vec<Result<u128, LineFault>> {
    let mark = if text.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let mut offset = mark;
    let mut lines = Vec::new();
    for piece in text[mark..].split_inclusive(|&byte| byte == b'\n') {
        let bytes = piece.strip_suffix(b"\n").unwrap_or(piece);
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        lines.push(match oracle(bytes, reading) {
            Some(key) => Ok(key),
            None => Err(LineFault {
                line: lines.len(),
                offset,
                len: bytes.len(),
                fault: parse(bytes, reading).unwrap_err(),
            }),
        });
        offset += piece.len();
    }
    lines
}

/// All lines by a reader, `room` at a time.
fn read_lines(
    kernel: Kernel,
    text: &[u8],
    reading: Reading,
    room: usize,
) -> Vec<Result<u128, LineFault>> {
    let mut lines = Lines::by(kernel, text, reading);
    let mut keys = vec![0; room];
    let mut found = Vec::new();
    loop {
        let read = lines.read(&mut keys);
        found.extend(keys[..read].iter().map(|&key| Ok(key)));
        match lines.fault() {
            Some(fault) => found.push(Err(fault)),
            None if read < room => break,
            None => {}
        }
    }
    assert_eq!((lines.offset(), lines.line()), (text.len(), found.len()));
    found
}

fn check_lines(text: &[u8]) {
    for reading in [Strict, Lenient] {
        let expected = oracle_lines(text, reading);
        let keys: Vec<u128> = expected.iter().filter_map(|line| line.ok()).collect();
        let mut order = Sequence::new(9);
        order.extend(&keys);
        for kernel in Kernel::available() {
            let context = || format!("{kernel} {reading:?} {:?}", String::from_utf8_lossy(text));
            for room in [1, 3, 1000] {
                let found = read_lines(kernel, text, reading, room);
                assert_eq!(found, expected, "{} by {room}", context());
            }
            let mut passed = Lines::by(kernel, text, reading);
            let mut followed = passed.clone();
            let mut seen = Sequence::new(9);
            loop {
                assert_eq!(passed.pass(), followed.follow(&mut seen), "{}", context());
                let fault = followed.fault();
                assert_eq!(passed.fault(), fault, "{}", context());
                if fault.is_none() {
                    break;
                }
            }
            assert_eq!(seen, order, "{}", context());
        }
        let first_fault = expected.iter().find_map(|line| line.err());
        let parsed = parse_lines(text, reading);
        assert_eq!(parsed, first_fault.map_or(Ok(keys), Err));
    }
}

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

#[test]
fn every_form_of_a_line() {
    let lf = format!("{ID}\n").repeat(70);
    let crlf = format!("{ID}\r\n").repeat(70);
    let cases = [
        String::new(),
        "\n".to_owned(),
        "\r\n".to_owned(),
        "\r".to_owned(),
        "\u{FEFF}".to_owned(),
        ID.to_owned(),
        format!("{ID}\r"),
        lf.clone(),
        crlf.clone(),
        format!("{lf}{crlf}{lf}"),
        format!("\u{FEFF}{lf}{ID}"),
        format!("\u{FEFF}{crlf}{ID}"),
        format!("{lf}\n{crlf}\n\n{ID}"),
        format!("{lf}{ID}x\n{lf}8{}\n{lf}é{ID}\n{lf}", &ID[1..]),
        format!("{lf} {ID}\n{ID}\n{ID} \n"),
        format!("{}\n01ARZ3NDEK-TSV4RRFFQ69G5FAV\n{lf}", ID.to_lowercase()),
        format!("{ID}\r\r\n{ID}\n\r{ID}"),
        "x".repeat(300),
    ];
    for text in cases {
        check_lines(text.as_bytes());
    }
}

proptest! {
    #[test]
    fn any_mix_of_lines(parts in prop::collection::vec(
        prop::sample::select(vec![
            "01ARZ3NDEKTSV4RRFFQ69G5FAV", "7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "01arz3ndektsv4rrffq69g5fav",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV\n", "01ARZ3NDEKTSV4RRFFQ69G5FAV\n01ARZ3NDEKTSV4RRFFQ69G5FAW\n",
            "01ARZ3NDEKTSV4RRFFQ69G5FAV\r\n", "\n", "\r", "-", "é", "8", "I", " ",
        ]), 0..60)) {
        check_lines(parts.concat().as_bytes());
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        check_lines(&bytes);
    }

    #[test]
    fn printed_lines_read_back(keys: Vec<u128>) {
        let mut text = b"before\n".to_vec();
        print_lines(&keys, &mut text);
        let text = text.strip_prefix(b"before\n").unwrap();
        prop_assert_eq!(parse_lines(text, Strict), Ok(keys));
    }
}

#[test]
fn a_fault_says_its_line() {
    let text = format!("{ID}\n{ID}\n0U{}\n", &ID[2..]);
    assert_eq!(
        parse_lines(text.as_bytes(), Strict)
            .unwrap_err()
            .to_string(),
        "line 3: invalid character at character 2: 'U' is not in the alphabet"
    );
}

#[test]
fn a_time_is_read_without_the_rest() {
    let time = |text: &str| parse_time(text, Strict).map(Timestamp::ms);
    assert_eq!(time(ID), Ok(1_469_922_850_259));
    assert_eq!(time("01ARZ3NDEKUUUUUUUUUUUUUUUU"), Ok(1_469_922_850_259));
    assert_eq!(time("7ZZZZZZZZZZZZZZZZZZZZZZZZZ"), Ok(Timestamp::MAX.ms()));
    assert_eq!(
        time("8ZZZZZZZZZZZZZZZZZZZZZZZZZ").unwrap_err().kind,
        FaultKind::Overflow
    );
    assert_eq!(time("01ARZ3ND").unwrap_err().position, 8);
    let lenient = parse_time("OIARZ3NDEK-TSV4RRFFQ69G5FAV", Lenient);
    assert_eq!(lenient.map(Timestamp::ms), Ok(1_469_922_850_259));
}
