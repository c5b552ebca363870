//! Progress of work that takes long, for a client to show.

use dap::events::{Event, ProgressEndEventBody, ProgressStartEventBody, ProgressUpdateEventBody};
use ulid_engine::progress::Progress;

use super::job::Ticket;

/// Ticks before a piece of work is worth a sign of it.
const PATIENCE: u32 = 2;

/// How much a client has been told of a piece of work.
#[derive(Debug)]
pub(super) struct Report {
    id: String,
    title: &'static str,
    /// True if it has an end that one can wait for.
    has_end: bool,
    ticks: u32,
    percentage: Option<i64>,
}

impl Report {
    pub(super) fn new(ticket: Ticket, title: &'static str, has_end: bool) -> Report {
        Report {
            id: ticket.to_string(),
            title,
            has_end,
            ticks: 0,
            percentage: None,
        }
    }

    /// True if a progress of the client is this one.
    pub(super) fn is(&self, progress_id: &str) -> bool {
        self.id == progress_id
    }

    /// Some time has passed: what to tell, if anything.
    pub(super) fn tick(&mut self, progress: &Progress) -> Option<Event> {
        if !self.has_end {
            return None;
        }
        self.ticks += 1;
        let before = std::mem::replace(&mut self.percentage, percentage(progress));
        let (progress_id, percentage) = (self.id.clone(), self.percentage);
        if self.ticks == PATIENCE {
            return Some(Event::ProgressStart(ProgressStartEventBody {
                progress_id,
                title: self.title.to_owned(),
                cancellable: Some(true),
                percentage,
                ..ProgressStartEventBody::default()
            }));
        }
        let is_news = self.ticks > PATIENCE && percentage != before;
        is_news.then(|| {
            Event::ProgressUpdate(ProgressUpdateEventBody {
                progress_id,
                percentage,
                message: None,
            })
        })
    }

    /// The work is done: what to tell, where a beginning was told.
    pub(super) fn end(self) -> Option<Event> {
        (self.ticks >= PATIENCE).then(|| {
            Event::ProgressEnd(ProgressEndEventBody {
                progress_id: self.id,
                message: None,
            })
        })
    }
}

fn percentage(progress: &Progress) -> Option<i64> {
    let percent = progress
        .done()
        .saturating_mul(100)
        .checked_div(progress.total())?;
    i64::try_from(percent.min(100)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_end_shows_no_progress() {
        let progress = Progress::new();
        progress.set_total(10);
        for has_end in [true, false] {
            let mut report = Report::new(7, "Going over the file", has_end);
            let told = (0..5).filter_map(|_| {
                let _ = progress.advance(1);
                report.tick(&progress)
            });
            let told = told.count() + usize::from(report.end().is_some());
            // a beginning after a while, three updates, an end
            assert_eq!(told, if has_end { 5 } else { 0 });
        }
    }
}
