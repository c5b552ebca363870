//! What hangs on the adapter's references, and is void with them on every resume.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use lru::DefaultHasher;
use ulid_engine::Ulid;

use super::super::assign::Target;

/// Rows, ULIDs or frames that are remembered in one stop, of each; what comes after is decorated but not remembered.
const REMEMBERED: usize = 16_384;

/// What is known of a reference that the adapter gave out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// The frame in whose scopes it lies.
    pub(super) frame: Option<i64>,
    /// Whether a row above says that this is an identifier.
    pub(super) hinted: bool,
    /// The ULID that its row shows.
    pub(super) id: Option<Ulid>,
}

/// Where a ULID was shown.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A row: the reference of what holds it, and its name.
    Row(i64, Box<str>),
    /// An expression.
    Expression(Box<str>),
}

/// Everything that is known until the debuggee runs on.
#[derive(Debug, Default)]
pub(super) struct Stop {
    origins: HashMap<i64, Origin, DefaultHasher>,
    targets: HashMap<Place, Target, DefaultHasher>,
    frames: Vec<Frame>,
    last_type: Option<Arc<str>>,
}

#[derive(Debug)]
struct Frame {
    id: i64,
    seen: BTreeMap<Ulid, Vec<Box<str>>>,
}

impl Stop {
    pub(super) fn clear(&mut self) {
        *self = Stop::default();
    }

    /// What is known of a reference; nothing special where it is unknown.
    pub(super) fn origin(&self, reference: i64) -> Origin {
        self.origins.get(&reference).copied().unwrap_or_default()
    }

    /// The adapter gave out a reference. Returns what the number meant before, where that was something else.
    pub(super) fn issue(&mut self, reference: i64, origin: Origin) -> Option<Origin> {
        if self.origins.len() >= REMEMBERED && !self.origins.contains_key(&reference) {
            return None;
        }
        self.origins
            .insert(reference, origin)
            .filter(|before| before.id != origin.id || before.frame != origin.frame)
    }

    /// Forgets the rows below a reference whose number now means something else.
    pub(super) fn forget_rows_of(&mut self, reference: i64) {
        self.targets
            .retain(|place, _| !matches!(place, Place::Row(parent, _) if *parent == reference));
    }

    pub(super) fn show(&mut self, place: Place, target: Target) {
        if self.targets.len() < REMEMBERED || self.targets.contains_key(&place) {
            self.targets.insert(place, target);
        }
    }

    /// The name of a type, kept once where rows in a row have the same.
    pub(super) fn type_name(&mut self, name: &str) -> Arc<str> {
        let last = self.last_type.take().filter(|last| **last == *name);
        let name = last.unwrap_or_else(|| name.into());
        self.last_type = Some(name.clone());
        name
    }

    /// What a row or an expression showed.
    pub(super) fn target(&self, place: &Place) -> Option<&Target> {
        let by_expression = || match place {
            Place::Expression(expression) => self
                .targets
                .values()
                .find(|target| target.expression.as_ref() == Some(expression)),
            Place::Row(..) => None,
        };
        self.targets.get(place).or_else(by_expression)
    }

    /// The row shows no ULID any more.
    pub(super) fn unshow(&mut self, place: &Place) {
        self.targets.remove(place);
    }

    /// A ULID was shown in a frame, by this name.
    pub(super) fn see(&mut self, frame: i64, id: Ulid, name: &str) {
        const NAMES: usize = 64;
        let Some(number) = self.frame_number(frame) else {
            return;
        };
        let Some(frame) = self.frames.get_mut(number) else {
            return;
        };
        if frame.seen.len() < REMEMBERED || frame.seen.contains_key(&id) {
            let names = frame.seen.entry(id).or_default();
            if names.len() < NAMES && !names.iter().any(|known| &**known == name) {
                names.push(name.into());
            }
        }
    }

    /// A name shows another value from now on.
    pub(super) fn unsee(&mut self, frame: i64, name: &str) {
        for frame in self.frames.iter_mut().filter(|known| known.id == frame) {
            frame.seen.retain(|_, names| {
                names.retain(|known| &**known != name);
                !names.is_empty()
            });
        }
    }

    /// A number for a frame, counted from 0 in this stop.
    pub(super) fn frame_number(&mut self, id: i64) -> Option<usize> {
        match self.frames.iter().position(|frame| frame.id == id) {
            Some(number) => Some(number),
            None if self.frames.len() < REMEMBERED => {
                self.frames.push(Frame {
                    id,
                    seen: BTreeMap::new(),
                });
                Some(self.frames.len() - 1)
            }
            None => None,
        }
    }

    /// The ULIDs seen in a frame with their names, in the order of their values, which is that of their times.
    pub(super) fn seen(&self, number: usize) -> impl Iterator<Item = (Ulid, String)> {
        self.frames
            .get(number)
            .into_iter()
            .flat_map(|frame| frame.seen.iter().map(|(&id, names)| (id, list(names))))
    }
}

/// The first names of a value, and how many more there are.
fn list(names: &[Box<str>]) -> String {
    const LISTED: usize = 4;
    match names.split_at_checked(LISTED) {
        Some((listed, more)) if !more.is_empty() => {
            format!("{} and {} more", listed.join(", "), more.len())
        }
        _ => names.join(", "),
    }
}
