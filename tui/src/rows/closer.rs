//! A closer look at values that were counted: when the rows of each were made, and what is wrong with them.

use std::{collections::HashMap, ops::RangeInclusive};

use ulid_engine::{
    RowSet, Timestamp,
    calendar::Step,
    progress::Progress,
    query::{GroupOrder, Grouping, Query, QueryError, Scope, Value, Writer, Writers, WritersError},
    stats::Limits,
    timestamp::TimeZone,
};

use super::{Listing, RowsError, Source, Tally, TallyRow};

/// Periods of the line of a value.
pub(crate) const PERIODS: usize = 10;

/// More about the rows that have a value.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Closer {
    /// How many were made in each tenth of the time from the first row to the last, without strays.
    pub periods: [u64; PERIODS],
    /// Rows whose ID an earlier row has, whatever its value.
    pub duplicate: u64,
    /// Rows whose ID is smaller than that of the row before with this value.
    pub out_of_order: u64,
}

/// The rows to be looked at, as data.
#[derive(Debug, Clone)]
pub(crate) struct CloserLook {
    writers: Writers,
    periods: Grouping,
    /// Begin and length of a period, in milliseconds.
    from_ms: i64,
    step_ms: i64,
    limits: Limits,
}

impl Source {
    /// Reads the expression whose values were counted, for a look at these. `busy` are the times of nearly all rows, if they
    /// are known. `None` if the values have no times.
    ///
    /// # Errors
    ///
    /// As [`Source::tallying`].
    pub(crate) fn closer_look(
        &self,
        by: &str,
        tally: &Tally,
        busy: Option<RangeInclusive<Timestamp>>,
        (now, zone): (Timestamp, &TimeZone),
    ) -> Result<Option<CloserLook>, QueryError> {
        let Some((first, last)) = times(&tally.rows, busy) else {
            return Ok(None);
        };
        let (first, last) = (first.ms().cast_signed(), last.ms().cast_signed());
        let step_ms = (last - first) / PERIODS as i64 + 1;
        let step = Step::Clock(step_ms);
        let scope = Scope::of(&self.dataset, now, zone);
        Ok(Some(CloserLook {
            writers: Writers::parse(by, &scope)?,
            periods: Grouping::histogram(step, Some(by), &scope)?,
            from_ms: step.period(first, zone).start,
            step_ms,
            limits: Limits::at(now),
        }))
    }

    /// Looks closer at values, of all rows or of those of a listing. `duplicates` are those of all rows, if they are known.
    ///
    /// # Errors
    ///
    /// As [`Source::order_by_id`].
    pub(crate) fn look_closer(
        &self,
        look: &CloserLook,
        tally: &Tally,
        listing: Option<&Listing>,
        duplicates: Option<&RowSet>,
        progress: &Progress,
    ) -> Result<Tally, RowsError> {
        let known = self.dataset.snapshot();
        let among = listing.map(|listing| Query::among(listing.rows()));
        let mut found = HashMap::new();
        let order = GroupOrder::ByKey;
        let each = |values: &[Value]| {
            look.count(values, &mut found);
            Ok(())
        };
        let piece = progress.piece();
        let periods = &look.periods;
        periods.run(&known, among.as_ref(), order, self.memory, &piece, each)?;
        let (limits, piece) = (look.limits, progress.piece());
        let audit = look
            .writers
            .audit(&known, among.as_ref(), duplicates, limits, &piece);
        match audit {
            Ok(audit) => audit
                .writers
                .iter()
                .for_each(|writer| note(writer, &mut found)),
            // no more values are kept than there may be writers
            Err(WritersError::TooMany) => {}
            Err(WritersError::Select(error)) => return Err(error.into()),
        }
        let mut tally = tally.clone();
        for row in &mut tally.rows {
            row.closer = Some(found.remove(&key(&row.value)).unwrap_or_default());
        }
        Ok(tally)
    }
}

/// More about each value, by its [`key`].
type Found = HashMap<String, Closer>;

/// A text that tells a value from every other, also from one of another type.
fn key(value: &Value) -> String {
    format!("{value:?}")
}

impl CloserLook {
    /// Counts rows of a value in their period. Strays, far before or behind the others, are in none.
    fn count(&self, values: &[Value], found: &mut Found) {
        let [Value::Time(start), value, Value::Int(count)] = values else {
            return;
        };
        // a period may be an hour off where clocks were changed
        let since = start.ms().cast_signed() - self.from_ms + self.step_ms / 2;
        let place = usize::try_from(since.div_euclid(self.step_ms)).unwrap_or(PERIODS);
        let closer = found.entry(key(value)).or_default();
        if let Some(period) = closer.periods.get_mut(place) {
            *period += u64::try_from(*count).unwrap_or(u64::MAX);
        }
    }
}

/// Takes over the flaws of a value.
fn note(writer: &Writer, found: &mut Found) {
    let value = writer.values.first();
    if let Some(closer) = value.and_then(|value| found.get_mut(&key(value))) {
        closer.duplicate = writer.duplicate;
        closer.out_of_order = writer.out_of_order;
    }
}

/// The first and the last time of values, of those within the busy times if there are any.
fn times(
    rows: &[TallyRow],
    busy: Option<RangeInclusive<Timestamp>>,
) -> Option<(Timestamp, Timestamp)> {
    let first = rows.iter().filter_map(|row| row.first).min()?;
    let last = rows.iter().filter_map(|row| row.last).max()?;
    let within = busy.map(|busy| (first.max(*busy.start()), last.min(*busy.end())));
    Some(
        within
            .filter(|(first, last)| first <= last)
            .unwrap_or((first, last)),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ulid_engine::dataset::OpenOptions;

    use super::*;

    /// Three rows of `a` at 0, 500 and 999 s, of which one repeats an ID; two of `b` in the other order, one of them far ahead.
    #[test]
    fn times_and_flaws_are_those_of_the_rows_of_each_value() {
        let id = |seconds: u64, tail: u128| {
            let ms = 1_700_000_000_000 + seconds * 1000;
            ulid_engine::codec::print(ulid_engine::Ulid::from_u128(u128::from(ms) << 80 | tail))
                .to_string()
        };
        let lines = [
            format!("{},a", id(0, 1)),
            format!("{},a", id(500, 2)),
            format!("{},b", id(999_999_999, 3)),
            format!("{},b", id(300, 4)),
            format!("{},a", id(999, 5)),
            format!("{},a", id(999, 5)),
            "broken,b".to_owned(),
            // long before the others
            "00000000010000000000000000,b".to_owned(),
        ];
        let text = format!("id,host\n{}\n", lines.join("\n"));
        let source =
            Source::from_reader("-", Cursor::new(text.into_bytes()), &OpenOptions::default())
                .unwrap();
        let now: Timestamp = "2024-01-01".parse().unwrap();
        let busy = Timestamp::from_ms(1_700_000_000_000_u64).unwrap()..=now;
        let zone = TimeZone::UTC;
        let progress = Progress::new();
        assert_eq!(source.wait_for_all(), 8);
        let grouping = source.tallying("host", now, &zone).unwrap();
        let tally = source.tally(&grouping, None, &progress).unwrap();
        assert!(tally.wants_a_look());
        let look = source
            .closer_look("host", &tally, Some(busy), (now, &zone))
            .unwrap()
            .unwrap();
        let found = source
            .look_closer(&look, &tally, None, None, &progress)
            .unwrap();
        assert!(!found.wants_a_look());
        let of = |name: &str| {
            let row = found
                .rows
                .iter()
                .find(|row| row.value.to_string() == name)
                .unwrap();
            row.closer.clone().unwrap()
        };
        let (a, b) = (of("a"), of("b"));
        assert_eq!((a.duplicate, a.out_of_order), (1, 0));
        assert_eq!((b.duplicate, b.out_of_order), (0, 2));
        // the first thousand seconds of seven weeks, and a stray that lies in no period
        assert_eq!(
            (a.periods.iter().sum::<u64>(), b.periods.iter().sum::<u64>()),
            (4, 1)
        );
        assert_eq!((a.periods[0], b.periods[0]), (4, 1));
    }
}
