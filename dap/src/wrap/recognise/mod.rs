//! Which identifier a debugger's text shows, if any.
//!
//! Adapters send values as text meant for eyes: `'01ARZ…'`, `{__0:1777…}`, `[16]uint8 [1,86,…]`,
//! `"\U00000001V>:\xb5…"`. This module reads those renderings back, without asking the debuggee anything. What 16 bytes
//! or 26 characters mean as a ULID is the engine's knowledge; what a debugger makes of them is this module's.
//!
//! The text of a ULID speaks for itself where the time that it would stand for lies in a window, or where its type, its name
//! or the row it belongs to says that it is an identifier. 128-bit integers, 16 bytes and UUIDs need both, since most of them
//! are no ULIDs.

mod halves;
mod hint;
mod leaf;
mod literal;
mod peel;
mod within;

pub use halves::is_name_of_half;
pub use hint::{hint_of_name, hint_of_type, names_a_ulid, names_an_identifier};

use std::{borrow::Cow, ops::RangeInclusive};

use ulid_engine::{
    Timestamp,
    codec::TEXT_LEN,
    find::{Escape, between_escapes},
};

use super::kind::{Evidence, Identifier, Kind};
use leaf::Leaf;

pub use super::kind::Hint;
pub use within::within;

/// Renderings longer than this are lists and structures, not one ULID.
const LONGEST: usize = 2048;
/// The shortest rendering of an identifier: the digits of a Snowflake of 2016.
const SHORTEST: usize = 17;

/// One row as an adapter shows it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rendering<'a> {
    /// The value's text.
    pub value: &'a str,
    /// The type's text, where the client supports it and the adapter sends it.
    pub type_name: Option<&'a str>,
    /// The variable's name, or the expression that was evaluated.
    pub name: &'a str,
    /// Hint of the row above.
    pub hint: Hint,
}

/// The kinds of text that count as a ULID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Which renderings are looked at.
    pub level: Level,
    /// The times that are believed of what nothing says that it is an identifier, and of anything but plain text.
    pub window: RangeInclusive<Timestamp>,
    /// The kinds of identifiers that are decoded.
    pub kinds: Vec<Kind>,
    /// True if ULIDs are looked for in longer texts.
    pub within_text: bool,
}

impl Rules {
    /// The rules for a value of which the user says that it is a ULID.
    #[must_use]
    pub fn anything() -> Rules {
        Rules {
            level: Level::All,
            window: Timestamp::MIN..=Timestamp::MAX,
            kinds: Kind::USUAL.to_vec(),
            within_text: false,
        }
    }

    /// True if the text of a ULID is one by these rules, without a look at what surrounds it.
    pub(super) fn takes(&self, found: &Found) -> bool {
        self.believe(found.id) && self.kinds.contains(&found.id.kind())
    }

    /// True if a text is believed to be a ULID although nothing says that it is an identifier: licence keys and secrets of the
    /// same alphabet lie all over the ten thousand years that a ULID can stand for.
    fn believe(&self, id: Identifier) -> bool {
        self.is_in_window(id) || id.is_extreme()
    }

    fn is_in_window(&self, id: Identifier) -> bool {
        id.time().is_some_and(|time| self.window.contains(&time))
    }
}

/// How far the reading of renderings goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Level {
    /// The 26 characters alone.
    Text,
    /// Also integers, bytes and UUIDs whose type or name says that they are identifiers.
    #[default]
    Hinted,
    /// Also integers, bytes and UUIDs of any name.
    All,
}

/// An identifier in a rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Found {
    /// The identifier.
    pub id: Identifier,
    /// How it is written.
    pub shape: Shape,
    /// The case of its letters.
    pub case: Case,
    /// The quotes around it, where there are any.
    pub quote: Option<char>,
    /// True if the value is the ULID itself, and not a structure around it.
    pub whole: bool,
    /// True if something stood around it: a constructor, a struct's braces, a pointer.
    pub wrapped: bool,
}

/// The case of the letters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Case {
    /// As ULIDs are printed.
    Upper,
    /// As UUIDs are printed.
    Lower,
}

impl Case {
    /// The case of a text; upper for one without letters.
    #[must_use]
    pub fn of(text: impl AsRef<[u8]>) -> Case {
        let bytes = text.as_ref();
        if bytes.iter().any(u8::is_ascii_lowercase) {
            Case::Lower
        } else {
            Case::Upper
        }
    }
}

/// How a ULID is written in a rendering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// 26 characters in these quotes.
    Text(char),
    /// 26 characters behind a prefix: `'user_01ARZ…'`.
    Prefixed,
    /// 26 characters in a byte string: `b'01ARZ…'`.
    ByteText,
    /// 26 characters without quotes: `ULID(01ARZ…)`.
    Bare,
    /// 16 bytes as a string with escapes.
    Bytes,
    /// Numbers in brackets: 16 bytes, or 26 character codes.
    List,
    /// A decimal or hexadecimal integer.
    Integer,
    /// A UUID.
    Uuid,
    /// The hexadecimal digits of an identifier in quotes.
    Hex,
    /// Two numbers of 64 bits.
    Halves,
}

/// The kind of a value at a glance at its text, whatever its name and type are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glance {
    /// No ULID by any rules: it is short, or plain text in quotes that is not as long as one. So it is with most values.
    Nothing,
    /// The text of a ULID in quotes, which is one by any rules where its time is believed.
    Ulid(Found),
    /// Perhaps a ULID: [`recognise`] has to look.
    Perhaps,
}

/// Looks at the text of a value as it stands between the quotes of JSON, escapes and all.
#[must_use]
pub fn glance(escaped: &[u8]) -> Glance {
    const QUOTES: [(&[u8], char); 2] = [(b"'", '\''), (br#"\""#, '"')];
    if escaped.len() < SHORTEST {
        return Glance::Nothing;
    }
    let quoted = |(quote, name): (&[u8], char)| {
        let text = escaped.strip_prefix(quote)?.strip_suffix(quote)?;
        Some((text, name))
    };
    let Some((text, quote)) = QUOTES.into_iter().find_map(quoted) else {
        return Glance::Perhaps;
    };
    match text.len() {
        16 | leaf::HEX_LEN | leaf::LONGEST_TEXT => return Glance::Perhaps,
        TEXT_LEN => match leaf::ulid(text, Shape::Text(quote)) {
            Some(leaf) if leaf.evidence == Evidence::Text => return Glance::Ulid(found(&leaf)),
            Some(_) => return Glance::Perhaps,
            None => {}
        },
        _ if leaf::has_prefix(text) || leaf::has_other_length(text) => return Glance::Perhaps,
        _ => {}
    }
    // escapes, gdb's repeats and a second text can make another length
    if text.is_ascii() && memchr::memchr3(b'\\', b'<', b'\'', text).is_none() {
        Glance::Nothing
    } else {
        Glance::Perhaps
    }
}

/// An identifier and nothing around it.
fn found(leaf: &Leaf) -> Found {
    Found {
        id: leaf.id,
        shape: leaf.shape,
        case: leaf.case,
        quote: leaf.quote,
        whole: true,
        wrapped: false,
    }
}

/// Reads the identifier out of a rendering.
#[must_use]
pub fn recognise(rendering: &Rendering<'_>, rules: &Rules) -> Option<Found> {
    let value = without_colours(rendering.value);
    let value = value.trim();
    if !(SHORTEST..=LONGEST).contains(&value.len()) {
        return None;
    }
    let peeled = peel::peel(value)?;
    let hint = rendering.hint_of_all();
    let surroundings = leaf::Surroundings {
        type_name: rendering.type_name,
        hint,
        kinds: &rules.kinds,
    };
    let leaf = leaf::read(peeled.leaf, &surroundings)?;
    is_believed(&leaf, rendering, hint, rules).then(|| Found {
        wrapped: peeled.leaf != value,
        whole: !peeled.is_field || rendering.type_name.is_some_and(names_a_ulid),
        ..found(&leaf)
    })
}

/// A text without the colours that adapters give to clients which show them.
fn without_colours(text: &str) -> Cow<'_, str> {
    if !text.as_bytes().contains(&Escape::BEGIN) {
        return Cow::Borrowed(text);
    }
    let parts = between_escapes(text.as_bytes());
    let parts = parts.map(|(_, part)| String::from_utf8_lossy(part));
    Cow::Owned(parts.collect())
}

impl Rendering<'_> {
    /// The strongest hint of the type, the name and the row above.
    fn hint_of_all(&self) -> Hint {
        let of_type = self.type_name.map_or(Hint::None, hint_of_type);
        self.hint.max(of_type).max(hint_of_name(self.name))
    }
}

/// True if a value that can be read as an identifier is believed to be one.
fn is_believed(leaf: &Leaf, rendering: &Rendering<'_>, hint: Hint, rules: &Rules) -> bool {
    let is_in_window = rules.is_in_window(leaf.id);
    match leaf.evidence {
        Evidence::Text => is_in_window || leaf.id.is_extreme() || hint > Hint::None,
        // a word in lower case: text that ULIDs share with other things
        Evidence::DoubtfulText => is_in_window || hint > Hint::None,
        Evidence::Digits => hint > Hint::None,
        Evidence::Version => leaf.is_text() || rules.level != Level::Text,
        // one in 64 of all bytes has the bits of a version
        Evidence::NamedVersion | Evidence::Bits => {
            is_in_window && is_looked_at(leaf, rendering, hint, rules.level)
        }
    }
}

/// True if a value is looked at that may mean anything.
fn is_looked_at(leaf: &Leaf, rendering: &Rendering<'_>, hint: Hint, level: Level) -> bool {
    match level {
        Level::Text => false,
        Level::Hinted if leaf.are_numbers => says_one(rendering),
        Level::Hinted => hint > Hint::None,
        Level::All => true,
    }
}

/// True if one identifier is spoken of: a list that is called `ids` is one of several.
fn says_one(rendering: &Rendering<'_>) -> bool {
    let by_type =
        |name| hint_of_type(name) > Hint::Identifier || hint::type_names_one_identifier(name);
    rendering.hint > Hint::None
        || rendering.type_name.is_some_and(by_type)
        || hint::names_one_identifier(rendering.name)
}

#[cfg(test)]
mod tests;
