//! The one place where arrays become what the engine reads, and what it found becomes arrays.

use std::{ops::Range, sync::Arc};

use datafusion::{
    arrow::{
        array::{
            Array, ArrayRef, AsArray, BooleanArray, FixedSizeBinaryArray, StringArray,
            TimestampMillisecondArray,
        },
        buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer},
        compute::cast,
        datatypes::{DataType, Int64Type, TimeUnit, UInt32Type},
    },
    common::{Result, exec_err},
};
use ulid_engine::{
    Reading, Timestamp, Ulid,
    codec::{self, FaultKind, Kernel, Shape, TEXT_LEN},
    row::Spelling,
    version7::is_version_7,
};

/// The kind of IDs that a function is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Dialect {
    /// ULIDs: 26 characters of either case, or 16 bytes.
    Ulid,
    /// UUIDs of version 7: 36 characters of either case, or 16 bytes.
    Uuid7,
    /// UUIDs of any version. No function is for them alone, but ULIDs are written as them.
    Uuid,
}

impl Dialect {
    /// The name of a function for this kind.
    pub(crate) fn name(self, function: &str) -> String {
        match self {
            Dialect::Ulid => format!("ulid_{function}"),
            Dialect::Uuid7 => format!("uuid7_{function}"),
            Dialect::Uuid => format!("uuid_{function}"),
        }
    }

    /// The canonical text.
    pub(crate) fn print(self, id: Ulid) -> String {
        match self {
            Dialect::Ulid => Spelling::Ulid.print(id),
            Dialect::Uuid7 | Dialect::Uuid => Spelling::Uuid.print(id),
        }
    }

    fn read(self, text: &[u8]) -> Result<Ulid, FaultKind> {
        match self {
            Dialect::Ulid => codec::parse(text, Reading::Strict).map_err(|fault| fault.kind),
            Dialect::Uuid7 | Dialect::Uuid => read_uuid(text).and_then(|id| self.accept(id)),
        }
    }

    /// The ID of 16 bytes, if it is one of this kind.
    fn accept(self, id: Ulid) -> Result<Ulid, FaultKind> {
        match self {
            Dialect::Uuid7 if !is_version_7(id) => Err(FaultKind::Uuid),
            _ => Ok(id),
        }
    }

    /// True for the letters that canonical text does not have, among those of valid text.
    fn is_other_case(self, byte: u8) -> bool {
        match self {
            Dialect::Ulid => byte.is_ascii_lowercase(),
            Dialect::Uuid7 | Dialect::Uuid => byte.is_ascii_uppercase(),
        }
    }
}

/// A UUID of any version in its 36 characters.
fn read_uuid(text: &[u8]) -> Result<Ulid, FaultKind> {
    const LEN: usize = 36;
    if text.len() != LEN {
        let found = String::from_utf8_lossy(text).chars().count();
        return Err(FaultKind::Length { found });
    }
    let read = str::from_utf8(text).map(|text| Spelling::read(text, Reading::Strict));
    match read {
        Ok(Ok((Spelling::Uuid, id))) => Ok(id),
        _ => Err(FaultKind::Uuid),
    }
}

/// True for the types that IDs can have: text and 16 bytes in every layout, and NULL.
pub(crate) fn holds_ids(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_text(values) || is_bytes(values),
        DataType::Null => true,
        kind => is_text(kind) || is_bytes(kind),
    }
}

/// True for text in every layout.
pub(crate) fn holds_text(kind: &DataType) -> bool {
    match kind {
        DataType::Dictionary(_, values) => is_text(values),
        kind => is_text(kind),
    }
}

/// True for text in every layout but a dictionary.
pub(crate) fn is_text(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View
    )
}

fn is_bytes(kind: &DataType) -> bool {
    matches!(
        kind,
        DataType::FixedSizeBinary(16)
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
    )
}

/// The IDs of an array.
pub(crate) struct Ids {
    /// One for each row; of rows without an ID, no matter which.
    pub(crate) keys: Vec<u128>,
    /// Rows that are not NULL.
    pub(crate) nulls: Option<NullBuffer>,
    /// Rows that are neither NULL nor an ID, ascending, and why.
    pub(crate) faults: Vec<(usize, FaultKind)>,
    /// Rows with an ID in another case than the canonical one; counted only where it was asked for.
    pub(crate) other_case: Vec<usize>,
}

/// Rows that the kernel reads at once; their text lies in the first cache.
const BLOCK: usize = 256;

impl Ids {
    /// Reads an array of a type that [`holds_ids`]. `with_case` asks for the rows in another case.
    pub(crate) fn read(array: &dyn Array, dialect: Dialect, with_case: bool) -> Result<Ids> {
        let mut ids = Ids {
            keys: vec![0; array.len()],
            nulls: array
                .nulls()
                .filter(|nulls| nulls.null_count() > 0)
                .cloned(),
            faults: Vec::new(),
            other_case: Vec::new(),
        };
        macro_rules! texts {
            ($texts:expr) => {{
                let texts = $texts;
                ids.read_texts(dialect, with_case, |row| texts.value(row).as_bytes())
            }};
        }
        macro_rules! bytes {
            ($bytes:expr) => {{
                let bytes = $bytes;
                ids.read_bytes(dialect, |row| bytes.value(row))
            }};
        }
        match array.data_type() {
            DataType::Utf8 => texts!(array.as_string::<i32>()),
            DataType::LargeUtf8 => texts!(array.as_string::<i64>()),
            DataType::Utf8View => texts!(array.as_string_view()),
            DataType::FixedSizeBinary(16) => bytes!(array.as_fixed_size_binary()),
            DataType::Binary => bytes!(array.as_binary::<i32>()),
            DataType::LargeBinary => bytes!(array.as_binary::<i64>()),
            DataType::BinaryView => bytes!(array.as_binary_view()),
            DataType::Dictionary(..) => return Ids::of_dictionary(array, dialect, with_case),
            DataType::Null => ids.nulls = Some(NullBuffer::new_null(array.len())),
            other => return exec_err!("{other} holds no IDs"),
        }
        Ok(ids)
    }

    /// Reads each value of a dictionary once.
    fn of_dictionary(array: &dyn Array, dialect: Dialect, with_case: bool) -> Result<Ids> {
        let dictionary = array.as_any_dictionary();
        let values = Ids::read(dictionary.values(), dialect, with_case)?;
        let places = cast(dictionary.keys(), &DataType::UInt32)?;
        let places = places.as_primitive::<UInt32Type>();
        let mut fault_of = vec![None; values.keys.len()];
        for &(value, kind) in &values.faults {
            fault_of[value] = Some(kind);
        }
        let mut is_other = vec![false; values.keys.len()];
        for &value in &values.other_case {
            is_other[value] = true;
        }
        let mut ids = Ids {
            keys: vec![0; array.len()],
            nulls: array.logical_nulls(),
            faults: Vec::new(),
            other_case: Vec::new(),
        };
        for row in 0..array.len() {
            let Some(value) = ids.is_there(row).then(|| places.value(row) as usize) else {
                continue;
            };
            ids.keys[row] = values.keys[value];
            ids.faults.extend(fault_of[value].map(|kind| (row, kind)));
            ids.other_case.extend(is_other[value].then_some(row));
        }
        Ok(ids)
    }

    fn is_there(&self, row: usize) -> bool {
        self.nulls.as_ref().is_none_or(|nulls| nulls.is_valid(row))
    }

    fn read_bytes<'a>(&mut self, dialect: Dialect, value: impl Fn(usize) -> &'a [u8]) {
        for row in 0..self.keys.len() {
            if !self.is_there(row) {
                continue;
            }
            let bytes = value(row);
            let id =
                <[u8; 16]>::try_from(bytes).map_err(|_| FaultKind::Length { found: bytes.len() });
            match id.and_then(|bytes| dialect.accept(Ulid::from_bytes(bytes))) {
                Ok(id) => self.keys[row] = id.to_u128(),
                Err(kind) => self.faults.push((row, kind)),
            }
        }
    }

    fn read_texts<'a>(
        &mut self,
        dialect: Dialect,
        with_case: bool,
        text: impl Fn(usize) -> &'a [u8],
    ) {
        for start in (0..self.keys.len()).step_by(BLOCK) {
            let rows = start..self.keys.len().min(start + BLOCK);
            let faults = self.faults.len();
            let may_have_other_case = match dialect {
                Dialect::Ulid => self.read_block(rows.clone(), &text),
                Dialect::Uuid7 | Dialect::Uuid => {
                    rows.clone()
                        .for_each(|row| self.read_one(dialect, row, &text));
                    true
                }
            };
            if with_case && may_have_other_case {
                self.find_other_case(dialect, rows, faults, &text);
            }
        }
    }

    /// Reads ULIDs side by side. Where one is none, the kernel goes on behind it. True if any of the texts has a lower case
    /// letter.
    fn read_block<'a>(&mut self, rows: Range<usize>, text: &impl Fn(usize) -> &'a [u8]) -> bool {
        /// A record that is no ULID.
        const NO_ID: [u8; TEXT_LEN] = [b'!'; TEXT_LEN];
        let (start, end) = (rows.start, rows.end);
        let mut records = [NO_ID; BLOCK];
        for (record, row) in records.iter_mut().zip(rows) {
            if let Ok(text) = text(row).try_into() {
                *record = text;
            }
        }
        let kernel = Kernel::active();
        let mut row = start;
        while row < end {
            let rest = records[row - start..end - start].as_flattened();
            let keys = &mut self.keys[row..end];
            row += kernel.parse_records(rest, Shape::Packed, Reading::Strict, keys);
            if row < end {
                self.read_one(Dialect::Ulid, row, text);
                row += 1;
            }
        }
        // Of ASCII, lower case letters alone have both bits, but for five signs: those are looked at once more.
        let both = |seen: u8, &byte: &u8| seen | byte & (byte << 1);
        records.as_flattened().iter().fold(0, both) & 0x40 != 0
    }

    fn read_one<'a>(&mut self, dialect: Dialect, row: usize, text: &impl Fn(usize) -> &'a [u8]) {
        self.keys[row] = 0;
        if !self.is_there(row) {
            return;
        }
        match dialect.read(text(row)) {
            Ok(id) => self.keys[row] = id.to_u128(),
            Err(kind) => self.faults.push((row, kind)),
        }
    }

    /// Finds the rows in another case among some, whose faults begin at a place.
    fn find_other_case<'a>(
        &mut self,
        dialect: Dialect,
        rows: Range<usize>,
        faults: usize,
        text: &impl Fn(usize) -> &'a [u8],
    ) {
        let faults = self.faults.get(faults..).unwrap_or_default();
        let mut faults = faults.iter().map(|&(row, _)| row).peekable();
        for row in rows {
            let is_fault = faults.next_if_eq(&row).is_some();
            let is_valid = !is_fault && self.is_there(row);
            if is_valid && text(row).iter().any(|&byte| dialect.is_other_case(byte)) {
                self.other_case.push(row);
            }
        }
    }

    /// Rows with an ID; `None` if all have one.
    pub(crate) fn valid(&self) -> Option<NullBuffer> {
        if self.faults.is_empty() {
            return self.nulls.clone();
        }
        let valid = NullBuffer::from(self.without_fault());
        NullBuffer::union(self.nulls.as_ref(), Some(&valid))
    }

    /// Calls `run` with each run of rows that all have an ID.
    pub(crate) fn runs(&self, mut run: impl FnMut(&[u128])) {
        match self.valid() {
            None => run(&self.keys),
            Some(valid) => valid
                .valid_slices()
                .for_each(|(from, to)| run(&self.keys[from..to])),
        }
    }

    /// The times, each put through `then`, in a zone of this name.
    pub(crate) fn times(&self, zone: &str, then: impl FnMut(i64) -> i64) -> ArrayRef {
        let ms = self.keys.iter().map(|key| (key >> 80) as i64).map(then);
        let times = TimestampMillisecondArray::new(ms.collect(), self.valid());
        Arc::new(times.with_timezone(zone))
    }

    /// True for an ID, false for a fault.
    pub(crate) fn validity(&self) -> ArrayRef {
        let valid = match self.faults.is_empty() {
            true => BooleanBuffer::new_set(self.keys.len()),
            false => self.without_fault().into(),
        };
        Arc::new(BooleanArray::new(valid, self.nulls.clone()))
    }

    /// False for each row with a fault.
    fn without_fault(&self) -> Vec<bool> {
        let mut valid = vec![true; self.keys.len()];
        for &(row, _) in &self.faults {
            valid[row] = false;
        }
        valid
    }

    /// The name of each fault; NULL for an ID.
    pub(crate) fn fault_names(&self) -> ArrayRef {
        let mut names = vec![None; self.keys.len()];
        for &(row, kind) in &self.faults {
            names[row] = Some(kind.code());
        }
        Arc::new(StringArray::from(names))
    }

    /// The IDs as canonical text.
    pub(crate) fn texts(&self, dialect: Dialect) -> Result<ArrayRef> {
        match dialect {
            Dialect::Ulid => ulid_texts(&self.keys, self.valid()),
            Dialect::Uuid7 | Dialect::Uuid => Ok(self.printed(dialect)),
        }
    }

    fn printed(&self, dialect: Dialect) -> ArrayRef {
        let valid = self.valid();
        let is_valid = |row| valid.as_ref().is_none_or(|valid| valid.is_valid(row));
        let print = |(row, &key)| is_valid(row).then(|| dialect.print(Ulid::from_u128(key)));
        let texts: StringArray = self.keys.iter().enumerate().map(print).collect();
        Arc::new(texts)
    }

    /// The IDs as 16 bytes.
    pub(crate) fn bytes(&self) -> Result<ArrayRef> {
        let bytes: Vec<[u8; 16]> = self.keys.iter().map(|key| key.to_be_bytes()).collect();
        fixed(16, bytes.into_flattened(), self.valid())
    }

    /// The ten bytes behind the time.
    pub(crate) fn randomness(&self) -> Result<ArrayRef> {
        let of = |key: &u128| {
            let [_, _, _, _, _, _, random @ ..] = key.to_be_bytes();
            random
        };
        let bytes: Vec<[u8; 10]> = self.keys.iter().map(of).collect();
        fixed(10, bytes.into_flattened(), self.valid())
    }
}

fn fixed(width: i32, bytes: Vec<u8>, valid: Option<NullBuffer>) -> Result<ArrayRef> {
    let bytes = Buffer::from_vec(bytes);
    Ok(Arc::new(FixedSizeBinaryArray::try_new(
        width, bytes, valid,
    )?))
}

/// ULIDs as text.
pub(crate) fn ulid_texts(keys: &[u128], valid: Option<NullBuffer>) -> Result<ArrayRef> {
    let (mut offsets, mut data) = (Vec::<i32>::new(), Vec::new());
    if codec::print_column(keys, &mut offsets, &mut data).is_err() {
        return exec_err!("{} IDs are too many for one array of text", keys.len());
    }
    let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
    let texts = StringArray::try_new(offsets, Buffer::from_vec(data), valid)?;
    Ok(Arc::new(texts))
}

/// True for the types that times can have: timestamps of every unit, dates, text as the engine reads it, and NULL.
pub(crate) fn holds_times(kind: &DataType) -> bool {
    let is_time = |kind| {
        matches!(
            kind,
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 | DataType::Null
        )
    };
    is_text(kind) || is_time(kind.clone())
}

/// The times of an array of a type that [`holds_times`]. Of a time finer than a millisecond the rest is cut off. `None` for
/// NULL, and for what no ID can have: a time before 1970 or after 10889, a text that is no time.
pub(crate) fn read_times(array: &dyn Array) -> Result<Vec<Option<Timestamp>>> {
    const DAY_MS: i128 = 86_400_000;
    let per_ms = |multiply: i128, divide: i128| -> Result<Vec<Option<Timestamp>>> {
        let numbers = cast(array, &DataType::Int64)?;
        let numbers = numbers.as_primitive::<Int64Type>();
        let ms = |number: i64| (i128::from(number) * multiply).div_euclid(divide);
        let time = |number| Timestamp::from_ms(ms(number)).ok();
        Ok(numbers.iter().map(|number| number.and_then(time)).collect())
    };
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => per_ms(1_000, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) | DataType::Date64 => per_ms(1, 1),
        DataType::Timestamp(TimeUnit::Microsecond, _) => per_ms(1, 1_000),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => per_ms(1, 1_000_000),
        DataType::Date32 => per_ms(DAY_MS, 1),
        DataType::Null => Ok(vec![None; array.len()]),
        _ => {
            let texts = cast(array, &DataType::LargeUtf8)?;
            let texts = texts.as_string::<i64>();
            Ok(texts.iter().map(|text| text?.parse().ok()).collect())
        }
    }
}
