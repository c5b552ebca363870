//! The rows that are shown, in their order. How an order comes about is for the jobs, and how a row looks for the view.

use std::{fmt, sync::Arc};

use ulid_engine::{RowSet, pass::RowOrder, sort::Direction};

/// The order of the rows shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arrangement {
    /// As in the source.
    ByPosition(Direction),
    /// By ID; rows without one come last.
    ById(Direction),
    /// By a column, or what an expression of the query language comes to; rows without a value come last.
    By(Arc<str>, Direction),
}

impl Arrangement {
    /// An order called `position`, `id`, or else by a column or an expression.
    #[must_use]
    pub fn named(by: &str, direction: Direction) -> Arrangement {
        match by {
            "position" => Arrangement::ByPosition(direction),
            "id" => Arrangement::ById(direction),
            by => Arrangement::By(by.into(), direction),
        }
    }

    /// The other way round.
    #[must_use]
    pub fn reversed(self) -> Arrangement {
        match self {
            Arrangement::ByPosition(direction) => Arrangement::ByPosition(direction.reversed()),
            Arrangement::ById(direction) => Arrangement::ById(direction.reversed()),
            Arrangement::By(what, direction) => Arrangement::By(what, direction.reversed()),
        }
    }
}

impl Default for Arrangement {
    fn default() -> Arrangement {
        Arrangement::ByPosition(Direction::Ascending)
    }
}

impl fmt::Display for Arrangement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Arrangement::ByPosition(Direction::Ascending) => f.write_str("file order"),
            Arrangement::ByPosition(Direction::Descending) => f.write_str("file order, last first"),
            Arrangement::ById(Direction::Ascending) => f.write_str("by ID"),
            Arrangement::ById(Direction::Descending) => f.write_str("by ID, largest first"),
            Arrangement::By(what, Direction::Ascending) => write!(f, "by {what}"),
            Arrangement::By(what, Direction::Descending) => write!(f, "by {what}, largest first"),
        }
    }
}

/// Rows as a bit each, for passes that ask of every row whether it is one of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct RowBits {
    words: Vec<u64>,
}

impl RowBits {
    /// True for one of the rows.
    #[must_use]
    pub(crate) fn contains(&self, row: u64) -> bool {
        let word = usize::try_from(row / 64).ok();
        let bits = word.and_then(|word| self.words.get(word));
        bits.is_some_and(|bits| bits >> (row % 64) & 1 == 1)
    }
}

impl FromIterator<usize> for RowBits {
    fn from_iter<T: IntoIterator<Item = usize>>(rows: T) -> RowBits {
        let mut words = Vec::new();
        for row in rows {
            let word = row / 64;
            if words.len() <= word {
                words.resize(word + 1, 0_u64);
            }
            words[word] |= 1 << (row % 64);
        }
        RowBits { words }
    }
}

/// The rows shown, in their order. The order of the source needs no memory.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    rows: Rows,
}

#[derive(Debug, Clone)]
enum Rows {
    All { count: usize, backwards: bool },
    These(Arc<RowOrder>),
}

impl Listing {
    /// All rows of a source, by position.
    #[must_use]
    pub(crate) fn whole(count: usize, arrangement: &Arrangement) -> Listing {
        let backwards = *arrangement == Arrangement::ByPosition(Direction::Descending);
        Listing {
            rows: Rows::All { count, backwards },
        }
    }

    /// These rows in this order.
    #[must_use]
    pub(crate) fn ordered(rows: impl Into<RowOrder>) -> Listing {
        Listing::shared(Arc::new(rows.into()))
    }

    /// These rows in this order, which others hold as well.
    #[must_use]
    pub(crate) fn shared(rows: Arc<RowOrder>) -> Listing {
        Listing {
            rows: Rows::These(rows),
        }
    }

    /// The rows that are among `wanted`, in the same order.
    #[must_use]
    pub(crate) fn among(&self, wanted: &RowSet) -> Listing {
        let rows: Vec<u32> = (0..self.len())
            .filter_map(|place| self.row(place))
            .filter(|&row| wanted.contains(row as u64))
            .filter_map(|row| u32::try_from(row).ok())
            .collect();
        Listing::ordered(rows)
    }

    /// The first so many of the rows.
    #[must_use]
    pub(crate) fn first(&self, most: u64) -> Listing {
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(self.len());
        let rows: Vec<u32> = (0..most)
            .filter_map(|place| self.row(place))
            .filter_map(|row| u32::try_from(row).ok())
            .collect();
        Listing::ordered(rows)
    }

    /// True if these are all rows of the source in its order.
    #[must_use]
    pub(crate) fn is_source(&self) -> bool {
        matches!(
            self.rows,
            Rows::All {
                backwards: false,
                ..
            }
        )
    }

    /// True if these are all rows of the source by position, so that new ones belong to them.
    #[must_use]
    pub(crate) fn is_whole(&self) -> bool {
        matches!(self.rows, Rows::All { .. })
    }

    /// How many rows are shown.
    #[must_use]
    pub(crate) fn len(&self) -> usize {
        match &self.rows {
            Rows::All { count, .. } => *count,
            Rows::These(rows) => rows.len(),
        }
    }

    /// True if no row is shown.
    #[must_use]
    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows, whatever their order.
    #[must_use]
    pub(crate) fn rows(&self) -> RowSet {
        let words = (0_u64..).zip(self.bits().words);
        let of_word = |(word, bits): (u64, u64)| {
            let is_set = move |bit: &u64| bits >> bit & 1 == 1;
            (0..64).filter(is_set).map(move |bit| word * 64 + bit)
        };
        // the bits of words ascend
        RowSet::from_sorted_iter(words.filter(|(_, bits)| *bits != 0).flat_map(of_word))
            .unwrap_or_default()
    }

    /// The rows as bits.
    #[must_use]
    pub(crate) fn bits(&self) -> RowBits {
        (0..self.len())
            .filter_map(|place| self.row(place))
            .collect()
    }

    /// The row of the source at a place.
    #[must_use]
    pub(crate) fn row(&self, place: usize) -> Option<usize> {
        match &self.rows {
            Rows::All { count, backwards } if place < *count => {
                Some(if *backwards { count - 1 - place } else { place })
            }
            Rows::All { .. } => None,
            Rows::These(rows) => rows.get(place).map(|row| row as usize),
        }
    }

    /// The place of a row of the source.
    #[must_use]
    pub(crate) fn find(&self, row: usize) -> Option<usize> {
        match &self.rows {
            Rows::All { count, backwards } if row < *count => {
                Some(if *backwards { count - 1 - row } else { row })
            }
            Rows::All { .. } => None,
            Rows::These(rows) => rows.find(u32::try_from(row).ok()?),
        }
    }
}
