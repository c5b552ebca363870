//! Tests of the rows of a block, 64 at a time: a bit for each row, or a number.

use std::{borrow::Cow, cell::OnceCell};

use crate::{
    RowSet, Ulid,
    dataset::RowRef,
    pass::{Block, BlockColumns, Cells},
    progress::Progress,
    readable::readable_bytes,
    row::Around,
    stats::RowFault,
};

use super::{
    Query,
    bits::{Bits, Stretch},
    code::{Comparison, Needs, Which, quotient},
    plan::{Number, Part, Test, TextOf, TextTest},
};

/// Rows of a word at most.
const WIDTH: usize = 64;
/// Bits of the randomness of a key.
const RANDOM: u128 = (1 << 80) - 1;

/// A number for each row of a stretch that has one.
pub(super) struct Numbers {
    values: [i64; WIDTH],
    present: u64,
}

/// A key for each row of a stretch that has one.
struct KeysOf {
    keys: [u128; WIDTH],
    present: u64,
}

/// The columns of a block, each made when it is asked for.
pub(super) struct BlockFacts<'a> {
    block: &'a Block,
    duplicates: &'a RowSet,
    rows: OnceCell<BlockColumns<'a>>,
    lines: OnceCell<Vec<u64>>,
    /// For each row without an ID the number of the last before it that has one.
    valid_before_faults: OnceCell<Vec<Option<usize>>>,
}

impl<'a> BlockFacts<'a> {
    pub(super) fn new(block: &'a Block, duplicates: &'a RowSet) -> BlockFacts<'a> {
        BlockFacts {
            block,
            duplicates,
            rows: OnceCell::new(),
            lines: OnceCell::new(),
            valid_before_faults: OnceCell::new(),
        }
    }

    /// The rows that meet a condition. No more are found once the pass is cancelled.
    pub(super) fn select(&self, query: &Query, progress: &Progress) -> Bits {
        Bits::of(self.block.first_row(), self.len(), |stretch| {
            self.meet(query, stretch, progress)
        })
    }

    /// The rows that meet a condition, or all, by their numbers in the block.
    pub(super) fn chosen(&self, condition: Option<&Query>, progress: &Progress) -> Vec<u32> {
        match condition {
            // a block has far fewer rows
            None => (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect(),
            Some(query) => self.select(query, progress).numbers(self.block.first_row()),
        }
    }

    /// How many rows pass a test.
    pub(super) fn count(&self, test: &Test) -> u64 {
        let bits = |stretch: Stretch| self.bits(test, stretch, stretch.all());
        Bits::of(self.block.first_row(), self.len(), bits).count()
    }

    /// For each of some rows, which ascend, whether it passes a test.
    pub(super) fn passes(&self, test: &Test, rows: &[u32]) -> Vec<bool> {
        let mut passes = Vec::with_capacity(rows.len());
        for (stretch, rows) in self.stretches_of(rows) {
            let bit = |&row: &u32| 1 << (row as usize - stretch.start);
            let wanted = rows.iter().map(bit).fold(0, |all, bit: u64| all | bit);
            let bits = self.bits(test, stretch, wanted);
            passes.extend(rows.iter().map(|row| bits & bit(row) != 0));
        }
        passes
    }

    /// The numbers of all rows that have one.
    pub(super) fn each_number(&self, number: &Number, mut each: impl FnMut(i64)) {
        let mut start = 0;
        while start < self.len() {
            let stretch = Stretch {
                start,
                len: WIDTH.min(self.len() - start),
            };
            let numbers = self.numbers(number, stretch);
            each_bit(numbers.present & stretch.all(), |bit| {
                each(numbers.values[bit])
            });
            start += stretch.len;
        }
    }

    /// Stretches with the rows of each, of rows that ascend.
    fn stretches_of<'r>(&self, rows: &'r [u32]) -> impl Iterator<Item = (Stretch, &'r [u32])> {
        let end = self.len();
        let of_one = rows.chunk_by(|a, b| a / WIDTH as u32 == b / WIDTH as u32);
        of_one.map(move |rows| {
            let start = rows.first().map_or(0, |&row| row as usize) / WIDTH * WIDTH;
            let len = WIDTH.min(end.saturating_sub(start));
            (Stretch { start, len }, rows)
        })
    }

    /// The numbers of some rows, which ascend.
    pub(super) fn numbers_of(&self, number: &Number, rows: &[u32]) -> Vec<Option<i64>> {
        let mut found = Vec::with_capacity(rows.len());
        for (stretch, rows) in self.stretches_of(rows) {
            let start = stretch.start;
            let numbers = self.numbers(number, stretch);
            found.extend(rows.iter().map(|&row| {
                let bit = row as usize - start;
                (numbers.present >> bit & 1 == 1).then(|| numbers.values[bit])
            }));
        }
        found
    }

    /// Calls `each` for all rows, each with what surrounds it.
    pub(super) fn each_row(&self, needs: Needs, mut each: impl FnMut(&Around<'a>)) {
        for number in 0..self.len() {
            if let Some(around) = self.around(number, needs) {
                each(&around);
            }
        }
    }

    pub(super) fn len(&self) -> usize {
        self.block.len()
    }

    fn meet(&self, query: &Query, stretch: Stretch, progress: &Progress) -> u64 {
        // a slow condition over a whole block is a long time to wait for somebody who wants an end
        if progress.is_cancelled() {
            return 0;
        }
        let bits = if query.keys.is_all() {
            stretch.all()
        } else {
            self.key_bits(&query.keys, stretch)
        };
        match &query.test {
            Some(test) if bits != 0 => self.bits(test, stretch, bits),
            _ => bits,
        }
    }

    /// Which of the `wanted` rows of a stretch pass a test.
    fn bits(&self, test: &Test, stretch: Stretch, wanted: u64) -> u64 {
        match test {
            _ if wanted == 0 => 0,
            Test::Keys(set) => self.key_bits(set, stretch) & wanted,
            Test::Not(inner) => wanted & !self.bits(inner, stretch, wanted),
            Test::And(a, b) => self.bits(b, stretch, self.bits(a, stretch, wanted)),
            Test::Or(a, b) => {
                let of_a = self.bits(a, stretch, wanted);
                of_a | self.bits(b, stretch, wanted & !of_a)
            }
            Test::Duplicate => self.bits_among(self.duplicates, stretch) & wanted,
            Test::Rows(rows) => self.bits_among(rows, stretch) & wanted,
            Test::OutOfOrder => self.out_of_order_bits(stretch) & wanted,
            Test::Numbers(comparison, a, b) => {
                let (a, b) = (self.numbers(a, stretch), self.numbers(b, stretch));
                compared(*comparison, &a.values, &b.values) & a.present & b.present & wanted
            }
            Test::Within(number, first, last) => {
                let numbers = self.numbers(number, stretch);
                let within = |value: &i64| (*first..=*last).contains(value);
                bits_where(&numbers.values, within) & numbers.present & wanted
            }
            Test::Random(comparison, other) => {
                let keys = self.keys(Which::Here, stretch);
                let randoms = keys.keys.map(|key| key & RANDOM);
                compared(*comparison, &randoms, &[*other; WIDTH]) & keys.present & wanted
            }
            Test::Ids(comparison, a, b) => {
                let (a, b) = (self.keys(*a, stretch), self.keys(*b, stretch));
                compared(*comparison, &a.keys, &b.keys) & a.present & b.present & wanted
            }
            Test::InSet(set) => {
                let valid = wanted & !self.invalid(stretch);
                let keys = &self.block.keys()[stretch.start..];
                bits_of_rows(stretch, valid, |number| {
                    set.has_key(keys[number - stretch.start])
                })
            }
            Test::Text(of, test, part) => {
                let wanted = match part {
                    Some(part) => self.bits_with(part, of, stretch, wanted),
                    None => wanted,
                };
                self.text_bits(of, test, stretch, wanted)
            }
            Test::Row(code, needs) => bits_of_rows(stretch, wanted, |number| {
                let around = self.around(number, *needs);
                around.is_some_and(|around| code.run(&around, &[]).is_true())
            }),
        }
    }

    /// The `wanted` rows that may have a text with `part` in it. Looking through many rows at once is quicker than
    /// looking for the text of each.
    fn bits_with(&self, part: &Part, of: &TextOf, stretch: Stretch, wanted: u64) -> u64 {
        const FEW: u32 = 8;
        let rows = self.rows();
        let sought = match rows.cells() {
            _ if wanted.count_ones() < FEW => None,
            _ if matches!(of, TextOf::Record) => Some(&part.whole),
            Cells::Verbatim => Some(&part.whole),
            Cells::Unescaped => part.unescaped.as_ref(),
            Cells::Hidden => None,
        };
        let Some(sought) = sought else {
            return wanted;
        };
        let mut bits = 0;
        let all = stretch.start..stretch.start + stretch.len;
        rows.each_with(all, sought, part.case, |number| {
            bits |= 1 << (number - stretch.start);
        });
        bits & wanted
    }

    fn text_bits(&self, of: &TextOf, test: &TextTest, stretch: Stretch, wanted: u64) -> u64 {
        match of {
            TextOf::Record => {
                let rows = self.rows();
                bits_of_rows(stretch, wanted, |number| {
                    test.holds(&readable_bytes(rows.text(number)))
                })
            }
            TextOf::Column(name) => {
                let holds = |cell: Cow<'_, [u8]>| test.holds(&cell);
                self.rows().with_column(name, |column| {
                    bits_of_rows(stretch, wanted, |number| {
                        column.cell(number).is_some_and(holds)
                    })
                })
            }
            // free text has no faults
            TextOf::Fault if self.block.is_text() => 0,
            TextOf::Fault => {
                let mut bits = 0;
                self.each_fault(stretch, |bit, fault| {
                    bits |= u64::from(test.holds(fault.kind.code().as_bytes())) << bit;
                });
                bits & wanted
            }
        }
    }

    fn key_bits(&self, set: &super::KeySet, stretch: Stretch) -> u64 {
        let keys = self.block.keys();
        let of_keys = set.matches(&keys[stretch.start..stretch.start + stretch.len]);
        let invalid = self.invalid(stretch);
        if set.has_invalid() {
            of_keys | invalid
        } else {
            of_keys & !invalid
        }
    }

    /// The rows of a stretch without an ID.
    fn invalid(&self, stretch: Stretch) -> u64 {
        let mut bits = 0;
        self.each_fault(stretch, |bit, _| bits |= 1 << bit);
        bits
    }

    fn each_fault(&self, stretch: Stretch, mut each: impl FnMut(u64, &RowFault)) {
        let faults = self.block.faults();
        if faults.is_empty() {
            return;
        }
        let first = self.block.first_row() + stretch.start as u64;
        let from = faults.partition_point(|fault| fault.row < first);
        for fault in &faults[from..] {
            let bit = fault.row - first;
            if bit >= stretch.len as u64 {
                return;
            }
            each(bit, fault);
        }
    }

    /// Which of the rows without an ID a row is.
    fn fault(&self, number: usize) -> Option<usize> {
        let row = self.block.first_row() + number as u64;
        let faults = self.block.faults();
        faults.binary_search_by_key(&row, |fault| fault.row).ok()
    }

    pub(super) fn id(&self, number: usize) -> Option<Ulid> {
        let key = self.block.keys().get(number)?;
        self.fault(number)
            .is_none()
            .then_some(Ulid::from_u128(*key))
    }

    /// The rows of a stretch that are among some.
    fn bits_among(&self, rows: &RowSet, stretch: Stretch) -> u64 {
        let first = self.block.first_row() + stretch.start as u64;
        let mut rows = rows.iter();
        rows.advance_to(first);
        let here = rows.map(|row| row - first);
        let within = here.take_while(|bit| *bit < stretch.len as u64);
        within.fold(0, |bits, bit| bits | 1 << bit)
    }

    fn out_of_order_bits(&self, stretch: Stretch) -> u64 {
        let keys = self.keys(Which::Here, stretch);
        let before = self.valid_before(stretch);
        compared(Comparison::Less, &keys.keys, &before.keys) & keys.present & before.present
    }

    fn numbers(&self, number: &Number, stretch: Stretch) -> Numbers {
        match number {
            Number::Const(value) => Numbers {
                values: [*value; WIDTH],
                present: u64::MAX,
            },
            Number::Time(which) => self.keys(*which, stretch).map(time_of),
            Number::Age(which, now) => {
                let age = |key| now.saturating_sub(time_of(key));
                self.keys(*which, stretch).map(age)
            }
            Number::SincePrevious => {
                let here = self.keys(Which::Here, stretch);
                let before = self.valid_before(stretch);
                let present = here.present & before.present;
                let (here, before) = (here.map(time_of), before.map(time_of));
                let gaps = here.with(&before, i64::wrapping_sub);
                Numbers { present, ..gaps }
            }
            Number::Row(which) => self.row_numbers(*which, stretch),
            Number::Line => self.lines(stretch),
            Number::Sum(a, b) => {
                let (a, b) = (self.numbers(a, stretch), self.numbers(b, stretch));
                a.with(&b, i64::saturating_add)
            }
            Number::Difference(a, b) => {
                let (a, b) = (self.numbers(a, stretch), self.numbers(b, stretch));
                a.with(&b, i64::saturating_sub)
            }
            Number::Quotient(a, by) => {
                // a divisor above zero makes no number larger
                let nearest = |value: i64| quotient(value.into(), (*by).into()).unwrap_or_default();
                self.numbers(a, stretch).map(nearest)
            }
            Number::Remainder(a, by) => self.numbers(a, stretch).map(|value| value % by),
            Number::Abs(a) => self.numbers(a, stretch).map(i64::saturating_abs),
        }
    }

    /// The lines of the file on which rows begin.
    fn lines(&self, stretch: Stretch) -> Numbers {
        let lines = self.lines.get_or_init(|| self.block.lines());
        let mut numbers = Numbers {
            values: [0; WIDTH],
            present: 0,
        };
        let lines = lines.iter().skip(stretch.start).take(stretch.len);
        for (bit, (value, line)) in numbers.values.iter_mut().zip(lines).enumerate() {
            *value = line.cast_signed();
            numbers.present |= 1 << bit;
        }
        numbers
    }

    fn row_numbers(&self, which: Which, stretch: Stretch) -> Numbers {
        let here = self.block.first_row().cast_signed() + stretch.start as i64 + 1;
        let (first, present) = match which {
            Which::Here => (here, u64::MAX),
            Which::Prev => (here - 1, !u64::from(here == 1)),
            Which::Next => {
                let is_last =
                    stretch.start + stretch.len == self.len() && self.block.after().is_none();
                let last_bit = u64::from(is_last) << (stretch.len - 1);
                (here + 1, !last_bit)
            }
        };
        let mut values = [0; WIDTH];
        for (value, number) in values.iter_mut().zip(first..) {
            *value = number;
        }
        Numbers { values, present }
    }

    /// The keys of a stretch, or of the rows before or after those.
    fn keys(&self, which: Which, stretch: Stretch) -> KeysOf {
        let all = self.block.keys();
        let mut keys = [0; WIDTH];
        let (start, end) = (stretch.start, stretch.start + stretch.len);
        let outside = |row: Option<RowRef<'_>>| row.and_then(|row| row.id.ok());
        let present = match which {
            Which::Here => {
                keys[..stretch.len].copy_from_slice(&all[start..end]);
                !self.invalid(stretch)
            }
            Which::Prev => {
                let first = match start.checked_sub(1) {
                    Some(before) => self.id(before),
                    None => outside(self.block.before()),
                };
                keys[0] = first.map_or(0, |id| id.to_u128());
                keys[1..stretch.len].copy_from_slice(&all[start..end - 1]);
                !self.invalid(stretch) << 1 | u64::from(first.is_some())
            }
            Which::Next => {
                let last = if end < all.len() {
                    self.id(end)
                } else {
                    outside(self.block.after())
                };
                keys[..stretch.len - 1].copy_from_slice(&all[start + 1..end]);
                keys[stretch.len - 1] = last.map_or(0, |id| id.to_u128());
                let bit = 1 << (stretch.len - 1);
                let others = !self.invalid(stretch) >> 1 & !bit;
                others | if last.is_some() { bit } else { 0 }
            }
        };
        KeysOf { keys, present }
    }

    /// The last valid key before each row of a stretch.
    fn valid_before(&self, stretch: Stretch) -> KeysOf {
        let invalid = self.invalid(stretch);
        let mut last = self.valid_before_row(stretch.start);
        let all = &self.block.keys()[stretch.start..stretch.start + stretch.len];
        let mut keys = [0; WIDTH];
        let mut present = 0;
        for (bit, &key) in all.iter().enumerate() {
            keys[bit] = last.map_or(0, |id| id.to_u128());
            present |= u64::from(last.is_some()) << bit;
            if invalid >> bit & 1 == 0 {
                last = Some(Ulid::from_u128(key));
            }
        }
        KeysOf { keys, present }
    }

    fn valid_before_row(&self, number: usize) -> Option<Ulid> {
        let Some(before) = number.checked_sub(1) else {
            return self.block.valid_before();
        };
        let valid = match self.fault(before) {
            Some(fault) => *self.valid_before_faults().get(fault)?,
            None => Some(before),
        };
        match valid {
            Some(number) => self.block.keys().get(number).copied().map(Ulid::from_u128),
            None => self.block.valid_before(),
        }
    }

    fn valid_before_faults(&self) -> &[Option<usize>] {
        self.valid_before_faults.get_or_init(|| {
            let numbers = self
                .block
                .faults()
                .iter()
                .map(|fault| fault.row - self.block.first_row());
            let mut last = None;
            let mut next = 0;
            let valid_before = |number: u64| {
                if number > next {
                    last = usize::try_from(number - 1).ok();
                }
                next = number + 1;
                last
            };
            numbers.map(valid_before).collect()
        })
    }

    pub(super) fn rows(&self) -> &BlockColumns<'a> {
        self.rows.get_or_init(|| self.block.by_number())
    }

    /// The line of the file on which a row begins.
    fn line(&self, number: usize) -> Option<u64> {
        let lines = self.lines.get_or_init(|| self.block.lines());
        lines.get(number).copied()
    }

    /// A row with what surrounds it, where that is needed.
    pub(super) fn around(&self, number: usize, needs: Needs) -> Option<Around<'a>> {
        let row = |number: usize| self.rows().row(number, self.fault(number).is_none());
        let here = row(number)?;
        let duplicate = !self.duplicates.is_empty() && self.duplicates.contains(here.index as u64);
        let alone = Around {
            duplicate: Some(duplicate),
            line: needs.line.then(|| self.line(number)).flatten(),
            ..Around::of_row(here)
        };
        if !needs.neighbours {
            return Some(alone);
        }
        let prev = match number.checked_sub(1) {
            Some(before) => row(before),
            None => self.block.before(),
        };
        Some(Around {
            prev,
            next: row(number + 1).or_else(|| self.block.after()),
            valid_before: self.valid_before_row(number),
            ..alone
        })
    }
}

impl Numbers {
    fn map(mut self, of: impl Fn(i64) -> i64) -> Numbers {
        self.values = self.values.map(of);
        self
    }

    /// The bits of two columns.
    fn with(mut self, other: &Numbers, of: impl Fn(i64, i64) -> i64) -> Numbers {
        self.present &= other.present;
        for (value, other) in self.values.iter_mut().zip(&other.values) {
            *value = of(*value, *other);
        }
        self
    }
}

impl KeysOf {
    fn map(&self, of: impl Fn(u128) -> i64) -> Numbers {
        Numbers {
            values: self.keys.map(of),
            present: self.present,
        }
    }
}

fn time_of(key: u128) -> i64 {
    ((key >> 80) as u64).cast_signed()
}

fn bits_of_rows(stretch: Stretch, wanted: u64, mut holds: impl FnMut(usize) -> bool) -> u64 {
    let mut bits = 0;
    each_bit(wanted, |bit| {
        bits |= u64::from(holds(stretch.start + bit)) << bit;
    });
    bits
}

fn each_bit(mut bits: u64, mut each: impl FnMut(usize)) {
    while bits != 0 {
        each(bits.trailing_zeros() as usize);
        bits &= bits - 1;
    }
}

fn bits_where<T>(values: &[T; WIDTH], holds: impl Fn(&T) -> bool) -> u64 {
    let bits = values.iter().rev();
    bits.fold(0, |bits, value| bits << 1 | u64::from(holds(value)))
}

fn bits_of_pairs<T>(a: &[T; WIDTH], b: &[T; WIDTH], holds: impl Fn(&T, &T) -> bool) -> u64 {
    let pairs = a.iter().zip(b).rev();
    pairs.fold(0, |bits, (a, b)| bits << 1 | u64::from(holds(a, b)))
}

fn compared<T: Ord>(comparison: Comparison, a: &[T; WIDTH], b: &[T; WIDTH]) -> u64 {
    match comparison {
        Comparison::Equal => bits_of_pairs(a, b, T::eq),
        Comparison::NotEqual => bits_of_pairs(a, b, T::ne),
        Comparison::Less => bits_of_pairs(a, b, T::lt),
        Comparison::LessOrEqual => bits_of_pairs(a, b, T::le),
        Comparison::Greater => bits_of_pairs(a, b, T::gt),
        Comparison::GreaterOrEqual => bits_of_pairs(a, b, T::ge),
    }
}
