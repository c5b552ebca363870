//! Facts: what is known of a row without its columns. Each is declared once, in [`FACTS`].

use std::borrow::Cow;

use super::{
    RowRef,
    around::{Around, Side},
    value::{Type, Val, Value},
};
use crate::{Timestamp, Ulid, codec, readable::readable_bytes};

/// One fact, as it is declared.
#[derive(Debug, Clone, Copy)]
pub struct FactEntry {
    /// The fact.
    pub fact: Fact,
    /// Name in conditions, outputs and variables.
    pub name: &'static str,
    /// Other names under which conditions know it.
    pub others: &'static [&'static str],
    /// Type of its value.
    pub ty: Type,
    /// How far one has to look for it.
    pub reach: Reach,
    /// Part of the row that it is about.
    pub about: About,
    /// One sentence on the value.
    pub sentence: &'static str,
    value: for<'a> fn(&Asked<'_, 'a>) -> Val<'a>,
}

/// How far one has to look for the value of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// The row itself tells, so that it is also known of the rows before and after.
    Row,
    /// The last ID before the row is needed.
    Before,
    /// All rows before it are needed.
    File,
}

/// Part of a row that a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// Its ID, or what stands in the place of one.
    Id,
    /// The record.
    Record,
    /// Its place among other rows.
    Order,
}

/// A row that is asked for a fact.
struct Asked<'r, 'a> {
    around: &'r Around<'a>,
    side: Side,
    /// Milliseconds from which ages are counted.
    now: i64,
}

/// Declares the facts: an enum, and its table in the same order.
macro_rules! facts {
    ($($fact:ident, $name:literal, $others:expr, $ty:ident, $reach:ident, $about:ident, $sentence:literal, $value:expr;)*) => {
        /// A fact of a row.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Fact {
            $(#[doc = $sentence] $fact,)*
        }

        /// Every fact, in the order in which people read them.
        pub const FACTS: &[FactEntry] = &[$(FactEntry {
            fact: Fact::$fact,
            name: $name,
            others: &$others,
            ty: Type::$ty,
            reach: Reach::$reach,
            about: About::$about,
            sentence: $sentence,
            value: $value,
        },)*];
    };
}

facts! {
    Row, "row", [], Number, Row, Record, "the number of the row, from 1",
        |asked| asked.of_row(|row| Val::Int(row.index as i128 + 1));
    Line, "line", [], Number, File, Record, "the line of the file on which the row begins, from 1, as editors count",
        |asked| asked.around.line.map_or(Val::Missing, |line| Val::Int(line.into()));
    Id, "id", [], Id, Row, Id, "the ULID",
        |asked| asked.of_id(Val::Id);
    Time, "time", [], Time, Row, Id, "the time in it",
        |asked| asked.of_id(|id| Val::Time(ms(id)));
    UnixMs, "unix_ms", ["ms"], Number, Row, Id, "the same in milliseconds since 1970",
        |asked| asked.of_id(|id| Val::Int(ms(id).into()));
    Age, "age", [], Duration, Row, Id, "the time from then until now",
        |asked| asked.of_id(|id| Val::Duration(asked.now.saturating_sub(ms(id))));
    Random, "random", [], Number, Row, Id, "its 80 bits behind the time as a number; six of them are fixed in a UUIDv7",
        |asked| asked.of_id(|id| Val::Int(id.random().cast_signed()));
    RandomHex, "random_hex", [], Text, Row, Id, "the same as 20 hexadecimal digits",
        |asked| asked.of_id(|id| text(format!("{:020x}", id.random())));
    UuidVersion, "uuid_version", [], Number, Row, Id, "7 if the ID is a UUID of version 7, as TypeIDs are; none of a ULID",
        |asked| asked.of_row(|row| row.uuid_version().map_or(Val::Missing, |version| Val::Int(version.into())));
    Valid, "valid", [], Bool, Row, Record, "true if the row has a ULID",
        |asked| asked.of_row(|row| Val::Bool(row.id.is_ok()));
    Fault, "fault", [], Text, Row, Id, "why the row has no ULID, in a word: \"length\", \"character\", \"overflow\", \"uuid\", \"absent\"",
        |asked| asked.of_fault(|fault| Val::Text(Cow::Borrowed(fault.kind.code().as_bytes())));
    Message, "message", [], Text, Row, Id, "the same in a sentence",
        |asked| asked.of_row(|row| row.reason().map_or(Val::Missing, text));
    Position, "position", [], Number, Row, Id, "the first wrong character of the ID, from 1",
        |asked| asked.of_fault(|fault| Val::Int(fault.position as i128 + 1));
    SincePrevious, "since_previous", ["gap"], Duration, Before, Order, "the time since the valid ID before it",
        |asked| asked.since_previous();
    OutOfOrder, "out_of_order", [], Bool, Before, Order, "true if the ID is smaller than the valid one before it",
        |asked| asked.out_of_order();
    Duplicate, "duplicate", [], Bool, File, Order, "true if an earlier row has the same ID",
        |asked| asked.around.duplicate.map_or(Val::Missing, Val::Bool);
    Offset, "offset", [], Number, Row, Record, "the byte of the source at which the row begins, from 0",
        |asked| asked.of_row(|row| Val::Int(row.offset.into()));
    Length, "length", [], Number, Row, Record, "the bytes of the row without its line end",
        |asked| asked.of_row(|row| Val::Int(row.full_len.into()));
    Text, "text", [], Text, Row, Record, "the row as it stands in the source",
        |asked| asked.of_row(|row| Val::Text(readable_bytes(row.text)));
}

/// A name that is read for one release more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldName {
    /// The old name.
    pub name: &'static str,
    /// Expression that says the same.
    pub instead: &'static str,
}

/// Every old name, in the query language and in the inspector.
pub const OLD_NAMES: &[OldName] = &[
    OldName {
        name: "ordered",
        instead: "(valid and not out_of_order)",
    },
    OldName {
        name: "time_ms",
        instead: "unix_ms",
    },
    OldName {
        name: "randomness",
        instead: "random_hex",
    },
    OldName {
        name: "kind",
        instead: "fault",
    },
];

impl Fact {
    /// How the fact is declared.
    #[must_use]
    pub fn entry(self) -> &'static FactEntry {
        &FACTS[self as usize]
    }

    /// The fact of a name, or of another name that it has.
    #[must_use]
    pub fn named(name: &str) -> Option<Fact> {
        let is_named = |entry: &&FactEntry| entry.name == name || entry.others.contains(&name);
        FACTS.iter().find(is_named).map(|entry| entry.fact)
    }

    /// Value of a row, or of the row before or after it. Ages are counted up to `now`.
    #[must_use]
    pub fn value(self, around: &Around<'_>, side: Side, now: Timestamp) -> Value {
        let now = now.ms().cast_signed();
        self.val(around, side, now).into_value()
    }

    pub(crate) fn val<'a>(self, around: &Around<'a>, side: Side, now: i64) -> Val<'a> {
        (self.entry().value)(&Asked { around, side, now })
    }
}

impl<'a> Asked<'_, 'a> {
    fn row(&self) -> Option<&RowRef<'a>> {
        self.around.side(self.side)
    }

    fn of_row(&self, of: impl FnOnce(&RowRef<'a>) -> Val<'a>) -> Val<'a> {
        self.row().map_or(Val::Missing, of)
    }

    fn id(&self) -> Option<Ulid> {
        self.row()?.id.ok()
    }

    fn of_id(&self, of: impl FnOnce(Ulid) -> Val<'a>) -> Val<'a> {
        self.id().map_or(Val::Missing, of)
    }

    fn of_fault(&self, of: impl FnOnce(&codec::Fault) -> Val<'a>) -> Val<'a> {
        let fault = self.row().and_then(RowRef::fault);
        fault.as_ref().map_or(Val::Missing, of)
    }

    fn since_previous(&self) -> Val<'a> {
        let both = self.id().zip(self.around.valid_before);
        both.map_or(Val::Missing, |(id, before)| {
            Val::Duration(ms(id) - ms(before))
        })
    }

    fn out_of_order(&self) -> Val<'a> {
        let both = self.id().zip(self.around.valid_before);
        Val::Bool(both.is_some_and(|(id, before)| id < before))
    }
}

fn ms(id: Ulid) -> i64 {
    id.timestamp_ms().cast_signed()
}

fn text<'a>(text: String) -> Val<'a> {
    Val::Text(Cow::Owned(text.into_bytes()))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_two_facts_share_a_name_and_each_stands_at_its_place() {
        let mut names = HashSet::new();
        for (place, entry) in FACTS.iter().enumerate() {
            assert_eq!(entry.fact as usize, place);
            for name in entry.others.iter().chain([&entry.name]) {
                assert!(names.insert(*name), "{name}");
            }
        }
        for old in OLD_NAMES {
            assert!(names.insert(old.name), "{}", old.name);
        }
    }
}
