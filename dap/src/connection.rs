//! The two ends of a session: over a pair of streams with a thread for each, or inside of one process.

use std::{
    io::{self, BufRead, Write},
    thread,
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender, bounded, unbounded};

use crate::{
    frame::{self, FrameError},
    spawn,
};

/// The largest message that is read, in bytes. Requests are small; the largest set breakpoints.
const BODY_MAX: u64 = 8 * 1024 * 1024;

/// Messages that were read and wait to be answered, before the client waits too.
const ARRIVED_MAX: usize = 2;

/// Messages that wait for a client that is slow to read, before what sends them waits too.
const LEAVING_MAX: usize = 16;

/// One end of a session, which exchanges the bodies of messages.
#[derive(Debug)]
pub struct Connection {
    /// The messages that arrive. It closes when the other end does.
    pub inbox: Receiver<Result<Vec<u8>, FrameError>>,
    /// The messages that leave.
    pub outbox: Sender<Vec<u8>>,
}

/// The thread that writes what leaves. It ends once every sender is dropped.
#[derive(Debug)]
pub struct Writing(Receiver<io::Result<()>>);

impl Connection {
    /// A connection over two streams.
    ///
    /// The reading thread is left alone at the end, since nothing can end a read of the standard input; the writing
    /// one is to be waited for.
    pub fn over(
        input: impl BufRead + Send + 'static,
        output: impl Write + Send + 'static,
    ) -> (Connection, Writing) {
        let (arrived, inbox) = bounded(ARRIVED_MAX);
        let (outbox, leaving) = bounded(LEAVING_MAX);
        let (done, written) = bounded(1);
        // without a thread the connection is closed
        let _ = spawn::named("reader", move || read_all(input, &arrived));
        let _ = spawn::named("writer", move || {
            // whoever would hear it does not wait any more
            let _ = done.send(write_all(output, &leaving));
        });
        (Connection { inbox, outbox }, Writing(written))
    }

    /// Two ends within one process: what leaves one arrives at the other.
    #[must_use]
    pub fn memory() -> (Connection, Connection) {
        let (outbox, other_inbox) = unbounded();
        let (other_outbox, inbox) = unbounded();
        (
            Connection::within(inbox, outbox),
            Connection::within(other_inbox, other_outbox),
        )
    }

    fn within(inbox: Receiver<Vec<u8>>, outbox: Sender<Vec<u8>>) -> Connection {
        let (arrived, wrapped) = unbounded();
        thread::spawn(move || inbox.iter().all(|body| arrived.send(Ok(body)).is_ok()));
        Connection {
            inbox: wrapped,
            outbox,
        }
    }
}

impl Writing {
    /// Waits until everything is written.
    ///
    /// # Errors
    ///
    /// Errors of the stream.
    pub fn finish(self) -> io::Result<()> {
        self.0
            .recv()
            .unwrap_or_else(|_| Err(io::Error::other("the writer failed")))
    }

    /// Waits until everything is written, or a client that does not read has been given that long.
    pub fn finish_within(self, limit: Duration) {
        // whatever is not written by then nobody wants
        let _ = self.0.recv_timeout(limit);
    }
}

fn read_all(mut input: impl BufRead, arrived: &Sender<Result<Vec<u8>, FrameError>>) {
    while let Some(result) = frame::read(&mut input, BODY_MAX).transpose() {
        let goes_on = matches!(result, Ok(_) | Err(FrameError::TooLong { .. }));
        if arrived.send(result).is_err() || !goes_on {
            return;
        }
    }
}

fn write_all(mut output: impl Write, leaving: &Receiver<Vec<u8>>) -> io::Result<()> {
    leaving
        .iter()
        .try_for_each(|body| frame::write(&mut output, &body))
}
