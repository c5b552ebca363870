//! The command line.

#[cfg(feature = "cluster")]
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// SQL over files of ULIDs: functions, an audit, and ranges of time that read no more than they need.
#[derive(Debug, Parser)]
#[command(name = "ulid-sql", version, args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Option<Task>,
    #[command(flatten)]
    pub(crate) query: Query,
    #[command(flatten)]
    pub(crate) session: Limits,
}

/// Commands besides a query.
#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// Write files anew as one Parquet file that is sorted by its IDs, with statistics and a bloom filter of them
    Write(Write),
    /// Say what IDs each file holds, and whether the statistics of a Parquet file can be relied on and prune
    Audit(Audit),
    /// Plan queries of a cluster and hand out their tasks, until it is ended
    #[cfg(feature = "cluster")]
    Scheduler(Scheduler),
    /// Run tasks of a cluster, until it is ended
    #[cfg(feature = "cluster")]
    Executor(Executor),
}

/// Address of a scheduler.
#[cfg(feature = "cluster")]
#[derive(Debug, Args)]
pub(crate) struct Scheduler {
    /// Address to listen at; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:50050", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
}

/// Address of an executor, and of the scheduler whose tasks it runs.
#[cfg(feature = "cluster")]
#[derive(Debug, Args)]
pub(crate) struct Executor {
    /// Address of the scheduler, such as 127.0.0.1:50050
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) scheduler: String,

    /// Address to listen at for those who fetch results; port 0 is a free one
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,

    /// Folder for what passes between stages; the folder for temporary files otherwise
    #[arg(long, value_name = "FOLDER")]
    pub(crate) work: Option<PathBuf>,
}

/// How files are written anew.
#[derive(Debug, Args)]
pub(crate) struct Write {
    /// The file to be written
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,

    /// The column of the IDs; the one whose values are IDs otherwise
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,

    /// Write each ID in its canonical text, or as 16 bytes, rather than as it stands
    #[arg(long = "as", value_enum, value_name = "SPELLING")]
    pub(crate) spelling: Option<Written>,

    /// Rows of a row group, the least that a condition leaves out
    #[arg(long, default_value_t = 100_000, value_name = "N", value_parser = row_group)]
    pub(crate) row_group: usize,

    /// Write over a file that is there
    #[arg(long)]
    pub(crate) force: bool,

    /// Files, or folders of files of one kind
    #[arg(value_name = "FILE", required = true)]
    pub(crate) sources: Vec<String>,
}

/// How IDs are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Written {
    /// In the canonical case
    Text,
    /// As 16 bytes, most significant first
    Bytes,
}

/// Files, and the form in which they are told of.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// The column of the IDs; the one whose values are IDs otherwise
    #[arg(long, value_name = "COLUMN")]
    pub(crate) id: Option<String>,

    /// Write what was found in this format
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,

    /// Files, or folders of files of one kind
    #[arg(value_name = "FILE", required = true)]
    pub(crate) sources: Vec<String>,
}

/// Query, and the files it is asked of.
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// Run these statements and end; without it they are read from standard input, or at a prompt
    #[arg(short, long, value_name = "SQL")]
    pub(crate) command: Vec<String>,

    /// Write the result in this format
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,

    /// Show at most this many rows of a table; 0 shows all
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) rows: usize,

    /// Run the statements on the cluster of this scheduler, such as df://127.0.0.1:50050
    #[cfg(feature = "cluster")]
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) cluster: Option<String>,

    /// Files, or folders of files of one kind, each a table by its name without the ending: Parquet, CSV, TSV, JSON lines,
    /// Arrow; CSV and JSON also as .gz and .zst
    #[arg(value_name = "FILE")]
    pub(crate) sources: Vec<String>,
}

impl Query {
    /// Scheduler of the cluster that the statements run on; none if they run in this process.
    pub(crate) fn cluster(&self) -> Option<&str> {
        #[cfg(feature = "cluster")]
        return self.cluster.as_deref();
        #[cfg(not(feature = "cluster"))]
        None
    }
}

/// Limits of a query.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// Memory for sorts, joins and groups, such as 512MB or 4GB; what needs more goes to temporary files
    #[arg(long, global = true, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<usize>,

    /// Threads of a query; one for each processor otherwise
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) threads: Option<u16>,
}

/// A format of results.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub(crate) enum Format {
    /// A table for eyes
    #[default]
    Table,
    /// One JSON object a line
    Ndjson,
    /// Comma-separated values with a header
    Csv,
    /// An Arrow file
    Arrow,
    /// A Parquet file
    Parquet,
}

/// A number of rows that is not 0.
fn row_group(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|&rows| rows > 0);
    number.ok_or_else(|| format!("{text:?} is no number of rows from 1 on"))
}

/// Bytes by a number and a unit.
fn size(text: &str) -> Result<usize, String> {
    let wrong = || format!("{text:?} is no size; give a number and KB, MB or GB, such as 512MB");
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let scale: usize = match unit.trim().to_ascii_uppercase().as_str() {
        "KB" | "K" => 1_000,
        "MB" | "M" => 1_000_000,
        "GB" | "G" => 1_000_000_000,
        _ => return Err(wrong()),
    };
    let number: usize = number.parse().map_err(|_| wrong())?;
    number
        .checked_mul(scale)
        .filter(|&bytes| bytes > 0)
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_have_a_unit() {
        assert_eq!(size("512MB"), Ok(512_000_000));
        assert_eq!(size("4 gb"), Ok(4_000_000_000));
        for wrong in [
            "",
            "0MB",
            "512",
            "MB",
            "-1GB",
            "99999999999999999999KB",
            "99999999999999999GB",
        ] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }
}
