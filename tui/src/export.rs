//! Rows taken away into a file.

use std::{
    fmt,
    io::{self, BufWriter, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
};

use tempfile::NamedTempFile;
use ulid_engine::{
    Timestamp, Ulid,
    anatomy::repair,
    dataset::{Format, ReadError, RowRef},
    progress::Progress,
    row::Spelling,
    timestamp::TimeZone,
};

#[cfg(feature = "parquet")]
use crate::columns::{ColumnWriter, Recording};
use crate::{
    jobs::JobError,
    listed::ListWriting,
    records::{Kind, Notes, Told, Writing},
    rows::Source,
    state::Listing,
    text::grouped,
    values::Values,
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
    /// What of the rows is written.
    pub take: Take,
}

/// What of rows is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Take {
    /// What is known of them, and their columns.
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
    pub fn words(&self) -> &'static str {
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
    pub fn repairs(&self) -> bool {
        matches!(self, Take::Repaired | Take::Changed)
    }
}

/// The outcome of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// What was written.
    pub written: Written,
    /// The file.
    pub path: PathBuf,
}

/// What was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Written {
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

/// Repairs the IDs of rows, and counts them.
struct Mender {
    repairs: bool,
    only: bool,
    rows: AtomicU64,
    repaired: AtomicU64,
    broken: AtomicU64,
}

impl Mender {
    fn of(take: &Take) -> Mender {
        Mender {
            repairs: take.repairs(),
            only: *take == Take::Changed,
            rows: AtomicU64::new(0),
            repaired: AtomicU64::new(0),
            broken: AtomicU64::new(0),
        }
    }

    /// What the broken ID of a row most likely stood for; `None` also where nothing is to be repaired.
    fn repair(&self, row: &RowRef<'_>) -> Option<Ulid> {
        if !self.repairs || row.fault().is_none() {
            return None;
        }
        let repair = repair(&row.id_text());
        let count = match repair {
            Some(_) => &self.repaired,
            None => &self.broken,
        };
        count.fetch_add(1, Relaxed);
        Some(repair?.id)
    }

    /// The row with its ID repaired; `None` if it is not to be written.
    fn mended<'a>(&self, row: RowRef<'a>) -> Option<RowRef<'a>> {
        let repaired = self.repair(&row);
        if self.only && repaired.is_none() {
            return None;
        }
        self.rows.fetch_add(1, Relaxed);
        let mut row = row;
        if let Some(id) = repaired {
            row.id = Ok(id);
        }
        Some(row)
    }

    /// The text of the row with its ID repaired; `None` if it is not to be written.
    fn text(&self, row: &RowRef<'_>, spelling: Spelling) -> Option<Vec<u8>> {
        let mended = self.mended(*row)?;
        let at = row.id_at();
        let parts = (row.text.get(..at.start), row.text.get(at.end..));
        Some(match (mended.id, row.id, parts) {
            (Ok(id), Err(_), (Some(before), Some(behind))) => {
                let id = spelling.print(id);
                [before, id.as_bytes(), behind].concat()
            }
            _ => row.text.to_vec(),
        })
    }

    fn written(self, notes: Notes) -> Written {
        let counts = (self.repaired.into_inner(), self.broken.into_inner());
        Written {
            rows: self.rows.into_inner(),
            repaired: self.repairs.then_some(counts),
            notes,
        }
    }
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
    /// Parquet has columns of its own.
    #[error(
        "Parquet is written decoded; for rows as they stand, repaired or by columns take another name"
    )]
    NotParquet,
    /// Columns need a kind of file that has them.
    #[error("columns are written as .csv, .tsv, .jsonl or .json")]
    NoColumns,
    /// Columns that need other rows.
    #[error("these columns look at other rows; give --print csv, and direct that to a file")]
    LooksAround,
    /// A column cannot be written.
    #[error("{0}")]
    Columns(String),
    /// Rows as they stand are of their own format.
    #[error("the rows stand in the file as {0}; give a name of that kind, or .log")]
    OtherFormat(&'static str),
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
        let (file, written) = match self.write(BufWriter::new(file), source, progress) {
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
            written,
            path: self.path.clone(),
        })
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
    ) -> Result<(W, Written), JobError> {
        let wanted = Wanted::named(&self.path)?;
        let (content, packing) = match (wanted, &self.take) {
            (Wanted::Parquet, Take::Decoded) => {
                let (out, notes) = self.write_columns(out, source, progress)?;
                return Ok((out, Written::of(notes, self.listing.len())));
            }
            (Wanted::Parquet, _) => return Err(ExportError::NotParquet.into()),
            (Wanted::Text(content, packing), _) => (content, packing),
        };
        let failed = |error| self.failed(error);
        let mut out = Packed::new(out, packing).map_err(failed)?;
        let stands = content.is_of(source.layout().format);
        let written = match (&self.take, content) {
            (Take::Columns { list, names }, content) => {
                let kind = content.of_columns().ok_or(ExportError::NoColumns)?;
                let mut array = JsonArray::over(&mut out, content == Content::Json);
                let notes = self.write_columns_of(
                    (list, names.as_deref()),
                    kind,
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
                return Err(ExportError::OtherFormat(format).into());
            }
            (Take::Repaired | Take::Changed, _) => {
                self.write_decoded(&mut out, content, source, progress)?
            }
        };
        Ok((out.finish().map_err(failed)?, written))
    }

    fn write_decoded(
        &self,
        out: &mut impl Write,
        content: Content,
        source: &Source,
        progress: &Progress,
    ) -> Result<Written, JobError> {
        let kind = match content {
            Content::Decoded(kind) => kind,
            Content::Json => Kind::Jsonl,
            Content::Rows => Kind::Lines,
        };
        let mut out = JsonArray::over(out, content == Content::Json);
        let writing = Writing::of(kind, self.form, &self.zone, source.layout());
        let failed = |error| self.failed(error);
        writing.heading(&mut out).map_err(failed)?;
        let mender = Mender::of(&self.take);
        source.scan_listing(
            &self.listing,
            progress,
            |rows| {
                let rows = source.in_their_files(rows);
                writing.text(rows.filter_map(|row| mender.mended(row)))
            },
            |text| -> Result<(), JobError> {
                let written = text.and_then(|text| out.write_all(&text));
                Ok(written.map_err(failed)?)
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
    ) -> Result<Notes, JobError> {
        let list = source.expressions(Some(list), &[], Timestamp::now(), &self.zone);
        let (list, _) = list.map_err(|error| ExportError::Columns(error.to_string()))?;
        if list.looks_around() {
            return Err(ExportError::LooksAround.into());
        }
        let values = Values {
            kind,
            form: self.form,
            zone: self.zone.clone(),
        };
        let names = names.map_or_else(|| list.names().to_vec(), <[String]>::to_vec);
        let writing = ListWriting::named(list, names, values);
        let failed = |error| self.failed(error);
        writing.heading(out).map_err(failed)?;
        source.scan_listing(
            &self.listing,
            progress,
            |rows| writing.text(&mut rows.map(|row| writing.values_of(row))),
            |text| -> Result<(), JobError> {
                let written = text.and_then(|text| out.write_all(&text));
                Ok(written.map_err(failed)?)
            },
        )?;
        Ok(Notes::default())
    }

    /// Writes the rows as they stand in the file, a line end behind each, or with their IDs repaired.
    fn write_rows(
        &self,
        out: &mut impl Write,
        content: Content,
        source: &Source,
        progress: &Progress,
    ) -> Result<Written, JobError> {
        let failed = |error| self.failed(error);
        let layout = source.layout();
        let is_array = content == Content::Json;
        if content.has_header() {
            out.write_all(&source.header()?).map_err(failed)?;
        }
        let told = Told::default();
        let mender = Mender::of(&self.take);
        let spelling = match Spelling::WRITTEN.contains(&layout.spelling) {
            true => layout.spelling,
            false => Spelling::Ulid,
        };
        let mut is_first = true;
        source.scan_listing(
            &self.listing,
            progress,
            |rows| -> Vec<Vec<u8>> {
                let texts = rows.filter_map(|row| {
                    told.note_cut(&row);
                    mender.text(&row, spelling)
                });
                texts.map(|text| content.in_one_line(text)).collect()
            },
            |texts| -> Result<(), JobError> {
                for text in texts {
                    let before: &[u8] = match (is_array, std::mem::take(&mut is_first)) {
                        (true, true) => b"[\n",
                        (true, false) => b",\n",
                        (false, _) => b"",
                    };
                    let end: &[u8] = if is_array { b"" } else { b"\n" };
                    let parts = [before, text.as_slice(), end];
                    parts
                        .iter()
                        .try_for_each(|part| out.write_all(part))
                        .map_err(failed)?;
                }
                Ok(())
            },
        )?;
        let end: &[u8] = match (is_array, is_first) {
            (true, true) => b"[]\n",
            (true, false) => b"\n]\n",
            (false, _) => b"",
        };
        out.write_all(end).map_err(failed)?;
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

impl Content {
    /// True if rows of a format stand as this content has them.
    fn is_of(self, format: Format) -> bool {
        matches!(
            (self, format),
            (Content::Rows, _)
                | (Content::Decoded(Kind::Csv), Format::Csv)
                | (Content::Decoded(Kind::Tsv), Format::Tsv)
                | (
                    Content::Decoded(Kind::Jsonl) | Content::Json,
                    Format::Json | Format::JsonLines
                )
                | (Content::Decoded(Kind::Lines), Format::Lines | Format::Text)
        )
    }

    /// The way in which columns are written; `None` for contents without.
    fn of_columns(self) -> Option<Kind> {
        match self {
            Content::Decoded(kind @ (Kind::Csv | Kind::Tsv | Kind::Jsonl)) => Some(kind),
            Content::Json => Some(Kind::Jsonl),
            Content::Decoded(Kind::Lines | Kind::Table) | Content::Rows => None,
        }
    }

    /// True if the names of columns stand above rows.
    fn has_header(self) -> bool {
        matches!(self, Content::Decoded(Kind::Csv | Kind::Tsv))
    }

    /// A row as it is written: an object of JSON in one line.
    fn in_one_line(self, mut text: Vec<u8>) -> Vec<u8> {
        if matches!(self, Content::Decoded(Kind::Jsonl) | Content::Json) {
            // no text within an object has a line end in it
            let ends = text
                .iter_mut()
                .filter(|byte| matches!(**byte, b'\n' | b'\r'));
            ends.for_each(|byte| *byte = b' ');
        }
        text
    }
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

/// Lines of objects as the elements of one array, or lines as they are.
struct JsonArray<'w, W: Write> {
    out: &'w mut W,
    /// Bytes before the next line.
    before: &'static [u8],
    /// False if lines are written as they are.
    is_array: bool,
}

impl<'w, W: Write> JsonArray<'w, W> {
    fn over(out: &'w mut W, is_array: bool) -> JsonArray<'w, W> {
        JsonArray {
            out,
            before: b"[\n",
            is_array,
        }
    }

    fn finish(self) -> io::Result<()> {
        if !self.is_array {
            return Ok(());
        }
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
        if !self.is_array {
            return self.out.write(bytes);
        }
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
            let mut array = JsonArray::over(&mut out, true);
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
