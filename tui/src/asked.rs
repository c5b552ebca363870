//! Questions of the command line to the rows: counts and figures, which rows, which columns.

use std::path::Path;

use clap::Args;
use ulid_engine::{calendar::Step, query::QueryErrorKind};

/// Counts, and a choice of rows and columns.
#[derive(Debug, Clone, Default, Args)]
pub struct Asked {
    /// Count the rows by what expressions come to, as in --count-by service or --count-by 'service, valid'; the most first
    #[arg(long, value_name = "EXPRESSIONS", conflicts_with_all = ["aggregate", "histogram", "by"])]
    pub count_by: Option<String>,

    /// Write so many groups of --count-by, or of --aggregate by their first figure
    #[arg(long, value_name = "N")]
    pub top: Option<usize>,

    /// Figures of the rows, or of each group of --by: 'count(), distinct(user), p95(took)'
    #[arg(long, value_name = "FIGURES", conflicts_with = "histogram")]
    pub aggregate: Option<String>,

    /// Count the rows by their time, in the calendar of the zone: 15m, hour, day, week, month, quarter or year
    #[arg(long, value_name = "PERIOD", value_parser = <Step as std::str::FromStr>::from_str)]
    pub histogram: Option<Step>,

    /// A column, or expressions with commas between them, by which --aggregate, --histogram and --limit tell rows apart, and --stats and --check who wrote a row
    #[arg(long, value_name = "EXPRESSIONS")]
    pub by: Option<String>,

    /// Write the first N rows; with --by the first N of each value
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,

    /// Write one row for each value of an expression, the first that has it
    #[arg(long, value_name = "EXPRESSIONS", conflicts_with = "by")]
    pub distinct: Option<String>,

    /// Write N rows chosen at random, in the order of the others
    #[arg(long, value_name = "N")]
    pub sample: Option<u64>,

    /// Choose the same rows of --sample as any other time with this number
    #[arg(long, value_name = "NUMBER", requires = "sample")]
    pub seed: Option<u64>,

    /// Only rows whose ID is in another file; with the name of a column behind a colon, rows whose column is in that of the file
    #[arg(long = "in", value_name = "FILE[:COLUMN]")]
    pub within: Vec<String>,

    /// Only rows whose ID, or column, is not in another file
    #[arg(long, value_name = "FILE[:COLUMN]")]
    pub not_in: Vec<String>,

    /// Write the columns of another file beside those of each row, found by the ID; with the name of a column behind a colon, by that
    #[arg(long, value_name = "FILE[:COLUMN]")]
    pub join: Vec<String>,

    /// Refuse names that no row of the sample has, where rows may differ, as in JSON
    #[arg(long)]
    pub strict: bool,

    /// Say how --filter was read: which IDs, what else, and what is read of a row
    #[arg(long)]
    pub explain: bool,

    /// Write columns of your own in place of the usual ones: id,time,'lag=time(created_at)-time'
    #[arg(long, value_name = "EXPRESSIONS")]
    pub columns: Option<String>,
}

impl Asked {
    /// True if groups of rows are asked for rather than rows.
    #[must_use]
    pub fn groups(&self) -> bool {
        self.count_by.is_some() || self.aggregate.is_some() || self.histogram.is_some()
    }

    /// True if fewer rows are written than meet the condition.
    #[must_use]
    pub fn chooses(&self) -> bool {
        self.limit.is_some() || self.distinct.is_some() || self.sample.is_some()
    }

    /// True if columns of one's own, or of other files, are written.
    #[must_use]
    pub fn lists(&self) -> bool {
        self.columns.is_some() || !self.join.is_empty()
    }

    /// Conditions that rows are, or are not, in other files.
    pub fn memberships(&self) -> impl Iterator<Item = String> {
        let within = self.within.iter().map(|file| membership(file, "in"));
        within.chain(self.not_in.iter().map(|file| membership(file, "not in")))
    }

    /// Texts of the query language that were given.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let texts = [
            &self.count_by,
            &self.by,
            &self.distinct,
            &self.aggregate,
            &self.columns,
        ];
        texts.into_iter().flatten().map(String::as_str)
    }

    /// A sentence about an option that was given and could not do anything, if there is one. `audits` is true if `--stats` or
    /// `--check` is there.
    #[must_use]
    pub fn without_effect(&self, audits: bool) -> Option<&'static str> {
        let pairs = [
            (
                self.top.is_some() && self.count_by.is_none() && self.aggregate.is_none(),
                "--top says how many groups of --count-by or --aggregate are written; add one of them, or use --limit for rows",
            ),
            (
                self.by.is_some() && !self.groups() && self.limit.is_none() && !audits,
                "--by tells apart what --aggregate, --histogram, --limit, --stats or --check look at; add one of them",
            ),
            (
                self.groups() && (self.chooses() || self.lists()),
                "--count-by, --aggregate and --histogram write groups; --limit, --distinct, --sample, --columns and --join are of rows: leave either out; lookup() joins a column of a file where groups are written",
            ),
        ];
        let found = pairs.into_iter().find(|(is_so, _)| *is_so);
        found.map(|(_, sentence)| sentence)
    }
}

/// A file of an option, or its column, cannot be taken.
#[derive(Debug, thiserror::Error)]
#[error("{option}: {reason}")]
pub(crate) struct FileOptionError {
    /// The option, or those of which it may be.
    pub(crate) option: &'static str,
    pub(crate) reason: QueryErrorKind,
}

/// The condition that the ID, or the column behind a colon, is in a file.
fn membership(file: &str, operator: &str) -> String {
    let of = match file.rsplit_once(':') {
        Some((_, column)) if !Path::new(file).exists() && !column.is_empty() => {
            format!("`{column}`")
        }
        _ => "id".to_owned(),
    };
    let quoted = file.replace('\\', "\\\\").replace('"', "\\\"");
    format!("{of} {operator} file(\"{quoted}\")")
}
