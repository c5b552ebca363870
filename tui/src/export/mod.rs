//! Rows taken away into a file.

mod mend;

use std::{
    fmt,
    io::{self, Write},
    path::PathBuf,
    sync::Arc,
};

use ulid_engine::{
    Timestamp,
    compare::Comparison,
    dataset::ReadError,
    progress::Progress,
    row::Spelling,
    timestamp::TimeZone,
    write::{Content, JsonArray, NewFile, Packed, UnknownName, Wanted},
};

#[cfg(feature = "parquet")]
use crate::columns::{ColumnWriter, Recording};
use crate::{
    listed::ListWriting,
    records::{Both, Kind, Notes, Spool, Told, Writing},
    rows::{Listing, RowsError, Source},
    text::grouped,
    values::Values,
};
use mend::Mender;

/// The rows that are exported, and the file.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    /// The rows and their order.
    pub listing: Listing,
    /// The file to be made.
    pub path: PathBuf,
    /// How IDs are written.
    pub form: Spelling,
    /// The zone of times.
    pub zone: TimeZone,
    /// Part of the rows that is written.
    pub take: Take,
    /// How the two files are related, where two are compared and it is known yet.
    pub comparison: Option<Arc<Comparison>>,
}

/// Part of rows that is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Take {
    /// Facts and columns of the rows.
    #[default]
    Decoded,
    /// Columns of one's own.
    Columns {
        /// Their expressions.
        list: String,
        /// Their names, if they are not called as the list has it.
        names: Option<Vec<String>>,
    },
    /// Rows as they stand in the file.
    AsIs,
    /// All rows, those with a broken ID with the one that it most likely stood for.
    Repaired,
    /// Only the rows whose ID is repaired so.
    Changed,
}

impl Take {
    /// The words for it.
    #[must_use]
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Take::Decoded => "decoded",
            Take::Columns { .. } => "the columns shown",
            Take::AsIs => "as they stand in the file",
            Take::Repaired => "all, repaired",
            Take::Changed => "only those repaired",
        }
    }

    /// True if broken IDs are repaired.
    #[must_use]
    pub(crate) fn repairs(&self) -> bool {
        matches!(self, Take::Repaired | Take::Changed)
    }
}

/// The outcome of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exported {
    /// Number of rows written, and notes about them.
    pub written: Written,
    /// The file.
    pub path: PathBuf,
}

/// Number of rows written, and notes about them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// How many rows.
    pub rows: u64,
    /// IDs that were repaired, and broken ones that were not, where that was asked for.
    pub repaired: Option<(u64, u64)>,
    /// Sentences about the rows.
    pub notes: Notes,
}

impl Written {
    fn of(notes: Notes, rows: usize) -> Written {
        Written {
            rows: rows as u64,
            repaired: None,
            notes,
        }
    }
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plural = |count: u64| if count == 1 { "" } else { "s" };
        write!(
            f,
            "{} row{} exported",
            grouped(self.rows),
            plural(self.rows)
        )?;
        if let Some((repaired, broken)) = self.repaired {
            write!(f, ", {} ID{} repaired", grouped(repaired), plural(repaired))?;
            if broken > 0 {
                write!(f, ", {} that cannot be repaired", grouped(broken))?;
            }
        }
        write!(f, "{}", self.notes)
    }
}

/// Why nothing was exported. No file is left behind.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ExportError {
    /// Nothing is ever overwritten, an input least of all.
    #[error("{} is there already, give another name", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("{}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The name does not say how rows are to be written.
    #[error("{}: {error}", path.display())]
    Unknown {
        /// The file.
        path: PathBuf,
        /// The names that do.
        error: UnknownName,
    },
    /// Parquet has columns of its own.
    #[error(
        "Parquet is written decoded; for rows as they stand, repaired or by columns take another name"
    )]
    NotParquet,
    /// Columns need a kind of file that has them.
    #[error("columns are written as .csv, .tsv, .jsonl or .json")]
    NoColumns,
    /// A column cannot be written.
    #[error("{0}")]
    Columns(String),
    /// Rows as they stand are of their own format.
    #[error("the rows stand in the file as {0}; give a name of that kind, or .log")]
    OtherFormat(&'static str),
    /// Rows as they stand have one header.
    #[error(
        "the files have other columns or delimiters, and one header would not name them; write one file at a time, or decoded rows"
    )]
    SeveralHeaders,
    /// The rows can no longer be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The rows are not given, for another reason.
    #[error(transparent)]
    Rows(#[from] RowsError),
}

impl ExportError {
    /// True where a name or a choice was given that these rows cannot be written by.
    pub(crate) fn is_of_call(&self) -> bool {
        matches!(
            self,
            ExportError::Unknown { .. }
                | ExportError::NotParquet
                | ExportError::NoColumns
                | ExportError::Columns(_)
                | ExportError::OtherFormat(_)
                | ExportError::SeveralHeaders
        )
    }
}

impl Export {
    /// Writes the rows into a temporary file beside the one to be made, and gives it its name when it is complete. The
    /// name says how: `.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet`, `.txt` and none for IDs, `.log` for rows as they stand,
    /// compressed with `.gz` or `.zst` behind. It is as readable as the user's umask says.
    ///
    /// # Errors
    ///
    /// [`ExportError`] tells why, also where `progress` is cancelled.
    pub(crate) fn run(
        &self,
        source: &Source,
        progress: &Progress,
    ) -> Result<Exported, ExportError> {
        if self.path.exists() {
            return Err(ExportError::Exists(self.path.clone()));
        }
        self.wanted()?;
        let file = NewFile::new(&self.path).map_err(|error| self.not_made(error))?;
        let (file, written) = match self.write(file, source, progress) {
            Err(ExportError::Rows(RowsError::Read(error))) => return Err(ExportError::Read(error)),
            written => written?,
        };
        file.finish().map_err(|error| self.not_made(error))?;
        Ok(Exported {
            written,
            path: self.path.clone(),
        })
    }

    fn wanted(&self) -> Result<Wanted, ExportError> {
        Wanted::named(&self.path).map_err(|error| ExportError::Unknown {
            path: self.path.clone(),
            error,
        })
    }

    /// An error for a file that does not get its name.
    fn not_made(&self, error: io::Error) -> ExportError {
        match error.kind() {
            io::ErrorKind::AlreadyExists => ExportError::Exists(self.path.clone()),
            _ => self.failed(error),
        }
    }

    fn failed(&self, error: io::Error) -> ExportError {
        ExportError::Write {
            path: self.path.clone(),
            error,
        }
    }

    /// Writes the rows as the name says, and gives back what they were written to.
    ///
    /// # Errors
    ///
    /// As [`Export::run`].
    pub(crate) fn write<W: Write + Send>(
        &self,
        out: W,
        source: &Source,
        progress: &Progress,
    ) -> Result<(W, Written), ExportError> {
        let wanted = self.wanted()?;
        let (content, packing) = match (wanted, &self.take) {
            (Wanted::Parquet, Take::Decoded) => {
                let (out, notes) = self.write_columns(out, source, progress)?;
                return Ok((out, Written::of(notes, self.listing.len())));
            }
            (Wanted::Parquet, _) => return Err(ExportError::NotParquet),
            (Wanted::Text(content, packing), _) => (content, packing),
        };
        let failed = |error| self.failed(error);
        let mut out = Packed::new(out, packing).map_err(failed)?;
        let stands = content.is_of(source.layout().format);
        let written = match (&self.take, content) {
            (Take::Columns { list, names }, content) => {
                if !content.has_columns() {
                    return Err(ExportError::NoColumns);
                }
                let mut array = JsonArray::over(&mut out, content == Content::Json);
                let notes = self.write_columns_of(
                    (list, names.as_deref()),
                    kind_of(content),
                    &mut array,
                    source,
                    progress,
                )?;
                array.finish().map_err(failed)?;
                Written::of(notes, self.listing.len())
            }
            (Take::Decoded, Content::Rows) => {
                self.write_rows(&mut out, content, source, progress)?
            }
            (Take::Decoded, _) => self.write_decoded(&mut out, content, source, progress)?,
            (Take::AsIs | Take::Repaired | Take::Changed, _) if stands => {
                self.write_rows(&mut out, content, source, progress)?
            }
            (Take::AsIs, _) => {
                let format = source.layout().format.name();
                return Err(ExportError::OtherFormat(format));
            }
            (Take::Repaired | Take::Changed, _) => {
                self.write_decoded(&mut out, content, source, progress)?
            }
        };
        Ok((out.finish().map_err(failed)?, written))
    }

    /// The two files, where two are compared.
    fn both(&self, source: &Source, progress: &Progress) -> Result<Option<Both>, ExportError> {
        if source.compared().is_none() {
            return Ok(None);
        }
        let comparison = match &self.comparison {
            Some(comparison) => Arc::clone(comparison),
            None => Arc::new(source.compare(progress)?),
        };
        Ok(source.both(comparison))
    }

    fn write_decoded(
        &self,
        out: &mut impl Write,
        content: Content,
        source: &Source,
        progress: &Progress,
    ) -> Result<Written, ExportError> {
        let kind = kind_of(content);
        let mut out = JsonArray::over(out, content == Content::Json);
        let both = self.both(source, progress)?;
        let writing = Writing::of_both(both, kind, self.form, &self.zone, source.layout());
        let failed = |error| self.failed(error);
        writing.heading(&mut out).map_err(failed)?;
        let mender = Mender::of(&self.take);
        source.scan_listing(
            &self.listing,
            progress,
            |rows| writing.text(rows.filter_map(|row| mender.mended(row))),
            |text| -> Result<(), ExportError> {
                let written = text.and_then(|text| text.write_to(&mut out));
                written.map_err(failed)
            },
        )?;
        out.finish().map_err(failed)?;
        Ok(mender.written(writing.notes(source.layout())))
    }

    /// Writes columns by their expressions.
    fn write_columns_of(
        &self,
        (list, names): (&str, Option<&[String]>),
        kind: Kind,
        out: &mut impl Write,
        source: &Source,
        progress: &Progress,
    ) -> Result<Notes, ExportError> {
        let list = source.expressions(Some(list), &[], Timestamp::now(), &self.zone);
        let (list, _) = list.map_err(|error| ExportError::Columns(error.to_string()))?;
        let values = Values {
            kind,
            form: self.form,
            zone: self.zone.clone(),
        };
        let names = names.map_or_else(|| list.names().to_vec(), <[String]>::to_vec);
        let writing = ListWriting::named(list, names, values);
        let failed = |error| self.failed(error);
        writing.heading(out).map_err(failed)?;
        let mut hand_on = |text: io::Result<Spool>| -> Result<(), ExportError> {
            let written = text.and_then(|text| text.write_to(out));
            written.map_err(failed)
        };
        if writing.list().looks_around() {
            source.scan_around(writing.list(), &self.listing, progress, |values| {
                hand_on(writing.text(&mut std::iter::once(values)))
            })?;
        } else {
            source.scan_listing(
                &self.listing,
                progress,
                |rows| writing.text(&mut rows.map(|row| writing.values_of(row))),
                hand_on,
            )?;
        }
        Ok(Notes::default())
    }

    /// Writes the rows as they stand in the file, a line end behind each, or with their IDs repaired.
    fn write_rows(
        &self,
        out: &mut impl Write,
        content: Content,
        source: &Source,
        progress: &Progress,
    ) -> Result<Written, ExportError> {
        let failed = |error| self.failed(error);
        let layout = source.layout();
        if content.has_header() && layout.is_of_several() {
            return Err(ExportError::SeveralHeaders);
        }
        if content.has_header() {
            out.write_all(&source.header()?).map_err(failed)?;
        }
        let told = Told::default();
        let mender = Mender::of(&self.take);
        let spelling = match Spelling::WRITTEN.contains(&layout.spelling) {
            true => layout.spelling,
            false => Spelling::Ulid,
        };
        let mut out = JsonArray::over(out, content == Content::Json);
        source.scan_listing(
            &self.listing,
            progress,
            |rows| -> io::Result<Spool> {
                let mut text = Spool::new();
                for row in rows {
                    told.note_cut(&row);
                    text.expect(row.text.len())?;
                    mender.write_line(&mut text, &row, (content, spelling))?;
                }
                Ok(text)
            },
            |text| -> Result<(), ExportError> {
                let written = text.and_then(|text| text.write_to(&mut out));
                written.map_err(failed)
            },
        )?;
        out.finish().map_err(failed)?;
        Ok(mender.written(Notes {
            kept: None,
            missing: told.cut(layout),
        }))
    }

    #[cfg(not(feature = "parquet"))]
    fn write_columns<W: Write + Send>(
        &self,
        _out: W,
        _source: &Source,
        _progress: &Progress,
    ) -> Result<(W, Notes), ExportError> {
        let error = "this build writes no Parquet; build with the feature parquet";
        let error = io::Error::new(io::ErrorKind::Unsupported, error);
        Err(self.failed(error))
    }

    #[cfg(feature = "parquet")]
    fn write_columns<W: Write + Send>(
        &self,
        out: W,
        source: &Source,
        progress: &Progress,
    ) -> Result<(W, Notes), ExportError> {
        let both = self.both(source, progress)?;
        let recording = Recording::of(both, source.layout(), self.form);
        let failed = |error| self.failed(error);
        let mut writer = ColumnWriter::begin(out, &recording).map_err(failed)?;
        source.scan_listing(
            &self.listing,
            progress,
            |rows| rows.map(|row| recording.record(&row)).collect(),
            |records| -> Result<(), ExportError> { writer.write(records).map_err(failed) },
        )?;
        let out = writer.finish().map_err(failed)?;
        Ok((out, recording.notes(source.layout())))
    }
}

/// The way in which rows of a content are written.
fn kind_of(content: Content) -> Kind {
    match content {
        Content::Csv => Kind::Csv,
        Content::Tsv => Kind::Tsv,
        Content::JsonLines | Content::Json => Kind::Jsonl,
        Content::Ids | Content::Rows => Kind::Lines,
    }
}
