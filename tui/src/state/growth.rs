//! The state when the source grows, is cut or is replaced.

use std::sync::Arc;

use ulid_engine::dataset::{Change, Extent};

use super::{Columns, Effect, Filter, Mode, State};
use crate::{
    findings::Findings,
    jobs::{Kind, Task},
    rows::{Arrangement, Listing},
};

impl State {
    /// Takes in what happened to the source: most often that it has more rows.
    pub(crate) fn grow(&mut self, change: &Change) -> Vec<Effect> {
        match change {
            Change::Truncated => self.warn("the file was cut, its rows are read anew"),
            Change::Rotated => self.say("another file took the name, its rows follow"),
            Change::Deleted => self.warn("the file was deleted; its rows stay until you leave"),
            Change::Recognised => self.take_layout(),
            Change::None | Change::Grown { .. } => {}
        }
        let was_complete = self.extent.complete;
        self.extent = self.source.extent();
        self.take_in_rows();
        if matches!(change, Change::Truncated | Change::Recognised) {
            return self.begin_anew();
        }
        let mut effects = self.compare();
        if self.extent.complete && !was_complete {
            effects.extend(self.auditing().map(Effect::Start));
            effects.extend(self.renew());
        } else {
            effects.extend(self.audit());
            effects.extend(self.catch_up());
        }
        effects.extend(self.recounts());
        effects
    }

    /// Shows the columns that the source turned out to have.
    fn take_layout(&mut self) {
        let before = std::mem::replace(&mut self.columns, Columns::of(&self.source));
        if let Some(columns) = self.memory.columns(self.source.columns()) {
            let kept = columns.to_vec();
            self.arrange_columns(&kept);
        }
        self.keep_own_columns(&before);
        self.say(format!(
            "its rows turned out to be {}",
            self.source.layout()
        ));
    }

    /// Leaves the rows as they are taken, where something was decided by what they are taken for.
    pub(super) fn keep_layout(&self) {
        let view = self.wanted();
        let is_as_it_came =
            view.arrangement == Arrangement::default() && view.filter == Filter::All;
        if !is_as_it_came || !self.marks.is_empty() || !matches!(self.mode, Mode::Browse) {
            self.source.keep_layout();
        }
    }

    /// Has the source looked over.
    pub(super) fn audit(&self) -> Option<Effect> {
        self.auditing().map(Effect::Renew)
    }

    /// The job that looks over the rows, unless they have been already, or a file is still being indexed.
    fn auditing(&self) -> Option<Task> {
        let extent = &self.extent;
        let is_behind = self.findings.is_none() || self.audited < extent.indexed;
        let is_there = extent.complete || extent.indexed == extent.bytes;
        (is_there && is_behind).then_some(Task::Audit(self.now))
    }

    pub(super) fn take_findings(&mut self, findings: Arc<Findings>, of: &Extent) -> Vec<Effect> {
        self.findings = Some(findings);
        self.audited = of.indexed;
        let mut effects = Vec::from_iter(self.audit());
        if self.wants_timeline {
            self.message = None;
            effects.extend(self.open_timeline());
        }
        effects.extend(self.count_again());
        if matches!(self.wanted().filter, Filter::Flaw(_)) {
            effects.extend(self.arrange_again());
        }
        effects
    }

    /// More rows of a listing that has all of them.
    fn take_in_rows(&mut self) {
        let was_at_end = self.is_at_end();
        if self.listing.is_whole() {
            let added = self.extent.rows.saturating_sub(self.listing.len());
            let backwards = !self.listing.is_source();
            self.listing = Listing::whole(self.extent.rows, &self.view.arrangement);
            if backwards && self.cursor > 0 {
                self.cursor += added;
                self.top += added;
            } else if was_at_end {
                self.cursor += added;
            }
        }
        if let (Some(from_end), true) = (self.from_end, self.extent.complete) {
            self.from_end = None;
            self.cursor = self.listing.len().saturating_sub(from_end + 1);
        }
        self.keep_in_view();
    }

    /// Forgets what was found of rows that are gone, and looks for it in those that took their places.
    fn begin_anew(&mut self) -> Vec<Effect> {
        self.findings = None;
        self.comparison = None;
        self.arranged = None;
        self.forget_marks();
        let kinds = [
            Kind::Audit,
            Kind::Compare,
            Kind::Count,
            Kind::Find,
            Kind::Hits,
            Kind::Tally,
            Kind::Glance,
            Kind::Closer,
            Kind::Clocks,
            Kind::Repairs,
            Kind::Bounds,
        ];
        let mut effects = Vec::from(kinds.map(Effect::Cancel));
        effects.extend(self.audit());
        effects.extend(self.compare());
        effects.extend(self.renew());
        effects
    }
}

#[cfg(test)]
mod tests {
    use std::{
        fs::{self, OpenOptions},
        io::Write,
        path::Path,
        sync::mpsc::{self, Receiver},
    };

    use ratatui::layout::Size;
    use ulid_engine::{Timestamp, Ulid, codec, row::Flaw, sort::Direction};

    use super::*;
    use crate::{
        rows::{Arrangement, Source},
        state::View,
    };

    /// Lines of which some are no ULID, some there twice, and the IDs of some smaller than those before them.
    fn lines(numbers: std::ops::Range<u128>) -> String {
        let line = |number: u128| match number % 7 {
            3 => format!("none {number}\n"),
            5 => format!("{}\n", codec::print(Ulid::from_u128((number - 4) << 80))),
            _ => format!("{}\n", codec::print(Ulid::from_u128((number ^ 2) << 80))),
        };
        numbers.map(line).collect()
    }

    fn append(path: &Path, text: &str) {
        let mut file = OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    /// A state of a file that is followed, with all that was asked for done.
    fn shown(path: &Path, arrangement: &Arrangement, filter: &Filter) -> State {
        let source = Source::open(&[path.to_owned()], &Default::default()).unwrap();
        let now = "2026-11-30".parse().unwrap();
        let mut state = State::new(source, Size::new(80, 24), now);
        let effects = state.begin(state.view().clone());
        state.settle(effects);
        let view = View {
            arrangement: arrangement.clone(),
            filter: filter.clone(),
            ..state.view().clone()
        };
        let effects = state.change(view);
        state.settle(effects);
        state
    }

    fn follow(state: &State) -> Receiver<Change> {
        let (tell, told) = mpsc::channel();
        state
            .source()
            .watch(true, move |change| tell.send(change).is_ok());
        told
    }

    /// Takes in what happens until the source has so many bytes.
    fn take_in(state: &mut State, changes: &Receiver<Change>, bytes: u64) {
        while state.extent.indexed != bytes || !state.extent.complete {
            let change = changes.recv().unwrap();
            let effects = state.grow(&change);
            state.settle(effects);
        }
    }

    fn rows(state: &State) -> Vec<usize> {
        let listing = state.listing();
        (0..listing.len())
            .filter_map(|place| listing.row(place))
            .collect()
    }

    /// A log that was just made.
    #[test]
    fn an_empty_file_is_followed_from_its_first_line_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.csv");
        fs::write(&path, "").unwrap();
        assert!(Source::open(std::slice::from_ref(&path), &Default::default()).is_err());
        let options = ulid_engine::dataset::OpenOptions {
            may_be_empty: true,
            ..Default::default()
        };
        let source = Source::open(std::slice::from_ref(&path), &options).unwrap();
        let mut state = State::new(source, Size::new(80, 24), "2026-11-30".parse().unwrap());
        let effects = state.begin(state.view().clone());
        state.settle(effects);
        assert_eq!(rows(&state).len(), 0);
        let changes = follow(&state);
        let id = codec::print(Ulid::from_u128(7 << 80));
        append(&path, &format!("id,name\n{id},a\n{id},b\n"));
        while state.source().columns().is_empty() || state.listing().len() != 2 {
            let effects = state.grow(&changes.recv().unwrap());
            state.settle(effects);
        }
        assert_eq!(state.source().columns(), ["id", "name"]);
    }

    /// A program that says hello, and a while later begins to write a table.
    #[test]
    fn a_young_source_is_taken_for_what_it_turns_out_to_be() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out");
        for is_decided in [false, true] {
            fs::write(&path, "Starting server on :8080\n").unwrap();
            let filter = match is_decided {
                true => Filter::Query("valid".to_owned()),
                false => Filter::All,
            };
            let mut state = shown(&path, &Arrangement::default(), &filter);
            let before = state.source().layout().to_string();
            let changes = follow(&state);
            let row = |number: u128| {
                format!("{},{number}\n", codec::print(Ulid::from_u128(number << 80)))
            };
            let rows: String = (1..40).map(row).collect();
            append(&path, &format!("id,name\n{rows}"));
            let bytes = fs::metadata(&path).unwrap().len();
            take_in(&mut state, &changes, bytes);
            if is_decided {
                assert_eq!(state.source().layout().to_string(), before);
                continue;
            }
            while state.source().columns().is_empty() {
                let effects = state.grow(&changes.recv().unwrap());
                state.settle(effects);
            }
            let effects = state.grow(&Change::Recognised);
            state.settle(effects);
            assert_eq!(state.source().columns(), ["id", "name"]);
            assert_eq!(state.listing().len(), 39);
            assert_eq!(state.findings().unwrap().summary.valid, 39);
            assert!(
                state
                    .message()
                    .unwrap()
                    .text
                    .contains("turned out to be csv")
            );
            let fresh = shown(&path, &Arrangement::default(), &Filter::All);
            assert_eq!(state.columns(), fresh.columns());
        }
    }

    #[test]
    fn what_is_appended_is_shown_as_if_it_had_been_there() {
        let folder = tempfile::tempdir().unwrap();
        let query = |text: &str| Filter::Query(text.to_owned());
        let by_time = Arrangement::By("time".into(), Direction::Descending);
        let backwards = Arrangement::ByPosition(Direction::Descending);
        let views = [
            (Arrangement::default(), query("valid")),
            (Arrangement::default(), query("not valid or next.ms < ms")),
            (backwards.clone(), query("not ordered or gap > 2")),
            (
                backwards,
                Filter::Times("1970-01-01".parse().unwrap()..=Timestamp::MAX),
            ),
            (Arrangement::default(), query("duplicate")),
            (Arrangement::default(), Filter::Flaw(Flaw::Duplicate)),
            (Arrangement::ById(Direction::Ascending), Filter::All),
            (
                Arrangement::ById(Direction::Descending),
                Filter::Flaw(Flaw::Invalid),
            ),
            (by_time, Filter::SharedRandomness(8)),
        ];
        for (at, (arrangement, filter)) in views.iter().enumerate() {
            let path = folder.path().join(format!("{at}.txt"));
            fs::write(&path, lines(0..20)).unwrap();
            let mut state = shown(&path, arrangement, filter);
            let changes = follow(&state);
            let more = lines(20..40);
            // a line that comes in two parts is another one when it is whole
            for part in [&more[..80], &more[80..200], &more[200..]] {
                append(&path, part);
                let bytes = fs::metadata(&path).unwrap().len();
                take_in(&mut state, &changes, bytes);
                let fresh = shown(&path, arrangement, filter);
                assert_eq!(rows(&state), rows(&fresh), "{arrangement}, {filter:?}");
                let figures = |state: &State| state.findings().unwrap().summary.clone();
                assert_eq!(figures(&state), figures(&fresh));
            }
        }
    }

    #[test]
    fn the_cursor_keeps_its_line_or_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.txt");
        fs::write(&path, lines(0..700)).unwrap();
        let filter = Filter::Query("valid".to_owned());
        for (place, expected) in [(0, 0), (300, 300), (599, 1199)] {
            fs::write(&path, lines(0..700)).unwrap();
            let mut state = shown(&path, &Arrangement::default(), &filter);
            state.go_to(place);
            let top = state.top;
            let changes = follow(&state);
            append(&path, &lines(700..1400));
            take_in(&mut state, &changes, fs::metadata(&path).unwrap().len());
            assert_eq!((state.cursor, state.listing().len()), (expected, 1200));
            assert_eq!(state.top - top, expected - place);
        }
    }

    #[test]
    fn of_a_file_that_was_cut_nothing_old_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ids.txt");
        fs::write(&path, lines(0..700)).unwrap();
        let marked = Filter::Marked((0..100).collect());
        for (filter, left) in [(Filter::Flaw(Flaw::Invalid), 10), (marked, 70)] {
            fs::write(&path, lines(0..700)).unwrap();
            let mut state = shown(&path, &Arrangement::default(), &filter);
            state.marks.insert(99);
            let effects = state.open_timeline();
            state.settle(effects);
            let changes = follow(&state);
            fs::write(&path, lines(0..70)).unwrap();
            take_in(&mut state, &changes, fs::metadata(&path).unwrap().len());
            assert_eq!((state.listing().len(), state.marks().len()), (left, 0));
            let summary = &state.findings().unwrap().summary;
            assert_eq!(summary.rows(), 70);
            let counts = state.timeline().unwrap().counts.clone().unwrap();
            let counted = counts.parts.iter().sum::<u64>() + counts.earlier + counts.later;
            // the timeline is of the rows shown
            let shows_invalid = matches!(filter, Filter::Flaw(_));
            let expected = if shows_invalid { 0 } else { summary.valid };
            assert_eq!(counted, expected);
        }
    }
}
