//! A dataset as the program being debugged: its rows are the steps, the IDs in them the variables.
//!
//! A [`Connection`] brings messages; the session turns each into answers, events and work; the work runs on threads of
//! its own. Only [`serve`] numbers and sends what leaves.

mod advice;
mod breakpoints;
mod capabilities;
mod command;
mod flaws;
mod frame;
mod handles;
mod job;
mod meaning;
mod other;
#[cfg(unix)]
mod pipe;
mod program;
mod progress;
mod query;
mod refusal;
mod requests;
mod run;
mod scan;
mod session;
mod settings;
mod span;
mod step;
mod survey;
mod table;
mod threads;
mod unit;
mod variables;
mod watch;

use std::time::{Duration, Instant};

use crossbeam_channel::{Sender, at, bounded, never, select};
use ulid_engine::Timestamp;

use crate::{connection::Connection, frame::FrameError, spawn};
use threads::{News, Threads, Turn};

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
    let mut session = Threads::new(clock, trust == Trust::Parent);
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
                Ok(Ok(body)) => session.receive(&body),
                Ok(Err(error @ FrameError::TooLong { .. })) => session.malformed(error.to_string()),
                Ok(Err(error)) => {
                    let told = session.malformed(error.to_string());
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
                Ok(news) => session.hear(news),
                Err(_) => return Ok(()),
            },
        };
        let over = turn.over;
        if !perform(turn, connection, &mut seq, &news) || over {
            return Ok(());
        }
    }
}

/// Sends the messages and starts the work of a turn; false where the client is gone or no work can be done.
fn perform(turn: Turn, connection: &Connection, seq: &mut i64, news: &Sender<News>) -> bool {
    for (work, progress) in turn.jobs {
        let news = news.clone();
        // nobody waits for work whose session is over
        let run = move || work.run(&progress, &mut |told| drop(news.send(told)));
        if spawn::named("work", run).is_err() {
            return false;
        }
    }
    turn.messages.iter().all(|message| {
        *seq += 1;
        connection.outbox.send(message.to_bytes(*seq)).is_ok()
    })
}

#[cfg(test)]
mod tests;
