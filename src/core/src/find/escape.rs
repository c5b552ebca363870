//! Sequences that colour a terminal's text, as programs write them into their output: `ESC [ 3 3 m`. The letter at their
//! end belongs to no word. What stands behind one is not known here.

use memchr::{memchr, memrchr};

/// Digits of the longest number in a sequence, so that no ULID stands in one.
const MOST_DIGITS: u8 = 5;

/// Recognises sequences in bytes that come one after another.
///
/// A sequence is `ESC [`, numbers of at most five digits between `;`, `:`, `<`, `=`, `>` or `?`, and a letter: at most 64
/// bytes. So ECMA-48 has colours set, lines deleted and the cursor moved. Shorter ones are `ESC ( B`, which chooses
/// letters, and `ESC 7`, which keeps the cursor's place.
///
/// ```
/// use ulid_core::find::Escape;
///
/// let mut escape = Escape::default();
/// let ends: Vec<bool> = b"\x1b[33mid".iter().map(|&byte| escape.pass(byte)).collect();
/// assert_eq!(ends, [false, false, false, false, true, false, false]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Escape(State);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum State {
    #[default]
    Outside,
    /// Behind `ESC`.
    Begun,
    /// Behind `ESC (`.
    Letters,
    /// Behind `ESC [`: the bytes so far, and the digits of the number.
    Numbers { len: u8, digits: u8 },
}

impl Escape {
    /// Outside of a sequence.
    pub const NONE: Escape = Escape(State::Outside);

    /// The byte that a sequence begins with, `ESC`.
    pub const BEGIN: u8 = 0x1b;

    /// Bytes of the longest sequence that is taken for one: some colours of 24 bits, each with its attributes.
    pub const LONGEST: usize = 64;

    /// Goes on by a byte, and tells whether it ends a sequence.
    #[inline]
    pub fn pass(&mut self, byte: u8) -> bool {
        let (next, ends) = match (self.0, byte) {
            (_, Escape::BEGIN) => (State::Begun, false),
            (State::Begun, b'[') => (State::Numbers { len: 2, digits: 0 }, false),
            (State::Begun, b'('..=b'+') => (State::Letters, false),
            (State::Begun | State::Letters, b'0'..=b'~') => (State::Outside, true),
            (State::Numbers { len, digits }, b'0'..=b'?') => (numbers(len, digits, byte), false),
            (State::Numbers { .. }, byte) => (State::Outside, byte.is_ascii_alphabetic()),
            _ => (State::Outside, false),
        };
        self.0 = next;
        ends
    }

    /// True within a sequence.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0 != State::Outside
    }
}

/// The state behind a digit, or behind what divides numbers.
fn numbers(len: u8, digits: u8, byte: u8) -> State {
    let digits = match byte.is_ascii_digit() {
        true => digits + 1,
        false => 0,
    };
    // a letter has to have room
    match digits > MOST_DIGITS || usize::from(len) + 2 > Escape::LONGEST {
        true => State::Outside,
        false => State::Numbers {
            len: len + 1,
            digits,
        },
    }
}

/// The end of the last sequence that begins before a place of the text: the place itself for what stands right behind a
/// colour, and more for what stands within.
///
/// ```
/// use ulid_core::find::escape_before;
///
/// let text = b"\x1b[1;31mred";
/// assert_eq!(escape_before(text, 7), Some(7));
/// assert_eq!(escape_before(text, 4), Some(7));
/// assert_eq!(escape_before(b"[1;31mred", 6), None);
/// ```
#[must_use]
pub fn escape_before(text: &[u8], place: usize) -> Option<usize> {
    let from = place.saturating_sub(Escape::LONGEST);
    let begin = from + memrchr(Escape::BEGIN, text.get(from..place)?)?;
    Some(begin + end(text.get(begin..)?)?)
}

/// The parts of a text between its sequences, each with its place.
///
/// ```
/// use ulid_core::find::between_escapes;
///
/// let parts: Vec<_> = between_escapes(b"a \x1b[31mred\x1b[m").collect();
/// assert_eq!(parts, [(0, &b"a "[..]), (7, b"red"), (13, b"")]);
/// ```
pub fn between_escapes(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut rest = Some(0);
    core::iter::from_fn(move || {
        let begin = rest?;
        let part = text.get(begin..)?;
        let (len, next) = part_of(part);
        rest = next.map(|next| begin + next);
        Some((begin, &part[..len]))
    })
}

/// How long the part up to the next sequence is, and where the part behind that begins.
#[inline]
fn part_of(text: &[u8]) -> (usize, Option<usize>) {
    let mut from = 0;
    while let Some(at) = memchr(Escape::BEGIN, &text[from..]) {
        let escape = from + at;
        if let Some(len) = end(&text[escape..]) {
            return (escape, Some(escape + len));
        }
        from = escape + 1;
    }
    (text.len(), None)
}

/// How long the sequence is that a text begins with. One that another one breaks off is none, so that no text is gone
/// over twice.
fn end(text: &[u8]) -> Option<usize> {
    let mut escape = Escape::NONE;
    for (at, &byte) in text.iter().enumerate() {
        if escape.pass(byte) {
            return Some(at + 1);
        }
        if !escape.is_open() || at > 0 && byte == Escape::BEGIN {
            return None;
        }
    }
    None
}
