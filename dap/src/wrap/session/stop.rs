//! State that hangs on the adapter's references, and is void with them once their thread runs on.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    ops::Range,
};

use hashbrown::DefaultHashBuilder;
use ulid_engine::Timestamp;

use super::super::{
    assign::Target,
    json,
    kind::Identifier,
    recognise::{Found, Hint},
};

/// Rows, references or frames that are remembered in one stop, of each; what comes after is decorated but not remembered.
const REMEMBERED: usize = 16_384;

/// Facts about a reference that the adapter gave out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Origin {
    /// The frame in whose scopes it lies.
    pub(super) frame: Option<i64>,
    /// Hint of a row above.
    pub(super) hint: Hint,
    /// The ULID that its row shows.
    pub(super) id: Option<Identifier>,
}

/// The place in which a ULID was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// A row: the reference of what holds it, and its name.
    Row(i64, Box<str>),
    /// An expression.
    Expression(Box<str>),
}

/// The question behind an answer that shows ULIDs. The same question again replaces it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Question {
    /// The rows below a reference: the arguments of the request, which may ask for a part of them.
    Rows(i64, Box<[u8]>),
    /// A single value.
    One(Place),
}

impl Question {
    /// The reference of what holds the rows.
    fn parent(&self) -> Option<i64> {
        match self {
            Question::Rows(parent, _) | Question::One(Place::Row(parent, _)) => Some(*parent),
            Question::One(Place::Expression(_)) => None,
        }
    }

    /// True if its answer holds a place, if it has a row for it.
    fn may_hold(&self, place: &Place) -> bool {
        match place {
            Place::Row(parent, _) => self.parent() == Some(*parent),
            Place::Expression(_) => matches!(self, Question::One(one) if one == place),
        }
    }
}

/// A row that shows a ULID, or an expression. Its texts are as they stand in JSON, quotes included.
#[derive(Debug, Clone, Copy)]
pub(super) struct Showing<'a> {
    pub(super) found: Found,
    pub(super) name: &'a str,
    pub(super) type_name: Option<&'a str>,
    /// An expression of the debuggee's language for it.
    pub(super) expression: Option<&'a str>,
    /// True if it is not the row's value, but its name, as with the keys of maps, or stands within the value.
    pub(super) is_beside: bool,
}

/// The rows of an answer that show ULIDs. Of a long answer nobody asks for most, so they are written one after another,
/// and whoever asks looks through them.
#[derive(Debug)]
struct Answer {
    question: Question,
    frame: Option<i64>,
    rows: Vec<Remembered>,
    texts: String,
}

/// A row of an [`Answer`], whose texts stand in the answer's.
#[derive(Debug)]
struct Remembered {
    found: Found,
    name: Range<usize>,
    type_name: Option<Range<usize>>,
    expression: Option<Range<usize>>,
    is_beside: bool,
    /// Cleared where its name shows another value by now.
    is_current: bool,
}

impl Answer {
    fn add(&mut self, row: &Showing<'_>) {
        let before = self.rows.last().and_then(|last| last.type_name.clone());
        let name = self.text(row.name);
        let type_name = row.type_name.map(|name| {
            // neighbours often have the same
            before
                .filter(|before| self.texts.get(before.clone()) == Some(name))
                .unwrap_or_else(|| self.text(name))
        });
        let expression = row.expression.map(|expression| self.text(expression));
        self.rows.push(Remembered {
            found: row.found,
            name,
            type_name,
            expression,
            is_beside: row.is_beside,
            is_current: true,
        });
    }

    fn text(&mut self, text: &str) -> Range<usize> {
        let start = self.texts.len();
        self.texts.push_str(text);
        start..self.texts.len()
    }

    fn read(&self, range: &Range<usize>) -> Cow<'_, str> {
        let quoted = self.texts.get(range.clone());
        quoted.and_then(json::unquoted).unwrap_or_default()
    }

    fn expression(&self, row: &Remembered) -> Option<Cow<'_, str>> {
        row.expression.as_ref().map(|range| self.read(range))
    }

    /// The name of a row among the ULIDs of its frame: one that can be evaluated, where there is one.
    fn seen_as(&self, row: &Remembered) -> Cow<'_, str> {
        self.expression(row).unwrap_or_else(|| self.read(&row.name))
    }

    fn target(&self, row: &Remembered) -> Target<'_> {
        Target {
            found: row.found,
            type_name: row.type_name.as_ref().map(|range| self.read(range)),
            expression: self.expression(row),
        }
    }
}

/// Everything that is known until the debuggee runs on.
#[derive(Debug, Default)]
pub(super) struct Stop {
    origins: HashMap<i64, Origin, DefaultHashBuilder>,
    answers: Vec<Answer>,
    /// The frames that have a number; none in the place of one that is void.
    frames: Vec<Option<i64>>,
    /// The threads of frames.
    threads: HashMap<i64, i64, DefaultHashBuilder>,
    /// The references and expressions that were shown.
    listed: HashSet<i64, DefaultHashBuilder>,
    expressions: HashSet<Box<str>, DefaultHashBuilder>,
    /// True if a ULID was shown that is not remembered.
    is_full: bool,
    /// Memory for the rows of the next answer, and for their texts.
    spare: (Vec<Remembered>, String),
}

impl Stop {
    pub(super) fn clear(&mut self) {
        let spare = std::mem::take(&mut self.answers)
            .into_iter()
            .max_by_key(|answer| answer.rows.len());
        *self = Stop::default();
        if let Some(spare) = spare {
            self.keep(spare);
        }
    }

    /// Keeps the memory of an answer for the next one: a debugger asks for the same rows at each stop.
    fn keep(&mut self, answer: Answer) {
        let Answer {
            mut rows,
            mut texts,
            ..
        } = answer;
        if rows.capacity() > self.spare.0.capacity() {
            rows.clear();
            texts.clear();
            self.spare = (rows, texts);
        }
    }

    /// Forgets what hangs on one thread, or on none that is known. Returns the references that are void.
    pub(super) fn clear_thread(&mut self, thread: i64) -> HashSet<i64, DefaultHashBuilder> {
        let threads = std::mem::take(&mut self.threads);
        let is_void = |frame: Option<i64>| {
            let of = frame.and_then(|frame| threads.get(&frame));
            of.is_none_or(|of| *of == thread)
        };
        let references = self.origins.iter();
        let void: HashSet<i64, DefaultHashBuilder> = references
            .filter(|(_, origin)| is_void(origin.frame))
            .map(|(reference, _)| *reference)
            .collect();
        self.origins.retain(|_, origin| !is_void(origin.frame));
        self.answers.retain(|answer| !is_void(answer.frame));
        for frame in &mut self.frames {
            *frame = frame.filter(|frame| !is_void(Some(*frame)));
        }
        // one that no scope of another thread leads to is of none that is known
        self.listed
            .retain(|reference| self.origins.contains_key(reference));
        self.expressions.clear();
        self.threads = threads;
        self.threads.retain(|_, of| *of != thread);
        void
    }

    /// Takes note of the thread of a frame.
    pub(super) fn has_thread(&mut self, frame: i64, thread: i64) {
        if self.threads.len() < REMEMBERED {
            self.threads.insert(frame, thread);
        }
    }

    /// The thread of a frame.
    pub(super) fn thread_of(&self, frame: i64) -> Option<i64> {
        self.threads.get(&frame).copied()
    }

    /// True if a place was shown since its thread stands, so that a ULID in it would be known.
    pub(super) fn has_shown(&self, place: &Place) -> bool {
        let is_listed = match place {
            Place::Row(parent, _) => self.listed.contains(parent),
            Place::Expression(expression) => self.expressions.contains(expression),
        };
        is_listed && !self.is_full
    }

    /// Facts about a reference; nothing special where it is unknown.
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
        self.listed.remove(&reference);
        self.answers
            .retain(|answer| answer.question.parent() != Some(reference));
    }

    /// An answer comes, whose rows are [`Stop::show`]n next.
    pub(super) fn begin(&mut self, question: Question, frame: Option<i64>) -> Listing {
        // what is answered last holds, whatever was asked in between
        let same = |answer: &Answer| answer.question == question;
        if let Some(before) = self.answers.iter().position(same) {
            let before = self.answers.remove(before);
            self.keep(before);
        }
        let (rows, texts) = std::mem::take(&mut self.spare);
        let number = self.answers.len();
        let parent = question.parent();
        let mut others = self.answers.iter();
        let has_rivals =
            others.any(|answer| parent.is_some() && answer.question.parent() == parent);
        self.note_question(&question);
        self.answers.push(Answer {
            question,
            frame,
            rows,
            texts,
        });
        let remembered: usize = self.answers.iter().map(|answer| answer.rows.len()).sum();
        Listing {
            number,
            has_rivals,
            room: REMEMBERED.saturating_sub(remembered),
        }
    }

    /// Notes that a question is answered.
    pub(super) fn note_question(&mut self, question: &Question) {
        match question {
            Question::Rows(parent, _) if self.listed.len() < REMEMBERED => {
                self.listed.insert(*parent);
            }
            Question::One(Place::Expression(expression)) if self.expressions.len() < REMEMBERED => {
                self.expressions.insert(expression.clone());
            }
            Question::Rows(..) | Question::One(_) => {}
        }
    }

    /// A row of the answer shows a ULID.
    pub(super) fn show(&mut self, listing: &mut Listing, row: &Showing<'_>) {
        let Some(answer) = self.answers.get_mut(listing.number) else {
            return;
        };
        match listing.room.checked_sub(1) {
            Some(room) => {
                listing.room = room;
                answer.add(row);
            }
            None => self.is_full = true,
        }
    }

    /// A row of the answer shows no ULID, whatever another answer said of it.
    pub(super) fn show_none(&mut self, listing: &Listing, name: &str) {
        if !listing.has_rivals {
            return;
        }
        let answer = self.answers.get(listing.number);
        let Some(parent) = answer.and_then(|answer| answer.question.parent()) else {
            return;
        };
        let others = self.answers.iter_mut().enumerate();
        let others = others.filter(|(number, _)| *number != listing.number);
        for (_, answer) in others.filter(|(_, answer)| answer.question.parent() == Some(parent)) {
            let texts = &answer.texts;
            answer.rows.retain(|row| {
                let known = texts.get(row.name.clone()).unwrap_or_default();
                known != name && json::unquoted(known) != json::unquoted(name)
            });
        }
    }

    /// The answer is over. True if it showed ULIDs.
    pub(super) fn end(&mut self, listing: Listing) -> bool {
        let answer = self.answers.get(listing.number);
        let shows_none = answer.is_none_or(|answer| answer.rows.is_empty());
        if shows_none && answer.is_some() {
            let answer = self.answers.remove(listing.number);
            self.keep(answer);
        }
        !shows_none
    }

    /// The expressions that show ULIDs in a frame, in the order in which they were shown.
    pub(super) fn expressions(&self, frame: i64) -> impl Iterator<Item = Cow<'_, str>> {
        let answers = self.answers.iter();
        let of_frame = answers.filter(move |answer| answer.frame == Some(frame));
        of_frame.flat_map(|answer| {
            let rows = answer.rows.iter();
            let current = rows.filter(|row| row.is_current && !row.is_beside);
            current.filter_map(|row| answer.expression(row))
        })
    }

    /// The value that a row or an expression showed.
    pub(super) fn target(&self, place: &Place) -> Option<Target<'_>> {
        match place {
            Place::Row(_, name) => self.find(|answer, row| {
                answer.question.may_hold(place) && answer.read(&row.name) == **name
            }),
            Place::Expression(expression) => self
                .find(|answer, _| answer.question.may_hold(place))
                .or_else(|| {
                    self.find(|answer, row| answer.expression(row).as_deref() == Some(expression))
                }),
        }
    }

    /// True if a row showed ULIDs within a longer text.
    pub(super) fn has_within(&self, place: &Place) -> bool {
        let Place::Row(_, name) = place else {
            return false;
        };
        let mut answers = self.answers.iter();
        answers.any(|answer| {
            let mut rows = answer.rows.iter();
            answer.question.may_hold(place)
                // a key stands alone
                && rows.any(|row| {
                    let is_within = row.is_beside && row.found.wrapped;
                    is_within && answer.read(&row.name) == **name
                })
        })
    }

    /// The newest of such rows.
    fn find(&self, is_wanted: impl Fn(&Answer, &Remembered) -> bool) -> Option<Target<'_>> {
        self.answers.iter().rev().find_map(|answer| {
            let mut rows = answer.rows.iter().rev();
            let row = rows.find(|row| !row.is_beside && is_wanted(answer, row))?;
            Some(answer.target(row))
        })
    }

    /// Notes that a place has another value from now on, in its frame by this name.
    pub(super) fn replace(&mut self, place: &Place, frame: Option<i64>, name: &str) {
        for answer in &mut self.answers {
            let is_holder = answer.question.may_hold(place);
            let is_of_frame = frame.is_some() && answer.frame == frame;
            let mut rows = std::mem::take(&mut answer.rows);
            rows.retain_mut(|row| {
                row.is_current &= !(is_of_frame && answer.seen_as(row) == name);
                let is_it = match place {
                    Place::Row(_, name) => answer.read(&row.name) == **name,
                    Place::Expression(_) => true,
                };
                !(is_holder && is_it)
            });
            answer.rows = rows;
        }
        self.answers.retain(|answer| !answer.rows.is_empty());
    }

    /// A number for a frame, counted from 0 in this stop.
    pub(super) fn frame_number(&mut self, id: i64) -> Option<usize> {
        match self.frames.iter().position(|frame| *frame == Some(id)) {
            Some(number) => Some(number),
            None if self.frames.len() < REMEMBERED => {
                self.frames.push(Some(id));
                Some(self.frames.len() - 1)
            }
            None => None,
        }
    }

    /// The identifiers seen in a frame with their names, in the order of their times.
    pub(super) fn seen(&self, number: usize) -> impl Iterator<Item = (Identifier, String)> {
        type Names<'a> = Vec<Cow<'a, str>>;
        let mut seen: BTreeMap<(Option<Timestamp>, Identifier), Names<'_>> = BTreeMap::new();
        let frame = self.frames.get(number).copied().flatten();
        let answers = self.answers.iter();
        for answer in answers.filter(|answer| frame.is_some() && answer.frame == frame) {
            for row in answer.rows.iter().filter(|row| row.is_current) {
                let id = row.found.id;
                let names = seen.entry((id.time(), id)).or_default();
                let name = answer.seen_as(row);
                if names.len() < NAMES && !names.contains(&name) {
                    names.push(name);
                }
            }
        }
        let seen = seen.into_iter();
        seen.map(|((_, id), names)| (id, list(&names)))
    }
}

/// An answer whose rows are being shown.
#[derive(Debug)]
pub(super) struct Listing {
    number: usize,
    /// True if other answers speak of the same rows.
    has_rivals: bool,
    /// How many rows more are remembered.
    room: usize,
}

/// The names of one value that are counted.
const NAMES: usize = 64;

/// The first names of a value, and how many more there are.
fn list(names: &[Cow<'_, str>]) -> String {
    const LISTED: usize = 4;
    match names.split_at_checked(LISTED) {
        Some((listed, more)) if !more.is_empty() => {
            format!("{} and {} more", listed.join(", "), more.len())
        }
        _ => names.join(", "),
    }
}
