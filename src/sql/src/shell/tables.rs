//! Files as tables.

use std::{
    collections::HashSet,
    fs::File,
    io::{BufReader, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use datafusion::{
    arrow::datatypes::DataType,
    datasource::{
        file_format::{
            FileFormat, arrow::ArrowFormat, csv::CsvFormat, json::JsonFormat,
            parquet::ParquetFormat,
        },
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
    },
    prelude::SessionContext,
};
use tempfile::TempPath;
use url::Url;

/// A file or folder that was registered.
#[derive(Debug)]
pub(crate) struct Table {
    /// Its name in SQL.
    pub(crate) name: String,
    /// Path where it was found.
    pub(crate) source: String,
    /// Unpacked copies of packed files, for as long as this is kept.
    _unpacked: Option<TempPath>,
}

/// Registers each source as a table named after it. A name that another one has gets a number, which is told. Copies of packed files
/// are refused for queries that run in other processes.
pub(crate) async fn register(
    context: &SessionContext,
    sources: &[String],
    is_elsewhere: bool,
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
        let (table, unpacked) = open(context, source)
            .await
            .with_context(|| source.clone())?;
        if is_elsewhere && unpacked.is_some() {
            bail!(
                "{source} would be unpacked on this machine only; a cluster reads files that are not packed"
            );
        }
        context.register_table(name.as_str(), Arc::new(table))?;
        tables.push(Table {
            name,
            source: source.clone(),
            _unpacked: unpacked,
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

/// Kind of a source, before its columns are looked at.
struct Found {
    url: Url,
    format: Arc<dyn FileFormat>,
    /// The end of the names of a folder's files.
    ending: Option<&'static str>,
    unpacked: Option<TempPath>,
}

async fn open(
    context: &SessionContext,
    source: &str,
) -> anyhow::Result<(ListingTable, Option<TempPath>)> {
    let found = match Url::parse(source) {
        // Not the letter of a drive.
        Ok(url) if url.scheme().len() > 1 => remote(url, source)?,
        _ => local(Path::new(source))?,
    };
    let url = ListingTableUrl::try_new(found.url, None)?;
    let state = context.state();
    let mut options = ListingOptions::new(found.format);
    // A file is read whatever its name ends in, of a folder the files of its kind.
    options.file_extension = found
        .ending
        .map(|ending| format!(".{ending}"))
        .unwrap_or_default();
    if found.ending.is_some() {
        let columns = options.infer_partitions(&state, &url).await?;
        let columns = columns.into_iter().map(|name| (name, DataType::Utf8));
        options = options.with_table_partition_cols(columns.collect());
    }
    let config = ListingTableConfig::new(url).with_listing_options(options);
    let table = ListingTable::try_new(config.infer_schema(&state).await?)?;
    Ok((table, found.unpacked))
}

fn remote(url: Url, source: &str) -> anyhow::Result<Found> {
    let (ending, packing) = kind_of(source)?;
    if packing != Packing::None {
        bail!("a packed file is read on this machine only; fetch it first");
    }
    Ok(Found {
        url,
        format: format_of(ending, b""),
        ending: source.ends_with('/').then_some(ending),
        unpacked: None,
    })
}

fn local(path: &Path) -> anyhow::Result<Found> {
    let path = path.canonicalize()?;
    if path.is_dir() {
        return folder(&path);
    }
    let (ending, packing) = kind_of(&path.to_string_lossy())?;
    let unpacked = unpack(&path, packing)?;
    let plain = unpacked.as_deref().unwrap_or(&path);
    Ok(Found {
        format: format_of(ending, &begin_of(plain)?),
        url: Url::from_file_path(plain)
            .ok()
            .context("the path is no URL")?,
        ending: None,
        unpacked,
    })
}

fn folder(path: &Path) -> anyhow::Result<Found> {
    let mut kinds: Vec<(&str, PathBuf)> = Vec::new();
    find_kinds(path, &mut kinds)?;
    let (ending, first) = match kinds.as_slice() {
        [] => bail!("no file in this folder ends in {ENDINGS}"),
        [one] => one,
        [(_, one), (_, other), ..] => bail!(
            "the folder has files of more than one kind, such as {} and {}; name the files, or move one kind away",
            one.display(),
            other.display()
        ),
    };
    Ok(Found {
        format: format_of(ending, &begin_of(first)?),
        url: Url::from_directory_path(path)
            .ok()
            .context("the path is no URL")?,
        ending: Some(ending),
        unpacked: None,
    })
}

/// The first bytes of a file.
fn begin_of(path: &Path) -> anyhow::Result<Vec<u8>> {
    const LEN: u64 = 1 << 16;
    let mut begin = Vec::new();
    File::open(path)?.take(LEN).read_to_end(&mut begin)?;
    Ok(begin)
}

/// A way in which a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

/// Unpacks a file into a temporary one.
fn unpack(path: &Path, packing: Packing) -> anyhow::Result<Option<TempPath>> {
    let packed = BufReader::new(File::open(path)?);
    let mut plain: Box<dyn Read> = match packing {
        Packing::None => return Ok(None),
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
        Packing::Zstd => Box::new(zstd::Decoder::new(packed)?),
    };
    let mut file = tempfile::NamedTempFile::new()?;
    std::io::copy(&mut plain, &mut file).context("it cannot be unpacked")?;
    Ok(Some(file.into_temp_path()))
}

/// The kinds of the files in a folder and below, each with its first file.
fn find_kinds(folder: &Path, kinds: &mut Vec<(&'static str, PathBuf)>) -> anyhow::Result<()> {
    for path in files_below(folder)? {
        let Ok((kind, packing)) = kind_of(&path.to_string_lossy()) else {
            continue;
        };
        if packing != Packing::None {
            bail!(
                "{} is packed; unpack it, or name the file by itself",
                path.display()
            );
        }
        if !kinds.iter().any(|(known, _)| *known == kind) {
            kinds.push((kind, path));
        }
    }
    Ok(())
}

/// The files in a folder and below, in their order. Names that begin with a dot or an underscore are for other programs, as
/// they are to DataFusion.
pub(crate) fn files_below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
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

/// The kind that the end of a name tells, and how the file is packed.
fn kind_of(name: &str) -> anyhow::Result<(&'static str, Packing)> {
    let name = name.trim_end_matches('/').to_ascii_lowercase();
    let all = ["parquet", "csv", "tsv", "ndjson", "jsonl", "json", "arrow"];
    for (end, packing) in [
        (".gz", Packing::Gzip),
        (".zst", Packing::Zstd),
        ("", Packing::None),
    ] {
        let Some(stem) = name.strip_suffix(end) else {
            continue;
        };
        let found = all
            .into_iter()
            .find(|ending| stem.ends_with(&format!(".{ending}")));
        if let Some(ending) = found {
            return Ok((ending, packing));
        }
    }
    bail!("a table's name ends in {ENDINGS}; what a file holds is told by that")
}

/// The format of a kind of files, one of which begins like this. Rows that stop early are filled up with NULL.
fn format_of(ending: &str, begin: &[u8]) -> Arc<dyn FileFormat> {
    let csv = |delimiter| {
        let format = CsvFormat::default()
            .with_has_header(true)
            .with_truncated_rows(true);
        format
            .with_newlines_in_values(true)
            .with_delimiter(delimiter)
    };
    match ending {
        "parquet" => Arc::new(ParquetFormat::default()),
        "csv" => Arc::new(csv(delimiter(begin))),
        "tsv" => Arc::new(csv(b'\t')),
        "arrow" => Arc::new(ArrowFormat),
        // One array rather than an object a line.
        _ if begin.trim_ascii_start().starts_with(b"[") => {
            Arc::new(JsonFormat::default().with_newline_delimited(false))
        }
        _ => Arc::new(JsonFormat::default()),
    }
}

/// The most frequent delimiter of a header, outside of quotes.
fn delimiter(begin: &[u8]) -> u8 {
    let line = begin
        .split(|&byte| byte == b'\n')
        .next()
        .unwrap_or_default();
    let mut quoted = false;
    let plain: Vec<u8> = line
        .iter()
        .copied()
        .filter(|&byte| {
            quoted ^= byte == b'"';
            !quoted
        })
        .collect();
    let count = |delimiter: u8| plain.iter().filter(|&&byte| byte == delimiter).count();
    let others = [b';', b'\t', b'|']
        .into_iter()
        .max_by_key(|&other| count(other));
    others
        .filter(|&other| count(other) > count(b','))
        .unwrap_or(b',')
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
        for (name, kind) in [
            ("a.parquet", Some(("parquet", Packing::None))),
            ("A.CSV.GZ", Some(("csv", Packing::Gzip))),
            ("a.b.ndjson.zst", Some(("ndjson", Packing::Zstd))),
            ("parquet", None),
            ("a.txt", None),
        ] {
            assert_eq!(kind_of(name).ok(), kind, "{name}");
        }
    }

    #[test]
    fn the_header_tells_the_delimiter() {
        for (header, expected) in [
            ("id,name\n1;2;3;4\n", b','),
            ("id;name\r\n", b';'),
            ("\"a;b;c\",d\n", b','),
            ("a|b\tc|d\n", b'|'),
            ("id\n", b','),
            ("", b','),
        ] {
            assert_eq!(delimiter(header.as_bytes()), expected, "{header}");
        }
    }
}
