//! The state of the browser, and how an action changes it. Nothing here touches a terminal.

mod clocks;
mod column_keys;
mod columns;
mod view;

mod browse;
mod brush;
mod change;
mod completion;
mod diff;
mod export;
mod figures;
mod growth;
mod mouse;
mod own;
mod palette;
mod pick;
mod place;
mod prompt;
mod read;
mod record;
mod search;
mod timeline;
mod values;
mod wrap;

pub(crate) use brush::Brush;
pub(crate) use clocks::{DRIFT_LABELS, DriftView, HeatView, day_in_words, drift_in_words};
pub(crate) use columns::{Column, Columns, GAP as COLUMN_GAP, Placed};
pub(crate) use mouse::{Pointer, Target};
pub(crate) use palette::{is_place, matching};
pub(crate) use prompt::{Prompt, Purpose};
pub(crate) use read::Page;
pub(crate) use record::{GAP as RECORD_GAP, Record, RecordView, Role};
pub(crate) use search::Searched;
pub(crate) use timeline::Timeline;
pub(crate) use values::{ValueList, ValueOrder};
pub(crate) use view::{Filter, View, zone_name};

use std::sync::Arc;

use ratatui::layout::Size;
use ulid_engine::{
    RowSet, Timestamp,
    compare::{Comparison, Relation},
    dataset::Extent,
    row::Spelling,
    timestamp::TimeZone,
};

use crate::{
    action::Action,
    findings::Findings,
    jobs::{Arranged, Finished, Kind, Outcome, Task},
    keymap::Keymap,
    layout::{Inspector, Layout, WIDE},
    memory::Memory,
    rows::{Arrangement, Listing, Repairs, Source},
};
use change::{Past, Pending};

/// The state of the browser.
#[derive(Debug, Clone)]
pub(crate) struct State {
    source: Source,
    extent: Extent,
    findings: Option<Arc<Findings>>,
    /// Bytes of the source that they are of.
    audited: u64,
    comparison: Option<Arc<Comparison>>,
    /// Bytes of the source that it is of.
    compared: u64,
    /// The rows that are shown when the files have been compared.
    relation: Option<Relation>,
    view: View,
    listing: Listing,
    /// The outcome of the job that it came from, if it did.
    arranged: Option<Arranged>,
    /// The view that a running job makes the rows of.
    pending: Option<Pending>,
    /// The views and marks before these.
    done: Vec<Past>,
    /// The views and marks that were taken back.
    undone: Vec<Past>,
    marks: RowSet,
    /// Place of the cursor in the listing.
    cursor: usize,
    /// Place of the first visible row in the listing.
    top: usize,
    /// How far the cursor is from the last row, while the index has not come there yet.
    from_end: Option<usize>,
    columns: Columns,
    /// True if values that are wider than their column go on below.
    wraps: bool,
    mode: Mode,
    searched: Option<Searched>,
    /// The text or the time that a search is under way for.
    sought: String,
    inspector: Inspector,
    /// A row of which not the first part stands in the inspector, and how often that was turned.
    turned: Option<(usize, usize)>,
    timeline: Option<Timeline>,
    /// True if the timeline is to be opened once the source has been looked over.
    wants_timeline: bool,
    size: Size,
    now: Timestamp,
    keymap: Keymap,
    picks: bool,
    memory: Memory,
    /// Repairs of the rows that are about to be exported.
    repairs: Option<Arc<Repairs>>,
    message: Option<Message>,
}

/// The place in which the keys work.
#[derive(Debug, Clone)]
pub(crate) enum Mode {
    /// The table.
    Browse,
    /// A line that is typed.
    Prompt(Box<Prompt>),
    /// The values of an expression.
    Values(ValueList),
    /// The whole of a row.
    Record(RecordView),
    /// IDs by day and hour.
    Heat(HeatView),
    /// Another time of rows beside that of their IDs.
    Drift(DriftView),
}

/// A sentence for the user, until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    /// Its text.
    pub text: String,
    /// True if it is about something that went wrong.
    pub is_error: bool,
}

/// A request of the state to the outside.
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Start a job.
    Start(Task),
    /// Do a job again in the background, for there is more now.
    Renew(Task),
    /// End the job of a kind.
    Cancel(Kind),
    /// End every running job; where none runs, leave.
    CancelOrQuit,
    /// Take note of the mouse, or leave it to the terminal again.
    ToggleMouse,
    /// Put a text into the clipboard, and tell the user what it was.
    Copy(String, String),
    /// Leave, and print the rows that are picked.
    Pick,
    /// Leave.
    Quit,
    /// Stop until the shell continues us.
    Suspend,
    /// Draw everything anew.
    Redraw,
}

impl State {
    /// The first view of a source: the order of the file, the cursor on the first row.
    #[must_use]
    pub(crate) fn new(source: Source, size: Size, now: Timestamp) -> State {
        let extent = source.extent();
        // rows come first; all of the inspector where it takes none of their lines, nor the room of columns
        let inspector = match source.columns().is_empty() && size.width >= WIDE {
            true => Inspector::Whole,
            false => Inspector::Strip,
        };
        State {
            columns: Columns::of(&source),
            listing: Listing::whole(extent.rows, &Arrangement::default()),
            source,
            extent,
            findings: None,
            audited: 0,
            comparison: None,
            compared: 0,
            relation: None,
            view: View {
                arrangement: Arrangement::default(),
                filter: Filter::All,
                form: Spelling::Ulid,
                zone: TimeZone::UTC,
            },
            arranged: None,
            pending: None,
            undone: Vec::new(),
            done: Vec::new(),
            marks: RowSet::new(),
            cursor: 0,
            top: 0,
            from_end: None,
            wraps: false,
            mode: Mode::Browse,
            searched: None,
            sought: String::new(),
            inspector,
            turned: None,
            timeline: None,
            wants_timeline: false,
            size,
            now,
            keymap: Keymap::default(),
            picks: false,
            memory: Memory::default(),
            repairs: None,
            message: None,
        }
    }

    /// Other keys than those of the registry.
    pub(crate) fn set_keymap(&mut self, keymap: Keymap) {
        self.keymap = keymap;
    }

    /// Takes in the memory of other sessions: the columns stand as they did then.
    pub(crate) fn set_memory(&mut self, memory: Memory) {
        if let Some(columns) = memory.columns(self.source.columns()) {
            self.arrange_columns(columns);
        }
        self.memory = memory;
    }

    /// Memory for other sessions.
    #[must_use]
    pub(crate) fn memory(&self) -> Memory {
        let mut memory = self.memory.clone();
        if let Some(columns) = self.columns.arrangement() {
            memory.keep_columns(self.source.columns(), columns);
        }
        memory
    }

    /// True if somebody waits for rows to be picked.
    pub(crate) fn set_picking(&mut self, picks: bool) {
        self.picks = picks;
    }

    /// The first requests: show the view asked for, and look the source over once it is complete.
    pub(crate) fn begin(&mut self, view: View) -> Vec<Effect> {
        self.view.form = view.form;
        self.view.zone = view.zone.clone();
        self.renew_own_columns();
        let mut effects = self.change(view);
        effects.extend(self.audit());
        effects.extend(self.compare());
        if self.source.is_sample() {
            self.say("this is the built-in sample; ulid-tui FILE opens a file, ? lists the keys");
        }
        if let Some(hint) = self.source.layout().hint.clone() {
            self.warn(hint);
        }
        effects
    }

    /// Does what a key asks for.
    pub(crate) fn apply(&mut self, action: Action) -> Vec<Effect> {
        self.message = None;
        let mut effects = match &mut self.mode {
            Mode::Browse => self.browse(action),
            Mode::Prompt(_) => self.prompted(action),
            Mode::Values(_) => self.values_action(action),
            Mode::Record(_) => self.record_action(action),
            Mode::Heat(_) | Mode::Drift(_) => self.clocks_action(action),
        };
        effects.extend(self.recounts());
        self.keep_in_view();
        self.keep_layout();
        effects
    }

    /// Takes what a job brought back.
    pub(crate) fn finish(&mut self, kind: Kind, finished: Finished) -> Vec<Effect> {
        match finished {
            Ok(Outcome::Arranged(arranged)) => {
                let mut effects = self.take_rows(arranged);
                effects.extend(self.recounts());
                return effects;
            }
            Ok(Outcome::Tallied(tally)) => return self.take_tally(tally).into_iter().collect(),
            Ok(Outcome::Closer { of, tally }) => self.take_closer(&of, tally),
            Ok(Outcome::Found(Some(place))) => {
                self.go_to(place);
                self.show_hit();
                return self.recount_hits().into_iter().collect();
            }
            Ok(Outcome::Found(None)) => self.warn(format!("{} is not there", self.sought)),
            Ok(Outcome::Hits(hits)) => self.take_hits(hits),
            Ok(Outcome::Audited(findings, of)) => return self.take_findings(findings, &of),
            Ok(Outcome::Compared(comparison, of)) => return self.take_comparison(comparison, &of),
            Ok(Outcome::Counted(counts)) => {
                if let Some(timeline) = &mut self.timeline {
                    timeline.counts = Some(counts);
                }
            }
            Ok(Outcome::Exported(exported)) => self.say(exported.written.to_string()),
            Ok(Outcome::Heated(heat)) => self.take_heat(heat),
            Ok(Outcome::Drifted(drift)) => self.take_drift(drift),
            Ok(Outcome::Bounds(times, rows)) => return self.copy_bounds_of(times, rows),
            Ok(Outcome::Repairs(repairs)) => self.repairs = Some(repairs),
            Err(error) if error.is_cancelled() => {}
            Err(error) => {
                if kind == Kind::Arrange {
                    self.pending = None;
                }
                self.warn(error.to_string());
            }
        }
        Vec::new()
    }

    /// The terminal has a new size.
    pub(crate) fn resize(&mut self, size: Size) -> Vec<Effect> {
        let is_wider = size.width != self.size.width;
        self.size = size;
        self.keep_in_view();
        if is_wider { self.count() } else { Vec::new() }
    }

    /// The clock moved on; ages are counted from here.
    pub(crate) fn set_now(&mut self, now: Timestamp) {
        const MINUTE: u64 = 60_000;
        let is_later = now.ms() / MINUTE != self.now.ms() / MINUTE;
        self.now = now;
        if is_later {
            self.renew_own_columns();
        }
    }

    /// Tells the user something, until the next key.
    pub(crate) fn say(&mut self, text: impl Into<String>) {
        self.message = Some(Message {
            text: text.into(),
            is_error: false,
        });
    }

    /// Tells the user that something went wrong, until the next key.
    pub(crate) fn warn(&mut self, text: impl Into<String>) {
        self.message = Some(Message {
            text: text.into(),
            is_error: true,
        });
    }

    /// Counts that are made again if other rows are shown.
    fn recounts(&mut self) -> impl Iterator<Item = Effect> + use<> {
        let counted = [self.recount_values(false), self.recount_hits()];
        counted.into_iter().flatten()
    }

    /// Rows of the table that fit the screen, at least one.
    fn page(&self) -> isize {
        let rows = Layout::of(
            self.size,
            self.inspector(),
            self.timeline.is_some(),
            self.has_kinds(),
        )
        .rows
        .height;
        isize::try_from(rows.max(1)).unwrap_or(1)
    }

    fn keep_in_view(&mut self) {
        let last = self.listing.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        let lowest = self.first_of_page_to(self.cursor);
        self.top = self.top.clamp(lowest, self.cursor);
        // the page is full where there are rows enough
        if self.top + self.page().unsigned_abs() > last {
            self.top = self.top.min(self.first_of_page_to(last));
        }
    }
}

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod tests;
