//! The marked rows, as what the browser gives back. What becomes of them is not known here.

use ulid_engine::progress::Progress;

use super::State;
use crate::{
    jobs::JobError,
    rows::{Chosen, Listing, arrange},
};

impl State {
    /// The rows that are marked, in the order of the table, also those that a filter hides; nothing where none is.
    ///
    /// # Errors
    ///
    /// [`JobError`] where the rows can no longer be read, or are too many to be ordered.
    pub(crate) fn marked(&self) -> Result<Option<Listing>, JobError> {
        if self.marks.is_empty() {
            return Ok(None);
        }
        let chosen = Chosen::These(self.marks.clone());
        let order = self.order(&self.view);
        let rows = arrange(&self.source, &order, &chosen, &Progress::new())?;
        Ok(rows.map(Listing::ordered))
    }
}
