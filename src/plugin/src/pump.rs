//! Results of a pass of the engine as an iterator: the pass runs on a thread of its own and waits while nobody takes.

use std::{
    ops::ControlFlow,
    sync::mpsc::{Receiver, sync_channel},
    thread,
};

/// Results that wait to be taken, at most.
const WAITING: usize = 4096;

/// Runs `produce` on a thread of its own. What it gives to its argument comes out of the iterator; once that is dropped,
/// the argument answers with a break.
pub(crate) fn pump<T: Send + 'static>(
    produce: impl FnOnce(&mut dyn FnMut(T) -> ControlFlow<()>) + Send + 'static,
) -> impl Iterator<Item = T> + Send + 'static {
    let (give, take) = sync_channel(WAITING);
    thread::spawn(move || {
        produce(&mut |item| match give.send(item) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        });
    });
    Receiver::into_iter(take)
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
}
