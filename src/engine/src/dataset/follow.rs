//! A file that grows, is cut, or is replaced while it is open.

use std::{borrow::Cow, fs, io, path::PathBuf, sync::Arc};

use super::{
    Dataset, Row,
    detect::names,
    error::ReadError,
    index::{Index, Mark},
    input::{self, is_same_file},
    separated,
    source::{Backing, Part},
    store::Store,
};

/// What happened to the last file of a source since it was last looked at.
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
            Change::None | Change::Deleted => return Ok(change),
            Change::Truncated => {
                store.source.forget_blocks();
                store.restart(self.rows_begin()?);
            }
            Change::Grown { .. } | Change::Rotated => {}
        }
        store.catch_up();
        Ok(change)
    }

    /// Where the rows of a source begin that was cut: its header may be gone.
    fn rows_begin(&self) -> Result<u64, ReadError> {
        let mut records = self.store.records(Mark::default(), Row::TEXT_LIMIT);
        records.skip_to_row(self.layout().lines_above as u64)?;
        let first = records.next_record()?;
        let is_header = self.layout().header
            && first.is_some_and(|first| {
                let cells = separated::cells(&first.text, self.layout().delimiter);
                let cells = cells.into_iter().map(Cow::into_owned).collect();
                names(cells) == self.layout().columns
            });
        if is_header {
            return Ok(records.at().offset);
        }
        let (_, head) = self.store.source.block(0)?;
        Ok(self.layout().start(&head))
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
            let part = successor(path.clone()).map_err(failed)?;
            last.closed = input::lacks_line_end(file, now);
            parts.push(part);
            Ok(Change::Rotated)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Change::Deleted),
        Err(error) => Err(failed(error)),
    }
}

/// The file that has the name now.
fn successor(path: PathBuf) -> io::Result<Part> {
    let file = fs::File::open(&path)?;
    Ok(Part {
        file_len: file.metadata()?.len(),
        backing: Backing::File(file),
        path,
        skip: 0,
        closed: false,
        is_followed: true,
    })
}

impl Store {
    /// Forgets all rows.
    fn restart(&self, start: u64) {
        let mut state = self.lock();
        state.index = Index::new(self.layout.splitter(), start);
        state.error = None;
    }
}
