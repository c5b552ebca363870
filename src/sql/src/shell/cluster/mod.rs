//! Queries on many machines, by [Ballista](https://datafusion.apache.org/ballista): a scheduler plans them and hands out
//! their tasks, executors run these, and a client asks.
//!
//! Functions travel by their names, so every role is this program, and of one version: the scheduler sees that version in
//! the names of executors and of the jobs of clients, and refuses what has another one in a sentence that names it.
//! Ballista itself would only say that a task was rejected.

mod client;
mod executor;
mod files;
mod notes;
mod scheduler;
mod words;
mod work;

pub(crate) use client::{cancel, frame_again, open};
pub(crate) use words::{Lost, in_words};

use std::net::SocketAddr;

use anyhow::{Context, bail};

use super::arguments::{Limits, Task};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The begin of the name of an executor, and of that of a client's job.
const OF_THIS_VERSION: &str = concat!("ulid-sql ", env!("CARGO_PKG_VERSION"));

/// The end of the name of a client's job that lost an executor and is asked again.
const AGAIN: &str = " again";

/// Seconds without a sign of life after which an executor counts as lost. A busy one gives a sign every five.
const LOST_AFTER_S: u64 = 8;

/// Runs the role that was asked for, until it is ended.
pub(crate) async fn serve(task: &Task, limits: &Limits) -> anyhow::Result<()> {
    match task {
        Task::Scheduler(asked) => {
            if limits.memory.is_some() || limits.threads.is_some() {
                bail!("a scheduler runs no tasks; give --memory and --threads to each executor");
            }
            scheduler::run(asked.listen).await
        }
        Task::Executor(asked) => executor::run(asked, limits).await,
        Task::Write(_) | Task::Audit(_) => Ok(()),
    }
}

/// Host and port of a scheduler, from how people write them.
fn host_and_port(text: &str) -> anyhow::Result<(&str, u16)> {
    let address = text.strip_prefix("df://").unwrap_or(text);
    let parts = address.trim_end_matches('/').rsplit_once(':');
    let parts = parts.filter(|(host, _)| !host.is_empty() && !host.contains('/'));
    parts
        .and_then(|(host, port)| Some((host, port.parse().ok()?)))
        .with_context(|| {
            format!("{text:?} is no address of a scheduler, such as df://127.0.0.1:50050")
        })
}

/// Says who can reach a role that listens beyond its own machine.
fn warn_of_strangers(address: SocketAddr) {
    if !address.ip().is_loopback() {
        eprintln!(
            "ulid-sql: nobody is asked who they are; whoever reaches {address} reads and writes files as this user can, so it wants a private network"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, expected) in [
            ("df://127.0.0.1:50050", Some(("127.0.0.1", 50050))),
            (
                "df://scheduler.internal:1/",
                Some(("scheduler.internal", 1)),
            ),
            ("[::1]:50050", Some(("[::1]", 50050))),
            ("http://a:1", None),
            ("127.0.0.1", None),
            (":50050", None),
            ("a:65536", None),
        ] {
            assert_eq!(host_and_port(text).ok(), expected, "{text}");
        }
    }
}
