//! Bytes by position, from paths, pipes and memory: decompressed, decoded, each file with its own name and layout.
//! The only place of the project that opens data files. This room must not know what a row is, nor who reads.
//!
//! A source: memory, files one after another, or a temporary file that a stream is still written to.
//!
//! Files are read by position and never mapped: a file that is cut while it is mapped kills the process.

mod decompress;
mod error;
mod input;
mod lines;
mod returns;
pub(crate) mod temporary;
#[cfg(test)]
pub(crate) mod trickle;
mod utf16;

pub(crate) use decompress::decompressed;
pub use error::{OpenError, OpenProblem, ReadError, ScanError};
pub use input::why_not_followed;
pub(crate) use input::{
    Content, Opened, Reopening, Stream, is_same_file, memory, name_of, open_path, open_stream,
};
pub(crate) use temporary::{Spill, file as temporary_file};

use std::{
    collections::BTreeMap,
    fs::File,
    io,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use lru::LruCache;

use crate::format::{Layout, as_index};
use lines::LineCounts;

/// Bytes of one cached block.
pub(crate) const BLOCK_LEN: usize = 64 * 1024;
const CACHED_BLOCKS: NonZeroUsize = NonZeroUsize::new(16).expect("a cache holds something");

/// Bytes that stand in the place of as many others, by their offset. They do not overlap.
pub(crate) type Patches = BTreeMap<u64, Vec<u8>>;

/// Positioned reads over parts, with the blocks read last kept.
#[derive(Debug)]
pub(crate) struct Source {
    parts: RwLock<Vec<Part>>,
    blocks: Mutex<LruCache<u64, Arc<[u8]>>>,
    pub(crate) lines: LineCounts,
    /// Bytes that stand in the place of those of the parts.
    patches: Patches,
}

/// A file of the source, or a stream.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) backing: Backing,
    /// The path as given, or the name of the stream.
    pub(crate) path: PathBuf,
    /// Bytes before those of the part: a byte order mark, or what came before it into a temporary file.
    pub(crate) skip: u64,
    /// Bytes of the file that are known to be there, with `skip`.
    pub(crate) file_len: u64,
    /// True if the path names this file and more may come to its end.
    pub(crate) is_followed: bool,
    /// Bytes above the first row: a title, a header.
    pub(crate) above: u64,
    pub(crate) layout: Arc<Layout>,
    /// The begin of the part in the source, which the source tells.
    start: u64,
}

/// A part as it is at some time: where its rows are, and what they look like.
#[derive(Debug, Clone)]
pub(crate) struct Section {
    pub(crate) number: usize,
    /// The begin of the part.
    pub(crate) start: u64,
    /// The begin of the first row.
    pub(crate) rows: u64,
    pub(crate) end: u64,
    /// True if nothing is added to the file, for another part follows.
    pub(crate) is_sealed: bool,
    pub(crate) layout: Arc<Layout>,
}

#[derive(Debug)]
pub(crate) enum Backing {
    Memory(Arc<[u8]>),
    File(File),
}

impl Part {
    /// Bytes of a file from `skip` on, whose rows are yet to be told.
    pub(crate) fn new(path: PathBuf, backing: Backing, skip: u64, file_len: u64) -> Part {
        Part {
            backing,
            path,
            skip: skip.min(file_len),
            file_len,
            is_followed: false,
            above: 0,
            layout: Arc::new(Layout::unknown()),
            start: 0,
        }
    }

    /// The part as it is by now, to be read beside it. Nothing is added to it.
    fn copy(&self) -> Result<Part, ReadError> {
        let failed = |error| ReadError::Io {
            path: self.path.clone(),
            error: Arc::new(error),
        };
        Ok(Part {
            backing: match &self.backing {
                Backing::Memory(bytes) => Backing::Memory(bytes.clone()),
                Backing::File(file) => Backing::File(file.try_clone().map_err(failed)?),
            },
            path: self.path.clone(),
            layout: self.layout.clone(),
            is_followed: false,
            ..*self
        })
    }

    /// Bytes that this part adds to the source.
    pub(crate) fn len(&self) -> u64 {
        self.file_len.saturating_sub(self.skip)
    }

    /// The begin of the part in the source.
    pub(crate) fn start(&self) -> u64 {
        self.start
    }

    /// Fills `buffer` from `at` bytes into the part, as far as the part goes.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let of_file = self.file_len.saturating_sub(self.skip).saturating_sub(at);
        let wanted = usize::try_from(of_file)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if wanted == 0 {
            return Ok(0);
        }
        let position = self.skip + at;
        match &self.backing {
            Backing::Memory(bytes) => {
                let from = usize::try_from(position).unwrap_or(usize::MAX);
                let bytes = bytes.get(from..).unwrap_or_default();
                let count = wanted.min(bytes.len());
                buffer[..count].copy_from_slice(&bytes[..count]);
                Ok(count)
            }
            Backing::File(file) => self.read_file(file, position, &mut buffer[..wanted]),
        }
    }

    fn read_file(&self, file: &File, position: u64, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let failed = |error| ReadError::Io {
            path: self.path.clone(),
            error: Arc::new(error),
        };
        loop {
            match read_at(file, buffer, position) {
                Ok(0) => {
                    return Err(ReadError::Truncated {
                        path: self.path.clone(),
                        was: self.file_len,
                        now: file.metadata().map_err(failed)?.len(),
                    });
                }
                Ok(count) => return Ok(count),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed(error)),
            }
        }
    }
}

impl Source {
    pub(crate) fn new(parts: Vec<Part>) -> Source {
        let source = Source {
            parts: RwLock::new(Vec::with_capacity(parts.len())),
            blocks: Mutex::new(LruCache::new(CACHED_BLOCKS)),
            lines: LineCounts::default(),
            patches: Patches::new(),
        };
        parts.into_iter().for_each(|part| source.push(part));
        source
    }

    /// The bytes that are there by now, some of them replaced.
    pub(crate) fn with(&self, patches: Patches) -> Result<Source, ReadError> {
        let copies = self
            .parts()
            .iter()
            .map(Part::copy)
            .collect::<Result<_, _>>()?;
        Ok(Source {
            patches,
            ..Source::new(copies)
        })
    }

    /// The part of a source that has one.
    pub(crate) fn into_only_part(self) -> Option<Part> {
        let parts = self.parts.into_inner();
        parts.unwrap_or_else(PoisonError::into_inner).pop()
    }

    /// Adds a part. The one before it is sealed: its last record has ended.
    pub(crate) fn push(&self, mut part: Part) {
        let mut parts = self.parts_mut();
        part.start = parts.last().map_or(0, |last| last.start + last.len());
        parts.push(part);
    }

    /// The part that an offset belongs to; the last one for an offset past the end.
    pub(crate) fn section_at(&self, offset: u64) -> Section {
        let parts = self.parts();
        let after = parts.partition_point(|part| part.start <= offset);
        section(&parts, after.saturating_sub(1))
    }

    /// A part by its number; the last one where there are fewer.
    pub(crate) fn section(&self, number: usize) -> Section {
        let parts = self.parts();
        section(&parts, number.min(parts.len().saturating_sub(1)))
    }

    /// The layouts of all parts by their numbers.
    pub(crate) fn layouts(&self) -> Vec<Arc<Layout>> {
        let parts = self.parts();
        parts.iter().map(|part| part.layout.clone()).collect()
    }

    /// The parts, at least one.
    pub(crate) fn parts(&self) -> RwLockReadGuard<'_, Vec<Part>> {
        self.parts.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The parts, to be changed: whoever cuts or replaces one calls [`Source::forget_blocks`] afterwards.
    pub(crate) fn parts_mut(&self) -> RwLockWriteGuard<'_, Vec<Part>> {
        self.parts.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn forget_blocks(&self) {
        self.lines.clear();
        self.blocks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Bytes that are known to be there.
    pub(crate) fn len(&self) -> u64 {
        let parts = self.parts();
        parts.last().map_or(0, |last| last.start + last.len())
    }

    /// Fills `buffer` from `offset` as far as the source goes, and says how many bytes that were.
    pub(crate) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let parts = self.parts();
        let first = parts.partition_point(|part| part.start <= offset);
        let mut filled = 0;
        for part in parts.iter().skip(first.saturating_sub(1)) {
            while filled < buffer.len() && offset + filled as u64 >= part.start {
                let at = offset + filled as u64 - part.start;
                let count = part.read_at(at, &mut buffer[filled..])?;
                if count == 0 {
                    break;
                }
                filled += count;
            }
            if filled == buffer.len() {
                break;
            }
        }
        drop(parts);
        if !self.patches.is_empty() {
            self.patch(offset, &mut buffer[..filled]);
        }
        Ok(filled)
    }

    /// Puts what stands in the place of the bytes from `offset` on.
    fn patch(&self, offset: u64, bytes: &mut [u8]) {
        let end = offset + bytes.len() as u64;
        for (&at, patch) in self.patches.range(..end).rev() {
            if at + patch.len() as u64 <= offset {
                break;
            }
            let shared = at.max(offset)..end.min(at + patch.len() as u64);
            let of = |start: u64| as_index(shared.start - start)..as_index(shared.end - start);
            if let (Some(bytes), Some(patch)) = (bytes.get_mut(of(offset)), patch.get(of(at))) {
                bytes.copy_from_slice(patch);
            }
        }
    }

    /// The block that holds `offset` and where the block begins. It is short, perhaps empty, at the end of the source.
    pub(crate) fn block(&self, offset: u64) -> Result<(u64, Arc<[u8]>), ReadError> {
        let number = offset / BLOCK_LEN as u64;
        let start = number * BLOCK_LEN as u64;
        let cached = self
            .blocks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&number)
            .cloned();
        if let Some(block) = cached
            && (block.len() == BLOCK_LEN || start + block.len() as u64 >= self.len())
        {
            return Ok((start, block));
        }
        let mut buffer = vec![0; BLOCK_LEN];
        let count = self.read_at(start, &mut buffer)?;
        let block: Arc<[u8]> = Arc::from(&buffer[..count]);
        self.blocks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .put(number, block.clone());
        Ok((start, block))
    }
}

fn section(parts: &[Part], number: usize) -> Section {
    let part = &parts[number];
    Section {
        number,
        start: part.start,
        rows: (part.start + part.above).min(part.start + part.len()),
        end: part.start + part.len(),
        is_sealed: number + 1 < parts.len(),
        layout: part.layout.clone(),
    }
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}
