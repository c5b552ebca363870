//! Places that IDs may stand in, and the spellings that are told apart.

use super::uuids;
use crate::{
    format::OpenOptions,
    spelling::{PLAUSIBLE_MS, Spelling},
};

/// A place that IDs may stand in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) column: usize,
    pub(super) spelling: Spelling,
    pub(super) ids: usize,
    /// With those that are spelled in another way.
    pub(super) all: usize,
}

/// The spellings that are told apart, the likeliest last. Columns of UUIDs hold them in any way that a UUID is written.
const SPELLINGS: [Spelling; 5] = [
    Spelling::Base64,
    Spelling::Integer,
    Spelling::Uuid,
    Spelling::Prefixed,
    Spelling::Ulid,
];

/// How many texts in a column are IDs, by their spelling.
pub(super) type Counts = [usize; SPELLINGS.len()];

pub(super) fn count_id(counts: &mut Counts, text: &[u8], options: &OpenOptions) {
    let found = spelling(text, options);
    let rank = SPELLINGS.iter().position(|&one| Some(one) == found);
    if let Some(count) = rank.and_then(|rank| counts.get_mut(rank)) {
        *count += 1;
    }
}

/// The column with the most IDs in so many rows; of several, ULIDs before prefixed ones before UUIDs, then the first.
pub(super) fn best_column<'c>(
    columns: impl Iterator<Item = &'c Counts>,
    rows: usize,
) -> Option<Candidate> {
    let candidates = columns.enumerate().flat_map(|(column, counts)| {
        let ranked = counts.iter().zip(SPELLINGS).enumerate();
        ranked.map(move |(rank, (&ids, spelling))| {
            let candidate = Candidate {
                column,
                spelling,
                ids,
                all: counts.iter().sum(),
            };
            (rank, candidate)
        })
    });
    let found = candidates.filter(|(_, candidate)| candidate.ids > 0);
    let best = found.max_by_key(|(rank, candidate)| {
        // A column full of UUIDs loses against one with a fair share of ULIDs.
        let has_share = candidate.ids * 2 + 1 >= rows;
        let first = usize::MAX - candidate.column;
        (has_share, *rank, candidate.ids, first)
    });
    best.map(|(_, candidate)| candidate)
}

/// The spelling that most of the records have.
pub(super) fn spelling_of<'a>(
    records: impl Iterator<Item = &'a [u8]> + Clone,
    options: &OpenOptions,
) -> Spelling {
    let count = |wanted| {
        let is_wanted = |record: &&[u8]| spelling(record, options) == Some(wanted);
        records.clone().filter(is_wanted).count()
    };
    let others = SPELLINGS
        .into_iter()
        .filter(|&other| other != Spelling::Ulid);
    let most = others.max_by_key(|&other| count(other));
    options.spelling.unwrap_or_else(|| {
        most.filter(|&other| count(other) > count(Spelling::Ulid))
            .unwrap_or_default()
    })
}

/// How a text spells an ID, if it does; every way to write a UUID is one of them.
pub(super) fn spelling(text: &[u8], options: &OpenOptions) -> Option<Spelling> {
    if options.spelling == Some(Spelling::Guid) && uuids::is_guid(text) {
        return Some(Spelling::Uuid);
    }
    let (spelling, id) = Spelling::of(text, options.reading)?;
    match spelling {
        Spelling::Ulid | Spelling::Prefixed => Some(spelling),
        // any 128 bits may be a number or a hash; those that begin with a time are IDs
        _ if !PLAUSIBLE_MS.contains(&id.timestamp_ms()) => None,
        Spelling::Integer | Spelling::Base64 => Some(spelling),
        _ => Some(Spelling::Uuid),
    }
}
