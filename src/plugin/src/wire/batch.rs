//! Rows of a stream that cross together, written beforehand by the threads that read them.
//!
//! To the library that writes a stream such a batch is one item, whose place a value without meaning takes; on its way out it
//! becomes the messages of its rows. Nushell acknowledges each of them, and the library is told of the last of a batch.

use std::{
    borrow::Cow,
    cell::RefCell,
    collections::{HashMap, VecDeque},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use nu_plugin_protocol::StreamId;
use nu_protocol::{Span, Value};

use super::{
    compact::{Row, Variant, output, portion},
    write,
};

/// Rows of a batch, at most. A hundred batches may be under way, and whoever takes the first row only lets Nushell read them
/// all.
const ROWS: usize = 16;

/// Bytes of a batch, beyond which no row is added.
const ROOM: usize = 1 << 16;

/// The names and values of a row.
pub(crate) type Members<'a> = Vec<(Cow<'a, str>, Value)>;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    rows: Vec<u8>,
    /// The end of each row.
    ends: Vec<usize>,
}

/// True once a [`Wire`](super::Wire) writes what this process gives out. Where values go from hand to hand, as in tests within
/// a process, nobody would make rows of a batch.
static ARE_WRITTEN: AtomicBool = AtomicBool::new(false);

/// Says that batches are written from now on.
pub(super) fn are_written() {
    ARE_WRITTEN.store(true, Relaxed);
}

/// Rows as items of a stream: in batches where those are written, and each by itself elsewhere.
pub(crate) fn items<'a>(rows: &mut dyn Iterator<Item = Members<'a>>, span: Span) -> Vec<Item> {
    if ARE_WRITTEN.load(Relaxed) {
        return batches(rows, span);
    }
    rows.map(|row| {
        let members = row.into_iter();
        let record = members.map(|(name, value)| (name.into_owned(), value));
        Item::Value(Value::record(record.collect(), span))
    })
    .collect()
}

/// Rows in batches.
pub(super) fn batches<'a>(rows: &mut dyn Iterator<Item = Members<'a>>, span: Span) -> Vec<Item> {
    let mut batches = Vec::new();
    let mut batch = Batch::default();
    for row in rows {
        let begin = batch.rows.len();
        match write(&mut batch.rows, &Row(&row, span)) {
            Ok(()) => batch.ends.push(batch.rows.len()),
            // no value of a row is without a form
            Err(_) => batch.rows.truncate(begin),
        }
        if batch.ends.len() >= ROWS || batch.rows.len() >= ROOM {
            batches.push(Item::Rows(std::mem::take(&mut batch)));
        }
    }
    if !batch.ends.is_empty() {
        batches.push(Item::Rows(batch));
    }
    batches
}

/// An item of a stream.
#[derive(Debug)]
pub(crate) enum Item {
    /// Rows that are written already.
    Rows(Batch),
    /// A value by itself.
    Value(Value),
}

thread_local! {
    /// The batch in whose place stands the item that this thread took last.
    static TAKEN: RefCell<Option<Batch>> = const { RefCell::new(None) };
}

/// The values of a stream in which batches stand for their rows. Whoever takes them on the thread of a stream gives each on.
pub(crate) fn in_place(
    items: impl Iterator<Item = Item>,
    span: Span,
) -> impl Iterator<Item = Value> {
    InPlace { items, span }
}

struct InPlace<I> {
    items: I,
    span: Span,
}

impl<I: Iterator<Item = Item>> Iterator for InPlace<I> {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        Some(match self.items.next()? {
            Item::Rows(batch) => {
                TAKEN.set(Some(batch));
                Value::nothing(self.span)
            }
            Item::Value(value) => value,
        })
    }
}

impl<I> Drop for InPlace<I> {
    fn drop(&mut self) {
        // one that Nushell did not want any more
        TAKEN.set(None);
    }
}

/// The batch in whose place the item stands that this thread writes now.
pub(super) fn take() -> Option<Batch> {
    TAKEN.take()
}

impl Batch {
    /// The rows, as many as [`Owed`] is told.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Writes the rows as messages of a stream.
    pub(super) fn write(
        &self,
        of: StreamId,
        bytes: &mut Vec<u8>,
    ) -> Result<(), rmp_serde::encode::Error> {
        let mut head = Vec::new();
        // the row stands at its end, where nothing takes one byte
        write(
            &mut head,
            &Variant(output::DATA, (of, Variant(portion::LIST, ()))),
        )?;
        head.pop();
        let mut begin = 0;
        for &end in &self.ends {
            bytes.extend_from_slice(&head);
            bytes.extend_from_slice(self.rows.get(begin..end).unwrap_or_default());
            begin = end;
        }
        Ok(())
    }
}

/// Acknowledgements that are to come for each batch under way, by stream.
#[derive(Debug, Default)]
pub(super) struct Owed(Mutex<HashMap<StreamId, VecDeque<usize>>>);

impl Owed {
    pub(super) fn add(&self, of: StreamId, rows: usize) {
        self.locked().entry(of).or_default().push_back(rows);
    }

    /// Takes note of an acknowledgement: true if it is that of an item, or of the last row of a batch.
    pub(super) fn is_last(&self, of: StreamId) -> bool {
        let mut owed = self.locked();
        let Some(batches) = owed.get_mut(&of) else {
            return true;
        };
        match batches.front_mut() {
            Some(rows) if *rows > 1 => {
                *rows -= 1;
                false
            }
            _ => {
                batches.pop_front();
                if batches.is_empty() {
                    owed.remove(&of);
                }
                true
            }
        }
    }

    /// Forgets a stream of which Nushell wants no more.
    pub(super) fn forget(&self, of: StreamId) {
        self.locked().remove(&of);
    }

    fn locked(&self) -> MutexGuard<'_, HashMap<StreamId, VecDeque<usize>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
