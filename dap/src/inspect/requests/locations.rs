//! Places of rows in their file, to which a client can go from a list of variables.

use serde_json::json;

use crate::{
    inspect::{
        refusal::Refusal,
        session::{Answer, Reply, Session},
    },
    message::Body,
};

/// The number by which a client asks for the place of a row; none for rows beyond the protocol's numbers.
pub(super) fn reference(row: usize) -> Option<i32> {
    i32::try_from(row.checked_add(1)?).ok()
}

impl Session {
    /// The line of the row behind a reference.
    pub(in crate::inspect) fn location(&self, reference: Option<i64>) -> Answer {
        let reference = reference.unwrap_or(0);
        let program = self.standing()?;
        let row = reference.checked_sub(1).map(usize::try_from);
        let row = row.and_then(Result::ok);
        let row = row.filter(|&row| row < program.table.end());
        let row = row.ok_or(Refusal::Location(reference))?;
        let line = self.line_to_client(program.table.line(row));
        let source = Body::spelled(&program.source);
        Ok(Reply::Spelled(json!({ "source": source, "line": line })))
    }
}
