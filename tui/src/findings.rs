//! What a whole source is like: its figures, and which rows have which flaw.

use ulid_engine::{
    RowSet,
    stats::{Flaws, Summary, Verdict},
};

/// The figures of a source and the rows behind them.
#[derive(Debug, Clone)]
pub struct Findings {
    /// The figures.
    pub summary: Summary,
    /// How the randomness was made. It is kept because it takes milliseconds to find out, and every frame shows it.
    pub verdict: Verdict,
    /// The rows with flaws that are seen beside their neighbours.
    pub flaws: Flaws,
    /// The rows whose ID an earlier row has, wherever that is.
    pub duplicates: RowSet,
}

/// What can be wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, clap::ValueEnum)]
pub enum Flaw {
    /// It is no ULID.
    Invalid,
    /// An earlier row has the same ID.
    Duplicate,
    /// Its ID is smaller than that of the valid row before it.
    OutOfOrder,
    /// Its time lies ahead.
    Future,
    /// It comes an hour or more after the row before it.
    Gap,
    /// It is of the same millisecond as the valid row before it, which is no flaw, but good to know.
    SameMillisecond,
}

impl Flaw {
    /// Every flaw.
    pub const ALL: [Flaw; 6] = [
        Flaw::Invalid,
        Flaw::Duplicate,
        Flaw::OutOfOrder,
        Flaw::Future,
        Flaw::Gap,
        Flaw::SameMillisecond,
    ];

    /// The words for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Flaw::Invalid => "invalid",
            Flaw::Duplicate => "duplicate",
            Flaw::OutOfOrder => "out of order",
            Flaw::Future => "future",
            Flaw::Gap => "after a gap",
            Flaw::SameMillisecond => "of the same millisecond",
        }
    }

    /// The sign before the ID.
    #[must_use]
    pub fn glyph(self) -> &'static str {
        match self {
            Flaw::Invalid => "✗",
            Flaw::Duplicate => "=",
            Flaw::OutOfOrder => "<",
            Flaw::Future => "»",
            Flaw::Gap => "…",
            Flaw::SameMillisecond => "≈",
        }
    }
}

impl Findings {
    /// Findings of some rows, with their own `summary`. Flaws stay what they are in the whole: a row whose ID was there
    /// before is a duplicate although the other row is not among these.
    #[must_use]
    pub(crate) fn among(self, rows: &RowSet, summary: Summary) -> Findings {
        let flaws = Flaws {
            invalid: self.flaws.invalid & rows,
            out_of_order: self.flaws.out_of_order & rows,
            adjacent_duplicates: self.flaws.adjacent_duplicates & rows,
            future: self.flaws.future & rows,
            gaps: self.flaws.gaps & rows,
            same_ms: self.flaws.same_ms & rows,
        };
        Findings {
            verdict: summary.verdict().0,
            summary,
            flaws,
            duplicates: self.duplicates & rows,
        }
    }

    /// The rows with a flaw.
    #[must_use]
    pub fn rows(&self, flaw: Flaw) -> &RowSet {
        match flaw {
            Flaw::Invalid => &self.flaws.invalid,
            Flaw::Duplicate => &self.duplicates,
            Flaw::OutOfOrder => &self.flaws.out_of_order,
            Flaw::Future => &self.flaws.future,
            Flaw::Gap => &self.flaws.gaps,
            Flaw::SameMillisecond => &self.flaws.same_ms,
        }
    }

    /// The flaws of a row, the worst first.
    pub fn of_row(&self, row: usize) -> impl Iterator<Item = Flaw> {
        Flaw::ALL
            .into_iter()
            .filter(move |&flaw| self.rows(flaw).contains(row as u64))
    }
}
