//! The first block of a source, and the records that it may be divided into.

use std::{borrow::Cow, path::Path};

use crate::format::{
    OpenOptions,
    csv::Fields,
    divide::{Divider, Open},
    json::array::{Elements, first_element},
    json::is_object,
    layout::Array,
    options::is_table_told,
    pages::{ArrayPath, Pages},
};

/// Records that are looked at.
pub(crate) const SAMPLE_RECORDS: usize = 200;

/// Fields that are looked at of a record: a text of 100 MB may hold millions of commas.
const MOST_CELLS: usize = 1 << 20;

/// The first block of a source.
pub(crate) struct Sample<'a> {
    pub(crate) bytes: &'a [u8],
    /// The block is the whole source.
    pub(crate) whole: bool,
    /// The file of the source: the ending of its name is a hint.
    pub(crate) path: &'a Path,
}

impl<'a> Sample<'a> {
    /// The whole lines of the sample that hold something.
    pub(super) fn records(&self) -> impl Iterator<Item = &'a [u8]> + Clone {
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

    /// The whole elements of an array, or of those at a path.
    pub(super) fn elements(&self, path: Option<ArrayPath>) -> impl Iterator<Item = &'a [u8]> {
        let divider = match path {
            Some(path) => Divider::Pages(Pages::new(path)),
            None => Divider::Elements(Elements::default()),
        };
        let start = match path {
            Some(path) => path.first_element(self.bytes).unwrap_or(self.bytes.len()),
            None => first_element(self.bytes).unwrap_or_default(),
        };
        self.divided(divider, start)
    }

    /// The whole rows of JSON that are no lines.
    pub(super) fn json_rows(&self, array: Option<&Array>, is_sequence: bool) -> Vec<&'a [u8]> {
        match is_sequence {
            true => self.sequence().collect(),
            false => self.elements(array.map(|array| array.path)).collect(),
        }
    }

    /// The whole objects that stand one behind another.
    pub(super) fn sequence(&self) -> impl Iterator<Item = &'a [u8]> {
        self.divided(Divider::Elements(Elements::SEQUENCE), 0)
    }

    /// True if it is of objects one behind another, of which the first is no line, and the last may be cut.
    pub(super) fn is_sequence(&self) -> bool {
        let between = Elements::SEQUENCE.leading_len(self.bytes);
        if self.bytes.get(between) != Some(&b'{') {
            return false;
        }
        let is_of_lines = || self.records().next().is_some_and(is_object);
        let mut objects = self.sequence();
        objects.next().is_some_and(is_object)
            && !is_of_lines()
            && (objects.by_ref().all(is_object) || objects.next().is_none())
    }

    /// The whole records into which a divider divides the bytes from a place on.
    fn divided(&self, mut divider: Divider, start: usize) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.bytes.get(start..).unwrap_or_default();
        let whole = self.whole;
        let records = std::iter::from_fn(move || {
            let end = divider.find_end(rest);
            let has_last = whole && !rest.is_empty() && !divider.holds_nothing();
            let (record, behind) = rest.split_at(end.or(has_last.then_some(rest.len()))?);
            rest = behind;
            Some(divider.text(record))
        });
        records.take(SAMPLE_RECORDS)
    }

    /// The fields of the whole rows of a table. Where a quoted field goes on past the sample, before a second row has
    /// ended, it is no table with such fields, or one that tells too little: then of its lines.
    pub(super) fn rows(&self, fields: Fields) -> Vec<Vec<String>> {
        let cells = |row: &[u8]| -> Vec<String> {
            let cells = fields.each_cell(row).take(MOST_CELLS);
            cells.map(Cow::into_owned).collect()
        };
        let mut divider = Divider::quoted(fields);
        let (mut rows, mut at) = (Vec::new(), 0);
        while rows.len() < SAMPLE_RECORDS {
            let rest = &self.bytes[at..];
            let end = divider.find_end(rest);
            let Some(len) = end.or((self.whole && !rest.is_empty()).then_some(rest.len())) else {
                break;
            };
            let row = divider.text(&rest[..len]);
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

    /// How the fields between delimiters are written. What was told whole is as RFC 4180 has it.
    pub(super) fn fields(&self, delimiter: u8, options: &OpenOptions) -> Fields {
        let fields = Fields::by(delimiter);
        if is_table_told(options) {
            return fields;
        }
        let strokes = Fields {
            quote: b'\'',
            is_padded: true,
            ..fields
        };
        let quote = match is_quoted_by_strokes(self.divided(Divider::quoted(strokes), 0), strokes) {
            true => strokes.quote,
            false => fields.quote,
        };
        let padded = Fields {
            quote,
            is_padded: true,
            ..fields
        };
        let mut divider = Divider::quoted(padded);
        divider.count(self.bytes);
        let is_open = self.whole && divider.open() == Some(Open::Quote);
        let is_padded = matches!(delimiter, b',' | b';')
            && !is_open
            && padded.is_apt(self.divided(Divider::quoted(padded), 0));
        Fields {
            is_padded,
            ..padded
        }
    }

    pub(super) fn extension(&self) -> String {
        // events.csv.gz is CSV
        let name = self.path.file_name().unwrap_or_default();
        let name = name.to_string_lossy().to_ascii_lowercase();
        let name = name.trim_end_matches(".gz").trim_end_matches(".zst");
        name.rsplit_once('.')
            .map(|(_, extension)| extension.to_owned())
            .unwrap_or_default()
    }
}

/// True if nearly all rows have a field within single quotes, a header aside, and none has one within double ones. Lists and
/// objects as Python prints them are no tables.
fn is_quoted_by_strokes<'a>(rows: impl Iterator<Item = &'a [u8]>, strokes: Fields) -> bool {
    let (mut quoted, mut others) = (0_i32, 0);
    for row in rows {
        let is_no_table = matches!(row.trim_ascii_start(), [b'[' | b'{' | b'(', ..]);
        if is_no_table || strokes.has_quoted(row, b'"') {
            return false;
        }
        match strokes.has_quoted(row, strokes.quote) {
            true => quoted += 1,
            false => others += 1,
        }
    }
    quoted > 0 && (others - 1) * 10 <= quoted
}
