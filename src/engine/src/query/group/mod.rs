//! Counts and other figures of groups of rows, in one pass and in bounded memory.
//!
//! ```
//! use ulid_engine::{Timestamp, dataset::Dataset, pass::MEMORY, progress::Progress};
//! use ulid_engine::{query::{GroupOrder, Grouping, Scope}, timestamp::TimeZone};
//!
//! let sample = Dataset::sample();
//! let zone = TimeZone::UTC;
//! let scope = Scope::of(&sample, Timestamp::now(), &zone);
//! let grouping = Grouping::parse("count()", Some("fault"), &scope)?;
//! let mut most = Vec::new();
//! let order = GroupOrder::Top(Some(2));
//! grouping.run(&sample, None, order, MEMORY, &Progress::new(), |values| {
//!     most.push(values.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
//!     Ok(())
//! })?;
//! assert_eq!(most, ["missing 19860", "length 80"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Each thread keeps a table of the groups that it has met. Where they take more than their share of the memory they go to
//! a temporary file, sorted by the bytes of their keys, and are merged at the end; nothing is estimated. A measure that
//! needs every different value (`distinct`, `p95`) keeps group and value together in a table of the same kind.

mod encode;
mod found;
mod kept;
mod lag;
mod measure;
mod part;
mod pass;
mod quantile;
mod runs;
mod sum;
mod table;
mod told;
mod top;
mod values;
mod writers;

pub(super) use lag::Lag;
pub use measure::{GROUP_FUNCTIONS, GroupFunction};
pub(super) use values::Source as ValueSource;
pub use writers::{Writer, WriterAudit, Writers, WritersError};

use std::{fmt, io};

use self::{
    found::Group,
    measure::{Measure, State, Take},
    pass::Pass,
    top::Top,
    values::Source,
};
use super::{
    Query, Scope, Value,
    beforehand::Beforehand,
    code::{Code, Op, Which},
    compile::Compiler,
    error::{QueryError, QueryErrorKind, Type},
    items::{Item, items},
    value::Val,
};
use crate::{
    RowSet,
    calendar::Step,
    dataset::Dataset,
    pass::{LEAST_MEMORY, SortError},
    progress::Progress,
    row::Fact,
    timestamp::TimeZone,
};

/// Figures that are asked for, and what rows are grouped by.
#[derive(Debug, Clone)]
pub struct Grouping {
    keys: Vec<Key>,
    measures: Vec<Measure>,
    names: Vec<String>,
    beforehand: Beforehand,
}

/// Something that rows are grouped by.
#[derive(Debug, Clone)]
enum Key {
    Value(Source),
    /// The period of the calendar that the time of the ID falls into.
    Period(Source, Step, TimeZone),
}

/// The order in which groups are given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GroupOrder {
    /// By what they are grouped by, the smallest first.
    ByKey,
    /// By the first figure, the largest first, and among equals by what they are grouped by; so many of them, or all.
    Top(Option<usize>),
}

/// The values that were left out of figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupNote {
    /// The figure as it was written.
    pub name: String,
    /// Rows that have a text there that is not what the figure is made of.
    pub unread: u64,
}

impl fmt::Display for GroupNote {
    /// A sentence about texts that no figure could be made of.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, unread) = (&self.name, self.unread);
        match unread {
            1 => write!(
                f,
                "{name}: 1 row has something else there, which is not counted in"
            ),
            _ => write!(
                f,
                "{name}: {unread} rows have something else there, which is not counted in"
            ),
        }
    }
}

impl Grouping {
    /// Reads figures such as `count(), slow=p95(took)`, and what rows are grouped by, such as `service, level`.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub fn parse(
        measures: &str,
        by: Option<&str>,
        scope: &Scope<'_>,
    ) -> Result<Grouping, QueryError> {
        let mut grouping = Grouping::empty();
        if let Some(by) = by {
            grouping.group_by(by, scope)?;
        }
        for item in items(measures)? {
            let read = |compiler: &mut Compiler<'_>| Measure::of(&item.tree, compiler);
            let measure = item.compile(scope, read)?;
            grouping.add(&item, measure);
        }
        Ok(grouping)
    }

    /// Counts of the periods of a calendar that the times of IDs fall into, for each value of `by` apart.
    ///
    /// # Errors
    ///
    /// As [`Grouping::parse`].
    pub fn histogram(
        step: Step,
        by: Option<&str>,
        scope: &Scope<'_>,
    ) -> Result<Grouping, QueryError> {
        let mut grouping = Grouping::empty();
        let time = Code {
            op: Op::Fact(Which::Here, Fact::Time, 0),
            ty: Type::Time,
        };
        let key = Key::Period(Source::new(&time), step, scope.zone.clone());
        grouping.keys.push(key);
        grouping.names.push("time".to_owned());
        if let Some(by) = by {
            grouping.group_by(by, scope)?;
        }
        grouping.names.push("count".to_owned());
        grouping.measures.push(Measure {
            of: None,
            take: Take::Count,
        });
        Ok(grouping)
    }

    fn empty() -> Grouping {
        Grouping {
            keys: Vec::new(),
            measures: Vec::new(),
            names: Vec::new(),
            beforehand: Beforehand::default(),
        }
    }

    fn group_by(&mut self, by: &str, scope: &Scope<'_>) -> Result<(), QueryError> {
        for item in items(by)? {
            let code = item.compile(scope, |compiler| compiler.any(&item.tree))?;
            if code.ty == Type::Range {
                let kind = QueryErrorKind::Type {
                    expected: Type::Text,
                    found: Type::Range,
                };
                return Err(QueryError::new(kind, item.tree.at.clone()).in_text(by));
            }
            self.note_fields(&code);
            self.keys.push(Key::Value(Source::new(&code)));
            self.names.push(item.name);
        }
        Ok(())
    }

    fn add(&mut self, item: &Item, measure: Measure) {
        if let Some(code) = &measure.of {
            self.note_fields(code);
        }
        self.names.push(item.name.clone());
        self.measures.push(measure);
    }

    fn note_fields(&mut self, code: &Code) {
        self.beforehand.add(code);
    }

    /// Names of what [`Grouping::run`] gives out: of what rows are grouped by, then of the figures.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many of the names are of what rows are grouped by.
    #[must_use]
    pub fn keys(&self) -> usize {
        self.keys.len()
    }

    /// Goes once over the rows that meet a condition, or all, and gives out the groups. Without anything to group by there
    /// is one group, also of no rows.
    ///
    /// The pass takes `memory` bytes, at least four megabytes; what needs more goes to a temporary file. A unit of `progress` is a byte of the source.
    ///
    /// # Errors
    ///
    /// [`SortError`], and what `each` fails with as [`SortError::Temporary`].
    pub fn run(
        &self,
        dataset: &Dataset,
        condition: Option<&Query>,
        order: GroupOrder,
        memory: usize,
        progress: &Progress,
        mut each: impl FnMut(&[Value]) -> io::Result<()>,
    ) -> Result<Vec<GroupNote>, SortError> {
        let memory = memory.max(LEAST_MEMORY);
        let (found, unread) = Pass::new(self, memory)?.run(dataset, condition, progress)?;
        let mut give = |values: Vec<Val<'static>>| {
            let values: Vec<Value> = values.into_iter().map(Val::into_value).collect();
            each(&values)
        };
        match order {
            GroupOrder::ByKey => {
                found.each(self, memory, &mut |group| give(self.values_of(&group)))?;
            }
            GroupOrder::Top(most) => {
                let mut top = Top::new(most, memory);
                found.each(self, memory, &mut |group| {
                    top.add(self.values_of(&group), self.keys())
                })?;
                top.give(&mut give)?;
            }
        }
        Ok(self.notes(&unread))
    }

    /// The values by which a group is told apart, and its figures.
    fn values_of(&self, group: &Group) -> Vec<Val<'static>> {
        let mut key = group.key.as_slice();
        let keys = self.keys.iter().map(|_| encode::take(&mut key));
        let mut values: Vec<Val<'static>> = keys.map(|key| key.unwrap_or(Val::Missing)).collect();
        let mut tallies = group.tallies.iter();
        for (measure, state) in self.measures.iter().zip(&group.states) {
            let value = match (measure.take, &measure.of) {
                (Take::Count, None) => Val::Int(group.count.into()),
                (take, _) if take.keeps_values() => {
                    let ty = measure.of.as_ref().map_or(Type::Number, |code| code.ty);
                    tallies.next().map_or(Val::Missing, |tally| tally.value(ty))
                }
                _ => measure.value(state),
            };
            values.push(value);
        }
        values
    }

    fn notes(&self, unread: &[u64]) -> Vec<GroupNote> {
        let names = self.names.get(self.keys.len()..).unwrap_or_default();
        let notes = names.iter().zip(unread).filter(|(_, unread)| **unread > 0);
        let note = |(name, &unread): (&String, &u64)| GroupNote {
            name: name.clone(),
            unread,
        };
        notes.map(note).collect()
    }
}

/// The rows to be kept where so many are wanted of each group.
#[derive(Debug, Clone)]
pub struct FirstRows(Grouping);

impl FirstRows {
    /// Reads what rows are grouped by. Of each group the first `most` rows are kept.
    ///
    /// # Errors
    ///
    /// As [`Grouping::parse`].
    pub fn parse(by: &str, most: usize, scope: &Scope<'_>) -> Result<FirstRows, QueryError> {
        let mut grouping = Grouping::empty();
        grouping.group_by(by, scope)?;
        grouping.measures.push(Measure {
            of: None,
            take: Take::First(most),
        });
        Ok(FirstRows(grouping))
    }

    /// The first of the rows that meet a condition, or of all.
    ///
    /// # Errors
    ///
    /// As [`Grouping::run`].
    pub fn select(
        &self,
        dataset: &Dataset,
        condition: Option<&Query>,
        memory: usize,
        progress: &Progress,
    ) -> Result<RowSet, SortError> {
        let memory = memory.max(LEAST_MEMORY);
        let (found, _) = Pass::new(&self.0, memory)?.run(dataset, condition, progress)?;
        let mut rows = RowSet::new();
        found.each(&self.0, memory, &mut |group| {
            if let Some(State::First(first)) = group.states.first() {
                rows.extend(first);
            }
            Ok(())
        })?;
        Ok(rows)
    }
}

#[cfg(test)]
mod tests;
