//! Values of the query language written for people and for other programs.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use serde_json::json;
use ulid_engine::{query::Value, row::Spelling, timestamp::TimeZone, write::write_separated};

use crate::{
    records::{Kind, rfc3339},
    text::harmless,
};

/// How values are written.
#[derive(Debug, Clone)]
pub(crate) struct Values {
    /// How rows are written.
    pub(crate) kind: Kind,
    /// Spelling of IDs.
    pub(crate) form: Spelling,
    /// Zone of times.
    pub(crate) zone: TimeZone,
}

impl Values {
    /// The text of a value. A duration is a number of milliseconds but where people look.
    #[must_use]
    pub(crate) fn text<'v>(&self, value: &'v Value) -> Cow<'v, str> {
        let made = match value {
            Value::Missing if self.kind != Kind::Table => String::new(),
            Value::Id(id) => self.form.print(*id),
            Value::Time(time) => rfc3339(*time, &self.zone).to_string(),
            Value::Text(text) if self.kind == Kind::Table => harmless(text.as_bytes()),
            Value::Text(text) => return Cow::Borrowed(text),
            _ => match (self.kind, milliseconds(value)) {
                (Kind::Csv | Kind::Tsv | Kind::Jsonl, Some(ms)) => ms.to_string(),
                _ => value.to_string(),
            },
        };
        Cow::Owned(made)
    }

    fn json(&self, value: &Value) -> serde_json::Value {
        match value {
            Value::Missing => serde_json::Value::Null,
            Value::Bool(value) => json!(value),
            Value::Int(value) => serde_json::from_str(&value.to_string()).unwrap_or_default(),
            Value::Float(value) => json!(value),
            _ => match milliseconds(value) {
                Some(ms) => json!(ms),
                None => json!(self.text(value)),
            },
        }
    }

    /// Writes a row of values as CSV or as an object of JSON.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn write(
        &self,
        out: &mut impl Write,
        names: &[String],
        values: &[Value],
    ) -> io::Result<()> {
        if self.kind != Kind::Jsonl {
            let cells: Vec<_> = values.iter().map(|value| self.text(value)).collect();
            let cells = cells.iter().map(|cell| &**cell);
            return write_separated(out, self.kind.separator(), cells);
        }
        let object: serde_json::Map<String, serde_json::Value> = names
            .iter()
            .zip(values)
            .map(|(name, value)| (name.clone(), self.json(value)))
            .collect();
        serde_json::to_writer(&mut *out, &object)?;
        out.write_all(b"\n")
    }

    /// Writes the names where the kind has a heading. Names that occur twice are told apart.
    ///
    /// # Errors
    ///
    /// If `out` takes no more.
    pub(crate) fn heading(&self, out: &mut impl Write, names: &[String]) -> io::Result<()> {
        match self.kind {
            Kind::Csv | Kind::Tsv => {
                let names = names.iter().map(String::as_str);
                write_separated(out, self.kind.separator(), names)
            }
            _ => Ok(()),
        }
    }
}

/// Names of which none is that of another: a second `n` is `n_2`.
#[must_use]
pub(crate) fn distinct_names(names: &[String]) -> Vec<String> {
    let mut taken: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut candidates = std::iter::once(name.clone()).chain(numbered);
        taken.extend(candidates.find(|name| !taken.contains(name)));
    }
    taken
}

fn milliseconds(value: &Value) -> Option<i64> {
    match value {
        Value::Duration(ms) => Some(*ms),
        _ => None,
    }
}
