//! Arrays within objects whose elements are rows: pages of an API, exports of databases.

use super::{Sample, objects, table::is_id_name};
use crate::format::{json, json::is_object, options::OpenOptions, pages::ArrayPath, within};

/// Bytes that are looked through for arrays.
const LOOKED_AT: usize = 4 << 20;
/// Arrays that are tried.
const MOST_ARRAYS: usize = 16;
/// Objects around an array, at most.
const MOST_LEVELS: usize = 4;

/// The names on the way to an array.
pub(crate) type Names = Vec<Vec<u8>>;

/// An array that was tried.
struct Found {
    /// Elements that have an ID, and else those with one in a text.
    rows: (usize, usize),
    elements: usize,
    is_of_texts: bool,
    names: Names,
}

/// The array whose elements are the rows of a sample, if they are rather than its lines.
pub(crate) fn array(sample: &Sample<'_>, options: &OpenOptions) -> Option<Names> {
    if !sample.bytes.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let found = arrays(sample.bytes);
    // of those of several names that are IDs none has all rows
    let is_by_id = |names: &Names| names.iter().any(|name| within::first(name).is_some());
    let is_one = found.iter().filter(|names| is_by_id(names)).count() < 2;
    let may_be = found.into_iter().filter(|names| is_one || !is_by_id(names));
    let counted = may_be.filter_map(|names| {
        let path = path(&names)?;
        let elements: Vec<&[u8]> = sample.elements(Some(path)).collect();
        let is_of_texts = elements.first().is_some_and(|first| !is_object(first));
        let found = Found {
            rows: count(&elements, options),
            elements: elements.len(),
            is_of_texts,
            names,
        };
        Some(found)
    });
    if sample.whole
        && let Some(names) = empty(sample, options)
    {
        return Some(names);
    }
    // of several the first
    let better = |best: Found, next: Found| if next.rows > best.rows { next } else { best };
    let Found {
        rows,
        elements,
        is_of_texts,
        names,
    } = counted.reduce(better)?;
    let mut lines: Vec<&[u8]> = sample.records().collect();
    let mut are_lines = lines.first().is_some_and(|line| is_object(line));
    // several pages, or objects of several lines with an array in each
    if !are_lines && sample.is_sequence() && sample.sequence().nth(1).is_some() {
        (lines, are_lines) = (sample.sequence().collect(), true);
    }
    let most = |(whole, within): (usize, usize)| whole.max(within);
    let of_lines = if are_lines {
        most(count(&lines, options))
    } else {
        0
    };
    // of lines that list IDs each has more to say than these
    let are_lists = are_lines && lines.len() > 1 && is_of_texts;
    let lines_are_rows = match lines.len() {
        _ if are_lists => true,
        1 => of_lines > 0 && elements < 2,
        many => of_lines * 2 >= many && of_lines > 0,
    };
    (most(rows) > 0 && !lines_are_rows).then_some(names)
}

/// The array of a source that is one page without rows: an object that has no ID and an array with no element.
fn empty(sample: &Sample<'_>, options: &OpenOptions) -> Option<Names> {
    let is_asked = options.field.is_some() || options.place.is_some();
    let page = sample.bytes;
    let members = json::object(page);
    let names_an_id = members.keys().any(|name| is_id_name(name));
    if is_asked || members.is_empty() || names_an_id || within::first(page).is_some() {
        return None;
    }
    let is_filled =
        |names: &Names| path(names).is_none_or(|path| sample.elements(Some(path)).next().is_some());
    let found = arrays(page);
    match found.iter().any(is_filled) {
        true => None,
        false => found.into_iter().next(),
    }
}

/// The path of some names.
pub(crate) fn path(names: &Names) -> Option<ArrayPath> {
    ArrayPath::of(names.iter().map(Vec::as_slice))
}

/// How many records have an ID, or the field that was asked for, and how many have one in a text.
fn count(records: &[&[u8]], options: &OpenOptions) -> (usize, usize) {
    match options.field.as_ref().or(options.place.as_ref()) {
        Some(field) => {
            let has_it = |record: &&&[u8]| json::value(record, field).is_some();
            (records.iter().filter(has_it).count(), 0)
        }
        None => objects::count_ids(records, options),
    }
}

/// The paths of arrays of objects, of texts, or of nothing, that stand within objects alone.
fn arrays(text: &[u8]) -> Vec<Names> {
    let mut found: Vec<Names> = Vec::new();
    let mut walk = Walk::default();
    let text = text.get(..LOOKED_AT).unwrap_or(text);
    let mut at = 0;
    while let (Some(&byte), true) = (text.get(at), found.len() < MOST_ARRAYS) {
        at += 1;
        match byte {
            b'"' => {
                let len = text_len(&text[at..]);
                walk.name = text[at..at + len].to_vec();
                at = (at + len + 1).min(text.len());
            }
            b'[' => {
                let is_of_rows = matches!(text[at..].trim_ascii_start(), [b'{' | b'"' | b']', ..]);
                let names = walk
                    .names()
                    .filter(|names| is_of_rows && !found.contains(names));
                found.extend(names);
                walk.open(false);
            }
            b'{' => walk.open(true),
            b'}' | b']' => drop(walk.open.pop()),
            _ => {}
        }
    }
    found
}

/// Bytes of a text up to its closing quote.
fn text_len(text: &[u8]) -> usize {
    let mut is_escaped = false;
    let ends = |byte: &u8| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    };
    text.iter().position(ends).unwrap_or(text.len())
}

/// The brackets and quotes that are open at a place of a text.
#[derive(Default)]
struct Walk {
    /// Objects with their names; nothing for arrays.
    open: Vec<Option<Vec<u8>>>,
    /// The text before the place.
    name: Vec<u8>,
}

impl Walk {
    fn open(&mut self, is_object: bool) {
        // deeper than any path, nothing but the depth is of interest
        let is_near = self.open.len() <= MOST_LEVELS;
        let name = (is_object && is_near).then(|| self.name.clone());
        self.open.push(name);
    }

    /// The names on the way to an array that is opened now, if all that is open is objects.
    fn names(&self) -> Option<Names> {
        let (_, inner) = self.open.split_first()?;
        let is_outermost_object = self.open.first()?.is_some();
        let names: Option<Names> = inner.iter().cloned().collect();
        let mut names = names.filter(|names| is_outermost_object && names.len() < MOST_LEVELS)?;
        names.push(self.name.clone());
        Some(names)
    }
}
