//! Lines that are typed: what to find, where to go, which command.

use std::path::PathBuf;

use tui_input::{Input, InputRequest};
use ulid_engine::{query::QueryError, sort::Direction};

use super::{
    Arrangement, Effect, Mode, State,
    completion::Completion,
    palette::{self, matching},
    place::Place,
    zone_name,
};
use crate::{action::Action, cli, export::Export, jobs::Task};

/// A line being typed.
#[derive(Debug, Clone)]
pub struct Prompt {
    /// What for.
    pub purpose: Purpose,
    /// The line.
    pub input: Input,
    /// Which of the commands that match is selected.
    pub selected: usize,
    /// A sentence about the line.
    pub notice: Option<String>,
    /// The words that Tab writes, one after another.
    completion: Option<Completion>,
}

/// Characters of a line at most. Whatever is longer is no line that a person typed.
const LONGEST: usize = 16_384;
/// The sentence of a line that takes no more.
const FULL: &str = "a line takes 16,384 characters; the rest is left out";

/// What a line is typed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A command, or a place to go to.
    Command,
    /// A text to be found.
    Find,
    /// A condition that rows meet.
    Filter,
    /// What rows are ordered by.
    Sort,
    /// An expression whose values are listed.
    Values,
    /// A file to export to.
    Export,
    /// A time zone.
    Zone,
}

impl Purpose {
    /// What stands before the line.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Purpose::Command => ":",
            Purpose::Find => "find: ",
            Purpose::Filter => "only rows where: ",
            Purpose::Sort => "sort by: ",
            Purpose::Values => "values of: ",
            Purpose::Export => "export to (.csv .tsv .jsonl .json .parquet .txt .log, .gz .zst): ",
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
            notice: None,
            completion: None,
        }
    }

    /// The words that the line can go on with, where Tab has been pressed.
    #[must_use]
    pub fn offer(&self) -> Option<&[String]> {
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
        self.completion = None;
    }
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
                prompt.input.handle(request);
                prompt.selected = 0;
                prompt.notice = None;
                prompt.completion = None;
            }
            Action::Complete => self.complete(),
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
    pub fn paste(&mut self, text: &str) -> Vec<Effect> {
        if !matches!(self.mode, Mode::Prompt(_)) && !text.trim().is_empty() {
            self.mode = Mode::Prompt(Prompt::new(Purpose::Find));
        }
        if let Mode::Prompt(prompt) = &mut self.mode {
            prompt.insert(match prompt.purpose {
                Purpose::Find => text.trim(),
                _ => text,
            });
        }
        Vec::new()
    }

    /// Writes the next word that the condition or expression can go on with.
    fn complete(&mut self) {
        let Mode::Prompt(prompt) = &mut self.mode else {
            return;
        };
        if !matches!(
            prompt.purpose,
            Purpose::Filter | Purpose::Sort | Purpose::Values
        ) {
            return;
        }
        if prompt.completion.is_none() {
            let (line, cursor) = (prompt.input.value(), prompt.input.cursor());
            let words = |line: &str, at| self.source.complete(line, at, self.now, &self.view.zone);
            prompt.completion = Completion::of(line, cursor, words);
        }
        if let Some(completion) = &mut prompt.completion {
            prompt.input = completion.next();
        }
    }

    fn accept(&mut self) -> Vec<Effect> {
        let Mode::Prompt(prompt) = std::mem::replace(&mut self.mode, Mode::Browse) else {
            return Vec::new();
        };
        let text = prompt.input.value().trim().to_owned();
        if let Some(error) = self.slip(prompt.purpose, &text) {
            // the line stays to be mended, the cursor where it goes wrong
            let cursor = error.column.saturating_sub(1);
            let input = Input::new(text).with_cursor(cursor);
            self.mode = Mode::Prompt(Prompt {
                notice: Some(error.to_string()),
                input,
                completion: None,
                ..prompt
            });
            return Vec::new();
        }
        match prompt.purpose {
            Purpose::Command => self.run_command(&text, prompt.selected),
            purpose => self.enter(purpose, text),
        }
    }

    /// Fault of a condition or an expression that is typed; `None` for a sound one.
    fn slip(&self, purpose: Purpose, text: &str) -> Option<QueryError> {
        let zone = &self.view.zone;
        match purpose {
            _ if text.is_empty() => None,
            Purpose::Filter => self.source.query(text, self.now, zone).err(),
            Purpose::Sort => {
                let arrangement = Arrangement::named(text, Direction::Ascending);
                self.source.order(&arrangement, self.now, zone).err()
            }
            Purpose::Values => self.source.tallying(text, self.now, zone).err(),
            Purpose::Command | Purpose::Find | Purpose::Export | Purpose::Zone => None,
        }
    }

    /// Does what a line was typed for.
    fn enter(&mut self, purpose: Purpose, text: String) -> Vec<Effect> {
        match purpose {
            _ if text.is_empty() => Vec::new(),
            Purpose::Command => self.run_command(&text, 0),
            Purpose::Find => {
                self.searched = text;
                self.find_again(false)
            }
            Purpose::Filter => self.filter(text),
            Purpose::Sort => self.sort_by(&text),
            Purpose::Values => self.list_values(text),
            Purpose::Export => vec![Effect::Start(Task::Export(self.export_to(text.into())))],
            Purpose::Zone => match cli::zone(&text) {
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

    /// The rows shown, or of them the marked ones where some are marked. `~` is the home of the user.
    fn export_to(&self, path: PathBuf) -> Export {
        let path = match path.strip_prefix("~") {
            Ok(rest) => etcetera::home_dir().map_or(path.clone(), |home| home.join(rest)),
            Err(_) => path,
        };
        Export {
            listing: if self.marks.is_empty() {
                self.listing.clone()
            } else {
                self.listing.among(&self.marks)
            },
            path,
            form: self.view.form,
            zone: self.view.zone.clone(),
        }
    }
}
