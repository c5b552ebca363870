//! The statistics that depend on no order of the rows, and can be sent from one machine to another and merged there. What
//! depends on the order is not known here.

use crate::{Timestamp, Ulid, codec::FaultKind, version7::has_marks};

use super::StateError;

/// The statistics of rows that do not depend on their order: the same for the same rows however they are cut, in whatever
/// order the parts are merged, and on however many machines they were counted.
///
/// ```
/// use ulid_engine::{Timestamp, Ulid, stats::Figures};
///
/// let now = Timestamp::now();
/// let (mut here, mut there) = (Figures::default(), Figures::default());
/// here.extend(&["01ARZ3NDEKTSV4RRFFQ69G5FAV".parse::<Ulid>()?.to_u128()], now);
/// there.extend(&[Ulid::MAX.to_u128()], now);
///
/// let sent = there.to_state();
/// here.merge(&Figures::from_state(&sent)?);
/// assert_eq!((here.valid, here.future, here.largest), (2, 1, Some(Ulid::MAX)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Figures {
    /// Rows with a ULID.
    pub valid: u64,
    /// Rows without that should have one, by what is wrong.
    pub faults: FaultCounts,
    /// The smallest ID.
    pub smallest: Option<Ulid>,
    /// The largest ID.
    pub largest: Option<Ulid>,
    /// Rows later than now.
    pub future: u64,
    /// Rows whose ID has the fixed bits of a UUID of version 7, which one in 64 ULIDs has by chance.
    pub version_7: u64,
}

/// Rows without a ULID, by what is wrong with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FaultCounts {
    /// Not 26 characters.
    pub length: u64,
    /// A character outside of the alphabet.
    pub character: u64,
    /// More than 128 bits.
    pub overflow: u64,
    /// A UUID of wrong form.
    pub uuid: u64,
    /// Nothing that could be a ULID.
    pub absent: u64,
}

impl Figures {
    /// Bytes of a state.
    pub const STATE_LEN: usize = 8 * 8 + 2 * 16;

    /// Rows without a ULID that should have one.
    #[must_use]
    pub fn invalid(&self) -> u64 {
        self.faults.sum()
    }

    /// From the earliest time to the latest, in milliseconds.
    #[must_use]
    pub fn span_ms(&self) -> Option<u64> {
        let ms = |id: Option<Ulid>| id.map(|id| Timestamp::of(id).ms());
        Some(ms(self.largest)? - ms(self.smallest)?)
    }

    /// Adds rows with an ID. Those later than `now` are of the future.
    pub fn extend(&mut self, keys: &[u128], now: Timestamp) {
        let Some(&first) = keys.first() else { return };
        let (mut smallest, mut largest) = (first, first);
        let (mut future, mut version_7) = (0, 0);
        for &key in keys {
            // Branches that are hardly ever taken cost less than moves of two words each time.
            if key < smallest {
                smallest = key;
            }
            if key > largest {
                largest = key;
            }
            future += u64::from((key >> 80) as u64 > now.ms());
            version_7 += u64::from(has_marks(key));
        }
        self.future += future;
        self.version_7 += version_7;
        self.add_valid(keys.len(), smallest, largest);
    }

    /// Adds a row without an ID.
    pub fn add_fault(&mut self, kind: FaultKind) {
        *self.faults.of(kind) += 1;
    }

    /// Adds the statistics of other rows.
    pub fn merge(&mut self, other: &Figures) {
        if let (Some(smallest), Some(largest)) = (other.smallest, other.largest) {
            self.stretch(smallest, largest);
        }
        self.valid += other.valid;
        self.faults.merge(other.faults);
        self.future += other.future;
        self.version_7 += other.version_7;
    }

    /// The statistics as bytes, for another process to merge: eight counts and two IDs, most significant byte first.
    #[must_use]
    pub fn to_state(&self) -> [u8; Figures::STATE_LEN] {
        let mut state = [0; Figures::STATE_LEN];
        let (counts, ids) = state.split_at_mut(8 * 8);
        for (bytes, count) in counts.chunks_exact_mut(8).zip(self.counts()) {
            bytes.copy_from_slice(&count.to_be_bytes());
        }
        let bounds = [self.smallest, self.largest];
        for (bytes, id) in ids.chunks_exact_mut(16).zip(bounds) {
            bytes.copy_from_slice(&id.unwrap_or_default().to_bytes());
        }
        state
    }

    /// The statistics that [`Figures::to_state`] wrote.
    ///
    /// # Errors
    ///
    /// [`StateError`] for bytes that it did not write.
    pub fn from_state(state: &[u8]) -> Result<Figures, StateError> {
        let (counts, ids) = state
            .as_array::<{ Figures::STATE_LEN }>()
            .ok_or(StateError::Length {
                expected: "96",
                found: state.len(),
            })?
            .split_at(8 * 8);
        let mut counts = counts.as_chunks().0.iter().copied().map(u64::from_be_bytes);
        let mut ids = ids.as_chunks().0.iter().copied().map(Ulid::from_bytes);
        let mut count = || counts.next().unwrap_or_default();
        let valid = count();
        let mut id = || ids.next().filter(|_| valid > 0);
        let figures = Figures {
            valid,
            faults: FaultCounts {
                length: count(),
                character: count(),
                overflow: count(),
                uuid: count(),
                absent: count(),
            },
            smallest: id(),
            largest: id(),
            future: count(),
            version_7: count(),
        };
        match figures.smallest <= figures.largest {
            true => Ok(figures),
            false => Err(StateError::Bounds),
        }
    }

    fn counts(&self) -> [u64; 8] {
        let faults = self.faults;
        [
            self.valid,
            faults.length,
            faults.character,
            faults.overflow,
            faults.uuid,
            faults.absent,
            self.future,
            self.version_7,
        ]
    }

    /// Adds so many rows with an ID, between these two.
    pub(super) fn add_valid(&mut self, rows: usize, smallest: u128, largest: u128) {
        self.valid += rows as u64;
        self.stretch(Ulid::from_u128(smallest), Ulid::from_u128(largest));
    }

    fn stretch(&mut self, smallest: Ulid, largest: Ulid) {
        self.smallest = Some(self.smallest.map_or(smallest, |id| id.min(smallest)));
        self.largest = Some(self.largest.map_or(largest, |id| id.max(largest)));
    }
}

impl FaultCounts {
    /// All of them.
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.length + self.character + self.overflow + self.uuid + self.absent
    }

    fn of(&mut self, kind: FaultKind) -> &mut u64 {
        match kind {
            FaultKind::Length { .. } => &mut self.length,
            FaultKind::Character { .. } => &mut self.character,
            FaultKind::Overflow => &mut self.overflow,
            FaultKind::Uuid => &mut self.uuid,
            // `Absent`, and kinds that may come: nothing that could be a ULID.
            _ => &mut self.absent,
        }
    }

    fn merge(&mut self, next: FaultCounts) {
        self.length += next.length;
        self.character += next.character;
        self.overflow += next.overflow;
        self.uuid += next.uuid;
        self.absent += next.absent;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::stats::{Audit, Limits};

    const NOW_MS: u64 = 1_768_464_000_000;

    fn now() -> Timestamp {
        Timestamp::from_ms(NOW_MS).unwrap()
    }

    fn fault(kind: u8) -> FaultKind {
        match kind {
            0 => FaultKind::Length { found: 3 },
            1 => FaultKind::Character { found: 'u' },
            2 => FaultKind::Overflow,
            3 => FaultKind::Uuid,
            _ => FaultKind::Absent,
        }
    }

    fn rows() -> impl Strategy<Value = Vec<Result<u128, FaultKind>>> {
        let row = prop_oneof![
            4 => any::<u128>().prop_map(Ok),
            2 => (0..1_u128 << 80).prop_map(|random| Ok(u128::from(NOW_MS) << 80 | random)),
            1 => (0..5_u8).prop_map(|kind| Err(fault(kind))),
        ];
        prop::collection::vec(row, 0..200)
    }

    fn figures(rows: &[Result<u128, FaultKind>]) -> Figures {
        let mut figures = Figures::default();
        for row in rows {
            match *row {
                Ok(key) => figures.extend(&[key], now()),
                Err(kind) => figures.add_fault(kind),
            }
        }
        figures
    }

    proptest! {
        #[test]
        fn parts_merge_in_any_order_to_what_the_audit_of_all_rows_has(
            (rows, shuffled) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
            part in 1..50_usize,
        ) {
            let mut audit = Audit::new(Limits::at(now()), 0);
            for row in rows {
                audit.push(row.map(Ulid::from_u128));
            }
            let mut merged = Figures::default();
            for part in shuffled.chunks(part) {
                let sent = figures(part).to_state();
                merged.merge(&Figures::from_state(&sent).unwrap());
            }
            prop_assert_eq!(&merged, &audit.summary().figures);
        }

        #[test]
        fn bytes_of_anyone_are_a_state_or_refused(state in prop::collection::vec(any::<u8>(), 90..102)) {
            match Figures::from_state(&state) {
                Ok(figures) if figures.valid > 0 => prop_assert_eq!(figures.to_state().to_vec(), state),
                Ok(figures) => prop_assert_eq!(figures.smallest, None),
                Err(StateError::Bounds) => prop_assert!(state[64..80] > state[80..96]),
                Err(StateError::Length { found, .. }) => prop_assert!(found != 96 && found == state.len()),
            }
        }
    }

    #[test]
    fn counts_lie_in_a_state_one_after_the_other() {
        let mut figures = figures(&[Err(FaultKind::Overflow), Ok(0), Ok(u128::MAX)]);
        figures.version_7 = 0x0102;
        let state = figures.to_state();
        let counts: Vec<u64> = state[..64]
            .chunks(8)
            .map(|bytes| u64::from_be_bytes(bytes.try_into().unwrap()))
            .collect();
        assert_eq!(counts, [2, 0, 0, 1, 0, 0, 1, 0x0102]);
        assert_eq!(
            (&state[64..80], &state[80..]),
            (&[0; 16][..], &[255; 16][..])
        );
    }
}
