//! Bytes of unknown origin made fit for a terminal.

use std::fmt::Write as _;

use ulid_engine::{readable::readable, visible::is_hidden};

/// Stands for what cannot be shown. U+FFFD itself is dropped or drawn two columns wide by some terminals.
pub const REPLACED: char = '\u{25AF}';

/// Text that a terminal shows and does not obey: control characters become their pictures (`␛` for Escape), bytes that
/// are not UTF-8 and characters that would turn or hide their neighbours become [`REPLACED`].
#[must_use]
pub fn harmless(bytes: &[u8]) -> String {
    let read = readable(bytes);
    if !read.contains(char::REPLACEMENT_CHARACTER) {
        return read.chars().map(harmless_char).collect();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.extend(chunk.valid().chars().map(harmless_char));
        text.extend(chunk.invalid().iter().map(|_| REPLACED));
    }
    text
}

/// One character, as [`harmless`] shows it. It always takes one character, so that positions stay true.
#[must_use]
pub fn harmless_char(character: char) -> char {
    match character {
        '\0'..='\x1F' => char::from_u32(0x2400 + u32::from(character)).unwrap_or(REPLACED),
        '\x7F' => '\u{2421}',
        // marks in text that is annotated, and what stands for bytes that are no text
        '\u{FFF9}'..='\u{FFFD}' => REPLACED,
        _ if is_hidden(character) => REPLACED,
        // combining marks and other characters without a width of their own
        _ if unicode_width::UnicodeWidthChar::width(character).unwrap_or(0) == 0 => REPLACED,
        _ => character,
    }
}

/// A count with its digits in groups of three.
#[must_use]
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() * 4 / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A bar for a share of the longest, which has so many characters, to an eighth of one.
#[must_use]
pub fn bar(share: f64, longest: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (longest * 8) as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// A text in so many columns, with `…` where it is cut.
#[must_use]
pub fn cut(text: &str, room: usize) -> std::borrow::Cow<'_, str> {
    use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};
    // most text is as wide as it has bytes
    if text.len() <= room || text.width() <= room {
        return text.into();
    }
    let (mut width, mut end) = (1, 0);
    for (at, character) in text.char_indices() {
        width += character.width().unwrap_or(0);
        if width > room {
            break;
        }
        end = at + character.len_utf8();
    }
    format!("{}…", &text[..end]).into()
}

/// A length of time to its largest unit: `29 s`, `3.5 h`.
#[must_use]
pub fn duration(ms: u64) -> String {
    const UNITS: [(u64, &str); 4] = [
        (86_400_000, "d"),
        (3_600_000, "h"),
        (60_000, "min"),
        (1_000, "s"),
    ];
    match UNITS.iter().find(|(unit, _)| ms >= *unit) {
        Some((unit, name)) => {
            let tenths = ms.saturating_mul(10) / unit;
            let (whole, rest) = (tenths / 10, tenths % 10);
            if rest == 0 || whole >= 10 {
                format!("{} {name}", grouped(whole))
            } else {
                format!("{whole}.{rest} {name}")
            }
        }
        None => format!("{ms} ms"),
    }
}

/// Binary digits in groups of eight.
#[must_use]
pub fn octets(bits: &str) -> String {
    let mut text = String::new();
    for (index, bit) in bits.chars().enumerate() {
        let gap = if index > 0 && index % 8 == 0 { " " } else { "" };
        // writing to a String cannot fail
        let _ = write!(text, "{gap}{bit}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_none_of_it() {
        let table: [(&[u8], &str); 8] = [
            (b"01ARZ", "01ARZ"),
            (b"\x1b[31mred\x07", "\u{241b}[31mred\u{2407}"),
            ("\u{9b}31m".as_bytes(), "\u{25af}31m"),
            (b"a\tb\0", "a\u{2409}b\u{2400}"),
            (b"\xff\xfe", "ÿþ"),
            (b"\xc3\xa9\xff\xfe", "é\u{25af}\u{25af}"),
            (
                "\u{202e}abc\u{200b}e\u{301}".as_bytes(),
                "\u{25af}abc\u{25af}e\u{25af}",
            ),
            ("日本".as_bytes(), "日本"),
        ];
        for (bytes, expected) in table {
            assert_eq!(harmless(bytes), expected);
        }
    }

    #[test]
    fn durations_have_one_unit() {
        for (ms, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (29_999, "29 s"),
            (5_400_000, "1.5 h"),
            (86_400_000, "1 d"),
            (86_400_000 * 4_000, "4,000 d"),
        ] {
            assert_eq!(duration(ms), text);
        }
    }

    #[test]
    fn counts_are_grouped() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
