use ulid_engine::{dataset::Format, row::named_columns, timestamp::TimeZone};
use unicode_width::UnicodeWidthStr;

use super::zone_name;
use crate::{rows::Source, text::harmless};

/// A column of the table, behind the ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// The time of the ID.
    Time,
    /// How long ago that was.
    Age,
    /// The randomness in hexadecimal.
    Randomness,
    /// Another column of the file.
    Cell {
        /// Which of the columns of the file.
        position: usize,
        /// Its name beside the facts.
        name: String,
        /// Its name in the file.
        source: String,
        /// Columns of the screen.
        width: usize,
        /// True if its values are numbers, which stand at its right end.
        is_number: bool,
    },
    /// The whole line that the ID was found in.
    Line,
}

impl Column {
    /// Columns of the screen that it takes.
    #[must_use]
    pub fn width(&self) -> usize {
        match self {
            Column::Time => 24,
            Column::Age => 15,
            Column::Randomness => 20,
            Column::Cell { width, .. } => *width,
            Column::Line => 512,
        }
    }

    /// What orders the rows by it: a name of the query language, or that of the column.
    #[must_use]
    pub fn sort_key(&self) -> String {
        let name = match self {
            Column::Time => "time",
            Column::Age => "age",
            Column::Randomness => "random",
            // these are not looked up as columns
            Column::Cell { name, source, .. } if name != source || source == "position" => {
                return format!("column({source:?})");
            }
            Column::Cell { source, .. } => source,
            Column::Line => "text",
        };
        name.to_owned()
    }

    /// What stands above it.
    #[must_use]
    pub fn heading(&self, zone: &TimeZone) -> String {
        match self {
            Column::Time => format!("TIME ({})", zone_name(zone)),
            Column::Age => "AGE".to_owned(),
            Column::Randomness => "RANDOMNESS".to_owned(),
            Column::Cell { name, .. } => name.clone(),
            Column::Line => "LINE".to_owned(),
        }
    }
}

/// The columns for a source: those of the ID, and what the file has besides. Widths fit its first rows.
pub(super) fn of(source: &Source) -> Vec<Column> {
    let mut columns = vec![Column::Time];
    match source.layout().format {
        Format::Text => columns.extend([Column::Line, Column::Age]),
        Format::Csv | Format::Tsv | Format::JsonLines | Format::Json => {
            columns.extend(cells(source));
            columns.push(Column::Age);
        }
        Format::Lines | Format::Binary => columns.push(Column::Age),
    }
    columns.push(Column::Randomness);
    columns
}

fn cells(source: &Source) -> impl Iterator<Item = Column> {
    const SAMPLE: usize = 100;
    const WIDTHS: (usize, usize) = (4, 32);
    let layout = source.layout();
    let mut widths: Vec<usize> = layout.columns.iter().map(|name| name.width()).collect();
    let mut numbers = vec![None; layout.columns.len()];
    // a source that cannot be read says so when its rows are drawn
    for row in source.window(0, SAMPLE).unwrap_or_default() {
        let columns = widths.iter_mut().zip(&mut numbers);
        for ((width, is_number), cell) in columns.zip(row.cells()) {
            *width = (*width).max(harmless(cell.as_bytes()).width());
            if !cell.is_empty() {
                let reads = cell.trim().parse::<f64>().is_ok();
                *is_number = Some(reads && is_number.unwrap_or(true));
            }
        }
    }
    let id_column = layout.id_column;
    let named = named_columns(&layout.columns).into_iter();
    let named = named.map(|(name, source)| (name, source.to_owned()));
    let named: Vec<_> = named.zip(widths).collect();
    let named = named.into_iter().enumerate();
    named
        .filter(move |(position, _)| Some(*position) != id_column)
        .map(move |(position, ((name, source), width))| Column::Cell {
            position,
            name,
            source,
            width: width.clamp(WIDTHS.0, WIDTHS.1),
            is_number: numbers.get(position).copied().flatten().unwrap_or(false),
        })
}
