//! Figures of the whole source, each of which shows its rows.

use ulid_engine::{row::Flaw, stats::Verdict};

use super::{Effect, Filter, State, diff::relation_of};
use crate::{action::Action, findings::Findings};

/// Bits of the randomness that are looked at where values of it occur again.
const ALL_BITS: u32 = 80;
const TAIL_BITS: u32 = 32;

impl State {
    /// True if the rows shown are those of a figure.
    #[must_use]
    pub(crate) fn is_shown(&self, action: Action) -> bool {
        if let Some(relation) = relation_of(action) {
            return self.view.filter == Filter::Relation(relation);
        }
        self.findings
            .as_ref()
            .and_then(|found| filter_of(action, found))
            .is_some_and(|filter| filter == self.view.filter)
    }

    /// Shows the rows of a figure, or all again.
    pub(super) fn show_figure(&mut self, action: Action) -> Vec<Effect> {
        if let Some(relation) = relation_of(action) {
            return self.show_relation(relation);
        }
        let Some(findings) = &self.findings else {
            self.warn("the file is still being looked over");
            return Vec::new();
        };
        let filter = match filter_of(action, findings) {
            Some(Filter::Flaw(flaw)) if findings.rows(flaw).is_empty() => {
                self.say(format!("no row has this flaw: {}", flaw.entry().label));
                return Vec::new();
            }
            Some(filter) => filter,
            None => {
                self.say("no row is like that");
                return Vec::new();
            }
        };
        let mut view = self.wanted().clone();
        view.filter = if view.filter == filter {
            Filter::All
        } else {
            filter
        };
        self.change(view)
    }
}

fn filter_of(action: Action, findings: &Findings) -> Option<Filter> {
    let summary = &findings.summary;
    Some(match action {
        Action::ShowInvalid => Filter::Flaw(Flaw::Invalid),
        Action::ShowDuplicates => Filter::Flaw(Flaw::Duplicate),
        Action::ShowOutOfOrder => Filter::Flaw(Flaw::OutOfOrder),
        Action::ShowFuture => Filter::Flaw(Flaw::Future),
        Action::ShowGaps => Filter::Flaw(Flaw::Gap),
        Action::ShowSameMillisecond => Filter::Flaw(Flaw::SameMillisecond),
        Action::ShowStepBack => {
            let step = summary.worst_step_back.filter(|step| step.ms > 0)?;
            let (before, line) = (step.row, step.row + 1);
            Filter::Query(format!("row >= {before} and row <= {line}"))
        }
        Action::ShowSpan if summary.valid > 0 => Filter::Query("valid".to_owned()),
        Action::ShowVerdict if summary.valid > 0 => of_verdict(findings.verdict),
        _ => return None,
    })
}

/// The rows that a verdict rests on; where none of them stands out, all that have an ID.
fn of_verdict(verdict: Verdict) -> Filter {
    /// Steps up to 2^40 count as short.
    const SHORT: &str = "1099511627776";
    let query = match verdict {
        Verdict::TooFew | Verdict::Random | Verdict::BiasedBits => "valid".to_owned(),
        Verdict::MonotonicByOne => "ms == prev.ms and random == prev.random + 1".to_owned(),
        Verdict::MonotonicByStride => {
            format!("ms == prev.ms and random > prev.random and random - prev.random < {SHORT}")
        }
        Verdict::CountsAcross => {
            format!("ms != prev.ms and abs(random - prev.random) < {SHORT}")
        }
        Verdict::RepeatedTails => return Filter::SharedRandomness(TAIL_BITS),
        Verdict::LowEntropy | Verdict::Constant => return Filter::SharedRandomness(ALL_BITS),
    };
    Filter::Query(query)
}
