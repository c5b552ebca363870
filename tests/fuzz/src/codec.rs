//! Text and ULIDs: every kernel against digits that are worked one at a time.

use ulid_engine::{
    Reading, Timestamp,
    anatomy::repair,
    codec::{self, FaultKind, Kernel, Lines},
    row::Spelling,
};

const ALPHABET: &str = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const READINGS: [Reading; 2] = [Reading::Strict, Reading::Lenient];

/// The meaning of a text, by the words of the specification.
fn oracle(text: &[u8], reading: Reading) -> Option<u128> {
    let is_lenient = reading == Reading::Lenient;
    let text: Vec<u8> = text
        .iter()
        .copied()
        .filter(|byte| !is_lenient || *byte != b'-')
        .collect();
    if text.len() != codec::TEXT_LEN || !(b'0'..=b'7').contains(&folded(text[0], is_lenient)) {
        return None;
    }
    text.iter().try_fold(0, |value: u128, &byte| {
        let digit = ALPHABET.find(char::from(folded(byte, is_lenient)))?;
        Some(value << 5 | digit as u128)
    })
}

fn folded(byte: u8, is_lenient: bool) -> u8 {
    match byte.to_ascii_uppercase() {
        b'I' | b'L' if is_lenient => b'1',
        b'O' if is_lenient => b'0',
        other => other,
    }
}

pub(crate) fn check(text: &[u8]) {
    for reading in READINGS {
        check_against(text, reading, oracle(text, reading));
    }
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    if let Ok((form, id)) = Spelling::read(text, Reading::Lenient) {
        let printed = form.print(id);
        assert_eq!(
            Spelling::read(&printed, Reading::Strict)
                .ok()
                .map(|(_, id)| id),
            Some(id),
            "{form} {printed}"
        );
    }
    if let Some(repair) = repair(text) {
        assert!(
            codec::is_valid(codec::print(repair.id).as_str(), Reading::Strict),
            "{text:?}"
        );
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        assert_eq!(time.to_string().parse(), Ok(time), "{text:?}");
    }
}

/// A `W` in the randomness is not what the oracle says here.
pub(crate) fn check_planted(text: &[u8]) {
    let value = oracle(text, Reading::Strict);
    let planted = value.map(|value| value ^ u128::from(text[10..].contains(&b'W')));
    check_against(text, Reading::Strict, planted);
}

fn check_against(text: &[u8], reading: Reading, expected: Option<u128>) {
    for kernel in Kernel::available() {
        let name = kernel.name();
        assert_eq!(
            kernel.is_valid(text, reading),
            expected.is_some(),
            "{name} {text:?}"
        );
        match kernel.parse(text, reading) {
            Ok(id) => {
                let value = id.to_u128();
                assert_eq!(Some(value), expected, "{name} {text:?}");
                let printed = kernel.print(id);
                assert_eq!(oracle(printed.as_bytes(), Reading::Strict), Some(value));
            }
            Err(fault) => {
                assert_eq!(None, expected, "{name} {text:?}");
                check_fault(text, fault);
            }
        }
    }
}

fn check_fault(text: &[u8], fault: codec::Fault) {
    if let (FaultKind::Character { found }, Ok(text)) = (fault.kind, str::from_utf8(text)) {
        assert_eq!(text.chars().nth(fault.position), Some(found), "{text:?}");
    }
    assert!(fault.position <= text.len(), "{text:?}");
    assert!(!fault.to_string().is_empty());
}

/// A text of lines by every kernel, as its lines one after another.
pub(crate) fn check_lines(text: &[u8]) {
    for reading in READINGS {
        let expected = lines(text, reading);
        for kernel in Kernel::available() {
            let mut keys = vec![0; expected.len() + 1];
            let mut found = Vec::new();
            let mut lines = Lines::by(kernel, text, reading);
            loop {
                let read = lines.read(&mut keys);
                found.extend(keys[..read].iter().copied().map(Some));
                match lines.fault() {
                    Some(_) => found.push(None),
                    None if read == 0 => break,
                    None => {}
                }
            }
            assert_eq!(found, expected, "{} {text:?}", kernel.name());
        }
    }
}

fn lines(text: &[u8], reading: Reading) -> Vec<Option<u128>> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut lines: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
    if lines.last() == Some(&&b""[..]) {
        lines.pop();
    }
    let without_return = |line: &&'_ [u8]| line.strip_suffix(b"\r").unwrap_or(line).to_vec();
    lines
        .iter()
        .map(without_return)
        .map(|line| oracle(&line, reading))
        .collect()
}
