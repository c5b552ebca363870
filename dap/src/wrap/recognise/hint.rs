//! Hints of the name of a variable or a type at its value.

use super::Hint;

/// True if a name or a type speaks of ULIDs: `ulid::Ulid`, `userULID`, `github.com/oklog/ulid.ULID`.
#[must_use]
pub fn names_a_ulid(name: &str) -> bool {
    contains_ignore_case(name, "ulid")
}

/// Hint by the name of a kind of identifiers anywhere in a name.
fn hint_of_kind(name: &str) -> Hint {
    const KINDS: [(&str, Hint); 6] = [
        ("ulid", Hint::Ulid),
        ("uuid", Hint::Uuid),
        ("ksuid", Hint::Ksuid),
        ("objectid", Hint::ObjectId),
        ("object_id", Hint::ObjectId),
        ("snowflake", Hint::Identifier),
    ];
    let mut kinds = KINDS.iter();
    let found = kinds.find(|(word, _)| contains_ignore_case(name, word));
    found.map_or(Hint::None, |(_, hint)| *hint)
}

/// Hint by the name of a type.
#[must_use]
pub fn hint_of_type(name: &str) -> Hint {
    match hint_of_kind(name) {
        Hint::None if names_an_identifier(last_word(name)) => Hint::Identifier,
        hint => hint,
    }
}

/// True if the name of a type says that its values are one identifier each.
pub(super) fn type_names_one_identifier(name: &str) -> bool {
    names_one_identifier(last_word(name))
}

/// The name of a type without its path: `UserID` of `main.UserID`.
fn last_word(name: &str) -> &str {
    let mut words = name.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words.find(|word| !word.is_empty()).unwrap_or_default()
}

/// Hint by the name of a variable.
#[must_use]
pub fn hint_of_name(name: &str) -> Hint {
    match hint_of_type(name) {
        // the key of every document of MongoDB
        Hint::None | Hint::Identifier if last_word(name) == "_id" => Hint::ObjectId,
        Hint::None if names_an_identifier(name) => Hint::Identifier,
        hint => hint,
    }
}

/// True if a variable's name says that it holds an identifier: `id`, `user_id`, `orderIDs`, `ulid`, `uuid`.
#[must_use]
pub fn names_an_identifier(name: &str) -> bool {
    hint_of_kind(name) > Hint::None
        || name
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| ends_in_id(word.trim_end_matches(|c: char| c.is_ascii_digit())))
}

/// True if a variable's name says that it holds one identifier: `id`, `user_id`, `ulid`, and not `ids`.
pub(super) fn names_one_identifier(name: &str) -> bool {
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '_');
    let is_many = name.ends_with(['s', 'S']);
    names_an_identifier(name) && !is_many
}

/// True if the last hump of a camel-case word is `id` or `ids`.
fn ends_in_id(word: &str) -> bool {
    ["id", "ID", "Id", "ids", "IDs", "Ids", "IDS"]
        .iter()
        .any(|end| {
            word.strip_suffix(end).is_some_and(|before| {
                let starts_upper = end.starts_with('I');
                before.is_empty()
                    || (starts_upper && before.ends_with(|c: char| c.is_ascii_lowercase()))
            })
        })
}

fn contains_ignore_case(text: &str, needle: &str) -> bool {
    text.as_bytes()
        .windows(needle.len())
        .any(|window| window.eq_ignore_ascii_case(needle.as_bytes()))
}
