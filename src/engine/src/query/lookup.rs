//! Columns of another file, found by an ID or by the text of a column: `lookup("users.csv:user_id", user, "name")`.

use std::{collections::HashMap, ops::ControlFlow, path::Path, sync::Arc};

use super::{
    code::{Code, Op, Which},
    compile::{Compiled, Compiler, code, error},
    error::{QueryError, QueryErrorKind, Type},
    parse::{Node, Tree},
    set::{self, Expect},
    value::Val,
};
use crate::{
    dataset::{Dataset, OpenOptions, ScanError, Wait},
    pass::Block,
    progress::Progress,
    row::Fact,
};

/// Rows of another file by their key. Of several rows with one key the first is kept.
#[derive(Debug)]
pub(super) struct Joined {
    ids: HashMap<u128, usize>,
    texts: HashMap<Box<[u8]>, usize>,
    columns: Vec<String>,
    /// Cells of all rows, one behind the other, and where each ends.
    cells: Vec<u8>,
    ends: Vec<usize>,
    /// Rows whose key an earlier row has.
    repeated: u64,
}

/// A column of [`Joined`] rows.
#[derive(Debug, Clone)]
pub(super) struct JoinedColumn {
    joined: Arc<Joined>,
    place: usize,
}

enum Key {
    Id(u128),
    Text(Box<[u8]>),
}

/// Rows, and bytes of their cells, that are kept at most.
const MOST_ROWS: usize = 20_000_000;
const MOST_BYTES: u64 = 4 << 30;

impl Joined {
    /// Reads the columns of a file; `None` takes all but the one with the key.
    fn load(path: &Path, wanted: &Expect<'_>, columns: Option<&[&str]>) -> Result<Joined, String> {
        let options = OpenOptions {
            wait: Wait::Sample,
            column: wanted.id_column().map(str::to_owned),
            ..OpenOptions::default()
        };
        let dataset = Dataset::open_paths(&[path.to_owned()], &options);
        let dataset = dataset.map_err(|error| set::reason(&error.to_string(), path))?;
        let key = wanted.text_column(dataset.columns())?;
        let columns = chosen(&dataset, key.as_deref(), columns)?;
        let mut joined = Joined {
            ids: HashMap::new(),
            texts: HashMap::new(),
            columns,
            cells: Vec::new(),
            ends: Vec::new(),
            repeated: 0,
        };
        let names = joined.columns.clone();
        let map = |block: &Block| part(block, key.as_deref(), &names);
        let mut is_too_much = false;
        let passed = dataset.pass(&Progress::new()).each(map, |rows| {
            rows.into_iter()
                .for_each(|(key, cells)| joined.add(key, &cells));
            is_too_much = joined.len() > MOST_ROWS || joined.cells.len() as u64 > MOST_BYTES;
            match is_too_much {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        });
        passed.map_err(|error: ScanError| error.to_string())?;
        match (is_too_much, joined.len() == 0) {
            (true, _) => Err(format!(
                "it has more than {MOST_ROWS} rows or 4 GiB, which is too much to keep; join fewer columns, or filter it first"
            )),
            (_, true) => Err("there is no ID in it".to_owned()),
            _ => Ok(joined),
        }
    }

    fn len(&self) -> usize {
        self.ids.len() + self.texts.len()
    }

    fn add(&mut self, key: Key, cells: &[Option<Vec<u8>>]) {
        let number = self.len();
        let row = match key {
            Key::Id(id) => *self.ids.entry(id).or_insert(number),
            Key::Text(text) => *self.texts.entry(text).or_insert(number),
        };
        if row < number {
            self.repeated += 1;
            return;
        }
        for cell in cells {
            self.cells.extend(cell.as_deref().unwrap_or_default());
            self.ends.push(self.cells.len());
        }
    }

    fn cell(&self, row: usize, place: usize) -> Option<&[u8]> {
        let at = row * self.columns.len() + place;
        let start = at
            .checked_sub(1)
            .map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.cells.get(start..*self.ends.get(at)?)
    }

    /// A sentence about keys of which only the first row is taken, if there are any.
    fn note(&self, path: &Path) -> Option<String> {
        (self.repeated > 0).then(|| {
            format!(
                "{}: {} of its rows have a key that an earlier one has; the first is taken",
                path.display(),
                self.repeated
            )
        })
    }
}

impl JoinedColumn {
    /// The cell for a key; an empty one is missing.
    pub(super) fn value(&self, key: &Val<'_>) -> Val<'_> {
        let row = match key {
            Val::Id(id) => self.joined.ids.get(&id.to_u128()),
            Val::Text(text) => self.joined.texts.get(text.trim_ascii()),
            _ => None,
        };
        match row.and_then(|&row| self.joined.cell(row, self.place)) {
            Some(cell) if !cell.is_empty() => Val::Text(cell.into()),
            _ => Val::Missing,
        }
    }

    pub(super) fn name(&self) -> &str {
        self.joined
            .columns
            .get(self.place)
            .map_or("", String::as_str)
    }
}

/// Keys of the rows of a block, and their cells.
fn part(block: &Block, key: Option<&str>, columns: &[String]) -> Vec<(Key, Vec<Option<Vec<u8>>>)> {
    let of_row = |row: crate::dataset::RowRef<'_>| {
        let key = match key {
            Some(name) => Key::Text(row.cell(name)?.trim().as_bytes().into()),
            None => Key::Id(row.id.ok()?.to_u128()),
        };
        let cell = |name: &String| row.cell(name).map(|cell| cell.into_owned().into_bytes());
        Some((key, columns.iter().map(cell).collect()))
    };
    block.rows().filter_map(of_row).collect()
}

/// The columns that are wanted, of those that there are.
fn chosen(
    dataset: &Dataset,
    key: Option<&str>,
    columns: Option<&[&str]>,
) -> Result<Vec<String>, String> {
    let all = dataset.columns();
    let Some(columns) = columns else {
        let id = dataset.layout().id_column.and_then(|place| all.get(place));
        let id = id.map(String::as_str);
        let others = all.iter().filter(|name| Some(name.as_str()) != key.or(id));
        let others: Vec<String> = others.cloned().collect();
        return match others.is_empty() {
            true => Err("it has no other column that could be joined".to_owned()),
            false => Ok(others),
        };
    };
    let known = |name: &&str| match all.iter().any(|column| column == name)
        || dataset.layout().format.has_objects()
    {
        true => Ok((*name).to_owned()),
        false => Err(format!("there is no column {name:?} in it")),
    };
    columns.iter().map(known).collect()
}

/// `lookup(FILE, KEY, COLUMN)`.
pub(super) fn lookup(
    compiler: &mut Compiler<'_>,
    (file, name): (&str, &str),
    key: &Tree,
    tree: &Tree,
) -> Compiled {
    let mut columns = joined(compiler, file, key, Some(&[name]), tree)?;
    let missing = code(Op::Const(Val::Missing), Type::Column);
    Ok(columns.pop().map_or(missing, |(_, code)| code))
}

/// Columns of a file, each looked up by a key; without names all of them.
pub(super) fn joined(
    compiler: &mut Compiler<'_>,
    file: &str,
    key: &Tree,
    names: Option<&[&str]>,
    tree: &Tree,
) -> Result<Vec<(String, Code)>, QueryError> {
    let refused = |sentence: String| error(QueryErrorKind::File(sentence), tree);
    let folder = compiler
        .scope
        .files
        .ok_or_else(|| refused(set::NO_FILES.to_owned()))?;
    let of = compiler.any(key)?;
    let of = match of.ty {
        Type::Id | Type::Text | Type::Column => of,
        found => {
            let expected = Type::Id;
            return Err(error(QueryErrorKind::Type { expected, found }, key));
        }
    };
    let (path, column) = set::find(folder, file);
    let same_name = match &of.op {
        Op::Column(Which::Here, name) => Some(name.as_str()),
        _ => None,
    };
    let wanted = Expect {
        ty: of.ty,
        column: column.as_deref(),
        same_name,
    };
    let loaded = Joined::load(&path, &wanted, names)
        .map_err(|reason| refused(format!("{}: {reason}", path.display())))?;
    compiler.notes.extend(loaded.note(&path));
    let joined = Arc::new(loaded);
    let column = |(place, name): (usize, &String)| {
        let column = JoinedColumn {
            joined: Arc::clone(&joined),
            place,
        };
        let op = Op::Joined(Box::new(of.clone()), column);
        (name.clone(), code(op, Type::Column))
    };
    Ok(joined.columns.iter().enumerate().map(column).collect())
}

/// Key of the rows of a file: the ID, or the column that is named behind a colon.
pub(super) fn key_of(file: &str) -> Tree {
    let node = match file.rsplit_once(':') {
        Some((_, column)) if !Path::new(file).exists() && !column.is_empty() => {
            Node::Column(column.to_owned())
        }
        _ => Node::Field(Fact::Id.entry().name.to_owned()),
    };
    Tree { node, at: 0..0 }
}
