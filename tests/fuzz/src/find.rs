//! ULIDs inside of text: every kernel, and a text that comes in chunks, against a regular expression.

use std::sync::LazyLock;

use regex::bytes::Regex;
use ulid_engine::{
    codec::Kernel,
    find::{self, Finder, Found, Options},
};

/// A word of letters and digits that has the length, the alphabet and one case.
static WORD: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new("(?-u)^([0-7][0-9A-HJKMNP-TV-Z]{25}|[0-7][0-9a-hjkmnp-tv-z]{25})$")
        .expect("it is one")
});

/// A sequence that colours a terminal's text, or a longer one that is none.
static ESCAPE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)\x1b(?:\[(?:[0-9]{0,5}[:;<=>?])*[0-9]{0,5}[A-Za-z]|[(-+][0-~]|[0-Z\\-~])")
        .expect("it is one")
});

/// Bytes of the longest sequence.
const LONGEST: usize = 64;

/// A text with a blank for each byte of a sequence.
fn without_colours(text: &[u8]) -> Vec<u8> {
    let mut plain = text.to_vec();
    for escape in ESCAPE
        .find_iter(text)
        .filter(|escape| escape.len() <= LONGEST)
    {
        plain[escape.range()].fill(b' ');
    }
    plain
}

fn oracle(text: &[u8]) -> Vec<u64> {
    let text = without_colours(text);
    let mut found = Vec::new();
    let mut start = 0;
    for word in text.split(|byte| !byte.is_ascii_alphanumeric()) {
        let end = start + word.len();
        let goes_on = matches!(text.get(end), Some(b'_' | b'-'));
        if WORD.is_match(word) && !goes_on {
            found.push(start as u64);
        }
        start = end + 1;
    }
    found
}

/// The first byte is the size of the chunks.
pub(crate) fn check(bytes: &[u8]) {
    let Some((&size, text)) = bytes.split_first() else {
        return;
    };
    let expected = oracle(text);
    let offsets = |found: &[Found]| found.iter().map(|found| found.offset).collect::<Vec<_>>();
    for kernel in Kernel::available() {
        let mut found = Vec::new();
        find::each_by(kernel, text, Options::default(), |hit| found.push(hit));
        assert_eq!(offsets(&found), expected, "{} {text:?}", kernel.name());
    }
    let mut found = Vec::new();
    let mut finder = Finder::new(Options::default());
    for chunk in text.chunks(usize::from(size).max(1)) {
        finder.feed(chunk, |hit| found.push(hit));
    }
    finder.finish(|hit| found.push(hit));
    assert_eq!(offsets(&found), expected, "chunks of {size}, {text:?}");
}
