//! Keys by which rows of two files belong together, and hashes of what is compared of them.

use std::{borrow::Cow, hash::BuildHasher as _};

use hashbrown::DefaultHashBuilder;

use crate::{RowSet, anatomy::repair, row::RowRef};

/// The fields of an object beyond the columns, with their values, by their names.
pub(super) fn further<'a>(row: &RowRef<'a>) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    let names = row.surplus_names();
    if names.is_empty() {
        return Vec::new();
    }
    let cells = row.cells();
    let behind = cells.len().saturating_sub(names.len());
    let mut fields: Vec<_> = names
        .into_iter()
        .zip(cells.into_iter().skip(behind))
        .collect();
    fields.sort_unstable();
    fields
}

/// The key of a row whose ID is broken, and whether it was repaired for it: what its text most likely stood for, or else
/// the text as it stands. `None` for one without any.
pub(super) fn key_of_fault(row: &RowRef<'_>, hash: &DefaultHashBuilder) -> (Option<u128>, bool) {
    let text = row.id_text();
    if row.fault().is_none() || text.is_empty() {
        return (None, false);
    }
    match repair(&text) {
        Some(repair) => (Some(repair.id.to_u128()), true),
        None => (Some(wide_hash(text.as_bytes(), hash)), false),
    }
}

pub(super) fn wide_hash(text: &[u8], hash: &DefaultHashBuilder) -> u128 {
    let (high, low) = (hash.hash_one((0_u8, text)), hash.hash_one((1_u8, text)));
    u128::from(high) << 64 | u128::from(low)
}

/// Findings of a pass in rows.
#[derive(Default)]
pub(super) struct Part {
    pub(super) first_row: u64,
    pub(super) keys: Vec<u128>,
    /// Hashes of the texts; empty where none are compared.
    pub(super) contents: Vec<u64>,
    /// Rows without a key.
    pub(super) without: Vec<u64>,
    pub(super) repaired: u64,
}

/// Rows of one pass, with their keys.
#[derive(Default)]
pub(super) struct Keyed {
    pub(super) keys: Vec<u128>,
    pub(super) contents: Vec<u64>,
    /// Which rows they are; empty where they are all.
    pub(super) rows: Vec<u32>,
    /// Rows of all that have no key.
    pub(super) without: RowSet,
    pub(super) repaired: u64,
}

impl Keyed {
    /// Takes the rows of one of several shares of the keys.
    pub(super) fn take(&mut self, part: &Part, share: u64, shares: u64) {
        self.without.extend(part.without.iter().copied());
        self.repaired += part.repaired;
        if shares == 1 {
            self.keys.extend_from_slice(&part.keys);
            self.contents.extend_from_slice(&part.contents);
            return;
        }
        let mut without = part.without.iter().peekable();
        for (at, (row, &key)) in (part.first_row..).zip(&part.keys).enumerate() {
            let is_without = without.next_if_eq(&&row).is_some();
            if share_of(key, shares) == share
                && !is_without
                && let Ok(row) = u32::try_from(row)
            {
                self.keys.push(key);
                self.rows.push(row);
                self.contents.extend(part.contents.get(at));
            }
        }
    }

    /// The hash of the text of a row.
    pub(super) fn content(&self, row: u32) -> Option<u64> {
        let place = match self.rows.is_empty() {
            true => row as usize,
            false => self.rows.binary_search(&row).ok()?,
        };
        self.contents.get(place).copied()
    }
}

/// The share of the keys that one belongs to.
pub(super) fn share_of(key: u128, shares: u64) -> u64 {
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let folded = (key as u64 ^ (key >> 64) as u64).wrapping_mul(SPREAD);
    (folded >> 32) % shares
}
