//! Records as they are read: the text of a row, and where it stands.

use std::sync::Arc;

use crate::format::Layout;

/// One record, without its line ending.
#[derive(Debug)]
pub(crate) struct Record {
    pub(crate) layout: Arc<Layout>,
    /// The number of its file.
    pub(crate) file: usize,
    pub(crate) row: u64,
    pub(crate) offset: u64,
    /// As many bytes as whoever reads records keeps of each.
    pub(crate) text: Vec<u8>,
    /// Bytes of the whole record.
    pub(crate) full_len: u64,
}

/// One record, without its line ending, whose text is borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RecordRef<'a> {
    /// The number of its file.
    pub(crate) file: usize,
    pub(crate) row: u64,
    pub(crate) offset: u64,
    /// At most as many bytes as [`Layout::record_limit`] says.
    pub(crate) text: &'a [u8],
    /// Bytes of the whole record.
    pub(crate) full_len: u64,
}

impl Record {
    pub(crate) fn borrow(&self) -> RecordRef<'_> {
        RecordRef {
            file: self.file,
            row: self.row,
            offset: self.offset,
            text: &self.text,
            full_len: self.full_len,
        }
    }
}
