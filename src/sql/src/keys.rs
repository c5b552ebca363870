//! Ranges of time as conditions on the keys, which statistics of files can answer.
//!
//! Of 16 bytes a range of time is one range. Of text it is one only where all IDs are written in one case, and nobody can
//! promise that. So the conditions let through a little more than the range, and the comparison of times stays beside them:
//! they have to miss no spelling, and nothing else.
//!
//! **ULIDs** are canonically upper case, and lower case letters come after all others in bytes. Whatever is not below a
//! bound by its value is not below its canonical text in bytes: the lower bound holds for every spelling. A text below a
//! bound U by its value may be above it in bytes. Then, where both first differ, U has a letter and the text a lower case
//! letter, which is at most U's. (Of two digits, or of a letter and a digit, bytes and values order alike.) So for each
//! letter of U, three to eight of them today, there is one more range: the letters from `a` to U's own, after what stands
//! before it in U.
//!
//! **UUIDs** are canonically lower case, and all of this is turned around: the upper bound holds for every spelling, and the
//! lower one has a range more for each of its letters, from that in upper case to `F`.

use datafusion::{
    arrow::datatypes::DataType,
    common::ScalarValue,
    logical_expr::{Expr, lit, utils::disjunction},
};
use ulid_engine::{Timestamp, Ulid};

use crate::column::{Dialect, holds_ids, holds_text};

/// Milliseconds since 1970 from one, if it is given, to before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Times {
    pub(crate) from: Option<i128>,
    pub(crate) before: Option<i128>,
}

impl Times {
    /// The smallest range that holds both.
    pub(crate) fn hull(self, other: Times) -> Times {
        Times {
            from: self.from.zip(other.from).map(|(a, b)| a.min(b)),
            before: self.before.zip(other.before).map(|(a, b)| a.max(b)),
        }
    }

    /// Wider by so many milliseconds on both sides.
    pub(crate) fn wider(self, ms: i128) -> Times {
        Times {
            from: self.from.map(|from| from - ms),
            before: self.before.map(|before| before + ms),
        }
    }
}

/// Conditions that every ID of these times meets, in a column of this type. None where they would say nothing.
pub(crate) fn conditions(
    column: &Expr,
    kind: &DataType,
    dialect: Dialect,
    times: Times,
) -> Vec<Expr> {
    let bound = |ms: Option<i128>| {
        let time = Timestamp::from_ms(ms?)
            .ok()
            .filter(|&time| time > Timestamp::MIN);
        time.map(Timestamp::first_id)
    };
    let side = Side {
        column,
        kind,
        dialect,
    };
    let at_least = bound(times.from).and_then(|id| side.at_least(id));
    let below = bound(times.before).and_then(|id| side.below(id));
    at_least.into_iter().chain(below).collect()
}

/// 16 bytes, most significant first: as they are compared in files, too.
pub(crate) fn bytes_of(id: Ulid) -> ScalarValue {
    ScalarValue::FixedSizeBinary(16, Some(id.to_bytes().to_vec()))
}

struct Side<'a> {
    column: &'a Expr,
    kind: &'a DataType,
    dialect: Dialect,
}

impl Side<'_> {
    fn at_least(&self, id: Ulid) -> Option<Expr> {
        let Some(text) = self.text(id) else {
            return Some(self.column.clone().gt_eq(lit(bytes(self.kind, id)?)));
        };
        let first = self.from(&text)?;
        let others = match self.dialect {
            Dialect::Ulid => Vec::new(),
            _ => self.ranges(&text, |letter| (letter.to_ascii_uppercase(), 'G'))?,
        };
        disjunction([vec![first], others].concat())
    }

    fn below(&self, id: Ulid) -> Option<Expr> {
        let Some(text) = self.text(id) else {
            return Some(self.column.clone().lt(lit(bytes(self.kind, id)?)));
        };
        let first = self.before(&text)?;
        let next = |letter: char| char::from(letter.to_ascii_lowercase() as u8 + 1);
        let others = match self.dialect {
            Dialect::Ulid => self.ranges(&text, |letter| ('a', next(letter)))?,
            _ => Vec::new(),
        };
        disjunction([vec![first], others].concat())
    }

    /// For each letter of a text the range of those that have its beginning and then one of the letters from the first that
    /// `letters` gives to before the second.
    fn ranges(&self, text: &str, letters: impl Fn(char) -> (char, char)) -> Option<Vec<Expr>> {
        let positions = text
            .char_indices()
            .filter(|(_, letter)| letter.is_ascii_alphabetic());
        let range = |(position, letter)| {
            let (begin, (from, before)) = (text.get(..position)?, letters(letter));
            let from = self.from(&format!("{begin}{from}"))?;
            Some(from.and(self.before(&format!("{begin}{before}"))?))
        };
        positions.map(range).collect()
    }

    fn from(&self, text: &str) -> Option<Expr> {
        Some(self.column.clone().gt_eq(lit(literal(self.kind, text)?)))
    }

    fn before(&self, text: &str) -> Option<Expr> {
        Some(self.column.clone().lt(lit(literal(self.kind, text)?)))
    }

    /// The canonical text of a bound in a column of text.
    fn text(&self, id: Ulid) -> Option<String> {
        literal(self.kind, "").map(|_| self.dialect.print(id))
    }
}

/// A text of a column's type; `None` if the column holds none.
fn literal(kind: &DataType, text: &str) -> Option<ScalarValue> {
    let text = ScalarValue::Utf8(Some(text.to_owned()));
    holds_text(kind).then(|| text.cast_to(kind).ok()).flatten()
}

/// 16 bytes of a column's type; `None` if the column holds none.
fn bytes(kind: &DataType, id: Ulid) -> Option<ScalarValue> {
    let bytes = ScalarValue::Binary(Some(id.to_bytes().to_vec()));
    (holds_ids(kind) && !holds_text(kind) && *kind != DataType::Null)
        .then(|| bytes.cast_to(kind).ok())
        .flatten()
}
