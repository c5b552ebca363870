//! The rows of a file in the columns that are asked for: what `ulid open` gives, whatever form it takes on its way out.

use std::{
    borrow::Cow,
    mem,
    ops::ControlFlow,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use nu_protocol::{LabeledError, Span, Value};
use ulid_engine::{
    Timestamp,
    dataset::{Dataset, Format, RowRef},
    pass::{MEMORY, RowOrder},
    query::{self, ExpressionList, SelectError},
    readable::readable,
    row::{Cell, CellType, Fact, Schema},
    sort::Direction,
    timestamp::TimeZone,
};

use super::declared;
use crate::{
    dataset::{Filter, Meaning},
    interrupt::Interruptible,
    json, label,
    value::{self, fact_name},
    wire::Members,
};

/// Columns that are asked for.
pub(super) struct Listed {
    list: ExpressionList,
    /// For each the place among the columns of the file, if it is nothing else.
    places: Vec<Option<usize>>,
}

impl Listed {
    pub(super) fn read(
        dataset: &Dataset,
        columns: &Value,
        meaning: &Meaning,
        direction: Option<Direction>,
    ) -> Result<Listed, LabeledError> {
        let scope = meaning.scope(dataset);
        let (text, span) = (columns.as_str()?, columns.span());
        let list = ExpressionList::parse(text, &scope)
            .map_err(|error| label::bad_columns(&error, span))?;
        if direction.is_some() && list.looks_around() {
            return Err(label::sorted_columns(span));
        }
        meaning.tell(&query::notes(text, &scope));
        meaning.tell_unknown(text, &scope);
        let place = |name: &str| dataset.columns().iter().position(|column| column == name);
        let places = list.columns().map(|column| place(column?)).collect();
        Ok(Listed { list, places })
    }
}

/// Columns of every row before those of the file.
pub(super) const FACTS: [Fact; 3] = [Fact::Row, Fact::Id, Fact::Time];

/// The rows of a file that are to become values.
pub(super) struct Table {
    pub(super) dataset: Arc<Dataset>,
    pub(super) schema: Schema,
    /// The columns that are asked for; facts and all columns of the file if there are none.
    pub(super) columns: Option<Listed>,
    /// All rows become values where there is none.
    pub(super) filter: Option<Filter>,
    pub(super) zone: TimeZone,
    /// Cells of CSV that look like numbers become numbers.
    pub(super) infers: bool,
    /// Rows of which not all was read.
    pub(super) cut: AtomicU64,
    pub(super) span: Span,
}

impl Table {
    /// Gives what `make` makes of the rows of each block, in the order of the file.
    pub(super) fn in_file_order<T: Send>(
        &self,
        run: &Interruptible,
        make: &Make<'_, T>,
        give: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), SelectError> {
        let condition = self.filter.as_ref().map(|filter| &filter.query);
        match &self.columns {
            None => {
                let make = |rows: &mut dyn Iterator<Item = RowRef<'_>>| {
                    make(&mut rows.map(|row| self.whole(&row)))
                };
                query::scan(&self.dataset, condition, run.progress(), make, give)
            }
            Some(columns) => columns.list.scan(
                &self.dataset,
                condition,
                run.progress(),
                |rows| make(&mut rows.map(|(row, values)| self.listed(columns, &row, values))),
                give,
            ),
        }
    }

    /// The error that ended a pass or the source early. After Ctrl-C there is none: the stream ends, as every stream does.
    pub(super) fn failure(
        &self,
        scanned: Result<(), SelectError>,
        run: &Interruptible,
    ) -> Option<LabeledError> {
        match scanned {
            _ if run.progress().is_cancelled() => None,
            Ok(()) => {
                let error = self.dataset.extent().error;
                let error = error.map(|error| label::not_read(&error, self.span));
                error.or_else(|| self.cut_rows())
            }
            Err(SelectError::Scan(error)) => Some(label::not_scanned(&error, self.span)),
            Err(error) => Some(label::not_selected(&error, self.span)),
        }
    }

    /// An error for rows that are longer than anything that is read of one.
    fn cut_rows(&self) -> Option<LabeledError> {
        let cut = self.cut.load(Relaxed);
        (cut > 0).then(|| label::cut_rows(cut, self.dataset.layout().record_limit(), self.span))
    }

    /// A row in the columns that are asked for.
    fn listed<'t>(
        &self,
        columns: &'t Listed,
        row: &RowRef<'_>,
        values: Vec<query::Value>,
    ) -> Members<'t> {
        let mut members = Vec::with_capacity(values.len());
        let cells = row.typed_cells();
        let of_cells = self.cells(row);
        let names = columns.list.names().iter().zip(&columns.places);
        for ((name, place), value) in names.zip(values) {
            let value = match place {
                Some(place) => {
                    let cell = cells.get(*place).cloned().unwrap_or(Cell::Missing);
                    of_cells.value(cell, row.declared_type(*place))
                }
                None => value::of_language(value, &self.zone, self.span),
            };
            members.push((Cow::Borrowed(name.as_str()), value));
        }
        self.note_if_cut(row);
        members
    }

    /// The rows by ID, those without one last.
    pub(super) fn sorted(
        &self,
        direction: Direction,
        run: &Interruptible,
    ) -> Result<RowOrder, LabeledError> {
        let chosen = match &self.filter {
            Some(filter) => Some(filter.select(&self.dataset, run)?),
            None => None,
        };
        self.dataset
            .order(direction, MEMORY, chosen.as_ref(), run.progress())
            .map_err(|error| label::not_ordered(&error, self.span))
    }

    /// Gives what `make` makes of rows behind one another, in an order.
    pub(super) fn in_order<T: Send>(
        &self,
        order: &RowOrder,
        run: &Interruptible,
        make: &Make<'_, T>,
        give: &mut dyn FnMut(T) -> ControlFlow<()>,
    ) -> Result<(), SelectError> {
        let rows = (0..order.len()).filter_map(|place| order.get(place));
        let scanned = self.dataset.pass(run.progress()).each_in_order(
            rows.map(|row| row as usize),
            MEMORY,
            |stretch| make(&mut stretch.rows().map(|row| self.members(row))),
            give,
        );
        scanned.map_err(SelectError::from)
    }

    fn members(&self, row: RowRef<'_>) -> Members<'_> {
        match &self.columns {
            Some(columns) => self.listed(columns, &row, columns.list.values(row)),
            None => self.whole(&row),
        }
    }

    /// A row with its facts and all columns of the file, or its text.
    fn whole(&self, row: &RowRef<'_>) -> Members<'_> {
        let columns = self.schema.columns();
        let mut members = Vec::with_capacity(FACTS.len() + columns.len() + 1);
        for (fact, value) in FACTS.into_iter().zip(self.facts(row)) {
            members.push((Cow::Borrowed(fact_name(fact)), value));
        }
        let of_cells = self.cells(row);
        let mut cells = row.typed_cells();
        let has_nothing = cells.iter().all(|cell| matches!(cell, Cell::Missing));
        let surplus = cells.split_off(self.dataset.columns().len());
        for column in columns {
            let cell = cells.get_mut(column.place);
            let cell = cell.map_or(Cell::Missing, |cell| mem::replace(cell, Cell::Missing));
            let value = of_cells.value(cell, row.declared_type(column.place));
            members.push((Cow::Borrowed(column.name.as_str()), value));
        }
        let names = self.schema.surplus_names(row, surplus.len());
        for (name, cell) in names.into_iter().zip(surplus) {
            members.push((Cow::Owned(name), of_cells.value(cell, None)));
        }
        if let Some((name, text)) = self.text(row, has_nothing) {
            members.push((Cow::Borrowed(name), text));
        }
        self.note_if_cut(row);
        members
    }

    fn facts(&self, row: &RowRef<'_>) -> [Value; FACTS.len()] {
        let span = self.span;
        let number = i64::try_from(row.number()).unwrap_or(i64::MAX);
        let Ok(id) = row.id else {
            let nothing = || Value::nothing(span);
            return [Value::int(number, span), nothing(), nothing()];
        };
        [
            Value::int(number, span),
            value::id(id, span),
            value::datetime(Timestamp::of(id), &self.zone, span),
        ]
    }

    /// The text of a row whose columns do not tell what stands in it.
    fn text(&self, row: &RowRef<'_>, has_nothing: bool) -> Option<(&'static str, Value)> {
        if row.format() == Format::Binary {
            return Some(("bytes", Value::binary(row.text, self.span)));
        }
        if row.has_types() && has_nothing {
            // a line that is no JSON, or an object of other fields
            let columns = self.schema.columns();
            let is_taken = columns.iter().any(|column| column.name == "text");
            let name = if is_taken { "text_" } else { "text" };
            return Some((name, readable_text(row, self.span)));
        }
        let has_columns = row.has_columns() && !self.dataset.columns().is_empty();
        (!has_columns).then(|| ("text", readable_text(row, self.span)))
    }

    fn note_if_cut(&self, row: &RowRef<'_>) {
        if row.is_cut() {
            self.cut.fetch_add(1, Relaxed);
        }
    }

    /// How cells of a row become values.
    fn cells(&self, row: &RowRef<'_>) -> Cells<'_> {
        Cells {
            // what has a type is not guessed at
            infers: self.infers && !row.has_types(),
            zone: &self.zone,
            span: self.span,
        }
    }
}

/// A function from rows that come together to one form of them.
pub(super) type Make<'m, T> = dyn Fn(&mut dyn Iterator<Item = Members<'_>>) -> T + Sync + 'm;

/// How cells become values.
pub(crate) struct Cells<'z> {
    /// Cells of CSV that look like numbers become numbers.
    pub(crate) infers: bool,
    /// The zone of times.
    pub(crate) zone: &'z TimeZone,
    pub(crate) span: Span,
}

impl Cells<'_> {
    /// The value of a cell, of the type that its file declares if it does.
    pub(crate) fn value(&self, cell: Cell<'_>, ty: Option<&CellType>) -> Value {
        let value = match cell {
            Cell::Missing | Cell::Null => Value::nothing(self.span),
            Cell::Bool(value) => Value::bool(value, self.span),
            Cell::Number(text) => {
                json::number(text, self.span).unwrap_or_else(|| Value::string(text, self.span))
            }
            Cell::List(json) | Cell::Object(json) => json::value(&json, self.span),
            Cell::Text(text) if self.infers && ty.is_none() => {
                inferred(text.into_owned(), self.span)
            }
            Cell::Text(text) => Value::string(text, self.span),
        };
        match ty {
            Some(ty) => declared::value(value, ty, self.zone),
            None => value,
        }
    }
}

/// The text of a row.
pub(crate) fn readable_text(row: &RowRef<'_>, span: Span) -> Value {
    Value::string(readable(row.text), span)
}

/// A cell of CSV as what it looks like: a whole number, another number, or text, as `from csv` reads it.
fn inferred(text: String, span: Span) -> Value {
    json::number(&text, span).unwrap_or_else(|| Value::string(text, span))
}
