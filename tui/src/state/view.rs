//! The view: which rows are shown and how, as what is undone and done again. How it is drawn is not known here.

use std::ops::RangeInclusive;

use ulid_engine::{RowSet, Timestamp, row::Spelling, timestamp::TimeZone};

use crate::rows::Arrangement;
use ulid_engine::row::Flaw;

use ulid_engine::compare::Relation;

/// The rows that are shown, and how. Every change of it can be undone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct View {
    /// The order of the rows.
    pub arrangement: Arrangement,
    /// Which rows are shown.
    pub filter: Filter,
    /// How IDs are written.
    pub form: Spelling,
    /// The zone that times are shown in.
    pub zone: TimeZone,
}

/// Which rows are shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Filter {
    /// All.
    All,
    /// Rows with a flaw.
    Flaw(Flaw),
    /// Rows of two files that are related so.
    Relation(Relation),
    /// Rows that were marked when this was asked for.
    Marked(RowSet),
    /// Rows that were found so; the words for them.
    Rows(String, RowSet),
    /// Rows that meet a condition of the query language.
    Query(String),
    /// Rows whose ID has as many low bits in common with another ID.
    SharedRandomness(u32),
    /// Rows of a stretch of time.
    Times(RangeInclusive<Timestamp>),
}

impl View {
    /// True if the same rows are shown in the same order.
    #[must_use]
    pub(super) fn has_rows_of(&self, other: &View) -> bool {
        self.arrangement == other.arrangement && self.filter == other.filter
    }
}

/// The form after this one.
pub(super) fn next_form(form: Spelling) -> Spelling {
    let at = Spelling::WRITTEN.iter().position(|&other| other == form);
    let next = at.map_or(0, |at| at + 1) % Spelling::WRITTEN.len();
    Spelling::WRITTEN[next]
}

/// The name of a zone.
#[must_use]
pub(crate) fn zone_name(zone: &TimeZone) -> String {
    match zone.iana_name() {
        Some(name) => name.to_owned(),
        None => "local".to_owned(),
    }
}
