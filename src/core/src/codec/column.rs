//! Columns of text as Arrow and others hold them: the characters of all rows in one piece, and where each row ends.

use super::{Fault, Kernel, Key, Reading, Shape, TEXT_LEN, fault::rescan};

/// A row of a column that is no ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowFault {
    /// Which row it is, from 0.
    pub row: usize,
    /// The fault.
    pub fault: Fault,
}

impl core::fmt::Display for RowFault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "row {}: {}", self.row + 1, self.fault)
    }
}

impl core::error::Error for RowFault {}

/// A place in a column: `i32`, or `i64` for large ones.
pub trait Offset: Copy + TryInto<usize> {}

impl Offset for i32 {}
impl Offset for i64 {}

/// Reads the rows of a column of text: row `n` is `data` from `offsets[n]` to `offsets[n + 1]`. As many are read as there
/// are rows and room in `out`; says how many.
///
/// ```
/// use ulid_core::{Reading, Ulid, codec, ulid};
///
/// let data = b"01ARZ3NDEKTSV4RRFFQ69G5FAV7ZZZZZZZZZZZZZZZZZZZZZZZZZ";
/// let mut ids = [Ulid::NIL; 2];
/// assert_eq!(codec::parse_column(&[0, 26, 52], data, Reading::Strict, &mut ids), Ok(2));
/// assert_eq!(ids, [ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV"), Ulid::MAX]);
/// ```
///
/// # Errors
///
/// The first row that is no ULID. Those before it are in `out`. A row that lies outside of the data is one without text.
pub fn parse_column<K: Key>(
    offsets: &[impl Offset],
    data: &[u8],
    reading: Reading,
    out: &mut [K],
) -> Result<usize, RowFault> {
    let rows = out.len().min(offsets.len().saturating_sub(1));
    let kernel = Kernel::active();
    let (offsets, out) = (&offsets[..offsets.len().min(rows + 1)], &mut out[..rows]);
    let mut done = 0;
    while done < rows {
        // As long as rows have 26 characters they lie behind one another as records do.
        let packed = packed_rows(&offsets[done..], data);
        done += kernel.parse_records(packed, Shape::Packed, reading, &mut out[done..]);
        let Some(slot) = out.get_mut(done..=done) else {
            break;
        };
        let row = row(&offsets[done..], data);
        let id = rescan(row, reading).map_err(|fault| RowFault { row: done, fault })?;
        slot.fill(K::of(id));
        done += 1;
    }
    Ok(done)
}

/// The first row; no text where it lies outside of the data.
fn row<'a>(offsets: &[impl Offset], data: &'a [u8]) -> &'a [u8] {
    let place = |index: usize| {
        let offset = *offsets.get(index)?;
        offset.try_into().ok()
    };
    let bytes = |from, to| data.get(from..to);
    place(0)
        .zip(place(1))
        .and_then(|(from, to)| bytes(from, to))
        .unwrap_or_default()
}

/// The text of the rows up to the first that has not 26 characters.
fn packed_rows<'a>(offsets: &[impl Offset], data: &'a [u8]) -> &'a [u8] {
    let mut places = offsets.iter().map(|&offset| offset.try_into().ok());
    let Some(Some(start)) = places.next() else {
        return &[];
    };
    let mut end: usize = start;
    for place in places {
        if place != end.checked_add(TEXT_LEN) {
            break;
        }
        end += TEXT_LEN;
    }
    data.get(start..end).unwrap_or_default()
}

/// Appends ULIDs to a column of text, and the place where each of them ends to its offsets, which begin with a 0 if they
/// are empty.
///
/// ```
/// use ulid_core::{codec, ulid};
///
/// let (mut offsets, mut data) = (Vec::<i32>::new(), Vec::new());
/// codec::print_column(&[ulid!("01ARZ3NDEKTSV4RRFFQ69G5FAV")], &mut offsets, &mut data)?;
/// assert_eq!(offsets, [0, 26]);
/// assert_eq!(data, b"01ARZ3NDEKTSV4RRFFQ69G5FAV");
/// # Ok::<(), ulid_core::codec::ColumnFull>(())
/// ```
///
/// # Errors
///
/// [`ColumnFull`] where the places do not fit the type of the offsets; nothing is appended then.
#[cfg(feature = "alloc")]
pub fn print_column<O: Offset + TryFrom<usize>>(
    keys: &[impl Key],
    offsets: &mut alloc::vec::Vec<O>,
    data: &mut alloc::vec::Vec<u8>,
) -> Result<(), ColumnFull> {
    let begun = data.len();
    let place = |rows: usize| O::try_from(begun + TEXT_LEN * rows).map_err(|_| ColumnFull);
    let (first, _) = (place(0)?, place(keys.len())?);
    if offsets.is_empty() {
        offsets.push(first);
    }
    // The largest of them fits.
    offsets.extend((1..=keys.len()).map_while(|rows| place(rows).ok()));
    data.resize(begun + TEXT_LEN * keys.len(), 0);
    Kernel::active().print_records(keys, Shape::Packed, &mut data[begun..]);
    Ok(())
}

/// A column whose offsets cannot count further.
#[cfg(feature = "alloc")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ColumnFull;

#[cfg(feature = "alloc")]
impl core::fmt::Display for ColumnFull {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the column is larger than its offsets can count; begin another, or use i64")
    }
}

#[cfg(feature = "alloc")]
impl core::error::Error for ColumnFull {}
