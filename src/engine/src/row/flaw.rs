//! Flaws: what can be wrong with a row, alone or beside others. Each is declared once, in [`FLAWS`].

use super::{RowRef, value::duration};
use crate::{
    RowSet, Ulid,
    codec::FaultKind,
    stats::{Flaws, Follows, Limits},
};

/// A flaw of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flaw {
    /// The row has no ULID and should have one: free text need not.
    Invalid,
    /// Its ID is above the largest ULID; the row is invalid, too.
    Overflow,
    /// An earlier row has the same ID, wherever it stands.
    Duplicate,
    /// Its ID is smaller than that of the valid row before it.
    OutOfOrder,
    /// Its time is later than now.
    Future,
    /// The ID comes too long after the valid row before it.
    Gap,
    /// The ID has the millisecond of the valid row before it: no fault, but good to know.
    SameMillisecond,
}

/// One flaw, as it is declared.
#[derive(Debug, Clone, Copy)]
pub struct FlawEntry {
    /// The flaw.
    pub flaw: Flaw,
    /// Name in options, outputs and filters.
    pub name: &'static str,
    /// Words for a row that has it.
    pub label: &'static str,
    /// Sentence about the rows that have it; `{}` stands for the limit.
    sentence: &'static str,
    /// Condition of the query language that holds for these rows; `{}` stands for the limit.
    condition: &'static str,
    /// Test by keys; `None` if the rows before tell more than the last of them.
    on_keys: Option<fn(&KeyStep, Limits) -> bool>,
}

/// The ID of a row and the last one before it, by which most flaws are found.
#[derive(Debug, Clone, Copy)]
pub struct KeyStep {
    /// ID of the row.
    pub id: Option<Ulid>,
    /// Reason for which it has none; `None` also for free text, which needs no ID.
    pub fault: Option<FaultKind>,
    /// The last ID before; rows without one are passed over.
    pub valid_before: Option<Ulid>,
}

/// Every flaw, the worst first.
pub const FLAWS: [FlawEntry; 7] = [
    FlawEntry {
        flaw: Flaw::Invalid,
        name: "invalid",
        label: "invalid",
        sentence: "Rows without a ULID that should have one",
        condition: "fault is not null",
        on_keys: Some(|step, _| step.fault.is_some()),
    },
    FlawEntry {
        flaw: Flaw::Overflow,
        name: "overflow",
        label: "overflow",
        sentence: "Rows whose ID is above the largest ULID",
        condition: "fault == \"overflow\"",
        on_keys: Some(|step, _| step.fault == Some(FaultKind::Overflow)),
    },
    FlawEntry {
        flaw: Flaw::Duplicate,
        name: "duplicate",
        label: "duplicate",
        sentence: "Rows whose ID an earlier row has",
        condition: "duplicate",
        on_keys: None,
    },
    FlawEntry {
        flaw: Flaw::OutOfOrder,
        name: "out_of_order",
        label: "out of order",
        sentence: "Rows whose ID is smaller than that of the valid row before them",
        condition: "out_of_order",
        on_keys: Some(|step, limits| matches!(step.follows(limits), Some(Follows::Back { .. }))),
    },
    FlawEntry {
        flaw: Flaw::Future,
        name: "future",
        label: "future",
        sentence: "Rows whose time is later than now",
        condition: "time > now",
        on_keys: Some(|step, limits| step.id.is_some_and(|id| limits.is_future(id))),
    },
    FlawEntry {
        flaw: Flaw::Gap,
        name: "gap",
        label: "after a gap",
        sentence: "Rows more than {} after the valid row before them",
        condition: "since_previous > {}",
        on_keys: Some(|step, limits| matches!(step.follows(limits), Some(Follows::Gap { .. }))),
    },
    FlawEntry {
        flaw: Flaw::SameMillisecond,
        name: "same_millisecond",
        label: "same millisecond",
        sentence: "Rows of the same millisecond as the valid row before them",
        condition: "since_previous == 0ms",
        on_keys: Some(|step, _| step.has_same_millisecond()),
    },
];

impl Flaw {
    /// How the flaw is declared.
    #[must_use]
    pub fn entry(self) -> &'static FlawEntry {
        &FLAWS[self as usize]
    }

    /// The flaw of a name; hyphens stand for underscores, as in options.
    #[must_use]
    pub fn named(name: &str) -> Option<Flaw> {
        let name = name.replace('-', "_");
        let found = FLAWS.iter().find(|entry| entry.name == name);
        found.map(|entry| entry.flaw)
    }

    /// Sentence about the rows that have it: `Rows more than 1h after the valid row before them`.
    #[must_use]
    pub fn sentence(self, limits: Limits) -> String {
        filled(self.entry().sentence, limits)
    }

    /// Condition of the query language that holds for the rows that have it.
    #[must_use]
    pub fn condition(self, limits: Limits) -> String {
        filled(self.entry().condition, limits)
    }

    /// Test of a row by keys; `None` for [`Flaw::Duplicate`], which takes an order of all rows.
    #[must_use]
    pub fn is_at(self, step: &KeyStep, limits: Limits) -> Option<bool> {
        let on_keys = self.entry().on_keys?;
        Some(on_keys(step, limits))
    }

    /// The rows that have it among those that an audit found, or among the duplicates, which no audit finds.
    #[must_use]
    pub fn rows<'s>(self, flaws: &'s Flaws, duplicates: &'s RowSet) -> &'s RowSet {
        match self {
            Flaw::Invalid => &flaws.invalid,
            Flaw::Overflow => &flaws.overflow,
            Flaw::Duplicate => duplicates,
            Flaw::OutOfOrder => &flaws.out_of_order,
            Flaw::Future => &flaws.future,
            Flaw::Gap => &flaws.gaps,
            Flaw::SameMillisecond => &flaws.same_ms,
        }
    }
}

impl KeyStep {
    /// The step to a row from the last ID before it.
    #[must_use]
    pub fn to(row: &RowRef<'_>, valid_before: Option<Ulid>) -> KeyStep {
        KeyStep {
            id: row.id.ok(),
            fault: row.fault().map(|fault| fault.kind),
            valid_before,
        }
    }

    fn follows(&self, limits: Limits) -> Option<Follows> {
        Some(limits.follows(self.valid_before?, self.id?))
    }

    fn has_same_millisecond(&self) -> bool {
        let both = self.id.zip(self.valid_before);
        both.is_some_and(|(id, before)| id.timestamp_ms() == before.timestamp_ms())
    }
}

fn filled(pattern: &str, limits: Limits) -> String {
    let limit = duration(limits.gap_ms.try_into().unwrap_or(i64::MAX));
    pattern.replace("{}", &limit.to_string())
}
