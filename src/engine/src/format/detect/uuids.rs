//! UUIDs whose time is impossible: those in the other byte order, and those without a time.

use crate::{
    Ulid,
    format::layout::Layout,
    spelling::{PLAUSIBLE_MS, Spelling, read_guid},
};

/// UUIDs in the place of the IDs, by what their bits say.
#[derive(Default)]
struct Seen {
    all: usize,
    /// With a time of ours as they stand.
    as_they_are: usize,
    /// With a time of ours if the bytes of their first groups are turned.
    turned: usize,
    /// Of version 4, which is random.
    random: usize,
}

/// A sentence about UUIDs of which nearly none has a time of ours, if they are spelled otherwise or have no time at all.
pub(crate) fn hint(rows: &[&[u8]], layout: &Layout) -> Option<String> {
    let seen = Seen::of(rows, layout);
    let most = |count: usize| count > 1 && count * 10 >= rows.len() * 9;
    if layout.spelling == Spelling::Guid || !most(seen.all) || seen.as_they_are * 10 > seen.all {
        return None;
    }
    let Seen {
        all, as_they_are, ..
    } = seen;
    let place = layout.place_in_words();
    if most(seen.turned) {
        return Some(format!(
            "{as_they_are} of the first {all} UUIDs in {place} have a possible time, and {} if the bytes of their first \
             groups are turned: try --spelling guid",
            seen.turned
        ));
    }
    most(seen.random).then(|| {
        format!("the UUIDs in {place} are of version 4, which is random: they have no time")
    })
}

/// True for a UUID, however it is written, that has a time of ours in the other byte order.
pub(crate) fn is_guid(text: &[u8]) -> bool {
    read_guid(text).is_some_and(is_possible)
}

fn is_possible(id: Ulid) -> bool {
    PLAUSIBLE_MS.contains(&id.timestamp_ms())
}

impl Seen {
    fn of(rows: &[&[u8]], layout: &Layout) -> Seen {
        let mut seen = Seen::default();
        for row in rows {
            let at = layout.locate(row, row.len() as u64).at;
            let text = row.get(at).unwrap_or_default();
            if Spelling::is_uuid(text)
                && let Some(turned) = read_guid(text)
            {
                seen.push(text, turned);
            }
        }
        seen
    }

    fn push(&mut self, text: &[u8], turned: Ulid) {
        // the version begins the third group
        let version = text.split(|&byte| byte == b'-').nth(2);
        let version = version.and_then(<[u8]>::first);
        let as_it_is = Spelling::of(text, crate::Reading::Strict);
        self.all += 1;
        self.as_they_are += usize::from(as_it_is.is_some_and(|(_, id)| is_possible(id)));
        self.turned += usize::from(is_possible(turned));
        self.random += usize::from(version == Some(&b'4'));
    }
}
