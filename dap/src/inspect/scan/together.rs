//! Several files whose rows go by in the order of time.
//!
//! The files go by in rounds. In each the runs are tried first: as far as the first stop or so many rows, without a count of
//! their hits and without a line written. Whichever comes to its end first in time holds the others. Then the runs are made,
//! each up to the rows of that time, and what they write is put in the order of time. A round is short, for a pause waits for
//! its end: when files were tried and run as a whole, a pause of two large ones took half a second.
//!
//! The time of a row is that of the largest ID up to it: a row that is late comes when it comes, and so does one without an
//! ID. Of rows of one time those of the first file go by first.

use std::{
    collections::VecDeque,
    ops::{ControlFlow, Range},
    sync::{Mutex, PoisonError, atomic::AtomicUsize},
    thread,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, bounded};
use ulid_engine::{pass::Block, progress::Progress, row::RowSource as _};

use super::{Broken, Goal, Halt, Logged, Scan, Stop, Way};
use crate::inspect::{scan::Hits, table::Table};

/// Lines of one file that wait for those of the others.
const WAITING_MAX: usize = 64;

/// Rows of a file in the first round. Tests make many rounds of few rows.
const FIRST_ROUND: usize = if cfg!(test) { 2 } else { 1 << 13 };
/// Rows of a round at least: fewer are not passed over by the block.
const LEAST_ROUND: usize = if cfg!(test) { 1 } else { 1 << 11 };
/// Time that a round is to take: rows are added while it takes less than half of it, and taken away where it takes more.
const ROUND: Duration = Duration::from_millis(6);

/// Runs through several files; none in the place of a file that takes no part.
#[derive(Debug)]
pub(in crate::inspect) struct Together {
    pub(in crate::inspect) scans: Vec<Option<Scan>>,
}

/// The place at which each of several runs came to its end.
#[derive(Debug)]
pub(in crate::inspect) struct Arrival {
    /// The file whose row stopped them all.
    pub(in crate::inspect) first: Option<usize>,
    pub(in crate::inspect) halts: Vec<Option<Halt>>,
}

/// A moment in the order of time: the largest ID so far, and the number of the file.
type Moment = (u128, usize);

/// Takes the log points that are met, with the number of their file.
pub(in crate::inspect) type Writer<'a> = &'a mut dyn FnMut(usize, Logged);

/// The end of one round.
struct Round {
    /// The moment that held all runs; none where every file has gone by.
    limit: Option<Moment>,
    /// True if it is that of a stop.
    is_stop: bool,
    /// The runs as they were made; none in the place of a file of which no row went by.
    halts: Vec<Option<Halt>>,
}

impl Together {
    /// Runs. What is to be written is given to `log` by the way.
    pub(in crate::inspect) fn run(mut self, progress: &Progress, log: Writer<'_>) -> Arrival {
        if self.each().any(|(_, scan)| scan.table.is_endless()) {
            return self.as_they_come(progress, log);
        }
        let started: Vec<Option<Way>> = self.ways();
        let rows = self.each().map(|(_, scan)| scan.rows_ahead() as u64);
        progress.set_total(rows.sum());
        let mut rows = FIRST_ROUND;
        let mut last: Option<Moment> = None;
        loop {
            let begun = Instant::now();
            let piece = progress.piece();
            let tried = self.all(|_, scan| scan.within(rows).try_out(&piece));
            if progress.is_cancelled() {
                return self.paused(&started, last);
            }
            if tried.iter().any(|halt| matches!(halt, Some(None))) {
                self.scans.iter_mut().flatten().for_each(Scan::look_again);
                continue;
            }
            let tried: Vec<Option<Halt>> = tried.into_iter().map(Option::flatten).collect();
            let round = self.make(&tried, last, log);
            let stops = |halt: &Halt| halt.may_hold_all();
            if round.limit.is_none() || round.is_stop || round.halts.iter().flatten().any(stops) {
                return self.arrive(round, &started, last);
            }
            last = round.limit;
            let passed = self.go_on(&round.halts);
            // a pause is seen in the next round
            let _ = progress.advance(passed as u64);
            rows = match begun.elapsed() {
                taken if taken > ROUND => (rows / 2).max(LEAST_ROUND),
                taken if taken < ROUND / 2 => rows.saturating_mul(2),
                _ => rows,
            };
        }
    }

    fn ways(&self) -> Vec<Option<Way>> {
        let ways = self.scans.iter();
        ways.map(|scan| Some(scan.as_ref()?.way)).collect()
    }

    fn each(&self) -> impl Iterator<Item = (usize, &Scan)> {
        let scans = self.scans.iter().enumerate();
        scans.filter_map(|(number, scan)| Some((number, scan.as_ref()?)))
    }

    fn is_back(&self) -> bool {
        self.each().any(|(_, scan)| scan.is_back())
    }

    /// Does something for each run, all at once.
    fn all<T: Send>(&self, act: impl Fn(usize, &Scan) -> T + Sync) -> Vec<Option<T>> {
        let act = &act;
        thread::scope(|scope| {
            let started: Vec<_> = self
                .scans
                .iter()
                .enumerate()
                .map(|(number, scan)| {
                    let scan = scan.clone()?;
                    Some(scope.spawn(move || act(number, &scan)))
                })
                .collect();
            let joined = started.into_iter();
            joined
                .map(|thread| thread.and_then(|thread| thread.join().ok()))
                .collect()
        })
    }

    /// Makes the runs that were tried, up to the end that comes first.
    fn make(&self, tried: &[Option<Halt>], last: Option<Moment>, log: Writer<'_>) -> Round {
        let is_back = self.is_back();
        let before = last.map(|(time, _)| time);
        let moments = self.all(|number, scan| {
            let halt = tried.get(number)?.as_ref()?;
            // one that has gone by holds nobody
            let holds = halt.may_hold_all() || matches!(halt, Halt::Reached { .. });
            let time = || scan.time_at(halt.at());
            holds.then(|| (no_earlier(time(), before, is_back), number))
        });
        let moments = moments.into_iter().flatten().flatten();
        let limit = if is_back {
            moments.max()
        } else {
            moments.min()
        };
        let end_of = |number: usize| tried.get(number).and_then(Option::as_ref);
        let is_stop =
            limit.is_some_and(|(_, number)| end_of(number).is_some_and(Halt::may_hold_all));
        let runs = self.all(|number, scan| scan.up_to(number, limit, end_of(number)));
        let runs: Vec<Option<Scan>> = runs.into_iter().map(Option::flatten).collect();
        Round {
            limit,
            is_stop,
            halts: in_order(&runs, before, log),
        }
    }

    /// Has each run begin where a round has brought it. How many rows have gone by.
    fn go_on(&mut self, halts: &[Option<Halt>]) -> usize {
        let mut passed = 0;
        for (scan, halt) in self.scans.iter_mut().zip(halts) {
            let (Some(scan), Some(halt)) = (scan, halt) else {
                continue;
            };
            let before = scan.rows_ahead();
            scan.way = match (scan.way, halt) {
                (Way::ForwardFrom(_), Halt::Reached { at }) => Way::ForwardFrom(at + 1),
                (Way::ForwardFrom(_), halt) => Way::ForwardFrom(halt.at()),
                (Way::BackFrom(_), halt) => Way::BackFrom(halt.at()),
            };
            passed += before.saturating_sub(scan.rows_ahead());
        }
        passed
    }

    /// The end of all runs at a round.
    fn arrive(&self, round: Round, started: &[Option<Way>], last: Option<Moment>) -> Arrival {
        let Round {
            limit,
            is_stop,
            mut halts,
        } = round;
        for (number, scan) in self.each() {
            if let Some(halt @ None) = halts.get_mut(number) {
                *halt = Some(scan.stand(started.get(number).copied().flatten(), false));
            }
        }
        let before = last.map(|(time, _)| time);
        let stop = limit.filter(|_| is_stop).map(|(_, number)| number);
        let first = earliest(&self.scans, &halts, before, self.is_back());
        Arrival {
            first: first.or(stop),
            halts,
        }
    }

    /// The end of all runs where the last round has brought them.
    fn paused(&self, started: &[Option<Way>], last: Option<Moment>) -> Arrival {
        let both = self.scans.iter().zip(started);
        let halts = both.map(|(scan, started)| Some(scan.as_ref()?.stand(*started, true)));
        let mut halts: Vec<Option<Halt>> = halts.collect();
        // the file whose row went by last
        let first = last.map(|(_, number)| number);
        if let Some(Some(halt)) = first.and_then(|number| halts.get_mut(number)) {
            *halt = Halt::Paused { at: halt.at() };
        }
        Arrival { first, halts }
    }

    /// Runs where rows are awaited: the rows go by as they come, up to the first stop.
    fn as_they_come(&self, progress: &Progress, log: Writer<'_>) -> Arrival {
        let first = Mutex::new(None);
        let (sender, lines) = bounded(WAITING_MAX);
        let halts = thread::scope(|scope| {
            let runs: Vec<_> = self
                .scans
                .iter()
                .enumerate()
                .map(|(number, scan)| {
                    let (scan, sender, first) = (scan.clone()?, sender.clone(), &first);
                    Some(scope.spawn(move || {
                        let halt = scan.run(progress, &mut |logged| {
                            drop(sender.send((number, logged)));
                        });
                        if halt.may_hold_all() {
                            let mut first = first.lock().unwrap_or_else(PoisonError::into_inner);
                            first.get_or_insert(number);
                            progress.cancel();
                        }
                        halt
                    }))
                })
                .collect();
            drop(sender);
            lines
                .iter()
                .for_each(|(number, logged)| log(number, logged));
            let joined = runs.into_iter();
            joined
                .map(|thread| thread.and_then(|thread| thread.join().ok()))
                .collect()
        });
        let first = first.into_inner().unwrap_or_else(PoisonError::into_inner);
        Arrival { first, halts }
    }
}

impl Halt {
    /// The row where it is.
    pub(in crate::inspect) fn at(&self) -> usize {
        match self {
            Halt::Stopped { at, .. }
            | Halt::Reached { at }
            | Halt::End { at }
            | Halt::Paused { at }
            | Halt::Failed { at, .. } => *at,
            Halt::Start => 0,
        }
    }

    /// True if the other files stand with it.
    fn may_hold_all(&self) -> bool {
        matches!(self, Halt::Stopped { .. } | Halt::Failed { .. })
    }
}

impl Scan {
    fn is_back(&self) -> bool {
        matches!(self.way, Way::BackFrom(_))
    }

    /// The number of rows that are known to lie on its way.
    fn rows_ahead(&self) -> usize {
        match self.way {
            Way::ForwardFrom(from) => self.table.end().saturating_sub(from),
            Way::BackFrom(from) => from,
        }
    }

    /// The run as far as so many rows.
    fn within(&self, rows: usize) -> Scan {
        let goal = match self.way {
            Way::ForwardFrom(from) => Goal::Row(from.saturating_add(rows - 1)),
            Way::BackFrom(from) if from > rows => Goal::Row(from - rows),
            Way::BackFrom(_) => self.goal,
        };
        Scan {
            goal,
            ..self.clone()
        }
    }

    /// The run as far as its first stop, of which nothing is counted and nothing written; none where something else is set
    /// by then.
    fn try_out(&self, progress: &Progress) -> Option<Halt> {
        let mut scan = self.clone();
        let apart = |stop: &Stop| Stop {
            hits: Hits::of(stop.hits.so_far()),
            ..stop.clone()
        };
        scan.stops = self.stops.iter().map(apart).collect();
        let passed = AtomicUsize::new(self.behind());
        let mut way = self.way;
        let result = scan.prepare(progress).and_then(|()| match &mut way {
            Way::ForwardFrom(at) => scan.forward(at, progress, &passed, &mut |_| {}),
            Way::BackFrom(at) => scan.back(at, progress, &passed, &mut |_| {}),
        });
        let at = passed.into_inner();
        match result {
            Ok(halt) => Some(halt),
            Err(Broken::Stale) => None,
            Err(Broken::Cancelled) => Some(Halt::Paused { at }),
            Err(Broken::Failed(reason)) => Some(Halt::Failed { at, reason }),
        }
    }

    /// The row from which it goes.
    fn behind(&self) -> usize {
        match self.way {
            Way::ForwardFrom(from) => from.saturating_sub(1),
            Way::BackFrom(from) => from,
        }
    }

    /// The end of a run that passes no further row.
    fn stand(&self, started: Option<Way>, is_paused: bool) -> Halt {
        match self.stay(is_paused) {
            // the rows of earlier rounds have gone by
            Halt::Paused { at } if started != Some(self.way) => Halt::Reached { at },
            halt => halt,
        }
    }

    /// The end of a run that passes no row.
    fn stay(&self, is_paused: bool) -> Halt {
        match (self.way, is_paused) {
            (Way::ForwardFrom(from), false) if self.table.is_end(from) => Halt::End { at: from },
            (Way::BackFrom(0), false) => Halt::Start,
            _ => Halt::Paused { at: self.behind() },
        }
    }

    /// Time of a row that it comes to: that of the largest ID on the way to it, or of the smallest on the way back.
    fn time_at(&self, at: usize) -> u128 {
        let own = time_of_row(&self.table, at);
        if self.table.is_ordered() {
            return own;
        }
        let (rows, is_back) = match self.way {
            Way::ForwardFrom(from) => (from..at, false),
            Way::BackFrom(from) => (at.saturating_add(1)..from, true),
        };
        let on_the_way = extreme(&self.table, rows, is_back);
        match (on_the_way, is_back) {
            (Some(other), false) => own.max(other),
            (Some(other), true) => own.min(other),
            (None, _) => own,
        }
    }

    /// The run up to a moment, which it has come to by itself or by which it is held; none where no row is passed.
    fn up_to(&self, number: usize, limit: Option<Moment>, tried: Option<&Halt>) -> Option<Scan> {
        let mut scan = self.clone();
        let Some(limit) = limit else {
            return Some(scan);
        };
        if limit.1 == number {
            if let Some(Halt::Reached { at }) = tried {
                scan.goal = Goal::Row(*at);
            }
            return Some(scan);
        }
        let goal = match self.way {
            Way::ForwardFrom(from) => {
                let end = match tried {
                    Some(Halt::Reached { at }) => at + 1,
                    _ => self.table.end(),
                };
                let is_late = |time: u128| (time, number) > limit;
                let late = first_where(&self.table, from..end, is_late);
                late.unwrap_or(end)
                    .checked_sub(1)
                    .filter(|&goal| goal >= from)
            }
            Way::BackFrom(from) => {
                let is_early = |time: u128| (time, number) < limit;
                let begin = match tried {
                    Some(Halt::Reached { at }) => *at,
                    _ => 0,
                };
                let early = last_where(&self.table, begin..from, is_early);
                Some(early.map_or(begin, |row| row + 1)).filter(|&goal| goal < from)
            }
        };
        scan.goal = Goal::Row(goal?);
        Some(scan)
    }
}

/// A time, or the one that has come already on the way: a row that is late comes when it comes.
fn no_earlier(time: u128, before: Option<u128>, is_back: bool) -> u128 {
    match before {
        Some(before) if is_back => time.min(before),
        Some(before) => time.max(before),
        None => time,
    }
}

/// The number of the file whose stop comes first.
fn earliest(
    scans: &[Option<Scan>],
    halts: &[Option<Halt>],
    before: Option<u128>,
    is_back: bool,
) -> Option<usize> {
    let both = scans.iter().zip(halts).enumerate();
    let stops = both.filter_map(|(number, (scan, halt))| {
        let halt = halt.as_ref().filter(|halt| halt.may_hold_all())?;
        let time = scan.as_ref()?.time_at(halt.at());
        Some((no_earlier(time, before, is_back), number))
    });
    let stop = if is_back { stops.max() } else { stops.min() };
    stop.map(|(_, number)| number)
}

/// Makes runs at once, and gives out what they write in the order of time, which had come to `before`.
fn in_order(runs: &[Option<Scan>], before: Option<u128>, log: Writer<'_>) -> Vec<Option<Halt>> {
    let progress = Progress::new();
    thread::scope(|scope| {
        let mut started = Vec::new();
        let mut lines = Vec::new();
        for scan in runs {
            let (sender, receiver) = bounded(WAITING_MAX);
            let thread = scan.clone().map(|scan| {
                let progress = &progress;
                scope.spawn(move || {
                    scan.run(progress, &mut |logged| {
                        for line in logged {
                            let _ = sender.send(line);
                        }
                    })
                })
            });
            started.push(thread);
            lines.push(receiver);
        }
        let is_back = runs.iter().flatten().any(Scan::is_back);
        let from = before.unwrap_or(if is_back { u128::MAX } else { 0 });
        give_out(runs, &lines, from, is_back, log);
        let joined = started.into_iter();
        joined
            .map(|thread| thread.and_then(|thread| thread.join().ok()))
            .collect()
    })
}

/// Gives out lines of several files in the order of time. Those of one file are in order.
fn give_out(
    runs: &[Option<Scan>],
    lines: &[Receiver<(usize, i64)>],
    from: u128,
    is_back: bool,
    log: Writer<'_>,
) {
    let mut heads: Vec<VecDeque<(u128, (usize, i64))>> = vec![VecDeque::new(); runs.len()];
    let mut last = vec![from; runs.len()];
    loop {
        for (number, head) in heads.iter_mut().enumerate() {
            let run = runs.get(number).and_then(Option::as_ref);
            let (Some(scan), true, Some(lines)) = (run, head.is_empty(), lines.get(number)) else {
                continue;
            };
            if let (Ok(line), Some(last)) = (lines.recv(), last.get_mut(number)) {
                let time = time_of_row(&scan.table, line.0);
                *last = if is_back {
                    time.min(*last)
                } else {
                    time.max(*last)
                };
                head.push_back((*last, line));
            }
        }
        let waiting = heads.iter().enumerate();
        let waiting = waiting.filter_map(|(number, head)| Some((head.front()?.0, number)));
        let next = if is_back {
            waiting.max()
        } else {
            waiting.min()
        };
        let Some((_, number)) = next else {
            return;
        };
        if let Some((_, line)) = heads.get_mut(number).and_then(VecDeque::pop_front) {
            log(number, vec![line]);
        }
    }
}

/// Time of a row: its ID, or that of the last row before it that has one.
pub(in crate::inspect) fn time_of_row(table: &Table, at: usize) -> u128 {
    let own = table.id(at).ok().flatten();
    let before = || {
        let begin = table.without_ids_before(at);
        table.id(begin.checked_sub(1)?).ok().flatten()
    };
    own.or_else(before).map_or(0, |id| id.to_u128())
}

/// The largest ID of some rows, or the smallest.
fn extreme(table: &Table, rows: Range<usize>, is_smallest: bool) -> Option<u128> {
    let mut found: Option<u128> = None;
    let of_block = |block: &Block| {
        let keys = times(block).map(|(key, _)| key);
        if is_smallest { keys.min() } else { keys.max() }
    };
    let pick = if is_smallest { u128::min } else { u128::max };
    let passed = table
        .dataset
        .pass(&Progress::new())
        .known(rows)
        .each(of_block, |other| {
            found = match (found, other) {
                (Some(found), Some(other)) => Some(pick(found, other)),
                (found, other) => found.or(other),
            };
            ControlFlow::Continue(())
        });
    passed.ok().and(found)
}

/// The first of some rows whose ID is one that is looked for.
fn first_where(
    table: &Table,
    rows: Range<usize>,
    is_wanted: impl Fn(u128) -> bool + Sync,
) -> Option<usize> {
    let mut found = None;
    let of_block = |block: &Block| times(block).find(|(key, _)| is_wanted(*key));
    let passed = table
        .dataset
        .pass(&Progress::new())
        .known(rows)
        .each(of_block, |first| {
            found = first.map(|(_, row)| row);
            match found {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        });
    passed.ok().and(found)
}

/// The last of some rows whose ID is one that is looked for.
fn last_where(
    table: &Table,
    rows: Range<usize>,
    is_wanted: impl Fn(u128) -> bool + Sync,
) -> Option<usize> {
    let of_block = |block: &Block| times(block).filter(|(key, _)| is_wanted(*key)).last();
    for rows in ulid_engine::pass::growing_ranges_back(rows) {
        let mut found = None;
        let passed = table
            .dataset
            .pass(&Progress::new())
            .known(rows)
            .each(of_block, |last| {
                found = last.map(|(_, row)| row).or(found);
                ControlFlow::Continue(())
            });
        if passed.is_err() || found.is_some() {
            return found;
        }
    }
    None
}

/// The IDs of a block, each with its row.
fn times(block: &Block) -> impl Iterator<Item = (u128, usize)> {
    let mut faults = block.faults().iter().map(|fault| fault.row).peekable();
    let rows = block.keys().iter().copied().zip(block.first_row()..);
    rows.filter_map(move |(key, row)| {
        while faults.next_if(|&fault| fault < row).is_some() {}
        let is_broken = faults.peek() == Some(&row);
        let index = usize::try_from(row).ok()?;
        (!is_broken).then_some((key, index))
    })
}
