//! The event loop.
//!
//! It sleeps until something happens, takes in all that has happened, and draws once, at most every 8 ms and in one
//! synchronized update. Only while a job runs does it wake on its own, to show the progress.

use std::{
    path::Path,
    process::ExitCode,
    time::{Duration, Instant},
};

use anyhow::Context;
use crossbeam_channel::{Receiver, RecvTimeoutError};
use crossterm::{
    clipboard::CopyToClipboard,
    event::Event as TerminalEvent,
    execute, queue,
    terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
};
use ratatui::layout::{Position, Rect, Size};
use ulid_engine::{Timestamp, dataset::why_not_followed};

use super::Stage;
use crate::{
    cli::Arguments,
    clipboard,
    event::{Event, Signal},
    input::{die_of, pointer},
    jobs::{Ended, Jobs},
    keymap::{self, Keymap},
    memory::Memory,
    report,
    rows::Source,
    state::{Effect, Mode, State, View},
    terminal::{Guard, Output, Screen},
    text::grouped,
    theme::Theme,
    view,
};

/// How the browser looks and what its keys do.
pub(super) struct Look {
    pub(super) theme: Theme,
    pub(super) keymap: Keymap,
    /// A sentence about keys.
    pub(super) told: Option<String>,
}

pub(super) fn browse(
    source: Source,
    view: View,
    look: Look,
    arguments: &Arguments,
    stage: Stage,
    memory: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    let Stage {
        guard,
        screen,
        output,
        events,
        inbox,
    } = stage;
    let size = screen.size()?;
    let ends = events.clone();
    let mut browser = Browser {
        state: State::new(source, size, Timestamp::now()),
        jobs: Jobs::new(move |ended| {
            // a closed channel means that the browser has ended, and nobody waits for the outcome
            let _ = ends.send(Event::Job(ended));
        }),
        theme: look.theme,
        screen,
        output,
        mouse: arguments.mouse,
        drawn: None,
        guard: Some(guard),
    };
    browser.state.set_keymap(look.keymap);
    browser.state.set_picking(arguments.pick.is_some());
    if let Some(memory) = memory {
        browser.state.set_memory(Memory::read(memory));
    }
    if let Some(relation) = arguments.diff {
        browser.state.set_relation(relation);
    }
    browser.draw()?;
    let effects = browser.state.begin(view);
    if let Some(told) = look.told {
        browser.state.say(told);
    }
    if let Some(path) = arguments.files.last().filter(|_| arguments.follow)
        && let Some(reason) = why_not_followed(path)
    {
        let words = format!("rows that are appended are not seen: {reason}; let a pipe bring them");
        browser.state.warn(words);
    }
    browser.perform_all(effects)?;
    let told = events.clone();
    let tell = move |change| told.send(Event::Source(change)).is_ok();
    browser.state.source().watch(arguments.follow, tell);
    let ending = browser.follow(&inbox);
    if let Some(path) = memory {
        // whoever leaves is not kept by a folder that takes no files
        let _ = browser.state.memory().write(path);
    }
    match ending? {
        // as fzf has it: nothing was chosen
        Ending::Quit if arguments.pick.is_some() => Ok(ExitCode::from(NOTHING_PICKED)),
        Ending::Quit => Ok(ExitCode::SUCCESS),
        Ending::Pick => {
            browser.guard = None;
            report::write_picked(&browser.state, arguments.pick)
        }
        Ending::Signal(number) => {
            browser.guard = None;
            Ok(die_of(number))
        }
    }
}

/// Exit code where somebody was to choose, and left without.
pub(super) const NOTHING_PICKED: u8 = 130;

/// Why the loop ended.
enum Ending {
    Quit,
    /// The rows picked are to be printed.
    Pick,
    Signal(i32),
}

struct Browser {
    state: State,
    jobs: Jobs,
    theme: Theme,
    screen: Screen,
    output: Output,
    /// True if the mouse is ours.
    mouse: bool,
    drawn: Option<Instant>,
    /// Absent only while the program is stopped or over. The last field, so that the terminal is given back when all else
    /// is done: what is typed from then on is the shell's, and the program still reads.
    guard: Option<Guard>,
}

const FRAME: Duration = Duration::from_millis(8);
const PROGRESS: Duration = Duration::from_millis(100);

impl Browser {
    /// The loop itself.
    fn follow(&mut self, inbox: &Receiver<Event>) -> anyhow::Result<Ending> {
        loop {
            let first = if self.jobs.shown().is_none() {
                inbox.recv().ok()
            } else {
                match inbox.recv_timeout(PROGRESS) {
                    Err(RecvTimeoutError::Timeout) => None,
                    other => other.ok(),
                }
            };
            let next_frame = self.drawn.map_or_else(Instant::now, |drawn| drawn + FRAME);
            let mut next = first;
            while let Some(event) = next {
                if let Some(ending) = self.take(event)? {
                    return Ok(ending);
                }
                next = inbox.recv_deadline(next_frame).ok();
            }
            self.draw()?;
        }
    }

    fn take(&mut self, event: Event) -> anyhow::Result<Option<Ending>> {
        let effects = match event {
            Event::Terminal(TerminalEvent::Key(key)) => {
                let action = match self.state.mode() {
                    Mode::Browse
                    | Mode::Values(_)
                    | Mode::Record(_)
                    | Mode::Heat(_)
                    | Mode::Drift(_) => self.state.keymap().action(key),
                    Mode::Prompt(_) => keymap::editing(key),
                };
                action.map_or_else(Vec::new, |action| self.state.apply(action))
            }
            Event::Terminal(TerminalEvent::Mouse(mouse)) => {
                let target = view::target(&self.state, Position::new(mouse.column, mouse.row));
                pointer(mouse).map_or_else(Vec::new, |pointer| self.state.point(pointer, target))
            }
            Event::Terminal(TerminalEvent::Resize(width, height)) => {
                self.state.resize(Size::new(width, height))
            }
            Event::Terminal(TerminalEvent::Paste(text)) => self.state.paste(&text),
            Event::Terminal(_) => Vec::new(),
            Event::Background(background) => {
                self.theme = Theme::on(background);
                Vec::new()
            }
            Event::TerminalLost(error) => return Err(error).context("the terminal is gone"),
            Event::Source(change) => self.state.grow(&change),
            Event::Signal(Signal::Suspend) => vec![Effect::Suspend],
            Event::Signal(Signal::Continue) => vec![Effect::Redraw],
            Event::Signal(Signal::End(number)) => return Ok(Some(Ending::Signal(number))),
            Event::Job(Ended {
                kind,
                generation,
                finished,
            }) => {
                if self.jobs.finish(kind, generation) {
                    self.state.finish(kind, finished)
                } else {
                    Vec::new()
                }
            }
        };
        self.perform_all(effects)
    }

    fn perform_all(&mut self, effects: Vec<Effect>) -> anyhow::Result<Option<Ending>> {
        for effect in effects {
            if let Some(ending) = self.perform(effect)? {
                return Ok(Some(ending));
            }
        }
        Ok(None)
    }

    fn perform(&mut self, effect: Effect) -> anyhow::Result<Option<Ending>> {
        match effect {
            Effect::Start(task) => self.jobs.start(task, self.state.source()),
            Effect::Renew(task) => self.jobs.renew(task, self.state.source()),
            Effect::Cancel(kind) => self.jobs.cancel(kind),
            Effect::CancelOrQuit if self.jobs.shown().is_none() => {
                return Ok(Some(Ending::Quit));
            }
            Effect::CancelOrQuit => {
                self.jobs.cancel_shown();
                self.state.say("cancelled");
            }
            Effect::Copy(text, what) => self.copy(&text, &what)?,
            Effect::ToggleMouse => {
                self.mouse = !self.mouse;
                self.redraw_all()?;
                self.state.say(if self.mouse {
                    "the mouse is the browser's: click, drag over the timeline, turn the wheel"
                } else {
                    "the mouse is the terminal's again"
                });
            }
            Effect::Pick => return Ok(Some(Ending::Pick)),
            Effect::Quit => return Ok(Some(Ending::Quit)),
            Effect::Suspend => self.suspend()?,
            Effect::Redraw => self.redraw_all()?,
        }
        Ok(None)
    }

    /// Puts a text into the clipboard, by tmux where it runs, and says what was done.
    fn copy(&mut self, text: &str, what: &str) -> anyhow::Result<()> {
        if clipboard::is_in_tmux() {
            match clipboard::into_tmux(text) {
                Ok(()) => self.state.say(format!("copied by tmux: {what}")),
                Err(error) => self.state.warn(format!("tmux does not copy: {error}")),
            }
            return Ok(());
        }
        if text.len() > clipboard::MOST {
            let bytes = grouped(text.len() as u64);
            let most = grouped(clipboard::MOST as u64);
            self.state.warn(format!(
                "not copied: {bytes} bytes are more than the {most} that terminals take; e writes rows to a file"
            ));
            return Ok(());
        }
        let copy = CopyToClipboard::to_clipboard_from(text);
        execute!(self.screen.backend_mut(), copy)?;
        self.state
            .say(format!("sent to the terminal to be copied: {what}"));
        Ok(())
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        self.state.set_now(Timestamp::now());
        queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
        let (state, jobs, theme) = (&mut self.state, &self.jobs, &self.theme);
        let mut effects = Vec::new();
        self.screen.draw(|frame| {
            // A terminal may have shrunk before its event is read; the size drawn for is the one that is there.
            effects = state.resize(frame.area().as_size());
            view::draw(state, jobs.shown(), theme, frame.buffer_mut());
        })?;
        execute!(self.screen.backend_mut(), EndSynchronizedUpdate)?;
        self.drawn = Some(Instant::now());
        self.perform_all(effects)?;
        Ok(())
    }

    fn redraw_all(&mut self) -> anyhow::Result<()> {
        self.guard = None;
        self.guard = Some(Guard::take(self.output, self.mouse)?);
        // not `clear`, which asks the terminal where its cursor is
        self.screen
            .resize(Rect::from((Position::ORIGIN, self.screen.size()?)))?;
        Ok(())
    }

    #[cfg(unix)]
    fn suspend(&mut self) -> anyhow::Result<()> {
        use nix::sys::signal::{SIGSTOP, kill};
        use nix::unistd::Pid;
        if !crate::input::has_shell_to_return_to() {
            self.state.say("there is no shell to return to");
            return Ok(());
        }
        self.guard = None;
        // The whole group, so that whatever feeds us through a pipe stops as well.
        kill(Pid::from_raw(0), SIGSTOP)?;
        self.redraw_all()
    }

    #[cfg(not(unix))]
    fn suspend(&mut self) -> anyhow::Result<()> {
        self.state.say("this system has no way to stop a program");
        Ok(())
    }
}
