//! Passes over all rows: orders, figures, choices.

use std::{
    collections::HashMap,
    io::Write,
    ops::{ControlFlow, Range, RangeInclusive},
};

use ulid_engine::{
    RowSet, Timestamp, Ulid,
    dataset::Dataset,
    pass::{Block, RowOrder},
    progress::Progress,
    query::{self, Expression, GroupOrder, Grouping, Query, Value},
    sort::{self, Direction, LineSort},
    stats::{Limits, RowFault},
};

use super::{Chosen, Counting, Listing, RowBits, RowsError, Source};
use crate::{
    findings::Findings,
    ruler::{Counts, Ruler},
};

/// The IDs of all rows as columns.
pub(super) struct Keys {
    /// One for each row; that of a row with a fault counts for nothing.
    pub(super) keys: Vec<u128>,
    pub(super) faults: Vec<RowFault>,
}

impl Source {
    /// The rows known by now in the order of their IDs, all or the `wanted` ones; those without one come last.
    ///
    /// # Errors
    ///
    /// [`RowsError`] where `progress` is cancelled, the rows can no longer be read, or are too many.
    pub(crate) fn order_by_id(
        &self,
        direction: Direction,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, RowsError> {
        let known = self.dataset.snapshot();
        Ok(known.order(direction, self.memory, wanted, progress)?)
    }

    /// The rows known by now in the order of an expression; those without a value come last.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn order_by(
        &self,
        by: &Expression,
        direction: Direction,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<RowOrder, RowsError> {
        Ok(query::order(
            &self.dataset.snapshot(),
            by,
            direction,
            self.memory,
            wanted,
            progress,
        )?)
    }

    /// The first of the rows known by now in the order of an expression, at most so many.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn first_by(
        &self,
        by: &Expression,
        direction: Direction,
        most: usize,
        wanted: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<Vec<u32>, RowsError> {
        let known = self.dataset.snapshot();
        Ok(query::first_in_order(
            &known, by, direction, most, wanted, progress,
        )?)
    }

    /// The rows known by now that are chosen; nothing where that is all of them. Those by condition or time begin with row
    /// `from`.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn chosen(
        &self,
        chosen: &Chosen,
        from: usize,
        progress: &Progress,
    ) -> Result<Option<RowSet>, RowsError> {
        Ok(match chosen {
            Chosen::All => None,
            Chosen::These(rows) => Some(self.known(rows)),
            Chosen::Related(comparison, relation) => Some(self.known(&comparison.rows(*relation))),
            Chosen::Copies(rows) => {
                let copies = self.copies(rows, Direction::Ascending, progress)?;
                Some(copies.into_iter().map(u64::from).collect())
            }
            Chosen::Query(query) => Some(self.select(query, from, progress)?),
            Chosen::SharedRandomness(bits) => Some(self.sharing_bits(*bits, progress)?),
            Chosen::Times(times) => Some(self.within(times, from, progress)?),
        })
    }

    /// Writes the IDs of the chosen rows in their order, a line for each; those of rows without one come last, as they are.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`], and where `out` takes no more.
    pub(crate) fn write_sorted(
        &self,
        out: &mut impl Write,
        direction: Direction,
        chosen: &Chosen,
        progress: &Progress,
    ) -> Result<(), RowsError> {
        let sort = LineSort {
            direction,
            memory: self.memory,
            ..LineSort::default()
        };
        let wanted = self.chosen(chosen, 0, progress)?;
        self.dataset
            .write_sorted(out, sort, wanted.as_ref(), progress)?;
        Ok(())
    }

    /// Findings about the rows known by now.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn audit(&self, now: Timestamp, progress: &Progress) -> Result<Findings, RowsError> {
        self.audit_of(&self.dataset.snapshot(), now, progress)
    }

    fn audit_of(
        &self,
        dataset: &Dataset,
        now: Timestamp,
        progress: &Progress,
    ) -> Result<Findings, RowsError> {
        let (audit, duplicates) = dataset.survey(Limits::at(now), self.memory, progress)?;
        let (summary, flaws) = audit.into_parts();
        Ok(Findings {
            verdict: summary.verdict().0,
            summary,
            flaws,
            duplicates,
        })
    }

    /// Waits for all rows, and says what they are like, or those of them that meet a condition.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn wait_and_audit(&self, condition: Option<&Query>) -> Result<Findings, RowsError> {
        let progress = Progress::new();
        let now = Timestamp::now();
        // rows are counted on the way, so that a file is read once
        let whole = self.audit_of(&self.dataset, now, &progress)?;
        let _ = self.wait_for_all();
        let Some(query) = condition else {
            return Ok(whole);
        };
        let rows = self.select(query, 0, &progress)?;
        let summary = self.dataset.summary_of(&rows, Limits::at(now), &progress)?;
        Ok(whole.among(&rows, summary))
    }

    /// The rows known by now that meet a condition, `from` one on.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn select(
        &self,
        query: &Query,
        from: usize,
        progress: &Progress,
    ) -> Result<RowSet, RowsError> {
        let known = self.dataset.snapshot();
        let rows = from..known.len();
        progress.set_total(rows.len() as u64);
        Ok(query::select_known(&known, query, rows, progress)?)
    }

    /// The first of `rows` that meets a condition, or the last, of those known by now. Adds a unit for each row that is gone
    /// over to `progress`.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn find(
        &self,
        query: &Query,
        rows: Range<usize>,
        direction: Direction,
        progress: &Progress,
    ) -> Result<Option<usize>, RowsError> {
        Ok(query::find_known(
            &self.dataset.snapshot(),
            query,
            rows,
            direction,
            progress,
        )?)
    }

    /// The rows known by now whose ID is of a stretch of time, `from` one on.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn within(
        &self,
        times: &RangeInclusive<Timestamp>,
        from: usize,
        progress: &Progress,
    ) -> Result<RowSet, RowsError> {
        let mut rows = RowSet::new();
        let is_within = |key: u128| times.contains(&Timestamp::of(Ulid::from_u128(key)));
        let rows_of = |block: &Block| -> RowSet {
            let valid = block.valid().filter(|&(_, key)| is_within(key));
            valid.map(|(row, _)| row).collect()
        };
        let known = self.dataset.snapshot();
        known
            .pass(progress)
            .known(from..known.len())
            .each(rows_of, |found| {
                rows |= found;
                ControlFlow::Continue(())
            })?;
        Ok(rows)
    }

    /// The rows that are known by now; of a file that was cut they may be fewer.
    fn known(&self, rows: &RowSet) -> RowSet {
        let mut known = rows.clone();
        known.remove_range(self.extent().rows as u64..);
        known
    }

    /// The rows known by now whose ID has its last `bits` in common with another ID.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn sharing_bits(&self, bits: u32, progress: &Progress) -> Result<RowSet, RowsError> {
        let keys = self.keys(2, progress)?;
        let invalid = keys.invalid();
        let unused = u128::BITS.saturating_sub(bits);
        let tails: Vec<u128> = keys.keys.iter().map(|key| key << unused).collect();
        let order = sort::order_keys(&tails, &invalid, Direction::Ascending, progress)?;
        let valid = order.len() - keys.faults.len();
        let same_tail = |a: &u32, b: &u32| tails[*a as usize] == tails[*b as usize];
        let mut sharing = RowSet::new();
        for rows in order[..valid].chunk_by(same_tail) {
            let mut ids = rows.iter().map(|&row| keys.keys[row as usize]);
            let first = ids.next();
            if ids.any(|id| Some(id) != first) {
                sharing.extend(rows.iter().map(|&row| u64::from(row)));
            }
        }
        Ok(sharing)
    }

    /// The rows whose ID one of some rows has, copies beside each other, in the order of their first ones.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn copies(
        &self,
        later: &RowSet,
        direction: Direction,
        progress: &Progress,
    ) -> Result<Vec<u32>, RowsError> {
        let mut keys = self.keys_of(later, progress)?;
        keys.sort_unstable();
        keys.dedup();
        let mut copies: Vec<(u128, u32)> = Vec::new();
        let known = self.dataset.snapshot();
        known.pass(progress).each(
            |block: &Block| -> Vec<(u128, u32)> {
                let is_copy = |(_, key): &(u64, u128)| keys.binary_search(key).is_ok();
                let found = block.valid().filter(is_copy);
                found
                    .filter_map(|(row, key)| Some((key, u32::try_from(row).ok()?)))
                    .collect()
            },
            |found| {
                copies.extend(found);
                ControlFlow::Continue(())
            },
        )?;
        copies.sort_unstable();
        let mut groups: Vec<&[(u128, u32)]> = copies.chunk_by(|a, b| a.0 == b.0).collect();
        groups.sort_unstable_by_key(|group| group.first().map(|copy| copy.1));
        let rows = groups.into_iter().flatten().map(|copy| copy.1);
        Ok(match direction {
            Direction::Ascending => rows.collect(),
            Direction::Descending => rows.rev().collect(),
        })
    }

    /// The first and the last time of the rows of a listing; `None` where none has one.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn bounds(
        &self,
        listing: &Listing,
        progress: &Progress,
    ) -> Result<Option<(Timestamp, Timestamp)>, RowsError> {
        let rows = listing.bits();
        let mut bounds: Option<(u128, u128)> = None;
        let widen = |bounds: &mut Option<(u128, u128)>, key: u128| {
            let (first, last) = bounds.unwrap_or((key, key));
            *bounds = Some((first.min(key), last.max(key)));
        };
        let of_block = |block: &Block| {
            let mut bounds = None;
            each_valid(block, Some(&rows), |key| widen(&mut bounds, key));
            bounds
        };
        self.dataset
            .snapshot()
            .pass(progress)
            .each(of_block, |found| {
                if let Some((first, last)) = found {
                    widen(&mut bounds, first);
                    widen(&mut bounds, last);
                }
                ControlFlow::Continue(())
            })?;
        let time = |key: u128| Timestamp::of(Ulid::from_u128(key));
        Ok(bounds.map(|(first, last)| (time(first), time(last))))
    }

    /// The keys of some rows that have one.
    fn keys_of(&self, rows: &RowSet, progress: &Progress) -> Result<Vec<u128>, RowsError> {
        let mut keys = Vec::new();
        let rows: RowBits = rows.iter().filter_map(|row| row.try_into().ok()).collect();
        self.dataset.snapshot().pass(&progress.piece()).each(
            |block: &Block| -> Vec<u128> {
                let mut wanted = Vec::new();
                each_valid(block, Some(&rows), |key| wanted.push(key));
                wanted
            },
            |found| {
                keys.extend(found);
                ControlFlow::Continue(())
            },
        )?;
        Ok(keys)
    }

    /// How many IDs of the rows known by now, or of those of a listing, fall into each of some periods.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn count_times(
        &self,
        counting: &Counting,
        progress: &Progress,
    ) -> Result<Counts, RowsError> {
        let ruler = &*counting.ruler;
        let among = counting.listing.as_ref().map(Listing::bits);
        let mut counts = Counts::new(ruler.parts());
        let count_block = |block: &Block| {
            let mut counts = Counts::new(ruler.parts());
            let mut part_of = ruler.parts_of();
            each_valid(block, among.as_ref(), |key| {
                counts.add(part_of(Timestamp::of(Ulid::from_u128(key))), 1);
            });
            counts
        };
        self.dataset
            .snapshot()
            .pass(progress)
            .each(count_block, |part| {
                counts.merge(&part);
                ControlFlow::Continue(())
            })?;
        if let Some(by) = &counting.by {
            let among = counting.listing.as_ref().map(Listing::rows);
            counts.series = self.series(by, ruler, among, progress)?;
        }
        Ok(counts)
    }

    /// The counts of the periods for each value of an expression, the most frequent first, and those of all other values
    /// together.
    fn series(
        &self,
        by: &Grouping,
        ruler: &Ruler,
        among: Option<RowSet>,
        progress: &Progress,
    ) -> Result<Vec<(String, Vec<u64>)>, RowsError> {
        let condition = among.map(Query::among);
        let mut values: HashMap<String, Vec<u64>> = HashMap::new();
        let known = self.dataset.snapshot();
        let order = GroupOrder::ByKey;
        by.run(
            &known,
            condition.as_ref(),
            order,
            self.memory,
            &progress.piece(),
            |group| {
                let [Value::Time(start), value, Value::Int(count)] = group else {
                    return Ok(());
                };
                let Ok(part) = ruler.part_of(*start) else {
                    return Ok(());
                };
                let parts = match values.len() < MOST_VALUES {
                    true => values
                        .entry(value_name(value))
                        .or_insert_with(|| vec![0; ruler.parts()]),
                    false => values
                        .entry(OTHERS.to_owned())
                        .or_insert_with(|| vec![0; ruler.parts()]),
                };
                if let Some(part) = parts.get_mut(part) {
                    *part += u64::try_from(*count).unwrap_or(u64::MAX);
                }
                Ok(())
            },
        )?;
        Ok(the_largest(values, ruler.parts()))
    }

    /// The keys of the rows known by now. `passes` says how often the caller goes over the rows, this one included.
    pub(super) fn keys(&self, passes: u64, progress: &Progress) -> Result<Keys, RowsError> {
        let rows = self.extent().rows;
        progress.set_total(rows as u64 * passes);
        let mut keys = Keys {
            keys: Vec::with_capacity(rows),
            faults: Vec::new(),
        };
        self.dataset.pass(&progress.piece()).known(0..rows).each(
            |block| (block.keys().to_vec(), block.faults().to_vec()),
            |(block, faults)| {
                // The pass itself sees to it that it ends.
                let _ = progress.advance(block.len() as u64);
                keys.keys.extend(block);
                keys.faults.extend(faults);
                ControlFlow::Continue(())
            },
        )?;
        Ok(keys)
    }
}

impl Keys {
    pub(super) fn invalid(&self) -> RowSet {
        self.faults.iter().map(|fault| fault.row).collect()
    }
}

/// Values of which series are kept before the others are taken together, and of which series are shown.
const MOST_VALUES: usize = 1_000;
const SERIES: usize = 5;
/// The name of the values that are taken together.
const OTHERS: &str = "others";

fn value_name(value: &Value) -> String {
    match value {
        Value::Missing => "(none)".to_owned(),
        Value::Text(text) if text.is_empty() => "(empty)".to_owned(),
        value => value.to_string(),
    }
}

/// The largest series, and all others as one.
fn the_largest(values: HashMap<String, Vec<u64>>, parts: usize) -> Vec<(String, Vec<u64>)> {
    let mut series: Vec<(String, Vec<u64>)> = values.into_iter().collect();
    let total = |parts: &[u64]| parts.iter().sum::<u64>();
    series.sort_by(|a, b| total(&b.1).cmp(&total(&a.1)).then_with(|| a.0.cmp(&b.0)));
    let is_others = |(name, _): &(String, Vec<u64>)| name == OTHERS;
    let (others, mut series): (Vec<_>, Vec<_>) = series.into_iter().partition(is_others);
    let rest = series.split_off(SERIES.min(series.len()));
    let mut sum = vec![0; parts];
    for (_, counts) in others.iter().chain(&rest) {
        sum.iter_mut()
            .zip(counts)
            .for_each(|(sum, count)| *sum += count);
    }
    if total(&sum) > 0 {
        series.push((OTHERS.to_owned(), sum));
    }
    series
}

/// Calls `each` with the keys of the rows of a block that have an ID, of all or of those among others.
pub(super) fn each_valid(block: &Block, among: Option<&RowBits>, mut each: impl FnMut(u128)) {
    for (row, key) in block.valid() {
        if among.is_none_or(|rows| rows.contains(row)) {
            each(key);
        }
    }
}
