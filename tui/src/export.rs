//! Rows taken away into a file.

use std::{
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;
use ulid_engine::{dataset::ReadError, progress::Progress, row::Spelling, timestamp::TimeZone};

#[cfg(feature = "parquet")]
use crate::columns::{ColumnWriter, Recording};
use crate::{
    jobs::JobError,
    records::{Kind, Notes, Writing},
    rows::Source,
    state::Listing,
};

/// What is exported, and where to.
#[derive(Debug, Clone)]
pub struct Export {
    /// The rows and their order.
    pub listing: Listing,
    /// The file to be made.
    pub path: PathBuf,
    /// How IDs are written.
    pub form: Spelling,
    /// The zone of times.
    pub zone: TimeZone,
}

/// The outcome of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// How many rows.
    pub rows: usize,
    /// Sentences about them.
    pub notes: Notes,
}

/// Why nothing was exported. No file is left behind.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// Nothing is ever overwritten, an input least of all.
    #[error("{} is there already, give another name", .0.display())]
    Exists(PathBuf),
    /// The file cannot be written.
    #[error("{}: {error}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// The rows can no longer be read.
    #[error(transparent)]
    Read(ReadError),
}

impl Export {
    /// Writes the rows into a temporary file beside the one to be made, and gives it its name when it is complete. The
    /// extension says how: `.csv`, `.jsonl`, `.parquet`, else lines. It is as readable as the user's umask says.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled or [`ExportError`] tells why.
    pub fn run(&self, source: &Source, progress: &Progress) -> Result<Exported, JobError> {
        let failed = |error| self.failed(error);
        if self.path.exists() {
            return Err(ExportError::Exists(self.path.clone()).into());
        }
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = new_file_in(folder).map_err(failed)?;
        let (file, notes) = match self.write(BufWriter::new(file), source, progress) {
            Err(JobError::Read(error)) => return Err(ExportError::Read(error).into()),
            written => written?,
        };
        let file = file.into_inner();
        let file = file.map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        // a file that came meanwhile is not overwritten either
        file.persist_noclobber(&self.path).map_err(|error| {
            if error.error.kind() == io::ErrorKind::AlreadyExists {
                ExportError::Exists(self.path.clone())
            } else {
                failed(error.error)
            }
        })?;
        Ok(Exported {
            rows: self.listing.len(),
            notes,
        })
    }

    fn failed(&self, error: io::Error) -> ExportError {
        ExportError::Write {
            path: self.path.clone(),
            error,
        }
    }

    /// Writes the rows as the extension says, and gives back what they were written to.
    fn write<W: Write + Send>(
        &self,
        out: W,
        source: &Source,
        progress: &Progress,
    ) -> Result<(W, Notes), JobError> {
        let extension = self.path.extension();
        let extension = extension.and_then(|extension| extension.to_str());
        let kind = match extension.map(str::to_ascii_lowercase).as_deref() {
            #[cfg(feature = "parquet")]
            Some("parquet") => return self.write_columns(out, source, progress),
            #[cfg(not(feature = "parquet"))]
            Some("parquet") => {
                let error = "this build writes no Parquet; build with the feature parquet";
                let error = io::Error::new(io::ErrorKind::Unsupported, error);
                return Err(self.failed(error).into());
            }
            Some("csv") => Kind::Csv,
            Some("jsonl" | "ndjson") => Kind::Jsonl,
            _ => Kind::Lines,
        };
        self.write_text(kind, out, source, progress)
    }

    fn write_text<W: Write>(
        &self,
        kind: Kind,
        mut out: W,
        source: &Source,
        progress: &Progress,
    ) -> Result<(W, Notes), JobError> {
        let writing = Writing::of(kind, self.form, &self.zone, source.layout());
        let failed = |error| self.failed(error);
        writing.heading(&mut out).map_err(failed)?;
        source.scan_listing(
            &self.listing,
            progress,
            |rows| writing.text(source.in_their_files(rows)),
            |text| -> Result<(), JobError> {
                let written = text.and_then(|text| out.write_all(&text));
                Ok(written.map_err(failed)?)
            },
        )?;
        Ok((out, writing.notes(source.layout())))
    }

    #[cfg(feature = "parquet")]
    fn write_columns<W: Write + Send>(
        &self,
        out: W,
        source: &Source,
        progress: &Progress,
    ) -> Result<(W, Notes), JobError> {
        let recording = Recording::of(source.layout(), self.form);
        let failed = |error| self.failed(error);
        let mut writer = ColumnWriter::begin(out, &recording).map_err(failed)?;
        source.scan_listing(
            &self.listing,
            progress,
            |rows| {
                let rows = source.in_their_files(rows);
                rows.map(|row| recording.record(&row)).collect()
            },
            |records| -> Result<(), JobError> { Ok(writer.write(records).map_err(failed)?) },
        )?;
        let out = writer.finish().map_err(failed)?;
        Ok((out, recording.notes(source.layout())))
    }
}

/// A file that is to get its name later, with the permissions that the umask leaves to any new file.
fn new_file_in(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
