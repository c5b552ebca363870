//! Names that no row of the sample has, in sources whose rows may differ.

use std::fmt;

use super::{
    Scope,
    compile::Compiler,
    error::QueryErrorKind,
    items::items,
    parse::{Name, Node, Tree},
};

/// A name of a condition or an expression that is no fact, and no column of any row that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The name.
    pub name: String,
    /// A name that is much like it.
    pub similar: Option<String>,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no row that was looked at has {:?}", self.name)?;
        match &self.similar {
            Some(similar) => write!(f, "; did you mean {similar:?}?"),
            None => Ok(()),
        }
    }
}

/// The names in a text, which may be several expressions, that no row of the sample has. Where any other name is an error
/// anyway there are none.
#[must_use]
pub fn unknown_names(text: &str, scope: &Scope<'_>) -> Vec<UnknownName> {
    let mut found = Vec::new();
    if !scope.any_column {
        return found;
    }
    let strict = Scope {
        any_column: false,
        ..*scope
    };
    for item in items(text).unwrap_or_default() {
        each_name(&item.tree, &mut |tree| {
            let unknown = check(tree, &strict, text);
            let is_new = |unknown: &UnknownName| !found.contains(unknown);
            found.extend(unknown.filter(is_new));
        });
    }
    found
}

/// Sentences about words in a text, which may be several expressions, that are read and should be written otherwise: old
/// names, and names of facts that are columns as well.
#[must_use]
pub fn notes(text: &str, scope: &Scope<'_>) -> Vec<String> {
    let mut found = Vec::new();
    for item in items(text).unwrap_or_default() {
        let mut compiler = Compiler::of_row(scope, text);
        each_name(&item.tree, &mut |tree| {
            // what cannot be read is told elsewhere
            let _: Result<_, _> = compiler.any(tree);
        });
        for note in compiler.notes {
            if !found.contains(&note) {
                found.push(note);
            }
        }
    }
    found
}

/// The unknown part of a name, if there is one.
fn check(tree: &Tree, strict: &Scope<'_>, text: &str) -> Option<UnknownName> {
    let mut compiler = Compiler::of_row(strict, text);
    let error = compiler.any(tree).err()?;
    let QueryErrorKind::Unknown { name, similar } = error.kind else {
        return None;
    };
    // a path into an object is known by its begin
    let begin = name.split('.').next().unwrap_or_default();
    let is_known = begin != name && strict.columns.iter().any(|column| column == begin);
    (!is_known).then_some(UnknownName { name, similar })
}

fn each_name(tree: &Tree, each: &mut dyn FnMut(&Tree)) {
    match &tree.node {
        Node::Field(_) | Node::Column(_) | Node::Neighbour(_, Name::Word(_) | Name::Column(_)) => {
            each(tree);
        }
        Node::Literal(_) => {}
        Node::Call(_, parts) | Node::List(parts) => {
            parts.iter().for_each(|part| each_name(part, each));
        }
        Node::Not(inner) | Node::Missing(inner) | Node::Negative(inner) => each_name(inner, each),
        Node::Binary(_, left, right) | Node::OfWriter(left, right) => {
            each_name(left, each);
            each_name(right, each);
        }
        Node::Range(from, to, _) => {
            let ends = [from, to].into_iter().flatten();
            ends.for_each(|end| each_name(end, each));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Timestamp,
        dataset::{Dataset, OpenOptions},
        timestamp::TimeZone,
    };

    #[test]
    fn names_that_no_row_of_the_sample_has_are_found_with_near_ones() {
        let rows = "{\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"service\":\"a\",\"user\":{\"name\":\"b\"}}\n\
                    {\"id\":\"01ARZ3NDEKTSV4RRFFQ69G5FAV\",\"level\":\"info\"}\n";
        let options = OpenOptions::default();
        let dataset = Dataset::from_bytes("x.jsonl", rows.into(), &options).unwrap();
        let zone = TimeZone::UTC;
        let scope = Scope::of(&dataset, Timestamp::MAX, &zone);
        for (text, expected) in [
            (
                "service == \"a\" and level == \"info\" and time > 2020",
                &[][..],
            ),
            ("`user.name` == \"b\"", &[]),
            (
                "srevice == \"a\" or srevice == \"b\"",
                &[("srevice", Some("service"))],
            ),
            (
                "service, n=prev.lvel, len(nothing)",
                &[("lvel", Some("level")), ("nothing", None)],
            ),
            ("`servic.x` in [\"a\"]", &[("servic.x", Some("service"))]),
        ] {
            let found = unknown_names(text, &scope);
            let found: Vec<(&str, Option<&str>)> = found
                .iter()
                .map(|unknown| (unknown.name.as_str(), unknown.similar.as_deref()))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
