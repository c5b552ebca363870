//! Sentences about a layout: where IDs stand that it does not find, and options that change nothing.

use super::{
    guess::count_in_text,
    keyed,
    sample::{SAMPLE_RECORDS, Sample},
    uuids, without,
};
use crate::{
    Reading,
    format::{Format, OpenOptions, layout::Layout, within},
};

/// A sentence where the place that was taken has no ID, but other places of the rows have.
pub(super) fn hint(
    sample: &Sample<'_>,
    rows: &[&[u8]],
    layout: &Layout,
    options: &OpenOptions,
) -> Option<String> {
    if layout.format == Format::Text && options.reading == Reading::Lenient {
        let sentence = "IDs within text are read strictly: the lenient reading holds for --format lines and for columns";
        return Some(sentence.to_owned());
    }
    if layout.every && !options.every {
        return Some(keyed::HINT.to_owned());
    }
    if let Some(sentence) = unused_delimiter(rows, layout, options) {
        return Some(sentence);
    }
    if let Some(sentence) =
        uuids::hint(rows, layout).or_else(|| further_ids(rows, layout).filter(|_| !layout.every))
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

/// A sentence about a delimiter that was asked for and stands in no row.
fn unused_delimiter(rows: &[&[u8]], layout: &Layout, options: &OpenOptions) -> Option<String> {
    let delimiter = options.delimiter?;
    let is_wide = layout.columns.len() > 1;
    let is_used = is_wide
        || rows
            .iter()
            .any(|row| memchr::memchr(delimiter, row).is_some());
    (!is_used && !rows.is_empty()).then(|| {
        format!(
            "the delimiter {:?} stands in none of the first rows, so that each is one cell; leave --delimiter out, or give the one that stands there",
            char::from(delimiter)
        )
    })
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
