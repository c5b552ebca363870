//! Search: matches are marked where they are seen, counted, and brought into view.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};
use ulid_engine::{RowSet, dataset::Row};

use super::{Column, Effect, Filter, Purpose, State};
use crate::{
    jobs::{Kind, Search, Task},
    rows::{Arrangement, Needle, Pattern},
    text::harmless,
};

/// A text that is searched for.
#[derive(Debug, Clone)]
pub(crate) struct Searched {
    pattern: Pattern,
    /// Matches that are marked on the screen.
    mark: Option<Regex>,
    /// The places of the rows with it, once they are counted.
    hits: Option<Arc<RowSet>>,
    /// The rows that were looked through: which, in which order, how many, and how far the source was indexed.
    of: Option<(Filter, Arrangement, usize, u64)>,
    /// False once its marks were taken away.
    pub(super) is_marked: bool,
}

/// Bytes that a regular expression may take when it is compiled.
const COMPILED: usize = 1 << 20;

impl Searched {
    fn new(pattern: Pattern) -> Searched {
        Searched {
            mark: compiled(&pattern).ok(),
            pattern,
            hits: None,
            of: None,
            is_marked: true,
        }
    }

    /// True for a text with it in it.
    fn is_in(&self, text: &str) -> bool {
        self.mark.as_ref().is_some_and(|mark| mark.is_match(text))
    }
}

fn compiled(pattern: &Pattern) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&pattern.expression())
        .case_insensitive(true)
        .size_limit(COMPILED)
        .build()
}

/// The sentence of a search that cannot be read as one; `None` for a sound one.
pub(super) fn fault_of(pattern: &Pattern) -> Option<String> {
    let error = compiled(pattern).err()?.to_string();
    // the lines before draw the expression with a mark below
    let last = error.lines().last().unwrap_or_default();
    Some(format!(
        "no regular expression: {}",
        last.trim_start_matches("error: ")
    ))
}

impl State {
    /// The expression that is marked in texts of a column; `None` where nothing is.
    #[must_use]
    pub(crate) fn mark_in(&self, column: Option<&Column>) -> Option<&Regex> {
        let searched = self.searched.as_ref().filter(|found| found.is_marked)?;
        let is_here = match (&searched.pattern.column, column) {
            (None, _) => true,
            (Some(name), Some(Column::Cell { source, .. })) => name == source,
            (Some(name), None) => self.id_column().is_some_and(|id| id == name),
            (Some(_), Some(_)) => false,
        };
        searched.mark.as_ref().filter(|_| is_here)
    }

    /// `"x": 3 of 17`, where the cursor is on a row with it and all of those have been counted.
    #[must_use]
    pub(crate) fn search_in_words(&self) -> Option<String> {
        let searched = self.searched.as_ref().filter(|found| found.is_marked)?;
        let hits = searched.hits.as_ref()?;
        let place = self.cursor()? as u64;
        let what = harmless(searched.pattern.to_string().as_bytes());
        Some(match hits.contains(place) {
            true => format!("{what}: {} of {}", hits.rank(place), hits.len()),
            false => format!("{what}: in {} rows", hits.len()),
        })
    }

    /// The name of the column of the IDs.
    pub(super) fn id_column(&self) -> Option<&str> {
        let layout = self.source.layout();
        Some(layout.columns.get(layout.id_column?)?.as_str())
    }

    /// Searches for what was typed.
    pub(super) fn search_for(&mut self, text: &str, column: Option<String>) -> Vec<Effect> {
        self.searched = Some(Searched::new(Pattern::typed(text, column)));
        self.find_again(false)
    }

    /// Searches on for what was typed last.
    pub(super) fn find_again(&mut self, upwards: bool) -> Vec<Effect> {
        let Some(searched) = &mut self.searched else {
            self.ask(Purpose::Find);
            return Vec::new();
        };
        searched.is_marked = true;
        self.sought = searched.pattern.to_string();
        let needle = Needle::Text(searched.pattern.clone());
        let mut effects = self.search(needle, self.cursor);
        if let [Effect::Start(Task::Find(search))] = effects.as_mut_slice() {
            search.upwards = upwards;
        }
        effects
    }

    pub(super) fn search(&mut self, needle: Needle, from: usize) -> Vec<Effect> {
        if self.listing.is_empty() {
            self.say("no row is shown to search in; esc shows all");
            return Vec::new();
        }
        vec![Effect::Start(Task::Find(Search {
            listing: self.listing.clone(),
            from,
            upwards: false,
            needle,
        }))]
    }

    /// Has the rows counted that have what is searched for, where others are shown than were.
    pub(super) fn recount_hits(&mut self) -> Option<Effect> {
        let of = (
            self.view.filter.clone(),
            self.view.arrangement.clone(),
            self.listing.len(),
            self.extent.indexed,
        );
        let searched = self.searched.as_mut().filter(|found| found.is_marked)?;
        let is_same =
            |before: &(Filter, Arrangement, usize, u64)| (&before.0, &before.1) == (&of.0, &of.1);
        if searched.of.as_ref() == Some(&of) {
            return None;
        }
        let is_more = searched.of.as_ref().is_some_and(is_same);
        if !is_more {
            searched.hits = None;
        }
        searched.of = Some(of);
        let task = Task::Hits(Needle::Text(searched.pattern.clone()), self.listing.clone());
        Some(match is_more {
            true => Effect::Renew(task),
            false => Effect::Start(task),
        })
    }

    pub(super) fn take_hits(&mut self, hits: Arc<RowSet>) {
        if let Some(searched) = &mut self.searched {
            searched.hits = Some(hits);
        }
    }

    /// Takes the marks of a search away. True if there were some.
    pub(super) fn unmark_search(&mut self) -> Option<Effect> {
        let searched = self.searched.as_mut().filter(|found| found.is_marked)?;
        searched.is_marked = false;
        searched.of = None;
        Some(Effect::Cancel(Kind::Hits))
    }

    /// Brings the column with what was found into view.
    pub(super) fn show_hit(&mut self) {
        let Some(row) = self.current_row() else {
            return;
        };
        let room = self.room_for_columns();
        let Some(searched) = self.searched.clone().filter(|found| found.is_marked) else {
            return;
        };
        if row.has_columns() {
            self.show_hit_in_cells(&searched, &row, room);
        } else if self.source.columns().is_empty()
            && searched.is_in(&row.text())
            && !searched.is_in(&row.id_text())
        {
            self.show_hit_in_line(&searched, &row, room);
        }
    }

    fn show_hit_in_cells(&mut self, searched: &Searched, row: &Row, room: usize) {
        let layout = self.source.layout();
        let (id_column, columns) = (layout.id_column, layout.columns.clone());
        let is_wanted = |at: usize| {
            let name = columns.get(at);
            searched.pattern.column.is_none() || searched.pattern.column.as_ref() == name
        };
        let cells = row.cells();
        let mut hits = cells
            .iter()
            .enumerate()
            .filter(|(at, cell)| is_wanted(*at) && searched.is_in(cell));
        let positions: Vec<usize> = hits.by_ref().map(|(at, _)| at).collect();
        let is_current = |at: &usize| {
            matches!(self.columns.current().map(|placed| &placed.column),
                Some(Column::Cell { position, .. }) if position == at)
        };
        match positions.first() {
            Some(first) if Some(*first) != id_column && !positions.iter().any(is_current) => {
                self.columns.find_cell(*first, room);
            }
            Some(first) if Some(*first) == id_column => self.columns.find_id(room),
            _ => {}
        }
    }

    fn show_hit_in_line(&mut self, searched: &Searched, row: &Row, room: usize) {
        let text = harmless(&row.text);
        let Some(found) = searched.mark.as_ref().and_then(|mark| mark.find(&text)) else {
            return;
        };
        let start = crate::text::width(text.get(..found.start()).unwrap_or_default());
        let end = start + crate::text::width(found.as_str());
        if self.columns.find_line(room) {
            let room = self.columns.room_of_current(room);
            if end > self.columns.shift + room || start < self.columns.shift {
                self.columns.shift = match end > room {
                    true => start.saturating_sub(room / 3),
                    false => 0,
                };
            }
        }
    }
}
