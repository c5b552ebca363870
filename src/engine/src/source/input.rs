//! From paths and streams to bytes that can be read by position.

use std::{
    fs::{self, File},
    io::{self, Cursor, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    Backing,
    decompress::{decompressed, is_packed},
    error::OpenError,
    returns::{Returns, ends_by_return, with_line_feeds},
};
use crate::{cell::CellType, format::Reason};

const BOM: &[u8] = b"\xEF\xBB\xBF";
const PARQUET: &[u8] = b"PAR1";
/// Bytes at the begin of a file that are looked at.
const HEAD_LEN: u64 = 4096 + 16;

/// Bytes that arrive: a pipe, or what comes out of a decompressor.
pub(crate) type Stream = Box<dyn Read + Send>;

/// A file or a stream that was opened, as yet without a layout.
pub(crate) struct Opened {
    /// The path as given, whose ending is a hint at what it holds, or the name of the stream.
    pub(crate) path: PathBuf,
    pub(crate) content: Content,
    /// Types that the file declares for its columns, if it does.
    pub(crate) types: Vec<CellType>,
}

/// How the bytes of a file are read.
pub(crate) enum Content {
    /// By position, from a place on where the text begins.
    There {
        backing: Backing,
        skip: u64,
        len: u64,
    },
    /// One after another. `again` is how they can be read from the begin once more.
    Stream {
        stream: Stream,
        is_live: bool,
        again: Option<Reopening>,
    },
}

/// A file that is read as a stream, to be opened again when its turn comes.
#[derive(Debug, Clone)]
pub(crate) struct Reopening {
    path: PathBuf,
    memory: Option<usize>,
}

impl Reopening {
    pub(crate) fn open(&self) -> io::Result<Stream> {
        let mut file = File::open(&self.path)?;
        let head = head_of(&mut file)?;
        stream_of(head, file, self.memory)
    }
}

/// Opens a path. A byte order mark at the head of a file is left out. A decompressor takes at most about `memory` bytes.
pub(crate) fn open_path(path: &Path, memory: Option<usize>) -> Result<Opened, OpenError> {
    let content = content_of(path, memory).map_err(|reason| OpenError {
        path: path.to_owned(),
        reason,
    })?;
    Ok(Opened {
        path: path.to_owned(),
        content,
        types: types_of(path),
    })
}

/// Types that a file declares for its columns; none if it is no Parquet, or cannot be read, which is told elsewhere.
#[cfg(feature = "parquet")]
fn types_of(path: &Path) -> Vec<CellType> {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let Some(mut file) = File::open(path).ok().filter(|_| is_file) else {
        return Vec::new();
    };
    match head_of(&mut file) {
        Ok(head) if head.starts_with(PARQUET) => {
            crate::format::parquet::types(file).unwrap_or_default()
        }
        _ => Vec::new(),
    }
}

#[cfg(not(feature = "parquet"))]
fn types_of(_: &Path) -> Vec<CellType> {
    Vec::new()
}

fn content_of(path: &Path, memory: Option<usize>) -> Result<Content, Reason> {
    let metadata = fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(Reason::Directory);
    }
    let mut file = File::open(path)?;
    if !metadata.is_file() {
        return Ok(Content::Stream {
            stream: plain(decompressed(Box::new(file), memory)?)?,
            is_live: true,
            again: None,
        });
    }
    let head = head_of(&mut file)?;
    // files of the system say that they hold nothing, and can be read once from their begin
    let is_made_when_read = metadata.len() == 0 && !head.is_empty();
    if !is_packed(&head)
        && !ends_by_return(&head)
        && !head.starts_with(PARQUET)
        && !is_made_when_read
    {
        return Ok(Content::There {
            skip: mark_len(&head),
            len: metadata.len(),
            backing: Backing::File(file),
        });
    }
    #[cfg(not(feature = "parquet"))]
    if head.starts_with(PARQUET) {
        return Err(Reason::Parquet);
    }
    Ok(Content::Stream {
        stream: stream_of(head, file, memory)?,
        is_live: false,
        again: Some(Reopening {
            path: path.to_owned(),
            memory,
        }),
    })
}

/// The rows of a file that is not read by position.
fn stream_of(head: Vec<u8>, file: File, memory: Option<usize>) -> io::Result<Stream> {
    #[cfg(feature = "parquet")]
    if head.starts_with(PARQUET) {
        return Ok(Box::new(crate::format::parquet::open(file)?));
    }
    let whole = Box::new(Cursor::new(head).chain(file));
    plain(decompressed(whole, memory)?)
}

/// The first bytes of a file.
fn head_of(bytes: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    bytes.take(HEAD_LEN).read_to_end(&mut head)?;
    Ok(head)
}

/// Bytes that arrive one after another, decompressed if they are compressed.
pub(crate) fn open_stream(
    name: PathBuf,
    stream: Stream,
    memory: Option<usize>,
) -> Result<Opened, OpenError> {
    let stream = decompressed(stream, memory).and_then(plain);
    let stream = stream.map_err(|error| OpenError {
        path: name.clone(),
        reason: error.into(),
    })?;
    Ok(Opened {
        path: name,
        content: Content::Stream {
            stream,
            is_live: true,
            again: None,
        },
        types: Vec::new(),
    })
}

/// The reason why rows that are appended to a file are not seen, if they are not: the file is read once, from its begin to
/// its end. Of a pipe rows arrive by themselves, and a file that cannot be read is told elsewhere.
#[must_use]
pub fn why_not_followed(path: &Path) -> Option<&'static str> {
    // a pipe that is opened waits for its writer
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let head = head_of(&mut File::open(path).ok()?).ok()?;
    if head.starts_with(PARQUET) {
        Some("a Parquet file is written as a whole")
    } else if is_packed(&head) {
        Some("it is compressed, or UTF-16")
    } else if ends_by_return(&head) {
        Some("its lines end by returns")
    } else {
        None
    }
}

/// Bytes in memory.
pub(crate) fn memory(name: &str, bytes: Vec<u8>) -> Opened {
    let bytes = with_line_feeds(bytes);
    Opened {
        path: name.into(),
        content: Content::There {
            skip: mark_len(&bytes),
            len: bytes.len() as u64,
            backing: Backing::Memory(Arc::from(bytes)),
        },
        types: Vec::new(),
    }
}

/// The name of a source of several paths.
pub(crate) fn name_of(paths: &[PathBuf]) -> PathBuf {
    match paths {
        [] => PathBuf::new(),
        [path] => path.clone(),
        [first, rest @ ..] => {
            let others = if rest.len() == 1 { "file" } else { "files" };
            format!("{} and {} more {others}", first.display(), rest.len()).into()
        }
    }
}

/// Bytes of the mark of byte order with which a file begins.
fn mark_len(head: &[u8]) -> u64 {
    match head.starts_with(BOM) {
        true => BOM.len() as u64,
        false => 0,
    }
}

/// A stream without the mark of byte order with which it begins, and with line ends as others have them.
fn plain(mut stream: Stream) -> io::Result<Stream> {
    let mut head = Vec::new();
    (&mut stream)
        .take(BOM.len() as u64)
        .read_to_end(&mut head)?;
    let mut head = Cursor::new(head);
    head.set_position(mark_len(head.get_ref()));
    Ok(Box::new(Returns::new(Box::new(head.chain(stream)))))
}

/// A path that names the same file as the open one, by what the system says of both.
pub(crate) fn is_same_file(open: &fs::Metadata, path: &Path) -> io::Result<bool> {
    let named = fs::metadata(path)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
    }
    #[cfg(not(unix))]
    Ok(open.created().ok() == named.created().ok())
}
