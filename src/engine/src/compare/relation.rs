//! Relations of the rows of two files, once they are known.

use crate::{
    RowSet,
    diff::{Diff, Pairs},
    sort::Direction,
};

/// How a row is related to the other file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Relation {
    /// Only one of the files has the row, or its other columns differ.
    Different,
    /// Only the first file has the row.
    First,
    /// Only the second file has the row.
    Second,
    /// Both files have the row.
    Both,
    /// Both have the row, and its other columns differ.
    Changed,
    /// Both have the row, but not in the same order as the others.
    Moved,
}

impl Relation {
    /// Every relation.
    pub const ALL: [Relation; 6] = [
        Relation::Different,
        Relation::First,
        Relation::Second,
        Relation::Both,
        Relation::Changed,
        Relation::Moved,
    ];

    /// The relation in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Relation::Different => "different",
            Relation::First => "first",
            Relation::Second => "second",
            Relation::Both => "both",
            Relation::Changed => "changed",
            Relation::Moved => "moved",
        }
    }

    /// The relation of a name.
    #[must_use]
    pub fn named(name: &str) -> Option<Relation> {
        let mut all = Relation::ALL.into_iter();
        all.find(|relation| relation.name() == name)
    }

    /// Meaning of the relation, for help.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Relation::Different => "Only one of the files has the row, or its other columns differ",
            Relation::First => "Only the first file has the row",
            Relation::Second => "Only the second file has the row",
            Relation::Both => "Both files have the row",
            Relation::Changed => "Both have the row, and its other columns differ",
            Relation::Moved => "Both have the row, but not in the same order as the others",
        }
    }
}

/// How the rows of two files are related.
#[derive(Debug, Clone)]
pub struct Comparison {
    pub(super) diff: Diff,
    pub(super) pairs: Pairs,
    /// Rows of either file whose columns differ from those of their partner.
    pub(super) changed: RowSet,
    /// How many rows of the first file there are.
    pub(super) first_rows: usize,
    /// Broken IDs that were taken for what they most likely stood for.
    pub(super) repaired: u64,
}

impl Comparison {
    /// Word for a row that both files have alike.
    pub const SAME: &str = "same";

    /// The rows of a relation.
    #[must_use]
    pub fn rows(&self, relation: Relation) -> RowSet {
        let diff = &self.diff;
        match relation {
            Relation::Different => &(&diff.only_first | &diff.only_second) | &self.changed,
            Relation::First => diff.only_first.clone(),
            Relation::Second => diff.only_second.clone(),
            Relation::Both => diff.both.clone(),
            Relation::Changed => self.changed.clone(),
            Relation::Moved => diff.moved.clone(),
        }
    }

    /// How many keys are so. One that is in both files is one.
    #[must_use]
    pub fn count(&self, relation: Relation) -> u64 {
        let diff = &self.diff;
        match relation {
            Relation::Different => {
                diff.only_first.len() + diff.only_second.len() + self.changed.len() / 2
            }
            Relation::First => diff.only_first.len(),
            Relation::Second => diff.only_second.len(),
            Relation::Both => diff.both.len() / 2,
            Relation::Changed => self.changed.len() / 2,
            Relation::Moved => diff.moved.len() / 2,
        }
    }

    /// How many rows of one file, or pairs of both, of a relation are among some rows. A pair is if one of its rows is.
    #[must_use]
    pub fn count_among(&self, relation: Relation, rows: &RowSet) -> u64 {
        let among = self.rows(relation) & rows;
        // a pair of which both rows are there counts once
        let counts = |row: &u64| {
            let partner = usize::try_from(*row).ok().and_then(|row| self.partner(row));
            partner.is_none_or(|partner| !among.contains(partner as u64) || *row < partner as u64)
        };
        among.iter().filter(counts).count() as u64
    }

    /// Relation of a row; `None` if both files have the same in its place, and if it has no key.
    #[must_use]
    pub fn of_row(&self, row: usize) -> Option<Relation> {
        let row = row as u64;
        let diff = &self.diff;
        [
            (Relation::First, &diff.only_first),
            (Relation::Second, &diff.only_second),
            (Relation::Changed, &self.changed),
            (Relation::Moved, &diff.moved),
        ]
        .into_iter()
        .find_map(|(relation, rows)| rows.contains(row).then_some(relation))
    }

    /// Relation of a row in a word, for programs: `same` where both files have it alike and in its place, `without_key` where
    /// it has nothing to be compared by.
    #[must_use]
    pub fn word_for(&self, row: usize) -> &'static str {
        match self.of_row(row) {
            Some(relation) => relation.name(),
            None if self.partner(row).is_some() => Self::SAME,
            None => "without_key",
        }
    }

    /// The row of the other file that belongs to a row.
    #[must_use]
    pub fn partner(&self, row: usize) -> Option<usize> {
        self.pairs.partner(row)
    }

    /// Broken IDs that were taken for what they most likely stood for.
    #[must_use]
    pub fn repaired(&self) -> u64 {
        self.repaired
    }

    /// The rows of a relation as they are read: in the order of the first file, each row of the second behind the one that
    /// it belongs to, and one without a partner behind its neighbour.
    #[must_use]
    pub fn side_by_side(&self, relation: Relation, direction: Direction) -> Vec<u32> {
        let rows = self.rows(relation);
        let narrow = |row: u64| u32::try_from(row).unwrap_or(u32::MAX);
        let first_rows = self.first_rows as u64;
        let firsts = rows.iter().take_while(|&row| row < first_rows);
        let mut placed: Vec<(u32, u32)> = firsts.map(|row| (narrow(row), 0)).collect();
        let (mut behind, mut next) = (0, first_rows);
        let mut seconds = rows.iter();
        seconds.advance_to(first_rows);
        for row in seconds {
            // the last row before it that the first file has as well
            while next <= row {
                let partner = usize::try_from(next)
                    .ok()
                    .and_then(|next| self.partner(next));
                behind = partner.map_or(behind, |partner| partner as u32);
                next += 1;
            }
            placed.push((behind, narrow(row)));
        }
        placed.sort_unstable();
        let rows = placed.into_iter().map(|(first, second)| match second {
            0 => first,
            second => second,
        });
        match direction {
            Direction::Ascending => rows.collect(),
            Direction::Descending => rows.rev().collect(),
        }
    }
}
