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

/// Most words that begin in a page: each has a delimiter behind it.
const MOST: usize = PAGE / (TEXT_LEN + 1) + 1;

/// Where words begin in a page, gathered before any is looked at. Most blocks begin one word or none, at random: a branch
/// for that would be guessed wrong about once a word, and costs as much as reading it.
#[inline(always)]
fn each_start(starts: &Starts, offset: usize, on_word: &mut impl FnMut(usize)) {
    let (mut places, mut count) = ([0_u16; MOST + 1], 0);
    for (block, &bits) in starts.iter().enumerate() {
        let place = |bits: u64| (64 * block) as u16 + bits.trailing_zeros() as u16;
        // Overwritten by the next where there is none.
        places[count.min(MOST)] = place(bits);
        count += usize::from(bits != 0);
        let mut more = bits & bits.wrapping_sub(1);
        while more != 0 {
            places[count.min(MOST)] = place(more);
            count += 1;
            more &= more - 1;
        }
    }
    for &place in &places[..count.min(MOST)] {
        on_word(offset + usize::from(place));
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
