//! Files as tables.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use datafusion::{
    arrow::datatypes::DataType,
    common::GetExt,
    datasource::{
        file_format::{
            FileFormat, arrow::ArrowFormat, csv::CsvFormat,
            file_compression_type::FileCompressionType, json::JsonFormat, parquet::ParquetFormat,
        },
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
    },
    prelude::SessionContext,
};
use url::Url;

/// A file or folder that was registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// Its name in SQL.
    pub(crate) name: String,
    /// Where it was found.
    pub(crate) source: String,
}

/// Registers each source as a table named after it. A name that another one has gets a number, which is told.
pub(crate) async fn register(
    context: &SessionContext,
    sources: &[String],
) -> anyhow::Result<Vec<Table>> {
    let (mut tables, mut taken) = (Vec::new(), HashSet::new());
    for source in sources {
        let plain = name_of(source);
        let mut numbers = (2..).map(|number| format!("{plain}_{number}"));
        let mut name = plain.clone();
        while taken.contains(&name) {
            name = numbers.next().unwrap_or_default();
        }
        if name != plain {
            eprintln!("ulid-sql: {source} is the table {name}, as another one is {plain}");
        }
        taken.insert(name.clone());
        let table = open(context, source)
            .await
            .with_context(|| source.clone())?;
        context.register_table(name.as_str(), Arc::new(table))?;
        tables.push(Table {
            name,
            source: source.clone(),
        });
    }
    Ok(tables)
}

/// The name of a table: that of the file without its endings, as SQL takes it without quotes.
fn name_of(source: &str) -> String {
    let last = source
        .trim_end_matches(['/', '\\'])
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default();
    let stem = last
        .split('.')
        .find(|part| !part.is_empty())
        .unwrap_or(last);
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '_'
        }
    };
    let name: String = stem.chars().map(plain).collect();
    match name.chars().next() {
        Some(first) if !first.is_ascii_digit() => name,
        _ => format!("t_{name}"),
    }
}

async fn open(context: &SessionContext, source: &str) -> anyhow::Result<ListingTable> {
    let (url, kind, is_folder) = match Url::parse(source) {
        // Not the letter of a drive.
        Ok(url) if url.scheme().len() > 1 => (url, Kind::of(source)?, source.ends_with('/')),
        _ => local(Path::new(source))?,
    };
    let url = ListingTableUrl::try_new(url, None)?;
    let state = context.state();
    let mut options = ListingOptions::new(kind.format());
    // A file is read whatever its name ends in, of a folder the files of its kind.
    options.file_extension = if is_folder {
        kind.ending()
    } else {
        String::new()
    };
    if is_folder {
        let columns = options.infer_partitions(&state, &url).await?;
        let columns = columns.into_iter().map(|name| (name, DataType::Utf8));
        options = options.with_table_partition_cols(columns.collect());
    }
    let config = ListingTableConfig::new(url).with_listing_options(options);
    Ok(ListingTable::try_new(config.infer_schema(&state).await?)?)
}

fn local(path: &Path) -> anyhow::Result<(Url, Kind, bool)> {
    let path = path.canonicalize()?;
    let url = |made: Result<Url, ()>| made.ok().context("the path is no URL");
    if !path.is_dir() {
        let kind = Kind::of(&path.to_string_lossy())?;
        return Ok((url(Url::from_file_path(&path))?, kind, false));
    }
    let mut kinds: Vec<(Kind, PathBuf)> = Vec::new();
    find_kinds(&path, &mut kinds)?;
    match kinds.as_slice() {
        [] => bail!("no file in this folder ends in {ENDINGS}"),
        [(kind, _)] => Ok((url(Url::from_directory_path(&path))?, *kind, true)),
        [(_, one), (_, other), ..] => bail!(
            "the folder has files of more than one kind, such as {} and {}; name the files, or move one kind away",
            one.display(),
            other.display()
        ),
    }
}

/// The kinds of the files in a folder and below, each with its first file.
fn find_kinds(folder: &Path, kinds: &mut Vec<(Kind, PathBuf)>) -> anyhow::Result<()> {
    for path in files_below(folder)? {
        if let Ok(kind) = Kind::of(&path.to_string_lossy())
            && !kinds.iter().any(|(known, _)| *known == kind)
        {
            kinds.push((kind, path));
        }
    }
    Ok(())
}

/// The files in a folder and below, in their order. Names that begin with a dot or an underscore are for other programs, as
/// they are to DataFusion.
fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    const DEEPEST: usize = 32;
    let (mut files, mut rest) = (Vec::new(), vec![(folder.to_owned(), 0)]);
    while let Some((folder, depth)) = rest.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            match name.starts_with(['.', '_']) {
                true => {}
                false if !path.is_dir() => files.push(path),
                false if depth < DEEPEST => rest.push((path, depth + 1)),
                false => bail!("{} lies deeper than {DEEPEST} folders", path.display()),
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The Parquet files that a source on this machine is made of.
pub(crate) fn parquet_files(source: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let is_parquet = |path: &PathBuf| {
        path.extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("parquet"))
    };
    let all = match source {
        folder if folder.is_dir() => files_below(folder)?,
        file if file.exists() => vec![file.to_owned()],
        _ => Vec::new(),
    };
    Ok(all.into_iter().filter(is_parquet).collect())
}

const ENDINGS: &str = ".parquet, .csv, .tsv, .ndjson, .jsonl, .json or .arrow";

/// A kind of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    ending: &'static str,
    compression: FileCompressionType,
}

impl Kind {
    /// The kind that the end of a name tells.
    fn of(name: &str) -> anyhow::Result<Kind> {
        let name = name.to_ascii_lowercase();
        let packed = [
            (".gz", FileCompressionType::GZIP),
            (".zst", FileCompressionType::ZSTD),
            ("", FileCompressionType::UNCOMPRESSED),
        ];
        let all = ["parquet", "csv", "tsv", "ndjson", "jsonl", "json", "arrow"];
        for (end, compression) in packed {
            let Some(stem) = name.strip_suffix(end) else {
                continue;
            };
            let found = all
                .into_iter()
                .find(|ending| stem.ends_with(&format!(".{ending}")));
            if let Some(ending) = found {
                return Ok(Kind {
                    ending,
                    compression,
                });
            }
        }
        bail!("a table's name ends in {ENDINGS}; what a file holds is told by that")
    }

    fn ending(self) -> String {
        format!(".{}{}", self.ending, GetExt::get_ext(&self.compression))
    }

    fn format(self) -> Arc<dyn FileFormat> {
        let csv = CsvFormat::default()
            .with_has_header(true)
            .with_file_compression_type(self.compression);
        match self.ending {
            "parquet" => Arc::new(ParquetFormat::default()),
            "csv" => Arc::new(csv),
            "tsv" => Arc::new(csv.with_delimiter(b'\t')),
            "arrow" => Arc::new(ArrowFormat),
            _ => Arc::new(JsonFormat::default().with_file_compression_type(self.compression)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_sql_takes_without_quotes() {
        for (source, name) in [
            ("events.parquet", "events"),
            ("/data/Events 2026.csv.gz", "events_2026"),
            ("2026-01.parquet", "t_2026_01"),
            ("s3://bucket/year=2026/", "year_2026"),
            (".hidden.csv", "hidden"),
            ("größe.csv", "gr__e"),
            ("/", "t_"),
        ] {
            assert_eq!(name_of(source), name, "{source}");
        }
    }

    #[test]
    fn the_end_of_a_name_tells_what_a_file_holds() {
        assert_eq!(Kind::of("a.parquet").unwrap().ending(), ".parquet");
        assert_eq!(Kind::of("A.CSV.GZ").unwrap().ending(), ".csv.gz");
        assert_eq!(Kind::of("a.b.ndjson.zst").unwrap().ending(), ".ndjson.zst");
        assert!(Kind::of("parquet").is_err());
        assert!(Kind::of("a.txt").is_err());
    }
}
