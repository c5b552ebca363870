//! Two files beside each other.

use std::{
    collections::HashMap, fs, hash::BuildHasher as _, ops::ControlFlow, path::PathBuf, sync::Arc,
};

use hashbrown::DefaultHashBuilder;
use ulid_engine::{
    RowSet,
    anatomy::repair,
    dataset::{Block, Dataset, MEMORY, OpenError, OpenOptions, Row, RowRef},
    diff::{Diff, Pairs},
    progress::Progress,
    sort::Direction,
};

use super::Source;
use crate::jobs::JobError;

/// How a row is related to the other file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Relation {
    /// Only one of the files has the row, or its other columns differ
    Different,
    /// Only the first file has the row
    First,
    /// Only the second file has the row
    Second,
    /// Both files have the row
    Both,
    /// Both have the row, and its other columns differ
    Changed,
    /// Both have the row, but not in the same order as the others
    Moved,
}

impl Relation {
    /// The sign before the ID.
    #[must_use]
    pub fn glyph(self) -> &'static str {
        match self {
            Relation::First => "-",
            Relation::Second => "+",
            Relation::Changed => "≠",
            Relation::Moved => "~",
            Relation::Both | Relation::Different => " ",
        }
    }

    /// The words for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Relation::Different => "in one file, or changed",
            Relation::First => "in the first file",
            Relation::Second => "in the second file",
            Relation::Both => "in both files",
            Relation::Changed => "changed",
            Relation::Moved => "in another order",
        }
    }
}

/// How the rows of two files are related.
#[derive(Debug, Clone)]
pub struct Comparison {
    diff: Diff,
    pairs: Pairs,
    /// Rows of either file whose columns differ from those of their partner.
    changed: RowSet,
    /// How many rows of the first file there are.
    first_rows: usize,
    /// Broken IDs that were taken for what they most likely stood for.
    repaired: u64,
}

impl Comparison {
    /// The rows of a relation.
    #[must_use]
    pub fn rows(&self, relation: Relation) -> RowSet {
        let diff = &self.diff;
        match relation {
            Relation::Different => &(&diff.only_first | &diff.only_second) | &self.changed,
            Relation::First => diff.only_first.clone(),
            Relation::Second => diff.only_second.clone(),
            Relation::Both => diff.both.clone(),
            Relation::Changed => self.changed.clone(),
            Relation::Moved => diff.moved.clone(),
        }
    }

    /// How many keys are so. One that is in both files is one.
    #[must_use]
    pub fn count(&self, relation: Relation) -> u64 {
        let diff = &self.diff;
        match relation {
            Relation::Different => {
                diff.only_first.len() + diff.only_second.len() + self.changed.len() / 2
            }
            Relation::First => diff.only_first.len(),
            Relation::Second => diff.only_second.len(),
            Relation::Both => diff.both.len() / 2,
            Relation::Changed => self.changed.len() / 2,
            Relation::Moved => diff.moved.len() / 2,
        }
    }

    /// Relation of a row; `None` if both files have the same in its place, and if it has no key.
    #[must_use]
    pub fn of_row(&self, row: usize) -> Option<Relation> {
        let row = row as u64;
        let diff = &self.diff;
        [
            (Relation::First, &diff.only_first),
            (Relation::Second, &diff.only_second),
            (Relation::Changed, &self.changed),
            (Relation::Moved, &diff.moved),
        ]
        .into_iter()
        .find_map(|(relation, rows)| rows.contains(row).then_some(relation))
    }

    /// The row of the other file that belongs to a row.
    #[must_use]
    pub fn partner(&self, row: usize) -> Option<usize> {
        self.pairs.partner(row)
    }

    /// Broken IDs that were taken for what they most likely stood for.
    #[must_use]
    pub fn repaired(&self) -> u64 {
        self.repaired
    }

    /// The rows of a relation as they are read: in the order of the first file, each row of the second behind the one that
    /// it belongs to, and one without a partner behind its neighbour.
    #[must_use]
    pub fn side_by_side(&self, relation: Relation, direction: Direction) -> Vec<u32> {
        let rows = self.rows(relation);
        let narrow = |row: u64| u32::try_from(row).unwrap_or(u32::MAX);
        let first_rows = self.first_rows as u64;
        let firsts = rows.iter().take_while(|&row| row < first_rows);
        let mut placed: Vec<(u32, u32)> = firsts.map(|row| (narrow(row), 0)).collect();
        let (mut behind, mut next) = (0, first_rows);
        let mut seconds = rows.iter();
        seconds.advance_to(first_rows);
        for row in seconds {
            // the last row before it that the first file has as well
            while next <= row {
                let partner = usize::try_from(next)
                    .ok()
                    .and_then(|next| self.partner(next));
                behind = partner.map_or(behind, |partner| partner as u32);
                next += 1;
            }
            placed.push((behind, narrow(row)));
        }
        placed.sort_unstable();
        let rows = placed.into_iter().map(|(first, second)| match second {
            0 => first,
            second => second,
        });
        match direction {
            Direction::Ascending => rows.collect(),
            Direction::Descending => rows.rev().collect(),
        }
    }
}

/// Two files that cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum Unlike {
    /// Their rows are of different kinds.
    #[error(
        "{first} and {second} cannot be compared; say with --format, --column or --field what both are"
    )]
    Kinds {
        /// The first file, and what it is.
        first: String,
        /// The second one.
        second: String,
    },
    /// The column of --key is not in both.
    #[error("--key {key}: {file} has no such column; it has {columns}")]
    Key {
        /// The column.
        key: String,
        /// The file that lacks it.
        file: String,
        /// The columns that it has.
        columns: String,
    },
}

/// The row of a source in its own file, where the first of two files has so many rows.
pub(super) fn in_its_file(row: usize, rows_of_first: usize) -> usize {
    row.checked_sub(rows_of_first).unwrap_or(row)
}

/// A pipe where a file is needed: two files are read once each alone, and once together.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} is a pipe, and --diff reads its files twice; write it to a file first")]
pub struct OnlyOnce(String);

/// Two files that are compared.
#[derive(Debug)]
pub(super) struct Compared {
    /// The first of them, alone.
    pub(super) first: Dataset,
    /// The column whose cells are the keys; `None` for the ID.
    key: Option<usize>,
    /// The columns, of those of both files together, that are compared.
    common: Vec<usize>,
    /// The columns that only one of the files has.
    only: [Vec<String>; 2],
}

impl Compared {
    fn of(
        first: Dataset,
        second: &Dataset,
        both: &Dataset,
        key: Option<&str>,
    ) -> Result<Compared, Unlike> {
        let files = [&first, second];
        let has = |file: &Dataset, name: &String| file.columns().contains(name);
        if let Some(key) = key {
            let name = key.to_owned();
            if let Some(file) = files.into_iter().find(|file| !has(file, &name)) {
                return Err(Unlike::Key {
                    key: name,
                    file: file.name(),
                    columns: match file.columns() {
                        [] => "none".to_owned(),
                        columns => columns.join(", "),
                    },
                });
            }
        }
        let id = both.layout().id_column;
        let key = key.and_then(|key| both.columns().iter().position(|name| name == key));
        let key = key.filter(|&key| Some(key) != id);
        let is_key = |at: usize| Some(at) == key || key.is_none() && Some(at) == id;
        let names = both.columns().iter().enumerate();
        let common =
            names.filter(|(at, name)| !is_key(*at) && files.iter().all(|file| has(file, name)));
        let common = common.map(|(at, _)| at).collect();
        let lacking = |file: &Dataset, other: &Dataset| -> Vec<String> {
            let own = file.columns().iter().filter(|name| !has(other, name));
            own.cloned().collect()
        };
        let only = [lacking(&first, second), lacking(second, &first)];
        Ok(Compared {
            first,
            key,
            common,
            only,
        })
    }

    /// Findings of a pass in the rows of a block.
    fn part(&self, block: &Block, hash: &DefaultHashBuilder) -> Part {
        let compares = !self.common.is_empty() || block.is_text();
        let mut part = Part {
            first_row: block.first_row(),
            ..Part::default()
        };
        if self.key.is_none() {
            part.keys = block.keys().to_vec();
        }
        if self.key.is_none() && !compares && block.faults().is_empty() {
            return part;
        }
        for (at, row) in block.rows().enumerate() {
            if compares {
                part.contents.push(hash.hash_one(row.text));
            }
            let key = match self.key {
                Some(column) => {
                    let key = self.key_of_cell(&row, column, hash);
                    part.keys.push(key.unwrap_or(0));
                    key
                }
                None if row.id.is_ok() => continue,
                None => {
                    let (key, is_repaired) = key_of_fault(&row, hash);
                    part.repaired += u64::from(is_repaired);
                    if let (Some(key), Some(place)) = (key, part.keys.get_mut(at)) {
                        *place = key;
                    }
                    key
                }
            };
            if key.is_none() {
                part.without.push(row.index as u64);
            }
        }
        part
    }

    fn key_of_cell(
        &self,
        row: &RowRef<'_>,
        column: usize,
        hash: &DefaultHashBuilder,
    ) -> Option<u128> {
        let cells = row.cells();
        let cell = cells.get(column).filter(|cell| !cell.is_empty())?;
        Some(wide_hash(cell.as_bytes(), hash))
    }

    /// A number for what is compared of a row: equal for equal cells.
    fn content(&self, row: &RowRef<'_>, hash: &DefaultHashBuilder) -> u64 {
        if !row.has_columns() {
            return hash.hash_one(row.text);
        }
        let cells = row.cells();
        let compared = self
            .common
            .iter()
            .map(|&at| cells.get(at).map(|cell| cell.as_ref()));
        hash.hash_one(compared.collect::<Vec<Option<&str>>>())
    }
}

/// The key of a row whose ID is broken, and whether it was repaired for it: what its text most likely stood for, or else
/// the text as it stands. `None` for one without any.
fn key_of_fault(row: &RowRef<'_>, hash: &DefaultHashBuilder) -> (Option<u128>, bool) {
    let text = row.id_text();
    if row.fault().is_none() || text.is_empty() {
        return (None, false);
    }
    match repair(&text) {
        Some(repair) => (Some(repair.id.to_u128()), true),
        None => (Some(wide_hash(text.as_bytes(), hash)), false),
    }
}

fn wide_hash(text: &[u8], hash: &DefaultHashBuilder) -> u128 {
    let (high, low) = (hash.hash_one((0_u8, text)), hash.hash_one((1_u8, text)));
    u128::from(high) << 64 | u128::from(low)
}

/// Findings of a pass in rows.
#[derive(Default)]
struct Part {
    first_row: u64,
    keys: Vec<u128>,
    /// Hashes of the texts; empty where none are compared.
    contents: Vec<u64>,
    /// Rows without a key.
    without: Vec<u64>,
    repaired: u64,
}

/// Rows of one pass, with their keys.
#[derive(Default)]
struct Keyed {
    keys: Vec<u128>,
    contents: Vec<u64>,
    /// Which rows they are; empty where they are all.
    rows: Vec<u32>,
    /// Rows of all that have no key.
    without: RowSet,
    repaired: u64,
}

impl Keyed {
    /// Takes the rows of one of several shares of the keys.
    fn take(&mut self, part: &Part, share: u64, shares: u64) {
        self.without.extend(part.without.iter().copied());
        self.repaired += part.repaired;
        if shares == 1 {
            self.keys.extend_from_slice(&part.keys);
            self.contents.extend_from_slice(&part.contents);
            return;
        }
        let mut without = part.without.iter().peekable();
        for (at, (row, &key)) in (part.first_row..).zip(&part.keys).enumerate() {
            let is_without = without.next_if_eq(&&row).is_some();
            if share_of(key, shares) == share
                && !is_without
                && let Ok(row) = u32::try_from(row)
            {
                self.keys.push(key);
                self.rows.push(row);
                self.contents.extend(part.contents.get(at));
            }
        }
    }

    /// The hash of the text of a row.
    fn content(&self, row: u32) -> Option<u64> {
        let place = match self.rows.is_empty() {
            true => row as usize,
            false => self.rows.binary_search(&row).ok()?,
        };
        self.contents.get(place).copied()
    }
}

/// The share of the keys that one belongs to.
fn share_of(key: u128, shares: u64) -> u64 {
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    let folded = (key as u64 ^ (key >> 64) as u64).wrapping_mul(SPREAD);
    (folded >> 32) % shares
}

impl Source {
    /// Opens two files to be compared, as one source: the rows of the second stand behind those of the first. Rows belong
    /// together by their IDs, or by the cells of the column `key`.
    ///
    /// # Errors
    ///
    /// [`OpenError`] where one cannot be read, [`Unlike`] where their rows differ in kind or one lacks the column,
    /// [`OnlyOnce`] for a pipe.
    pub fn open_both(
        files: [&PathBuf; 2],
        options: &OpenOptions,
        key: Option<&str>,
    ) -> anyhow::Result<Source> {
        let is_pipe = |file: &&PathBuf| {
            fs::metadata(file).is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
        };
        if let Some(pipe) = files.into_iter().find(is_pipe) {
            return Err(OnlyOnce(pipe.display().to_string()).into());
        }
        let alone = |file: &PathBuf| -> Result<Dataset, OpenError> {
            Dataset::open_paths(std::slice::from_ref(file), options)
        };
        let (first, second) = (alone(files[0])?, alone(files[1])?);
        if !are_alike(&first, &second) {
            let described =
                |dataset: &Dataset| format!("{} ({})", dataset.name(), dataset.layout());
            return Err(Unlike::Kinds {
                first: described(&first),
                second: described(&second),
            }
            .into());
        }
        let both = Dataset::open_paths(&files.map(Clone::clone), options)?;
        let compared = Compared::of(first, &second, &both, key)?;
        Ok(Source {
            dataset: Arc::new(both),
            compared: Some(Arc::new(compared)),
            memory: MEMORY,
            is_sample: false,
        })
    }

    /// The names of the two files that are compared.
    #[must_use]
    pub fn compared(&self) -> Option<[String; 2]> {
        let first = self.compared.as_ref()?.first.name();
        let second = self.dataset.paths().pop()?.display().to_string();
        Some([first, second])
    }

    /// True if two files are compared whose rows have more than their keys.
    #[must_use]
    pub fn compares_columns(&self) -> bool {
        let compared = self.compared.as_deref();
        compared.is_some_and(|compared| !compared.common.is_empty())
    }

    /// A sentence about columns that only one of two files has, which are not compared.
    #[must_use]
    pub fn lacking_columns(&self) -> Option<String> {
        let compared = self.compared.as_deref()?;
        let [first, second] = self.compared()?;
        let told = |file: &str, only: &[String]| match only {
            [] => None,
            names => Some(format!("only {file} has {}", names.join(", "))),
        };
        let parts = [
            told(&first, &compared.only[0]),
            told(&second, &compared.only[1]),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("{}; these columns are not compared", parts.join(", ")))
    }

    /// The letter of the file that a row is of, where two are compared.
    #[must_use]
    pub fn file_of(&self, row: usize) -> Option<char> {
        self.compared.as_ref()?;
        Some(match row < self.rows_of_first() {
            true => 'A',
            false => 'B',
        })
    }

    /// The number of a row in its own file, from 1.
    #[must_use]
    pub fn number_of(&self, row: usize) -> usize {
        in_its_file(row, self.rows_of_first()).saturating_add(1)
    }

    /// The rows of the first of two files, as soon as all are known.
    pub(super) fn rows_of_first(&self) -> usize {
        let extent = self
            .compared
            .as_ref()
            .map(|compared| compared.first.extent());
        extent
            .filter(|extent| extent.complete)
            .map_or(0, |extent| extent.rows)
    }

    /// The columns of the file, by their positions, in which two rows differ.
    #[must_use]
    pub fn columns_changed(&self, row: &Row, other: &Row) -> Vec<usize> {
        let common = self
            .compared
            .as_ref()
            .map_or(&[][..], |compared| &compared.common);
        let (here, there) = (row.cells(), other.cells());
        let differs = |at: &usize| here.get(*at) != there.get(*at);
        common.iter().copied().filter(differs).collect()
    }

    /// Compares the two files. Waits until all their rows are known. What does not fit into the memory that is given is
    /// compared in several passes, each of a share of the keys.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled, the rows can no longer be read, or are too many.
    pub fn compare(&self, progress: &Progress) -> Result<Comparison, JobError> {
        /// Bytes that a row takes in a pass: its key, its text's hash, its number and its place in an order.
        const BYTES_A_ROW: usize = 40;
        let Some(compared) = self.compared.as_deref() else {
            return Err(JobError::NotTwo);
        };
        let first_rows = compared.first.len();
        let rows = self.wait_for_all();
        let shares = rows
            .saturating_mul(BYTES_A_ROW)
            .div_ceil(self.memory.max(1))
            .max(1) as u64;
        progress.set_total(rows as u64 * (shares + 1));
        let hash = DefaultHashBuilder::default();
        let mut pairs = Pairs::new(first_rows, rows.saturating_sub(first_rows))?;
        let (mut without, mut repaired, mut unlike) = (RowSet::new(), 0, Vec::new());
        for share in 0..shares {
            let keyed = self.keyed(compared, (share, shares), &hash, progress)?;
            let (all, rows) = match shares {
                1 => (&keyed.without, None),
                _ => (&RowSet::new(), Some(keyed.rows.as_slice())),
            };
            pairs.add(&keyed.keys, all, rows, &progress.piece())?;
            let of_share = |first: u32| shares == 1 || keyed.rows.binary_search(&first).is_ok();
            let pairs_here = pairs.iter().filter(|&(first, _)| of_share(first));
            if !keyed.contents.is_empty() {
                unlike.extend(pairs_here.filter(|&(a, b)| keyed.content(a) != keyed.content(b)));
            }
            (without, repaired) = (keyed.without, keyed.repaired);
        }
        let changed = self.changed(compared, &unlike, &hash)?;
        Ok(Comparison {
            diff: pairs.diff(&without, &progress.piece())?,
            pairs,
            changed,
            first_rows,
            repaired,
        })
    }

    /// The keys of the rows of a share.
    fn keyed(
        &self,
        compared: &Compared,
        (share, shares): (u64, u64),
        hash: &DefaultHashBuilder,
        progress: &Progress,
    ) -> Result<Keyed, JobError> {
        let mut keyed = Keyed::default();
        if shares == 1 {
            keyed.keys.reserve_exact(self.extent().rows);
        }
        self.dataset.scan_known(
            0..self.extent().rows,
            &progress.piece(),
            |block| compared.part(block, hash),
            |part| {
                // the pass itself sees to it that it ends
                let _ = progress.advance(part.keys.len() as u64);
                keyed.take(&part, share, shares);
                ControlFlow::Continue(())
            },
        )?;
        Ok(keyed)
    }

    /// The rows of pairs whose columns differ, of those whose texts do.
    fn changed(
        &self,
        compared: &Compared,
        unlike: &[(u32, u32)],
        hash: &DefaultHashBuilder,
    ) -> Result<RowSet, JobError> {
        let mut rows: Vec<usize> = unlike
            .iter()
            .flat_map(|&(first, second)| [first as usize, second as usize])
            .collect();
        rows.sort_unstable();
        let mut contents: HashMap<u32, u64, DefaultHashBuilder> =
            HashMap::with_capacity_and_hasher(rows.len(), DefaultHashBuilder::default());
        self.scan_rows(
            rows,
            &Progress::new(),
            |rows| -> Vec<(u32, u64)> {
                let of = |row: RowRef<'_>| {
                    Some((u32::try_from(row.index).ok()?, compared.content(&row, hash)))
                };
                rows.filter_map(of).collect()
            },
            |part| -> Result<(), JobError> {
                contents.extend(part);
                Ok(())
            },
        )?;
        let differs =
            |&&(first, second): &&(u32, u32)| contents.get(&first) != contents.get(&second);
        let changed = unlike.iter().filter(differs);
        Ok(changed
            .flat_map(|&(first, second)| [u64::from(first), u64::from(second)])
            .collect())
    }
}

/// True if the rows of two files can be told apart in the same way: by their columns, or as the same kind of text.
fn are_alike(first: &Dataset, second: &Dataset) -> bool {
    let (first, second) = (first.layout(), second.layout());
    match (first.columns.is_empty(), second.columns.is_empty()) {
        (true, true) => first.format == second.format,
        (false, false) => true,
        _ => false,
    }
}
