//! IDs that stand on the command line where files could.

use std::path::PathBuf;

use ulid_engine::{Ulid, codec, row::Spelling};

/// The IDs as lines of text, if each word is one, in any spelling, and none is the name of a file. In one spelling they stay
/// as they are, else they are canonical.
pub(crate) fn ids(words: &[PathBuf]) -> Option<String> {
    let id = |word: &PathBuf| {
        let text = word.to_str().filter(|_| !word.exists())?;
        let (spelling, id) = Spelling::recognise(text)?;
        Some((text.to_owned(), spelling, id))
    };
    let ids: Vec<(String, Spelling, Ulid)> = words.iter().map(id).collect::<Option<_>>()?;
    let (_, first, _) = ids.first()?;
    let is_one_spelling = ids.iter().all(|(_, spelling, _)| spelling == first);
    let line = |(text, _, id): &(String, Spelling, Ulid)| match is_one_spelling {
        true => format!("{text}\n"),
        false => format!("{}\n", codec::print(*id)),
    };
    Some(ids.iter().map(line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_ids_where_all_of_them_are() {
        const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
        let words = |words: &[&str]| ids(&words.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(words(&[ID]), Some(format!("{ID}\n")));
        let uuid = "01563e3a-b5d3-d676-4c61-efb99302bd5b";
        assert_eq!(words(&[uuid]), Some(format!("{uuid}\n")));
        assert_eq!(words(&[ID, uuid]), Some(format!("{ID}\n{ID}\n")));
        for others in [
            &[][..],
            &["-"],
            &["Cargo.toml"],
            &[ID, "ids.txt"],
            &["8ZZZZZZZZZZZZZZZZZZZZZZZZZ"],
        ] {
            assert_eq!(words(others), None, "{others:?}");
        }
    }
}
