//! The options of reading a source, and the formats that there are. How a format is recognised is not known here.

use std::{fmt, str::FromStr};

use crate::{Reading, spelling::Spelling};

/// The way in which a source is read. Everything left out is detected on its first blocks.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenOptions {
    /// The format of the rows.
    pub format: Option<Format>,
    /// The column of the IDs in CSV and TSV: a name of the header, or a number from 1.
    pub column: Option<String>,
    /// The field of the IDs in JSON; a dot goes into an inner object: `user.id`.
    pub field: Option<String>,
    /// The column or the field of the IDs, whichever the format has.
    pub place: Option<String>,
    /// Each ID of a text is a row of its own, and what has another format is read as text.
    pub every: bool,
    /// The delimiter of the fields of a table: a byte of ASCII.
    pub delimiter: Option<u8>,
    /// True if the first record of a table names its columns.
    pub header: Option<bool>,
    /// Lines at the begin of each file that are passed over.
    pub skip: usize,
    /// Lines above the first row or the header that begin so are passed over.
    pub comment: Option<String>,
    /// A source that holds nothing has no rows, rather than to be refused: more may come to a file that is followed.
    pub may_be_empty: bool,
    /// How the IDs are spelled.
    pub spelling: Option<Spelling>,
    /// How forgiving IDs are read.
    pub reading: Reading,
    /// The most memory that is given to a decompressor, in bytes: data that wants more is refused. 128 MiB where nothing
    /// is said.
    pub memory: Option<usize>,
    /// How much of a stream is waited for before it is told what it is.
    pub wait: Wait,
}

/// How much of a stream that arrives is waited for before its format is told. What is told by more is told better, and does
/// not depend on how a program writes: whoever writes rows for others waits, and whoever shows them at once does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Wait {
    /// 200 records, 1 MiB, or the end.
    #[default]
    Sample,
    /// The first record.
    FirstRecord,
}

/// A text that is no delimiter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no delimiter; give one character that is no letter, digit or quote, or tab")]
pub struct UnknownDelimiter(String);

/// A delimiter of the fields of a table as people write it: one character of ASCII, or `tab`.
///
/// # Errors
///
/// [`UnknownDelimiter`] for a letter, a digit, a quote, a line end, and for more than one character.
pub fn delimiter(text: &str) -> Result<u8, UnknownDelimiter> {
    match text.as_bytes() {
        b"tab" | b"\\t" | b"\t" => Ok(b'\t'),
        &[byte]
            if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n".contains(&byte) =>
        {
            Ok(byte)
        }
        _ => Err(UnknownDelimiter(text.to_owned())),
    }
}

/// How a source is divided into rows and where each row has its ID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// One ID a line.
    Lines,
    /// Comma (or semicolon) separated values, quoted as RFC 4180 has it.
    Csv,
    /// Tab separated values.
    Tsv,
    /// One JSON object a line.
    JsonLines,
    /// A JSON array of objects, or of IDs.
    Json,
    /// Free text: the first ULID that stands anywhere in the line.
    Text,
    /// Records of 16 bytes, most significant byte first.
    Binary,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 7] = [
        Format::Lines,
        Format::Csv,
        Format::Tsv,
        Format::JsonLines,
        Format::Json,
        Format::Text,
        Format::Binary,
    ];

    /// The names of all, as a sentence has them: `lines, csv or json`.
    #[must_use]
    pub fn names() -> String {
        let [most @ .., last] = Format::ALL.map(Format::name);
        format!("{} or {last}", most.join(", "))
    }

    /// True if rows have columns: else they are all text.
    #[must_use]
    pub fn has_columns(self) -> bool {
        self.has_objects() || self.is_table()
    }

    /// True if rows are JSON objects.
    pub(crate) fn has_objects(self) -> bool {
        self.build() == Build::Objects
    }

    /// True if rows are divided by a delimiter.
    pub(crate) fn is_table(self) -> bool {
        self.build() == Build::Table
    }

    fn build(self) -> Build {
        match self {
            Format::Csv | Format::Tsv => Build::Table,
            Format::JsonLines | Format::Json => Build::Objects,
            Format::Lines | Format::Text | Format::Binary => Build::Text,
        }
    }

    /// How much a row tells beside its ID: of several files the richest format has what the others have.
    pub(crate) fn richness(self) -> u8 {
        match self {
            Format::JsonLines => 6,
            Format::Json => 5,
            Format::Csv => 4,
            Format::Tsv => 3,
            Format::Text => 2,
            Format::Lines => 1,
            Format::Binary => 0,
        }
    }

    /// The end of the name of a file in which rows of this format stand as they are.
    #[must_use]
    pub fn ending(self) -> &'static str {
        match self {
            Format::Csv | Format::Tsv | Format::JsonLines | Format::Json => self.name(),
            Format::Lines | Format::Text | Format::Binary => "log",
        }
    }

    /// The lower-case name, which [`FromStr`] reads back.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Lines => "lines",
            Format::Csv => "csv",
            Format::Tsv => "tsv",
            Format::JsonLines => "jsonl",
            Format::Json => "json",
            Format::Text => "text",
            Format::Binary => "binary",
        }
    }
}

/// The way in which a row holds what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    Table,
    Objects,
    /// An ID, or a text with one.
    Text,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A name that is no [`Format`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no format; give {names}", names = Format::names())]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Format, UnknownFormat> {
        Format::ALL
            .into_iter()
            .find(|format| format.name() == name)
            .ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

/// True if options say all that a sample of a table tells.
pub(crate) fn is_table_told(options: &OpenOptions) -> bool {
    let has_delimiter = options.format == Some(Format::Tsv) || options.delimiter.is_some();
    let has_place = options.column.is_some() || options.place.is_some();
    has_delimiter && has_place && options.header.is_some() && options.spelling.is_some()
}
