//! Values of facts, cells and expressions, with their types.

use std::{borrow::Cow, cmp::Ordering, fmt};

use crate::{Timestamp, Ulid, codec, readable::readable};

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Type {
    /// True or false.
    Bool,
    /// A number.
    Number,
    /// A length of time.
    Duration,
    /// A point in time.
    Time,
    /// A ULID.
    Id,
    /// Text.
    Text,
    /// The value of a column: text that is read as what it is compared with.
    Column,
    /// A range of values.
    Range,
}

impl Type {
    /// Name without an article, as a column of types shows it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Type::Bool => "boolean",
            Type::Number => "number",
            Type::Duration => "duration",
            Type::Time => "time",
            Type::Id => "ULID",
            Type::Text => "text",
            Type::Column => "column",
            Type::Range => "range",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Type::Bool => "a condition",
            Type::Number => "a number",
            Type::Duration => "a duration",
            Type::Time => "a time",
            Type::Id => "an ID",
            Type::Text => "a text",
            Type::Column => "a column",
            Type::Range => "a range",
        })
    }
}

/// Value of a fact or an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// There is none: the time of a row without an ID, a column that the row lacks, a quotient by zero.
    Missing,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// Any other number.
    Float(f64),
    /// Milliseconds.
    Duration(i64),
    /// A point in time.
    Time(Timestamp),
    /// A ULID.
    Id(Ulid),
    /// Text, as [`readable`] reads it.
    Text(String),
    /// All IDs from the first to the second, both included.
    Bounds(Ulid, Ulid),
}

impl Value {
    /// Type of the value; `None` for [`Value::Missing`].
    #[must_use]
    pub fn type_of(&self) -> Option<Type> {
        Some(match self {
            Value::Missing => return None,
            Value::Bool(_) => Type::Bool,
            Value::Int(_) | Value::Float(_) => Type::Number,
            Value::Duration(_) => Type::Duration,
            Value::Time(_) => Type::Time,
            Value::Id(_) => Type::Id,
            Value::Text(_) => Type::Text,
            Value::Bounds(..) => Type::Range,
        })
    }
}

impl fmt::Display for Value {
    /// As a person reads it: IDs as canonical text, times in UTC, durations as `1h30m`, bounds as `FROM..=TO`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Missing => f.write_str("missing"),
            Value::Bool(value) => write!(f, "{value}"),
            Value::Int(value) => write!(f, "{value}"),
            Value::Float(value) => write!(f, "{value}"),
            Value::Duration(ms) => duration(*ms).fmt(f),
            Value::Time(time) => write!(f, "{time}"),
            Value::Id(id) => write!(f, "{}", codec::print(*id)),
            Value::Text(text) => f.write_str(text),
            Value::Bounds(from, to) => {
                write!(f, "{}..={}", codec::print(*from), codec::print(*to))
            }
        }
    }
}

/// A duration as the query language writes and reads it: `1d1h`, `-250ms`, `0ms`.
pub fn duration(ms: i64) -> impl fmt::Display {
    const UNITS: [(&str, u64); 5] = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ];
    fmt::from_fn(move |f| {
        if ms == 0 {
            return f.write_str("0ms");
        }
        let mut left = ms.unsigned_abs();
        f.write_str(if ms < 0 { "-" } else { "" })?;
        for (name, unit) in UNITS {
            if left >= unit {
                write!(f, "{}{name}", left / unit)?;
                left %= unit;
            }
        }
        Ok(())
    })
}

/// A value on its way: text is borrowed where it can be, and times may leave the range of a ULID in between.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Val<'a> {
    Missing,
    Bool(bool),
    Int(i128),
    Float(f64),
    Duration(i64),
    /// Milliseconds since 1970.
    Time(i64),
    Id(Ulid),
    Text(Cow<'a, [u8]>),
    Bounds(Ulid, Ulid),
}

impl<'a> Val<'a> {
    pub(crate) fn of(value: &'a Value) -> Val<'a> {
        match value {
            Value::Missing => Val::Missing,
            Value::Bool(value) => Val::Bool(*value),
            Value::Int(value) => Val::Int(*value),
            Value::Float(value) => Val::Float(*value),
            Value::Duration(ms) => Val::Duration(*ms),
            Value::Time(time) => Val::Time(time.ms().cast_signed()),
            Value::Id(id) => Val::Id(*id),
            Value::Text(text) => Val::Text(text.as_bytes().into()),
            Value::Bounds(from, to) => Val::Bounds(*from, *to),
        }
    }
}

impl Val<'_> {
    pub(crate) fn is_true(&self) -> bool {
        matches!(self, Val::Bool(true))
    }

    /// A number, as far as there is one.
    pub(crate) fn as_float(&self) -> Option<f64> {
        match self {
            Val::Int(value) => Some(*value as f64),
            Val::Float(value) => Some(*value),
            _ => None,
        }
    }

    /// How two values of one type stand to one another; nothing where one is missing.
    pub(crate) fn order(&self, other: &Val<'_>) -> Option<Ordering> {
        match (self, other) {
            (Val::Bool(a), Val::Bool(b)) => Some(a.cmp(b)),
            (Val::Int(a), Val::Int(b)) => Some(a.cmp(b)),
            (Val::Duration(a), Val::Duration(b)) | (Val::Time(a), Val::Time(b)) => Some(a.cmp(b)),
            (Val::Id(a), Val::Id(b)) => Some(a.cmp(b)),
            (Val::Text(a), Val::Text(b)) => Some(a.cmp(b)),
            _ => self.as_float()?.partial_cmp(&other.as_float()?),
        }
    }

    pub(crate) fn into_static(self) -> Val<'static> {
        match self {
            Val::Text(text) => Val::Text(Cow::Owned(text.into_owned())),
            Val::Missing => Val::Missing,
            Val::Bool(value) => Val::Bool(value),
            Val::Int(value) => Val::Int(value),
            Val::Float(value) => Val::Float(value),
            Val::Duration(ms) => Val::Duration(ms),
            Val::Time(ms) => Val::Time(ms),
            Val::Id(id) => Val::Id(id),
            Val::Bounds(from, to) => Val::Bounds(from, to),
        }
    }

    pub(crate) fn into_value(self) -> Value {
        match self {
            Val::Missing => Value::Missing,
            Val::Bool(value) => Value::Bool(value),
            Val::Int(value) => Value::Int(value),
            Val::Float(value) => Value::Float(value),
            Val::Duration(ms) => Value::Duration(ms),
            Val::Time(ms) => Timestamp::from_ms(ms).map_or(Value::Missing, Value::Time),
            Val::Id(id) => Value::Id(id),
            Val::Text(text) => Value::Text(owned(text)),
            Val::Bounds(from, to) => Value::Bounds(from, to),
        }
    }
}

/// A text in UTF-8. One that is a copy already is not copied again.
fn owned(text: Cow<'_, [u8]>) -> String {
    match text {
        Cow::Borrowed(text) => readable(text).into_owned(),
        Cow::Owned(text) => {
            String::from_utf8(text).unwrap_or_else(|error| readable(error.as_bytes()).into_owned())
        }
    }
}
