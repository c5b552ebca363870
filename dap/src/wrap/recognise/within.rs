//! ULIDs within longer texts: URLs, messages, lines of a log.

use ulid_engine::{
    codec::TEXT_LEN,
    find::{self, Options},
};

use super::{
    super::kind::{self, Hint, Identifier, Kind, Written},
    Rules,
};

/// The ULIDs in a text as it stands between the quotes of JSON, with the place of each. Only those are, whose time is believed.
#[must_use]
pub fn within(escaped: &str, rules: &Rules) -> Vec<(usize, Identifier)> {
    let options = Options {
        earliest: *rules.window.start(),
        latest: *rules.window.end(),
    };
    let mut found = Vec::new();
    if escaped.len() < TEXT_LEN || !rules.kinds.contains(&Kind::Ulid) {
        return found;
    }
    let text = without_escapes(escaped);
    find::each(&text, options, |hit| {
        let Ok(at) = usize::try_from(hit.offset) else {
            return;
        };
        let word = text.get(at..at + TEXT_LEN).unwrap_or_default();
        let read = kind::recognise(Written::Text(word), Hint::None, &[Kind::Ulid]);
        found.extend(read.map(|(id, _)| (at, id)));
    });
    found
}

/// A text of the same length with spaces in the place of escapes, those of JSON and of the debuggee's language, so that the
/// letter of an escape is not the begin of a word.
fn without_escapes(escaped: &str) -> Vec<u8> {
    let mut text = escaped.as_bytes().to_vec();
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| memchr::memchr(b'\\', rest)) {
        let escape = at + found;
        let backslashes = text
            .iter()
            .skip(escape)
            .take_while(|byte| **byte == b'\\')
            .count();
        let end = (escape + backslashes + 1).min(text.len());
        if let Some(place) = text.get_mut(escape..end) {
            place.fill(b' ');
        }
        at = end;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{super::tests::rules, *};
    use crate::wrap::recognise::Level;

    #[test]
    fn words_of_a_text_are_read_wherever_they_stand() {
        const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let found = |text: &str| {
            let found = within(text, &rules(Level::Hinted));
            found
                .into_iter()
                .map(|(at, id)| (at, id.print()))
                .collect::<Vec<_>>()
        };
        for before in [
            "",
            "GET /users/",
            "say \\n",
            "\\\\n",
            "\\\"",
            "id=",
            "user_",
            "\\u00e9",
        ] {
            let text = format!("{before}{ID} and more");
            // an escape of four digits ends in one that is no delimiter
            let expected = if before.ends_with("e9") {
                vec![]
            } else {
                vec![(before.len(), ID.to_owned())]
            };
            assert_eq!(found(&text), expected, "{text}");
        }
        assert_eq!(found(&format!("{ID}, {}", ID.to_lowercase())).len(), 2);
        for text in [
            "",
            "01ARZ3NDEKTSV4RRFFQ69G5FAVX",
            "01ARZ3NDEKTSV4RRFFQ69G5FaV",
            "5GVNSXACBQ5A9C3JZR4K1T2M7H",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
