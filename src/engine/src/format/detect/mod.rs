//! The layout of a source, guessed from its first block.

use std::{borrow::Cow, path::Path};

mod archive;
mod begun;
mod objects;
mod table;
mod uuids;
mod without;
mod wrapped;

pub(crate) use table::names;

use super::{
    detect::table::Dialect,
    elements::{Elements, empty_array, first_element},
    json,
    json::is_object,
    layout::{Array, Layout, Place, RECORD_LEN},
    options::{Format, OpenOptions, is_table_told},
    pages::{ArrayPath, Pages},
    separated::Fields,
    split::{Open, Splitter},
    within,
};
use crate::{
    Reading, Ulid,
    codec::TEXT_LEN,
    format::Reason,
    spelling::{PLAUSIBLE_MS, Spelling},
    version7::{Kinds, Versions},
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

/// The layout that the options ask for, filled up with what the sample looks like.
pub(crate) fn detect(sample: &Sample<'_>, options: &OpenOptions) -> Result<Layout, Reason> {
    if let Some(layout) = of_begun_object(sample, options) {
        return Ok(layout);
    }
    let format = match options.format {
        Some(Format::Text) => Format::Text,
        Some(format) if options.every => return Err(Reason::NotEvery { format }),
        Some(format) => format,
        None if options.every => Format::Text,
        None => guess_format(sample, options)?,
    };
    let options = &placed(format, options);
    let plain = |spelling| Layout::without_columns(format, spelling, options.reading);
    let layout = match format {
        Format::Lines => plain(spelling_of(sample.records(), options)),
        Format::Text | Format::Binary => plain(Spelling::Ulid),
        Format::Csv | Format::Tsv => table::layout(sample, format, options)?,
        Format::JsonLines | Format::Json => objects::layout(sample, format, options)?,
    };
    check_place(&layout, options)?;
    let rows = rows(sample, &layout);
    Ok(Layout {
        detected: options.format.is_none(),
        every: options.every,
        kinds: kinds(&rows, &layout),
        hint: hint(sample, &rows, &layout, options),
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

/// The layout of JSON lines of which not even the first is whole in the sample, if it is one.
fn of_begun_object(sample: &Sample<'_>, options: &OpenOptions) -> Option<Layout> {
    if sample.whole || !matches!(options.format, None | Some(Format::JsonLines)) || options.every {
        return None;
    }
    let bytes = begun::closed(sample.bytes)?;
    let closed = Sample {
        bytes: &bytes,
        whole: true,
        path: sample.path,
    };
    if wrapped::array(sample, options).is_some() {
        return None;
    }
    let layout = detect(&closed, options).ok()?;
    (layout.format == Format::JsonLines).then_some(layout)
}

/// Refuses a place of the IDs that the format does not have: nothing would be as it was meant.
fn check_place(layout: &Layout, options: &OpenOptions) -> Result<(), Reason> {
    let format = layout.format;
    let columns = || layout.columns.clone();
    let wants_table = options.delimiter.is_some() || options.header == Some(true);
    // that there is no header can be said of lines as well
    let says_of_table = wants_table || options.header.is_some() && format.has_objects();
    let passes_over = options.skip > 0 || options.comment.is_some();
    if says_of_table && !format.is_table() {
        return Err(Reason::NoTable { format });
    }
    if passes_over && format == Format::Binary {
        return Err(Reason::NoLines { format });
    }
    match (&options.column, &options.field) {
        (Some(_), _) if format.has_objects() => Err(Reason::FieldWanted { fields: columns() }),
        (Some(_), _) if !format.has_columns() => Err(Reason::NoColumns { format }),
        (_, Some(_)) if !format.has_objects() => Err(Reason::ColumnWanted {
            format,
            columns: columns(),
        }),
        _ => Ok(()),
    }
}

/// The rows of a sample.
fn rows<'a>(sample: &Sample<'a>, layout: &Layout) -> Vec<&'a [u8]> {
    match layout.format {
        Format::Json => sample.json_rows(layout.array.as_ref(), layout.is_sequence),
        Format::Binary => sample
            .bytes
            .chunks_exact(RECORD_LEN)
            .take(SAMPLE_RECORDS)
            .collect(),
        _ => {
            let header = usize::from(layout.header);
            sample.records().skip(header).collect()
        }
    }
}

/// The kinds of the IDs of rows.
fn kinds(rows: &[&[u8]], layout: &Layout) -> Kinds {
    /// An ID nearer to the one before was counted on from it.
    const SHORT: u128 = 1 << 40;
    let (mut versions, mut ids, mut last) = (Versions::default(), 0, None);
    for row in rows {
        let Place { at, id } = layout.locate(row, row.len() as u64);
        let is_fresh = |id: Ulid| {
            let distance = last.map_or(u128::MAX, |last: Ulid| {
                id.to_u128().abs_diff(last.to_u128())
            });
            distance >= SHORT
        };
        if let Some(id) = id.ok().filter(|&id| is_fresh(id)) {
            last = Some(id);
            versions.push(id, row.get(at).is_some_and(Spelling::is_uuid));
            ids += 1;
        }
    }
    versions.kinds(ids)
}

/// A sentence where the place that was taken has no ID, but other places of the rows have.
fn hint(
    sample: &Sample<'_>,
    rows: &[&[u8]],
    layout: &Layout,
    options: &OpenOptions,
) -> Option<String> {
    if layout.format == Format::Text && options.reading == Reading::Lenient {
        let sentence = "IDs within text are read strictly: the lenient reading holds for --format lines and for columns";
        return Some(sentence.to_owned());
    }
    if let Some(sentence) =
        uuids::hint(rows, layout).or_else(|| further_ids(rows, layout).filter(|_| !options.every))
    {
        return Some(sentence);
    }
    let has_id = |record: &&[u8]| layout.locate(record, record.len() as u64).id.is_ok();
    if layout.format == Format::Binary || rows.iter().any(has_id) {
        return None;
    }
    let elsewhere = count_in_text(rows.iter().copied());
    let count = rows.len();
    let place = layout.place_in_words();
    match elsewhere {
        0 if !layout.needs_ids() && sample.whole && (1..SAMPLE_RECORDS - 1).contains(&count) => {
            Some(without::hint(rows))
        }
        0 => None,
        _ => Some(format!(
            "0 of the first {count} rows have an ID in {place}; {elsewhere} have one elsewhere: try --format text"
        )),
    }
}

/// A sentence about rows of text most of whose IDs stand behind another one.
fn further_ids(rows: &[&[u8]], layout: &Layout) -> Option<String> {
    let counts = rows.iter().map(|row| within::All::of(row).len());
    let counts: Vec<usize> = counts.filter(|&count| count > 0).collect();
    let (ids, rows) = (counts.iter().sum::<usize>(), counts.len());
    let is_apt = layout.format == Format::Text && ids > 3 * rows;
    is_apt.then(|| {
        let rows = if rows == 1 { "row that has any" } else { "rows that have any" };
        format!("{ids} IDs stand in the first {} {rows}, and of each row the first is its ID: try --every for a row of each", counts.len())
    })
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

    /// The whole elements of an array, or of those at a path.
    fn elements(&self, path: Option<ArrayPath>) -> impl Iterator<Item = &'a [u8]> {
        let splitter = match path {
            Some(path) => Splitter::Pages(Pages::new(path)),
            None => Splitter::Elements(Elements::default()),
        };
        let start = match path {
            Some(path) => path.first_element(self.bytes).unwrap_or(self.bytes.len()),
            None => first_element(self.bytes).unwrap_or_default(),
        };
        self.divided(splitter, start)
    }

    /// The whole rows of JSON that are no lines.
    fn json_rows(&self, array: Option<&Array>, is_sequence: bool) -> Vec<&'a [u8]> {
        match is_sequence {
            true => self.sequence().collect(),
            false => self.elements(array.map(|array| array.path)).collect(),
        }
    }

    /// The whole objects that stand one behind another.
    fn sequence(&self) -> impl Iterator<Item = &'a [u8]> {
        self.divided(Splitter::Elements(Elements::SEQUENCE), 0)
    }

    /// True if it is of objects one behind another, of which the first is no line, and the last may be cut.
    fn is_sequence(&self) -> bool {
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

    /// The whole records into which a splitter divides the bytes from a place on.
    fn divided(&self, mut splitter: Splitter, start: usize) -> impl Iterator<Item = &'a [u8]> {
        let mut rest = self.bytes.get(start..).unwrap_or_default();
        let whole = self.whole;
        let records = std::iter::from_fn(move || {
            let end = splitter.find_end(rest);
            let has_last = whole && !rest.is_empty() && !splitter.holds_nothing();
            let (record, behind) = rest.split_at(end.or(has_last.then_some(rest.len()))?);
            rest = behind;
            Some(splitter.text(record))
        });
        records.take(SAMPLE_RECORDS)
    }

    /// The fields of the whole rows of a table. Where a quoted field goes on past the sample, before a second row has
    /// ended, it is no table with such fields, or one that tells too little: then of its lines.
    fn rows(&self, fields: Fields) -> Vec<Vec<String>> {
        let cells = |row: &[u8]| -> Vec<String> {
            let cells = fields.each_cell(row).take(MOST_CELLS);
            cells.map(Cow::into_owned).collect()
        };
        let mut splitter = Splitter::quoted(fields);
        let (mut rows, mut at) = (Vec::new(), 0);
        while rows.len() < SAMPLE_RECORDS {
            let rest = &self.bytes[at..];
            let end = splitter.find_end(rest);
            let Some(len) = end.or((self.whole && !rest.is_empty()).then_some(rest.len())) else {
                break;
            };
            let row = splitter.text(&rest[..len]);
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
    fn fields(&self, delimiter: u8, options: &OpenOptions) -> Fields {
        let fields = Fields::by(delimiter);
        if is_table_told(options) {
            return fields;
        }
        let strokes = Fields {
            quote: b'\'',
            is_padded: true,
            ..fields
        };
        let quote = match is_quoted_by_strokes(self.divided(Splitter::quoted(strokes), 0), strokes)
        {
            true => strokes.quote,
            false => fields.quote,
        };
        let padded = Fields {
            quote,
            is_padded: true,
            ..fields
        };
        let mut splitter = Splitter::quoted(padded);
        splitter.count(self.bytes);
        let is_open = self.whole && splitter.open() == Some(Open::Quote);
        let is_padded = matches!(delimiter, b',' | b';')
            && !is_open
            && padded.is_apt(self.divided(Splitter::quoted(padded), 0));
        Fields {
            is_padded,
            ..padded
        }
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
    if let Some(reason) = archive::named(sample.bytes) {
        return Err(reason);
    }
    if is_no_text(sample) {
        return Err(Reason::Binary);
    }
    if is_array(sample, options) {
        return Ok(Format::Json);
    }
    if wrapped::array(sample, options).is_some() {
        return Ok(Format::Json);
    }
    let has_field = options.field.is_some() && sample.records().any(is_object);
    if has_field || is_of_objects(sample) {
        return Ok(guess_among_objects(sample, options));
    }
    if sample.is_sequence() && is_of_rows(sample, options) {
        return Ok(Format::Json);
    }
    match sample.extension().as_str() {
        "csv" => return Ok(Format::Csv),
        "tsv" => return Ok(Format::Tsv),
        _ => {}
    }
    let is_asked = options.column.is_some() || options.place.is_some();
    if is_asked || options.delimiter.is_some() || options.header == Some(true) {
        return Ok(Dialect::of(sample, options).format());
    }
    if is_column(sample, options) {
        return Ok(Format::Csv);
    }
    let is_blank = sample.records().all(|line| line.trim_ascii().is_empty());
    if is_blank && !sample.bytes.is_empty() {
        // no blank line is a broken ID
        return Ok(Format::Text);
    }
    let lines = sample.records().count();
    let is_id = |line: &&[u8]| spelling(line, options).is_some();
    if sample.records().filter(is_id).count() * 2 >= lines {
        return Ok(Format::Lines);
    }
    let dialect = Dialect::of(sample, options);
    if dialect.is_table() && !dialect.is_list(options) {
        return Ok(dialect.format());
    }
    Ok(guess_of_lines(sample))
}

/// True if lines are objects: the first of them, or nine in ten, as where a program says a word before its log begins. What a
/// line ends with that was cut at its begin is no word against it.
fn is_of_objects(sample: &Sample<'_>) -> bool {
    let mut records = sample.records();
    let Some(first) = records.next() else {
        return false;
    };
    if is_object(first) {
        return true;
    }
    let (mut objects, mut others) = (0_usize, usize::from(!first.ends_with(b"}")));
    for record in records {
        *if is_object(record) {
            &mut objects
        } else {
            &mut others
        } += 1;
    }
    objects > 0 && others * 9 <= objects
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

/// True where zeros stand, unless among text with an ID, as in a log for which more room was reserved than it took.
fn is_no_text(sample: &Sample<'_>) -> bool {
    let is_of_text = |byte: u8| byte >= b' ' || matches!(byte, 0 | b'\t' | b'\n' | b'\r' | 0x1B);
    // a sample may end within a character
    let is_text = || {
        std::str::from_utf8(sample.bytes).map_or_else(|error| error.error_len().is_none(), |_| true)
    };
    let is_like_text =
        || sample.bytes.iter().copied().all(is_of_text) && is_text() && has_id_in_text(sample);
    memchr::memchr(0, sample.bytes).is_some() && !is_like_text()
}

/// Objects have their ID in a field; where no field has one, but the text of a line does, lines are text.
fn guess_among_objects(sample: &Sample<'_>, options: &OpenOptions) -> Format {
    let is_asked = options.field.is_some() || options.place.is_some();
    let records: Vec<&[u8]> = sample.records().collect();
    let best = objects::best_path(&records, options);
    if is_asked
        || best
            .as_ref()
            .is_some_and(|path| !is_one_of_many(path, &records, options))
    {
        return Format::JsonLines;
    }
    if best.is_some() {
        return Format::Text;
    }
    // of an ID in a field of text the other fields are kept, if no row has its ID elsewhere
    let in_text = count_in_text(records.iter().copied());
    match in_text > objects::most_within(&records) {
        true => Format::Text,
        false => Format::JsonLines,
    }
}

/// True for objects one behind another that are rows: several, or one with an ID in a field. Where no field has one, but the
/// text of an object does, their lines are text.
fn is_of_rows(sample: &Sample<'_>, options: &OpenOptions) -> bool {
    let objects: Vec<&[u8]> = sample.sequence().collect();
    match objects::best_path(&objects, options) {
        Some(path) => !is_one_of_many(&path, &objects, options),
        None => {
            objects.len() > 1
                && count_in_text(objects.iter().copied()) <= objects::most_within(&objects)
        }
    }
}

/// True for the path to one ID of many in a lone object: that of data frames by columns, `id.0` beside `id.1`, or of rows by
/// their names, `row_1.id` beside `row_2.id`.
fn is_one_of_many(path: &str, objects: &[&[u8]], options: &OpenOptions) -> bool {
    let [object] = objects else {
        return false;
    };
    let (above, last) = path.rsplit_once('.').unwrap_or(("", path));
    let is_number = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit());
    is_number || !above.is_empty() && objects::has_brother(object, path, options)
}

/// Lines in which no ID stands alone: text where one of them holds an ID, or none is as long as an ID and one word.
fn guess_of_lines(sample: &Sample<'_>) -> Format {
    let could_be_id = |line: &[u8]| {
        let text = line.trim_ascii();
        (TEXT_LEN - 6..=2 * TEXT_LEN).contains(&text.len())
            && !text.iter().any(u8::is_ascii_whitespace)
    };
    let has_words = |line: &[u8]| line.trim_ascii().contains(&b' ');
    let is_prose = !sample.records().any(could_be_id)
        && sample.records().filter(|line| has_words(line)).count() > 1;
    if has_id_in_text(sample) || is_prose {
        Format::Text
    } else {
        Format::Lines
    }
}

fn has_id_in_text(sample: &Sample<'_>) -> bool {
    count_in_text(sample.records()) > 0
}

/// How many records have an ID anywhere in their text.
fn count_in_text<'a>(records: impl Iterator<Item = &'a [u8]>) -> usize {
    records.filter(|line| within::first(line).is_some()).count()
}

/// True for a name above a column of IDs and nothing else, as database clients write it.
fn is_column(sample: &Sample<'_>, options: &OpenOptions) -> bool {
    let mut records = sample.records();
    let Some(first) = records.next().map(|first| String::from_utf8_lossy(first)) else {
        return false;
    };
    let first = first.trim().trim_matches('"');
    let is_id = |line: &[u8]| {
        let quoted = line
            .strip_prefix(b"\"")
            .and_then(|line| line.strip_suffix(b"\""));
        spelling(quoted.unwrap_or(line), options).is_some()
    };
    let (mut ids, mut others) = (0, 0);
    for record in records {
        *if is_id(record) { &mut ids } else { &mut others } += 1;
    }
    let is_head = table::is_id_name(first) || first.starts_with('#');
    is_head && ids > 0 && others * 10 <= ids
}

/// True if nine in ten records of 16 bytes have a time that makes sense. Text never does: its first letter alone puts
/// it past the year 3600.
pub(crate) fn is_binary(bytes: &[u8]) -> bool {
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

/// True if a JSON array goes through the whole sample, and its first element is an object or an ID. Of lines that are
/// arrays each for itself, the first ends before.
fn is_array(sample: &Sample<'_>, options: &OpenOptions) -> bool {
    let Some(start) = first_element(sample.bytes) else {
        return false;
    };
    if sample.whole && empty_array(sample.bytes).is_some() {
        return true;
    }
    let is_begin_of_object = || sample.bytes[start..].trim_ascii_start().starts_with(b"{");
    let mut is_one = true;
    let mut splitter = Splitter::Elements(Elements::default());
    splitter.each_end(&sample.bytes[start..], |end| {
        is_one &= sample.bytes[start..][end - 1] == b',';
    });
    is_one
        && match sample.elements(None).next() {
            None => !sample.whole && is_begin_of_object(),
            Some(first) => match json::whole_string(first).and_then(|at| first.get(at)) {
                Some(text) => spelling(&json::unescaped(text), options).is_some(),
                None => is_object(first),
            },
        }
}

/// A place that IDs may stand in.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    column: usize,
    spelling: Spelling,
    ids: usize,
    /// With those that are spelled in another way.
    all: usize,
}

/// The spellings that are told apart, the likeliest last. Columns of UUIDs hold them in any way that a UUID is written.
const SPELLINGS: [Spelling; 5] = [
    Spelling::Base64,
    Spelling::Integer,
    Spelling::Uuid,
    Spelling::Prefixed,
    Spelling::Ulid,
];

/// How many texts in a column are IDs, by their spelling.
type Counts = [usize; SPELLINGS.len()];

fn count_id(counts: &mut Counts, text: &[u8], options: &OpenOptions) {
    let found = spelling(text, options);
    let rank = SPELLINGS.iter().position(|&one| Some(one) == found);
    if let Some(count) = rank.and_then(|rank| counts.get_mut(rank)) {
        *count += 1;
    }
}

/// The column with the most IDs in so many rows; of several, ULIDs before prefixed ones before UUIDs, then the first.
fn best_column<'c>(columns: impl Iterator<Item = &'c Counts>, rows: usize) -> Option<Candidate> {
    let candidates = columns.enumerate().flat_map(|(column, counts)| {
        let ranked = counts.iter().zip(SPELLINGS).enumerate();
        ranked.map(move |(rank, (&ids, spelling))| {
            let candidate = Candidate {
                column,
                spelling,
                ids,
                all: counts.iter().sum(),
            };
            (rank, candidate)
        })
    });
    let found = candidates.filter(|(_, candidate)| candidate.ids > 0);
    let best = found.max_by_key(|(rank, candidate)| {
        // A column full of UUIDs loses against one with a fair share of ULIDs.
        let has_share = candidate.ids * 2 + 1 >= rows;
        let first = usize::MAX - candidate.column;
        (has_share, *rank, candidate.ids, first)
    });
    best.map(|(_, candidate)| candidate)
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
    let others = SPELLINGS
        .into_iter()
        .filter(|&other| other != Spelling::Ulid);
    let most = others.max_by_key(|&other| count(other));
    options.spelling.unwrap_or_else(|| {
        most.filter(|&other| count(other) > count(Spelling::Ulid))
            .unwrap_or_default()
    })
}

/// How a text spells an ID, if it does; every way to write a UUID is one of them.
fn spelling(text: &[u8], options: &OpenOptions) -> Option<Spelling> {
    if options.spelling == Some(Spelling::Guid) && uuids::is_guid(text) {
        return Some(Spelling::Uuid);
    }
    let (spelling, id) = Spelling::of(text, options.reading)?;
    match spelling {
        Spelling::Ulid | Spelling::Prefixed => Some(spelling),
        // any 128 bits may be a number or a hash; those that begin with a time are IDs
        _ if !PLAUSIBLE_MS.contains(&id.timestamp_ms()) => None,
        Spelling::Integer | Spelling::Base64 => Some(spelling),
        _ => Some(Spelling::Uuid),
    }
}
