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
    records::{Kind, Notes, Told, Writing},
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
    /// The name does not say how rows are to be written.
    #[error(
        "{}: name it .csv, .tsv, .jsonl, .json, .parquet, .txt for the IDs or .log for the rows as they stand, any but Parquet with .gz or .zst behind",
        .0.display()
    )]
    Unknown(PathBuf),
    /// The rows can no longer be read.
    #[error(transparent)]
    Read(ReadError),
}

impl Export {
    /// Writes the rows into a temporary file beside the one to be made, and gives it its name when it is complete. The
    /// name says how: `.csv`, `.tsv`, `.jsonl`, `.json`, `.parquet`, `.txt` and none for IDs, `.log` for rows as they stand,
    /// compressed with `.gz` or `.zst` behind. It is as readable as the user's umask says.
    ///
    /// # Errors
    ///
    /// [`JobError`] where `progress` is cancelled or [`ExportError`] tells why.
    pub fn run(&self, source: &Source, progress: &Progress) -> Result<Exported, JobError> {
        let failed = |error| self.failed(error);
        if self.path.exists() {
            return Err(ExportError::Exists(self.path.clone()).into());
        }
        Wanted::named(&self.path)?;
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

    /// Writes the rows as the name says, and gives back what they were written to.
    fn write<W: Write + Send>(
        &self,
        out: W,
        source: &Source,
        progress: &Progress,
    ) -> Result<(W, Notes), JobError> {
        let (content, packing) = match Wanted::named(&self.path)? {
            Wanted::Parquet => return self.write_columns(out, source, progress),
            Wanted::Text(content, packing) => (content, packing),
        };
        let failed = |error| self.failed(error);
        let mut out = Packed::new(out, packing).map_err(failed)?;
        let notes = match content {
            Content::Json => {
                let mut array = JsonArray::new(&mut out);
                let notes = self.write_text(Kind::Jsonl, &mut array, source, progress)?;
                array.finish().map_err(failed)?;
                notes
            }
            Content::Rows => self.write_rows(&mut out, source, progress)?,
            Content::Decoded(kind) => self.write_text(kind, &mut out, source, progress)?,
        };
        Ok((out.finish().map_err(failed)?, notes))
    }

    fn write_text(
        &self,
        kind: Kind,
        out: &mut impl Write,
        source: &Source,
        progress: &Progress,
    ) -> Result<Notes, JobError> {
        let writing = Writing::of(kind, self.form, &self.zone, source.layout());
        let failed = |error| self.failed(error);
        writing.heading(out).map_err(failed)?;
        source.scan_listing(
            &self.listing,
            progress,
            |rows| writing.text(source.in_their_files(rows)),
            |text| -> Result<(), JobError> {
                let written = text.and_then(|text| out.write_all(&text));
                Ok(written.map_err(failed)?)
            },
        )?;
        Ok(writing.notes(source.layout()))
    }

    /// Writes the rows as they stand in the file, a line end behind each.
    fn write_rows(
        &self,
        out: &mut impl Write,
        source: &Source,
        progress: &Progress,
    ) -> Result<Notes, JobError> {
        let failed = |error| self.failed(error);
        let told = Told::default();
        source.scan_listing(
            &self.listing,
            progress,
            |rows| {
                let mut text = Vec::new();
                for row in rows {
                    told.note_cut(&row);
                    text.extend_from_slice(row.text);
                    text.push(b'\n');
                }
                text
            },
            |text| -> Result<(), JobError> { Ok(out.write_all(&text).map_err(failed)?) },
        )?;
        Ok(Notes {
            kept: None,
            missing: told.cut(source.layout()),
        })
    }

    #[cfg(not(feature = "parquet"))]
    fn write_columns<W: Write + Send>(
        &self,
        _out: W,
        _source: &Source,
        _progress: &Progress,
    ) -> Result<(W, Notes), JobError> {
        let error = "this build writes no Parquet; build with the feature parquet";
        let error = io::Error::new(io::ErrorKind::Unsupported, error);
        Err(self.failed(error).into())
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

/// What the name of a file asks for.
#[derive(Debug, PartialEq, Eq)]
enum Wanted {
    Parquet,
    Text(Content, Packing),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Rows decoded, a line each.
    Decoded(Kind),
    /// An array of objects.
    Json,
    /// Rows as they stand in the file.
    Rows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Wanted {
    fn named(path: &Path) -> Result<Wanted, ExportError> {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().to_lowercase());
        let name = name.unwrap_or_default();
        let (name, packing) = match name.rsplit_once('.') {
            Some((name, "gz")) => (name, Packing::Gzip),
            Some((name, "zst")) => (name, Packing::Zstd),
            _ => (name.as_str(), Packing::None),
        };
        let unknown = || ExportError::Unknown(path.to_owned());
        let content = match name.rsplit_once('.') {
            Some((_, "csv")) => Content::Decoded(Kind::Csv),
            Some((_, "tsv")) => Content::Decoded(Kind::Tsv),
            Some((_, "jsonl" | "ndjson")) => Content::Decoded(Kind::Jsonl),
            Some((_, "json")) => Content::Json,
            Some((_, "log")) => Content::Rows,
            Some((_, "parquet")) if packing == Packing::None => return Ok(Wanted::Parquet),
            Some((_, "txt")) | None => Content::Decoded(Kind::Lines),
            Some(_) => return Err(unknown()),
        };
        Ok(Wanted::Text(content, packing))
    }
}

/// A file that is compressed on the way, or not.
enum Packed<W: Write> {
    None(W),
    Gzip(flate2::write::GzEncoder<W>),
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Packed<W> {
    fn new(out: W, packing: Packing) -> io::Result<Packed<W>> {
        Ok(match packing {
            Packing::None => Packed::None(out),
            Packing::Gzip => {
                let level = flate2::Compression::default();
                Packed::Gzip(flate2::write::GzEncoder::new(out, level))
            }
            Packing::Zstd => Packed::Zstd(zstd::Encoder::new(out, 0)?),
        })
    }

    fn finish(self) -> io::Result<W> {
        match self {
            Packed::None(out) => Ok(out),
            Packed::Gzip(out) => out.finish(),
            Packed::Zstd(out) => out.finish(),
        }
    }
}

impl<W: Write> Write for Packed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Packed::None(out) => out.write(bytes),
            Packed::Gzip(out) => out.write(bytes),
            Packed::Zstd(out) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Packed::None(out) => out.flush(),
            Packed::Gzip(out) => out.flush(),
            Packed::Zstd(out) => out.flush(),
        }
    }
}

/// Lines of objects as the elements of one array.
struct JsonArray<'w, W: Write> {
    out: &'w mut W,
    /// Bytes before the next line.
    before: &'static [u8],
}

impl<'w, W: Write> JsonArray<'w, W> {
    fn new(out: &'w mut W) -> JsonArray<'w, W> {
        JsonArray {
            out,
            before: b"[\n",
        }
    }

    fn finish(self) -> io::Result<()> {
        let end: &[u8] = match self.before {
            b"[\n" => b"[]\n",
            _ => b"\n]\n",
        };
        self.out.write_all(end)
    }
}

impl<W: Write> Write for JsonArray<'_, W> {
    /// Takes whole lines.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let lines = bytes.split(|&byte| byte == b'\n');
        for line in lines.filter(|line| !line.is_empty()) {
            self.out.write_all(self.before)?;
            self.out.write_all(line)?;
            self.before = b",\n";
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_how_rows_are_written() {
        let wanted = |name: &str| Wanted::named(Path::new(name)).ok();
        let as_is = |content| Some(Wanted::Text(content, Packing::None));
        assert_eq!(wanted("a.CSV"), as_is(Content::Decoded(Kind::Csv)));
        assert_eq!(wanted("x/a.b.tsv"), as_is(Content::Decoded(Kind::Tsv)));
        assert_eq!(wanted("ids"), as_is(Content::Decoded(Kind::Lines)));
        let packed = Wanted::Text(Content::Json, Packing::Gzip);
        assert_eq!(wanted("a.json.gz"), Some(packed));
        assert_eq!(wanted("a.parquet"), Some(Wanted::Parquet));
        for name in ["a.xlsx", "a.parquet.gz", "a.md", "a.csv.bz2"] {
            assert_eq!(wanted(name), None, "{name}");
        }
    }

    #[test]
    fn lines_become_an_array() {
        let array = |lines: &[&str]| {
            let mut out = Vec::new();
            let mut array = JsonArray::new(&mut out);
            lines
                .iter()
                .for_each(|line| array.write_all(line.as_bytes()).unwrap());
            array.finish().unwrap();
            String::from_utf8(out).unwrap()
        };
        assert_eq!(array(&[]), "[]\n");
        assert_eq!(
            array(&["{}\n{\"a\":1}\n", "{}\n"]),
            "[\n{},\n{\"a\":1},\n{}\n]\n"
        );
    }
}
