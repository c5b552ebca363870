//! The lines around the table: title, status, keys.

use std::time::Duration;

use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
    style::Modifier,
};
use ulid_engine::{
    dataset::{Extent, ReadError},
    progress::Progress,
};

use super::pen::{self, Pen};
use crate::{
    action::Action,
    jobs::{Kind, Running},
    state::{Filter, Mode, Prompt, Purpose, State, ValueList},
    text::{cut, from_column, grouped, harmless, width},
    theme::Theme,
};

pub(super) fn draw_title(state: &State, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let name = harmless(state.source().name().as_bytes());
    let extent = state.extent();
    let rows = grouped(extent.rows as u64);
    let mut pen = Pen::line(buffer, area, 0);
    pen.write("ulid-tui ", theme.title)
        .write(&name, theme.plain)
        .write(
            format!("  {rows} {}", plural(extent.rows, "row")),
            theme.plain,
        )
        .write(growth(extent), theme.warning)
        .skip(2);
    // what is shown is of more interest than what the file is, and stands there in part if need be
    let words = format!("  {}", view_in_words(state));
    if usize::from(pen::width(&words)) <= pen.room() {
        pen.write_right(&words, theme.faint)
            .write(state.source().layout().to_string(), theme.faint);
    } else {
        let room = pen.room();
        pen.write(cut(words.trim_start(), room), theme.faint);
    }
}

pub(super) fn draw_status(
    state: &State,
    running: Option<&Running>,
    theme: &Theme,
    area: Rect,
    buffer: &mut Buffer,
) {
    let (place, shown) = match state.mode() {
        Mode::Values(list) => (Some(list.selected), list.rows().len()),
        _ => (state.cursor(), state.listing().len()),
    };
    let place = match place {
        Some(place) => grouped((place + 1).min(shown) as u64),
        None => "last rows".to_owned(),
    };
    let place = format!(" {place} of {}", grouped(shown as u64));
    let mut pen = Pen::line(buffer, area, 0);
    pen.write_right(&place, theme.faint);
    if let Some(message) = state.message() {
        let (glyph, style) = if message.is_error {
            ("✗ ", theme.fault)
        } else {
            ("", theme.plain)
        };
        pen.write(glyph, style)
            .write(harmless(message.text.as_bytes()), style);
    } else if let Some(job) = running {
        let key = state.keymap().key_of(Action::Cancel);
        let words = describe(job, state.extent().rows, key.as_deref());
        pen.write(words, theme.warning);
    } else if let Some(words) = state.search_in_words() {
        pen.write(words, theme.plain);
    }
}

/// `by ID, invalid, 3 marked, Europe/Berlin`
fn view_in_words(state: &State) -> String {
    let view = state.view();
    let mut words = vec![harmless(view.arrangement.to_string().as_bytes())];
    match &view.filter {
        Filter::All => {}
        Filter::Flaw(flaw) => words.push(format!("only {}", flaw.entry().label)),
        Filter::Relation(relation) => {
            words.push(format!("only {}", crate::rows::words_for(*relation)))
        }
        Filter::Query(text) => words.push(format!("only {}", harmless(text.as_bytes()))),
        Filter::SharedRandomness(80) => words.push("only repeated randomness".to_owned()),
        Filter::SharedRandomness(bits) => {
            words.push(format!(
                "only randomness whose last {bits} bits are repeated"
            ));
        }
        Filter::Marked(_) => words.push("only marked".to_owned()),
        Filter::Rows(what, _) => words.push(format!("only {what}")),
        Filter::Times(times) => words.push(format!("only {} to {}", times.start(), times.end())),
    }
    if !state.marks().is_empty() {
        words.push(format!("{} marked", grouped(state.marks().len())));
    }
    words.join(", ")
}

/// The words while there are more rows to come.
fn growth(extent: &Extent) -> String {
    if extent.complete {
        String::new()
    } else if extent.indexed < extent.bytes {
        format!(" so far, {} %", extent.indexed * 100 / extent.bytes)
    } else {
        " so far".to_owned()
    }
}

pub(super) fn draw_error(error: &ReadError, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    Pen::line(buffer, area, 0)
        .write("✗ ", theme.fault)
        .write(harmless(error.to_string().as_bytes()), theme.fault);
}

/// `sorting 45 % of 20,000 rows, 3 s left; Ctrl-C ends it`, for a source of so many rows
fn describe(job: &Running, rows: usize, key: Option<&str>) -> String {
    let rows = match job.kind {
        Kind::Find => job.progress.total(),
        // each row is found and then written
        Kind::Export | Kind::Repairs => job.progress.total() / 2,
        // their progress is that through the bytes, perhaps more than once
        _ => rows as u64,
    };
    let how_far = how_far(&job.progress, rows, job.since.elapsed());
    let end = match key {
        Some("ctrl-c") => "; Ctrl-C ends it".to_owned(),
        Some(key) => format!("; {key} ends it"),
        None => String::new(),
    };
    format!("{}{how_far}{end}", job.title)
}

/// ` 45 % of 20,000 rows, 3 s left`; nothing where that is not known yet.
fn how_far(progress: &Progress, rows: u64, elapsed: Duration) -> String {
    let (done, total) = (progress.done(), progress.total());
    if done == 0 || total == 0 {
        return String::new();
    }
    let share = (done as f64 / total as f64).min(1.0);
    let mut text = format!(" {:.0} % of {} rows", share * 100.0, grouped(rows));
    let elapsed = elapsed.as_secs_f64();
    let left = elapsed / share - elapsed;
    if elapsed > 1.0 && left >= 1.0 {
        text += &format!(", {left:.0} s left");
    }
    text
}

/// The line being typed, and its cursor.
pub(super) fn draw_prompt(prompt: &Prompt, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buffer);
    buffer.set_style(area, theme.base);
    let mut pen = Pen::line(buffer, area, 0);
    pen.write(prompt.label(), theme.title);
    let room = pen.room().saturating_sub(1);
    let line = prompt.input.value();
    let upto = |characters: usize| -> usize {
        let text: String = line.chars().take(characters).collect();
        width(&text)
    };
    let before_cursor = upto(prompt.input.cursor());
    let scrolled = before_cursor.saturating_sub(room);
    let before_cursor = before_cursor - scrolled;
    let start = area.width - u16::try_from(pen.room()).unwrap_or(0);
    let at = pen.place();
    let style = match prompt.is_preset() {
        true => theme.faint,
        false => theme.plain,
    };
    pen.write(from_column(line, scrolled), style);
    if let Some(fault) = prompt.fault {
        let rest = line.chars().skip(fault);
        let word = rest
            .take_while(|next| next.is_alphanumeric() || *next == '_')
            .count();
        let (from, to) = (upto(fault), upto(fault + word.max(1)));
        if let Some(behind) = from.checked_sub(scrolled) {
            let underlined = theme.fault.add_modifier(Modifier::UNDERLINED);
            pen.restyle(at, behind, to.saturating_sub(from).max(1), underlined);
        }
    }
    let cursor = start.saturating_add(u16::try_from(before_cursor).unwrap_or(u16::MAX));
    if cursor < area.width {
        let cell = Rect::new(area.x + cursor, area.y, 1, 1);
        buffer.set_style(cell, theme.cursor);
    }
}

pub(super) fn draw_keys(state: &State, theme: &Theme, area: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::line(buffer, area, 0);
    for hint in hints(state, area) {
        pen.write(hint.key, theme.title)
            .write(" ", theme.plain)
            .write(hint.what, theme.faint)
            .skip(HINT_GAP);
    }
}

/// The action of a click on the key bar.
pub(super) fn action_at(state: &State, area: Rect, at: Position) -> Option<Action> {
    let mut end = area.x;
    let hint = hints(state, area).into_iter().find(|hint| {
        let start = end;
        end = start.saturating_add(hint.width());
        area.contains(at) && (start..end).contains(&at.x)
    })?;
    hint.action
}

/// A key and what it does.
struct Hint {
    key: String,
    what: String,
    action: Option<Action>,
}

const HINT_GAP: usize = 2;

impl Hint {
    fn new(key: &str, what: &str) -> Hint {
        Hint {
            key: key.to_owned(),
            what: what.to_owned(),
            action: None,
        }
    }

    /// With the gap behind it.
    fn width(&self) -> u16 {
        pen::width(&self.key) + 1 + pen::width(&self.what) + HINT_GAP as u16
    }
}

/// As many hints as fit.
fn hints(state: &State, area: Rect) -> Vec<Hint> {
    let mut hints = match state.mode() {
        Mode::Browse => browse_hints(state),
        Mode::Prompt(prompt) => prompt_hints(state, prompt),
        Mode::Values(list) => values_hints(state, list),
        Mode::Record(_) => record_hints(state),
        Mode::Heat(_) | Mode::Drift(_) => clocks_hints(state),
    };
    // a sentence that is too long is better than none
    if let Some(first) = hints.first_mut() {
        first.key = cut(&first.key, area.width.into()).into_owned();
    }
    let mut room = area.width;
    let fits = |hint: &Hint| {
        let fits = hint.width().saturating_sub(HINT_GAP as u16 + 1) <= room;
        room = room.saturating_sub(hint.width());
        fits
    };
    hints.into_iter().take_while(fits).collect()
}

fn browse_hints(state: &State) -> Vec<Hint> {
    let pick = state.picks().then_some(&(Action::Pick, "pick"));
    let all = pick.into_iter().chain(BROWSE_HINTS);
    hints_of(state, all.copied())
}

/// Hints of actions, of those that have a key.
fn hints_of<'w>(state: &State, actions: impl IntoIterator<Item = (Action, &'w str)>) -> Vec<Hint> {
    let hint = |(action, words): (Action, &str)| {
        let key = state.keymap().key_of(action)?;
        Some(Hint {
            action: Some(action),
            ..Hint::new(&key, words)
        })
    };
    actions.into_iter().filter_map(hint).collect()
}

fn record_hints(state: &State) -> Vec<Hint> {
    let hints = [
        (Action::Back, "back to the rows"),
        (Action::Down, "on"),
        (Action::ColumnsRight, "next row"),
        (Action::ColumnsLeft, "row before"),
        (Action::CopyRow, "copy the row"),
    ];
    hints_of(state, hints)
}

fn clocks_hints(state: &State) -> Vec<Hint> {
    let hints = [
        (Action::Pick, "only those rows"),
        (Action::Down, "down"),
        (Action::Up, "up"),
        (Action::Back, "back to the rows"),
    ];
    hints_of(state, hints)
}

fn values_hints(state: &State, list: &ValueList) -> Vec<Hint> {
    let order = list.next_order(false).words();
    let hints = [
        (Action::Pick, "only rows with it"),
        (Action::Exclude, "all but those"),
        (Action::SortById, order),
        (Action::Undo, "undo"),
        (Action::Back, "back to the rows"),
    ];
    hints_of(state, hints)
}

fn prompt_hints(state: &State, prompt: &Prompt) -> Vec<Hint> {
    let is_command = prompt.purpose == Purpose::Command;
    if let Some(notice) = &prompt.notice {
        return vec![
            Hint::new(&harmless(notice.as_bytes()), ""),
            Hint::new("esc", "close"),
        ];
    }
    let mut hints = vec![
        Hint::new("enter", if is_command { "run" } else { "take" }),
        Hint::new("esc", "close"),
    ];
    if prompt.has_history(state) {
        hints.push(Hint::new("up", "lines before"));
    }
    if is_command {
        hints.push(Hint::new("up down", "choose"));
        hints.push(Hint::new("1234 50% @2025-03-01 @-2h", "go to"));
    }
    if let Some(offer) = prompt.offer() {
        hints.push(Hint::new("tab", ""));
        let offered = offer.iter().map(|word| harmless(word.as_bytes()));
        hints.extend(offered.map(|word| Hint::new(&word, "")));
    } else if prompt.purpose == Purpose::Filter {
        hints.push(Hint::new("tab", "complete"));
    } else if prompt.purpose == Purpose::Export {
        hints.push(Hint::new("ctrl-t", "something else of the rows"));
        hints.push(Hint::new("tab", "complete"));
        let names = ".csv .tsv .jsonl .json .parquet .txt .log, .gz .zst";
        hints.push(Hint::new(names, ""));
    } else if prompt.purpose == Purpose::Find {
        hints.push(Hint::new("~", "before a regular expression"));
    } else if prompt.purpose == Purpose::Column {
        hints.push(Hint::new("tab", "complete"));
        let names = state.columns().all().iter();
        let names = names.map(|placed| harmless(placed.column.name().as_bytes()));
        hints.extend(names.map(|name| Hint::new(&name, "")));
    } else if matches!(
        prompt.purpose,
        Purpose::Sort | Purpose::Values | Purpose::Stack | Purpose::Drift
    ) {
        hints.push(Hint::new("tab", "complete"));
        let own = ["time", "random", "text"].map(str::to_owned);
        let names = state.source().columns().iter().chain(&own);
        hints.extend(names.map(|name| Hint::new(&harmless(name.as_bytes()), "")));
    }
    hints
}

/// The offers of the key bar, the most wanted first.
const BROWSE_HINTS: &[(Action, &str)] = &[
    (Action::Help, "help"),
    (Action::Quit, "quit"),
    (Action::SortById, "sort"),
    (Action::ShowInvalid, "invalid"),
    (Action::ShowAll, "all"),
    (Action::Find, "find"),
    (Action::Filter, "filter"),
    (Action::Values, "values"),
    (Action::Palette, "go to"),
    (Action::ToggleTimeline, "timeline"),
    (Action::Mark, "mark"),
    (Action::Copy, "copy"),
    (Action::Export, "export"),
    (Action::NextForm, "form"),
    (Action::ToggleZone, "zone"),
    (Action::ToggleInspector, "inspector"),
    (Action::Undo, "undo"),
];

/// `row` or `rows`.
pub(super) fn plural(count: usize, word: &str) -> String {
    if count == 1 {
        word.to_owned()
    } else {
        format!("{word}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_is_told_in_percent_rows_and_time() {
        let progress = Progress::new();
        let after = |seconds| how_far(&progress, 1234, Duration::from_secs(seconds));
        assert_eq!(after(2), "");
        progress.set_total(400);
        progress.advance(100).unwrap();
        assert_eq!(after(1), " 25 % of 1,234 rows");
        assert_eq!(after(2), " 25 % of 1,234 rows, 6 s left");
    }
}
