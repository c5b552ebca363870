//! Objects whose members are named by IDs, `{"01ARZ3NDEKTSV4RRFFQ69G5FAV": {…}, …}`, as databases of documents write them.

use super::Sample;
use crate::format::within;

/// A sentence about a source whose IDs are names.
pub(crate) const HINT: &str = "IDs are the names in an object, so that every ID of the text is a row, also those in values: \
     `jq -c 'to_entries[] | {id: .key, value}'` makes one row with columns of each name";

/// True if a source is of objects, and at least half of its IDs are names in them.
pub(crate) fn is_by_name(sample: &Sample<'_>) -> bool {
    if !sample.bytes.trim_ascii_start().starts_with(b"{") {
        return false;
    }
    let all = within::All::of(sample.bytes);
    let mut names = 0;
    all.each_end(|end| {
        let behind = sample.bytes.get(end..).unwrap_or_default();
        let colon = behind.strip_prefix(b"\"").map(<[u8]>::trim_ascii_start);
        names += usize::from(colon.is_some_and(|behind| behind.starts_with(b":")));
    });
    names > 0 && names * 2 >= all.len()
}
