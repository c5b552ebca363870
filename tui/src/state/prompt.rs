//! Lines that are typed: what to find, where to go, which command.

use std::borrow::Cow;

use tui_input::{Input, InputRequest};
use ulid_engine::{query::QueryError, sort::Direction};

use super::{
    Effect, Mode, State,
    completion::Completion,
    palette::{self, matching},
    place::Place,
    search::fault_of,
    zone_name,
};
use crate::{
    action::Action,
    export::Take,
    rows::{Arrangement, Beside, Pattern},
    text::harmless,
};

/// A line being typed.
#[derive(Debug, Clone)]
pub(crate) struct Prompt {
    /// Its purpose.
    pub purpose: Purpose,
    /// The line.
    pub input: Input,
    /// Which of the commands that match is selected.
    pub selected: usize,
    /// The column that a text is looked for in.
    pub column: Option<String>,
    /// Part of the rows that is exported.
    pub take: Take,
    /// A sentence about the line.
    pub notice: Option<String>,
    /// The character at which it goes wrong.
    pub fault: Option<usize>,
    /// The words that Tab writes, one after another.
    completion: Option<Completion>,
    /// True while the line is one that was not typed: the first letter takes its place.
    is_preset: bool,
    /// How many lines back in the history the line is, and the line that was typed before.
    back: usize,
    typed: String,
}

/// Characters of a line at most. Whatever is longer is no line that a person typed.
const LONGEST: usize = 16_384;
/// The sentence of a line that takes no more.
const FULL: &str = "a line takes 16,384 characters; the rest is left out";

/// The purpose of a line that is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A command, or a place to go to.
    Command,
    /// A text to be found.
    Find,
    /// The name of a column to go to.
    Column,
    /// A condition that rows meet.
    Filter,
    /// The order of rows.
    Sort,
    /// An expression whose values are listed.
    Values,
    /// Expression that tells the bars of the timeline apart.
    Stack,
    /// A time that is put beside that of the IDs.
    Drift,
    /// A file to export to.
    Export,
    /// A time zone.
    Zone,
}

impl Purpose {
    /// The name under which the lines of such prompts are kept.
    #[must_use]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Purpose::Command => "command",
            Purpose::Find => "find",
            Purpose::Column => "column",
            Purpose::Filter => "filter",
            Purpose::Sort => "sort",
            Purpose::Values => "values",
            Purpose::Stack => "stack",
            Purpose::Drift => "drift",
            Purpose::Export => "export",
            Purpose::Zone => "zone",
        }
    }

    /// Words before the line.
    #[must_use]
    pub(crate) fn label(self) -> &'static str {
        match self {
            Purpose::Command => ":",
            Purpose::Find => "find: ",
            Purpose::Column => "go to the column, or make one, as in late = gap > 1h: ",
            Purpose::Filter => "only rows where: ",
            Purpose::Sort => "sort by: ",
            Purpose::Values => "values of: ",
            Purpose::Stack => "tell bars apart by: ",
            Purpose::Drift => "a time beside that of the ID: ",
            Purpose::Export => "export to: ",
            Purpose::Zone => "time zone (UTC, local, Europe/Berlin): ",
        }
    }
}

impl Prompt {
    pub(super) fn new(purpose: Purpose) -> Prompt {
        Prompt {
            purpose,
            input: Input::default(),
            selected: 0,
            column: None,
            take: Take::Decoded,
            notice: None,
            fault: None,
            completion: None,
            is_preset: false,
            back: 0,
            typed: String::new(),
        }
    }

    /// Words before the line.
    #[must_use]
    pub(crate) fn label(&self) -> Cow<'static, str> {
        match (&self.column, self.purpose) {
            (Some(column), Purpose::Find) => {
                format!("find in {}: ", harmless(column.as_bytes())).into()
            }
            (_, Purpose::Export) => format!("export rows, {}, to: ", self.take.words()).into(),
            (_, purpose) => purpose.label().into(),
        }
    }

    /// True if lines that were typed before can be had by Up.
    #[must_use]
    pub(crate) fn has_history(&self, state: &State) -> bool {
        self.purpose != Purpose::Command && !state.memory.lines(self.purpose.name()).is_empty()
    }

    /// True while the line is one that was not typed.
    #[must_use]
    pub(crate) fn is_preset(&self) -> bool {
        self.is_preset && !self.input.value().is_empty()
    }

    /// Begins with a text, the cursor behind it. The first letter typed takes its place.
    pub(super) fn preset(&mut self, text: String) {
        self.input = Input::new(text);
        self.is_preset = true;
    }

    /// The words that the line can go on with, where Tab has been pressed.
    #[must_use]
    pub(crate) fn offer(&self) -> Option<&[String]> {
        self.completion
            .as_ref()
            .map(|completion| completion.words.as_slice())
    }
}

impl Prompt {
    /// Puts text in at the cursor, as one line, as far as there is room. What became of it is noted where that is not all.
    fn insert(&mut self, text: &str) {
        let line: Vec<char> = text
            .trim_end_matches(['\r', '\n'])
            .replace("\r\n", "\n")
            .chars()
            .map(|character| {
                if character.is_control() {
                    ' '
                } else {
                    character
                }
            })
            .collect();
        if std::mem::take(&mut self.is_preset) {
            self.input = Input::default();
        }
        let before = self.input.value().chars();
        let room = LONGEST.saturating_sub(before.clone().count());
        let kept = &line[..line.len().min(room)];
        let cursor = self.input.cursor();
        let value: String = before
            .clone()
            .take(cursor)
            .chain(kept.iter().copied())
            .chain(before.skip(cursor))
            .collect();
        self.input = Input::new(value).with_cursor(cursor + kept.len());
        self.notice = (kept.len() < line.len()).then(|| FULL.to_owned());
        self.selected = 0;
        self.fault = None;
        self.completion = None;
    }
}

/// Mistake in a line.
struct Slip {
    sentence: String,
    /// The character at which it goes wrong, where that can be told.
    column: Option<usize>,
}

impl State {
    pub(super) fn prompted(&mut self, action: Action) -> Vec<Effect> {
        let page = self.page().unsigned_abs();
        let Mode::Prompt(prompt) = &mut self.mode else {
            return Vec::new();
        };
        match action {
            Action::Edit(InputRequest::InsertChar(character)) => {
                prompt.insert(character.encode_utf8(&mut [0; 4]));
            }
            Action::Edit(request) => {
                prompt.is_preset = false;
                prompt.input.handle(request);
                prompt.selected = 0;
                prompt.notice = None;
                prompt.fault = None;
                prompt.completion = None;
            }
            Action::Complete => self.complete(),
            Action::NextTake => return self.next_take(),
            Action::Up if prompt.purpose != Purpose::Command || prompt.selected == 0 => {
                self.recall(true);
            }
            Action::Down if prompt.purpose != Purpose::Command || prompt.back > 0 => {
                self.recall(false);
            }
            Action::Down => prompt.selected += 1,
            Action::Up => prompt.selected = prompt.selected.saturating_sub(1),
            Action::PageDown => prompt.selected += page,
            Action::PageUp => prompt.selected = prompt.selected.saturating_sub(page),
            Action::Accept => return self.accept(),
            Action::Suspend => return vec![Effect::Suspend],
            Action::Redraw => return vec![Effect::Redraw],
            _ => self.mode = Mode::Browse,
        }
        if let Mode::Prompt(prompt) = &mut self.mode
            && prompt.purpose == Purpose::Command
        {
            let found = matching(prompt.input.value(), &self.keymap);
            prompt.selected = prompt.selected.min(found.len().saturating_sub(1));
        }
        Vec::new()
    }

    /// Takes text that the terminal pastes: into the line that is typed, or into one that looks for it. A pasted line end
    /// runs nothing, and a pasted letter is no key.
    pub(crate) fn paste(&mut self, text: &str) -> Vec<Effect> {
        if !matches!(self.mode, Mode::Prompt(_)) && !text.trim().is_empty() {
            self.mode = Mode::Prompt(Box::new(Prompt::new(Purpose::Find)));
        }
        if let Mode::Prompt(prompt) = &mut self.mode {
            prompt.insert(match prompt.purpose {
                Purpose::Find => text.trim(),
                _ => text,
            });
        }
        Vec::new()
    }

    /// The line typed before this one, or after it.
    fn recall(&mut self, before: bool) {
        let Mode::Prompt(prompt) = &mut self.mode else {
            return;
        };
        let lines = self.memory.lines(prompt.purpose.name());
        let back = match before {
            true => (prompt.back + 1).min(lines.len()),
            false => prompt.back.saturating_sub(1),
        };
        if back == prompt.back {
            prompt.notice = before.then(|| "no line before this one is kept".to_owned());
            return;
        }
        if prompt.back == 0 {
            prompt.typed = prompt.input.value().to_owned();
        }
        let line = match lines.len().checked_sub(back) {
            Some(at) if back > 0 => lines.get(at).cloned().unwrap_or_default(),
            _ => std::mem::take(&mut prompt.typed),
        };
        prompt.back = back;
        prompt.input = Input::new(line);
        prompt.notice = None;
        prompt.fault = None;
        prompt.completion = None;
        prompt.is_preset = false;
    }

    /// Writes the next word that the condition or expression can go on with.
    fn complete(&mut self) {
        let Mode::Prompt(prompt) = &mut self.mode else {
            return;
        };
        prompt.is_preset = false;
        if prompt.completion.is_none() {
            let (line, cursor) = (prompt.input.value().to_owned(), prompt.input.cursor());
            let words = |line: &str, at| self.source.complete(line, at, self.now, &self.view.zone);
            let completion = match prompt.purpose {
                Purpose::Filter
                | Purpose::Sort
                | Purpose::Values
                | Purpose::Stack
                | Purpose::Drift => {
                    Completion::of_values(&line, cursor, |name| self.values_of(name))
                        .or_else(|| Completion::of(&line, cursor, words))
                }
                Purpose::Column => Completion::among(&line, self.column_names())
                    .or_else(|| Completion::of(&without_name(&line), cursor, words))
                    .map(|completion| completion.beginning_with(&line)),
                Purpose::Export => Completion::of_path(&line),
                Purpose::Command | Purpose::Find | Purpose::Zone => None,
            };
            if let Mode::Prompt(prompt) = &mut self.mode {
                prompt.completion = completion;
            }
        }
        let Mode::Prompt(prompt) = &mut self.mode else {
            return;
        };
        if let Some(completion) = &mut prompt.completion {
            prompt.input = completion.next();
        }
    }

    fn accept(&mut self) -> Vec<Effect> {
        let Mode::Prompt(prompt) = std::mem::replace(&mut self.mode, Mode::Browse) else {
            return Vec::new();
        };
        let text = prompt.input.value().trim().to_owned();
        // also one that goes wrong, which may be mended another time
        self.memory.keep_line(prompt.purpose.name(), &text);
        if let Some(slip) = self.slip(&prompt, &text) {
            // the line stays to be mended, the cursor where it goes wrong
            let cursor = slip.column.unwrap_or_else(|| text.chars().count());
            let input = Input::new(text).with_cursor(cursor);
            self.mode = Mode::Prompt(Box::new(Prompt {
                notice: Some(slip.sentence),
                fault: slip.column,
                input,
                completion: None,
                is_preset: false,
                ..*prompt
            }));
            return Vec::new();
        }
        match prompt.purpose {
            Purpose::Command => self.run_command(&text, prompt.selected),
            Purpose::Find if !text.is_empty() => self.search_for(&text, prompt.column),
            Purpose::Export if !text.is_empty() => self.export(&text, prompt.take),
            purpose => self.enter(purpose, text),
        }
    }

    /// Fault of a condition, an expression or a text that is typed; `None` for a sound one.
    fn slip(&self, prompt: &Prompt, text: &str) -> Option<Slip> {
        if prompt.purpose == Purpose::Find {
            let sentence = fault_of(&Pattern::typed(text, None))?;
            return Some(Slip {
                sentence,
                column: None,
            });
        }
        let error = self.query_slip(prompt.purpose, text)?;
        Some(Slip {
            column: Some(error.column.saturating_sub(1)),
            sentence: error.to_string(),
        })
    }

    fn query_slip(&self, purpose: Purpose, text: &str) -> Option<QueryError> {
        let zone = &self.view.zone;
        match purpose {
            _ if text.is_empty() => None,
            Purpose::Filter => self.source.query(text, self.now, zone).err(),
            Purpose::Sort => {
                let arrangement = Arrangement::named(text, Direction::Ascending);
                self.source.order(&arrangement, self.now, zone).err()
            }
            Purpose::Values | Purpose::Stack => self.source.tallying(text, self.now, zone).err(),
            Purpose::Drift => {
                let time = format!("time({text})");
                self.source.tallying(&time, self.now, zone).err()
            }
            Purpose::Column if self.makes_column(text) => {
                self.source.list(text, self.now, zone).err()
            }
            Purpose::Command
            | Purpose::Find
            | Purpose::Column
            | Purpose::Export
            | Purpose::Zone => None,
        }
    }

    /// Does what a line was typed for.
    fn enter(&mut self, purpose: Purpose, text: String) -> Vec<Effect> {
        match purpose {
            _ if text.is_empty() => Vec::new(),
            Purpose::Command => self.run_command(&text, 0),
            Purpose::Find => match fault_of(&Pattern::typed(&text, None)) {
                Some(sentence) => {
                    self.warn(sentence);
                    Vec::new()
                }
                None => self.search_for(&text, None),
            },
            Purpose::Column => {
                self.go_to_column(&text);
                Vec::new()
            }
            Purpose::Filter => self.filter(text),
            Purpose::Sort => self.sort_by(&text),
            Purpose::Values => self.list_values(text),
            Purpose::Stack => self.stack_by(text),
            Purpose::Drift => self.show_drift(Beside::Expression(text)),
            Purpose::Export => self.export(&text, Take::Decoded),
            Purpose::Zone => match ulid_engine::timestamp::zone(&text) {
                Ok(zone) => {
                    let mut view = self.wanted().clone();
                    self.say(format!("times are those of {}", zone_name(&zone)));
                    view.zone = zone;
                    self.change(view)
                }
                Err(error) => {
                    self.warn(error.to_string());
                    Vec::new()
                }
            },
        }
    }

    fn run_command(&mut self, text: &str, selected: usize) -> Vec<Effect> {
        match Place::parse(text, self.now, &self.view.zone) {
            Some(Ok(place)) => self.go(place),
            Some(Err(error)) => {
                self.warn(error.to_string());
                Vec::new()
            }
            None => self.run_named(text, selected),
        }
    }

    fn run_named(&mut self, text: &str, selected: usize) -> Vec<Effect> {
        match palette::with_argument(text, &self.keymap) {
            Some((_, purpose, argument)) => self.enter(purpose, argument.to_owned()),
            None => match matching(text, &self.keymap).get(selected) {
                Some(entry) => self.browse(entry.action),
                None => {
                    self.warn(format!("{text:?} is no command"));
                    Vec::new()
                }
            },
        }
    }
}

/// A line of which the name before `=` is blank, so that an expression stands in it at the same place.
fn without_name(line: &str) -> String {
    let name = line
        .match_indices('=')
        .find(|&(at, _)| {
            let beside = |at: Option<usize>| at.and_then(|at| line.as_bytes().get(at));
            let before = beside(at.checked_sub(1));
            beside(Some(at + 1)) != Some(&b'=')
                && !matches!(before, Some(b'=' | b'<' | b'>' | b'!'))
        })
        .map_or(0, |(at, _)| at + 1);
    let (name, expression) = line.split_at(name);
    format!("{}{expression}", " ".repeat(name.len()))
}
