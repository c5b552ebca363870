//! The columns of the table behind the ID: which, in which order, how wide, and the one under the cursor.

use ulid_engine::{
    Timestamp, codec,
    dataset::Format,
    query::{number_of_cell, quoted},
    row::{Fact, Spelling, named_columns},
    timestamp::TimeZone,
};

use super::{own::Own, zone_name};
use crate::{
    memory::KeptColumn,
    rows::Source,
    text::{harmless, width},
};

/// A column of the table, behind the ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Column {
    /// The time of the ID.
    Time,
    /// How long ago that was.
    Age,
    /// The randomness in hexadecimal.
    Randomness,
    /// The ID in another spelling.
    Form(Spelling),
    /// Another column of the file.
    Cell {
        /// Which of the columns of the file.
        position: usize,
        /// Its name beside the facts.
        name: String,
        /// Its name in the file.
        source: String,
    },
    /// The whole line that the ID was found in.
    Line,
    /// An expression of the query language.
    Own(Own),
}

impl Column {
    /// The expression that orders the rows by it: a name of the query language, or that of the column.
    #[must_use]
    pub(crate) fn sort_key(&self) -> String {
        let name = match self {
            Column::Time => "time",
            Column::Age => "age",
            Column::Randomness => "random",
            Column::Form(_) => "id",
            // these are not looked up as columns
            Column::Cell { name, source, .. } if name != source || source == "position" => {
                return format!("column({source:?})");
            }
            Column::Cell { source, .. } => source,
            Column::Line => "text",
            Column::Own(own) => &own.text,
        };
        name.to_owned()
    }

    /// The column as an expression of the query language.
    #[must_use]
    pub(crate) fn expression(&self) -> String {
        match self {
            Column::Cell { source, .. } => expression_of(source),
            other => other.sort_key(),
        }
    }

    /// Its heading.
    #[must_use]
    pub(crate) fn heading(&self, zone: &TimeZone) -> String {
        match self {
            Column::Time => format!("TIME ({})", zone_name(zone)),
            _ => self.name(),
        }
    }

    /// The name that one goes to it by.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        match self {
            Column::Time => "TIME".to_owned(),
            Column::Age => "AGE".to_owned(),
            Column::Randomness => "RANDOMNESS".to_owned(),
            Column::Form(form) => form.name().to_uppercase(),
            Column::Cell { name, .. } => name.clone(),
            Column::Line => "LINE".to_owned(),
            Column::Own(own) => own.name.clone(),
        }
    }
}

/// The expression of a column by its name in the file.
fn expression_of(source: &str) -> String {
    let mut characters = source.chars();
    let begins = characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_');
    let is_word = begins && characters.all(|next| next.is_ascii_alphanumeric() || next == '_');
    if Fact::named(source).is_some() || source.contains('`') || source.is_empty() {
        format!("column({})", quoted(source))
    } else if is_word && !WORDS.contains(&source) {
        source.to_owned()
    } else {
        format!("`{source}`")
    }
}

/// Names that mean something else in an expression.
const WORDS: [&str; 12] = [
    "and", "or", "not", "in", "is", "null", "true", "false", "prev", "next", "previous", "position",
];

/// A column in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Placed {
    /// The column.
    pub column: Column,
    /// Columns of the screen.
    pub width: usize,
    /// True if its values are numbers, which stand at its right end.
    pub is_number: bool,
    /// Type of the values, in a word; empty if that is plain.
    pub kind: &'static str,
    /// True if it is not shown.
    pub is_hidden: bool,
}

/// Columns of the screen between two columns of the table.
pub(crate) const GAP: usize = 2;
/// The narrowest and the widest that a column gets by hand.
const BY_HAND: (usize, usize) = (1, 1_000);

/// The columns of the table behind the ID.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Columns {
    all: Vec<Placed>,
    /// How many of the first stay when the others are scrolled.
    pinned: usize,
    /// The first of the others in sight.
    first: usize,
    /// The one under the cursor; `None` for the ID.
    current: Option<usize>,
    /// Columns of the screen that the one under the cursor is scrolled by.
    pub(super) shift: usize,
    /// True once they were changed by hand.
    is_changed: bool,
}

impl Columns {
    /// Columns of the ID, and those that the file has besides. Widths fit its first rows.
    pub(super) fn of(source: &Source) -> Columns {
        let mut all = vec![of_id(Column::Time, 24, false)];
        let format = source.layout().format;
        let has_columns = format.has_columns();
        if has_columns {
            all.extend(cells(source));
        } else if format == Format::Text {
            all.push(of_id(Column::Line, 512, false));
        }
        // a file with columns of its own shows those, and what follows from the ID where one asks for it
        all.push(of_id(Column::Age, 15, has_columns));
        all.push(of_id(Column::Randomness, 20, has_columns));
        // those that a function of the query language writes
        let others = [
            Spelling::Uuid,
            Spelling::Hex,
            Spelling::Integer,
            Spelling::Base64,
        ];
        let others = others.into_iter();
        all.extend(others.map(|form| of_id(Column::Form(form), form.width(), true)));
        Columns {
            all,
            ..Columns::default()
        }
    }

    /// The columns in sight, from the left; there may be more of them than fit.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Placed> {
        self.places_shown().filter_map(|at| self.all.get(at))
    }

    fn places_shown(&self) -> impl Iterator<Item = usize> {
        let rest = self.first.max(self.pinned)..self.all.len();
        (0..self.pinned).chain(rest).filter(|&at| self.is_shown(at))
    }

    fn is_shown(&self, at: usize) -> bool {
        self.all.get(at).is_some_and(|placed| !placed.is_hidden)
    }

    /// All columns, hidden ones among them.
    #[must_use]
    pub(crate) fn all(&self) -> &[Placed] {
        &self.all
    }

    /// The one under the cursor; `None` for the ID.
    #[must_use]
    pub(crate) fn current(&self) -> Option<&Placed> {
        self.all.get(self.current?)
    }

    /// True for the column under the cursor.
    #[must_use]
    pub(crate) fn is_current(&self, placed: &Placed) -> bool {
        self.current()
            .is_some_and(|current| std::ptr::eq(current, placed))
    }

    /// Columns of the screen that a column is scrolled by.
    #[must_use]
    pub(crate) fn shift_of(&self, placed: &Placed) -> usize {
        match self.is_current(placed) {
            true => self.shift,
            false => 0,
        }
    }

    /// True if some are scrolled out to the left.
    #[must_use]
    pub(crate) fn has_left(&self) -> bool {
        (self.pinned..self.first).any(|at| self.is_shown(at))
    }

    /// How many stay when the others are scrolled.
    #[must_use]
    pub(crate) fn pinned(&self) -> usize {
        self.pinned
    }

    /// The columns of the screen that are left for the one under the cursor, in a room for all.
    pub(super) fn room_of_current(&self, room: usize) -> usize {
        let before: usize = self
            .places_shown()
            .take_while(|&at| Some(at) != self.current)
            .filter_map(|at| self.all.get(at))
            .map(|placed| placed.width + GAP)
            .sum();
        room.saturating_sub(before)
    }

    /// Goes to the column on the right or on the left, if there is one.
    pub(super) fn step(&mut self, right: bool, room: usize) -> bool {
        let found = match (self.current, right) {
            (None, true) => (0..self.all.len()).find(|&at| self.is_shown(at)),
            (None, false) => return false,
            (Some(at), true) => (at + 1..self.all.len()).find(|&at| self.is_shown(at)),
            (Some(at), false) => {
                let before = (0..at).rev().find(|&at| self.is_shown(at));
                if before.is_none() {
                    self.go_to(None, room);
                    return true;
                }
                before
            }
        };
        if found.is_some() {
            self.go_to(found, room);
        }
        found.is_some()
    }

    fn go_to(&mut self, place: Option<usize>, room: usize) {
        self.current = place;
        self.shift = 0;
        self.keep_in_view(room);
    }

    /// Scrolls until the column under the cursor is in sight.
    pub(super) fn keep_in_view(&mut self, room: usize) {
        self.first = self.first.clamp(self.pinned, self.all.len());
        let Some(current) = self.current else {
            self.first = self.pinned;
            return;
        };
        if current < self.pinned {
            return;
        }
        self.first = self.first.min(current);
        while self.first < current && self.end_of(current) > room {
            self.first += 1;
        }
    }

    /// End of a column.
    fn end_of(&self, place: usize) -> usize {
        let upto = self.places_shown().filter(|&at| at <= place);
        let widths = upto.filter_map(|at| self.all.get(at));
        let width: usize = widths.map(|placed| placed.width + GAP).sum();
        width.saturating_sub(GAP)
    }

    /// Goes to the column of a name, in either case, and shows it; names that begin so are good as well.
    pub(super) fn find(&mut self, name: &str, room: usize) -> bool {
        let wanted = name.to_lowercase();
        let place = |fits: &dyn Fn(&str) -> bool| {
            let names = self
                .all
                .iter()
                .map(|placed| placed.column.name().to_lowercase());
            names.into_iter().position(|name| fits(&name))
        };
        let exact = self
            .all
            .iter()
            .position(|placed| placed.column.name() == name);
        let found = exact
            .or_else(|| place(&|name| name == wanted))
            .or_else(|| place(&|name| name.starts_with(&wanted)));
        self.show(found, room)
    }

    /// Goes to the column of the file at a position.
    pub(super) fn find_cell(&mut self, wanted: usize, room: usize) -> bool {
        let found = self.all.iter().position(
            |placed| matches!(placed.column, Column::Cell { position, .. } if position == wanted),
        );
        self.show(found, room)
    }

    /// Goes to the column of lines.
    pub(super) fn find_line(&mut self, room: usize) -> bool {
        let found = self
            .all
            .iter()
            .position(|placed| placed.column == Column::Line);
        self.show(found, room)
    }

    fn show(&mut self, place: Option<usize>, room: usize) -> bool {
        let Some(placed) = place.and_then(|at| self.all.get_mut(at)) else {
            return false;
        };
        self.is_changed |= std::mem::take(&mut placed.is_hidden);
        if self.current != place {
            self.go_to(place, room);
        }
        true
    }

    /// Goes to the ID.
    pub(super) fn find_id(&mut self, room: usize) {
        self.go_to(None, room);
    }

    /// Makes the column under the cursor as wide as asked for; `None` if that is the ID.
    pub(super) fn set_width(&mut self, width: impl Fn(usize) -> usize) -> Option<usize> {
        let placed = self.all.get_mut(self.current?)?;
        placed.width = width(placed.width).clamp(BY_HAND.0, BY_HAND.1);
        self.is_changed = true;
        Some(placed.width)
    }

    /// Hides the column under the cursor, and goes to the next one. Its name; `None` if that is the ID.
    pub(super) fn hide(&mut self, room: usize) -> Option<String> {
        let at = self.current?;
        let placed = self.all.get_mut(at)?;
        placed.is_hidden = true;
        self.is_changed = true;
        let name = placed.column.name();
        let next = (at + 1..self.all.len()).find(|&at| self.is_shown(at));
        let before = || (0..at).rev().find(|&at| self.is_shown(at));
        let place = next.or_else(before);
        self.go_to(place, room);
        Some(name)
    }

    /// Puts a column behind the one under the cursor, and goes to it; one of one's own of the same name makes room. False if
    /// the name is that of another column.
    pub(super) fn put(&mut self, placed: Placed, room: usize) -> bool {
        let name = placed.column.name();
        let known = self
            .all
            .iter()
            .position(|other| other.column.name() == name);
        let at = match known.and_then(|at| Some((at, self.all.get_mut(at)?))) {
            Some((at, other)) if matches!(other.column, Column::Own(_)) => {
                *other = placed;
                at
            }
            Some(_) => return false,
            None => {
                let at = self.place_for_own();
                self.all.insert(at, placed);
                at
            }
        };
        self.is_changed = true;
        self.go_to(Some(at), room);
        true
    }

    /// Place behind the column under the cursor, or behind the last one of the file, which nothing hides.
    fn place_for_own(&self) -> usize {
        let last = self
            .all
            .iter()
            .rposition(|placed| matches!(placed.column, Column::Cell { .. } | Column::Own(_)));
        let behind = self.current.or(last).map_or(0, |at| at + 1);
        behind.max(self.pinned).min(self.all.len())
    }

    /// Reads the columns of one's own anew; one that cannot be read stays as it is.
    pub(super) fn renew(&mut self, read: impl Fn(&Own) -> Option<Own>) {
        for placed in &mut self.all {
            if let Column::Own(own) = &mut placed.column {
                *own = read(own).unwrap_or_else(|| own.clone());
            }
        }
    }

    /// Shows the columns of the file that were hidden. How many.
    pub(super) fn unhide(&mut self) -> usize {
        let is_own = |column: &Column| {
            matches!(
                column,
                Column::Cell { .. } | Column::Line | Column::Time | Column::Own(_)
            )
        };
        let hidden = self
            .all
            .iter_mut()
            .filter(|placed| placed.is_hidden && is_own(&placed.column));
        let shown = hidden.map(|placed| placed.is_hidden = false).count();
        self.is_changed |= shown > 0;
        shown
    }

    /// Moves the column under the cursor to the right or to the left of its neighbour, if it has one.
    pub(super) fn carry(&mut self, right: bool, room: usize) -> bool {
        let Some(at) = self.current else { return false };
        let to = match right {
            true => (at + 1..self.all.len()).find(|&at| self.is_shown(at)),
            false => (0..at).rev().find(|&at| self.is_shown(at)),
        };
        // what is pinned stays among its own
        let Some(to) = to.filter(|&to| (to < self.pinned) == (at < self.pinned)) else {
            return false;
        };
        let placed = self.all.remove(at);
        self.all.insert(to, placed);
        self.is_changed = true;
        self.go_to(Some(to), room);
        true
    }

    /// Pins the column under the cursor behind the ID, or lets it go. True if it is pinned now; `None` for the ID.
    pub(super) fn pin(&mut self, room: usize) -> Option<bool> {
        let at = self.current.filter(|&at| at < self.all.len())?;
        let placed = self.all.remove(at);
        let is_pinned = at >= self.pinned;
        let to = match is_pinned {
            true => self.pinned,
            false => self.pinned - 1,
        };
        self.pinned = match is_pinned {
            true => self.pinned + 1,
            false => self.pinned - 1,
        };
        self.all.insert(to, placed);
        self.is_changed = true;
        self.go_to(Some(to), room);
        Some(is_pinned)
    }

    /// How the columns stand, to be remembered; `None` where nothing was changed.
    #[must_use]
    pub(crate) fn arrangement(&self) -> Option<Vec<KeptColumn>> {
        let kept = |(at, placed): (usize, &Placed)| KeptColumn {
            name: placed.column.name(),
            width: placed.width,
            is_hidden: placed.is_hidden,
            is_pinned: at < self.pinned,
            expression: match &placed.column {
                Column::Own(own) => Some(own.text.clone()),
                _ => None,
            },
        };
        self.is_changed
            .then(|| self.all.iter().enumerate().map(kept).collect())
    }

    /// Puts the columns as they stood. Those that are not remembered stay behind the others.
    pub(crate) fn arrange(&mut self, kept: &[KeptColumn]) {
        let mut rest = std::mem::take(&mut self.all);
        self.pinned = 0;
        for column in kept {
            let Some(at) = rest
                .iter()
                .position(|placed| placed.column.name() == column.name)
            else {
                continue;
            };
            let mut placed = rest.remove(at);
            placed.width = column.width.clamp(BY_HAND.0, BY_HAND.1);
            placed.is_hidden = column.is_hidden;
            if column.is_pinned && self.pinned == self.all.len() {
                self.pinned += 1;
            }
            self.all.push(placed);
        }
        self.all.append(&mut rest);
        self.first = self.pinned;
    }
}

fn of_id(column: Column, width: usize, is_hidden: bool) -> Placed {
    Placed {
        kind: match column {
            Column::Time => "time",
            _ => "",
        },
        column,
        width,
        is_number: false,
        is_hidden,
    }
}

fn cells(source: &Source) -> impl Iterator<Item = Placed> {
    const SAMPLE: usize = 100;
    const WIDTHS: (usize, usize) = (4, 32);
    let layout = source.layout();
    let mut widths: Vec<usize> = layout.columns.iter().map(|name| width(name)).collect();
    let mut kinds = vec![None; layout.columns.len()];
    // a source that cannot be read says so when its rows are drawn
    for row in source.window(0, SAMPLE).unwrap_or_default() {
        let columns = widths.iter_mut().zip(&mut kinds);
        for ((widest, kind), cell) in columns.zip(row.cells()) {
            *widest = (*widest).max(width(&harmless(cell.as_bytes())));
            *kind = together(*kind, kind_of(&cell));
        }
    }
    let id_column = layout.id_column;
    let named = named_columns(&layout.columns).into_iter();
    let named = named.map(|(name, source)| (name, source.to_owned()));
    let placed: Vec<Placed> = named
        .zip(widths)
        .zip(kinds)
        .enumerate()
        .map(|(position, (((name, source), width), kind))| Placed {
            column: Column::Cell {
                position,
                name,
                source,
            },
            width: width.clamp(WIDTHS.0, WIDTHS.1),
            is_number: kind == Some(NUMBER),
            kind: kind.unwrap_or("empty"),
            is_hidden: false,
        })
        .collect();
    let others = placed.into_iter().enumerate();
    others
        .filter(move |(position, _)| Some(*position) != id_column)
        .map(|(_, placed)| placed)
}

const NUMBER: &str = "number";
const TEXT: &str = "text";

/// Type of a cell, in a word; `None` for an empty one.
fn kind_of(cell: &str) -> Option<&'static str> {
    let cell = cell.trim();
    Some(match cell {
        "" => return None,
        "true" | "false" | "True" | "False" | "TRUE" | "FALSE" => "yes/no",
        _ if number_of_cell(cell).is_some() => NUMBER,
        _ if cell.len() <= 2 * codec::TEXT_LEN && Spelling::recognise(cell).is_some() => "ID",
        _ if cell.len() >= 8 && cell.parse::<Timestamp>().is_ok() => "time",
        _ if cell.starts_with(['{', '[']) => "JSON",
        _ => TEXT,
    })
}

/// The word for cells of both kinds.
fn together(a: Option<&'static str>, b: Option<&'static str>) -> Option<&'static str> {
    match (a, b) {
        (Some(a), Some(b)) if a != b => Some(TEXT),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests;
