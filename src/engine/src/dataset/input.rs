//! From paths and streams to bytes that can be read by position.

use std::{
    fs::{self, File},
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    decompress::{decompressed, is_packed},
    error::{OpenError, Reason},
    source::{Backing, Part},
    temporary::{self, Spill},
};
use crate::codec::TEXT_LEN;

const BOM: &[u8] = b"\xEF\xBB\xBF";
const PARQUET: &[u8] = b"PAR1";
/// Bytes at the begin of a file that are looked at, unless its first line is longer.
const HEAD_LEN: u64 = 64 * 1024;
/// The longest first line that is compared with that of the first file.
const HEADER_LIMIT: u64 = 16 << 20;

/// Bytes that arrive: a pipe, or what comes out of a decompressor.
pub(super) type Stream = Box<dyn Read + Send>;

/// What was opened.
pub(super) struct Input {
    pub(super) parts: Vec<Part>,
    /// The name of the first file, whose ending is a hint at what it holds, or that of the stream.
    pub(super) first: PathBuf,
    /// Where more bytes of the last part come from, and where they are written to.
    pub(super) spill: Option<Spill>,
}

/// Opens paths as one source, one after another. A byte order mark at the head of a file is left out, and so is a
/// first line that repeats the first line of the first file and holds no ID: the header of a CSV. A file that does
/// not end its last line is continued by a line end.
///
/// A decompressor takes at most about `memory` bytes.
pub(super) fn open_paths(paths: &[PathBuf], memory: Option<usize>) -> Result<Input, OpenError> {
    let mut files = Vec::with_capacity(paths.len());
    let (mut all_plain, mut is_live) = (true, false);
    for path in paths {
        let fail = |reason: Reason| OpenError {
            path: path.clone(),
            reason,
        };
        let metadata = fs::metadata(path).map_err(|error| fail(error.into()))?;
        if metadata.is_dir() {
            return Err(fail(Reason::Directory));
        }
        let mut file = File::open(path).map_err(|error| fail(error.into()))?;
        let head = match metadata.is_file() {
            true => head_of(&mut file, paths.len() > 1).map_err(|error| fail(error.into()))?,
            false => Vec::new(),
        };
        is_live |= !metadata.is_file();
        all_plain &= metadata.is_file() && !is_packed(&head) && !head.starts_with(PARQUET);
        files.push((path, file, metadata.len(), head));
    }
    if all_plain {
        let first_line = files.first().map(|file| first_line(&file.3).to_vec());
        let first_line = first_line.unwrap_or_default();
        let count = files.len();
        let parts = files.into_iter().enumerate().map(|(number, file)| {
            let (path, file, len, head) = file;
            let skip = skipped(&head, (number > 0).then_some(&first_line));
            Part {
                closed: number + 1 < count && lacks_line_end(&file, len),
                backing: Backing::File(file),
                path: path.clone(),
                skip: skip.min(len),
                file_len: len,
                is_followed: true,
            }
        });
        return Ok(Input {
            parts: parts.collect(),
            first: paths.first().cloned().unwrap_or_default(),
            spill: None,
        });
    }
    let mut streams = Vec::with_capacity(files.len());
    for (path, file, _, head) in files {
        streams.push(if head.starts_with(PARQUET) {
            parquet(file).map_err(|reason| OpenError {
                path: path.clone(),
                reason,
            })?
        } else {
            Box::new(Cursor::new(head).chain(file)) as Stream
        });
    }
    let input = open_stream(name_of(paths), Joined::new(streams, memory), is_live)?;
    Ok(Input {
        first: paths.first().cloned().unwrap_or_default(),
        ..input
    })
}

/// The first bytes of a file, with the whole first line where others may repeat it.
fn head_of(bytes: &mut impl Read, has_others: bool) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    bytes.take(HEAD_LEN).read_to_end(&mut head)?;
    let mut len = head.len() as u64;
    while has_others && len < HEADER_LIMIT && memchr::memchr(b'\n', &head).is_none() {
        bytes.take(len).read_to_end(&mut head)?;
        if head.len() as u64 == len {
            break;
        }
        len = head.len() as u64;
    }
    Ok(head)
}

/// The rows of a Parquet file, as CSV.
#[cfg(feature = "parquet")]
fn parquet(file: File) -> Result<Stream, Reason> {
    Ok(Box::new(super::parquet::open(file)?))
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: File) -> Result<Stream, Reason> {
    Err(Reason::Parquet)
}

/// Opens bytes that arrive one after another.
pub(super) fn open_stream(
    name: PathBuf,
    stream: impl Read + Send + 'static,
    is_live: bool,
) -> Result<Input, OpenError> {
    let fail = |error: io::Error| OpenError {
        path: name.clone(),
        reason: error.into(),
    };
    let file = temporary::file().map_err(fail)?;
    let reader = file.try_clone().map_err(fail)?;
    Ok(Input {
        parts: vec![Part {
            backing: Backing::File(reader),
            path: name.clone(),
            skip: 0,
            file_len: 0,
            closed: false,
            is_followed: false,
        }],
        first: name.clone(),
        spill: Some(Spill::new(Box::new(stream), file, is_live)),
    })
}

/// Bytes in memory.
pub(super) fn memory(name: &str, bytes: Vec<u8>) -> Input {
    Input {
        parts: vec![Part {
            path: name.into(),
            skip: skipped(&bytes, None),
            file_len: bytes.len() as u64,
            closed: false,
            is_followed: false,
            backing: Backing::Memory(Arc::from(bytes)),
        }],
        first: name.into(),
        spill: None,
    }
}

/// What a source of several paths is called.
pub(super) fn name_of(paths: &[PathBuf]) -> PathBuf {
    match paths {
        [] => PathBuf::new(),
        [path] => path.clone(),
        [first, rest @ ..] => {
            let others = if rest.len() == 1 { "file" } else { "files" };
            format!("{} and {} more {others}", first.display(), rest.len()).into()
        }
    }
}

/// Bytes at the head of a file that do not belong to the source.
fn skipped(head: &[u8], first_line_of_all: Option<&Vec<u8>>) -> u64 {
    let mark = if head.starts_with(BOM) { BOM.len() } else { 0 };
    let line = first_line(head);
    let repeats = first_line_of_all.is_some_and(|first| first == line && is_header(line));
    (mark + if repeats { line.len() } else { 0 }) as u64
}

/// The first line with its line end and without a byte order mark; empty if it does not end in `head`.
fn first_line(head: &[u8]) -> &[u8] {
    let head = head.strip_prefix(BOM).unwrap_or(head);
    memchr::memchr(b'\n', head).map_or(&[], |end| &head[..=end])
}

fn is_header(line: &[u8]) -> bool {
    let separated = line.iter().any(|byte| matches!(byte, b',' | b';' | b'\t'));
    let mut words = line.split(|byte| !byte.is_ascii_alphanumeric());
    separated && !words.any(|word| word.len() >= TEXT_LEN)
}

pub(super) fn lacks_line_end(file: &File, len: u64) -> bool {
    let mut last = [0];
    let Some(position) = len.checked_sub(1) else {
        return false;
    };
    super::source::read_at(file, &mut last, position).is_ok() && last != *b"\n"
}

/// Streams one after another, each decompressed if it is compressed, with the joints that [`open_paths`] promises.
pub(super) struct Joined {
    waiting: std::vec::IntoIter<Stream>,
    current: Option<Stream>,
    /// The first line of the first stream, once it is known.
    first_line: Option<Vec<u8>>,
    last: u8,
    /// Bytes that a decompressor may take.
    memory: Option<usize>,
}

impl Joined {
    pub(super) fn new(streams: Vec<Stream>, memory: Option<usize>) -> Joined {
        Joined {
            waiting: streams.into_iter(),
            current: None,
            first_line: None,
            last: b'\n',
            memory,
        }
    }

    /// Opens the next stream, if there is one, and takes off what is left out.
    fn advance(&mut self) -> io::Result<bool> {
        let Some(stream) = self.waiting.next() else {
            return Ok(false);
        };
        let mut stream = decompressed(stream, self.memory)?;
        // A lone stream may be a pipe that never ends its first line soon: only its mark is of interest.
        let lone = self.first_line.is_none() && self.waiting.len() == 0;
        let head = if lone {
            let mut mark = Vec::new();
            (&mut stream)
                .take(BOM.len() as u64)
                .read_to_end(&mut mark)?;
            mark
        } else {
            head_of(&mut stream, true)?
        };
        let skip = skipped(&head, self.first_line.as_ref());
        self.first_line
            .get_or_insert_with(|| first_line(&head).to_vec());
        let mut head = Cursor::new(head);
        head.set_position(skip);
        self.current = Some(Box::new(head.chain(stream)));
        Ok(true)
    }
}

impl Read for Joined {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = match &mut self.current {
                Some(stream) => stream.read(buffer)?,
                None => 0,
            };
            if let Some(last) = count.checked_sub(1) {
                self.last = buffer[last];
                return Ok(count);
            }
            if !self.advance()? {
                return Ok(0);
            }
            if let (true, Some(first)) = (self.last != b'\n', buffer.first_mut()) {
                self.last = b'\n';
                *first = b'\n';
                return Ok(1);
            }
        }
    }
}

/// A path that names the same file as the open one, by what the system says of both.
pub(super) fn is_same_file(open: &fs::Metadata, path: &Path) -> io::Result<bool> {
    let named = fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
    }
    #[cfg(not(unix))]
    Ok(open.created().ok() == named.created().ok())
}
