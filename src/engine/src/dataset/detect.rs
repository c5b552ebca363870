//! What a source is, guessed from its first block.

use std::{borrow::Cow, collections::HashMap, path::Path};

use super::{
    elements::{Elements, first_element},
    error::Reason,
    json,
    layout::{Layout, RECORD_LEN, read_as},
    options::{Format, OpenOptions, Spelling},
    ordered::{Json, Members},
    separated,
    split::Splitter,
};
use crate::codec::TEXT_LEN;

/// Records that are looked at.
pub(super) const SAMPLE_RECORDS: usize = 200;
/// 1990-01-01 and 2100-01-01: a time outside of them speaks against a guess.
const PLAUSIBLE_MS: std::ops::Range<u64> = 631_152_000_000..4_102_444_800_000;

/// The first block of a source.
pub(super) struct Sample<'a> {
    pub(super) bytes: &'a [u8],
    /// Whether the source ends with it.
    pub(super) whole: bool,
    /// Where the source comes from: the ending of the name is a hint.
    pub(super) path: &'a Path,
}

/// The layout that the options ask for, filled up with what the sample looks like.
pub(super) fn detect(sample: &Sample<'_>, options: &OpenOptions) -> Result<Layout, Reason> {
    let format = match options.format {
        Some(format) => format,
        None => guess_format(sample, options)?,
    };
    let options = &placed(format, options);
    let plain = |spelling| Layout::plain(format, spelling, options.reading);
    let layout = match format {
        Format::Lines => plain(spelling_of(sample.records(), options)),
        Format::Text | Format::Binary => plain(Spelling::Ulid),
        Format::Csv | Format::Tsv => separated_layout(sample, format, options)?,
        Format::JsonLines | Format::Json => json_layout(sample, format, options)?,
    };
    check_place(&layout, options)?;
    Ok(Layout {
        detected: options.format.is_none(),
        ..layout
    })
}

/// The options with the place of the IDs as the column or the field that the format has.
fn placed(format: Format, options: &OpenOptions) -> OpenOptions {
    let mut options = options.clone();
    if let Some(place) = options.place.take() {
        match format.has_objects() {
            true => options.field = Some(place),
            false => options.column = Some(place),
        }
    }
    options
}

/// Refuses a place of the IDs that the format does not have: nothing would be as it was meant.
fn check_place(layout: &Layout, options: &OpenOptions) -> Result<(), Reason> {
    let format = layout.format;
    let columns = || layout.columns.clone();
    match format {
        Format::Lines | Format::Text | Format::Binary if options.column.is_some() => {
            Err(Reason::NoColumns { format })
        }
        _ if format.has_objects() && options.column.is_some() => {
            Err(Reason::FieldWanted { fields: columns() })
        }
        _ if !format.has_objects() && options.field.is_some() => Err(Reason::ColumnWanted {
            format,
            columns: columns(),
        }),
        _ => Ok(()),
    }
}

impl<'a> Sample<'a> {
    /// The whole lines of the sample that hold something.
    fn records(&self) -> impl Iterator<Item = &'a [u8]> + Clone {
        let complete = match memchr::memrchr(b'\n', self.bytes) {
            Some(end) if !self.whole => &self.bytes[..end],
            _ => self.bytes,
        };
        complete
            .split(|&byte| byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .filter(|line| !line.is_empty())
            .take(SAMPLE_RECORDS)
    }

    /// The whole elements of an array.
    fn elements(&self) -> impl Iterator<Item = &'a [u8]> {
        let mut splitter = Splitter::Elements(Elements::default());
        let start = first_element(self.bytes).unwrap_or_default();
        let mut rest = self.bytes.get(start..).unwrap_or_default();
        let whole = self.whole;
        let elements = std::iter::from_fn(move || {
            let last = (whole && !rest.is_empty()).then_some(rest.len());
            let (element, behind) = rest.split_at(splitter.find_end(rest).or(last)?);
            rest = behind;
            Some(splitter.without_ending(element))
        });
        elements.take(SAMPLE_RECORDS)
    }

    /// The fields of the whole rows of a table. Where a quoted field goes on past the sample, before a second row has
    /// ended, it is no table with such fields, or one that tells too little: then of its lines.
    fn rows(&self, delimiter: u8) -> Vec<Vec<String>> {
        let cells = |row: &[u8]| -> Vec<String> {
            let cells = separated::cells(row, delimiter).into_iter();
            cells.map(Cow::into_owned).collect()
        };
        let mut splitter = Splitter::quoted(delimiter);
        let (mut rows, mut at) = (Vec::new(), 0);
        while rows.len() < SAMPLE_RECORDS {
            let rest = &self.bytes[at..];
            let end = splitter.find_end(rest);
            let Some(len) = end.or((self.whole && !rest.is_empty()).then_some(rest.len())) else {
                break;
            };
            let row = splitter.without_ending(&rest[..len]);
            if !row.is_empty() {
                rows.push(cells(row));
            }
            at += len;
        }
        if rows.len() > 1 {
            return rows;
        }
        self.records().map(cells).collect()
    }

    fn extension(&self) -> String {
        // events.csv.gz is CSV
        let name = self.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().to_ascii_lowercase();
        let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
        name.rsplit_once('.')
            .map(|(_, extension)| extension.to_owned())
            .unwrap_or_default()
    }
}

fn guess_format(sample: &Sample<'_>, options: &OpenOptions) -> Result<Format, Reason> {
    if is_binary(sample.bytes) {
        return Ok(Format::Binary);
    }
    if memchr::memchr(0, sample.bytes).is_some() {
        return Err(Reason::Binary);
    }
    if is_array(sample, options) {
        return Ok(Format::Json);
    }
    let has_field = options.field.is_some() && sample.records().any(is_object);
    if has_field || sample.records().next().is_some_and(is_object) {
        return Ok(Format::JsonLines);
    }
    let has_tab = sample
        .records()
        .next()
        .is_some_and(|line| line.contains(&b'\t'));
    let separated = if has_tab { Format::Tsv } else { Format::Csv };
    match sample.extension().as_str() {
        "csv" => return Ok(Format::Csv),
        "tsv" => return Ok(Format::Tsv),
        _ if options.column.is_some() || options.place.is_some() => return Ok(separated),
        _ => {}
    }
    let lines = sample.records().count();
    let ids = sample
        .records()
        .filter(|line| spelling(line, options).is_some())
        .count();
    if ids * 2 >= lines {
        return Ok(Format::Lines);
    }
    if is_table(sample, separated, options) {
        return Ok(separated);
    }
    let text = Layout::plain(Format::Text, Spelling::Ulid, options.reading);
    let has_id = |line: &[u8]| text.locate(line, line.len() as u64).id.is_ok();
    Ok(if sample.records().any(has_id) {
        Format::Text
    } else {
        Format::Lines
    })
}

/// Whether nine in ten records of 16 bytes have a time that makes sense. Text never does: its first letter alone puts
/// it past the year 3600.
fn is_binary(bytes: &[u8]) -> bool {
    let records = bytes.chunks_exact(RECORD_LEN);
    let total = records.len();
    let plausible = records
        .filter(|record| {
            let ms = record[..6]
                .iter()
                .fold(0, |ms, &byte| ms << 8 | u64::from(byte));
            PLAUSIBLE_MS.contains(&ms)
        })
        .count();
    total > 0 && plausible * 10 >= total * 9
}

/// Whether a JSON array goes through the whole sample, and its first element is an object or an ID. Of lines that are arrays
/// each for itself, the first ends before.
fn is_array(sample: &Sample<'_>, options: &OpenOptions) -> bool {
    let Some(start) = first_element(sample.bytes) else {
        return false;
    };
    let is_begin_of_object = || sample.bytes[start..].trim_ascii_start().starts_with(b"{");
    let mut is_one = true;
    let mut splitter = Splitter::Elements(Elements::default());
    splitter.each_end(&sample.bytes[start..], |end| {
        is_one &= sample.bytes[start..][end - 1] == b',';
    });
    is_one
        && match sample.elements().next() {
            None => !sample.whole && is_begin_of_object(),
            Some(first) => match json::whole_string(first).and_then(|at| first.get(at)) {
                Some(text) => spelling(&json::unescaped(text), options).is_some(),
                None => is_object(first),
            },
        }
}

fn is_object(line: &[u8]) -> bool {
    line.trim_ascii_start().starts_with(b"{")
        && matches!(serde_json::from_slice(line), Ok(Json::Object(_)))
}

/// Whether nearly all rows have as many fields as the first, and half of them an ID in the same place.
fn is_table(sample: &Sample<'_>, format: Format, options: &OpenOptions) -> bool {
    let rows = sample.rows(delimiter(sample, format));
    let Some(width) = rows.first().map(Vec::len).filter(|&width| width > 1) else {
        return false;
    };
    let even = rows.iter().filter(|row| row.len() == width).count();
    even * 10 >= rows.len() * 9
        && best_column(&rows, options).is_some_and(|best| best.ids * 2 >= rows.len() - 1)
}

fn delimiter(sample: &Sample<'_>, format: Format) -> u8 {
    let first = sample.records().next().unwrap_or_default();
    let count = |wanted: u8| first.iter().filter(|&&byte| byte == wanted).count();
    match format {
        Format::Tsv => b'\t',
        _ if count(b';') > count(b',') => b';',
        _ => b',',
    }
}

/// A place that IDs may stand in.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    column: usize,
    spelling: Spelling,
    ids: usize,
}

/// The column with the most IDs; of several, ULIDs before prefixed ones before UUIDs, then the first.
fn best_column(rows: &[Vec<String>], options: &OpenOptions) -> Option<Candidate> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0);
    (0..width)
        .flat_map(|column| {
            [Spelling::Ulid, Spelling::Prefixed, Spelling::Uuid].map(|wanted| {
                let cells = rows.iter().filter_map(|row| row.get(column));
                let is_id = |cell: &&String| spelling(cell.as_bytes(), options) == Some(wanted);
                Candidate {
                    column,
                    spelling: wanted,
                    ids: cells.filter(is_id).count(),
                }
            })
        })
        .filter(|candidate| candidate.ids > 0)
        .max_by_key(|candidate| {
            let rank = match candidate.spelling {
                Spelling::Ulid => 2,
                Spelling::Prefixed => 1,
                Spelling::Uuid => 0,
            };
            // A column full of UUIDs loses against one with a fair share of ULIDs.
            let share = usize::from(candidate.ids * 2 >= rows.len() - 1);
            (share, rank, candidate.ids, usize::MAX - candidate.column)
        })
}

fn separated_layout(
    sample: &Sample<'_>,
    format: Format,
    options: &OpenOptions,
) -> Result<Layout, Reason> {
    let delimiter = delimiter(sample, format);
    let rows = sample.rows(delimiter);
    let first = rows.first().cloned().unwrap_or_default();
    let names = names(first.clone());
    let best = best_column(&rows, options);
    let column = match &options.column {
        Some(asked) => Some(find_column(asked, &names)?),
        None => best.map(|best| best.column),
    };
    let named = options
        .column
        .as_ref()
        .is_some_and(|asked| names.contains(asked));
    let cell_is_id = |cell: &String| spelling(cell.as_bytes(), options).is_some();
    let header = named
        || match column.and_then(|column| first.get(column)) {
            Some(cell) => !cell_is_id(cell) && rows.len() > 1 && looks_like_a_name(cell),
            None => first.iter().all(|cell| looks_like_a_name(cell)),
        };
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
    let of_column = best.filter(|best| best.column == id_column);
    Ok(Layout {
        delimiter,
        header,
        id_column: Some(id_column),
        columns,
        ..Layout::plain(
            format,
            options
                .spelling
                .or(of_column.map(|best| best.spelling))
                .unwrap_or_default(),
            options.reading,
        )
    })
}

/// The names that the cells of a header give to the columns: one that names nothing gets a number, and a name that another
/// column has already gets one too, so that each column can be asked for.
pub(super) fn names(cells: Vec<String>) -> Vec<String> {
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

/// Whether this may be the head of a column: it begins with a letter and is not as long as an ID.
fn looks_like_a_name(cell: &str) -> bool {
    cell.len() < TEXT_LEN - 2
        && cell
            .chars()
            .next()
            .is_some_and(|first| first.is_alphabetic() || first == '_' || first == '#')
}

fn is_id_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == "id" || name.ends_with("ulid") || name.ends_with("_id")
}

fn json_layout(
    sample: &Sample<'_>,
    format: Format,
    options: &OpenOptions,
) -> Result<Layout, Reason> {
    let records: Vec<&[u8]> = match format {
        Format::Json => sample.elements().collect(),
        _ => sample.records().collect(),
    };
    let objects: Vec<_> = records.iter().map(|record| json::object(record)).collect();
    let strings = records.iter().filter_map(|record| {
        let at = json::whole_string(record)?;
        record.get(at)
    });
    if objects.iter().all(Members::is_empty) && options.field.is_none() {
        let spelling = spelling_of(strings, options);
        return Ok(Layout::plain(format, spelling, options.reading));
    }
    let mut columns: Vec<String> = Vec::new();
    let mut paths: Vec<String> = Vec::new();
    for (key, value) in objects.iter().flatten() {
        remember(&mut columns, key);
        match value {
            Json::Text(_) => remember(&mut paths, key),
            Json::Object(inner) => inner
                .iter()
                .filter(|(_, value)| matches!(value, Json::Text(_)))
                .for_each(|(inner, _)| remember(&mut paths, &format!("{key}.{inner}"))),
            _ => {}
        }
    }
    let rows: Vec<Vec<String>> = records
        .iter()
        .map(|line| {
            let show = |path: &String| {
                let text = json::string_at(line, path).and_then(|at| line.get(at));
                let text = json::unescaped(text.unwrap_or_default());
                String::from_utf8_lossy(&text).into_owned()
            };
            paths.iter().map(show).collect()
        })
        .collect();
    let best = best_column(&rows, options);
    let field = match &options.field {
        Some(field) => {
            let has_it = |record: &&[u8]| json::value(record, field).is_some();
            if !columns.is_empty() && !records.iter().any(has_it) {
                return Err(Reason::NoField {
                    field: field.clone(),
                    fields: columns,
                });
            }
            Some(field.clone())
        }
        None => best.and_then(|best| paths.get(best.column).cloned()),
    };
    let field = field.or_else(|| columns.iter().find(|name| is_id_name(name)).cloned());
    let of_field = best.filter(|best| paths.get(best.column) == field.as_ref());
    let spelling = options
        .spelling
        .or(of_field.map(|best| best.spelling))
        .unwrap_or_default();
    let id_column = field
        .as_ref()
        .and_then(|field| columns.iter().position(|name| name == field));
    Ok(Layout {
        id_column,
        columns,
        field,
        ..Layout::plain(format, spelling, options.reading)
    })
}

fn remember(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|known| known == name) {
        names.push(name.to_owned());
    }
}

/// The spelling that most of the records have.
fn spelling_of<'a>(
    records: impl Iterator<Item = &'a [u8]> + Clone,
    options: &OpenOptions,
) -> Spelling {
    let count = |wanted| {
        let is_wanted = |record: &&[u8]| spelling(record, options) == Some(wanted);
        records.clone().filter(is_wanted).count()
    };
    let others = [Spelling::Prefixed, Spelling::Uuid];
    let most = others.into_iter().max_by_key(|&other| count(other));
    options.spelling.unwrap_or_else(|| {
        most.filter(|&other| count(other) > count(Spelling::Ulid))
            .unwrap_or_default()
    })
}

/// How a text spells an ID, if it does.
fn spelling(text: &[u8], options: &OpenOptions) -> Option<Spelling> {
    let reads = |spelling| read_as(spelling, text, options.reading).ok();
    if reads(Spelling::Ulid).is_some() {
        return Some(Spelling::Ulid);
    }
    if text.len() > TEXT_LEN + 1 && reads(Spelling::Prefixed).is_some() {
        return Some(Spelling::Prefixed);
    }
    reads(Spelling::Uuid)
        .filter(|id| PLAUSIBLE_MS.contains(&id.timestamp_ms()))
        .map(|_| Spelling::Uuid)
}
