//! The lines that say what the whole source is like. The key before a figure shows its rows, and so does a click on it.

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Style,
};
use ulid_engine::{
    Timestamp,
    compare::{Comparison, Relation},
    row::{FLAWS, Flaw, FlawEntry},
    timestamp::InZone,
};

use super::pen::{self, Pen};
use crate::{
    action::Action,
    findings::{Findings, glyph},
    state::State,
    text::{duration, grouped},
    theme::Theme,
};

/// A figure, and what shows its rows.
struct Figure {
    /// Nothing where its rows are not shown by themselves.
    action: Option<Action>,
    text: String,
    style: Style,
}

/// The place of a figure.
struct Spot {
    figure: Figure,
    key: String,
    line: u16,
    x: u16,
}

const GAP: usize = 2;

impl Spot {
    fn width(&self) -> u16 {
        pen::width(&self.key) + pen::width(&self.figure.text)
    }
}

pub(super) fn draw(state: &State, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    if state.findings().is_none() && state.comparison().is_none() {
        let what = if state.extent().complete && state.source().compared().is_some() {
            "comparing the files"
        } else if state.extent().complete {
            "looking the file over"
        } else {
            "figures follow when all rows are known"
        };
        Pen::line(buffer, area, 0).write(what, theme.faint);
        return;
    }
    for spot in spots(state, theme, area) {
        let figure = &spot.figure;
        let style = if figure.action.is_some_and(|action| state.is_shown(action)) {
            figure.style.patch(theme.cursor)
        } else {
            figure.style
        };
        Pen::line(buffer, area, spot.line)
            .skip(spot.x.into())
            .write(&spot.key, theme.title)
            .write(&figure.text, style);
    }
}

/// The effect of a click.
pub(super) fn action_at(state: &State, area: Rect, at: Position) -> Option<Action> {
    let theme = Theme::monochrome();
    let spots = spots(state, &theme, area);
    let is_hit = |spot: &&Spot| {
        let x = area.x + spot.x;
        at.y == area.y + spot.line && (x..x + spot.width()).contains(&at.x)
    };
    spots.iter().find(is_hit)?.figure.action
}

/// The figures one behind the other, as many as the lines hold.
fn spots(state: &State, theme: &Theme, area: Rect) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    let (mut line, mut x) = (0, 0);
    let figures = match (state.comparison(), state.findings()) {
        (Some(comparison), _) => {
            of_comparison(comparison, state.source().compares_columns(), theme)
        }
        (None, Some(findings)) if state.source().compared().is_none() => {
            of_source(state, findings, theme, area)
        }
        _ => Vec::new(),
    };
    for figure in figures {
        let key = figure
            .action
            .and_then(|action| state.keymap().key_of(action));
        let key = key.map_or_else(String::new, |key| format!("{key} "));
        let mut spot = Spot {
            figure,
            key,
            line,
            x,
        };
        if x + spot.width() > area.width && line + 1 < area.height {
            (spot.line, spot.x) = (line + 1, 0);
        }
        // half of a number would be another number
        if spot.x > 0 && spot.x + spot.width() > area.width {
            break;
        }
        (line, x) = (spot.line, spot.x + spot.width() + GAP as u16);
        spots.push(spot);
    }
    spots
}

fn of_comparison(comparison: &Comparison, compares_columns: bool, theme: &Theme) -> Vec<Figure> {
    [
        (
            Action::ShowFirst,
            Relation::First,
            "- ",
            "only in the first",
        ),
        (
            Action::ShowSecond,
            Relation::Second,
            "+ ",
            "only in the second",
        ),
        (Action::ShowBoth, Relation::Both, "", "in both"),
        (Action::ShowChanged, Relation::Changed, "≠ ", "changed"),
        (Action::ShowMoved, Relation::Moved, "~ ", "in other order"),
    ]
    .into_iter()
    .filter(|(_, relation, ..)| compares_columns || *relation != Relation::Changed)
    .map(|(action, relation, glyph, words)| {
        let count = comparison.count(relation);
        let style = match (relation, count) {
            (_, 0) => theme.faint,
            (Relation::Both, _) => theme.good,
            _ => theme.warning,
        };
        Figure {
            action: Some(action),
            text: format!("{glyph}{} {words}", grouped(count)),
            style,
        }
    })
    .collect()
}

fn of_source(state: &State, findings: &Findings, theme: &Theme, area: Rect) -> Vec<Figure> {
    const ROOM_FOR_ALL: u16 = 130;
    const ROOM_FOR_WORDS: u16 = 90;
    let is_narrow = area.width < ROOM_FOR_ALL;
    let words = |text| {
        if area.width < ROOM_FOR_WORDS {
            ""
        } else {
            text
        }
    };
    let counted = |entry: &FlawEntry| {
        let count = findings.rows(entry.flaw).len();
        // that no ID is broken is the best news
        let is_shown = count > 0 || !is_narrow || entry.flaw == Flaw::Invalid;
        is_shown
            .then(|| of_flaw(entry.flaw, count, theme))
            .flatten()
    };
    let [flaws @ .., last] = &FLAWS;
    let mut figures: Vec<Figure> = flaws.iter().filter_map(counted).collect();
    let summary = &findings.summary;
    for (count, words) in [
        (summary.without, "without an ID"),
        (summary.further, "further IDs"),
        (summary.uuids_v7(), "UUIDv7"),
    ] {
        figures.extend((count > 0).then(|| Figure {
            action: None,
            text: format!("{} {words}", grouped(count)),
            style: theme.faint,
        }));
    }
    if let Some(step) = summary.worst_step_back.filter(|step| step.ms > 0) {
        figures.push(Figure {
            action: Some(Action::ShowStepBack),
            text: format!("{}{} back", words("up to "), duration(step.ms)),
            style: theme.warning,
        });
    }
    if let Some((earliest, latest)) = summary.smallest.zip(summary.largest) {
        let date = |id| Timestamp::of(id).in_zone(&state.view().zone).date();
        figures.push(Figure {
            action: Some(Action::ShowSpan),
            text: format!("{} to {}", date(earliest), date(latest)),
            style: theme.plain,
        });
    }
    let verdict = findings.verdict;
    let (sign, style) = if verdict.is_weak() {
        ("! ", theme.warning)
    } else {
        ("", theme.good)
    };
    figures.push(Figure {
        action: Some(Action::ShowVerdict),
        text: format!("{sign}{}{verdict}", words("randomness ")),
        style,
    });
    figures.extend(counted(last));
    figures
}

/// Figure of a flaw; `None` for overflows, which count among the invalid rows.
fn of_flaw(flaw: Flaw, count: u64, theme: &Theme) -> Option<Figure> {
    let (action, name) = match flaw {
        Flaw::Overflow => return None,
        Flaw::Invalid => (Action::ShowInvalid, "invalid"),
        Flaw::Duplicate => (Action::ShowDuplicates, "duplicate"),
        Flaw::OutOfOrder => (Action::ShowOutOfOrder, "out of order"),
        Flaw::Future => (Action::ShowFuture, "future"),
        Flaw::Gap if count == 1 => (Action::ShowGaps, "gap"),
        Flaw::Gap => (Action::ShowGaps, "gaps"),
        Flaw::SameMillisecond => (Action::ShowSameMillisecond, "same ms"),
    };
    Some(Figure {
        action: Some(action),
        text: format!("{} {} {name}", glyph(flaw), grouped(count)),
        style: match (flaw, count) {
            (Flaw::Invalid, 0) => theme.good,
            (_, 0) => theme.faint,
            (Flaw::Invalid, _) => theme.fault,
            (Flaw::SameMillisecond, _) => theme.plain,
            _ => theme.warning,
        },
    })
}
