//! Rows as columns of one's own.

use std::io::{self, Write};

use ulid_engine::{
    dataset::RowRef,
    query::{ExpressionList, Type, Value},
};
use unicode_width::UnicodeWidthStr as _;

use crate::{
    records::{Kind, Spool},
    values::{Values, distinct_names},
};

/// Writes the values of expressions for one row after another.
pub(crate) struct ListWriting {
    list: ExpressionList,
    names: Vec<String>,
    widths: Vec<usize>,
    values: Values,
}

impl ListWriting {
    /// Values of these expressions.
    #[must_use]
    pub(crate) fn new(list: ExpressionList, values: Values) -> ListWriting {
        let names = distinct_names(list.names());
        let width = |(name, ty): (&String, Type)| name.width().max(width_of(ty, &values));
        ListWriting {
            widths: names.iter().zip(list.types()).map(width).collect(),
            names,
            list: list.with_broken_ids(),
            values,
        }
    }

    /// Values of these expressions under names of their own.
    #[must_use]
    pub(crate) fn named(list: ExpressionList, names: Vec<String>, values: Values) -> ListWriting {
        ListWriting {
            names: distinct_names(&names),
            ..ListWriting::new(list, values)
        }
    }

    /// The expressions.
    #[must_use]
    pub(crate) fn list(&self) -> &ExpressionList {
        &self.list
    }

    /// Writes the names of the columns where the kind has a heading.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn heading(&self, out: &mut impl Write) -> io::Result<()> {
        match self.values.kind {
            Kind::Table => self.write_aligned(out, &self.names),
            _ => self.values.heading(out, &self.names),
        }
    }

    /// The text of rows.
    ///
    /// # Errors
    ///
    /// If the temporary file of a long row takes no more.
    pub(crate) fn text(&self, rows: &mut dyn Iterator<Item = Vec<Value>>) -> io::Result<Spool> {
        let mut text = Spool::new();
        for values in rows {
            text.expect(values.iter().map(text_len).sum())?;
            self.write(&mut text, &values)?;
        }
        Ok(text)
    }

    /// The values of a row that needs nothing around it.
    #[must_use]
    pub(crate) fn values_of(&self, row: RowRef<'_>) -> Vec<Value> {
        self.list.values(row)
    }

    fn write(&self, out: &mut impl Write, values: &[Value]) -> io::Result<()> {
        if self.values.kind != Kind::Table {
            return self.values.write(out, &self.names, values);
        }
        let cells: Vec<_> = values.iter().map(|value| self.values.text(value)).collect();
        self.write_aligned(out, &cells)
    }

    fn write_aligned(&self, out: &mut impl Write, cells: &[impl AsRef<str>]) -> io::Result<()> {
        let mut line = String::new();
        let cells = cells.iter().map(AsRef::as_ref);
        for (at, (cell, &width)) in cells.zip(&self.widths).enumerate() {
            let gap = if at == 0 { "" } else { "  " };
            let room = " ".repeat(width.saturating_sub(cell.width()));
            line += &format!("{gap}{cell}{room}");
        }
        writeln!(out, "{}", line.trim_end())
    }
}

/// Bytes of a text; none of other values, which are short.
fn text_len(value: &Value) -> usize {
    match value {
        Value::Text(text) => text.len(),
        _ => 0,
    }
}

/// Characters that most values of a type need.
fn width_of(ty: Type, values: &Values) -> usize {
    match ty {
        Type::Id => values.form.width(),
        Type::Time => 24,
        Type::Bool => 5,
        Type::Duration | Type::Number => 10,
        Type::Text | Type::Column | Type::Range => 16,
    }
}
