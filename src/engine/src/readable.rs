//! Text of unknown encoding: UTF-8 if it is that, else the one that Windows and old databases write.

use std::borrow::Cow;

/// Characters of Windows-1252 from 0x80 to 0x9F (WHATWG, "Encoding", index windows-1252); all others are those of Latin-1.
const WINDOWS: [char; 32] = [
    '\u{20AC}', '\u{81}', '\u{201A}', '\u{192}', '\u{201E}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2C6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8D}', '\u{17D}', '\u{8F}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201C}', '\u{201D}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2DC}', '\u{2122}', '\u{161}', '\u{203A}', '\u{153}', '\u{9D}', '\u{17E}', '\u{178}',
];

/// Bytes as text. What is no UTF-8 is read as Windows-1252, of which Latin-1 is a part; but if other characters of it are
/// UTF-8, it is damaged, and what is not becomes U+FFFD.
///
/// ```
/// use ulid_engine::readable::readable;
///
/// assert_eq!(readable("Öl".as_bytes()), "Öl");
/// assert_eq!(readable(b"\xD6l"), "Öl");
/// assert_eq!(readable(b"\xC3\x96l\xD6"), "Öl\u{FFFD}");
/// ```
#[must_use]
pub fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if bytes.utf8_chunks().all(|chunk| chunk.valid().is_ascii()) => {
            Cow::Owned(bytes.iter().map(|&byte| character(byte)).collect())
        }
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The bytes of the same text in UTF-8.
pub(crate) fn readable_bytes(bytes: &[u8]) -> Cow<'_, [u8]> {
    match readable(bytes) {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

fn character(byte: u8) -> char {
    let of_windows = byte.checked_sub(0x80).map(usize::from);
    let of_windows = of_windows.and_then(|at| WINDOWS.get(at));
    of_windows.copied().unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_signs_are_those_of_windows() {
        // "Preis: 5 € – „Öl“" as Python writes it in cp1252
        let bytes = b"Preis: 5 \x80 \x96 \x84\xD6l\x93";
        assert_eq!(readable(bytes), "Preis: 5 € – „Öl“");
        let all: Vec<u8> = (0..=255).collect();
        let text = readable(&all);
        assert_eq!(text.chars().count(), 256);
        let latin = text
            .chars()
            .zip(0_u32..)
            .filter(|(_, byte)| !(0x80..0xA0).contains(byte));
        assert!(
            latin
                .clone()
                .all(|(character, byte)| u32::from(character) == byte)
        );
        assert_eq!(latin.count(), 224);
    }
}
