//! How a table is divided: by what, below which lines, with a header or without.

use std::{cmp::Reverse, collections::HashMap};

use crate::{
    codec::TEXT_LEN,
    format::{
        Reason,
        csv::Fields,
        layout::Layout,
        options::{Format, OpenOptions},
        within,
    },
    spelling::Spelling,
};

use super::{
    Sample,
    candidates::{Candidate, Counts, best_column, count_id, spelling},
};

/// Delimiters of fields, the likeliest first.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Lines above a header at most: a title, comments, the words of a program.
const MOST_LINES_ABOVE: usize = 20;

/// A way to divide a sample into rows.
pub(crate) struct Dialect {
    pub(crate) fields: Fields,
    /// Records above the header or the first row.
    above: usize,
    /// The rows below these, a header among them.
    rows: Vec<Vec<String>>,
    best: Option<Candidate>,
    /// Rows that have the usual number of fields.
    even: usize,
    width: usize,
}

impl Dialect {
    /// The dialect that fits best: in which most rows have an ID in one place, then that with the most rows of one width.
    pub(crate) fn of(sample: &Sample<'_>, options: &OpenOptions) -> Dialect {
        match options.delimiter {
            Some(delimiter) => Dialect::among(&[delimiter], sample, options),
            None => Dialect::among(&DELIMITERS, sample, options),
        }
    }

    fn among(delimiters: &[u8], sample: &Sample<'_>, options: &OpenOptions) -> Dialect {
        let dialects = delimiters
            .iter()
            .map(|&delimiter| Dialect::with(delimiter, sample, options));
        let best = dialects.enumerate().max_by_key(|(place, dialect)| {
            let ids = dialect.best.map_or(0, |best| best.ids);
            let is_divided = dialect.width > 1;
            (ids, is_divided, dialect.even, Reverse(*place))
        });
        best.map_or_else(
            || Dialect::with(b',', sample, options),
            |(_, dialect)| dialect,
        )
    }

    fn with(delimiter: u8, sample: &Sample<'_>, options: &OpenOptions) -> Dialect {
        let fields = sample.fields(delimiter, options);
        let mut rows = sample.rows(fields);
        let width = usual_width(&rows);
        let above = lines_above(&rows, width, options);
        rows.drain(..above);
        let widest = rows.iter().map(Vec::len).max().unwrap_or(0);
        let mut counts = vec![Counts::default(); widest];
        for row in &rows {
            for (cell, counts) in row.iter().zip(&mut counts) {
                count_id(counts, cell.as_bytes(), options);
            }
        }
        Dialect {
            fields,
            above,
            best: best_column(counts.iter(), rows.len()),
            even: rows.iter().filter(|row| row.len() == width).count(),
            rows,
            width,
        }
    }

    pub(crate) fn format(&self) -> Format {
        match self.fields.delimiter {
            b'\t' => Format::Tsv,
            _ => Format::Csv,
        }
    }

    /// The column in which most rows have an ID somewhere in the text.
    fn within(&self) -> Option<Candidate> {
        let candidates = (0..self.width).filter_map(|column| self.within_column(column));
        // of several the first
        candidates.reduce(|best, next| if next.ids > best.ids { next } else { best })
    }

    /// A column, if rows have an ID somewhere in its text.
    fn within_column(&self, column: usize) -> Option<Candidate> {
        let has_id = |row: &&Vec<String>| {
            let cell = row.get(column).map(String::as_bytes);
            cell.is_some_and(|cell| within::first(cell).is_some())
        };
        let ids = self.rows.iter().filter(has_id).count();
        (ids > 0).then_some(Candidate {
            column,
            spelling: Spelling::Within,
            ids,
            all: ids,
        })
    }

    /// True for one line of IDs and nothing else, each of which counts.
    pub(crate) fn is_list(&self, options: &OpenOptions) -> bool {
        let is_id = |cell: &String| spelling(cell.trim().as_bytes(), options).is_some();
        self.rows.len() == 1 && self.rows.iter().flatten().all(is_id)
    }

    /// True if nearly all rows have as many fields as is usual, and half of them an ID in the same place. Words before an ID
    /// may stand in any text, an ID alone between delimiters may not: then fewer rows need be even.
    pub(crate) fn is_table(&self) -> bool {
        let rows = self.rows.len();
        self.best.is_some_and(|best| {
            let share = match best.spelling {
                Spelling::Prefixed => 9,
                _ => 6,
            };
            self.width > 1 && self.even * 10 >= rows * share && best.all * 2 >= rows - 1
        })
    }
}

/// The number of fields that most rows have; of several the largest.
fn usual_width(rows: &[Vec<String>]) -> usize {
    let mut widths: HashMap<usize, usize> = HashMap::new();
    for row in rows {
        *widths.entry(row.len()).or_default() += 1;
    }
    let most = widths
        .into_iter()
        .max_by_key(|&(width, count)| (count, width));
    most.map_or(0, |(width, _)| width)
}

/// The first rows that are a title or comments above the header. None of them has an ID: a row with one is a row, however
/// wide the others are, and so is a header that names fewer columns than they have.
fn lines_above(rows: &[Vec<String>], width: usize, options: &OpenOptions) -> usize {
    let is_above = |(at, row): (usize, &Vec<String>)| {
        let first = row.first().map_or("", String::as_str);
        let is_title = row.len() == 1 && width > 1;
        let is_padded = width > 1 && row.iter().skip(1).all(String::is_empty);
        let is_comment = first.starts_with('#') && row.len() < width;
        let has_id = row.iter().any(|cell| has_id(cell, options));
        // spreadsheets pad the blank lines below a title as well
        let is_blank = |row: &&Vec<String>| row.iter().all(String::is_empty);
        let next = rows.iter().skip(at + 1).find(|row| !is_blank(row));
        !has_id
            && (is_title
                || is_comment
                || first.starts_with("sep=")
                || is_padded && next.is_some_and(|next| is_header(next)))
    };
    let above = rows.iter().enumerate().map(is_above);
    let above = above.take_while(|is_above| *is_above).count();
    if above <= MOST_LINES_ABOVE && above < rows.len() {
        above
    } else {
        0
    }
}

/// True for cells that are names, several of them.
fn is_header(row: &[String]) -> bool {
    row.len() > 1 && row.iter().all(|cell| looks_like_a_name(cell))
}

/// True for a cell that is an ID, or has one somewhere.
fn has_id(cell: &str, options: &OpenOptions) -> bool {
    spelling(cell.trim().as_bytes(), options).is_some() || within::first(cell.as_bytes()).is_some()
}

/// The layout of a table.
pub(crate) fn layout(
    sample: &Sample<'_>,
    format: Format,
    options: &OpenOptions,
) -> Result<Layout, Reason> {
    let dialect = match format {
        Format::Tsv if options.delimiter.is_none() => Dialect::among(b"\t", sample, options),
        _ => Dialect::of(sample, options),
    };
    let first = dialect.rows.first().cloned().unwrap_or_default();
    let names = names(first.clone());
    let column = match &options.column {
        Some(asked) => Some(find_column(asked, &names)?),
        None => dialect
            .best
            .or_else(|| dialect.within())
            .map(|best| best.column),
    };
    let named = options
        .column
        .as_ref()
        .is_some_and(|asked| names.contains(asked));
    let guessed = || named || has_header(&first, column, dialect.rows.len(), options);
    let header = options.header.unwrap_or_else(guessed);
    let columns: Vec<String> = if header {
        names
    } else {
        (1..=first.len())
            .map(|number| format!("column{number}"))
            .collect()
    };
    let by_name = || {
        columns
            .iter()
            .position(|name| is_id_name(name))
            .unwrap_or(0)
    };
    let id_column = column.unwrap_or_else(by_name);
    let best = dialect.best.or_else(|| dialect.within_column(id_column));
    let of_column = best.filter(|best| best.column == id_column);
    let spelling = options
        .spelling
        .or(of_column.map(|best| best.spelling))
        .unwrap_or_default();
    Ok(Layout {
        fields: dialect.fields,
        lines_above: dialect.above,
        header,
        id_column: Some(id_column),
        columns,
        ..Layout::without_columns(format, spelling, options.reading)
    })
}

/// True if the first row names the columns: where the others have an ID it has a name.
fn has_header(first: &[String], column: Option<usize>, rows: usize, options: &OpenOptions) -> bool {
    let is_id = |cell: &String| spelling(cell.as_bytes(), options).is_some();
    match column.and_then(|column| first.get(column)) {
        Some(cell) => !is_id(cell) && rows > 1 && looks_like_a_name(cell),
        None => first.iter().all(|cell| looks_like_a_name(cell)),
    }
}

/// The names that the cells of a header give to the columns: one that names nothing gets a number, and a name that another
/// column has already gets one too, so that each column can be asked for.
pub(crate) fn names(cells: Vec<String>) -> Vec<String> {
    // how often each was wanted, so that thousands of one name take no time
    let mut taken: HashMap<String, usize> = HashMap::new();
    let name_of = |(at, cell): (usize, String)| {
        let wanted = match cell.trim() {
            "" => format!("column{}", at + 1),
            _ => cell,
        };
        let mut number = taken.get(&wanted).copied().unwrap_or_default();
        let name = loop {
            number += 1;
            let name = match number {
                1 => wanted.clone(),
                _ => format!("{wanted}_{number}"),
            };
            if !taken.contains_key(&name) {
                break name;
            }
        };
        taken.insert(name.clone(), 1);
        taken.insert(wanted, number);
        name
    };
    cells.into_iter().enumerate().map(name_of).collect()
}

fn find_column(asked: &str, names: &[String]) -> Result<usize, Reason> {
    let by_number = || {
        let number: usize = asked.parse().ok()?;
        number.checked_sub(1).filter(|&column| column < names.len())
    };
    names
        .iter()
        .position(|name| name == asked)
        .or_else(by_number)
        .ok_or_else(|| Reason::NoColumn {
            column: asked.to_owned(),
            columns: names.to_vec(),
        })
}

/// True if the cell may be the head of a column: it begins with a letter, or a sign that names begin with, and is not as long
/// as an ID.
fn looks_like_a_name(cell: &str) -> bool {
    let cell = cell.trim();
    cell.len() < TEXT_LEN - 2
        && cell
            .chars()
            .next()
            .is_some_and(|first| first.is_alphabetic() || "_#@$".contains(first))
}

/// True if a column of this name has IDs in most programs: `id`, `order_id`, `userId`, `ulid`, `uuid`, `key`.
pub(crate) fn is_id_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_one = ["id", "key", "pk", "ulid", "uuid", "guid"].contains(&lower.as_str());
    let ends = lower.ends_with("_id") || lower.ends_with("ulid") || name.ends_with("Id");
    is_one || ends
}
