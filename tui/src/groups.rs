//! Groups of rows and their figures, as a table with bars, CSV or JSON lines.

use std::{
    collections::{BTreeMap, HashMap},
    io::{self, Write},
};

use ulid_engine::{
    calendar::{self, Step},
    query::Value,
    timestamp::TimeZone,
};
use unicode_width::UnicodeWidthStr as _;

use crate::{
    records::Kind,
    text::bar,
    values::{Values, distinct_names},
};

/// Groups that a table looks at before it writes the first, to know how wide its columns are.
const LOOKED_AT: usize = 10_000;
/// Characters of the longest bar.
const BAR: usize = 40;
/// Characters of a cell of the table.
const CELL: usize = 60;

/// Writes groups, one after another.
pub(crate) struct GroupWriting<'o, O: Write> {
    out: &'o mut O,
    values: Values,
    names: Vec<String>,
    /// Number of the column that the bars show.
    bar: Option<usize>,
    /// Rows of a table that wait until the widths are known.
    waiting: Vec<Vec<Value>>,
    look: Option<Look>,
    /// True once the heading is written.
    has_begun: bool,
}

/// Widths of the columns of a table, and what the longest bar stands for.
struct Look {
    widths: Vec<usize>,
    most: f64,
}

impl<'o, O: Write> GroupWriting<'o, O> {
    /// Groups with these names, of which so many are of what rows are grouped by.
    pub(crate) fn new(out: &'o mut O, values: Values, names: &[String], keys: usize) -> Self {
        let names = distinct_names(names);
        GroupWriting {
            out,
            bar: (keys > 0 && names.len() == keys + 1).then_some(keys),
            values,
            names,
            waiting: Vec::new(),
            look: None,
            has_begun: false,
        }
    }

    /// Writes a group.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn write(&mut self, values: &[Value]) -> io::Result<()> {
        if self.values.kind != Kind::Table {
            self.begin()?;
            return self.values.write(self.out, &self.names, values);
        }
        if self.look.is_some() {
            return self.write_aligned(values);
        }
        self.waiting.push(values.to_vec());
        match self.waiting.len() < LOOKED_AT {
            true => Ok(()),
            false => self.flush(),
        }
    }

    fn begin(&mut self) -> io::Result<()> {
        match std::mem::replace(&mut self.has_begun, true) {
            true => Ok(()),
            false => self.values.heading(self.out, &self.names),
        }
    }

    /// Writes what is still waiting.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.begin()?;
        if self.values.kind != Kind::Table || self.look.is_some() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.look = Some(self.look_at(&waiting));
        let names: Vec<Value> = self.names.iter().cloned().map(Value::Text).collect();
        let number = waiting
            .first()
            .map_or_else(Vec::new, |row| row.iter().map(is_number).collect());
        self.write_cells(&names, &number, None)?;
        waiting
            .iter()
            .try_for_each(|values| self.write_aligned(values))
    }

    fn look_at(&self, rows: &[Vec<Value>]) -> Look {
        let mut widths: Vec<usize> = self.names.iter().map(|name| name.width()).collect();
        let mut most = 0.0_f64;
        for row in rows {
            for (width, value) in widths.iter_mut().zip(row) {
                *width = (*width).max(self.cell(value).width());
            }
            most = most.max(self.length_of_bar(row).unwrap_or(0.0));
        }
        Look { widths, most }
    }

    fn cell(&self, value: &Value) -> String {
        let text = self.values.text(value);
        match text.char_indices().nth(CELL) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.into_owned(),
        }
    }

    fn length_of_bar(&self, row: &[Value]) -> Option<f64> {
        match row.get(self.bar?)? {
            Value::Int(count) => Some(*count as f64),
            Value::Float(number) => Some(*number),
            Value::Duration(ms) => Some(*ms as f64),
            _ => None,
        }
    }

    fn write_aligned(&mut self, values: &[Value]) -> io::Result<()> {
        let numbers: Vec<bool> = values.iter().map(is_number).collect();
        let bar = match (&self.look, self.length_of_bar(values)) {
            (Some(look), Some(length)) if look.most > 0.0 => Some(bar(length / look.most, BAR)),
            _ => None,
        };
        self.write_cells(values, &numbers, bar)
    }

    fn write_cells(
        &mut self,
        values: &[Value],
        numbers: &[bool],
        bar: Option<String>,
    ) -> io::Result<()> {
        let mut line = String::new();
        for (at, value) in values.iter().enumerate() {
            let text = self.cell(value);
            let width = self
                .look
                .as_ref()
                .and_then(|look| look.widths.get(at).copied());
            let room = " ".repeat(width.unwrap_or(0).saturating_sub(text.width()));
            let gap = if at == 0 { "" } else { "  " };
            line += &match numbers.get(at) {
                Some(true) => format!("{gap}{room}{text}"),
                _ => format!("{gap}{text}{room}"),
            };
        }
        if let Some(bar) = bar {
            line += &format!("  {bar}");
        }
        writeln!(self.out, "{}", line.trim_end())
    }
}

fn is_number(value: &Value) -> bool {
    matches!(value, Value::Int(_) | Value::Float(_) | Value::Duration(_))
}

/// Counts of periods as they come, and all of them when the last has come.
pub(crate) struct Periods {
    step: Step,
    zone: TimeZone,
    /// Values that counts are told apart by, by their places in the keys of `counts`.
    series: Vec<Vec<Value>>,
    places: HashMap<Vec<String>, usize>,
    counts: BTreeMap<(i64, usize), u64>,
    /// Rows without a time.
    without_time: u64,
}

/// Periods and series of them that are kept at most.
const MOST_PERIODS: usize = 4_000_000;

/// There are more periods than a histogram is good for.
#[derive(Debug, thiserror::Error)]
#[error(
    "the histogram has more than {MOST_PERIODS} counts; take a longer period, or fewer rows with --filter"
)]
pub(crate) struct TooManyPeriods;

impl Periods {
    /// Nothing counted yet.
    #[must_use]
    pub(crate) fn new(step: Step, zone: TimeZone) -> Periods {
        Periods {
            step,
            zone,
            series: Vec::new(),
            places: HashMap::new(),
            counts: BTreeMap::new(),
            without_time: 0,
        }
    }

    /// Takes in a count: the begin of a period, values that tell it apart, and how many.
    ///
    /// # Errors
    ///
    /// [`TooManyPeriods`]
    pub(crate) fn add(&mut self, values: &[Value]) -> Result<(), TooManyPeriods> {
        let [start, series @ .., Value::Int(count)] = values else {
            return Ok(());
        };
        let count = u64::try_from(*count).unwrap_or(u64::MAX);
        let Value::Time(start) = start else {
            self.without_time += count;
            return Ok(());
        };
        let texts = series.iter().map(ToString::to_string).collect();
        let place = *self.places.entry(texts).or_insert_with(|| {
            self.series.push(series.to_vec());
            self.series.len() - 1
        });
        self.counts.insert((start.ms().cast_signed(), place), count);
        match self.counts.len() > MOST_PERIODS {
            true => Err(TooManyPeriods),
            false => Ok(()),
        }
    }

    /// Writes every period, those of nothing among them, and gives sentences about what is not among them.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn write<O: Write>(
        &self,
        writing: &mut GroupWriting<'_, O>,
    ) -> io::Result<Vec<String>> {
        // Series are in the order of their texts, whichever came first.
        let mut order: Vec<(&Vec<String>, usize)> = self
            .places
            .iter()
            .map(|(texts, &place)| (texts, place))
            .collect();
        order.sort_unstable();
        let mut ranks = vec![0; order.len()];
        for (rank, (_, place)) in order.iter().enumerate() {
            ranks[*place] = rank;
        }
        let counts = self.counts.iter();
        let counts = counts
            .map(|(&(start, place), &count)| ((start, ranks[place]), count))
            .collect();
        let filled = calendar::fill(self.step, &self.zone, &counts);
        let is_table = writing.values.kind == Kind::Table;
        for (start, series, count) in &filled.rows {
            let label = match ulid_engine::Timestamp::from_ms((*start).max(0)) {
                Ok(time) if !is_table => Value::Time(time),
                _ => Value::Text(self.step.label(*start, &self.zone)),
            };
            let mut values = vec![label];
            let place = order.get(*series).map_or(0, |(_, place)| *place);
            values.extend(self.series.get(place).into_iter().flatten().cloned());
            values.push(Value::Int((*count).into()));
            writing.write(&values)?;
        }
        writing.flush()?;
        let mut told = Vec::new();
        if self.without_time > 0 {
            told.push(format!(
                "{} without an ID, and so without a time, {} in no period",
                rows(self.without_time),
                are(self.without_time)
            ));
        }
        if filled.left_out > 0 {
            told.push(format!(
                "{} periods without a row are left out, more than a thousand in a row: a clock may be wrong",
                filled.left_out
            ));
        }
        Ok(told)
    }
}

fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        count => format!("{count} rows"),
    }
}

fn are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}
