//! Acknowledgements, taken in bursts.
//!
//! Nushell acknowledges each item of a stream once it is used, and a writer waits while too many are in flight. A writer that
//! is told of each would wake for each, and so would the thread that reads. Of a burst nothing is late: a writer that waits has
//! more in flight than are held here.

use std::{collections::VecDeque, thread, time::Duration};

use nu_plugin_protocol::{PluginInput, StreamId};

/// Acknowledgements that are given on together. A writer may have a hundred items of a list in flight, those among them
/// that wait to be written together, or fifty pieces of text: behind those that are held there is always one to come.
const BURST: usize = 32;
const _: () = assert!(BURST + super::ahead::TOGETHER < 100 && BURST < 50);

/// Time in which others come in behind a burst, without waking anybody.
const PAUSE: Duration = Duration::from_micros(100);

/// Acknowledgements that have come in and are not given on yet.
#[derive(Debug, Default)]
pub(super) struct Acknowledged {
    /// The streams that they are of, in their order.
    held: VecDeque<StreamId>,
    /// True while they are given on.
    are_due: bool,
}

impl Acknowledged {
    /// The next message: one that `read` gives, or an acknowledgement of a burst.
    pub(super) fn next<E>(
        &mut self,
        mut read: impl FnMut() -> Result<Option<PluginInput>, E>,
    ) -> Result<Option<PluginInput>, E> {
        loop {
            if self.are_due {
                match self.held.pop_front() {
                    Some(of) => return Ok(Some(PluginInput::Ack(of))),
                    None => thread::sleep(PAUSE),
                }
            }
            self.are_due = false;
            match read()? {
                Some(PluginInput::Ack(of)) => self.held.push_back(of),
                other => return Ok(other),
            }
            self.are_due = self.held.len() >= BURST;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The messages behind one another, until there are none.
    fn given(messages: Vec<PluginInput>) -> Vec<PluginInput> {
        let mut messages = messages.into_iter();
        let mut acknowledged = Acknowledged::default();
        std::iter::from_fn(|| {
            let read = || -> Result<_, ()> { Ok(messages.next()) };
            acknowledged.next(read).unwrap()
        })
        .collect()
    }

    #[test]
    fn a_burst_is_given_on_whole_and_in_order() {
        let streams = || (0..BURST).map(|number| number % 3);
        let given = given(streams().map(PluginInput::Ack).collect());
        let acknowledged = given.iter().map(|message| match message {
            PluginInput::Ack(of) => *of,
            _ => usize::MAX,
        });
        assert!(acknowledged.eq(streams()));
    }

    #[test]
    fn every_other_message_is_given_on_at_once() {
        let before = (1..BURST).map(|_| PluginInput::Ack(1));
        let given = given(before.chain([PluginInput::Drop(1)]).collect());
        assert!(matches!(given[..], [PluginInput::Drop(1)]), "{given:?}");
    }
}
