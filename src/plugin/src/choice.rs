//! Choices that a flag and the configuration offer alike, by their words. It knows neither calls nor the configuration.

use nu_protocol::{LabeledError, Span};
use ulid_engine::timestamp::{self, TimeZone};

use crate::label;

/// The rule for a bad item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnError {
    /// A value or list fails the command; in a stream the item becomes an error in its place.
    Error,
    /// The item becomes null.
    Null,
    /// The item is left out; in a table its row is.
    Drop,
}

impl OnError {
    pub(crate) const NAMES: [&str; 3] = ["error", "null", "drop"];

    pub(crate) fn named(text: &str) -> Option<OnError> {
        Some(match text {
            "error" => OnError::Error,
            "null" => OnError::Null,
            "drop" => OnError::Drop,
            _ => return None,
        })
    }

    /// The rule of that name.
    pub(crate) fn read(text: &str, span: Span) -> Result<OnError, LabeledError> {
        OnError::named(text).ok_or_else(|| label::not_one_of(text, &OnError::NAMES, span))
    }
}

/// The zone of a name.
pub(crate) fn zone(name: &str, span: Span) -> Result<TimeZone, LabeledError> {
    timestamp::zone(name).map_err(|reason| label::unknown_zone(&reason, span))
}
