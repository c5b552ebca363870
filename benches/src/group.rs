//! Cases that do the same work, measured in turn.

use std::{cell::RefCell, rc::Rc, time::Duration};

use crate::clock::Clock;

/// Cases to compare, and how they should compare.
pub struct Group {
    /// The work of all cases.
    pub name: &'static str,
    /// How many operations one run of a case does.
    pub operations: u64,
    /// Bytes of text an operation reads or writes, where a rate in bytes says something.
    pub bytes: Option<f64>,
    /// Which time counts.
    pub clock: Clock,
    /// How often each case takes its turn at most, where one turn takes seconds.
    pub rounds: usize,
    /// The figure that is compared.
    pub cases: Vec<Case>,
    /// The right answer.
    pub aims: Vec<Aim>,
    /// How fast cases have to be whatever the others do.
    pub rates: Vec<Rate>,
}

/// One way to do the work of a [`Group`].
pub struct Case {
    /// Who does it.
    pub name: String,
    /// Makes what one run uses up. Its time does not count.
    pub prepare: Option<Box<dyn FnMut()>>,
    /// Does it once.
    pub run: Box<dyn FnMut()>,
}

/// How many times faster than another case one has to be.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The case that has to be fast.
    pub case: String,
    /// The case it is compared with.
    pub than: String,
    /// Time of the other over time of the one, at least.
    pub times: f64,
}

/// How fast a case has to be.
#[derive(Debug, Clone)]
pub struct Rate {
    /// The case that has to be fast.
    pub case: String,
    /// Millions of operations a second, at least.
    pub millions: f64,
}

/// How long to measure.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How often each case takes its turn.
    pub rounds: usize,
    /// How long a turn lasts at least.
    pub turn: Duration,
}

impl Effort {
    /// For figures to publish.
    pub const FULL: Effort = Effort {
        rounds: 25,
        turn: Duration::from_millis(4),
    };
    /// For a look.
    pub const QUICK: Effort = Effort {
        rounds: 5,
        turn: Duration::from_millis(1),
    };
}

/// A measured [`Group`].
#[derive(Debug, Clone)]
pub struct Measured {
    /// The work of all cases.
    pub name: &'static str,
    /// Bytes of text an operation reads or writes.
    pub bytes: Option<f64>,
    /// Each case with the nanoseconds of one operation, the least of all rounds.
    pub times: Vec<(String, f64)>,
    /// The aim.
    pub aims: Vec<Aim>,
    /// The rates that were aimed at.
    pub rates: Vec<Rate>,
}

impl Group {
    /// A group without cases, whose runs do one operation.
    #[must_use]
    pub fn new(name: &'static str) -> Group {
        Group {
            name,
            operations: 1,
            bytes: None,
            clock: Clock::Thread,
            rounds: usize::MAX,
            cases: Vec::new(),
            aims: Vec::new(),
            rates: Vec::new(),
        }
    }

    /// Says how many operations one run of each case does.
    #[must_use]
    pub fn operations(mut self, operations: usize) -> Group {
        self.operations = operations as u64;
        self
    }

    /// Also gives rates in bytes.
    #[must_use]
    pub fn bytes(mut self, per_operation: f64) -> Group {
        self.bytes = Some(per_operation);
        self
    }

    /// Says which time counts; else it is the processor time of the thread.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Group {
        self.clock = clock;
        self
    }

    /// Takes fewer rounds, because one takes seconds.
    #[must_use]
    pub fn rounds(mut self, at_most: usize) -> Group {
        self.rounds = at_most;
        self
    }

    /// Adds a case. Check its answer before, outside of what is timed.
    #[must_use]
    pub fn case(mut self, name: impl Into<String>, run: impl FnMut() + 'static) -> Group {
        self.cases.push(Case {
            name: name.into(),
            prepare: None,
            run: Box::new(run),
        });
        self
    }

    /// Adds a case that changes what it works on, which `prepare` makes good before each run.
    #[must_use]
    pub fn prepared_case<T: 'static>(
        mut self,
        name: impl Into<String>,
        subject: T,
        mut prepare: impl FnMut(&mut T) + 'static,
        mut run: impl FnMut(&mut T) + 'static,
    ) -> Group {
        let subject = Rc::new(RefCell::new(subject));
        let same = subject.clone();
        self.cases.push(Case {
            name: name.into(),
            prepare: Some(Box::new(move || prepare(&mut subject.borrow_mut()))),
            run: Box::new(move || run(&mut same.borrow_mut())),
        });
        self
    }

    /// Says how much faster `case` has to be than `than`. Aims of cases that this machine cannot run are left out.
    #[must_use]
    pub fn aim(mut self, case: &str, than: &str, times: f64) -> Group {
        if [case, than].iter().all(|name| self.has(name)) {
            self.aims.push(Aim {
                case: case.to_owned(),
                than: than.to_owned(),
                times,
            });
        }
        self
    }

    /// Says how many million operations a second `case` has to do.
    #[must_use]
    pub fn rate(mut self, case: &str, millions: f64) -> Group {
        if self.has(case) {
            self.rates.push(Rate {
                case: case.to_owned(),
                millions,
            });
        }
        self
    }

    fn has(&self, name: &str) -> bool {
        self.cases.iter().any(|case| case.name == name)
    }

    /// Measures all cases in turn, so that a busy machine slows all alike.
    #[must_use]
    pub fn measure(mut self, effort: Effort) -> Measured {
        let repeats: Vec<u64> = self
            .cases
            .iter_mut()
            .map(|case| case.repeats(self.clock, effort.turn))
            .collect();
        let mut least = vec![f64::INFINITY; self.cases.len()];
        let rounds = match self.clock {
            // Other programs disturb it, so that it takes more luck.
            Clock::Wall => 8 * effort.rounds,
            Clock::Thread | Clock::ThreadAndChildren => effort.rounds.min(self.rounds),
        };
        for round in 0..rounds {
            for turn in 0..self.cases.len() {
                // Each round begins with another case, so that none always follows the same one.
                let index = (turn + round) % self.cases.len();
                let time = self.cases[index].time(self.clock, repeats[index]);
                let operations = (repeats[index] * self.operations) as f64;
                least[index] = least[index].min(time.as_nanos() as f64 / operations);
            }
        }
        Measured {
            name: self.name,
            bytes: self.bytes,
            times: self
                .cases
                .into_iter()
                .map(|case| case.name)
                .zip(least)
                .collect(),
            aims: self.aims,
            rates: self.rates,
        }
    }
}

impl Case {
    /// How often to run so that a turn lasts long enough.
    fn repeats(&mut self, clock: Clock, turn: Duration) -> u64 {
        self.time(clock, 1);
        let once = self.time(clock, 1).as_nanos().max(1);
        u64::try_from(turn.as_nanos() / once).unwrap_or(1).max(1)
    }

    /// The time that some runs take.
    pub fn time(&mut self, clock: Clock, repeats: u64) -> Duration {
        let Some(prepare) = &mut self.prepare else {
            let start = clock.now();
            (0..repeats).for_each(|_| (self.run)());
            return clock.now().saturating_sub(start);
        };
        let mut sum = Duration::ZERO;
        for _ in 0..repeats {
            prepare();
            let start = clock.now();
            (self.run)();
            sum += clock.now().saturating_sub(start);
        }
        sum
    }
}

impl Measured {
    /// Nanoseconds of one operation of a case.
    #[must_use]
    pub fn time(&self, case: &str) -> Option<f64> {
        self.times
            .iter()
            .find(|(name, _)| name == case)
            .map(|&(_, time)| time)
    }

    /// How many times faster the case of an aim was.
    #[must_use]
    pub fn reached(&self, aim: &Aim) -> Option<f64> {
        Some(self.time(&aim.than)? / self.time(&aim.case)?)
    }

    /// How many million operations a second the case of an aim did.
    #[must_use]
    pub fn reached_rate(&self, aim: &Rate) -> Option<f64> {
        Some(1e3 / self.time(&aim.case)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_that_does_more_takes_longer() {
        let spin = |rounds: u64| {
            move || {
                for round in 0..rounds {
                    std::hint::black_box(round);
                }
            }
        };
        let measured = Group::new("spin")
            .case("short", spin(1000))
            .case("long", spin(10_000))
            .aim("short", "long", 2.0)
            .aim("short", "no such case", 2.0)
            .measure(Effort::QUICK);
        assert_eq!(measured.aims.len(), 1);
        let reached = measured.reached(&measured.aims[0]).unwrap();
        assert!((5.0..20.0).contains(&reached), "{reached}");
    }
}
