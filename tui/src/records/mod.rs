//! Rows written for other programs: as lines, CSV, JSON lines, or a table of plain text.

mod both;
mod spool;

use std::{
    borrow::Cow,
    collections::BTreeSet,
    fmt::{self, Display},
    io::{self, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;
use ulid_engine::{
    Timestamp, Ulid,
    anatomy::Anatomy,
    codec,
    dataset::{Layout, RowRef},
    row::Spelling,
    row::{Cell, Fact, Schema},
    timestamp::{InZone, TimeZone},
    write::{end_row, write_cell, write_separated},
};

pub(crate) use both::{Both, in_its_file};
pub(crate) use spool::Spool;

use crate::text::harmless;

/// How rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Aligned columns for people
    Table,
    /// The IDs alone, one a line
    Lines,
    /// Comma-separated values with a header, quoted as RFC 4180 has it
    Csv,
    /// The same with tabs between the values
    Tsv,
    /// One JSON object a line
    Jsonl,
}

impl Kind {
    /// Separator of the values of a row; a comma for kinds that have none.
    pub(crate) fn separator(self) -> &'static str {
        match self {
            Kind::Tsv => "\t",
            Kind::Table | Kind::Lines | Kind::Csv | Kind::Jsonl => ",",
        }
    }
}

/// The way in which rows are written, one after another and each for itself.
#[derive(Debug, Clone)]
pub(crate) struct Writing {
    kind: Kind,
    form: Spelling,
    zone: TimeZone,
    /// The time from which ages are counted.
    now: Timestamp,
    /// The names of the columns of the source.
    columns: Vec<String>,
    /// The columns of the source beside the facts of each row.
    schema: Schema,
    /// The two files, where rows of a comparison are written.
    both: Option<Both>,
    told: Arc<Told>,
}

/// Counts of rows that were not written as others are.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Rows with more cells than there are columns.
    surplus: AtomicU64,
    /// Names of such cells, the first of them.
    names: Mutex<BTreeSet<String>>,
    /// Rows of which not all was read.
    cut: AtomicU64,
}

impl Told {
    /// Notes that a row has so many cells beyond its columns.
    pub(crate) fn note_surplus(&self, row: &RowRef<'_>, cells: usize) {
        const MOST: usize = 5;
        if cells == 0 {
            return;
        }
        self.surplus.fetch_add(1, Relaxed);
        let mut names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        if names.len() < MOST {
            let own = row.surplus_names().into_iter().take(MOST);
            names.extend(own.map(Cow::into_owned));
        }
    }

    /// Notes whether not all of a row was read.
    pub(crate) fn note_cut(&self, row: &RowRef<'_>) {
        self.cut.fetch_add(u64::from(row.is_cut()), Relaxed);
    }

    /// A sentence about cells that no column names, and what became of them.
    pub(crate) fn surplus(&self, fate: &str) -> Option<String> {
        let rows = self.surplus.load(Relaxed);
        (rows > 0).then(|| {
            let (rows, have) = counted(rows, "has", "have");
            let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
            if names.is_empty() {
                return format!("{rows} {have} more cells than there are columns; they are {fate}");
            }
            let names: Vec<String> = names.iter().map(|name| format!("{name:?}")).collect();
            let names = names.join(", ");
            format!("{rows} {have} fields that the first rows do not have, such as {names}; they are {fate}, and JSON lines have them by their names")
        })
    }

    /// A sentence about rows that are longer than what is read of one.
    pub(crate) fn cut(&self, layout: &Layout) -> Option<String> {
        let rows = self.cut.load(Relaxed);
        let limit = layout.record_limit() >> 20;
        (rows > 0).then(|| {
            let (rows, are) = counted(rows, "is", "are");
            format!("{rows} {are} longer than {limit} MiB; what lies behind is missing")
        })
    }
}

/// Sentences for the end, once rows were written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Notes {
    /// All is there, but not as one would expect.
    pub kept: Option<String>,
    /// Something is missing.
    pub missing: Option<String>,
}

impl fmt::Display for Notes {
    /// Each sentence behind a semicolon.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentences = self.kept.iter().chain(&self.missing);
        sentences
            .into_iter()
            .try_for_each(|sentence| write!(f, "; {sentence}"))
    }
}

/// Facts of every row of CSV before the columns of the source.
pub(crate) const IN_CSV: [Fact; 6] = [
    Fact::Row,
    Fact::Id,
    Fact::Time,
    Fact::UnixMs,
    Fact::Fault,
    Fact::Message,
];

/// Facts of a row in JSON, those that it has, before the columns of the source.
const IN_JSON: [Fact; 7] = [
    Fact::Row,
    Fact::Id,
    Fact::Time,
    Fact::UnixMs,
    Fact::RandomHex,
    Fact::Fault,
    Fact::Message,
];

impl Writing {
    /// Rows of a source of a layout as one kind, their IDs in a form, their times in a zone, their ages as of now.
    #[must_use]
    pub(crate) fn of(kind: Kind, form: Spelling, zone: &TimeZone, layout: &Layout) -> Writing {
        Writing::of_both(None, kind, form, zone, layout)
    }

    /// The same, of two files that are compared: each row says how it is related, and which of them it is of.
    #[must_use]
    pub(crate) fn of_both(
        both: Option<Both>,
        kind: Kind,
        form: Spelling,
        zone: &TimeZone,
        layout: &Layout,
    ) -> Writing {
        let before = Both::names(both.as_ref());
        Writing {
            kind,
            form,
            zone: zone.clone(),
            now: Timestamp::now(),
            columns: layout.columns.clone(),
            schema: match kind {
                Kind::Jsonl => Schema::beside_id(before, &IN_JSON, layout),
                _ => Schema::beside_id(before, &IN_CSV, layout),
            },
            both,
            told: Arc::default(),
        }
    }

    /// How the rows are written.
    #[must_use]
    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Sentences about rows that were not written as others are, once all have been: about cells that no column names, and
    /// about what is missing.
    #[must_use]
    pub(crate) fn notes(&self, layout: &Layout) -> Notes {
        Notes {
            kept: self.told.surplus("written behind the others"),
            missing: self.told.cut(layout),
        }
    }

    /// Writes the heading where the kind has one.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn heading(&self, out: &mut impl Write) -> io::Result<()> {
        match self.kind {
            Kind::Table => {
                let (form, width) = (self.form, self.form.width());
                if self.both.is_some() {
                    write!(out, "{:11}  {:4}  ", "relation", "file")?;
                }
                writeln!(out, "{:>9}  {form:width$}  {:32}  age", "row", "time")
            }
            Kind::Csv | Kind::Tsv => {
                let columns = self.schema.columns().iter();
                let columns = columns.map(|column| column.name.as_str());
                write_separated(
                    out,
                    self.kind.separator(),
                    Both::names(self.both.as_ref())
                        .iter()
                        .copied()
                        .chain(IN_CSV.map(|fact| fact.entry().name))
                        .chain(columns),
                )
            }
            Kind::Lines | Kind::Jsonl => Ok(()),
        }
    }

    /// Writes a row. One without a ULID is written as it stands, with the reason where the kind has a place for it.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn row(&self, out: &mut impl Write, row: &RowRef<'_>) -> io::Result<()> {
        // of lines and tables only the ID is written
        let is_whole = matches!(self.kind, Kind::Lines | Kind::Table) && row.id.is_ok();
        if !is_whole {
            self.told.note_cut(row);
        }
        let (own, both);
        let (row, both) = match &self.both {
            Some(files) => {
                let values = match self.kind {
                    Kind::Table => files.in_short(row),
                    _ => files.values(row),
                };
                (own, both) = (files.in_its_file(row), values);
                (&own, Some(both))
            }
            None => (row, None),
        };
        match self.kind {
            Kind::Table => self.write_aligned(out, row, both),
            Kind::Lines => self.write_line(out, row),
            Kind::Csv | Kind::Tsv => self.write_csv(out, row, both),
            Kind::Jsonl => self.write_object(out, row, both),
        }
    }

    /// The text of rows.
    ///
    /// # Errors
    ///
    /// If the temporary file of a long row takes no more.
    pub(crate) fn text<'a>(&self, rows: impl IntoIterator<Item = RowRef<'a>>) -> io::Result<Spool> {
        let mut text = Spool::new();
        for row in rows {
            text.expect(row.text.len())?;
            self.row(&mut text, &row)?;
        }
        Ok(text)
    }

    fn write_line(&self, out: &mut impl Write, row: &RowRef<'_>) -> io::Result<()> {
        match row.id {
            Ok(id) => self.write_id(out, id)?,
            Err(_) => out.write_all(row.id_text().as_bytes())?,
        }
        out.write_all(b"\n")
    }

    /// An ID in its form, of which none needs quotes.
    fn write_id(&self, out: &mut impl Write, id: Ulid) -> io::Result<()> {
        match self.form {
            Spelling::Ulid => out.write_all(codec::print(id).as_bytes()),
            form => out.write_all(form.print(id).as_bytes()),
        }
    }

    fn write_csv(
        &self,
        out: &mut impl Write,
        row: &RowRef<'_>,
        both: Option<[&str; 2]>,
    ) -> io::Result<()> {
        let by = self.kind.separator();
        for value in both.iter().flatten() {
            write_cell(out, by, value)?;
            out.write_all(by.as_bytes())?;
        }
        write!(out, "{}{by}", row.number())?;
        match row.id {
            Ok(id) => {
                self.write_id(out, id)?;
                let time = Timestamp::of(id);
                let (shown, ms) = (rfc3339(time, &self.zone), time.ms());
                write!(out, "{by}{shown}{by}{ms}{by}{by}")?;
            }
            Err(_) => {
                let fault = row.fault().map_or("", |fault| fault.kind.code());
                write_cell(out, by, &row.id_text())?;
                write!(out, "{by}{by}{by}{fault}{by}")?;
                write_cell(out, by, &row.reason().unwrap_or_default())?;
            }
        }
        let cells = row.cells();
        let surplus = cells.get(self.columns.len()..).unwrap_or_default();
        let columns = self.schema.columns().iter();
        let named = columns.filter_map(|column| cells.get(column.place));
        for cell in named.chain(surplus) {
            out.write_all(by.as_bytes())?;
            write_cell(out, by, cell)?;
        }
        self.told.note_surplus(row, surplus.len());
        end_row(out)
    }

    fn write_aligned(
        &self,
        out: &mut impl Write,
        row: &RowRef<'_>,
        both: Option<[&str; 2]>,
    ) -> io::Result<()> {
        let width = self.form.width();
        if let Some([relation, file]) = both {
            write!(out, "{relation:11}  {file:4}  ")?;
        }
        let id = harmless(self.id(row).as_bytes());
        match (&row.id, self.time(row)) {
            (Ok(id_value), Some(time)) => {
                let age = Timestamp::of(*id_value).age(self.now);
                writeln!(out, "{:>9}  {id:width$}  {time:32}  {age}", row.number())
            }
            _ => {
                let fault = row.reason().unwrap_or_default();
                writeln!(out, "{:>9}  {id:width$}  {fault}", row.number())
            }
        }
    }

    fn write_object(
        &self,
        out: &mut impl Write,
        row: &RowRef<'_>,
        both: Option<[&str; 2]>,
    ) -> io::Result<()> {
        let object = Object {
            writing: self,
            row,
            both,
        };
        object.serialize(&mut serde_json::Serializer::new(&mut *out))?;
        out.write_all(b"\n")
    }

    fn id(&self, row: &RowRef<'_>) -> String {
        match row.id {
            Ok(id) => self.form.print(id),
            Err(_) => row.id_text().into_owned(),
        }
    }

    fn time(&self, row: &RowRef<'_>) -> Option<String> {
        let id = row.id.ok()?;
        Some(rfc3339(Timestamp::of(id), &self.zone).to_string())
    }
}

/// A row as an object of JSON.
struct Object<'a> {
    writing: &'a Writing,
    row: &'a RowRef<'a>,
    both: Option<[&'a str; 2]>,
}

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Object { writing, row, both } = self;
        let mut object = serializer.serialize_map(None)?;
        let names = Both::names(writing.both.as_ref());
        for (name, value) in names.iter().zip(both.iter().flatten()) {
            object.serialize_entry(name, value)?;
        }
        for fact in IN_JSON {
            let name = fact.entry().name;
            match (fact, &row.id) {
                (Fact::Row, _) => object.serialize_entry(name, &row.number())?,
                (Fact::Id, _) => object.serialize_entry(name, &writing.id(row))?,
                (Fact::Time, Ok(id)) => {
                    let time = rfc3339(Timestamp::of(*id), &writing.zone);
                    object.serialize_entry(name, &Shown(time))?;
                }
                (Fact::UnixMs, Ok(id)) => object.serialize_entry(name, &id.timestamp_ms())?,
                (Fact::RandomHex, Ok(id)) => {
                    object.serialize_entry(name, &Anatomy::of(*id).randomness_hex())?;
                }
                (Fact::Fault, Err(_)) => {
                    if let Some(fault) = row.fault() {
                        object.serialize_entry(name, fault.kind.code())?;
                    }
                }
                (Fact::Message, Err(_)) => {
                    if let Some(reason) = row.reason() {
                        object.serialize_entry(name, &reason)?;
                    }
                }
                _ => {}
            }
        }
        writing.write_cells(&mut object, row)?;
        object.end()
    }
}

impl Writing {
    /// The cells of a row as members of an object, each with the type that its source gives it.
    fn write_cells<M: SerializeMap>(
        &self,
        object: &mut M,
        row: &RowRef<'_>,
    ) -> Result<(), M::Error> {
        let mut cells = row.typed_cells();
        let surplus = cells.split_off(self.columns.len().min(cells.len()));
        for column in self.schema.columns() {
            match cells.get(column.place) {
                None | Some(Cell::Missing) => {}
                Some(cell) => object.serialize_entry(&column.name, &Typed(cell))?,
            }
        }
        let names = self.schema.surplus_names(row, surplus.len());
        for (name, cell) in names.iter().zip(&surplus) {
            object.serialize_entry(name, &Typed(cell))?;
        }
        // a field keeps its name
        if !row.has_types() {
            self.told.note_surplus(row, surplus.len());
        }
        Ok(())
    }
}

/// A cell as a value of JSON: numbers with the digits that they came with.
struct Typed<'a>(&'a Cell<'a>);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Missing | Cell::Null => serializer.serialize_unit(),
            Cell::Bool(value) => serializer.serialize_bool(*value),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Number(_) | Cell::List(_) | Cell::Object(_) => {
                let json = self.0.clone().into_text();
                match serde_json::from_str::<&RawValue>(&json) {
                    Ok(value) => value.serialize(serializer),
                    // what is no value of JSON is kept as text
                    Err(_) => serializer.serialize_str(&json),
                }
            }
        }
    }
}

/// A displayed value as a string of JSON.
struct Shown<T>(T);

impl<T: Display> Serialize for Shown<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// A number of rows with the verb that goes with it.
fn counted<'v>(rows: u64, one: &'v str, many: &'v str) -> (String, &'v str) {
    match rows {
        1 => ("1 row".to_owned(), one),
        rows => (format!("{rows} rows"), many),
    }
}

/// A time as RFC 3339 has it, in a zone.
#[must_use]
pub(crate) fn rfc3339(time: Timestamp, zone: &TimeZone) -> impl fmt::Display {
    fmt::from_fn(move |f| {
        if *zone == TimeZone::UTC {
            time.fmt(f)
        } else {
            time.in_zone(zone).fmt(f)
        }
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use ulid_engine::dataset::{Dataset, OpenOptions};

    use super::*;

    fn written(kind: Kind, text: &str) -> String {
        let source =
            Dataset::from_bytes("test", text.as_bytes().to_vec(), &OpenOptions::default()).unwrap();
        let writing = Writing::of(kind, Spelling::Ulid, &TimeZone::UTC, source.layout());
        let mut text = Vec::new();
        writing.heading(&mut text).unwrap();
        for row in source.rows() {
            writing.row(&mut text, &row.unwrap().borrow()).unwrap();
        }
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn every_kind_holds_the_id_and_the_fault() {
        let text = "01arz3ndektsv4rrffq69g5fav\nbad,\"one\n";
        assert_eq!(
            written(Kind::Lines, text),
            "01ARZ3NDEKTSV4RRFFQ69G5FAV\nbad,\"one\n"
        );
        let csv = written(Kind::Csv, text);
        let mut lines = csv.lines();
        assert_eq!(lines.next(), Some("row,id,time,unix_ms,fault,message"));
        assert_eq!(
            lines.next(),
            Some("1,01ARZ3NDEKTSV4RRFFQ69G5FAV,2016-07-30T23:54:10.259Z,1469922850259,,")
        );
        assert!(
            lines
                .next()
                .unwrap()
                .starts_with("2,\"bad,\"\"one\",,,length,\"wrong length at character ")
        );
        let jsonl = written(Kind::Jsonl, text);
        let objects: Vec<Value> = jsonl
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(objects[0]["unix_ms"], 1_469_922_850_259_u64);
        assert_eq!(objects[1]["id"], "bad,\"one");
        assert_eq!(objects[1]["fault"], "length");
        let message = objects[1]["message"].as_str().unwrap();
        assert!(message.contains("wrong length"), "{message}");
    }

    #[test]
    fn other_columns_come_along() {
        let text = "name,id,name\n\"a, b\",01ARZ3NDEKTSV4RRFFQ69G5FAV,\"c\"\n";
        let csv = written(Kind::Csv, text);
        assert!(
            csv.starts_with("row,id,time,unix_ms,fault,message,name,name_2\n1,01ARZ"),
            "{csv}"
        );
        assert!(csv.ends_with(",\"a, b\",c\n"), "{csv}");
        let object = r#"{"row":1,"id":"01ARZ3NDEKTSV4RRFFQ69G5FAV","time":"2016-07-30T23:54:10.259Z","unix_ms":1469922850259,"#;
        let cells = r#""name":"a, b","name_2":"c""#;
        let randomness = r#""random_hex":"d6764c61efb99302bd5b""#;
        assert_eq!(
            written(Kind::Jsonl, text),
            format!("{object}{randomness},{cells}}}\n")
        );
    }
}
