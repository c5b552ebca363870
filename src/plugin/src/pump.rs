//! Results of a pass of the engine as an iterator: the pass runs on a thread of its own and waits while nobody takes.

use std::{
    iter,
    ops::ControlFlow,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

use crate::wire::{has_more, in_batches};

/// Results that wait to be taken, at most.
const WAITING: usize = 4096;

/// Batches of results that wait to be taken, at most. A batch is what a thread makes of a block of the source.
const BATCHES_WAITING: usize = 2;

/// Runs `produce` on a thread of its own. What it gives to its argument comes out of the iterator; once that is dropped,
/// the argument answers with a break.
pub(crate) fn pump<T: Send + 'static>(
    produce: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) + Send + 'static,
) -> impl Iterator<Item = T> + Send + 'static {
    let mut results = run(WAITING, produce);
    let mut ahead = None;
    iter::from_fn(move || {
        let next = ahead.take().or_else(|| results.next());
        // one that is there already is written together with this one
        ahead = results.try_next();
        has_more(ahead.is_some());
        next
    })
}

/// The same of batches, the results of which come out one by one.
pub(crate) fn pump_batches<T: Send + 'static>(
    produce: impl FnOnce(&mut dyn FnMut(Vec<T>) -> ControlFlow<()>) + Send + 'static,
) -> impl Iterator<Item = T> + Send + 'static {
    in_batches(run(BATCHES_WAITING, produce))
}

/// Pieces of bytes, each of what a thread makes of a block of the source.
pub(crate) fn pump_pieces<T: Send + 'static>(
    produce: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) + Send + 'static,
) -> impl Iterator<Item = T> + Send + 'static {
    run(BATCHES_WAITING, produce)
}

fn run<T: Send + 'static>(
    waiting: usize,
    produce: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) + Send + 'static,
) -> Results<T> {
    let (give, take) = sync_channel(waiting);
    thread::spawn(move || {
        produce(&mut |item| match give.send(item) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
    });
    Results(take)
}

struct Results<T>(Receiver<T>);

impl<T> Results<T> {
    /// The next result if it is there already.
    fn try_next(&self) -> Option<T> {
        self.0.try_recv().ok()
    }
}

impl<T> Iterator for Results<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.0.recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_iterator_ends_the_pass() {
        let (ended, wait) = sync_channel(1);
        let numbers = pump(move |give| {
            let last = (0_u64..).find(|&number| give(number).is_break());
            ended.send(last).unwrap();
        });
        assert_eq!(numbers.take(3).collect::<Vec<_>>(), [0, 1, 2]);
        assert!(wait.recv().unwrap().is_some());
    }

    #[test]
    fn all_that_is_given_comes_out_in_order() {
        let one_by_one = pump(|give| {
            let _ = (0..10_000).try_for_each(give);
        });
        assert!(one_by_one.eq(0..10_000));
        let batches = pump_batches(|give| {
            let batches = [vec![0, 1], vec![], vec![2]];
            let _ = batches.into_iter().try_for_each(give);
        });
        assert!(batches.eq(0..3));
    }

    #[test]
    fn a_result_comes_out_before_the_next_is_made() {
        let (go_on, wait) = sync_channel(0);
        let mut numbers = pump(move |give| {
            let _ = give(1);
            wait.recv().unwrap();
            let _ = give(2);
        });
        assert_eq!(numbers.next(), Some(1));
        go_on.send(()).unwrap();
        assert_eq!(numbers.next(), Some(2));
        assert_eq!(numbers.next(), None);
    }
}
