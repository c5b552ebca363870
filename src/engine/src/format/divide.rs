//! Ends of records.

use std::{mem, sync::LazyLock};

use memchr::{memchr, memchr_iter, memchr2_iter, memmem::Finder, memrchr};

use super::{
    byte_mask::{each_line_end, each_quote_or_line_end},
    csv::Fields,
    every,
    every::Every,
    json::array::{self, Elements},
    layout::RECORD_LEN,
    pages::Pages,
};

/// Finds the ends of records in bytes that arrive in pieces of any size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Divider {
    /// A record is a line.
    Lines,
    /// A record is a line that holds something. Blank lines above it come before its text.
    Filled(Line),
    /// A record is a line of CSV, in which a quoted field may hold line ends. Blank lines above it come before its text.
    Quoted(Quoted),
    /// A record ends behind an ID.
    Every(Every),
    /// A record is an element of a JSON array, or an object of a sequence.
    Elements(Elements),
    /// A record is an element of an array within an object.
    Pages(Pages),
    /// A record is 16 bytes, of which this many have been seen.
    Fixed(usize),
}

/// The kind of a line up to the end of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    Nothing,
    /// The first half of a line end, which alone makes no line.
    Return,
    Something,
}

impl Line {
    /// The kind of the line that goes on with these bytes.
    pub(crate) fn after(self, bytes: &[u8]) -> Line {
        match bytes {
            [] => self,
            [.., b'\n'] => Line::Nothing,
            [.., b'\n', b'\r'] => Line::Return,
            [b'\r'] if self == Line::Nothing => Line::Return,
            _ => Line::Something,
        }
    }

    /// One past the end of the first line in a piece that holds something.
    fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let holds = |at: &usize| self.after(&bytes[..*at]) == Line::Something;
        let end = memchr_iter(b'\n', bytes).find(holds);
        *self = match end {
            Some(_) => Line::Nothing,
            None => self.after(bytes),
        };
        end.map(|at| at + 1)
    }

    /// Calls `each` with the place behind each line of a piece that holds something.
    fn each_end(&mut self, bytes: &[u8], mut each: impl FnMut(usize)) {
        let before = *self;
        each_line_end(bytes, |end| {
            if before.after(&bytes[..end - 1]) == Line::Something {
                each(end);
            }
        });
        *self = before.after(bytes);
    }

    /// Goes over a piece at once: most have no blank line.
    fn count(&mut self, bytes: &[u8]) -> Ends {
        let first = memchr(b'\n', bytes);
        let begins_blank = first.is_some_and(|at| self.after(&bytes[..at]) != Line::Something);
        if begins_blank || has_blank(bytes) {
            let mut ends = Ends::default();
            self.each_end(bytes, |end| ends.add(end));
            return ends;
        }
        *self = self.after(bytes);
        line_ends(bytes)
    }
}

/// True if a line that holds nothing follows another.
fn has_blank(bytes: &[u8]) -> bool {
    static BLANK: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\n\n"));
    static BLANK_OF_DOS: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\n\r\n"));
    let is_of_dos = memchr(b'\r', bytes).is_some();
    BLANK.find(bytes).is_some() || is_of_dos && BLANK_OF_DOS.find(bytes).is_some()
}

/// The place in a record of CSV at which the last piece ended. A quote opens a field only at its start (or right after a closing
/// quote, which makes the pair a literal quote), so a stray one inside of a bare field, `5" pipe`, is nothing special.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Quoted {
    fields: Fields,
    inside: bool,
    /// The two bytes before the next one.
    last: [u8; 2],
    /// True if that byte closed a field.
    closed: bool,
    /// True if the next byte is the first of a field.
    begins: bool,
}

/// The ends in a piece of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Ends {
    /// Records that ended in it.
    pub(crate) count: u64,
    /// One past the end of the last of them.
    pub(crate) last: Option<usize>,
}

impl Ends {
    fn add(&mut self, end: usize) {
        self.count += 1;
        self.last = Some(end);
    }
}

/// Something that is opened and has to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// A quote of a table.
    Quote,
    /// An array of JSON, or an object.
    Json,
}

impl Divider {
    /// A divider of lines that hold something.
    pub(crate) const FILLED: Divider = Divider::Filled(Line::Nothing);

    pub(crate) fn quoted(fields: Fields) -> Divider {
        Divider::Quoted(Quoted {
            fields,
            inside: false,
            last: *b"\n\n",
            closed: false,
            begins: true,
        })
    }

    /// The divider for bytes in which nothing is quoted: lines do there.
    pub(crate) fn without_quotes(self, bytes: &[u8]) -> Divider {
        match self {
            Divider::Quoted(state) if memchr(state.fields.quote, bytes).is_none() => {
                Divider::FILLED
            }
            divider => divider,
        }
    }

    /// True if the record that is open at the end of a piece is none yet, for it holds nothing.
    pub(crate) fn holds_nothing(&self) -> bool {
        match self {
            Divider::Filled(line) => *line != Line::Something,
            Divider::Quoted(state) => !state.inside && state.line() != Line::Something,
            Divider::Every(state) => !state.is_id(),
            Divider::Pages(state) => state.holds_nothing(),
            Divider::Elements(state) => state.holds_nothing(),
            Divider::Lines | Divider::Fixed(_) => false,
        }
    }

    /// The quote or array that is open at the end of a piece, which the end of a file has to find closed.
    pub(crate) fn open(&self) -> Option<Open> {
        match self {
            Divider::Quoted(state) => state.inside.then_some(Open::Quote),
            Divider::Elements(state) => state.is_open().then_some(Open::Json),
            Divider::Pages(state) => state.is_open().then_some(Open::Json),
            Divider::Lines | Divider::Filled(_) | Divider::Fixed(_) | Divider::Every(_) => None,
        }
    }

    /// True if blank lines are no records.
    pub(crate) fn skips_blanks(&self) -> bool {
        matches!(self, Divider::Filled(_) | Divider::Quoted(_))
    }

    /// Bytes of blank lines, or of lines without an ID, that a record begins with and that are no part of it.
    #[inline]
    pub(crate) fn leading_len(&self, record: &[u8]) -> usize {
        match self {
            Divider::Every(_) => return every::leading_len(record),
            Divider::Pages(state) => return state.leading_len(record),
            Divider::Elements(state) => return state.leading_len(record),
            _ => {}
        }
        let mut rest = record;
        while self.skips_blanks()
            && let [b'\n', behind @ ..] | [b'\r', b'\n', behind @ ..] = rest
        {
            rest = behind;
        }
        record.len() - rest.len()
    }

    /// One past the end of the record that the bytes begin with or go on with; nothing if it goes on after them.
    pub(crate) fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        match self {
            Divider::Lines => memchr(b'\n', bytes).map(|at| at + 1),
            Divider::Filled(line) => line.find_end(bytes),
            Divider::Quoted(state) => state.find_end(bytes),
            Divider::Every(state) => state.find_end(bytes),
            Divider::Pages(state) => state.find_end(bytes),
            Divider::Elements(state) => state.find_end(bytes),
            Divider::Fixed(seen) => {
                let missing = RECORD_LEN - *seen;
                let ends = bytes.len() >= missing;
                *seen = if ends { 0 } else { *seen + bytes.len() };
                ends.then_some(missing)
            }
        }
    }

    /// Bytes that a record ends with and that are no part of it. The last line of a source may have lost half of its ending.
    #[inline]
    pub(crate) fn ending_len(&self, record: &[u8]) -> usize {
        match (self, record) {
            (Divider::Fixed(_), _) => 0,
            (Divider::Elements(_), _) => array::ending_len(record),
            (Divider::Every(_), _) => every::ending_len(record),
            (Divider::Pages(state), _) => state.ending_len(record),
            (_, [.., b'\r', b'\n']) => 2,
            (_, [.., b'\n' | b'\r']) => 1,
            _ => 0,
        }
    }

    /// A record without its ending, and without the blank lines above it.
    #[inline]
    pub(crate) fn text<'a>(&self, record: &'a [u8]) -> &'a [u8] {
        let record = &record[self.leading_len(record)..];
        &record[..record.len() - self.ending_len(record)]
    }

    /// Goes over a whole piece at once.
    pub(crate) fn count(&mut self, bytes: &[u8]) -> Ends {
        match self {
            Divider::Lines => line_ends(bytes),
            Divider::Filled(line) => line.count(bytes),
            Divider::Fixed(seen) => {
                let total = *seen + bytes.len();
                let left = total % RECORD_LEN;
                *seen = left;
                Ends {
                    count: (total / RECORD_LEN) as u64,
                    last: (total >= RECORD_LEN).then(|| bytes.len() - left),
                }
            }
            Divider::Quoted(state) => {
                let mut line = state.line();
                if state.passes_plain(bytes) {
                    return line.count(bytes);
                }
                self.count_each(bytes)
            }
            Divider::Elements(_) | Divider::Every(_) | Divider::Pages(_) => self.count_each(bytes),
        }
    }

    fn count_each(&mut self, bytes: &[u8]) -> Ends {
        let mut ends = Ends::default();
        self.each_end(bytes, |end| ends.add(end));
        ends
    }

    /// Calls `each` with the place behind each record that ends in a piece.
    pub(crate) fn each_end(&mut self, bytes: &[u8], mut each: impl FnMut(usize)) {
        match self {
            Divider::Lines => each_line_end(bytes, each),
            Divider::Filled(line) => line.each_end(bytes, each),
            Divider::Quoted(state) => state.each_end(bytes, each),
            Divider::Elements(state) => state.each_end(bytes, each),
            Divider::Every(state) => state.each_end(bytes, each),
            Divider::Pages(state) => state.each_end(bytes, each),
            Divider::Fixed(_) => {
                let mut at = 0;
                while let Some(len) = self.find_end(&bytes[at..]) {
                    at += len;
                    each(at);
                }
            }
        }
    }
}

fn line_ends(bytes: &[u8]) -> Ends {
    Ends {
        count: memchr_iter(b'\n', bytes).count() as u64,
        last: memrchr(b'\n', bytes).map(|at| at + 1),
    }
}

impl Quoted {
    /// Goes over a piece without quotes, in which lines are records; whether it is one.
    fn passes_plain(&mut self, bytes: &[u8]) -> bool {
        let is_plain = !self.inside && memchr(self.fields.quote, bytes).is_none();
        if is_plain && !bytes.is_empty() {
            self.closed = false;
            self.keep_last(bytes);
        }
        is_plain
    }

    /// The kind of the line before the next byte, if that stands outside of quotes: within them none of these bytes would
    /// be a line end.
    fn line(&self) -> Line {
        Line::Something.after(&self.last)
    }

    fn keep_last(&mut self, bytes: &[u8]) {
        self.begins = self.is_begin_of_field(bytes);
        self.last = match *bytes {
            [] => self.last,
            [last] => [self.last[1], last],
            [.., before, last] => [before, last],
        };
    }

    /// True if a field begins behind these bytes, which a piece begins with.
    #[inline(always)]
    fn is_begin_of_field(&self, bytes: &[u8]) -> bool {
        let mut before = bytes;
        while self.fields.is_padded
            && let [rest @ .., b' '] = before
        {
            before = rest;
        }
        match before {
            [] => self.begins,
            [.., last] => *last == self.fields.delimiter || *last == b'\n',
        }
    }

    /// Calls `each` with the place behind each record that ends in a piece.
    fn each_end(&mut self, bytes: &[u8], mut each: impl FnMut(usize)) {
        let (mut state, mut next) = (*self, 0);
        each_quote_or_line_end(self.fields.quote, bytes, |at| {
            if state.ends_record(bytes, at, next) {
                each(at + 1);
            }
            next = at + 1;
        });
        state.pass_rest(bytes, next);
        *self = state;
    }

    /// One past the end of the first record that ends in a piece.
    fn find_end(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut next = 0;
        for at in memchr2_iter(self.fields.quote, b'\n', bytes) {
            let ends = self.ends_record(bytes, at, next);
            next = at + 1;
            if ends {
                (self.last, self.begins) = (*b"\n\n", true);
                return Some(next);
            }
        }
        self.pass_rest(bytes, next);
        None
    }

    /// Goes on by a quote or a line end, and says whether a record ends there. `next` is one past the one before.
    #[inline(always)]
    fn ends_record(&mut self, bytes: &[u8], at: usize, next: usize) -> bool {
        let after_close = mem::take(&mut self.closed) && at == next;
        if bytes[at] == b'\n' {
            return !self.inside && self.line().after(&bytes[..at]) == Line::Something;
        }
        if self.inside {
            (self.inside, self.closed) = (false, true);
        } else {
            self.inside = after_close || self.is_begin_of_field(&bytes[..at]);
        }
        false
    }

    /// Goes on to the end of a piece behind the last of its quotes and line ends.
    fn pass_rest(&mut self, bytes: &[u8], next: usize) {
        self.closed &= next == bytes.len();
        self.keep_last(bytes);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// One byte at a time, as the words above have it.
    fn naive_ends(text: &[u8], delimiter: u8, is_padded: bool) -> Vec<usize> {
        let (mut ends, mut inside) = (Vec::new(), false);
        let mut closed_at = None;
        for (at, &byte) in text.iter().enumerate() {
            let before = match is_padded {
                true => text[..at].iter().rfind(|byte| **byte != b' ').copied(),
                false => text[..at].last().copied(),
            };
            let field_start = before.is_none_or(|before| before == delimiter || before == b'\n');
            match byte {
                b'\n' if !inside => {
                    let begin = text[..at]
                        .iter()
                        .rposition(|&byte| byte == b'\n')
                        .map_or(0, |at| at + 1);
                    if !matches!(&text[begin..at], b"" | b"\r") {
                        ends.push(at + 1);
                    }
                }
                b'"' if inside => {
                    inside = false;
                    closed_at = Some(at);
                }
                b'"' if field_start || (at > 0 && closed_at == Some(at - 1)) => inside = true,
                _ => {}
            }
        }
        ends
    }

    proptest! {
        #[test]
        fn pieces_of_any_size_end_records_at_the_same_places(
            text in "[a\",\n]{0,60}|[a\", \n]{0,60}|[a\r\n]{0,60}|([a\",\n]{0,60}b{0,70}){4}|([ab]{0,9}[\r\n]{0,3}){0,40}",
            size in prop_oneof![1_usize..8, 60_usize..300],
            quote in prop_oneof![Just('"'), Just('\'')],
            is_padded in any::<bool>(),
        ) {
            let fields = Fields { delimiter: b',', quote: quote as u8, is_padded };
            let expected = naive_ends(text.as_bytes(), b',', is_padded);
            let text = text.replace('"', &quote.to_string());
            let mut divider = Divider::quoted(fields);
            let (mut ends, mut at) = (Vec::new(), 0);
            let mut counted = Divider::quoted(fields);
            let (mut called, mut all_at_once) = (Divider::quoted(fields), Vec::new());
            let mut count = 0;
            for piece in text.as_bytes().chunks(size) {
                count += counted.count(piece).count;
                called.each_end(piece, |end| all_at_once.push(at + end));
                let mut from = 0;
                while let Some(end) = divider.find_end(&piece[from..]) {
                    from += end;
                    ends.push(at + from);
                }
                at += piece.len();
            }
            prop_assert_eq!(count, expected.len() as u64);
            prop_assert_eq!(&all_at_once, &expected);
            prop_assert_eq!(ends, expected);
            if !text.contains(quote) {
                let mut filled = Divider::FILLED;
                let counts = text.as_bytes().chunks(size).map(|piece| filled.count(piece).count);
                prop_assert_eq!(counts.sum::<u64>(), count);
                prop_assert_eq!(filled.holds_nothing(), counted.holds_nothing());
            }
        }
    }
}
