use std::borrow::Cow;

use crate::Ulid;

use super::{
    code::{Field, Which},
    value::Val,
};
use crate::dataset::{RowRef, text_bytes};

/// A row with what a condition may ask of it.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The row.
    pub row: RowRef<'a>,
    /// The row before.
    pub prev: Option<RowRef<'a>>,
    /// The row after.
    pub next: Option<RowRef<'a>>,
    /// The last ID before the row; rows without one are passed over.
    pub valid_before: Option<Ulid>,
    /// Whether an earlier row has the same ID. Looked at only where [`Query::needs_duplicates`] says so.
    ///
    /// [`Query::needs_duplicates`]: super::Query::needs_duplicates
    pub duplicate: bool,
}

impl<'a> Context<'a> {
    /// A row of whose neighbours nothing is known.
    #[must_use]
    pub fn of_row(row: RowRef<'a>) -> Context<'a> {
        Context {
            row,
            prev: None,
            next: None,
            valid_before: None,
            duplicate: false,
        }
    }

    fn of(&self, which: Which) -> Option<&RowRef<'a>> {
        match which {
            Which::Prev => self.prev.as_ref(),
            Which::Here => Some(&self.row),
            Which::Next => self.next.as_ref(),
        }
    }

    pub(super) fn column(&self, which: Which, name: &str) -> Val<'a> {
        let cell = self.of(which).and_then(|row| row.cell(name));
        cell.map_or(Val::Missing, |text| Val::Text(text_bytes(text)))
    }

    pub(super) fn field(&self, which: Which, field: Field) -> Val<'a> {
        let Some(row) = self.of(which) else {
            return Val::Missing;
        };
        match field {
            Field::Valid => return Val::Bool(row.id.is_ok()),
            Field::Line => return Val::Int(row.index as i128 + 1),
            Field::Text => return Val::Text(Cow::Borrowed(row.text)),
            Field::Duplicate => return Val::Bool(self.duplicate),
            Field::Ordered => {
                let follows = |id: Ulid| self.valid_before.is_none_or(|before| before <= id);
                return Val::Bool(row.id.is_ok_and(follows));
            }
            _ => {}
        }
        match row.id {
            Ok(id) => self.of_id(id, field),
            Err(fault) if field == Field::Fault => {
                Val::Text(Cow::Borrowed(fault.kind.code().as_bytes()))
            }
            Err(_) => Val::Missing,
        }
    }

    fn of_id(&self, id: Ulid, field: Field) -> Val<'a> {
        let ms = id.timestamp_ms().cast_signed();
        match field {
            Field::Id => Val::Id(id),
            Field::Time => Val::Time(ms),
            Field::Ms => Val::Int(i128::from(ms)),
            Field::Random => Val::Int(id.random().cast_signed()),
            Field::Age(now) => Val::Duration(now.saturating_sub(ms)),
            Field::Gap => self.valid_before.map_or(Val::Missing, |before| {
                Val::Duration(ms - before.timestamp_ms().cast_signed())
            }),
            _ => Val::Missing,
        }
    }
}
