//! Rows with other IDs than the file has, for questions of the kind "what if". The source stays as it is.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, OnceLock, atomic::AtomicBool},
};

use crate::{
    Ulid,
    row::Row,
    source::{Patches, ReadError},
    spelling::Spelling,
};

use super::{
    Dataset,
    store::{MOST_LAYOUTS, State, Store},
};

impl Dataset {
    /// The rows known by now with other IDs in some of them, as a dataset that is complete. Each is written as the row's own
    /// is. `None` if one takes more or less room than what stands in its place.
    ///
    /// ```
    /// use std::collections::BTreeMap;
    /// use ulid_engine::{Reading, codec, dataset::Dataset};
    ///
    /// let sample = Dataset::sample();
    /// let id = codec::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV", Reading::Strict)?;
    /// let changed = sample.with_ids(&BTreeMap::from([(7, id)]))?.ok_or("no room")?;
    /// assert_eq!(changed.window(7, 1)?[0].id, Ok(id));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ReadError`] if one of the rows can no longer be read.
    pub fn with_ids(&self, ids: &BTreeMap<usize, Ulid>) -> Result<Option<Dataset>, ReadError> {
        let known = self.snapshot();
        let mut patches = Patches::new();
        for (&index, &id) in ids {
            let row = known.window(index, 1)?.pop();
            let Some((offset, text)) = row.and_then(|row| patch(&row, id)) else {
                return Ok(None);
            };
            patches.insert(offset, text);
        }
        let changed = Dataset {
            name: known.name.clone(),
            store: Arc::new(known.store.with(patches)?),
            end: known.end,
        };
        for (&index, &id) in ids {
            let row = changed.window(index, 1)?.pop();
            if row.is_none_or(|row| row.id != Ok(id)) {
                return Ok(None);
            }
        }
        Ok(Some(changed))
    }
}

/// Another ID in the place of a row's own: its offset in the source, and its text.
fn patch(row: &Row, id: Ulid) -> Option<(u64, Vec<u8>)> {
    let place = row.id_at();
    let old = row.text.get(place.clone())?;
    let of_spelling = |spelling: Spelling| in_place_of(old, spelling.print(id).into_bytes());
    let mut written = Spelling::WRITTEN.into_iter().filter_map(of_spelling);
    // records of a binary file are the bytes themselves
    let binary = || Some(id.to_bytes().to_vec()).filter(|bytes| bytes.len() == old.len());
    let text = written.next().or_else(binary)?;
    Some((row.offset + place.start as u64, text))
}

/// A text that takes the room of another, behind its prefix if it has one.
fn in_place_of(old: &[u8], text: Vec<u8>) -> Option<Vec<u8>> {
    if text.len() == old.len() {
        return Some(text);
    }
    let prefix = old.len().checked_sub(text.len())?;
    let prefix = old.get(..prefix)?;
    let is_prefix = prefix.last().is_some_and(u8::is_ascii_punctuation);
    is_prefix.then(|| [prefix, &text].concat())
}

impl Store {
    /// The rows known by now of a source in which some bytes are others.
    fn with(&self, patches: Patches) -> Result<Store, ReadError> {
        let (index, error) = {
            let state = self.lock();
            (state.index.clone(), state.error.clone())
        };
        let store = Store {
            source: Arc::new(self.source.with(patches)?),
            layouts: [const { OnceLock::new() }; MOST_LAYOUTS],
            options: None,
            state: Mutex::new(State {
                index,
                generation: 0,
                recognised_by: None,
                leads: 0,
                complete: true,
                error,
            }),
            changed: Condvar::new(),
            abandoned: AtomicBool::new(false),
        };
        store.set_layout(self.layout().clone());
        Ok(store)
    }
}
