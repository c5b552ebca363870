//! IDs that stand somewhere in a text: the first ULID, or the first UUID of version 7.

use std::{ops::Range, sync::LazyLock};

use memchr::{memchr_iter, memmem::Finder};

use super::as_index;
use crate::{
    Ulid,
    codec::TEXT_LEN,
    find,
    spelling::{PLAUSIBLE_MS, Spelling},
    version7::is_version_7,
};

/// Characters of a UUID, and those before its first hyphen.
pub(crate) const UUID_LEN: usize = 36;
const FIRST_GROUP: usize = 8;
/// Characters before the hyphen that the version follows.
const TWO_GROUPS: usize = 13;

/// An ID and where in the text it stands.
pub(crate) type Found = (Range<usize>, Ulid);

/// The first ULID of a text.
pub(crate) fn first_ulid(text: &[u8]) -> Option<Found> {
    let mut first = None;
    find::each(text, find::Options::default(), |found| {
        first.get_or_insert(found);
    });
    let found = first?;
    let start = as_index(found.offset);
    Some((start..start + TEXT_LEN, found.id))
}

/// The first ID of a text: a ULID, or a UUID of version 7 with a time of ours.
pub(crate) fn first(text: &[u8]) -> Option<Found> {
    let ulid = first_ulid(text);
    // one that begins before the ULID ends before it
    let end = ulid.as_ref().map_or(text.len(), |(at, _)| at.start);
    let before = text.get(..end).unwrap_or_default();
    let uuid = uuids(before)
        .next()
        .filter(|(at, _)| at.end < end || end == text.len());
    uuid.or(ulid)
}

/// Every ID of a text, from the first.
#[derive(Debug, Default)]
pub(crate) struct All(Vec<(usize, Ulid, bool)>);

impl All {
    /// IDs that [`first`] finds in each part of a text, found at once: that is several times as fast.
    pub(crate) fn of(text: &[u8]) -> All {
        let mut all = Vec::new();
        find::each(text, find::Options::default(), |found| {
            all.push((as_index(found.offset), found.id, false));
        });
        let ulids = all.len();
        all.extend(uuids(text).map(|(at, id)| (at.start, id, true)));
        if all.len() > ulids {
            all.sort_unstable_by_key(|&(start, ..)| start);
        }
        All(all)
    }

    /// Calls `each` with the place behind each ID.
    pub(crate) fn each_end(&self, mut each: impl FnMut(usize)) {
        for &(start, _, is_uuid) in &self.0 {
            each(start + if is_uuid { UUID_LEN } else { TEXT_LEN });
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The first ID in a part of the text. `from` is how many were passed: parts are asked for in their order.
    pub(crate) fn first_in(&self, part: Range<usize>, from: &mut usize) -> Option<Found> {
        while self
            .0
            .get(*from)
            .is_some_and(|&(start, ..)| start < part.start)
        {
            *from += 1;
        }
        let &(start, id, is_uuid) = self.0.get(*from)?;
        let len = if is_uuid { UUID_LEN } else { TEXT_LEN };
        (start + len <= part.end).then_some((start..start + len, id))
    }
}

/// UUIDs of version 7 in a text, which no letter, digit or hyphen makes longer; the letter that ends a terminal's colour
/// does not.
pub(crate) fn uuids(text: &[u8]) -> impl Iterator<Item = Found> {
    static OF_VERSION_7: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"-7"));
    let hyphens = OF_VERSION_7.find_iter(text);
    hyphens.filter_map(|hyphen| {
        let (at, uuid) = uuid_at(text, hyphen.checked_sub(TWO_GROUPS)?)?;
        Some((at, version_7(uuid)?))
    })
}

/// True if a UUID of any version stands in a text.
pub(crate) fn has_uuid(text: &[u8]) -> bool {
    each_uuid(text).any(|(_, uuid)| uuid::Uuid::try_parse_ascii(uuid).is_ok())
}

/// Texts with hyphens where a UUID has them.
fn each_uuid(text: &[u8]) -> impl Iterator<Item = (Range<usize>, &[u8])> {
    memchr_iter(b'-', text).filter_map(|hyphen| uuid_at(text, hyphen.checked_sub(FIRST_GROUP)?))
}

/// A text with hyphens where a UUID has them, which no letter, digit or hyphen makes longer.
fn uuid_at(text: &[u8], at: usize) -> Option<(Range<usize>, &[u8])> {
    let end = at + UUID_LEN;
    let goes_on = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'-';
    let uuid = text.get(at..end).filter(|uuid| Spelling::is_uuid(uuid))?;
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    let is_begun = match find::escape_before(text, at) {
        Some(end) if end >= at => end > at,
        _ => before.is_some_and(goes_on),
    };
    let is_longer = is_begun || text.get(end).is_some_and(goes_on);
    (!is_longer).then_some((at..end, uuid))
}

fn version_7(text: &[u8]) -> Option<Ulid> {
    let uuid = uuid::Uuid::try_parse_ascii(text).ok()?;
    let id = Ulid::from_u128(uuid.as_u128());
    let is_7 = is_version_7(id) && PLAUSIBLE_MS.contains(&id.timestamp_ms());
    is_7.then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
    const UUID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

    fn check(text: &str, at: Option<Range<usize>>) {
        let found = first(text.as_bytes()).map(|(at, _)| at);
        assert_eq!(found, at, "{text}");
    }

    #[test]
    fn the_first_id_of_either_kind_is_found() {
        check(&format!("order {ID} and {UUID}"), Some(6..32));
        check(&format!("order {UUID} and {ID}"), Some(6..42));
        check(&format!("{{\"id\":\"{UUID}\"}}"), Some(7..43));
        check(&format!("order_{UUID}"), Some(6..42));
        check(&UUID.to_uppercase(), Some(0..36));
        check(&format!("\x1b[32m{UUID}\x1b[0m"), Some(5..41));
        check(&format!("\x1b[1;32m{ID}\x1b[0m"), Some(7..33));
    }

    #[test]
    fn what_is_longer_or_of_another_version_is_none() {
        check(&format!("{UUID}0"), None);
        check(&format!("a{UUID}"), None);
        check(&format!("{UUID}-1"), None);
        check("c2aa1ee2-3174-4296-8cb6-5de0c7e24dd0", None);
        check("f1890a5d-ac96-774b-bcce-b302099a8057", None);
        check("01890a5d-ac96-774b-bcce-b302099a805", None);
        check("-------------------------------------", None);
    }
}
