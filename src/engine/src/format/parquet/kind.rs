//! Kinds of the values of a Parquet file, from its schema; and the schema without the annotations that the crate makes
//! values of too early: its times lose digits, and those of far years, intervals and lists of another build end the program.

use std::sync::Arc;

use parquet::{
    basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical},
    errors::Result,
    schema::types::Type,
};

use crate::cell::CellType;

/// Unit in which times are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

impl Unit {
    /// Digits of a fraction of a second.
    pub(super) fn digits(self) -> usize {
        match self {
            Unit::Milliseconds => 3,
            Unit::Microseconds => 6,
            Unit::Nanoseconds => 9,
        }
    }

    /// How many of it a second has.
    pub(super) fn per_second(self) -> i64 {
        match self {
            Unit::Milliseconds => 1_000,
            Unit::Microseconds => 1_000_000,
            Unit::Nanoseconds => 1_000_000_000,
        }
    }
}

impl From<TimeUnit> for Unit {
    fn from(unit: TimeUnit) -> Unit {
        match unit {
            TimeUnit::MILLIS => Unit::Milliseconds,
            TimeUnit::MICROS => Unit::Microseconds,
            TimeUnit::NANOS => Unit::Nanoseconds,
        }
    }
}

/// The kind of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    Bool,
    Number,
    /// Text, or bytes.
    Bytes,
    /// A point in time: of all the world, or of a wall clock of which nobody says where it hangs.
    Time {
        unit: Unit,
        is_utc: bool,
    },
    /// Days since 1970.
    Day,
    /// Time since midnight.
    TimeOfDay(Unit),
    /// Months, days and milliseconds.
    Interval,
    List(Box<Kind>),
    Object(Vec<(String, Kind)>),
    /// A map, by the kinds of its keys and its values.
    Map(Box<Kind>, Box<Kind>),
}

impl Kind {
    /// The kind of a field's values.
    pub(super) fn of(field: &Type) -> Kind {
        let kind = match field {
            Type::PrimitiveType { physical_type, .. } => of_primitive(field, *physical_type),
            Type::GroupType { .. } => of_group(field),
        };
        let is_list = matches!(field, Type::GroupType { .. }) && is_list(field);
        match repetition(field) {
            Some(Repetition::REPEATED) if !is_list => Kind::List(Box::new(kind)),
            _ => kind,
        }
    }

    /// The type of the cells that its values become.
    pub(super) fn cell_type(&self) -> CellType {
        match self {
            Kind::Bool => CellType::Bool,
            Kind::Number => CellType::Number,
            Kind::Bytes | Kind::Interval => CellType::Text,
            Kind::Time { .. } | Kind::Day => CellType::Time,
            Kind::TimeOfDay(_) => CellType::TimeOfDay,
            Kind::List(items) => CellType::List(Box::new(items.cell_type())),
            Kind::Object(members) => {
                let members = members.iter();
                CellType::Object(
                    members
                        .map(|(name, kind)| (name.clone(), kind.cell_type()))
                        .collect(),
                )
            }
            Kind::Map(_, values) => CellType::Map(Box::new(values.cell_type())),
        }
    }
}

fn of_primitive(field: &Type, physical: Physical) -> Kind {
    if physical == Physical::INT96 {
        // which the crate gives in milliseconds
        let unit = Unit::Milliseconds;
        return Kind::Time { unit, is_utc: true };
    }
    let info = field.get_basic_info();
    match info.logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => {
            return Kind::Time {
                unit: time.unit.into(),
                is_utc: time.is_adjusted_to_u_t_c,
            };
        }
        Some(LogicalType::Time(time)) => return Kind::TimeOfDay(time.unit.into()),
        Some(LogicalType::Float16) => return Kind::Number,
        _ => {}
    }
    let time = |unit| Kind::Time { unit, is_utc: true };
    match (info.converted_type(), physical) {
        (ConvertedType::TIMESTAMP_MILLIS, _) => time(Unit::Milliseconds),
        (ConvertedType::TIMESTAMP_MICROS, _) => time(Unit::Microseconds),
        (ConvertedType::TIME_MILLIS, _) => Kind::TimeOfDay(Unit::Milliseconds),
        (ConvertedType::TIME_MICROS, _) => Kind::TimeOfDay(Unit::Microseconds),
        (ConvertedType::DATE, _) => Kind::Day,
        (ConvertedType::INTERVAL, _) => Kind::Interval,
        (ConvertedType::DECIMAL, _) => Kind::Number,
        (_, Physical::BOOLEAN) => Kind::Bool,
        (_, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY) => Kind::Bytes,
        _ => Kind::Number,
    }
}

fn of_group(field: &Type) -> Kind {
    let fields = field.get_fields();
    match fields {
        [entries] if is_map(field) => match entries.get_fields() {
            [keys, values] => Kind::Map(Box::new(Kind::of(keys)), Box::new(Kind::of(values))),
            [keys] => Kind::List(Box::new(Kind::of(keys))),
            _ => of_members(fields),
        },
        [repeated] if is_list(field) => Kind::List(Box::new(of_elements(field, repeated))),
        _ => of_members(fields),
    }
}

fn of_members(fields: &[Arc<Type>]) -> Kind {
    let members = fields.iter();
    Kind::Object(
        members
            .map(|field| (field.name().to_owned(), Kind::of(field)))
            .collect(),
    )
}

/// The kind of the elements of a list, whose repeated field is an element itself or a group around it.
fn of_elements(list: &Type, repeated: &Type) -> Kind {
    if is_element(list, repeated) {
        return match repeated {
            Type::PrimitiveType { physical_type, .. } => of_primitive(repeated, *physical_type),
            Type::GroupType { .. } => of_group(repeated),
        };
    }
    repeated
        .get_fields()
        .first()
        .map_or(Kind::Bytes, |element| Kind::of(element))
}

/// True if the repeated field of a list is what repeats, as the rules of the format for older writers say.
fn is_element(list: &Type, repeated: &Type) -> bool {
    if is_list(repeated) || repeats_one(repeated) {
        return false;
    }
    repeated.is_primitive()
        || repeated.get_fields().len() > 1
        || repeated.name() == "array"
        || repeated.name() == format!("{}_tuple", list.name())
}

fn repetition(field: &Type) -> Option<Repetition> {
    let info = field.get_basic_info();
    info.has_repetition().then(|| info.repetition())
}

/// True for a list as the format demands it.
fn is_list(field: &Type) -> bool {
    let is_annotated = field.get_basic_info().converted_type() == ConvertedType::LIST;
    is_annotated && repeats_one(field)
}

/// True for a map as the format demands it.
fn is_map(field: &Type) -> bool {
    let converted = field.get_basic_info().converted_type();
    matches!(converted, ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE)
        && repeats_one(field)
        && matches!(field.get_fields(), [entries] if !entries.is_primitive() && entries.get_fields().len() <= 2)
}

/// True for a group of one field, which repeats and is not empty.
fn repeats_one(field: &Type) -> bool {
    match field {
        Type::GroupType { fields, .. } => match fields.as_slice() {
            [one] => repetition(one) == Some(Repetition::REPEATED) && !is_empty(one),
            _ => false,
        },
        Type::PrimitiveType { .. } => false,
    }
}

fn is_empty(field: &Type) -> bool {
    matches!(field, Type::GroupType { fields, .. } if fields.is_empty())
}

/// A field without the annotations that the crate is not to heed.
pub(super) fn bare(field: &Type) -> Result<Type> {
    let info = field.get_basic_info();
    match field {
        Type::PrimitiveType {
            physical_type,
            type_length,
            scale,
            precision,
            ..
        } => {
            let bare = Type::primitive_type_builder(field.name(), *physical_type)
                .with_length(*type_length)
                .with_repetition(repetition(field).unwrap_or(Repetition::REQUIRED));
            let is_heeded = Kind::of(field) == Kind::Number;
            match is_heeded {
                true => bare
                    .with_scale(*scale)
                    .with_precision(*precision)
                    .with_converted_type(info.converted_type())
                    .with_logical_type(info.logical_type_ref().cloned())
                    .build(),
                false => bare.build(),
            }
        }
        Type::GroupType { fields, .. } => {
            let fields = fields.iter().map(|field| Ok(Arc::new(bare(field)?)));
            let mut bare =
                Type::group_type_builder(field.name()).with_fields(fields.collect::<Result<_>>()?);
            if let Some(repetition) = repetition(field) {
                bare = bare.with_repetition(repetition);
            }
            match is_list(field) || is_map(field) {
                true => bare.with_converted_type(info.converted_type()).build(),
                false => bare.build(),
            }
        }
    }
}
