//! The bytes of a source: memory, files one after another, or a temporary file that a stream is still written to.
//!
//! Files are read by position and never mapped: a file that is cut while it is mapped kills the process.

use std::{
    fs::File,
    io,
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use lru::LruCache;

use super::error::ReadError;

/// Bytes of one cached block.
pub(super) const BLOCK_LEN: usize = 64 * 1024;
const CACHED_BLOCKS: NonZeroUsize = NonZeroUsize::new(16).expect("a cache holds something");

/// Positioned reads over parts, with the blocks read last kept.
#[derive(Debug)]
pub(super) struct Source {
    parts: RwLock<Vec<Part>>,
    blocks: Mutex<LruCache<u64, Arc<[u8]>>>,
}

/// A stretch of the source.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) backing: Backing,
    /// The path as given, or the name of the stream.
    pub(super) path: PathBuf,
    /// Bytes at the head of the file that are not part of the source: a byte order mark, a repeated header.
    pub(super) skip: u64,
    /// Bytes of the file that are known to be there, with `skip`.
    pub(super) file_len: u64,
    /// Whether a line end follows that the file itself lacks, because another part comes after it.
    pub(super) closed: bool,
    /// Whether the path names this file and more may come to its end.
    pub(super) is_followed: bool,
}

#[derive(Debug)]
pub(super) enum Backing {
    Memory(Arc<[u8]>),
    File(File),
}

impl Part {
    /// Bytes that this part adds to the source.
    pub(super) fn len(&self) -> u64 {
        self.file_len.saturating_sub(self.skip) + u64::from(self.closed)
    }

    /// Fills `buffer` from `at` bytes into the part, as far as the part goes.
    fn read_at(&self, at: u64, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let of_file = self.file_len.saturating_sub(self.skip).saturating_sub(at);
        let wanted = usize::try_from(of_file)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        if wanted == 0 {
            if let (true, Some(first)) = (self.closed && at < self.len(), buffer.first_mut()) {
                *first = b'\n';
                return Ok(1);
            }
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
    pub(super) fn new(parts: Vec<Part>) -> Source {
        Source {
            parts: RwLock::new(parts),
            blocks: Mutex::new(LruCache::new(CACHED_BLOCKS)),
        }
    }

    pub(super) fn parts(&self) -> RwLockReadGuard<'_, Vec<Part>> {
        self.parts.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The parts, to be changed: whoever cuts or replaces one calls [`Source::forget_blocks`] afterwards.
    pub(super) fn parts_mut(&self) -> RwLockWriteGuard<'_, Vec<Part>> {
        self.parts.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn forget_blocks(&self) {
        self.blocks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    /// Bytes that are known to be there.
    pub(super) fn len(&self) -> u64 {
        self.parts().iter().map(Part::len).sum()
    }

    /// Fills `buffer` from `offset` as far as the source goes, and says how many bytes that were.
    pub(super) fn read_at(&self, offset: u64, buffer: &mut [u8]) -> Result<usize, ReadError> {
        let parts = self.parts();
        let mut part_start = 0;
        let mut filled = 0;
        for part in parts.iter() {
            let part_end = part_start + part.len();
            while filled < buffer.len() && offset + filled as u64 >= part_start {
                let at = offset + filled as u64 - part_start;
                let count = part.read_at(at, &mut buffer[filled..])?;
                if count == 0 {
                    break;
                }
                filled += count;
            }
            if filled == buffer.len() {
                break;
            }
            part_start = part_end;
        }
        Ok(filled)
    }

    /// The block that holds `offset` and where the block begins. It is short, perhaps empty, at the end of the source.
    pub(super) fn block(&self, offset: u64) -> Result<(u64, Arc<[u8]>), ReadError> {
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

    /// The path of the part at an offset; of the last one for an offset past the end.
    pub(super) fn path_at(&self, offset: u64) -> PathBuf {
        let parts = self.parts();
        let mut end = 0;
        let found = parts.iter().find(|part| {
            end += part.len();
            offset < end
        });
        found
            .or(parts.last())
            .map(|part| part.path.clone())
            .unwrap_or_default()
    }
}

#[cfg(unix)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, position)
}

#[cfg(windows)]
pub(super) fn read_at(file: &File, buffer: &mut [u8], position: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, position)
}
