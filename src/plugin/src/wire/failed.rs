//! Errors of byte streams with their own words.
//!
//! Nushell's library reads the bytes of a stream and writes them as messages on one thread. Of an error it keeps no more
//! than the kind that an [`io::Error`] has; so what is read leaves the error here, and what writes takes it.

use std::{cell::RefCell, io};

use nu_protocol::LabeledError;

thread_local! {
    static FAILED: RefCell<Option<LabeledError>> = const { RefCell::new(None) };
}

/// The error with which a read of a byte stream ends, that Nushell is to be told of as it is.
pub(crate) fn fails_with(error: LabeledError) -> io::Error {
    let told = io::Error::new(io::ErrorKind::InvalidData, error.msg.clone());
    FAILED.set(Some(error));
    told
}

/// The error of the stream that this thread writes, if one was left.
pub(super) fn take() -> Option<LabeledError> {
    FAILED.take()
}
