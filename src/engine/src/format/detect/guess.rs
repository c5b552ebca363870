//! The format of a source that was told none.

use super::{
    archive,
    candidates::spelling,
    objects,
    sample::Sample,
    table::{Dialect, is_id_name},
    wrapped,
};
use crate::{
    codec::TEXT_LEN,
    format::{
        Format, OpenOptions, Reason,
        divide::Divider,
        json,
        json::array::{Elements, empty_array, first_element},
        json::is_object,
        layout::RECORD_LEN,
        within,
    },
    spelling::PLAUSIBLE_MS,
};

pub(super) fn guess_format(sample: &Sample<'_>, options: &OpenOptions) -> Result<Format, Reason> {
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

pub(super) fn has_id_in_text(sample: &Sample<'_>) -> bool {
    count_in_text(sample.records()) > 0
}

/// How many records have an ID anywhere in their text.
pub(super) fn count_in_text<'a>(records: impl Iterator<Item = &'a [u8]>) -> usize {
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
    let is_head = is_id_name(first) || first.starts_with('#');
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
    let mut divider = Divider::Elements(Elements::default());
    divider.each_end(&sample.bytes[start..], |end| {
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
