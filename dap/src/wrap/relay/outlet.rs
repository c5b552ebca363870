//! The way to the client, which several threads share: whole messages, one after another.

use std::{
    collections::VecDeque,
    io::{self, Write},
    sync::{Mutex, MutexGuard, TryLockError},
};

use super::super::upstream::lock;
use crate::frame;

/// Messages of ours that wait for the stream, before what sends them waits too.
const WAITING_MAX: usize = 64;

/// The stream to the client, and messages of ours that wait for it.
///
/// A message of the adapter may take long: it is passed on while it comes. Whoever has a message of ours meanwhile leaves
/// it here and goes on, for the client may be the one that has to speak before the adapter does.
pub(super) struct Outlet {
    stream: Mutex<Box<dyn Write + Send>>,
    waiting: Mutex<VecDeque<Vec<u8>>>,
}

impl Outlet {
    pub(super) fn new(stream: Box<dyn Write + Send>) -> Outlet {
        Outlet {
            stream: Mutex::new(stream),
            waiting: Mutex::default(),
        }
    }

    /// Writes with the stream to itself; what came meanwhile follows.
    pub(super) fn write(
        &self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<()> {
        write(&mut **lock(&self.stream))?;
        self.send_waiting();
        Ok(())
    }

    /// Writes bytes as they came.
    pub(super) fn pass(&self, bytes: &[u8]) -> io::Result<()> {
        self.write(|stream| {
            stream.write_all(bytes)?;
            stream.flush()
        })
    }

    /// Sends messages of ours. Where the client is gone, nobody is there to be told.
    pub(super) fn send(&self, messages: Vec<Vec<u8>>) {
        if messages.is_empty() {
            return;
        }
        let waiting = {
            let mut waiting = lock(&self.waiting);
            waiting.extend(messages);
            waiting.len()
        };
        if waiting > WAITING_MAX {
            self.empty(lock(&self.stream));
        }
        self.send_waiting();
    }

    /// Sends what waits, unless another thread has the stream: that one does it when it is done.
    fn send_waiting(&self) {
        while !lock(&self.waiting).is_empty() {
            match self.stream.try_lock() {
                Ok(stream) => self.empty(stream),
                Err(TryLockError::Poisoned(stream)) => self.empty(stream.into_inner()),
                Err(TryLockError::WouldBlock) => return,
            }
        }
    }

    fn empty(&self, mut stream: MutexGuard<'_, Box<dyn Write + Send>>) {
        loop {
            let Some(message) = lock(&self.waiting).pop_front() else {
                return;
            };
            if frame::write(&mut *stream, &message).is_err() {
                lock(&self.waiting).clear();
                return;
            }
        }
    }
}
