use ulid_engine::{dataset::Row, progress::Progress};

use super::{Listing, State};
use crate::jobs::{Chosen, JobError, arrange};

impl State {
    /// The rows picked: all marked ones in the order of the table, also those that a filter hides, or else the one under
    /// the cursor.
    ///
    /// # Errors
    ///
    /// [`JobError`] where the rows can no longer be read, or are too many to be ordered.
    pub fn picked(&self) -> Result<Vec<Row>, JobError> {
        if self.marks.is_empty() {
            return Ok(self.current_row().into_iter().collect());
        }
        let chosen = Chosen::These(self.marks.clone());
        let order = self.order(&self.view);
        let rows = arrange(&self.source, &order, &chosen, &Progress::new())?;
        let listing = Listing::ordered(rows.unwrap_or_else(|| Vec::new().into()));
        Ok(self.source.rows_of(&listing, 0, listing.len())?)
    }
}
