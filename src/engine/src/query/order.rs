//! Rows in the order of what an expression comes to.

use std::{
    cmp::Ordering,
    mem,
    sync::{Mutex, PoisonError},
};

use super::{
    Expression, code, columns,
    error::Type,
    group::ValueSource,
    value::{Val, Value},
};
use crate::{
    RowSet,
    dataset::Dataset,
    pass::{Block, LEAST_MEMORY, Merge, RowOrder, SORTED_BYTES, SortError, Spill},
    progress::Progress,
    sort::{self, Direction, OrderError},
};

/// The rows of a dataset in the order of an expression of each, all or the `wanted` ones. Equal ones keep their order in
/// either direction, and rows without a value, or with an empty text, come last in either direction. Texts that are
/// numbers are ordered as such, before all others.
///
/// It takes 52 bytes a row, and what texts have beyond 15 bytes. Where `memory` bytes, at least four megabytes, do not
/// suffice, runs go to a temporary file, and so does the order itself where it would take more than a quarter. A unit
/// of `progress` is a byte of the source, then a row.
///
/// # Errors
///
/// [`SortError`]
pub fn order(
    dataset: &Dataset,
    by: &Expression,
    direction: Direction,
    memory: usize,
    wanted: Option<&RowSet>,
    progress: &Progress,
) -> Result<RowOrder, SortError> {
    let memory = memory.max(LEAST_MEMORY);
    let duplicates = by.beforehand.find(dataset, progress)?;
    let mut runs = Runs::new(direction);
    let source = ValueSource::new(&by.code);
    let map = |block: &Block| {
        let mut part = SortColumns::default();
        let columns = columns::BlockFacts::new(block, &duplicates);
        let rows = columns.chosen(None, progress);
        let values = source.of(&columns, &rows).values;
        values.iter().for_each(|value| part.push(value));
        part
    };
    dataset.pass(progress).try_each(map, |part| {
        runs.columns.append(&part);
        if runs.columns.bytes() > memory {
            runs.spill(progress)?;
        }
        Ok::<_, SortError>(())
    })?;
    runs.finish(memory, wanted, progress)
}

/// The first rows of [`order`], at most so many: nothing is kept of the others.
///
/// # Errors
///
/// [`SortError`]
pub fn first_in_order(
    dataset: &Dataset,
    by: &Expression,
    direction: Direction,
    most: usize,
    wanted: Option<&RowSet>,
    progress: &Progress,
) -> Result<Vec<u32>, SortError> {
    let duplicates = by.beforehand.find(dataset, progress)?;
    let source = ValueSource::new(&by.code);
    let mut all = First::new(direction, most, None);
    let bound = Mutex::new(None);
    let map = |block: &Block| {
        let known = *bound.lock().unwrap_or_else(PoisonError::into_inner);
        let mut part = First::new(direction, most, known);
        let columns = columns::BlockFacts::new(block, &duplicates);
        let rows = columns.chosen(None, progress);
        let values = source.of(&columns, &rows).values;
        for (row, value) in rows.iter().zip(&values) {
            let number = block.first_row() + u64::from(*row);
            if wanted.is_none_or(|wanted| wanted.contains(number)) {
                part.add(value, number);
            }
        }
        part.prune();
        part
    };
    dataset.pass(progress).try_each(map, |part| {
        all.append(part);
        *bound.lock().unwrap_or_else(PoisonError::into_inner) = all.bound;
        Ok::<(), SortError>(())
    })?;
    all.finish()
}

/// Rows that are kept before those are left out that are not among the first.
const LEAST_KEPT: usize = 1024;

/// The first rows of an order so far.
struct First {
    direction: Direction,
    most: usize,
    /// Key, what it has no room for, and row.
    found: Vec<(u128, Box<[u8]>, u64)>,
    /// Rows without a value, which come last.
    missing: Vec<u64>,
    /// Key behind which no row is among the first.
    bound: Option<u128>,
}

impl First {
    fn new(direction: Direction, most: usize, bound: Option<u128>) -> First {
        First {
            direction,
            most,
            bound,
            found: Vec::new(),
            missing: Vec::new(),
        }
    }

    fn add(&mut self, value: &Val<'_>, row: u64) {
        match key_of(value) {
            Some((key, _)) if self.is_behind(key) => {}
            Some((key, tail)) => {
                self.found.push((key, tail.into(), row));
                if self.found.len() >= self.most.saturating_mul(2).max(LEAST_KEPT) {
                    self.prune();
                }
            }
            None if self.missing.len() < self.most => self.missing.push(row),
            None => {}
        }
    }

    /// True if so many rows stand before a key that it is not among the first.
    fn is_behind(&self, key: u128) -> bool {
        let order = |bound: u128| directed(self.direction, key.cmp(&bound));
        self.bound.is_some_and(|bound| order(bound).is_gt())
    }

    /// Adds rows that stand behind these.
    fn append(&mut self, next: First) {
        self.found.extend(next.found);
        let room = self.most.saturating_sub(self.missing.len());
        self.missing.extend(next.missing.into_iter().take(room));
        if self.found.len() / 2 > self.most {
            self.prune();
        }
    }

    /// Leaves out what is not among the first.
    fn prune(&mut self) {
        if self.found.len() > self.most {
            let direction = self.direction;
            let before = |a: &(u128, Box<[u8]>, u64), b: &(u128, Box<[u8]>, u64)| {
                let values = (a.0, &a.1).cmp(&(b.0, &b.1));
                directed(direction, values).then(a.2.cmp(&b.2))
            };
            self.found.select_nth_unstable_by(self.most, before);
            self.found.truncate(self.most);
            let keys = self.found.iter().map(|(key, ..)| *key);
            let last = keys.max_by(|a, b| directed(direction, a.cmp(b)));
            self.bound = last.or(self.bound);
        }
    }

    fn finish(mut self) -> Result<Vec<u32>, SortError> {
        let direction = self.direction;
        self.found.sort_unstable_by(|a, b| {
            let values = (a.0, &a.1).cmp(&(b.0, &b.1));
            directed(direction, values).then(a.2.cmp(&b.2))
        });
        let rows = self.found.into_iter().map(|(.., row)| row);
        let rows = rows.chain(self.missing).take(self.most);
        let narrow = |row: u64| {
            u32::try_from(row).map_err(|_| {
                let rows = usize::try_from(row).unwrap_or(usize::MAX);
                OrderError::TooManyRows { rows }.into()
            })
        };
        rows.map(narrow).collect()
    }
}

/// Sorted runs of neighbouring rows.
struct Runs {
    direction: Direction,
    /// Rows that are not in a run yet.
    columns: SortColumns,
    /// How many rows the runs hold, and those of them without a value.
    rows: usize,
    missing: RowSet,
    spilled: Option<Spill>,
}

impl Runs {
    fn new(direction: Direction) -> Runs {
        Runs {
            direction,
            columns: SortColumns::default(),
            rows: 0,
            missing: RowSet::new(),
            spilled: None,
        }
    }

    /// Writes the rows in memory as a run.
    fn spill(&mut self, progress: &Progress) -> Result<(), SortError> {
        let columns = mem::take(&mut self.columns);
        let first = self.rows;
        self.rows += columns.keys.len();
        u32::try_from(self.rows).map_err(|_| OrderError::TooManyRows { rows: self.rows })?;
        let order = columns.order(self.direction, &progress.piece())?;
        let spilled = match &mut self.spilled {
            Some(spilled) => spilled,
            none => none.insert(Spill::new(self.direction)?),
        };
        for &row in &order[..columns.valid()] {
            // it was seen above that they can be counted so
            let number = first as u32 + row;
            spilled.write(columns.keys[row as usize], number, columns.tail(row))?;
        }
        spilled.end_run();
        let missing = columns.missing.iter().map(|row| row + first as u64);
        self.missing.extend(missing);
        Ok(())
    }

    fn finish(
        mut self,
        memory: usize,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, SortError> {
        if self.spilled.is_some() {
            self.spill(progress)?;
        }
        let Some(spilled) = self.spilled else {
            let mut rows = self.columns.order(self.direction, progress)?;
            if let Some(wanted) = wanted {
                rows.retain(|&row| wanted.contains(u64::from(row)));
            }
            return Ok(rows.into());
        };
        let wanted = Merge {
            rows: self.rows,
            last: self.missing,
            only: wanted,
        };
        spilled.merge(&wanted, memory, progress)
    }
}

/// The values of all rows, in keys whose order is that of the values as far as 16 bytes tell.
#[derive(Default)]
struct SortColumns {
    keys: Vec<u128>,
    missing: RowSet,
    /// Values that do not fit into the keys, one behind the other.
    tails: Vec<u8>,
    /// The rows that have some, ascending, and where each tail ends.
    ends: Vec<(u32, usize)>,
}

/// The first byte of a key: numbers come before texts.
const NUMBER: u8 = 1;
const TEXT: u8 = 2;
/// Bytes behind it.
const KEPT: usize = 15;

impl SortColumns {
    fn push(&mut self, value: &Val<'_>) {
        match key_of(value) {
            Some((key, tail)) => {
                self.push_tail(self.keys.len(), tail);
                self.keys.push(key);
            }
            None => {
                self.missing.insert(self.keys.len() as u64);
                self.keys.push(0);
            }
        }
    }

    fn push_tail(&mut self, row: usize, tail: &[u8]) {
        // more rows than this are refused when they are ordered
        if let (false, Ok(row)) = (tail.is_empty(), u32::try_from(row)) {
            self.tails.extend_from_slice(tail);
            self.ends.push((row, self.tails.len()));
        }
    }

    /// Adds the rows behind these.
    fn append(&mut self, part: &SortColumns) {
        let (rows, bytes) = (self.keys.len(), self.tails.len());
        self.keys.extend_from_slice(&part.keys);
        let missing = part.missing.iter().map(|row| row + rows as u64);
        self.missing.extend(missing);
        self.tails.extend_from_slice(&part.tails);
        let ends = part.ends.iter().filter_map(|&(row, end)| {
            let row = u32::try_from(rows + row as usize).ok()?;
            Some((row, bytes + end))
        });
        self.ends.extend(ends);
    }

    fn tail(&self, row: u32) -> &[u8] {
        let Ok(at) = self.ends.binary_search_by_key(&row, |&(row, _)| row) else {
            return &[];
        };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before].1);
        &self.tails[start..self.ends[at].1]
    }

    /// Rows with a value.
    fn valid(&self) -> usize {
        let missing = usize::try_from(self.missing.len()).unwrap_or(usize::MAX);
        self.keys.len().saturating_sub(missing)
    }

    /// Bytes that they take until they are ordered.
    fn bytes(&self) -> usize {
        self.keys.len() * SORTED_BYTES
            + self.tails.len()
            + self.ends.len() * size_of::<(u32, usize)>()
    }

    /// The rows in their order.
    fn order(&self, direction: Direction, progress: &Progress) -> Result<Vec<u32>, OrderError> {
        let mut rows = sort::order_keys(&self.keys, &self.missing, direction, progress)?;
        self.order_tails(&mut rows[..self.valid()], direction);
        Ok(rows)
    }

    /// Orders rows of equal keys by their tails.
    fn order_tails(&self, rows: &mut [u32], direction: Direction) {
        if self.ends.is_empty() {
            return;
        }
        let key = |row: u32| self.keys[row as usize];
        for tied in rows.chunk_by_mut(|&a, &b| key(a) == key(b)) {
            if tied.len() > 1 {
                tied.sort_by(|&a, &b| directed(direction, self.tail(a).cmp(self.tail(b))));
            }
        }
    }
}

fn directed(direction: Direction, order: Ordering) -> Ordering {
    match direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    }
}

/// How two values stand to each other in [`order`]: numbers before texts, also those that cells hold, and those that are missing
/// or empty last.
#[must_use]
pub fn compare_values(a: &Value, b: &Value) -> Ordering {
    let (a, b) = (Val::of(a), Val::of(b));
    match (key_of(&a), key_of(&b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

/// A key, and the bytes that it has no room for.
fn key_of<'a>(value: &'a Val<'_>) -> Option<(u128, &'a [u8])> {
    let key = match value {
        Val::Missing => return None,
        Val::Bool(value) => integer_key(i128::from(*value)),
        Val::Int(value) => integer_key(*value),
        Val::Float(value) => float_key(*value),
        Val::Duration(ms) | Val::Time(ms) => integer_key(i128::from(*ms)),
        Val::Id(id) | Val::Bounds(id, _) => id.to_u128(),
        Val::Text(text) if text.is_empty() => return None,
        Val::Text(text) => match code::read(Type::Number, value) {
            Val::Int(value) => integer_key(value),
            Val::Float(value) if value.is_finite() => float_key(value),
            _ => return Some(text_key(text)),
        },
    };
    Some((key, &[]))
}

fn text_key(text: &[u8]) -> (u128, &[u8]) {
    let (kept, tail) = text.split_at(text.len().min(KEPT));
    let mut bytes = [0; 16];
    bytes[0] = TEXT;
    bytes[1..=kept.len()].copy_from_slice(kept);
    (u128::from_be_bytes(bytes), tail)
}

/// Key of a whole number: by the nearest float, and integers that share one by how far they lie from it.
pub(super) fn integer_key(value: i128) -> u128 {
    const EXACT: i64 = 1 << 53;
    // a float has room for those, and 128 bits take longer
    if let Ok(small) = i64::try_from(value)
        && (-EXACT..=EXACT).contains(&small)
    {
        return float(small as f64, 0);
    }
    let nearest = value as f64;
    float(nearest, value.saturating_sub(nearest as i128))
}

/// Key of a number, among those of whole numbers.
pub(super) fn float_key(value: f64) -> u128 {
    float(value, 0)
}

/// The number that a key is of: a whole one if it has no fraction. Whole numbers beyond 2^108 come near it.
pub(super) fn number_of(key: u128) -> Val<'static> {
    const MOST: f64 = 1e38; // 128 bits hold it
    let ascending = (key >> BEYOND_BITS) as u64;
    let bits = match ascending >> 63 {
        0 => !ascending,
        _ => ascending ^ (1 << 63),
    };
    let nearest = f64::from_bits(bits);
    if nearest.fract() != 0.0 || nearest.abs() >= MOST || nearest.is_nan() {
        return Val::Float(nearest);
    }
    let beyond = (key & ((1 << BEYOND_BITS) - 1)).cast_signed() - (1 << (BEYOND_BITS - 1));
    Val::Int((nearest as i128).saturating_add(beyond))
}

/// Bits for how far a whole number lies from its nearest float.
const BEYOND_BITS: u32 = 56;

fn float(value: f64, beyond: i128) -> u128 {
    // 0.0 and -0.0 are equal
    let bits = (value + 0.0).to_bits();
    let ascending = if bits >> 63 == 0 {
        bits | 1 << 63
    } else {
        !bits
    };
    let half = 1 << (BEYOND_BITS - 1);
    let beyond = beyond.clamp(-half, half - 1) + half;
    u128::from(NUMBER) << 120 | u128::from(ascending) << BEYOND_BITS | beyond.cast_unsigned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        dataset::OpenOptions,
        pass::MEMORY,
        query::{Scope, TimeZone},
    };

    /// The first column of the rows in the order of an expression.
    fn ordered(cells: &[&str], by: &str, direction: Direction) -> Vec<String> {
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let mut text = "cell,id\n".to_owned();
        for cell in cells {
            text += &format!("{cell},{id}\n");
        }
        let dataset =
            Dataset::from_bytes("test.csv", text.into_bytes(), &OpenOptions::default()).unwrap();
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        let by = Expression::of_row(by, &scope).unwrap();
        let progress = Progress::new();
        let rows = order(&dataset, &by, direction, MEMORY, None, &progress).unwrap();
        let cell = |row: u32| dataset.row(row as usize).unwrap().unwrap().cell("cell");
        rows_of(&rows)
            .into_iter()
            .map(|row| cell(row).unwrap())
            .collect()
    }

    #[test]
    fn values_stand_to_each_other_as_rows_do() {
        let mut values = ["x", "", "10", "2.5", "-3", "1,50", "1e2", "007"]
            .map(|text| Value::Text(text.to_owned()))
            .to_vec();
        values.extend([Value::Missing, Value::Int(2)]);
        values.sort_by(compare_values);
        let order: Vec<String> = values.iter().map(ToString::to_string).collect();
        assert_eq!(
            order,
            [
                "-3", "1,50", "2", "2.5", "007", "10", "1e2", "x", "", "missing"
            ]
        );
    }

    #[test]
    fn the_first_rows_are_those_of_the_whole_order() {
        let cells = [
            "b",
            "10",
            "9",
            "",
            "-3.5",
            "a longer text than a key",
            "10",
            "a longer text than a key has room for",
            "",
            "2",
        ];
        let id = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let rows: String = (0..5000)
            .map(|row| format!("{},{id}\n", cells[row * 7 % 10]))
            .collect();
        let text = format!("cell,id\n{rows}");
        let dataset =
            Dataset::from_bytes("x.csv", text.into_bytes(), &OpenOptions::default()).unwrap();
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        let by = Expression::of_row("cell", &scope).unwrap();
        let progress = Progress::new();
        let odd: RowSet = (0..5000).filter(|row| row % 2 == 1).collect();
        for direction in [Direction::Ascending, Direction::Descending] {
            for wanted in [None, Some(&odd)] {
                let all = order(&dataset, &by, direction, MEMORY, wanted, &progress).unwrap();
                let all = rows_of(&all);
                for most in [0, 1, 7, 2400, 4600, 9000] {
                    let first =
                        first_in_order(&dataset, &by, direction, most, wanted, &progress).unwrap();
                    assert_eq!(first, all[..most.min(all.len())], "{most} {direction:?}");
                }
            }
        }
    }

    fn rows_of(order: &RowOrder) -> Vec<u32> {
        (0..order.len()).filter_map(|at| order.get(at)).collect()
    }

    #[test]
    fn orders_through_a_file_are_those_of_memory() {
        const ROWS: u64 = 300_000;
        let mut text = "cell,id\n".to_owned();
        for row in 0..ROWS {
            let mixed = row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40;
            text += &match row % 5 {
                0 => format!("{},01ARZ3NDEKTSV4RRFFQ69G5FAV\n", mixed % 1000),
                1 => format!("of the same beginning {},none\n", mixed % 3000),
                2 => format!("of the same beginning,{row}\n"),
                3 => format!("{mixed:x},\n"),
                _ => ",none\n".to_owned(),
            };
        }
        let options = OpenOptions::default();
        let dataset = Dataset::from_bytes("test.csv", text.into_bytes(), &options).unwrap();
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        let by = Expression::of_row("cell", &scope).unwrap();
        let some: RowSet = (0..ROWS).filter(|row| row % 3 != 1).collect();
        for direction in [Direction::Ascending, Direction::Descending] {
            for wanted in [None, Some(&some)] {
                let [in_memory, through_a_file] = [MEMORY, 0].map(|memory| {
                    let order = order(&dataset, &by, direction, memory, wanted, &Progress::new());
                    rows_of(&order.unwrap())
                });
                let all = wanted.map_or(ROWS, RowSet::len);
                assert_eq!(in_memory.len() as u64, all);
                assert!(in_memory == through_a_file, "{direction:?}");
            }
        }
    }

    #[test]
    fn numbers_come_before_texts_and_nothing_comes_last() {
        let cells = [
            "b",
            "10",
            "",
            "9",
            "-3.5",
            "a",
            "1e3",
            "9007199254740993",
            "9007199254740992",
        ];
        let ascending = [
            "-3.5",
            "9",
            "10",
            "1e3",
            "9007199254740992",
            "9007199254740993",
            "a",
            "b",
            "",
        ];
        assert_eq!(ordered(&cells, "cell", Direction::Ascending), ascending);
        let mut descending = ascending;
        descending[..8].reverse();
        assert_eq!(ordered(&cells, "cell", Direction::Descending), descending);
    }

    #[test]
    fn texts_longer_than_a_key_are_ordered_to_their_end() {
        let cells = [
            "the same beginning, b",
            "the same beginning",
            "the same beginning, a",
            "the same begin",
            "the same beginn",
        ];
        let mut expected = cells.map(str::to_owned);
        expected.sort();
        // the comma divides cells
        let cells = cells.map(|cell| format!("\"{cell}\""));
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        assert_eq!(ordered(&cells, "cell", Direction::Ascending), expected);
        expected.reverse();
        assert_eq!(ordered(&cells, "cell", Direction::Descending), expected);
    }

    #[test]
    fn equal_values_keep_their_order_in_either_direction() {
        let cells = ["xa", "ya", "xb", "yb"];
        for (by, direction) in [
            ("len(cell)", Direction::Ascending),
            ("len(cell)", Direction::Descending),
            ("time", Direction::Descending),
        ] {
            assert_eq!(ordered(&cells, by, direction), cells, "{by} {direction:?}");
        }
    }
}
