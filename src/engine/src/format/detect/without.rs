//! Sources of which no row has an ID: what may hide one.

use memchr::memmem;

use crate::format::within;

/// A sentence about a source of which no row has an ID.
pub(crate) fn hint(rows: &[&[u8]]) -> String {
    let found = rows.iter().filter(|row| within::has_uuid(row)).count();
    let coloured = rows.iter().filter(|row| has_coloured_id(row)).count();
    match found {
        0 if coloured > 0 => format!(
            "no row has an ID, since colours of a terminal stand right before them; {coloured} would have one without: \
             take them out, as with sed 's/\\x1b\\[[0-9;]*m//g'"
        ),
        0 => "no row has an ID".to_owned(),
        _ => format!(
            "no row has an ID; {found} {} a UUID, which is looked for in columns only: write the table as \
             CSV",
            if found == 1 { "has" } else { "have" }
        ),
    }
}

/// True for a text that has an ID without the colours that a terminal shows.
fn has_coloured_id(text: &[u8]) -> bool {
    const BEGIN: &[u8] = b"\x1b[";
    if memmem::find(text, BEGIN).is_none() {
        return false;
    }
    // the letter that ends a colour makes the word behind it longer
    let mut plain = text.to_vec();
    let mut at = 0;
    while let Some(length) = plain.get(at..).and_then(|rest| memmem::find(rest, BEGIN)) {
        at += length + BEGIN.len();
        let rest = plain.get_mut(at..).unwrap_or_default();
        if let Some(end) = rest.iter_mut().find(|byte| matches!(byte, b'@'..=b'~')) {
            *end = b' ';
        }
    }
    within::first(&plain).is_some()
}
