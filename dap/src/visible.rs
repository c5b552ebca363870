//! Text of others for eyes: what a terminal would obey, or what would hide or turn around other text, is written out.

use std::borrow::Cow;

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

fn is_hidden(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => true,
        _ => character.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
