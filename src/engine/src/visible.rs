//! Text of others for eyes: what a terminal would obey, or what would hide or turn around other text, is written out.

use std::{
    borrow::Cow,
    io::{self, Write},
};

/// A text in which control characters, and those that turn the direction of text or have no width, are escapes. Line ends
/// and tabs stay.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_hidden(character) {
            shown.extend(character.escape_default());
        } else {
            shown.push(character);
        }
    }
    Cow::Owned(shown)
}

/// True for a character that a terminal would obey, or because of which it would hide or turn around others. Line ends and tabs are only what
/// they are.
#[must_use]
pub fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}' => true,
        _ => character.is_control(),
    }
}

/// A writer to a terminal: what it would obey is written out, as [`visible`] does it.
#[derive(Debug)]
pub struct Visible<W> {
    out: W,
    /// The begin of a character whose end has not come.
    begun: Vec<u8>,
}

impl<W: Write> Visible<W> {
    /// Writes to `out` what is safe to be shown.
    pub fn new(out: W) -> Visible<W> {
        Visible {
            out,
            begun: Vec::new(),
        }
    }
}

impl<W: Write> Write for Visible<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.begun.extend_from_slice(bytes);
        let whole = match str::from_utf8(&self.begun) {
            Err(error) if error.error_len().is_none() => error.valid_up_to(),
            _ => self.begun.len(),
        };
        let rest = self.begun.split_off(whole);
        let text = String::from_utf8_lossy(&self.begun);
        self.out.write_all(visible(&text).as_bytes())?;
        self.begun = rest;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_writer_takes_characters_in_pieces() {
        let text = "\u{1b}[2Jé漢\u{9b}1\u{202e}\n";
        for size in 1..6 {
            let mut shown = Visible::new(Vec::new());
            for piece in text.as_bytes().chunks(size) {
                shown.write_all(piece).unwrap();
            }
            let expected = "\\u{1b}[2Jé漢\\u{9b}1\\u{202e}\n";
            assert_eq!(String::from_utf8(shown.out).unwrap(), expected, "{size}");
        }
        let mut shown = Visible::new(Vec::new());
        shown.write_all(b"a\xff\x1bb").unwrap();
        assert_eq!(shown.out, "a\u{fffd}\\u{1b}b".as_bytes());
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        for (text, expected) in [
            ("plain\ttext\n, é 漢 🙂", "plain\ttext\n, é 漢 🙂"),
            ("\u{1b}]52;c;QQ==\u{7}", "\\u{1b}]52;c;QQ==\\u{7}"),
            ("\u{9b}2J\u{7f}\r", "\\u{9b}2J\\u{7f}\\r"),
            (
                "a\u{202e}b\u{2066}c\u{200b}\u{feff}",
                "a\\u{202e}b\\u{2066}c\\u{200b}\\u{feff}",
            ),
        ] {
            assert_eq!(visible(text), expected);
        }
    }
}
