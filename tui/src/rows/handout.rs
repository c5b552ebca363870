//! Many rows, handed out one after another and worked on by all threads.

use std::ops::ControlFlow;

use ulid_engine::{
    dataset::RowRef,
    pass::Block,
    progress::Progress,
    query::{self, Query},
};

use super::{Listing, RowsError, Source};

/// Neighbouring rows, one after another.
pub(crate) type Rows<'r, 'a> = &'r mut dyn Iterator<Item = RowRef<'a>>;

impl Source {
    /// Goes over all rows, each as soon as it is there, or over those that meet a condition: `map` makes something of
    /// neighbours, on all threads, and `each` gets it in the order of the rows. It ends where `each` fails.
    ///
    /// # Errors
    ///
    /// That of `each`, and where the rows can no longer be read.
    pub(crate) fn scan<T: Send, E: From<RowsError>>(
        &self,
        condition: Option<&Query>,
        map: impl Fn(Rows<'_, '_>) -> T + Sync,
        each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        until_failure(each, |each| {
            query::scan(&self.dataset, condition, &Progress::new(), map, each)
        })
    }

    /// Goes over the rows of a listing in its order, as [`Source::scan`] does. A unit of `progress` is half a row.
    ///
    /// # Errors
    ///
    /// As [`Source::scan`], and where `progress` is cancelled.
    pub(crate) fn scan_listing<T: Send, E: From<RowsError>>(
        &self,
        listing: &Listing,
        progress: &Progress,
        map: impl Fn(Rows<'_, '_>) -> T + Sync,
        mut each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        progress.set_total(2 * listing.len() as u64);
        if !listing.is_source() {
            let rows = (0..listing.len()).filter_map(|place| listing.row(place));
            return self.scan_rows(rows, progress, map, each);
        }
        let map = |block: &Block| {
            let rows = block.keys().len() as u64;
            (rows, map(&mut block.rows()))
        };
        let each = |(rows, made)| {
            progress.advance(2 * rows).map_err(RowsError::from)?;
            each(made)
        };
        let rows = 0..listing.len();
        until_failure(each, |each| {
            self.dataset
                .pass(&progress.piece())
                .known(rows)
                .each(map, each)
        })
    }

    /// Goes over rows in the order given, as [`Source::scan_listing`] does.
    ///
    /// # Errors
    ///
    /// As [`Source::scan_listing`].
    pub(crate) fn scan_rows<T: Send, E: From<RowsError>>(
        &self,
        rows: impl IntoIterator<Item = usize>,
        progress: &Progress,
        map: impl Fn(Rows<'_, '_>) -> T + Sync,
        each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        until_failure(each, |each| {
            self.dataset.pass(progress).each_in_order(
                rows,
                self.memory,
                |stretch| map(&mut stretch.rows()),
                each,
            )
        })
    }
}

/// Lets `run` hand out to `each` until that fails.
pub(super) fn until_failure<T, S: Into<RowsError>, E: From<RowsError>>(
    mut each: impl FnMut(T) -> Result<(), E>,
    run: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) -> Result<(), S>,
) -> Result<(), E> {
    let mut failure = None;
    let mut each = |made| match each(made) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    };
    run(&mut each).map_err(Into::into)?;
    failure.map_or(Ok(()), Err)
}
