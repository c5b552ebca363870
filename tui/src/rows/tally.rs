//! The values of an expression: how many rows have each, and the first and last time of those.

use std::cmp::Reverse;

use ulid_engine::{
    Timestamp,
    dataset::Dataset,
    progress::Progress,
    query::{self, GroupOrder, Grouping, Query, QueryError, Scope, Value},
    timestamp::TimeZone,
};

use super::{Closer, Listing, RowsError, Source};

/// A value, and the rows that have it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TallyRow {
    /// The value.
    pub value: Value,
    /// How many rows have it.
    pub count: u64,
    /// Time of the earliest.
    pub first: Option<Timestamp>,
    /// Time of the latest.
    pub last: Option<Timestamp>,
    /// How many of them have no valid ID.
    pub invalid: u64,
    /// More about them, once they were looked at.
    pub closer: Option<Closer>,
}

/// The values of an expression.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Tally {
    /// The most frequent ones, those first.
    pub rows: Vec<TallyRow>,
    /// How many different values there are.
    pub values: u64,
    /// Rows that were counted.
    pub total: u64,
    /// How many of the first rows these are, where the others are still being counted.
    pub of_first: Option<u64>,
    /// Smallest, middle and largest number, and their mean, where every value is a number.
    pub numbers: Option<Numbers>,
}

/// Figures of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Numbers {
    /// The smallest.
    pub least: f64,
    /// The middle one.
    pub median: f64,
    /// The largest.
    pub most: f64,
    /// Their sum by how many they are.
    pub mean: f64,
}

/// Values that are kept.
const KEPT: usize = 10_000;
/// Values that are looked at before the rarer ones are left out.
const LOOKED_AT: usize = 20 * KEPT;
/// Values of which figures of numbers are taken.
const MOST_NUMBERS: usize = LOOKED_AT;

impl Source {
    /// Reads the expression whose values are counted.
    ///
    /// # Errors
    ///
    /// [`QueryError`], which says where it goes wrong and what could stand there.
    pub(crate) fn tallying(
        &self,
        by: &str,
        now: Timestamp,
        zone: &TimeZone,
    ) -> Result<Grouping, QueryError> {
        const FIGURES: &str = "count(), min(time), max(time), count(not valid)";
        Grouping::parse(FIGURES, Some(by), &Scope::of(&self.dataset, now, zone))
    }

    /// Counts the values of an expression, of the rows known by now or of those of a listing.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn tally(
        &self,
        grouping: &Grouping,
        listing: Option<&Listing>,
        progress: &Progress,
    ) -> Result<Tally, RowsError> {
        let among = listing.map(|listing| Query::among(listing.rows()));
        self.tally_of(&self.dataset.snapshot(), grouping, among, progress)
    }

    /// Counts the values of an expression among the first rows, where there are many more: what is seen until all of them
    /// are counted.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn glance(
        &self,
        grouping: &Grouping,
        most: usize,
        progress: &Progress,
    ) -> Result<Tally, RowsError> {
        let first = self.dataset.first(most)?;
        let mut tally = self.tally_of(&first, grouping, None, progress)?;
        tally.of_first = Some(tally.total);
        Ok(tally)
    }

    fn tally_of(
        &self,
        known: &Dataset,
        grouping: &Grouping,
        among: Option<Query>,
        progress: &Progress,
    ) -> Result<Tally, RowsError> {
        let mut tally = Tally::default();
        let mut numbers = Some(Vec::new());
        grouping.run(
            known,
            among.as_ref(),
            GroupOrder::ByKey,
            self.memory,
            progress,
            |values| {
                tally.add(values, &mut numbers);
                Ok(())
            },
        )?;
        tally.keep_the_most();
        tally.numbers = numbers.and_then(figures);
        Ok(tally)
    }
}

impl Tally {
    /// True if every value is there, and was not looked at yet.
    #[must_use]
    pub(crate) fn wants_a_look(&self) -> bool {
        let is_new = self.rows.iter().any(|row| row.closer.is_none());
        self.of_first.is_none() && self.values == self.rows.len() as u64 && is_new
    }

    fn add(&mut self, values: &[Value], numbers: &mut Option<Vec<(f64, u64)>>) {
        let [value, Value::Int(count), first, last, Value::Int(invalid)] = values else {
            return;
        };
        let time = |value: &Value| match value {
            Value::Time(time) => Some(*time),
            _ => None,
        };
        let narrow = |count: i128| u64::try_from(count).unwrap_or(u64::MAX);
        let row = TallyRow {
            value: value.clone(),
            count: narrow(*count),
            first: time(first),
            last: time(last),
            invalid: narrow(*invalid),
            closer: None,
        };
        self.values += 1;
        self.total += row.count;
        note_number(&row, numbers);
        self.rows.push(row);
        if self.rows.len() >= LOOKED_AT {
            self.keep_the_most();
        }
    }

    /// Leaves the rarer values out; those of one count stay in their own order.
    fn keep_the_most(&mut self) {
        self.rows.sort_by_key(|row| Reverse(row.count));
        self.rows.truncate(KEPT);
    }
}

/// Takes a number in; from the first value on that is none there are no figures.
fn note_number(row: &TallyRow, numbers: &mut Option<Vec<(f64, u64)>>) {
    let number = match &row.value {
        Value::Int(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        // an empty cell is missing too
        Value::Text(text) if text.is_empty() => return,
        Value::Text(text) => query::number_of_cell(text),
        // rows without a value have no number either
        Value::Missing => return,
        _ => None,
    };
    match (number, numbers.as_mut()) {
        (Some(number), Some(all)) if all.len() < MOST_NUMBERS => all.push((number, row.count)),
        _ => *numbers = None,
    }
}

fn figures(mut numbers: Vec<(f64, u64)>) -> Option<Numbers> {
    numbers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let total: u64 = numbers.iter().map(|(_, count)| count).sum();
    let (least, most) = (numbers.first()?.0, numbers.last()?.0);
    let at = |place: u64| {
        let mut before = 0;
        let found = numbers.iter().find(|(_, count)| {
            before += count;
            place < before
        });
        found.map_or(most, |(number, _)| *number)
    };
    let sum: f64 = numbers
        .iter()
        .map(|(number, count)| number * *count as f64)
        .sum();
    Some(Numbers {
        least,
        median: f64::midpoint(at((total - 1) / 2), at(total / 2)),
        most,
        mean: sum / total as f64,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glance_is_of_the_first_rows_and_says_so() {
        let source = Source::sample();
        let now = "2026-11-30".parse().unwrap();
        let grouping = source.tallying("valid", now, &TimeZone::UTC).unwrap();
        let first = source.glance(&grouping, 300, &Progress::new()).unwrap();
        let rows = source.window(0, 300).unwrap();
        let valid = rows.iter().filter(|row| row.id.is_ok()).count() as u64;
        assert_eq!((first.total, first.of_first), (300, Some(300)));
        assert_eq!(first.rows[0].count, valid);
        let all = source
            .glance(&grouping, 1_000_000, &Progress::new())
            .unwrap();
        assert_eq!(all.total, 20_000);
    }

    #[test]
    fn figures_are_those_of_all_numbers() {
        let found = figures(vec![(10.0, 1), (1.0, 3), (2.0, 2)]).unwrap();
        // 1 1 1 2 2 10
        assert_eq!((found.least, found.median, found.most), (1.0, 1.5, 10.0));
        assert!((found.mean - 17.0 / 6.0).abs() < 1e-12);
        assert_eq!(figures(Vec::new()), None);
    }
}
