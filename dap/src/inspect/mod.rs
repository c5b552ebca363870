//! A dataset as the program being debugged: its rows are the steps, the IDs in them the variables.
//!
//! A [`Connection`] brings messages; the session turns each into answers, events and work; the work runs on threads of
//! its own. Only [`serve`] numbers and sends what leaves.

mod breakpoints;
mod capabilities;
mod command;
mod completions;
mod evaluate;
mod exceptions;
mod frames;
mod goto;
mod handles;
mod job;
mod launch;
mod memory;
mod motion;
mod overlay;
#[cfg(unix)]
mod pipe;
mod program;
mod progress;
mod query;
mod refusal;
mod scan;
mod session;
mod settings;
mod sources;
mod span;
mod step;
mod survey;
mod table;
mod variables;
mod watch;

use std::{
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Sender, at, bounded, never, select};
use ulid_engine::Timestamp;

use crate::{
    connection::Connection,
    frame::FrameError,
    message::{self, Incoming},
};
use job::Done;
use scan::Logged;
use session::{Session, Ticket, Turn};

/// News that wait to be told before the work that brings them does: a pause must not wait for all that was met by the
/// way.
const NEWS_MAX: usize = 2;
/// Between two signs of work under way.
const TICK: Duration = Duration::from_millis(250);

/// Trust in a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// The client started us, so that it may have programs started.
    Parent,
    /// The client came over a network.
    Network,
}

/// Serves one session until the client leaves.
///
/// # Errors
///
/// [`FrameError`] where what arrives cannot be cut into messages.
pub fn serve(
    connection: &Connection,
    clock: fn() -> Timestamp,
    trust: Trust,
) -> Result<(), FrameError> {
    let (news, heard) = bounded(NEWS_MAX);
    let mut session = Session::new(clock);
    session.may_run = trust == Trust::Parent;
    let mut seq = 0;
    let mut ticked = Instant::now();
    loop {
        // messages that come one after another must not keep it from ticking
        let tick = if session.is_busy() {
            at(ticked + TICK)
        } else {
            ticked = Instant::now();
            never()
        };
        let turn = select! {
            recv(connection.inbox) -> arrival => match arrival {
                Ok(Ok(body)) => session.receive(message::read(&body)),
                Ok(Err(error @ FrameError::TooLong { .. })) => session.receive(Incoming::Malformed(error.to_string())),
                Ok(Err(error)) => {
                    let told = session.receive(Incoming::Malformed(error.to_string()));
                    perform(told, connection, &mut seq, &news);
                    return Err(error);
                }
                Err(_) => return Ok(()),
            },
            recv(tick) -> _ => {
                let passed = ticked.elapsed();
                ticked = Instant::now();
                session.tick(passed)
            },
            recv(heard) -> result => match result {
                Ok(News::Logged(logged)) => session.overhear(&logged),
                Ok(News::Done(ticket, done)) => session.finish(ticket, *done),
                Err(_) => return Ok(()),
            },
        };
        let over = turn.over;
        if !perform(turn, connection, &mut seq, &news) || over {
            return Ok(());
        }
    }
}

/// What comes from work under way.
enum News {
    Logged(Logged),
    Done(Ticket, Box<Done>),
}

/// Sends the messages and starts the work of a turn; false where the client is gone.
fn perform(turn: Turn, connection: &Connection, seq: &mut i64, news: &Sender<News>) -> bool {
    for (ticket, job, progress) in turn.jobs {
        let news = news.clone();
        // nobody waits for work whose session is over
        thread::spawn(move || {
            let done = job.run(&progress, &mut |logged| {
                drop(news.send(News::Logged(logged)))
            });
            drop(news.send(News::Done(ticket, Box::new(done))));
        });
    }
    turn.messages.iter().all(|message| {
        *seq += 1;
        connection.outbox.send(message.to_bytes(*seq)).is_ok()
    })
}

#[cfg(test)]
mod tests;
