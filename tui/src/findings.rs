//! Findings about a whole source: its figures, and which rows have which flaw.

use ulid_engine::{
    RowSet,
    row::{FLAWS, Flaw},
    stats::{Flaws, Summary, Verdict},
};

/// The figures of a source and the rows behind them.
#[derive(Debug, Clone)]
pub(crate) struct Findings {
    /// The figures.
    pub summary: Summary,
    /// How the randomness was made. It is kept because it takes milliseconds to find out, and every frame shows it.
    pub verdict: Verdict,
    /// The rows with flaws that are seen beside their neighbours.
    pub flaws: Flaws,
    /// The rows whose ID an earlier row has, wherever that is.
    pub duplicates: RowSet,
}

/// The sign before an ID with a flaw.
#[must_use]
pub(crate) fn glyph(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Invalid | Flaw::Overflow => "✗",
        Flaw::Duplicate => "=",
        Flaw::OutOfOrder => "<",
        Flaw::Future => "»",
        Flaw::Gap => "…",
        Flaw::SameMillisecond => "≈",
    }
}

impl Findings {
    /// Findings of some rows, with their own `summary`. Flaws stay what they are in the whole: a row whose ID was there
    /// before is a duplicate although the other row is not among these.
    #[must_use]
    pub(crate) fn among(self, rows: &RowSet, summary: Summary) -> Findings {
        let flaws = Flaws {
            invalid: self.flaws.invalid & rows,
            overflow: self.flaws.overflow & rows,
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
    pub(crate) fn rows(&self, flaw: Flaw) -> &RowSet {
        flaw.rows(&self.flaws, &self.duplicates)
    }

    /// The flaws of a row, the worst first.
    pub(crate) fn of_row(&self, row: usize) -> impl Iterator<Item = Flaw> {
        let flaws = FLAWS.iter().map(|entry| entry.flaw);
        flaws.filter(move |&flaw| self.rows(flaw).contains(row as u64))
    }
}
