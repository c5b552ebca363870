//! Words of exactly 26 letters and digits.

use crate::codec::TEXT_LEN;

/// Calls `on_word` with the begin of each run of exactly 26 ASCII letters and digits. The ends of the text delimit.
pub(super) fn each(text: &[u8], on_word: impl FnMut(usize)) {
    each_by_skips(text, on_word);
}

/// Looks at the byte where a word would end: one that is no letter or digit rules out 26 begins at once.
fn each_by_skips(text: &[u8], mut on_word: impl FnMut(usize)) {
    let is_word = |at: usize| text.get(at).is_some_and(u8::is_ascii_alphanumeric);
    let mut start = 0;
    while start + TEXT_LEN <= text.len() {
        let end = start + TEXT_LEN;
        if let Some(before_end) = (start..end).rev().find(|&at| !is_word(at)) {
            start = before_end + 1;
            continue;
        }
        if is_word(end) {
            // Longer than 26: the whole word is passed over.
            start = (end..text.len())
                .find(|&at| !is_word(at))
                .map_or(text.len(), |at| at + 1);
        } else {
            on_word(start);
            start = end + 1;
        }
    }
}
