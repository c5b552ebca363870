//! Breakpoints, and what they make a run look for.

mod field;
mod log;

pub(super) use field::SINCE_PREVIOUS;
pub(super) use log::{LogMessage, Part, split_log};

use dap::types::{Breakpoint, Source};

use std::sync::Arc;

use ulid_engine::{RowSet, Timestamp, query::Query, row::Flaw};

use crate::{
    inspect::{
        query,
        scan::{HitCondition, Hits, Kind, Live, Sought, Stop},
        table::Table,
        watch::{Watch, Watched},
    },
    visible::visible,
};

/// Reason for which duplicates cannot be looked for.
const ENDLESS: &str = "duplicate and by ask for all rows, and more may come as long as this file is written; compare with the row before: id == prev.id";

/// All breakpoints of a session.
#[derive(Debug, Default)]
pub(super) struct Breakpoints {
    pub(super) all: Vec<Set>,
    last_id: i64,
    live: Live,
}

/// A breakpoint.
#[derive(Debug)]
pub(super) struct Set {
    pub(super) id: i64,
    pub(super) what: What,
    condition: Option<Arc<Query>>,
    hit: Option<HitCondition>,
    /// The message to write instead of stopping.
    log: Option<LogMessage>,
    log_needs_duplicates: bool,
    hits: Hits,
    /// Text of the client, to be read again for another file.
    terms: Terms,
    /// Reason for which it can stop nothing in this file.
    pub(super) problem: Option<String>,
    /// Rows that meet it, once they were looked for.
    pub(super) rows: Option<RowSet>,
    /// Words about these rows as the client knows them.
    pub(super) told: Option<String>,
}

/// Words of a client that can mean another thing in another file.
#[derive(Debug, Clone, Default)]
struct Terms {
    /// The name of a function, or a field that is watched.
    name: Option<String>,
    condition: Option<String>,
}

/// The place of a breakpoint.
#[derive(Debug)]
pub(super) enum What {
    /// On a line, counted from 1, of a file. What stands there is known once the file is open and has that line.
    Line {
        source: Source,
        line: i64,
        place: Option<Place>,
    },
    /// Rows that a launch configuration wants written.
    Logged,
    /// At every row with this flaw.
    Flaw(Flaw),
    /// At a time or an ID that is reached, or a condition met.
    Function(Sought),
    /// At a change of a field.
    Data(Watch),
}

/// Content of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A row.
    Row(usize),
    /// Names of the columns, or what else is above the first row: every row is meant.
    Above,
}

/// When a breakpoint stops, as clients write it.
#[derive(Debug, Clone, Copy)]
pub(super) struct When<'a> {
    pub(super) condition: Option<&'a str>,
    pub(super) hit: Option<&'a str>,
    pub(super) log: Option<&'a str>,
    /// The name of a function, or a field that is watched.
    pub(super) name: Option<&'a str>,
    /// The meaning of names in the condition.
    pub(super) table: Option<&'a Table>,
    pub(super) now: Timestamp,
}

impl Breakpoints {
    /// Breakpoints as runs share them: at each time those that are set then.
    pub(super) fn live(&self) -> Live {
        self.live.clone()
    }

    /// Lets runs under way hear of what is set now.
    pub(super) fn publish(&self) {
        self.live.set(self.stops());
    }

    /// True if a breakpoint is still set.
    pub(super) fn has(&self, id: i64) -> bool {
        self.all.iter().any(|set| set.id == id)
    }

    fn stops(&self) -> Vec<Stop> {
        let stop = |set: &Set| {
            let (kind, sought) = match &set.what {
                What::Line { place, .. } => match (*place)? {
                    Place::Row(row) => (Kind::Line, Sought::Row(row)),
                    Place::Above => (Kind::Line, Sought::Every),
                },
                What::Logged => (Kind::Line, Sought::Every),
                What::Flaw(flaw) => (Kind::Flaw, Sought::Flaw(*flaw)),
                What::Function(sought) => (Kind::Function, sought.clone()),
                What::Data(watch) => (Kind::Data, Sought::Watch(watch.clone())),
            };
            Some(Stop {
                id: set.id,
                kind,
                sought,
                condition: set.condition.clone(),
                hit: set.hit,
                logs: set.log.is_some(),
                log_needs_duplicates: set.log_needs_duplicates,
                hits: set.hits.clone(),
            })
        };
        let all = self.all.iter().filter(|set| set.problem.is_none());
        all.filter_map(stop).collect()
    }

    /// Breakpoints whose rows are to be counted: the survey does not tell them.
    pub(super) fn countable(&self) -> Vec<Stop> {
        let all = self.stops();
        all.into_iter()
            .filter(|stop| match stop.sought {
                Sought::Row(_) => false,
                Sought::Flaw(_) | Sought::Every => {
                    stop.condition.is_some() && !self.is_of_launch(stop.id)
                }
                Sought::Watch(_) | Sought::Query(_) => true,
            })
            .collect()
    }

    fn is_of_launch(&self, id: i64) -> bool {
        let mut all = self.all.iter();
        all.any(|set| set.id == id && matches!(set.what, What::Logged))
    }

    /// True if a breakpoint is one of every row.
    pub(super) fn is_of_every_row(&self, id: i64) -> bool {
        let is_every = |what: &What| {
            matches!(
                what,
                What::Logged
                    | What::Line {
                        place: Some(Place::Above),
                        ..
                    }
            )
        };
        self.all
            .iter()
            .any(|set| set.id == id && is_every(&set.what))
    }

    /// Flaws that a filter is set for, with a condition or without.
    pub(super) fn flaws(&self) -> Vec<Flaw> {
        let flaw = |set: &Set| match set.what {
            What::Flaw(flaw) => Some(flaw),
            _ => None,
        };
        self.all.iter().filter_map(flaw).collect()
    }

    /// True if a filter for a flaw is set.
    pub(super) fn stops_at(&self, flaw: Flaw) -> bool {
        let mut all = self.all.iter();
        all.any(|set| matches!(set.what, What::Flaw(found) if found == flaw))
    }

    /// Keeps the rows that meet a breakpoint.
    pub(super) fn keep_rows(&mut self, id: i64, rows: RowSet) {
        if let Some(set) = self.all.iter_mut().find(|set| set.id == id) {
            set.rows = Some(rows);
        }
    }

    /// Words about the rows of each breakpoint that the client does not know so far. They come from the rows that meet it, or
    /// for a filter without a condition from its flaw.
    pub(super) fn news(
        &mut self,
        of_rows: impl Fn(&RowSet) -> String,
        of_flaw: impl Fn(Flaw) -> Option<String>,
    ) -> Vec<(i64, String)> {
        let mut news = Vec::new();
        for set in self.all.iter_mut().filter(|set| set.problem.is_none()) {
            let words = match (&set.rows, &set.what) {
                (Some(rows), _) => Some(of_rows(rows)),
                (None, What::Flaw(flaw)) if set.condition.is_none() => of_flaw(*flaw),
                _ => None,
            };
            if words.is_some() && words != set.told {
                set.told.clone_from(&words);
                news.extend(words.map(|words| (set.id, words)));
            }
        }
        news
    }

    /// Notes what a client was told of the rows of a breakpoint.
    pub(super) fn has_told(&mut self, id: i64, words: &str) {
        if let Some(set) = self.all.iter_mut().find(|set| set.id == id) {
            set.told = Some(words.to_owned());
        }
    }

    /// Takes away all that are of a kind.
    pub(super) fn clear(&mut self, is_meant: impl Fn(&What) -> bool) {
        self.all.retain(|set| !is_meant(&set.what));
    }

    /// Adds one, and says what became of it.
    pub(super) fn add(&mut self, what: What, when: When<'_>) -> Breakpoint {
        self.last_id += 1;
        let id = self.last_id;
        let given = |text: &&str| !text.trim().is_empty();
        let hit = match when.hit.filter(given).map(HitCondition::parse).transpose() {
            Ok(hit) => hit,
            Err(reason) => return refused(id, reason),
        };
        let log = when.log.filter(given).map(LogMessage::parse).transpose();
        let log = match log {
            Ok(log) => log,
            Err(reason) => return refused(id, reason),
        };
        let mut set = Set {
            id,
            what,
            condition: None,
            hit,
            log,
            log_needs_duplicates: false,
            hits: Hits::default(),
            terms: Terms {
                name: when.name.map(str::to_owned),
                condition: when.condition.filter(given).map(str::to_owned),
            },
            problem: None,
            rows: None,
            told: None,
        };
        set.read_terms(when.table, when.now);
        if let Some(reason) = set.problem {
            return refused(id, reason);
        }
        let note = set.note();
        self.all.push(set);
        Breakpoint {
            id: Some(id),
            verified: true,
            message: note,
            ..Breakpoint::default()
        }
    }

    /// Numbers one that cannot be set, and says why.
    pub(super) fn refuse(&mut self, reason: String) -> Breakpoint {
        self.last_id += 1;
        refused(self.last_id, reason)
    }

    /// The message of a log point.
    pub(super) fn log_message(&self, id: i64) -> Option<&LogMessage> {
        self.all.iter().find(|set| set.id == id)?.log.as_ref()
    }

    /// Forgets how often each was hit.
    pub(super) fn reset_hits(&self) {
        self.all.iter().for_each(|set| set.hits.reset());
    }
}

impl Set {
    /// Reads what was written of it, as it is meant in a file; what cannot be read is its problem.
    pub(super) fn read_terms(&mut self, table: Option<&Table>, now: Timestamp) {
        let read = self.try_terms(table, now);
        let is_endless = table.is_some_and(Table::is_endless);
        let read = read.and_then(|()| match is_endless && self.needs_all_rows() {
            true => Err(ENDLESS.to_owned()),
            false => Ok(()),
        });
        self.problem = read.err();
    }

    /// Sentences about words of its condition that should be written otherwise.
    pub(super) fn note(&self) -> Option<String> {
        let name = match &self.what {
            What::Function(Sought::Query(query)) => Some(query),
            _ => None,
        };
        let queries = self.condition.iter().chain(name);
        let notes: Vec<&str> = queries
            .flat_map(|query| query.notes().iter().map(String::as_str))
            .collect();
        (!notes.is_empty()).then(|| visible(&notes.join("; ")).into_owned())
    }

    /// True if it asks for duplicates or rows of one writer, which are known once all rows have come.
    fn needs_all_rows(&self) -> bool {
        let name = match &self.what {
            What::Function(Sought::Query(query)) => Some(query),
            _ => None,
        };
        let mut queries = self.condition.iter().chain(name);
        self.log_needs_duplicates
            || matches!(self.what, What::Flaw(Flaw::Duplicate))
            || queries.any(|query| query.needs_all_rows())
    }

    fn try_terms(&mut self, table: Option<&Table>, now: Timestamp) -> Result<(), String> {
        let condition = self.terms.condition.as_deref();
        let condition = condition.map(|text| query::condition(text, table, now));
        let condition = condition.transpose().map_err(|error| error.to_string())?;
        self.condition = condition.map(Arc::new);
        if let Some(log) = &self.log {
            self.log_needs_duplicates = log.check(table, now)?;
        }
        match (&mut self.what, &self.terms.name) {
            (What::Function(meant), Some(name)) => *meant = sought(name, table, now)?,
            (What::Data(watch), Some(field)) => {
                field::check(field, table)?;
                if let (Watch::Change(watched), Some(table)) = (watch, table) {
                    *watched = Watched::named(field, table.dataset.columns());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn refused(id: i64, reason: String) -> Breakpoint {
    Breakpoint {
        id: Some(id),
        message: Some(visible(&reason).into_owned()),
        ..Breakpoint::default()
    }
}

/// The meaning of the name of a function: a time, an ID, a period, or a condition.
pub(super) fn sought(name: &str, table: Option<&Table>, now: Timestamp) -> Result<Sought, String> {
    let zone = table.map_or(query::UTC, |table| &table.zone);
    let reason = match Watch::parse(name, zone) {
        Ok(watch) => return Ok(Sought::Watch(watch)),
        Err(reason) => reason,
    };
    match query::condition(name, table, now) {
        Ok(query) => Ok(Sought::Query(Arc::new(query))),
        Err(error) => Err(format!("{reason}; as a condition: {error}")),
    }
}
