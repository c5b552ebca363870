//! Groups of rows, a choice of rows, and columns that are computed.

use std::{io, ops::ControlFlow, time::Duration};

use ulid_engine::{
    RowSet, Timestamp,
    calendar::Step,
    dataset::{ReadError, Row, RowRef},
    progress::Progress,
    query::{
        self, ExpressionList, FirstRows, GroupNote, GroupOrder, Grouping, Query, QueryError, Scope,
        Value, WriterAudit, Writers,
    },
    stats::{Limits, OrderReason},
    timestamp::TimeZone,
};

use super::{Listing, RowsError, Source};
use crate::{asked::FileOptionError, records::IN_CSV};

/// Time that the values of a row may take.
const PATIENCE: Duration = Duration::from_secs(60);

impl Source {
    /// Reads figures, and what rows are grouped by.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub(crate) fn grouping(
        &self,
        figures: &str,
        by: Option<&str>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Grouping, QueryError> {
        Grouping::parse(figures, by, &Scope::of(&self.dataset, now, zone))
    }

    /// Counts of the periods of a calendar, and what they are told apart by.
    ///
    /// # Errors
    ///
    /// As [`Source::grouping`].
    pub(crate) fn histogram(
        &self,
        step: Step,
        by: Option<&str>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Grouping, QueryError> {
        Grouping::histogram(step, by, &Scope::of(&self.dataset, now, zone))
    }

    /// Waits for all rows, and gives out the groups of those that meet a condition.
    ///
    /// # Errors
    ///
    /// That of `each`, and where the rows can no longer be read.
    pub(crate) fn groups<E: From<RowsError>>(
        &self,
        grouping: &Grouping,
        condition: Option<&Query>,
        order: GroupOrder,
        mut each: impl FnMut(&[Value]) -> Result<(), E>,
    ) -> Result<Vec<GroupNote>, E> {
        let mut failure = None;
        let give = |values: &[Value]| {
            each(values).map_err(|error| {
                failure = Some(error);
                io::Error::from(io::ErrorKind::Other)
            })
        };
        let progress = Progress::new();
        let notes = grouping.run(
            &self.dataset,
            condition,
            order,
            self.memory,
            &progress,
            give,
        );
        match failure {
            Some(error) => Err(error),
            None => notes.map_err(|error| RowsError::from(error).into()),
        }
    }

    /// Waits for all rows, and says what those of each writer are like.
    ///
    /// # Errors
    ///
    /// If `by` is no expression, there are too many writers, or the rows can no longer be read.
    pub(crate) fn writers(
        &self,
        by: &str,
        condition: Option<&Query>,
        duplicates: Option<&RowSet>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> anyhow::Result<(Vec<String>, WriterAudit)> {
        let writers = Writers::parse(by, &Scope::of(&self.dataset, now, zone))?;
        let (limits, progress) = (Limits::at(now), Progress::new());
        let audit = writers.audit(&self.dataset, condition, duplicates, limits, &progress)?;
        Ok((writers.names().to_vec(), audit))
    }

    /// Waits for all rows, and says why they are not in the order of their IDs, if that can be told.
    ///
    /// # Errors
    ///
    /// If the rows can no longer be read.
    pub(crate) fn order_reason(&self) -> Result<Option<OrderReason>, RowsError> {
        Ok(self.dataset.order_reason(&Progress::new())?)
    }

    /// Reads columns that are computed, and those of other files that are joined; without a list the facts and columns that
    /// are written otherwise. Gives sentences about what is left out, too.
    ///
    /// # Errors
    ///
    /// As [`Source::grouping`], or if a file cannot be joined.
    pub(crate) fn expressions(
        &self,
        list: Option<&str>,
        files: &[String],
        now: Timestamp,
        zone: &TimeZone,
    ) -> anyhow::Result<(ExpressionList, Vec<String>)> {
        let scope = Scope::of(&self.dataset, now, zone);
        let mut list = match list {
            Some(list) => {
                ExpressionList::parse(list, &scope).map_err(|error| beside_joined(error, files))?
            }
            None => ExpressionList::of_schema(&IN_CSV, self.dataset.layout()),
        };
        let mut notes = Vec::new();
        for file in files {
            // the place of an error is one in a text that nobody wrote
            let joined = list.join(file, &scope).map_err(|error| FileOptionError {
                option: "--join",
                reason: error.kind,
            });
            notes.extend(joined?);
        }
        Ok((list, notes))
    }

    /// Reads expressions with commas between them.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub(crate) fn list(
        &self,
        text: &str,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<ExpressionList, QueryError> {
        ExpressionList::parse(text, &Scope::of(&self.dataset, now, zone))
    }

    /// Values of expressions for a row, with its neighbours as far as they are known.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the neighbours can no longer be read.
    pub(crate) fn values_at(
        &self,
        list: &ExpressionList,
        row: &Row,
    ) -> Result<Vec<Value>, ReadError> {
        list.values_at(&self.dataset, row)
    }

    /// Goes over the values of all rows, or of those that meet a condition, as [`Source::scan`] does.
    ///
    /// # Errors
    ///
    /// As [`Source::scan`].
    pub(crate) fn scan_values<T: Send, E: From<RowsError>>(
        &self,
        list: &ExpressionList,
        condition: Option<&Query>,
        map: impl Fn(&mut dyn Iterator<Item = Vec<Value>>) -> T + Sync,
        each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let map = |rows: &mut dyn Iterator<Item = (RowRef<'_>, Vec<Value>)>| {
            map(&mut rows.map(|(_, values)| values))
        };
        super::handout::until_failure(each, |each| {
            list.scan(&self.dataset, condition, &Progress::new(), map, each)
        })
    }

    /// Goes over the values of the rows known by now.
    ///
    /// # Errors
    ///
    /// As [`Source::scan`], and where `progress` is cancelled.
    pub(crate) fn scan_values_known<T: Send, E: From<RowsError>>(
        &self,
        list: &ExpressionList,
        condition: Option<&Query>,
        progress: &Progress,
        map: impl Fn(&mut dyn Iterator<Item = Vec<Value>>) -> T + Sync,
        each: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        let map = |rows: &mut dyn Iterator<Item = (RowRef<'_>, Vec<Value>)>| {
            map(&mut rows.map(|(_, values)| values))
        };
        let known = self.dataset.snapshot();
        super::handout::until_failure(each, |each| {
            list.scan(&known, condition, progress, map, each)
        })
    }

    /// Goes over the rows of a listing in their order, each with the values that need what surrounds it.
    ///
    /// # Errors
    ///
    /// As [`Source::scan_listing`].
    pub(crate) fn scan_around<E: From<RowsError>>(
        &self,
        list: &ExpressionList,
        listing: &Listing,
        progress: &Progress,
        mut each: impl FnMut(Vec<Value>) -> Result<(), E>,
    ) -> Result<(), E> {
        let expressions: Vec<query::Expression> = list.expressions().collect();
        let duplicates = match list.needs_all_rows() {
            true => query::duplicates(&self.dataset, &progress.piece()).map_err(RowsError::from)?,
            false => RowSet::default(),
        };
        progress.set_total(listing.len() as u64);
        for row in (0..listing.len()).filter_map(|place| listing.row(place)) {
            let value = |expression: &query::Expression| {
                let known = Some(&duplicates);
                expression.evaluate(&self.dataset, row, known, PATIENCE, &progress.piece())
            };
            let values: Result<Vec<Value>, _> = expressions.iter().map(value).collect();
            each(values.map_err(RowsError::from)?)?;
            progress.advance(1).map_err(RowsError::from)?;
        }
        Ok(())
    }

    /// The first rows of each value of an expression, of all or of those that meet a condition.
    ///
    /// # Errors
    ///
    /// If the expression is none, or the rows can no longer be read.
    pub(crate) fn first_of_each(
        &self,
        by: &str,
        most: u64,
        condition: Option<&Query>,
        now: Timestamp,
        zone: &TimeZone,
    ) -> anyhow::Result<RowSet> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let first = FirstRows::parse(by, most, &Scope::of(&self.dataset, now, zone))?;
        let rows = first.select(&self.dataset, condition, self.memory, &Progress::new());
        Ok(rows.map_err(RowsError::from)?)
    }

    /// The first rows of all, or of those that meet a condition. Of a pipe no more is waited for.
    ///
    /// # Errors
    ///
    /// If the rows can no longer be read.
    pub(crate) fn first_rows(
        &self,
        most: u64,
        condition: Option<&Query>,
    ) -> Result<RowSet, RowsError> {
        let mut rows = RowSet::new();
        if most == 0 {
            return Ok(rows);
        }
        let numbers = |rows: &mut dyn Iterator<Item = RowRef<'_>>| -> Vec<u64> {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            rows.take(most).map(|row| row.index as u64).collect()
        };
        query::scan(
            &self.dataset,
            condition,
            &Progress::new(),
            numbers,
            |found| {
                let left = usize::try_from(most - rows.len()).unwrap_or(usize::MAX);
                rows.extend(found.into_iter().take(left));
                match rows.len() < most {
                    true => ControlFlow::Continue(()),
                    false => ControlFlow::Break(()),
                }
            },
        )?;
        Ok(rows)
    }
}

/// The error of a text, with a word on columns of other files where those may have been meant.
fn beside_joined(error: QueryError, files: &[String]) -> anyhow::Error {
    let Some(file) = files.first() else {
        return error.into();
    };
    let told = format!(
        "columns of --join stand behind those of --columns and have no names in it: lookup({file:?}, KEY, \"NAME\") is the value of one"
    );
    anyhow::Error::from(error).context(told)
}
