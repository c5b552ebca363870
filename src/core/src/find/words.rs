//! Words of exactly 26 letters and digits, and what they are as ULIDs.

use crate::Ulid;

use super::page::{FindStarts, MOST, PAGE, PageAndNext, SPARE, Starts, find_starts};
use crate::{
    Reading,
    codec::{Kernel, TEXT_LEN, word_at},
};

/// Texts below this many bytes are searched faster without setting up a page.
const SHORT: usize = 512;

/// Calls `on_id` for each ULID that stands alone in a text, with its begin. The ends of the text delimit.
pub(super) fn each(kernel: Kernel, text: &[u8], mut on_id: impl FnMut(usize, Ulid)) {
    match find_starts(kernel) {
        Some(find_starts) if text.len() >= SHORT => {
            Pages::new(kernel, find_starts).each(text, on_id);
        }
        _ => each_by_skips(text, |start| {
            let word = word_at(text, start);
            if let Some(id) = word.and_then(|word| kernel.decode(word, Reading::Strict)) {
                on_id(start, Ulid(id));
            }
        }),
    }
}

/// The search page by page: first where words begin, then which of them are ULIDs.
struct Pages {
    kernel: Kernel,
    find_starts: FindStarts,
    /// The bits of the block before the next page.
    before: u64,
    starts: Starts,
    ids: [u128; MOST + SPARE],
}

impl Pages {
    fn new(kernel: Kernel, find_starts: FindStarts) -> Pages {
        Pages {
            kernel,
            find_starts,
            before: 0,
            starts: Starts::none(),
            ids: [0; _],
        }
    }

    fn each(mut self, text: &[u8], mut on_id: impl FnMut(usize, Ulid)) {
        let mut offset = 0;
        while let Some(page) = text[offset..].first_chunk() {
            self.page(page, |place, id| on_id(offset + place, id));
            offset += PAGE;
        }
        // What is left may be a page and the begin of its next one.
        while offset < text.len() {
            let mut page: PageAndNext = [0; _];
            let rest = &text[offset..];
            let len = rest.len().min(page.len());
            page[..len].copy_from_slice(&rest[..len]);
            self.page(&page, |place, id| on_id(offset + place, id));
            offset += PAGE;
        }
    }

    #[inline]
    fn page(&mut self, page: &PageAndNext, mut on_id: impl FnMut(usize, Ulid)) {
        self.before = (self.find_starts)(page, self.before, &mut self.starts);
        let places = self.starts.places();
        let count = self.kernel.decode_words(page, places, &mut self.ids);
        for (&place, &id) in places.iter().zip(&self.ids).take(count) {
            on_id(usize::from(place), Ulid(id));
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
