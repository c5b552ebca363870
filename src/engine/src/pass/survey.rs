//! A survey of a dataset, in bounded memory: its figures and its duplicates, by passes over its rows.

use std::{
    collections::HashSet,
    ops::ControlFlow,
    sync::{Mutex, PoisonError},
};

use super::block::Block;
use crate::dataset::Dataset;
use crate::{
    RowSet, Ulid,
    progress::Progress,
    source::ScanError,
    stats::{
        Audit, Hint, Limits, OrderReason, OrderSurvey, Summary,
        ascent::{Ascent, Stretch},
        sieve::{BuildHashed, Share, Sieve, hash},
    },
};

/// Memory for a search, in bytes, where nobody says otherwise.
pub const MEMORY: usize = 1 << 30;

/// The hashes of keys that may occur more than once.
type Candidates = HashSet<u64, BuildHashed>;

impl Dataset {
    /// The figures and flaws of all rows, and the rows whose ID an earlier row has. A stream that is still open is waited
    /// for.
    ///
    /// Rows that nearly ascend are gone over once, in memory that does not grow with them. For others it grows by two
    /// bytes a row, and never beyond `memory` bytes: where they do not suffice, the source is gone over more often.
    /// Beside it come up to twelve bytes for each ID that occurs twice. A unit of `progress` is a byte of the source in
    /// one of the passes.
    ///
    /// # Errors
    ///
    /// [`ScanError`] for a cancelled pass, and where rows can no longer be read.
    pub fn survey(
        &self,
        limits: Limits,
        memory: usize,
        progress: &Progress,
    ) -> Result<(Audit, RowSet), ScanError> {
        let mut audit = Audit::new(limits, 0);
        let hint = SharedHint::of(&audit);
        let look = |block: &Block| hint.audit(block, limits);
        let duplicates = self.duplicates_beside(memory, progress, look, |seen| match seen {
            Beside::Part(part) => {
                audit.merge(part);
                hint.renew(&audit);
                ControlFlow::Continue(())
            }
            Beside::Anew => {
                audit = Audit::new(limits, 0);
                hint.renew(&audit);
                ControlFlow::Continue(())
            }
        })?;
        Ok((audit, duplicates))
    }

    /// The rows whose ID an earlier row has, found in passes of which one shows each block to `look`, too: what comes of
    /// that is given to `each` in the order of the rows, which may end the passes. Where it turns out that the rows do not
    /// ascend, it begins anew.
    pub(crate) fn duplicates_beside<T: Send>(
        &self,
        memory: usize,
        progress: &Progress,
        look: impl Fn(&Block) -> T + Sync,
        mut each: impl FnMut(Beside<T>) -> ControlFlow<()>,
    ) -> Result<RowSet, ScanError> {
        match self.ascending_beside(memory, progress, &look, &mut each)? {
            Ascends::Found(duplicates) => Ok(duplicates),
            Ascends::Ended => Ok(RowSet::new()),
            Ascends::Not => match each(Beside::Anew) {
                ControlFlow::Continue(()) => self.sifted_beside(memory, progress, &look, &mut each),
                ControlFlow::Break(()) => Ok(RowSet::new()),
            },
        }
    }

    /// The duplicates of rows that nearly ascend, which takes one pass.
    fn ascending_beside<T: Send>(
        &self,
        memory: usize,
        progress: &Progress,
        look: &(impl Fn(&Block) -> T + Sync),
        each: &mut impl FnMut(Beside<T>) -> ControlFlow<()>,
    ) -> Result<Ascends, ScanError> {
        let mut ascent = Ascent::default();
        let (mut ascends, mut ended) = (true, false);
        let map = |block: &Block| (look(block), Stretch::of(block.valid()));
        self.pass(progress).each(map, |(part, stretch)| {
            ended = each(Beside::Part(part)).is_break();
            ascends = stretch.is_some_and(|stretch| ascent.add(&stretch, most_candidates(memory)));
            match ascends && !ended {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        })?;
        if ended || !ascends {
            return Ok(if ended { Ascends::Ended } else { Ascends::Not });
        }
        let (mut duplicates, candidates) = ascent.into_parts();
        duplicates |= self.confirm_duplicates(candidates, memory, progress)?;
        Ok(Ascends::Found(duplicates))
    }

    /// The duplicates of rows in any order.
    fn sifted_beside<T: Send>(
        &self,
        memory: usize,
        progress: &Progress,
        look: &(impl Fn(&Block) -> T + Sync),
        each: &mut impl FnMut(Beside<T>) -> ControlFlow<()>,
    ) -> Result<RowSet, ScanError> {
        let rows = self.len_within(progress)?;
        let mut candidates = Candidates::default();
        let mut ended = false;
        for share in Share::all(rows, memory) {
            let sieve = Sieve::new(rows, share);
            let map = |block: &Block| {
                let part = (share.index == 0).then(|| look(block));
                (part, sieve.add(block.valid().map(|(_, key)| key)))
            };
            self.pass(progress).each(map, |(part, found)| {
                candidates.extend(found);
                let next = part.map(|part| each(Beside::Part(part)));
                ended = next.is_some_and(|next| next.is_break());
                match ended {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })?;
            if ended {
                return Ok(RowSet::new());
            }
        }
        self.confirm_duplicates(candidates, memory, progress)
    }

    /// The figures of some rows, each beside its neighbours in the source: a row counts as out of order where it is smaller
    /// than the valid row before it, be that among the rows or not. A unit of `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// As [`Dataset::survey`].
    pub fn summary_of(
        &self,
        rows: &RowSet,
        limits: Limits,
        progress: &Progress,
    ) -> Result<Summary, ScanError> {
        let mut all = Audit::new(limits, 0);
        let map = |block: &Block| {
            let mut part = Audit::new(limits, 0);
            let mut faults = block.faults().iter().peekable();
            let mut before = block.valid_before();
            for (row, &key) in (block.first_row()..).zip(block.keys()) {
                let fault = faults.next_if(|fault| fault.row == row);
                let id = fault.map_or(Ok(Ulid::from_u128(key)), |fault| Err(fault.kind));
                if rows.contains(row) && id.is_err() && block.is_text() {
                    part.push_without();
                } else if rows.contains(row) {
                    part.push_beside(row, id, before);
                    part.add_written(block.version_of(row));
                }
                before = id.ok().or(before);
            }
            part
        };
        self.pass(progress).each(map, |part| {
            all.merge_apart(part);
            ControlFlow::Continue(())
        })?;
        Ok(all.into_parts().0)
    }

    /// Why the rows are not in the order of their IDs, if that can be told: by one pass, in constant memory. A unit of
    /// `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// As [`Dataset::survey`].
    pub fn order_reason(&self, progress: &Progress) -> Result<Option<OrderReason>, ScanError> {
        let mut all = OrderSurvey::default();
        let map = |block: &Block| {
            let mut part = OrderSurvey::default();
            for row in block.rows() {
                if let Ok(id) = row.id {
                    part.push(row.index as u64, id.to_u128(), || row.id_text());
                }
            }
            part
        };
        self.pass(progress).each(map, |part| {
            all.merge(part);
            ControlFlow::Continue(())
        })?;
        Ok(all.reason())
    }

    /// The figures and flaws of all rows, by one pass in constant memory. A stream that is still open is waited for. A
    /// unit of `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// As [`Dataset::survey`].
    pub fn audit(&self, limits: Limits, progress: &Progress) -> Result<Audit, ScanError> {
        let mut audit = Audit::new(limits, 0);
        let hint = SharedHint::of(&audit);
        let map = |block: &Block| hint.audit(block, limits);
        self.pass(progress).each(map, |part| {
            audit.merge(part);
            hint.renew(&audit);
            ControlFlow::Continue(())
        })?;
        Ok(audit)
    }

    /// The rows whose ID an earlier row has, as [`Dataset::survey`] finds them.
    ///
    /// # Errors
    ///
    /// As [`Dataset::survey`].
    pub fn duplicates(&self, memory: usize, progress: &Progress) -> Result<RowSet, ScanError> {
        self.sifted_beside(memory, progress, &|_: &Block| (), &mut |_| {
            ControlFlow::Continue(())
        })
    }

    /// How many rows there are, once the index is complete.
    fn len_within(&self, progress: &Progress) -> Result<usize, ScanError> {
        while self.end.is_none() && !self.store.wait_a_moment() {
            progress.advance(0)?;
        }
        Ok(self.len())
    }

    /// Of the rows with candidate keys those whose key an earlier row has.
    fn confirm_duplicates(
        &self,
        candidates: Candidates,
        memory: usize,
        progress: &Progress,
    ) -> Result<RowSet, ScanError> {
        let candidates: Vec<u64> = candidates.into_iter().collect();
        let mut duplicates = RowSet::new();
        for candidates in candidates.chunks(most_candidates(memory)) {
            let candidates: Candidates = candidates.iter().copied().collect();
            let mut seen: HashSet<u128, BuildHashed> = HashSet::default();
            let map = |block: &Block| {
                let rows = block
                    .valid()
                    .filter(|&(_, key)| candidates.contains(&hash(key)));
                rows.collect::<Vec<_>>()
            };
            self.pass(progress).each(map, |rows| {
                for (row, key) in rows {
                    if !seen.insert(key) {
                        duplicates.insert(row);
                    }
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(duplicates)
    }
}

/// Candidates that are looked at in one pass.
fn most_candidates(memory: usize) -> usize {
    /// Bytes of a suspect in the sets of hashes and of keys, half empty as they may be.
    const BYTES: usize = 64;
    const LEAST: usize = 1 << 14;
    (memory / BYTES).max(LEAST)
}

/// News for whoever looks at blocks beside a search for duplicates.
pub(crate) enum Beside<T> {
    /// That of the next block.
    Part(T),
    /// The rows are gone over again from the first, and what came before is void.
    Anew,
}

/// Outcome of a pass over rows that may ascend.
enum Ascends {
    /// The rows do, and these are duplicates.
    Found(RowSet),
    /// The rows do not.
    Not,
    /// Whoever looked on has ended the pass.
    Ended,
}

/// Details that the audits of blocks may leave out, told to all threads as the whole grows.
struct SharedHint(Mutex<Hint>);

impl SharedHint {
    fn of(audit: &Audit) -> SharedHint {
        SharedHint(Mutex::new(audit.hint()))
    }

    fn audit(&self, block: &Block, limits: Limits) -> Audit {
        let hint = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut audit = Audit::hinted(limits, block.first_row(), hint);
        block.add_to(&mut audit);
        audit
    }

    fn renew(&self, whole: &Audit) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = whole.hint();
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{Timestamp, Ulid, codec, format::OpenOptions};

    /// Lines with copies near and far, and some that are no ID.
    fn text(rows: u128, distinct: u128, factor: u128) -> String {
        (0..rows)
            .map(|row| match row % 1000 {
                7 => format!("none {row}\n"),
                // A few are late, some of them by much.
                8 if factor == 1 => format!("{}\n", codec::print(Ulid::from_u128(row * 2 / 3))),
                _ => {
                    let number = row * factor % distinct;
                    format!("{}\n", codec::print(Ulid::from_u128(number << 72 | number)))
                }
            })
            .collect()
    }

    #[test]
    fn duplicates_are_those_of_a_set_of_texts_whatever_the_memory() {
        for (rows, distinct, factor) in [
            (1, 1, 7919),
            (40_000, 40_000, 7919),
            (40_000, 30_011, 7919),
            (100_000, 3, 7919),
            (100_000, 100_000, 1),
            (100_000, 60_000, 1),
        ] {
            let text = text(rows, distinct, factor);
            let mut texts = BTreeSet::new();
            let expected: RowSet = (0..)
                .zip(text.lines())
                .filter(|(_, line)| !line.starts_with("none") && !texts.insert(*line))
                .map(|(row, _)| row)
                .collect();
            let options = OpenOptions::default();
            let dataset = Dataset::from_bytes("test", text.clone().into_bytes(), &options).unwrap();
            for memory in [0, MEMORY] {
                let progress = Progress::new();
                assert_eq!(dataset.duplicates(memory, &progress).unwrap(), expected);
                let limits = Limits::at(Timestamp::MAX);
                let (audit, duplicates) = dataset.survey(limits, memory, &progress).unwrap();
                assert_eq!(duplicates, expected, "{rows} rows, {distinct} distinct");
                assert_eq!(u128::from(audit.summary().rows()), rows);
            }
        }
    }

    #[test]
    fn the_figures_are_those_of_the_columns() {
        let dataset = Dataset::sample();
        let limits = Limits::at(Timestamp::MAX);
        let progress = Progress::new();
        let keys = dataset.keys(usize::MAX, &progress).unwrap();
        let whole = crate::stats::audit(&keys.keys, &keys.faults, limits, &progress).unwrap();
        let (audit, _) = dataset.survey(limits, MEMORY, &progress).unwrap();
        assert_eq!(audit.summary(), whole.summary());
        assert_eq!(audit.flaws(), whole.flaws());
        let audit = dataset.audit(limits, &progress).unwrap();
        assert_eq!(audit.summary(), whole.summary());
        assert_eq!(audit.flaws(), whole.flaws());
    }
}
