//! Many values to be in, as those of a file: found by their hash, and most of those that are not among them by a few bits.

use std::{
    hash::BuildHasher as _,
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
};

use hashbrown::{DefaultHashBuilder, HashSet};

use super::{
    code::{Code, Op, read},
    compile::{Compiled, Compiler, code, error},
    error::{QueryErrorKind, Type},
    order::{float_key, integer_key},
    parse::{Node, Tree},
    token::TokenKind,
    value::Val,
};
use crate::{
    dataset::{Dataset, OpenOptions, RowRef, ScanError, Wait},
    pass::Block,
    progress::Progress,
};

/// Values of one type.
#[derive(Debug)]
pub(super) struct ValueSet {
    values: Values,
    /// A bit for each hash that a value has, sixteen or more for each value: of a million values two megabytes stay in the
    /// cache where the values do not.
    filter: Vec<u64>,
    hasher: DefaultHashBuilder,
}

#[derive(Debug)]
enum Values {
    /// IDs, or what numbers are ordered by.
    Keys(HashSet<u128>),
    Texts(HashSet<Box<[u8]>>),
}

/// Values of a set at most: some gigabytes of memory.
const MOST: usize = 20_000_000;

impl ValueSet {
    fn new(values: Values) -> ValueSet {
        let hasher = DefaultHashBuilder::default();
        let count = values.len();
        let mut set = ValueSet {
            values,
            filter: vec![0; (count / 4).next_power_of_two()],
            hasher,
        };
        let hashes: Vec<u64> = match &set.values {
            Values::Keys(keys) => keys.iter().map(|key| set.hash_of_key(*key)).collect(),
            Values::Texts(texts) => texts.iter().map(|text| set.hash_of_text(text)).collect(),
        };
        for hash in hashes {
            let (word, bit) = set.bit(hash);
            set.filter[word] |= bit;
        }
        set
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    fn hash_of_key(&self, key: u128) -> u64 {
        self.hasher.hash_one(key)
    }

    fn hash_of_text(&self, text: &[u8]) -> u64 {
        self.hasher.hash_one(text)
    }

    fn bit(&self, hash: u64) -> (usize, u64) {
        let word = (hash >> 6) as usize & (self.filter.len() - 1);
        (word, 1 << (hash & 63))
    }

    fn may_have(&self, hash: u64) -> bool {
        let (word, bit) = self.bit(hash);
        self.filter[word] & bit != 0
    }

    /// True for an ID that is among the values.
    pub(super) fn has_key(&self, key: u128) -> bool {
        match &self.values {
            Values::Keys(keys) => self.may_have(self.hash_of_key(key)) && keys.contains(&key),
            Values::Texts(_) => false,
        }
    }

    pub(super) fn has_text(&self, text: &[u8]) -> bool {
        match &self.values {
            Values::Texts(texts) => self.may_have(self.hash_of_text(text)) && texts.contains(text),
            Values::Keys(_) => false,
        }
    }

    pub(super) fn has(&self, value: &Val<'_>) -> bool {
        match value {
            Val::Id(id) => self.has_key(id.to_u128()),
            Val::Int(number) => self.has_key(integer_key(*number)),
            Val::Float(number) => self.has_key(float_key(*number)),
            Val::Text(text) => self.has_text(text),
            _ => false,
        }
    }
}

impl Compiler<'_> {
    /// `value in file("NAME")`, also with the name of a column of that file behind a colon.
    pub(super) fn within_file(
        &self,
        value: Code,
        left: &Tree,
        arguments: &[Tree],
        tree: &Tree,
    ) -> Compiled {
        let [
            Tree {
                node: Node::Literal(TokenKind::Text(name)),
                ..
            },
        ] = arguments
        else {
            let kind = QueryErrorKind::Arguments {
                function: "file",
                takes: "the name of a file in quotes, and perhaps a column of it: \"ids.csv:order_id\"",
            };
            return Err(error(kind, tree));
        };
        let file = |sentence: String| error(QueryErrorKind::File(sentence), tree);
        let folder = self.scope.files.ok_or_else(|| file(NO_FILES.to_owned()))?;
        let (path, column) = find(folder, name);
        let same_name = match &value.op {
            Op::Column(_, name) => Some(name.as_str()),
            _ => None,
        };
        let of = Expect {
            ty: value.ty,
            column: column.as_deref(),
            same_name,
        };
        if !matches!(
            value.ty,
            Type::Id | Type::Number | Type::Text | Type::Column
        ) {
            let kind = QueryErrorKind::Type {
                expected: Type::Id,
                found: value.ty,
            };
            return Err(error(kind, left));
        }
        let set =
            load(&path, &of).map_err(|reason| file(format!("{}: {reason}", path.display())))?;
        Ok(code(Op::InSet(Box::new(value), Arc::new(set)), Type::Bool))
    }
}

/// Sentence for places where files are not to be read.
pub(super) const NO_FILES: &str =
    "a file cannot be read here; it can where a condition is given to ulid-tui or ulid open";

/// A file, and the column behind a colon if it is not of the name.
pub(super) fn find(folder: &Path, name: &str) -> (PathBuf, Option<String>) {
    let whole = folder.join(name);
    match name.rsplit_once(':') {
        Some((file, column)) if !whole.exists() && !column.is_empty() => {
            (folder.join(file), Some(column.to_owned()))
        }
        _ => (whole, None),
    }
}

/// Values that are wanted of a file.
pub(super) struct Expect<'a> {
    pub(super) ty: Type,
    pub(super) column: Option<&'a str>,
    /// The column that they are looked for in, which is taken where the file has one that is called so.
    pub(super) same_name: Option<&'a str>,
}

fn load(path: &Path, wanted: &Expect<'_>) -> Result<ValueSet, String> {
    let options = OpenOptions {
        wait: Wait::Sample,
        column: wanted.id_column().map(str::to_owned),
        ..OpenOptions::default()
    };
    let dataset = Dataset::open_paths(&[path.to_owned()], &options);
    let dataset = dataset.map_err(|error| reason(&error.to_string(), path))?;
    let column = wanted.text_column(dataset.columns())?;
    let mut values = match wanted.ty {
        Type::Id | Type::Number => Values::Keys(HashSet::new()),
        _ => Values::Texts(HashSet::new()),
    };
    let mut too_many = false;
    let each = |part: Found| {
        values.extend(part);
        too_many = values.len() > MOST;
        match too_many {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let map = |block: &Block| Found::of(block, wanted.ty, column.as_deref());
    let passed = dataset.pass(&Progress::new()).each(map, each);
    passed.map_err(|error: ScanError| error.to_string())?;
    if too_many {
        return Err(format!(
            "it has more than {MOST} values, which is too much to keep; sort both files by ID and compare them with --diff"
        ));
    }
    if values.len() == 0 {
        let what = match wanted.ty {
            Type::Id => "no ID",
            Type::Number => "no number",
            _ => "no value",
        };
        return Err(format!("there is {what} in it"));
    }
    Ok(ValueSet::new(values))
}

/// The sentence of an error without the name of the file, which stands before it already.
pub(super) fn reason(sentence: &str, path: &Path) -> String {
    let name = format!("{}: ", path.display());
    sentence.strip_prefix(&name).unwrap_or(sentence).to_owned()
}

impl Expect<'_> {
    /// The column that holds the IDs that are wanted, if one was named.
    pub(super) fn id_column(&self) -> Option<&str> {
        self.column.filter(|_| self.ty == Type::Id)
    }

    /// The column whose text is wanted, if it is not the whole row.
    pub(super) fn text_column(&self, columns: &[String]) -> Result<Option<String>, String> {
        if self.ty == Type::Id {
            return Ok(None);
        }
        let has = |name: &str| columns.iter().any(|column| column == name);
        match (self.column, self.same_name, columns) {
            (Some(name), ..) if has(name) => Ok(Some(name.to_owned())),
            (Some(name), ..) => Err(format!("there is no column {name:?} in it")),
            (None, Some(name), _) if has(name) => Ok(Some(name.to_owned())),
            (None, _, []) => Ok(None),
            (None, _, [only]) => Ok(Some(only.clone())),
            _ => Err(
                "it has several columns; write the name of one behind it and a colon".to_owned(),
            ),
        }
    }
}

/// Values of some rows of a file.
enum Found {
    Keys(Vec<u128>),
    Texts(Vec<Box<[u8]>>),
}

impl Found {
    fn of(block: &Block, ty: Type, column: Option<&str>) -> Found {
        // a missing value is equal to none
        let text = |row: RowRef<'_>| {
            let text: Box<[u8]> = match column {
                None => Box::from(row.text.trim_ascii()),
                Some(name) => Box::from(row.cell(name)?.as_bytes()),
            };
            (!text.is_empty()).then_some(text)
        };
        match ty {
            Type::Id => Found::Keys(block.valid().map(|(_, key)| key).collect()),
            Type::Number => {
                let number = |text: Box<[u8]>| match read(Type::Number, &Val::Text((&*text).into()))
                {
                    Val::Int(number) => Some(integer_key(number)),
                    Val::Float(number) => Some(float_key(number)),
                    _ => None,
                };
                Found::Keys(block.rows().filter_map(text).filter_map(number).collect())
            }
            _ => Found::Texts(block.rows().filter_map(text).collect()),
        }
    }
}

impl Values {
    fn extend(&mut self, found: Found) {
        match (self, found) {
            (Values::Keys(keys), Found::Keys(found)) => keys.extend(found),
            (Values::Texts(texts), Found::Texts(found)) => texts.extend(found),
            _ => {}
        }
    }

    fn len(&self) -> usize {
        match self {
            Values::Keys(keys) => keys.len(),
            Values::Texts(texts) => texts.len(),
        }
    }
}
