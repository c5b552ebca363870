//! The command line.

use clap::{Args, Parser, ValueEnum};

/// SQL over files of ULIDs: functions, an audit, and ranges of time that read no more than they need.
#[derive(Debug, Parser)]
#[command(name = "ulid-sql", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) query: Query,
    #[command(flatten)]
    pub(crate) session: Limits,
}

/// What is asked of which files.
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// Run these statements and end; without it they are read from standard input
    #[arg(short, long, value_name = "SQL")]
    pub(crate) command: Vec<String>,

    /// Write the result in this format
    #[arg(short, long, value_enum, default_value_t, value_name = "FORMAT")]
    pub(crate) output: Format,

    /// Show at most this many rows of a table; 0 shows all
    #[arg(long, default_value_t = 100, value_name = "N")]
    pub(crate) rows: usize,

    /// Files, or folders of files of one kind, each a table by its name without the ending: Parquet, CSV, TSV, JSON lines,
    /// Arrow; CSV and JSON also as .gz and .zst
    #[arg(value_name = "FILE")]
    pub(crate) sources: Vec<String>,
}

/// What a query may use.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// Memory for sorts, joins and groups, such as 512MB or 4GB; what needs more goes to temporary files
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(crate) memory: Option<usize>,

    /// Threads of a query; one for each processor otherwise
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
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
