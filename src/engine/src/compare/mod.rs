//! Two files beside each other: which rows belong together by their IDs or by a column, what changed in them, what only one
//! of the files has, and what stands in another order.

mod keyed;
mod relation;

pub use relation::{Comparison, Relation};

use std::{
    borrow::Cow, collections::HashMap, fs, hash::BuildHasher as _, ops::ControlFlow, path::PathBuf,
    slice,
};

use hashbrown::DefaultHashBuilder;

use keyed::{Keyed, Part, further, key_of_fault, wide_hash};

use crate::{
    RowSet,
    dataset::{Dataset, OpenError, OpenOptions, Row, RowRef},
    diff::Pairs,
    pass::{Block, SortError},
    progress::Progress,
};

/// Two files that cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// One of them cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// One of them is a pipe: they are read each by itself, and once together.
    #[error("{0} is a pipe, and files that are compared are read twice; write it to a file first")]
    Pipe(String),
    /// The column that is to tell which rows belong together is not in both.
    #[error("{file} has no column {key:?} to compare by; it has {columns}")]
    Key {
        /// The column.
        key: String,
        /// The file that lacks it.
        file: String,
        /// The columns that it has.
        columns: String,
    },
}

/// Two files to be compared.
#[derive(Debug)]
pub struct TwoFiles {
    /// The first of them, by itself.
    first: Dataset,
    /// The column whose cells are the keys; `None` for the ID.
    key: Option<usize>,
    /// The columns, of those of both files together, that are compared.
    common: Vec<usize>,
    /// The columns that only one of the files has.
    only: [Vec<String>; 2],
    /// True if rows without columns are compared as texts.
    has_texts: bool,
}

impl TwoFiles {
    /// Opens two files to be compared, and both as one dataset: the rows of the second stand behind those of the first. Rows
    /// belong together by their IDs, or by the cells of the column `key`; columns are compared by their names. Files of which
    /// only one has columns are compared by their IDs alone.
    ///
    /// # Errors
    ///
    /// [`PairError`]
    pub fn open(
        files: [&PathBuf; 2],
        options: &OpenOptions,
        key: Option<&str>,
    ) -> Result<(Dataset, TwoFiles), PairError> {
        let is_pipe = |file: &&PathBuf| {
            fs::metadata(file).is_ok_and(|kind| !kind.is_file() && !kind.is_dir())
        };
        if let Some(pipe) = files.into_iter().find(is_pipe) {
            return Err(PairError::Pipe(pipe.display().to_string()));
        }
        let alone = |file: &PathBuf| Dataset::open_paths(slice::from_ref(file), options);
        let (first, second) = (alone(files[0])?, alone(files[1])?);
        let both = Dataset::open_paths(&files.map(Clone::clone), options)?;
        let pair = TwoFiles::of(first, &second, &both, key)?;
        Ok((both, pair))
    }

    fn of(
        first: Dataset,
        second: &Dataset,
        both: &Dataset,
        key: Option<&str>,
    ) -> Result<TwoFiles, PairError> {
        let files = [&first, second];
        let has = |file: &Dataset, name: &String| file.columns().contains(name);
        if let Some(key) = key {
            let name = key.to_owned();
            if let Some(file) = files.into_iter().find(|file| !has(file, &name)) {
                return Err(PairError::Key {
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
        let has_texts = files.iter().all(|file| file.columns().is_empty());
        Ok(TwoFiles {
            first,
            key,
            common,
            only,
            has_texts,
        })
    }

    /// The first file, by itself.
    #[must_use]
    pub fn first(&self) -> &Dataset {
        &self.first
    }

    /// The columns that are compared, by their places among those of both files.
    #[must_use]
    pub fn common(&self) -> &[usize] {
        &self.common
    }

    /// Names of the columns that only the first and only the second file has, which are not compared.
    #[must_use]
    pub fn only(&self) -> &[Vec<String>; 2] {
        &self.only
    }

    /// The cells of a row, by their places, that another row has not or has otherwise: those of common columns, and behind
    /// the columns those of fields that the first rows of neither file have.
    #[must_use]
    pub fn columns_changed(&self, row: &Row, other: &Row) -> Vec<usize> {
        let (here, there) = (row.cells(), other.cells());
        let differs = |at: &usize| here.get(*at) != there.get(*at);
        let common = self.common.iter().copied().filter(differs);
        let of_other = further(&other.borrow());
        let names = row.borrow().surplus_names();
        let cells = here.iter().enumerate().rev().zip(names.iter().rev());
        let is_same = |name: &str, cell: &str| {
            let same =
                |(other, there): &(Cow<'_, str>, Cow<'_, str>)| other == name && there == cell;
            of_other.iter().any(same)
        };
        let fields = cells.filter(|((_, cell), name)| !is_same(name, cell));
        let mut fields: Vec<usize> = fields.map(|((at, _), _)| at).collect();
        fields.reverse();
        common.chain(fields).collect()
    }

    /// Compares the files, of which `both` is the dataset. Waits until all rows are known. What does not fit into `memory`
    /// bytes is compared in several passes, each of a share of the keys.
    ///
    /// # Errors
    ///
    /// [`SortError`] if `progress` is cancelled, the rows can no longer be read, or are too many.
    pub fn compare(
        &self,
        both: &Dataset,
        memory: usize,
        progress: &Progress,
    ) -> Result<Comparison, SortError> {
        /// Bytes that a row takes in a pass: its key, its text's hash, its number and its place in an order.
        const BYTES_A_ROW: usize = 40;
        let first_rows = self.first.len();
        let rows = both.len();
        let shares = rows
            .saturating_mul(BYTES_A_ROW)
            .div_ceil(memory.max(1))
            .max(1) as u64;
        progress.set_total(rows as u64 * (shares + 1));
        let hash = DefaultHashBuilder::default();
        let mut pairs = Pairs::new(first_rows, rows.saturating_sub(first_rows))?;
        let (mut without, mut repaired, mut unlike) = (RowSet::new(), 0, Vec::new());
        for share in 0..shares {
            let keyed = self.keyed(both, (share, shares), &hash, progress)?;
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
        let changed = self.changed(both, &unlike, memory, &hash)?;
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
        both: &Dataset,
        (share, shares): (u64, u64),
        hash: &DefaultHashBuilder,
        progress: &Progress,
    ) -> Result<Keyed, SortError> {
        let mut keyed = Keyed::default();
        if shares == 1 {
            keyed.keys.reserve_exact(both.len());
        }
        both.pass(&progress.piece()).known(0..both.len()).each(
            |block| self.part(block, hash),
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
        both: &Dataset,
        unlike: &[(u32, u32)],
        memory: usize,
        hash: &DefaultHashBuilder,
    ) -> Result<RowSet, SortError> {
        let mut rows: Vec<usize> = unlike
            .iter()
            .flat_map(|&(first, second)| [first as usize, second as usize])
            .collect();
        rows.sort_unstable();
        let mut contents: HashMap<u32, u64, DefaultHashBuilder> =
            HashMap::with_capacity_and_hasher(rows.len(), DefaultHashBuilder::default());
        let of = |row: RowRef<'_>| {
            let number = u32::try_from(row.index).ok()?;
            Some((number, self.content(&row, hash)))
        };
        both.pass(&Progress::new()).each_in_order(
            rows,
            memory,
            |stretch| stretch.rows().filter_map(of).collect::<Vec<_>>(),
            |part| {
                contents.extend(part);
                ControlFlow::Continue(())
            },
        )?;
        let differs =
            |&&(first, second): &&(u32, u32)| contents.get(&first) != contents.get(&second);
        let changed = unlike.iter().filter(differs);
        Ok(changed
            .flat_map(|&(first, second)| [u64::from(first), u64::from(second)])
            .collect())
    }

    /// Findings of a pass in the rows of a block.
    fn part(&self, block: &Block, hash: &DefaultHashBuilder) -> Part {
        let has_fields = || self.first.layout().format.has_objects();
        let compares = !self.common.is_empty() || self.has_texts && block.is_text() || has_fields();
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
        hash.hash_one((compared.collect::<Vec<Option<&str>>>(), further(row)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{Ulid, codec, pass::MEMORY};

    /// Rows of a number for the ID and one for the other column.
    type Rows = Vec<(u8, u8)>;

    fn file(folder: &std::path::Path, name: &str, head: &str, rows: &Rows) -> PathBuf {
        let id =
            |number: u8| codec::print(Ulid::from_u128(u128::from(number) << 72 | 7)).to_string();
        let row = |&(number, other): &(u8, u8)| match head {
            "id,n" => format!("{},{other}\n", id(number)),
            _ => format!("{other},{},new\n", id(number).to_lowercase()),
        };
        let text: String = rows.iter().map(row).collect();
        let path = folder.join(name);
        fs::write(&path, format!("{head}\n{text}")).unwrap();
        path
    }

    /// The first copy belongs to the first, the second to the second, as one would do it by hand.
    fn by_hand(first: &Rows, second: &Rows) -> (Vec<u64>, Vec<u64>, Vec<u64>) {
        let mut places: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for (at, (number, _)) in second.iter().enumerate().rev() {
            places.entry(*number).or_default().push(at);
        }
        let (mut only_first, mut changed) = (Vec::new(), Vec::new());
        for (at, (number, other)) in first.iter().enumerate() {
            match places.get_mut(number).and_then(Vec::pop) {
                None => only_first.push(at as u64),
                Some(there) if second[there].1 != *other => {
                    changed.extend([at as u64, (first.len() + there) as u64]);
                }
                Some(_) => {}
            }
        }
        let mut only_second: Vec<u64> = places
            .into_values()
            .flatten()
            .map(|at| (first.len() + at) as u64)
            .collect();
        only_second.sort_unstable();
        changed.sort_unstable();
        (only_first, only_second, changed)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]
        #[test]
        fn relations_are_those_of_pairs_by_hand_whatever_the_memory(
            first in prop::collection::vec((0_u8..12, 0_u8..3), 0..40),
            second in prop::collection::vec((0_u8..12, 0_u8..3), 0..40),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let a = file(folder.path(), "a.csv", "id,n", &first);
            let b = file(folder.path(), "b.csv", "n,id,note", &second);
            let options = OpenOptions { column: Some("id".to_owned()), ..OpenOptions::default() };
            let (both, pair) = TwoFiles::open([&a, &b], &options, None).unwrap();
            prop_assert_eq!(pair.only(), &[vec![], vec!["note".to_owned()]]);
            let expected = by_hand(&first, &second);
            for memory in [MEMORY, 200] {
                let found = pair.compare(&both, memory, &Progress::new()).unwrap();
                let rows = |relation| found.rows(relation).iter().collect::<Vec<u64>>();
                let all: RowSet = (0..(first.len() + second.len()) as u64).collect();
                let firsts: RowSet = (0..first.len() as u64).collect();
                for relation in Relation::ALL {
                    prop_assert_eq!(found.count_among(relation, &all), found.count(relation));
                }
                // of each pair one row is in the first file
                prop_assert_eq!(found.count_among(Relation::Both, &firsts), found.count(Relation::Both));
                prop_assert_eq!(found.count_among(Relation::Second, &firsts), 0);
                let found = (rows(Relation::First), rows(Relation::Second), rows(Relation::Changed));
                prop_assert_eq!(&found, &expected, "{} bytes", memory);
            }
        }
    }

    #[test]
    fn fields_that_come_late_are_compared_by_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, late: &[&str]| {
            let id = |number: usize| codec::print(Ulid::from_u128(number as u128 + 1));
            let first = (0..300).map(|number| format!("{{\"id\":\"{}\",\"n\":1}}\n", id(number)));
            let last = late.iter().zip(300..);
            let last = last
                .map(|(fields, number)| format!("{{\"id\":\"{}\",\"n\":1{fields}}}\n", id(number)));
            let path = folder.path().join(name);
            fs::write(&path, first.chain(last).collect::<String>()).unwrap();
            path
        };
        let a = file(
            "a.jsonl",
            &[",\"x\":1,\"y\":2", ",\"x\":1", "", ",\"x\":{}"],
        );
        let b = file(
            "b.jsonl",
            &[",\"y\":2,\"x\":1", ",\"x\":2", ",\"x\":1", ",\"z\":{}"],
        );
        let (both, pair) = TwoFiles::open([&a, &b], &OpenOptions::default(), None).unwrap();
        let found = pair.compare(&both, MEMORY, &Progress::new()).unwrap();
        let changed: Vec<u64> = found.rows(Relation::Changed).iter().collect();
        assert_eq!(changed, [301, 302, 303, 605, 606, 607]);
        let rows = both.rows_at(&[300, 604, 301, 605, 302, 606]).unwrap();
        assert_eq!(pair.columns_changed(&rows[0], &rows[1]), [0_usize; 0]);
        assert_eq!(pair.columns_changed(&rows[2], &rows[3]), [2]);
        assert_eq!(pair.columns_changed(&rows[4], &rows[5]), [0_usize; 0]);
        assert_eq!(pair.columns_changed(&rows[5], &rows[4]), [2]);
    }
}
