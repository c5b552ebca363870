//! A source that was recognised by little is recognised anew as more of it comes.

use std::sync::Arc;

use super::{Dataset, arrivals::of_head, head::head, index::Index};
use crate::{
    format::{Layout, OpenOptions},
    source::ReadError,
};

/// How many times as much as before there has to be for another look.
const GROWTH: u64 = 2;
/// Bytes behind which nothing is taken anew.
const SAMPLE: u64 = 1 << 20;

impl Dataset {
    /// Recognises the source anew if it is one file or stream of which so much more has come that its layout may be another
    /// one. Whether it is: then its rows are read anew, and their indices begin again, as after
    /// [`Change::Truncated`](super::Change::Truncated).
    ///
    /// # Errors
    ///
    /// [`ReadError`] where its first bytes can no longer be read.
    pub fn recognise_anew(&self) -> Result<bool, ReadError> {
        let Some(options) = &self.store.options else {
            return Ok(false);
        };
        if self.end.is_some() || !self.is_due() {
            return Ok(false);
        }
        self.take_anew(options)
    }

    /// Leaves the layout as it is: something was decided by it.
    pub fn keep_layout(&self) {
        self.store.lock().recognised_by = None;
    }

    /// True if there is more to recognise the source by than before.
    fn is_due(&self) -> bool {
        let len = self.store.source.len();
        let mut state = self.store.lock();
        let Some(before) = state.recognised_by else {
            return false;
        };
        let is_grown = len >= before.saturating_mul(GROWTH) || state.complete && len > before;
        if is_grown {
            state.recognised_by = (before < SAMPLE).then_some(len);
        }
        is_grown && before < SAMPLE
    }

    fn take_anew(&self, options: &OpenOptions) -> Result<bool, ReadError> {
        let store = &self.store;
        let head = head(&store.source, options)?;
        let mut state = store.lock();
        let Some(path) = store.source.parts().first().map(|part| part.path.clone()) else {
            return Ok(false);
        };
        let is_whole = state.complete && head.len() as u64 == store.source.len();
        let Ok((layout, above)) = of_head(&path, &head, is_whole, options) else {
            return Ok(false);
        };
        if is_same(&layout, store.layout()) || !store.set_layout(layout.clone()) {
            return Ok(false);
        }
        if let Some(part) = store.source.parts_mut().first_mut() {
            (part.layout, part.above) = (Arc::new(layout), above);
        }
        let first = store.source.section(0);
        state.index = Index::new(first.layout.divider(), first.rows);
        state.generation += 1;
        drop(state);
        store.index_again();
        Ok(true)
    }
}

/// True if rows are read in the same way.
fn is_same(one: &Layout, other: &Layout) -> bool {
    let without_hint = |layout: &Layout| Layout {
        hint: None,
        types: Vec::new(),
        ..layout.clone()
    };
    without_hint(one) == without_hint(other)
}
