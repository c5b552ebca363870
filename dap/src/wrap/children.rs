//! The rows below a ULID, and the references by which clients ask for them.

use hashbrown::HashMap;
use serde_json::{Value, json};
use ulid_engine::Timestamp;

use super::{
    kind::{Identifier, Part},
    settings::Settings,
};

/// Our references: above every adapter's own, below lldb-dap's at 2^32 and the protocol's limit at 2^31.
const OURS: std::ops::RangeInclusive<i64> = FIRST_SCOPE..=0x7fff_fffe;
/// The references of the ULIDs scopes of frames.
const FIRST_SCOPE: i64 = 0x7000_0000;
/// The references of ULIDs.
const FIRST_VALUE: i64 = 0x7001_0000;
/// ULIDs whose references stay known. A client asks for what it shows, and shows no more than this.
const KEPT: usize = 16_384;
/// ULIDs at which those beyond [`KEPT`] are forgotten, all at once.
const KEPT_AT_MOST: usize = KEPT + KEPT / 2;

/// True if a reference is one of ours.
pub(super) fn is_ours(reference: i64) -> bool {
    OURS.contains(&reference)
}

/// The reference of the scope of the `number`th frame that was asked for in a stop.
pub(super) fn scope_reference(number: usize) -> Option<i64> {
    let reference = FIRST_SCOPE + i64::try_from(number).ok()?;
    (reference < FIRST_VALUE).then_some(reference)
}

/// The number of the frame whose ULIDs scope has this reference.
pub(super) fn scope_number(reference: i64) -> Option<usize> {
    (FIRST_SCOPE..FIRST_VALUE)
        .contains(&reference)
        .then(|| usize::try_from(reference - FIRST_SCOPE).ok())
        .flatten()
}

/// A ULID and the adapter's own rows of the same value, where it has any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Parent {
    pub(super) id: Identifier,
    /// The adapter's reference, 0 for none, below 0 for one that means nothing any more.
    pub(super) raw: i64,
}

impl Parent {
    fn without_stale_rows(self) -> Parent {
        Parent {
            raw: self.raw.max(0),
            ..self
        }
    }
}

/// The references that were given out, the least recently used forgotten first.
///
/// Each row that shows a ULID asks for one, mostly for one that it had before. So a use is no more than a number that is noted beside the
/// reference: a list in the order of use, as an LRU cache keeps it, took a fifth of the time of a long list of ULIDs.
///
/// A reference stands for a pure value, so it outlives the stop in which it was given out. Only the adapter's own rows
/// hang on the stop, and are let go by [`Children::forget_raw`].
#[derive(Debug)]
pub(super) struct Children {
    references: HashMap<Parent, Given>,
    /// Uses so far.
    uses: u64,
    next: i64,
    /// True if the numbers have begun again.
    has_wrapped: bool,
}

/// A reference, and when it was used last.
#[derive(Debug, Clone, Copy)]
struct Given {
    reference: i64,
    used: u64,
}

impl Children {
    pub(super) fn new() -> Children {
        Children {
            references: HashMap::new(),
            uses: 0,
            next: FIRST_VALUE,
            has_wrapped: false,
        }
    }

    /// True if a reference was given out, be it one that is forgotten.
    pub(super) fn has_given(&self, reference: i64) -> bool {
        is_ours(reference)
            && reference >= FIRST_VALUE
            && (self.has_wrapped || reference < self.next)
    }

    /// The reference of a ULID; the same as before for the same value, so that a client's tree stays open.
    pub(super) fn reference(&mut self, parent: Parent) -> i64 {
        self.uses += 1;
        if let Some(given) = self.references.get_mut(&parent) {
            given.used = self.uses;
            return given.reference;
        }
        let reference = self.take_next();
        self.put(parent, reference);
        reference
    }

    fn take_next(&mut self) -> i64 {
        let reference = self.next;
        if reference == *OURS.end() {
            self.has_wrapped = true;
            self.next = FIRST_VALUE;
        } else {
            self.next += 1;
        }
        reference
    }

    fn put(&mut self, parent: Parent, reference: i64) {
        let used = self.uses;
        self.references.insert(parent, Given { reference, used });
        if self.references.len() > KEPT_AT_MOST {
            self.forget_unused();
        }
    }

    fn forget_unused(&mut self) {
        let mut uses: Vec<u64> = self.references.values().map(|given| given.used).collect();
        let first = uses.len().saturating_sub(KEPT);
        let (_, &mut oldest, _) = uses.select_nth_unstable(first);
        self.references.retain(|_, given| given.used >= oldest);
    }

    /// The ULID behind a reference.
    pub(super) fn parent(&mut self, reference: i64) -> Option<Parent> {
        self.uses += 1;
        // a client asks for one after somebody opened it by hand, which is not often
        let mut known = self.references.iter_mut();
        let (parent, given) = known.find(|(_, given)| given.reference == reference)?;
        given.used = self.uses;
        Some(parent.without_stale_rows())
    }

    /// Lets go of the adapter's own rows of numbers that mean nothing any more, or something else.
    pub(super) fn forget_raw(&mut self, is_void: impl Fn(i64) -> bool) {
        self.forget(|parent| parent.raw > 0 && is_void(parent.raw));
    }

    /// Their references stay, each for its ULID alone.
    fn forget(&mut self, is_stale: impl Fn(&Parent) -> bool) {
        let stale: Vec<(Parent, Given)> = self
            .references
            .extract_if(|parent, _| is_stale(parent))
            .collect();
        for (parent, given) in stale {
            let raw = -given.reference;
            self.references.insert(Parent { raw, ..parent }, given);
        }
    }
}

/// Number of rows below an identifier.
pub(super) fn count(parent: Parent) -> usize {
    SHARED + parent.id.parts().len() + usize::from(parent.raw != 0)
}

/// Parts that every kind has.
const SHARED: usize = 6;

/// The parts of an identifier by name, as they are shown.
pub(super) fn parts(id: Identifier, settings: &Settings, now: Timestamp) -> Vec<Part> {
    let neighbour = |forwards| {
        id.step(forwards)
            .map_or_else(|| "none".to_owned(), Identifier::print)
    };
    let time = id.time().unwrap_or(Timestamp::MIN);
    let shared = [
        (id.own_name(), id.print()),
        ("time", settings.time(time)),
        ("age", time.age(now).to_string()),
        ("unix_ms", time.ms().to_string()),
    ];
    let neighbours = [("previous", neighbour(false)), ("next", neighbour(true))];
    shared
        .into_iter()
        .chain(id.parts())
        .chain(neighbours)
        .collect()
}

/// The rows below a ULID, the adapter's own last.
pub(super) fn rows(parent: Parent, settings: &Settings, now: Timestamp) -> Vec<Value> {
    let mut rows: Vec<Value> = parts(parent.id, settings, now)
        .into_iter()
        .map(|(name, value)| row(name, &value, 0))
        .collect();
    if parent.raw != 0 {
        rows.push(row("[raw]", "", parent.raw));
    }
    rows
}

/// One row of ours.
pub(super) fn row(name: &str, value: &str, reference: i64) -> Value {
    json!({
        "name": name,
        "value": value,
        "variablesReference": reference,
        "presentationHint": {"kind": "virtual", "attributes": ["readOnly"]},
    })
}

#[cfg(test)]
mod tests {
    use ulid_engine::Ulid;

    use super::*;

    #[test]
    fn references_are_stable_bounded_and_apart() {
        let mut children = Children::new();
        let parent = |bits: u128, raw| Parent {
            id: Ulid::from_u128(bits).into(),
            raw,
        };
        let first = children.reference(parent(1, 0));
        assert_eq!(children.reference(parent(1, 0)), first);
        assert_ne!(children.reference(parent(1, 7)), first);
        for bits in 0..40_000 {
            let reference = children.reference(parent(bits, 0));
            assert!(is_ours(reference) && reference >= FIRST_VALUE);
        }
        assert!((KEPT..=KEPT_AT_MOST).contains(&children.references.len()));
        assert_eq!(children.parent(first), None);
        assert!(!is_ours(4_294_967_296) && !is_ours(0x3000_0001) && !is_ours(0x7fff_ffff));
    }

    #[test]
    fn what_is_used_stays_known() {
        let mut children = Children::new();
        let parent = |bits: u128| Parent {
            id: Ulid::from_u128(bits).into(),
            raw: 0,
        };
        let (shown, opened) = (children.reference(parent(1)), children.reference(parent(2)));
        for bits in 10..100_010 {
            children.reference(parent(bits));
            if bits % 10_000 == 0 {
                assert_eq!(children.reference(parent(1)), shown);
                assert_eq!(children.parent(opened), Some(parent(2)));
            }
        }
        // the last of them are known, as many as are promised
        for bits in 100_010 - KEPT as u128 + 2..100_010 {
            assert!(children.references.contains_key(&parent(bits)), "{bits}");
        }
    }

    #[test]
    fn references_outlive_a_resume_without_the_adapters_rows() {
        let mut children = Children::new();
        let reference = children.reference(Parent {
            id: Ulid::from_u128(5).into(),
            raw: 12,
        });
        children.forget_raw(|_| true);
        assert_eq!(
            children.parent(reference),
            Some(Parent {
                id: Ulid::from_u128(5).into(),
                raw: 0
            })
        );
        let settings = Settings::at(Timestamp::now());
        let rows = rows(
            Parent {
                id: Ulid::from_u128(5).into(),
                raw: 0,
            },
            &settings,
            Timestamp::now(),
        );
        assert!(rows.iter().all(|row| row["name"] != "[raw]"));
    }

    #[test]
    fn the_largest_and_the_smallest_have_one_neighbour() {
        let settings = Settings::at(Timestamp::now());
        let part = |bits: u128, wanted: &str| {
            let parts = parts(Ulid::from_u128(bits).into(), &settings, Timestamp::now());
            parts
                .into_iter()
                .find(|(name, _)| *name == wanted)
                .unwrap()
                .1
        };
        assert_eq!(part(0, "previous"), "none");
        assert_eq!(part(0, "next"), "00000000000000000000000001");
        assert_eq!(part(u128::MAX, "next"), "none");
        assert_eq!(part(u128::MAX, "previous"), "7ZZZZZZZZZZZZZZZZZZZZZZZZY");
    }
}
