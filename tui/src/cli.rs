//! The command line.

use std::{
    ffi::{OsStr, OsString},
    path::{Path, PathBuf},
    str::FromStr,
    sync::LazyLock,
};

use clap::{
    Arg, CommandFactory as _, Parser, ValueEnum,
    builder::{PossibleValue, PossibleValuesParser, TypedValueParser as _},
};
use ulid_engine::{
    Reading, Timestamp,
    codec::Kernel,
    compare::Relation,
    dataset::{self, Format, OpenOptions, UnknownDelimiter, Wait},
    row::{FLAWS, Flaw, FlawEntry, Spelling},
    sort::Direction,
    stats::Limits,
    timestamp::TimeZone,
};

use crate::{
    asked::Asked,
    config::{Config, ThemeName},
    records::Kind,
    rows::Arrangement,
};

/// The order of the source, as `--sort` names it.
const POSITION: &str = "position";

/// Values of options that need none.
const TABLE: &str = "table";
const TEXT: &str = "text";
const WORST: &str = "invalid,duplicate,future";

/// The text of `--version`; `-V` gives its first line alone.
static LONG_VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}", env!("CARGO_PKG_VERSION"), Kernel::report()));

/// Browse a file of ULIDs: when each was made, in what order, which are broken and why.
#[derive(Debug, Clone, Parser)]
#[command(name = "ulid-tui", version, long_version = LONG_VERSION.as_str(), about, after_help = EXAMPLES)]
pub struct Arguments {
    /// Files of IDs, read as one; - or nothing reads a pipe; without one, the built-in sample. Also IDs themselves
    pub files: Vec<PathBuf>,

    /// Print new IDs, one a line, and do nothing else
    #[arg(long, value_name = "COUNT", num_args = 0..=1, default_missing_value = "1", exclusive = true)]
    pub new: Option<u64>,

    /// Format of the rows, where it is not detected rightly: lines, csv, tsv, jsonl, json, text or binary
    #[arg(long, value_name = "FORMAT", value_parser = <Format as FromStr>::from_str)]
    pub format: Option<Format>,

    /// The column of the IDs in CSV and TSV: its name, or its number from 1
    #[arg(long)]
    pub column: Option<String>,

    /// The field of the IDs in JSON; a dot goes into an inner object
    #[arg(long)]
    pub field: Option<String>,

    /// The delimiter of the fields of a table: a character, or tab
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<u8>,

    /// The header of a table: yes if its first line names the columns, no if it is a row
    #[arg(long, value_name = "YES|NO", value_enum)]
    pub header: Option<Header>,

    /// Pass over so many lines at the begin of each file
    #[arg(long, value_name = "LINES", default_value_t = 0)]
    pub skip: usize,

    /// Pass over the lines above the header, or above the first row, that begin so, as in --comment '#'
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,

    /// Each ID of a text is a row, not only the first of a line; any file is text then
    #[arg(long)]
    pub every: bool,

    /// Read I and L as 1, O as 0, and skip hyphens
    #[arg(long)]
    pub lenient: bool,

    /// Show what is appended to the file while it is open
    #[arg(long)]
    pub follow: bool,

    /// Compare two files, and show or print the rows that differ, or those of another relation
    #[arg(long, value_name = "WHICH", value_parser = relation_names().try_map(relation), num_args = 0..=1, require_equals = true, default_missing_value = "different", conflicts_with = "check")]
    pub diff: Option<Relation>,

    /// Compare by the cells of this column, and not by the IDs
    #[arg(long, value_name = "COLUMN", requires = "diff")]
    pub key: Option<String>,

    /// Memory for sorting and for the search of duplicates, as in 500M or 2G; more goes to a temporary file
    #[arg(long, value_name = "SIZE", default_value = "1G", value_parser = bytes)]
    pub mem: usize,

    /// Print the IDs that are picked, or the numbers of their rows: with Enter the marked ones, or the one under the cursor
    #[arg(long, value_name = "WHAT", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "ids", conflicts_with_all = ["print", "stats", "check"])]
    pub pick: Option<Picked>,

    /// Take note of the mouse: click, wheel, drag over the timeline; hold Shift to select text as usual
    #[arg(long)]
    pub mouse: bool,

    /// The colours: auto takes those that fit the background, for which the terminal is asked
    #[arg(long, value_enum)]
    pub theme: Option<ThemeName>,

    /// Zone of the times: UTC, local, or a name such as Europe/Berlin
    #[arg(long)]
    pub zone: Option<String>,

    /// How IDs are written
    #[arg(long, value_parser = spelling_names(&Spelling::WRITTEN).try_map(spelling))]
    pub form: Option<Spelling>,

    /// How IDs are spelled in the source, if that is not recognised
    #[arg(long, value_parser = spelling_names(&Spelling::ALL).try_map(spelling))]
    pub spelling: Option<Spelling>,

    /// Write the rows to stdout
    #[arg(long, value_name = "KIND", value_enum, num_args = 0..=1, default_missing_value = TABLE)]
    pub print: Option<Kind>,

    /// Write the rows to a file, as its name says: .csv .tsv .jsonl .json .parquet .txt .log, with .gz or .zst behind
    #[arg(long, value_name = "FILE", conflicts_with_all = ["print", "stats", "check", "pick"])]
    pub export: Option<PathBuf>,

    /// Write rows as they stand in the file, with broken IDs repaired where that can be told for sure: to stdout, or to the file of --export
    #[arg(long, value_name = "WHICH", value_enum, num_args = 0..=1, require_equals = true, default_missing_value = "all", conflicts_with_all = ["print", "stats", "check", "pick", "as_is"])]
    pub repair: Option<Repaired>,

    /// With --export: rows as they stand in the file
    #[arg(long, requires = "export")]
    pub as_is: bool,

    /// Write the figures to stdout, of all rows or of those that --filter leaves
    #[arg(long, value_name = "KIND", value_enum, num_args = 0..=1, default_missing_value = TEXT)]
    pub stats: Option<StatsKind>,

    /// List the rows with flaws, with their lines, of those that --filter leaves; exit with 1 if there are any
    #[arg(long, value_name = "FLAWS", value_parser = flaw_names().try_map(flaw), num_args = 0..=1, value_delimiter = ',', default_missing_value = WORST)]
    pub check: Option<Vec<Flaw>>,

    /// The order of the rows: position, id, a column, or an expression of the query language such as time
    #[arg(long, value_name = "KEY", default_value = POSITION)]
    pub sort: String,

    /// Only rows where a condition holds, in the query language: valid and time >= 2025-01-01
    #[arg(long, value_name = "CONDITION")]
    pub filter: Option<String>,

    /// The order the other way round
    #[arg(long)]
    pub reverse: bool,

    #[command(flatten)]
    #[expect(missing_docs, reason = "its options say it")]
    pub asked: Asked,

    /// Read another configuration file than the usual one
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,

    /// Write completions for a shell to stdout
    #[arg(long, value_name = "SHELL", value_enum)]
    pub completions: Option<Shell>,

    /// Write the man page to stdout
    #[arg(long)]
    pub man: bool,
}

/// Rows that are written with their IDs repaired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Repaired {
    /// All rows
    All,
    /// Only the rows whose ID is repaired
    Changed,
}

/// How figures are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatsKind {
    /// A line for each
    Text,
    /// One JSON object
    Json,
}

fn spelling_names(spellings: &[Spelling]) -> PossibleValuesParser {
    let names = spellings.iter().map(|spelling| spelling.name());
    names.collect::<Vec<_>>().into()
}

/// A sentence about a form that there is not.
fn unknown_form(form: &str) -> String {
    let names = Spelling::WRITTEN.map(Spelling::name).join(", ");
    format!("{form:?} is no form; give one of {names}")
}

fn spelling(name: String) -> Result<Spelling, String> {
    Spelling::named(&name).ok_or_else(|| format!("{name:?} is no spelling"))
}

/// The names of flaws, as options spell them.
fn relation_names() -> PossibleValuesParser {
    let name = |relation: Relation| PossibleValue::new(relation.name()).help(relation.sentence());
    Relation::ALL.map(name).into()
}

fn relation(name: String) -> Result<Relation, String> {
    Relation::named(&name).ok_or_else(|| format!("{name:?} is no relation"))
}

fn flaw_names() -> PossibleValuesParser {
    let name = |entry: &FlawEntry| {
        let help = entry.flaw.sentence(Limits::at(Timestamp::MIN));
        let name = PossibleValue::new(entry.name.replace('_', "-"));
        name.alias(entry.name).help(help)
    };
    FLAWS.iter().map(name).collect::<Vec<_>>().into()
}

fn flaw(name: String) -> Result<Flaw, String> {
    Flaw::named(&name).ok_or_else(|| format!("{name:?} is no flaw"))
}

/// A number of bytes: `500M`, `2G`.
fn bytes(text: &str) -> Result<usize, String> {
    const UNITS: [(char, usize); 3] = [('K', 1 << 10), ('M', 1 << 20), ('G', 1 << 30)];
    let unit = UNITS
        .iter()
        .find(|(unit, _)| text.to_ascii_uppercase().ends_with(*unit));
    let (digits, factor) = match unit {
        Some((_, factor)) => (&text[..text.len() - 1], *factor),
        None => (text, 1),
    };
    let number: Option<usize> = digits.parse().ok();
    let bytes = number.and_then(|number| number.checked_mul(factor));
    bytes.ok_or_else(|| "give a number with K, M or G behind it".to_owned())
}

pub use ulid_engine::timestamp::{UnknownZone, zone};

/// The values of `--pick`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Picked {
    /// The IDs, as they are shown
    Ids,
    /// The numbers of the rows in the source, from 1
    Rows,
}

/// The values of `--header`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Header {
    /// The first line names the columns.
    Yes,
    /// The first line is a row.
    No,
}

/// A delimiter as people write it.
fn delimiter(text: &str) -> Result<u8, UnknownDelimiter> {
    dataset::delimiter(text)
}

/// The words of a command line, in which a file behind `--print`, `--stats` or `--check` is no value of theirs.
#[must_use]
pub fn words(typed: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    const OPTIONS: [(&str, &str); 3] = [("print", TABLE), ("stats", TEXT), ("check", WORST)];
    let command = Arguments::command();
    let is_value = |option: &str, word: &OsStr| {
        let named = |argument: &&Arg| argument.get_id() == option;
        let values = command
            .get_arguments()
            .find(named)
            .map(Arg::get_possible_values);
        let first = word.to_str().and_then(|word| word.split(',').next());
        let is_first =
            |value: &PossibleValue| first.is_some_and(|first| value.matches(first, false));
        values.is_some_and(|values| values.iter().any(is_first))
    };
    let mut words: Vec<OsString> = Vec::new();
    for word in typed {
        if let Some(last) = words.last_mut() {
            let option = OPTIONS
                .iter()
                .find(|(name, _)| *last == *format!("--{name}"));
            let is_named = word.to_str().is_some_and(|word| word.contains(['.', '/']));
            let is_file = word == "-" || is_named || Path::new(&word).exists();
            if let Some((name, value)) =
                option.filter(|(name, _)| is_file && !is_value(name, &word))
            {
                *last = format!("--{name}={value}").into();
            }
        }
        words.push(word);
    }
    words
}

impl Arguments {
    /// How the source is to be opened.
    #[must_use]
    pub fn open_options(&self) -> OpenOptions {
        OpenOptions {
            format: self.format,
            column: self.column.clone(),
            field: self.field.clone(),
            spelling: self.spelling,
            delimiter: self.delimiter,
            header: self.header.map(|header| header == Header::Yes),
            skip: self.skip,
            comment: self.comment.clone(),
            every: self.every,
            reading: if self.lenient {
                Reading::Lenient
            } else {
                Reading::Strict
            },
            may_be_empty: self.follow,
            memory: Some(self.mem),
            wait: if self.wants_report() {
                Wait::Sample
            } else {
                Wait::FirstRecord
            },
            ..OpenOptions::default()
        }
    }

    /// Takes from the configuration what the arguments leave open.
    ///
    /// # Errors
    ///
    /// A sentence for a form that there is not.
    pub fn complete_with(&mut self, config: &Config) -> Result<(), String> {
        self.mouse |= config.mouse;
        if self.zone.is_none() {
            self.zone.clone_from(&config.zone);
        }
        if let (None, Some(form)) = (self.form, &config.form) {
            let written = |form: &Spelling| Spelling::WRITTEN.contains(form);
            let found = Spelling::named(form).filter(written);
            self.form = Some(found.ok_or_else(|| unknown_form(form))?);
        }
        Ok(())
    }

    /// The zone of times; UTC where none is named.
    ///
    /// # Errors
    ///
    /// [`UnknownZone`] for a name that the zone database does not know.
    pub fn time_zone(&self) -> Result<TimeZone, UnknownZone> {
        zone(self.zone.as_deref().unwrap_or("UTC"))
    }

    /// The order of the rows.
    #[must_use]
    pub fn arrangement(&self) -> Arrangement {
        let direction = if self.reverse {
            Direction::Descending
        } else {
            Direction::Ascending
        };
        Arrangement::named(&self.sort, direction)
    }

    /// The condition that rows have to meet, as one text.
    #[must_use]
    pub fn condition(&self) -> Option<String> {
        let memberships: Vec<String> = self.asked.memberships().collect();
        match (&self.filter, memberships.as_slice()) {
            (filter, []) => filter.clone(),
            (None, files) => Some(files.join(" and ")),
            (Some(filter), files) => Some(format!("{} and ({filter})", files.join(" and "))),
        }
    }

    /// Texts of the query language that were given.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let sort = (self.sort != POSITION).then_some(self.sort.as_str());
        self.filter
            .as_deref()
            .into_iter()
            .chain(sort)
            .chain(self.asked.texts())
    }

    /// How IDs are written.
    #[must_use]
    pub fn form(&self) -> Spelling {
        self.form.unwrap_or_default()
    }

    /// A sentence about an option that was given and could not do anything, if there is one.
    #[must_use]
    pub fn without_effect(&self) -> Option<&'static str> {
        let writes_file = self.export.is_some() || self.repair.is_some();
        let writes_rows = (self.printed().is_some() || !self.wants_report() || writes_file)
            && !self.asked.groups();
        let writes_ids = writes_rows || self.asked.groups();
        let orders = self.reverse || self.sort != POSITION;
        let pairs = [
            (
                orders && !writes_rows,
                "--sort and --reverse order rows, and --stats, --check and counts write none in an order; give --print in their place, or leave the order out",
            ),
            (
                self.form.is_some() && !writes_ids,
                "--form says how IDs are written, and --stats and --check write them as they stand; give --print in their place, or leave it out",
            ),
            (
                self.follow && self.wants_report(),
                "--follow shows what is appended on a screen; to write it, let `tail -f` feed a pipe: tail -f FILE | ulid-tui --print",
            ),
            (
                self.mouse && self.wants_report(),
                "--mouse is of the screen, and nothing is shown here; leave it out",
            ),
            (
                self.theme.is_some() && self.wants_report(),
                "--theme is of the screen, and nothing is shown here; leave it out",
            ),
            (
                self.asked.explain && self.condition().is_none(),
                "--explain says how --filter was read; add one",
            ),
        ];
        let found = pairs
            .into_iter()
            .chain(self.in_each_others_way(writes_file))
            .find(|(is_so, _)| *is_so);
        let sentence = found.map(|(_, sentence)| sentence);
        let audits = self.stats.is_some() || self.check.is_some();
        sentence.or_else(|| self.asked.without_effect(audits))
    }

    /// Pairs of options of which one leaves nothing for the other, each with a sentence.
    fn in_each_others_way(&self, writes_file: bool) -> Vec<(bool, &'static str)> {
        vec![
            (
                self.print == Some(Kind::Lines) && (self.asked.groups() || self.asked.lists()),
                "--print lines writes IDs and nothing else; take table, csv or jsonl for counts and columns",
            ),
            (
                (self.stats.is_some() || self.check.is_some()) && self.print.is_some(),
                "--stats and --check are one report and --print is another, and both write to the same place; give them apart",
            ),
            (
                (self.stats.is_some() || self.check.is_some())
                    && (self.asked.groups() || self.asked.chooses() || self.asked.lists()),
                "--stats and --check look at all rows that --filter leaves; counts, --limit, --distinct, --sample, --columns and --join are another report: give them apart",
            ),
            (
                self.diff.is_some() && self.asked.by.is_some(),
                "--diff counts the rows of two files; --by is of one source: leave either out",
            ),
            (
                self.diff.is_some() && (self.asked.groups() || self.asked.lists()),
                "--diff writes the rows of two files; counts, --columns and --join are of one source: leave either out",
            ),
            (
                self.pick.is_some()
                    && (self.asked.groups() || self.asked.chooses() || self.asked.lists()),
                "--pick chooses rows on a screen; counts, --limit, --distinct, --sample, --columns and --join write a report: leave either out",
            ),
            (
                writes_file && (self.asked.groups() || self.asked.explain),
                "--export and --repair write rows; counts and --explain are another report: give them apart",
            ),
            (
                (self.repair.is_some() || self.as_is) && self.asked.lists(),
                "--repair and --as-is write rows as they stand; --columns and --join write columns: leave either out",
            ),
            (
                self.export.is_some() && !self.asked.join.is_empty(),
                "--join writes to stdout; give --print csv and direct that to a file",
            ),
            (
                self.repair.is_some() && self.export.is_none() && self.form.is_some(),
                "--repair writes rows as they stand, and --form says how decoded IDs are written; leave it out",
            ),
            (
                self.diff.is_some() && (self.asked.distinct.is_some()),
                "--diff writes the rows of two files that are related, and --distinct one row for each value of all rows: leave either out",
            ),
            (
                self.as_is && self.export.is_none(),
                "--as-is says how --export writes rows; add one, or leave it out",
            ),
            (
                self.repair.is_some() && self.has_only_word(&["all", "changed"]),
                "the value of --repair stands behind an equals sign: --repair=changed",
            ),
            (
                self.diff.is_some() && self.has_only_word(&Relation::ALL.map(Relation::name)),
                "the value of --diff stands behind an equals sign, as in --diff=first",
            ),
            (
                self.diff.is_some() && self.files.len() != 2,
                "--diff compares two files; name both",
            ),
        ]
    }

    /// True if one of the files is called like a value, and there is no such file.
    fn has_only_word(&self, words: &[&str]) -> bool {
        let is_word = |file: &PathBuf| {
            let word = file.to_str().unwrap_or_default();
            words.contains(&word) && !file.exists()
        };
        self.files.iter().any(is_word)
    }

    /// True if something else than a screen is asked for.
    #[must_use]
    pub fn wants_report(&self) -> bool {
        self.printed().is_some()
            || self.stats.is_some()
            || self.check.is_some()
            || self.asked.groups()
            || self.asked.explain
            || self.export.is_some()
            || self.repair.is_some()
    }

    /// How rows are to be written, if they are.
    #[must_use]
    pub fn printed(&self) -> Option<Kind> {
        let implied = self.asked.chooses() || self.asked.lists();
        self.print.or(implied.then_some(Kind::Table))
    }
}

const EXAMPLES: &str = "\
Examples:
  ulid-tui                                browse the built-in sample of 20,000 IDs
  ulid-tui ids.txt                        browse a file: lines, CSV, TSV, JSON, logs, 16-byte records
  ulid-tui logs/*.gz                      browse files as one; .gz and .zst are decompressed
  kubectl logs -f app | ulid-tui          browse what comes through a pipe
  ulid-tui ids.csv --column order_id      say which column has the IDs
  ulid-tui ids.txt --pick | xargs grep    pick some with m, and take them with Enter
  ulid-tui old.csv new.csv --diff         compare two files: what only one has, what changed, what moved
  ulid-tui ids.txt --check                list what is broken, for CI
  ulid-tui ids.txt --filter duplicate     only rows whose ID was there before
  ulid-tui ids.csv --repair               the file with broken IDs repaired, where that is sure
  ulid-tui ids.txt --stats json           figures for a program
  ulid-tui ids.txt --print csv --sort id  decoded and sorted, for a spreadsheet
  ulid-tui ids.txt --histogram hour       how many when, with hours of nothing
  ulid-tui events.csv --count-by kind     how many of each; --top 10 for the most
  ulid-tui events.csv --aggregate 'count(), mean(amount)' --by kind

Keys: arrows or h j k l move, s sorts, i explains the ID under the cursor, ? lists all, q quits.";

/// Shells that complete the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[expect(missing_docs, reason = "each is called as it is called")]
pub enum Shell {
    Bash,
    Elvish,
    Fish,
    Nushell,
    #[value(name = "powershell")]
    PowerShell,
    Zsh,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn sizes_have_a_unit() {
        for (text, expected) in [
            ("1000", 1000),
            ("3k", 3072),
            ("500M", 500 << 20),
            ("2G", 2 << 30),
        ] {
            assert_eq!(bytes(text), Ok(expected));
        }
        for text in ["", "G", "1.5G", "2T", "-1M", "99999999999999G"] {
            assert!(bytes(text).is_err(), "{text}");
        }
    }
}
