//! Sources of which no row has an ID: what may hide one.

use crate::format::within;

/// A sentence about a source of which no row has an ID.
pub(crate) fn hint(rows: &[&[u8]]) -> String {
    let found = rows.iter().filter(|row| within::has_uuid(row)).count();
    match found {
        0 => "no row has an ID".to_owned(),
        _ => format!(
            "no row has an ID; {found} {} a UUID, which is looked for in columns only: write the table as \
             CSV",
            if found == 1 { "has" } else { "have" }
        ),
    }
}
