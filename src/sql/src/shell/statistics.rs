//! Statistics of Parquet files beside what the files hold.

use std::{fs::File, path::Path, sync::Arc};

use anyhow::Context;
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray},
        compute::cast,
        datatypes::DataType,
    },
    parquet::{
        arrow::{
            ProjectionMask,
            arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder},
        },
        file::metadata::ColumnChunkMetaData,
    },
};

/// Verdict on the bounds in a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    row_groups: usize,
    /// Row groups without bounds.
    without: usize,
    /// Row groups whose bounds were cut, and rounded as they should be.
    cut: usize,
    /// Row groups with a value outside of their bounds: a reader misses it.
    wrong: usize,
    /// Row groups that begin before an earlier one ends.
    overlapping: usize,
    has_bloom_filter: bool,
    has_pages: bool,
}

impl Found {
    /// True if a condition loses rows.
    pub(crate) fn loses_rows(&self) -> bool {
        self.wrong > 0
    }

    /// One sentence on what a condition on the IDs can expect.
    pub(crate) fn sentence(&self) -> String {
        let all = self.row_groups;
        let mut words = match self {
            Found { wrong, .. } if *wrong > 0 => {
                return format!(
                    "wrong: in {wrong} of {all} row groups values lie outside of the bounds, and readers miss them; ulid-sql write writes the file anew"
                );
            }
            Found { without, .. } if *without > 0 => {
                format!("{without} of {all} row groups have no bounds and are always read")
            }
            Found { cut, .. } if *cut > 0 => format!(
                "bounds cut in {cut} of {all} row groups: ranges of time prune, one ID is looked for in more of them"
            ),
            _ => format!("exact bounds in {all} row groups"),
        };
        words += &match self.overlapping {
            0 => ", in order".to_owned(),
            some => format!(", {some} of them overlap earlier ones and are read with them"),
        };
        words += if self.has_pages {
            ", of pages too"
        } else {
            ", of no pages"
        };
        words
            + if self.has_bloom_filter {
                ", with a bloom filter"
            } else {
                ", without a bloom filter"
            }
    }
}

/// Compares the bounds of a column in each row group with its values.
pub(crate) fn check(path: &Path, column: &str) -> anyhow::Result<Found> {
    let file = File::open(path)?;
    let metadata = ArrowReaderMetadata::load(&file, Default::default())?;
    let place = metadata.schema().index_of(column)?;
    let mask = ProjectionMask::roots(metadata.parquet_schema(), [place]);
    // Of a column that is one leaf, this is it.
    let leaf = (0..metadata.parquet_schema().num_columns()).find(|&leaf| mask.leaf_included(leaf));
    let leaf = leaf.context("the column has no values of its own")?;
    let groups = metadata.metadata().row_groups();
    let mut found = Found {
        row_groups: groups.len(),
        has_bloom_filter: groups
            .iter()
            .all(|group| group.column(leaf).bloom_filter_offset().is_some()),
        has_pages: groups
            .iter()
            .all(|group| group.column(leaf).column_index_offset().is_some()),
        ..Found::default()
    };
    let mut ends: Option<Vec<u8>> = None;
    for (index, group) in groups.iter().enumerate() {
        let reader =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file.try_clone()?, metadata.clone())
                .with_projection(mask.clone())
                .with_row_groups(vec![index])
                .build()?;
        let mut values = None;
        for batch in reader {
            stretch(&mut values, batch?.column(0))?;
        }
        let Some((smallest, largest)) = values else {
            continue;
        };
        found.add(group.column(leaf), &smallest, &largest);
        found.overlapping += usize::from(ends.as_ref().is_some_and(|end| smallest < *end));
        ends = ends.max(Some(largest));
    }
    Ok(found)
}

impl Found {
    fn add(&mut self, chunk: &ColumnChunkMetaData, smallest: &[u8], largest: &[u8]) {
        let statistics = chunk
            .statistics()
            .filter(|statistics| !statistics.is_min_max_deprecated());
        let bounds = statistics.and_then(|statistics| {
            Some((
                statistics.min_bytes_opt()?,
                statistics.max_bytes_opt()?,
                statistics,
            ))
        });
        let Some((min, max, statistics)) = bounds else {
            self.without += 1;
            return;
        };
        let is_exact = statistics.min_is_exact() && statistics.max_is_exact();
        if min > smallest || max < largest {
            self.wrong += 1;
        } else if !is_exact || min != smallest || max != largest {
            self.cut += 1;
        }
    }
}

type Bounds = Option<(Vec<u8>, Vec<u8>)>;

/// Widens bounds to the values of an array, by their bytes.
fn stretch(bounds: &mut Bounds, array: &ArrayRef) -> anyhow::Result<()> {
    let plain = match array.data_type() {
        DataType::Dictionary(_, values) => cast(array, values)?,
        _ => Arc::clone(array),
    };
    let text = match plain.data_type().is_string() {
        true => cast(&plain, &DataType::LargeUtf8)?,
        false => plain,
    };
    let bytes = cast(&text, &DataType::LargeBinary)?;
    for value in bytes.as_binary::<i64>().iter().flatten() {
        match bounds {
            None => *bounds = Some((value.to_vec(), value.to_vec())),
            Some((smallest, _)) if value < smallest.as_slice() => *smallest = value.to_vec(),
            Some((_, largest)) if value > largest.as_slice() => *largest = value.to_vec(),
            _ => {}
        }
    }
    Ok(())
}
