//! A file that grows, is cut, or is replaced while it is open.

use std::{
    fs,
    io::{self, Read as _},
    path::PathBuf,
    sync::Arc,
};

use super::{
    Dataset,
    index::{Index, Mark},
    store::Store,
};
use crate::{
    format::Layout,
    row::Row,
    source::{BLOCK_LEN, Backing, Part, ReadError, is_same_file},
};

/// The change of the last file of a source since it was last looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Nothing; or the source is none that is followed, or is still being indexed for the first time.
    None,
    /// Bytes came to the end.
    Grown {
        /// How many.
        bytes: u64,
    },
    /// It was cut: the rows were read anew from the start, and their indices begin again.
    Truncated,
    /// More of it showed that its rows are others than was thought: they were read anew from the start. See
    /// [`Dataset::recognise_anew`].
    Recognised,
    /// Another file took its name. The rows of the old one stay, and those of the new one follow them.
    Rotated,
    /// It has no name any more. The rows stay readable for as long as the dataset is open.
    Deleted,
}

impl Dataset {
    /// Looks at the last file of the source and takes in what changed. A browser that follows a file calls this a few
    /// times a second, beside the thread that draws. Pipes and compressed files need none of this, they arrive by
    /// themselves.
    ///
    /// # Errors
    ///
    /// [`ReadError`] where the file can no longer be read.
    pub fn refresh(&self) -> Result<Change, ReadError> {
        let store = &self.store;
        if self.end.is_some() || !store.lock().complete {
            return Ok(Change::None);
        }
        let change = change(store)?;
        match change {
            Change::None | Change::Deleted | Change::Recognised => return Ok(change),
            Change::Truncated => {
                store.source.forget_blocks();
                self.find_rows()?;
                store.restart();
            }
            Change::Rotated => self.find_rows()?,
            Change::Grown { .. } => {}
        }
        store.catch_up();
        Ok(change)
    }

    /// Tells the last file where its rows begin: it is new or was cut, and its header may be gone.
    fn find_rows(&self) -> Result<(), ReadError> {
        let source = &self.store.source;
        let (start, layout) = match source.parts_mut().last_mut() {
            Some(last) => {
                last.above = 0;
                (last.start(), last.layout.clone())
            }
            None => return Ok(()),
        };
        let above = self.bytes_above(start, &layout)?;
        if let Some(last) = source.parts_mut().last_mut() {
            last.above = above;
        }
        Ok(())
    }

    /// Bytes above the first row of a file of a known layout that begins at `start`.
    fn bytes_above(&self, start: u64, layout: &Layout) -> Result<u64, ReadError> {
        let begin = Mark {
            row: 0,
            offset: start,
        };
        let mut records = self.store.records(begin, Row::TEXT_LIMIT);
        records.skip_to_row(layout.lines_above as u64)?;
        let first = records.next_record()?;
        if first.is_some_and(|first| layout.is_header(&first.text)) {
            return Ok(records.at().offset - start);
        }
        let head = self.bytes_at(start, BLOCK_LEN)?;
        Ok(layout.start(&head))
    }
}

/// Looks at the last file, and makes the parts of the source what they are now.
fn change(store: &Store) -> Result<Change, ReadError> {
    let mut parts = store.source.parts_mut();
    let Some(last) = parts.last_mut().filter(|part| part.is_followed) else {
        return Ok(Change::None);
    };
    let Backing::File(file) = &last.backing else {
        return Ok(Change::None);
    };
    let path = last.path.clone();
    let failed = |error: io::Error| ReadError::Io {
        path: path.clone(),
        error: Arc::new(error),
    };
    let metadata = file.metadata().map_err(failed)?;
    let (was, now) = (last.file_len, metadata.len());
    if now < was {
        last.file_len = now;
        last.skip = 0;
        return Ok(Change::Truncated);
    }
    if now > was {
        last.file_len = now;
        return Ok(Change::Grown { bytes: now - was });
    }
    match is_same_file(&metadata, &path) {
        Ok(true) => Ok(Change::None),
        Ok(false) => {
            let Some(mut part) = successor(path.clone()).map_err(failed)? else {
                return Ok(Change::None);
            };
            part.layout = last.layout.clone();
            drop(parts);
            store.source.push(part);
            Ok(Change::Rotated)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Change::Deleted),
        Err(error) => Err(failed(error)),
    }
}

/// The file that has the name now, as soon as it has a line: the first may be a header.
fn successor(path: PathBuf) -> io::Result<Option<Part>> {
    let file = fs::File::open(&path)?;
    let mut head = Vec::new();
    (&file).take(BLOCK_LEN as u64).read_to_end(&mut head)?;
    if head.len() < BLOCK_LEN && !head.contains(&b'\n') {
        return Ok(None);
    }
    let len = file.metadata()?.len();
    let mut part = Part::new(path, Backing::File(file), 0, len);
    part.is_followed = true;
    Ok(Some(part))
}

impl Store {
    /// Forgets all rows.
    fn restart(&self) {
        let first = self.source.section(0);
        let mut state = self.lock();
        state.index = Index::new(first.layout.divider(), first.rows);
        state.error = None;
    }
}
