//! ULIDs within longer texts and printed lines, by choice.

use super::{
    super::{
        json,
        kind::Identifier,
        recognise::{self, Case, Found, Shape},
    },
    Head, Session,
    row::Row,
    stop::{Listing, Showing},
};

impl Session {
    /// Tells the times of the ULIDs within the text of a row. True if there was one.
    pub(super) fn text(
        &mut self,
        row: &Row<'_>,
        listing: Option<&mut Listing>,
        edits: &mut json::Edits<'_>,
    ) -> bool {
        if !self.settings.rules.within_text {
            return false;
        }
        let Some((value, range)) = row.escaped_value().zip(row.value_range()) else {
            return false;
        };
        let found = recognise::within(value, &self.settings.rules);
        let ids: Vec<Identifier> = found.into_iter().map(|(_, id)| id).collect();
        if ids.is_empty() {
            return false;
        }
        edits.insert(range.end - 1, self.settings.suffix_of_text(&ids));
        if let Some(listing) = listing {
            for id in ids {
                self.stop.show(listing, &showing(row, id));
            }
        }
        true
    }

    /// Tells the times of the ULIDs in what is printed, at the end of each line.
    pub(super) fn printed(&self, message: &[u8], head: &Head<'_>) -> Option<Vec<u8>> {
        if !self.settings.printed || !self.is_on() {
            return None;
        }
        let member = |key: &str| json::member(message, head.content?, key);
        let category = member("category").and_then(|range| json::text(message, range));
        let output = member("output").filter(|_| category.as_deref() != Some("telemetry"))?;
        let text = std::str::from_utf8(message.get(output.start + 1..output.end - 1)?).ok()?;
        let mut edits = json::Edits::of(message);
        let mut begin = 0;
        for line in text.split_inclusive("\\n") {
            let found = recognise::within(line, &self.settings.rules);
            let ids: Vec<Identifier> = found.into_iter().map(|(_, id)| id).collect();
            if !ids.is_empty() {
                let written = line.strip_suffix("\\n").unwrap_or(line);
                let written = written.strip_suffix("\\r").unwrap_or(written);
                let end = output.start + 1 + begin + written.len();
                edits.insert(end, self.settings.suffix_of_text(&ids));
            }
            begin += line.len();
        }
        (!edits.is_empty()).then(|| edits.apply())
    }
}

/// A ULID that stands within the value of a row.
fn showing<'a>(row: &Row<'a>, id: Identifier) -> Showing<'a> {
    Showing {
        found: Found {
            id,
            shape: Shape::Bare,
            case: Case::Upper,
            quote: None,
            whole: false,
            wrapped: true,
        },
        name: row.quoted_name(),
        type_name: None,
        expression: row.quoted_expression(),
        is_beside: true,
    }
}
