//! The columns of a source beside the facts of its rows, each under a name of its own, by one rule for every format and
//! front end.

use std::collections::HashSet;

use super::{
    RowRef,
    fact::{FACTS, Fact},
};
use crate::{format::Layout, spelling::Spelling};

/// The columns of a source beside the facts of its rows, each under a name of its own.
///
/// Facts come first. A column that is called like one, or like a column before it, gets `_` until its name is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schema {
    columns: Vec<SchemaColumn>,
    taken: HashSet<String>,
    /// Columns of the source.
    width: usize,
}

/// A column of a [`Schema`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaColumn {
    /// Its place among [`Layout::columns`].
    pub place: usize,
    /// Its name beside the facts.
    pub name: String,
}

impl Schema {
    /// All columns of a source, behind facts of these names.
    #[must_use]
    pub fn of_all(facts: &[&str], layout: &Layout) -> Schema {
        Schema::without(None, facts.iter().copied(), layout)
    }

    /// The columns of a source behind facts of these names, the ID among them. The column of the IDs is not repeated where
    /// the ID says all that it does: a prefix and another spelling are more. `before` are names that stand before the facts.
    #[must_use]
    pub fn beside_id(before: &[&str], facts: &[Fact], layout: &Layout) -> Schema {
        let id_column = layout.id_column;
        let repeated = id_column.filter(|_| layout.spelling == Spelling::Ulid);
        let names = facts.iter().map(|fact| fact.entry().name);
        let names = before.iter().copied().chain(names);
        Schema::without(repeated, names, layout)
    }

    fn without<'n>(
        repeated: Option<usize>,
        facts: impl Iterator<Item = &'n str>,
        layout: &Layout,
    ) -> Schema {
        let mut schema = Schema {
            columns: Vec::with_capacity(layout.columns.len()),
            taken: facts.map(str::to_owned).collect(),
            width: layout.columns.len(),
        };
        for (place, column) in layout.columns.iter().enumerate() {
            if Some(place) != repeated {
                let name = free_name(&schema.taken, column);
                schema.taken.insert(name.clone());
                schema.columns.push(SchemaColumn { place, name });
            }
        }
        schema
    }

    /// The columns, in the order of the source.
    #[must_use]
    pub fn columns(&self) -> &[SchemaColumn] {
        &self.columns
    }

    /// Names of `count` cells that a row has beyond the columns of its source: those of the fields of an object, and
    /// otherwise by their places, `column4`.
    #[must_use]
    pub fn surplus_names(&self, row: &RowRef<'_>, count: usize) -> Vec<String> {
        if count == 0 {
            return Vec::new();
        }
        let own = row.surplus_names();
        let named = (0..count).map(|at| match own.get(at) {
            Some(name) => free_name(&self.taken, name),
            None => free_name(&self.taken, &format!("column{}", self.width + at + 1)),
        });
        named.collect()
    }
}

/// The column of a source that a name stands for beside all facts: `time_` for a column called `time`. `None` if the name is
/// that of a column itself, or of none.
#[must_use]
pub fn source_column<'c>(columns: &'c [String], name: &str) -> Option<&'c str> {
    // most names end otherwise
    if !name.ends_with('_') {
        return None;
    }
    let named = named_columns(columns);
    let found = named
        .into_iter()
        .find(|(shown, column)| shown == name && shown != column)?;
    Some(found.1)
}

/// Each column of a source, with the name that it has beside all facts.
#[must_use]
pub fn named_columns(columns: &[String]) -> Vec<(String, &str)> {
    let mut taken: HashSet<String> = FACTS.iter().map(|entry| entry.name.to_owned()).collect();
    let named = columns.iter().map(|column| {
        let name = free_name(&taken, column);
        taken.insert(name.clone());
        (name, column.as_str())
    });
    named.collect()
}

fn free_name(taken: &HashSet<String>, wanted: &str) -> String {
    let mut name = wanted.to_owned();
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{dataset::Dataset, format::OpenOptions};

    const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    fn names(header: &str, row: &str) -> Vec<String> {
        let text = format!("{header}\n{row}\n{row}\n");
        let dataset = Dataset::from_bytes("x.csv", text.into(), &OpenOptions::default()).unwrap();
        let schema = Schema::beside_id(&[], &[Fact::Row, Fact::Id, Fact::Time], dataset.layout());
        let columns = schema.columns().iter();
        columns.map(|column| column.name.clone()).collect()
    }

    #[test]
    fn no_two_columns_share_a_name_and_none_is_lost() {
        assert_eq!(names("id,n", &format!("{ID},1")), ["n"]);
        assert_eq!(
            names("time,id,row,time_", &format!("1,{ID},2,3")),
            ["time_", "row_", "time__"]
        );
        // here the column called `id` is not that of the IDs
        assert_eq!(names("key,id", &format!("{ID},7")), ["id_"]);
        assert_eq!(names("id,n", &format!("ord_{ID},1")), ["id_", "n"]);
    }
}
