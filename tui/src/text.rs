//! Bytes of unknown origin made fit for a terminal.

use std::{borrow::Cow, fmt::Write as _, ops::Range};

use ulid_engine::{readable::readable, visible::is_hidden};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr;

/// Stands for what cannot be shown. U+FFFD itself is dropped or drawn two columns wide by some terminals.
pub(crate) const REPLACED: char = '\u{25AF}';

/// Text that a terminal shows and does not obey: control characters become their pictures (`␛` for Escape, `␉` for a tab,
/// `␊` for a line end), bytes that are not UTF-8 and characters that would turn or hide their neighbours become
/// [`REPLACED`]. What belongs to the letter before it stays with it: marks, and what joins the parts of one sign.
#[must_use]
pub(crate) fn harmless(bytes: &[u8]) -> String {
    let read = readable(bytes);
    let is_plain = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if read.bytes().all(is_plain) {
        return read.into_owned();
    }
    if !read.contains(char::REPLACEMENT_CHARACTER) {
        return harmless_text(&read);
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text += &harmless_text(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| REPLACED));
    }
    text
}

fn harmless_text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        push_cluster(&mut shown, cluster);
    }
    shown
}

/// Writes a letter with what belongs to it. Of more marks than any script has, one sign is left.
fn push_cluster(shown: &mut String, cluster: &str) {
    const MOST_PARTS: usize = 16;
    let mut characters = cluster.chars();
    let Some(first) = characters.next() else {
        return;
    };
    let base = harmless_char(first);
    shown.push(base);
    for (at, character) in characters.enumerate() {
        match character {
            _ if at == MOST_PARTS => return shown.push(REPLACED),
            // joins the letters of scripts that need it, and hides in the others
            '\u{200c}' | '\u{200d}' if !first.is_ascii() && base != REPLACED => {
                shown.push(character)
            }
            // a mark upon nothing stands upon nothing here as well
            _ if is_hidden(character) || base == REPLACED => shown.push(harmless_char(character)),
            _ if character.is_control() => shown.push(harmless_char(character)),
            _ => shown.push(character),
        }
    }
}

/// Columns of the screen that a text takes: those of its letters, as the screen is made of them.
#[must_use]
pub(crate) fn width(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.graphemes(true).map(UnicodeWidthStr::width).sum()
}

/// A text without so many columns at its begin. A letter of which half is left out leaves a space.
#[must_use]
pub(crate) fn from_column(text: &str, columns: usize) -> Cow<'_, str> {
    if columns == 0 {
        return text.into();
    }
    let mut passed = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        if passed >= columns {
            let rest = text.get(at..).unwrap_or_default();
            return match passed > columns {
                true => format!(" {rest}").into(),
                false => rest.into(),
            };
        }
        passed += cluster.width();
    }
    "".into()
}

/// Places of a text that fit so many columns, one behind the other: broken behind a space where one stands in the second
/// half of the line, else between letters. There is at least one, and a letter wider than the room has its own.
pub(crate) fn lines(text: &str, room: usize) -> impl Iterator<Item = Range<usize>> {
    let room = room.max(1);
    let is_ascii = text.is_ascii();
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let start = next?;
        let rest = text.get(start..)?;
        let fitting = match is_ascii {
            true => room.min(rest.len()),
            false => end_of_line(rest, room),
        };
        let end = start + behind_space(rest, fitting);
        next = (end < text.len()).then_some(end);
        Some(start..end)
    })
}

fn end_of_line(text: &str, room: usize) -> usize {
    let mut taken = 0;
    let fits = |(at, cluster): &(usize, &str)| {
        taken += cluster.width();
        taken <= room || *at == 0
    };
    let letters = text.grapheme_indices(true).take_while(fits);
    letters.last().map_or(0, |(at, cluster)| at + cluster.len())
}

/// The end of a line that is broken behind its last word, where that leaves half of it.
fn behind_space(text: &str, end: usize) -> usize {
    let line = text.get(..end).unwrap_or_default();
    let goes_on = text.get(end..).is_some_and(|rest| !rest.is_empty());
    match line.rfind(' ') {
        Some(space) if goes_on && space >= end / 2 => space + 1,
        _ => end,
    }
}

/// True for a text with letters that are written from right to left.
#[must_use]
pub(crate) fn turns(text: &str) -> bool {
    let turns = |character: char| {
        matches!(character,
            '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    };
    !text.is_ascii() && text.chars().any(turns)
}

/// One character by itself. It always takes one character, so that positions stay true.
#[must_use]
pub(crate) fn harmless_char(character: char) -> char {
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
pub(crate) fn grouped(count: u64) -> String {
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
pub(crate) fn bar(share: f64, longest: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (share.clamp(0.0, 1.0) * (longest * 8) as f64).round() as usize;
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS[eighths % 8])
}

/// Counts as a line of bars, each as high as its share of the largest; none is a blank.
#[must_use]
pub(crate) fn spark(counts: &[u64]) -> String {
    const EIGHTHS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let height = |&count: &u64| match count {
        0 => ' ',
        count => {
            let eighths = (u128::from(count) * 8).div_ceil(u128::from(most));
            let place = usize::try_from(eighths).unwrap_or(8).clamp(1, 8) - 1;
            EIGHTHS.get(place).copied().unwrap_or('█')
        }
    };
    counts.iter().map(height).collect()
}

/// A text in so many columns, with `…` where it is cut.
#[must_use]
pub(crate) fn cut(text: &str, room: usize) -> Cow<'_, str> {
    // most text is as wide as it has bytes
    if text.len() <= room || width(text) <= room {
        return text.into();
    }
    let (mut taken, mut end) = (1, 0);
    for (at, cluster) in text.grapheme_indices(true) {
        taken += cluster.width();
        if taken > room {
            break;
        }
        end = at + cluster.len();
    }
    format!("{}…", text.get(..end).unwrap_or_default()).into()
}

/// A length of time to its largest unit: `29 s`, `3.5 h`.
#[must_use]
pub(crate) fn duration(ms: u64) -> String {
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
pub(crate) fn octets(bits: &str) -> String {
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
                "\u{25af}abc\u{25af}e\u{301}",
            ),
            ("日本".as_bytes(), "日本"),
        ];
        for (bytes, expected) in table {
            assert_eq!(harmless(bytes), expected);
        }
    }

    #[test]
    fn letters_stay_whole_and_marks_upon_nothing_do_not() {
        for (text, shown, columns) in [
            ("สวัสดีชาวโลก", "สวัสดีชาวโลก", 10),
            ("नमस्ते", "नमस्ते", 4),
            (
                "Ame\u{301}lie Mu\u{308}ller",
                "Ame\u{301}lie Mu\u{308}ller",
                13,
            ),
            ("👩\u{200d}👩\u{200d}👧", "👩\u{200d}👩\u{200d}👧", 2),
            ("می\u{200c}خواهم", "می\u{200c}خواهم", 7),
            (
                "line1\r\nline2\ttab",
                "line1\u{240d}\u{240a}line2\u{2409}tab",
                16,
            ),
            ("\u{301}x", "\u{25af}x", 2),
            ("a\u{200d}b", "a\u{25af}b", 3),
            ("\u{2067}x\u{2069}", "\u{25af}x\u{25af}", 3),
        ] {
            let found = harmless(text.as_bytes());
            assert_eq!(
                (found.as_str(), width(&found)),
                (shown, columns),
                "{text:?}"
            );
        }
        let pile = format!("a{}", "\u{301}".repeat(500));
        assert!(harmless(pile.as_bytes()).chars().count() < 20);
    }

    #[test]
    fn texts_are_cut_between_letters() {
        assert_eq!(cut("Ame\u{301}lie", 4), "Ame\u{301}…");
        assert_eq!(cut("漢字漢", 4), "漢…");
        assert_eq!(cut("👩\u{200d}👧x", 3), "👩\u{200d}👧x");
        assert_eq!(cut("👩\u{200d}👧xy", 3), "👩\u{200d}👧…");
        assert_eq!(from_column("e\u{301}abc", 1), "abc");
        assert_eq!(from_column("漢字x", 1), " 字x");
        assert_eq!(from_column("abc", 5), "");
    }

    #[test]
    fn lines_are_broken_between_letters_and_lose_none() {
        let table: [(&str, usize, &[&str]); 11] = [
            ("", 4, &[""]),
            ("abcdef", 4, &["abcd", "ef"]),
            ("abcd", 4, &["abcd"]),
            ("abc", 0, &["a", "b", "c"]),
            ("漢字漢", 4, &["漢字", "漢"]),
            ("a漢字", 2, &["a", "漢", "字"]),
            // wider than the room
            ("漢字", 1, &["漢", "字"]),
            ("Ame\u{301}lie", 3, &["Ame\u{301}", "lie"]),
            ("words that break", 9, &["words ", "that ", "break"]),
            ("words that  ", 10, &["words ", "that  "]),
            ("a longwordthat", 8, &["a longwo", "rdthat"]),
        ];
        for (text, room, expected) in table {
            let found: Vec<&str> = lines(text, room).map(|line| &text[line]).collect();
            assert_eq!(found, expected, "{text:?} in {room}");
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
