//! The one place that knows how the engine hands out rows.

mod clocks;
mod closer;
mod compare;
mod error;
mod groups;
mod handout;
mod listing;
mod passes;
mod pattern;
mod repairs;
mod tally;
mod wanted;
mod watch;

pub(crate) use clocks::{Beside, DRIFT_WORDS, Drift, Heat, NO_DRIFT};
pub(crate) use closer::{Closer, CloserLook, PERIODS};
pub(crate) use compare::{sign_of, words_for};
pub(crate) use error::RowsError;
pub(crate) use handout::Rows;
pub(crate) use listing::{Arrangement, Listing, RowBits};
pub(crate) use pattern::{Needle, Pattern};
pub(crate) use repairs::Repairs;
pub(crate) use tally::{Tally, TallyRow};
pub(crate) use wanted::rows_of;
pub(crate) use wanted::{Chosen, Counting, Order, arrange};

use std::{io::Read, path::PathBuf, sync::Arc};

use ulid_engine::{
    Timestamp,
    compare::TwoFiles,
    dataset::{Dataset, Extent, Layout, LineFinder, Near, OpenError, OpenOptions, ReadError, Row},
    pass::MEMORY,
    query::{self, Around, Completion, Expression, Query, QueryError, Scope, Value},
    row::{Fact, RowSource as _},
    timestamp::TimeZone,
    visible::visible,
};

/// The rows of a source. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    dataset: Arc<Dataset>,
    /// The two files that it is of, if they are compared.
    compared: Option<Arc<TwoFiles>>,
    /// Bytes for sorting and for the search of duplicates.
    memory: usize,
    /// True for the built-in sample.
    is_sample: bool,
}

/// Finds places of rows: `orders.csv:17`.
#[derive(Debug)]
pub(crate) struct Places<'s> {
    /// `None` if rows are no lines, and are named by their numbers.
    lines: Option<LineFinder<'s>>,
    name: String,
}

impl Places<'_> {
    /// The file and line at an offset of the source, or the row of this number.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where what lies before it can no longer be read.
    pub(crate) fn find(&mut self, offset: u64, number: u64) -> Result<String, ReadError> {
        let Some(lines) = &mut self.lines else {
            return Ok(format!("{}:{number}", self.name));
        };
        let place = lines.find(offset)?;
        Ok(format!(
            "{}:{}",
            visible(&place.path.to_string_lossy()),
            place.line
        ))
    }
}

impl Source {
    /// Opens files as one source.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where one cannot be read, or is no source of rows.
    pub(crate) fn open(paths: &[PathBuf], options: &OpenOptions) -> Result<Source, OpenError> {
        Dataset::open_paths(paths, options).map(Source::from)
    }

    /// Takes rows from a stream, as they come.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where it is empty or no source of rows.
    pub(crate) fn from_reader(
        name: &str,
        reader: impl Read + Send + 'static,
        options: &OpenOptions,
    ) -> Result<Source, OpenError> {
        Dataset::from_reader(name, reader, options).map(Source::from)
    }

    /// The built-in sample.
    #[must_use]
    pub(crate) fn sample() -> Source {
        Source {
            is_sample: true,
            ..Source::from(Dataset::sample())
        }
    }

    /// The same source, with so many bytes for sorting and for the search of duplicates.
    #[must_use]
    pub(crate) fn with_memory(self, bytes: usize) -> Source {
        Source {
            memory: bytes,
            ..self
        }
    }

    /// True for the built-in sample.
    #[must_use]
    pub(crate) fn is_sample(&self) -> bool {
        self.is_sample
    }

    /// The path as given, or `sample`.
    #[must_use]
    pub(crate) fn name(&self) -> String {
        match self.compared() {
            Some([first, second]) => format!("A {first}  B {second}"),
            None => self.dataset.name(),
        }
    }

    /// Leaves the layout as it is, whatever comes: see [`Dataset::keep_layout`].
    pub(crate) fn keep_layout(&self) {
        self.dataset.keep_layout();
    }

    /// The look of the rows.
    #[must_use]
    pub(crate) fn layout(&self) -> &Layout {
        self.dataset.layout()
    }

    /// How many rows are known by now, and whether there are more to come. Returns at once.
    #[must_use]
    pub(crate) fn extent(&self) -> Extent {
        self.dataset.extent()
    }

    /// Up to `count` rows from `first` on, of those known by now. Returns at once.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub(crate) fn window(&self, first: usize, count: usize) -> Result<Vec<Row>, ReadError> {
        self.dataset.window(first, count)
    }

    /// The last `count` rows, at once, even where the index has not come to them: their numbers are estimates then.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub(crate) fn tail(&self, count: usize) -> Result<Vec<Row>, ReadError> {
        Ok(self.dataset.tail(count)?.rows)
    }

    /// Waits until all rows are known, and says how many there are.
    #[must_use]
    pub(crate) fn wait_for_all(&self) -> usize {
        self.dataset.len()
    }

    /// Up to `count` rows of a listing from a place on.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub(crate) fn rows_of(
        &self,
        listing: &Listing,
        place: usize,
        count: usize,
    ) -> Result<Vec<Row>, ReadError> {
        if listing.is_source() {
            return self.window(place, count);
        }
        let places = place..place.saturating_add(count);
        let rows: Vec<usize> = places.map_while(|place| listing.row(place)).collect();
        self.dataset.rows_at(&rows)
    }

    /// The names of the columns.
    #[must_use]
    pub(crate) fn columns(&self) -> &[String] {
        self.dataset.columns()
    }

    /// A name of a file in which rows stand as they do here.
    #[must_use]
    pub(crate) fn named_like(&self) -> PathBuf {
        PathBuf::from(format!("rows.{}", self.layout().format.ending()))
    }

    /// The lines above the first row of a table, as they stand; none where files of several layouts are read as one.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where they can no longer be read.
    pub(crate) fn header(&self) -> Result<Vec<u8>, ReadError> {
        let layout = self.layout();
        let Some(first) = self.window(0, 1)?.pop().filter(|_| layout.header) else {
            return Ok(Vec::new());
        };
        let length = usize::try_from(first.offset).unwrap_or(usize::MAX);
        self.dataset.bytes_at(0, length)
    }

    /// A finder of places that people can go to, of rows that ascend.
    #[must_use]
    pub(crate) fn places(&self) -> Places<'_> {
        Places {
            lines: self
                .layout()
                .has_line_numbers()
                .then(|| self.dataset.lines()),
            name: self.name(),
        }
    }

    /// Sentences about names in texts of the query language that no row of the sample has.
    pub(crate) fn unknown_names<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Vec<String> {
        let zone = TimeZone::UTC;
        let scope = Scope::of(&self.dataset, Timestamp::MAX, &zone);
        let unknown = texts.flat_map(|text| query::unknown_names(text, &scope));
        unknown.map(|unknown| unknown.to_string()).collect()
    }

    /// Sentences about words in texts of the query language that should be written otherwise.
    pub(crate) fn notes<'t>(&self, texts: impl Iterator<Item = &'t str>) -> Vec<String> {
        let zone = TimeZone::UTC;
        let scope = Scope::of(&self.dataset, Timestamp::MAX, &zone);
        let mut notes: Vec<String> = Vec::new();
        for note in texts.flat_map(|text| query::notes(text, &scope)) {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
        notes
    }

    /// Sentences about columns that a condition reads as what none of their values in the first rows is.
    #[must_use]
    pub(crate) fn unfit_columns(&self, query: &Query) -> Vec<String> {
        // rows that cannot be read are told where they are asked for
        query.unfit_columns(&self.dataset).unwrap_or_default()
    }

    /// Reads a condition on the rows.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub(crate) fn query(
        &self,
        text: &str,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Query, QueryError> {
        Query::parse(text, &Scope::of(&self.dataset, now, zone))
    }

    /// The condition that a row is one that is searched for; nothing where no row can be.
    pub(crate) fn searched(&self, needle: &Needle) -> Option<Query> {
        match needle {
            Needle::Text(pattern) if !pattern.needs_condition() => Query::has_text(&pattern.text),
            Needle::Text(pattern) => self.having(pattern),
            Needle::Time(time) => {
                // one clock that is ahead does not make the rows behind it late
                let ms = time.ms();
                let late =
                    format!("unix_ms >= {ms} and (next.unix_ms >= {ms} or next.unix_ms is null)");
                self.query(&late, *time, &TimeZone::UTC).ok()
            }
        }
    }

    /// The condition that a row, or a column of it, has what a regular expression finds.
    fn having(&self, pattern: &Pattern) -> Option<Query> {
        if pattern.text.is_empty() {
            return None;
        }
        let text = match &pattern.column {
            Some(column) => format!("column({})", query::quoted(column)),
            None => "text".to_owned(),
        };
        let expression = query::quoted(&format!("(?i){}", pattern.expression()));
        let condition = format!("{text} =~ {expression}");
        self.query(&condition, Timestamp::MIN, &TimeZone::UTC).ok()
    }

    /// Completions of a condition or an expression at a byte of a line.
    #[must_use]
    pub(crate) fn complete(
        &self,
        line: &str,
        at: usize,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Vec<Completion> {
        query::complete(line, at, &Scope::of(&self.dataset, now, zone))
    }

    /// The last row with an ID before an index; `None` also where none is near.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the rows can no longer be read.
    pub(crate) fn row_with_id_before(&self, index: usize) -> Result<Option<Row>, ReadError> {
        Near::of(&self.dataset).valid_before(index)
    }

    /// Value of an expression for a row by itself; `None` for one that cannot be read.
    #[must_use]
    pub(crate) fn value_of(
        &self,
        expression: &str,
        row: &Row,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Option<Value> {
        let scope = Scope::of(&self.dataset, now, zone);
        let expression = Expression::of_row(expression, &scope).ok()?;
        Some(expression.value(&Around::of_row(row.borrow())))
    }

    /// Reads what rows are to be ordered by: the name of a column comes before what else it could mean.
    ///
    /// # Errors
    ///
    /// [`QueryError`] for an expression that is none.
    pub(crate) fn order(
        &self,
        arrangement: &Arrangement,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Order, QueryError> {
        Ok(match arrangement {
            Arrangement::ByPosition(direction) => Order::Position(*direction),
            Arrangement::ById(direction) => Order::Id(*direction),
            Arrangement::By(by, direction) => {
                // a name of a fact means the fact, as everywhere
                let is_column =
                    Fact::named(by).is_none() && self.columns().iter().any(|name| **name == **by);
                let by = if is_column {
                    Expression::of_column(by)
                } else {
                    Expression::of_row(by, &Scope::of(&self.dataset, now, zone))?
                };
                Order::Value(Box::new(by), *direction)
            }
        })
    }
}

impl From<Dataset> for Source {
    fn from(dataset: Dataset) -> Source {
        Source {
            dataset: Arc::new(dataset),
            compared: None,
            memory: MEMORY,
            is_sample: false,
        }
    }
}
