//! Words of exactly 26 letters and digits.

use super::page::{FindStarts, PAGE, PageAndNext, Starts, find_starts};
use crate::codec::{Kernel, TEXT_LEN};

/// Texts below this many bytes are searched faster without setting up a page.
const SHORT: usize = 512;

/// Calls `on_word` with the begin of each run of exactly 26 ASCII letters and digits. The ends of the text delimit.
pub(super) fn each(kernel: Kernel, text: &[u8], on_word: impl FnMut(usize)) {
    match find_starts(kernel) {
        Some(find_starts) if text.len() >= SHORT => each_by_pages(text, find_starts, on_word),
        _ => each_by_skips(text, on_word),
    }
}

fn each_by_pages(text: &[u8], find_starts: FindStarts, mut on_word: impl FnMut(usize)) {
    let mut starts: Starts = [0; _];
    let (mut before, mut offset) = (0, 0);
    while let Some(page) = text[offset..].first_chunk() {
        before = find_starts(page, before, &mut starts);
        each_start(&starts, offset, &mut on_word);
        offset += PAGE;
    }
    // What is left may be a page and the begin of its next one.
    while offset < text.len() {
        let mut page: PageAndNext = [0; _];
        let rest = &text[offset..];
        let len = rest.len().min(page.len());
        page[..len].copy_from_slice(&rest[..len]);
        before = find_starts(&page, before, &mut starts);
        each_start(&starts, offset, &mut on_word);
        offset += PAGE;
    }
}

#[inline(always)]
fn each_start(starts: &Starts, offset: usize, on_word: &mut impl FnMut(usize)) {
    for (block, &bits) in starts.iter().enumerate() {
        let mut bits = bits;
        while bits != 0 {
            on_word(offset + 64 * block + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
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
