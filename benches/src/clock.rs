//! Which time is measured.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use cpu_time::ThreadTime;

/// A clock to measure by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The processor time of this thread, which other programs cannot lengthen.
    Thread,
    /// The same, and that of the programs that this one has run and awaited.
    ThreadAndChildren,
    /// The time that passes. It tells what several threads win, on a machine that has nothing else to do.
    Wall,
}

impl Clock {
    /// The time since some moment that stays the same.
    #[must_use]
    pub fn now(self) -> Duration {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        match self {
            Clock::Thread => ThreadTime::now().as_duration(),
            Clock::ThreadAndChildren => ThreadTime::now().as_duration() + children(),
            Clock::Wall => START.elapsed(),
        }
    }
}

/// The processor time of the programs that this one has awaited.
#[cfg(unix)]
fn children() -> Duration {
    use nix::sys::{
        resource::{UsageWho, getrusage},
        time::TimeValLike,
    };

    let Ok(usage) = getrusage(UsageWho::RUSAGE_CHILDREN) else {
        return Duration::ZERO;
    };
    [usage.user_time(), usage.system_time()]
        .iter()
        .map(|time| Duration::from_micros(time.num_microseconds().try_into().unwrap_or(0)))
        .sum()
}

/// No peer of ours is a program there.
#[cfg(not(unix))]
fn children() -> Duration {
    Duration::ZERO
}
