//! Rows taken away into a file.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
};

use ulid_engine::{
    anatomy::Form,
    dataset::{ReadError, Row},
    progress::Progress,
    timestamp::TimeZone,
};

#[cfg(feature = "parquet")]
use crate::columns::ColumnWriter;
use crate::{
    jobs::JobError,
    records::{Kind, Writer},
    rows::{ROWS_AT_ONCE, Source},
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
    pub form: Form,
    /// The zone of times.
    pub zone: TimeZone,
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
    Read(#[from] ReadError),
}

impl Export {
    /// Writes the rows into a temporary file beside the one to be made, and gives it its name when it is complete. The
    /// extension says how: `.csv`, `.jsonl`, `.parquet`, else lines. Gives the number of rows.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled or [`ExportError`] tells why.
    pub fn run(&self, source: &Source, progress: &Progress) -> Result<usize, JobError> {
        let failed = |error| ExportError::Write {
            path: self.path.clone(),
            error,
        };
        if self.path.exists() {
            return Err(ExportError::Exists(self.path.clone()).into());
        }
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        let mut sink = self.sink(BufWriter::new(file), source).map_err(failed)?;
        progress.set_total(self.listing.len() as u64);
        for first in (0..self.listing.len()).step_by(ROWS_AT_ONCE) {
            let rows = source
                .rows_of(&self.listing, first, ROWS_AT_ONCE)
                .map_err(ExportError::Read)?;
            progress.advance(rows.len() as u64)?;
            for row in rows {
                sink.write(&source.in_its_file(row)).map_err(failed)?;
            }
        }
        let file = sink.finish().map_err(failed)?;
        let file = file.into_inner();
        let file = file.map_err(|error| failed(error.into_error()))?;
        file.as_file().sync_all().map_err(failed)?;
        allow_as_usual(file.path()).map_err(failed)?;
        // a file that came meanwhile is not overwritten either
        file.persist_noclobber(&self.path).map_err(|error| {
            if error.error.kind() == io::ErrorKind::AlreadyExists {
                ExportError::Exists(self.path.clone())
            } else {
                failed(error.error)
            }
        })?;
        Ok(self.listing.len())
    }
}

/// What takes the rows.
enum Sink<W: Write + Send> {
    Text(Writer<W>),
    #[cfg(feature = "parquet")]
    Columns(ColumnWriter<W>),
}

impl<W: Write + Send> Sink<W> {
    fn write(&mut self, row: &Row) -> io::Result<()> {
        match self {
            Sink::Text(writer) => writer.write(row),
            #[cfg(feature = "parquet")]
            Sink::Columns(writer) => writer.write(row),
        }
    }

    fn finish(self) -> io::Result<W> {
        match self {
            Sink::Text(writer) => Ok(writer.into_inner()),
            #[cfg(feature = "parquet")]
            Sink::Columns(writer) => writer.finish(),
        }
    }
}

impl Export {
    fn sink<W: Write + Send>(&self, out: W, source: &Source) -> io::Result<Sink<W>> {
        let extension = self
            .path
            .extension()
            .and_then(|extension| extension.to_str());
        let kind = match extension.map(str::to_ascii_lowercase).as_deref() {
            #[cfg(feature = "parquet")]
            Some("parquet") => {
                let writer = ColumnWriter::begin(out, self.form, source.layout())?;
                return Ok(Sink::Columns(writer));
            }
            #[cfg(not(feature = "parquet"))]
            Some("parquet") => {
                return Err(io::Error::new(
                    io::ErrorKind::Unsupported,
                    "this build writes no Parquet; build with the feature parquet",
                ));
            }
            Some("csv") => Kind::Csv,
            Some("jsonl" | "ndjson") => Kind::Jsonl,
            _ => Kind::Lines,
        };
        let writer = Writer::begin(out, kind, self.form, &self.zone, source.columns())?;
        Ok(Sink::Text(writer))
    }
}

/// Temporary files are for their owner alone; an export is a file like any other.
fn allow_as_usual(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = fs::metadata(path)?;
    Ok(())
}
