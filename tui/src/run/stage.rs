//! The terminal that the browser is shown on, and the wait for a pipe that has not spoken yet.

use std::{
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use crossbeam_channel::{Receiver, Sender, select};
use crossterm::event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers};

use super::{NOTHING_PICKED, open};
use crate::{
    cli::Arguments,
    event::{Event, Signal},
    input::{die_of, read_terminal, watch_signals},
    rows::Source,
    terminal::{self, Guard, Output, Screen},
    theme::Theme,
    view,
};

/// The terminal that was taken over, and what comes from it.
pub(super) struct Stage {
    pub(super) guard: Guard,
    pub(super) screen: Screen,
    pub(super) output: Output,
    pub(super) events: Sender<Event>,
    pub(super) inbox: Receiver<Event>,
}

/// End of the wait for a pipe.
pub(super) enum Waited {
    /// Its first rows are there.
    Opened(Source, Box<Stage>),
    /// The user left, or a signal came.
    Left(ExitCode),
}

impl Stage {
    /// Takes the terminal, and asks for its background if that decides the colours.
    pub(super) fn set(output: Output, mouse: bool, asks: bool) -> anyhow::Result<Stage> {
        terminal::restore_on_panic(output);
        let (events, inbox) = crossbeam_channel::unbounded();
        watch_signals(events.clone()).context("cannot watch for signals")?;
        let mut guard = Guard::take(output, mouse).context("cannot take over the terminal")?;
        let screen = guard.screen().context("cannot draw on the terminal")?;
        let listener = asks.then(|| guard.ask_for_background()).transpose();
        let listener = listener.context("cannot draw on the terminal")?;
        read_terminal(events.clone(), listener);
        Ok(Stage {
            guard,
            screen,
            output,
            events,
            inbox,
        })
    }

    /// Opens the source in a thread of its own, and shows meanwhile that it is waited for.
    pub(super) fn wait_for_source(
        mut self,
        arguments: Arguments,
        theme: &mut Theme,
    ) -> anyhow::Result<Waited> {
        /// How long nothing is said.
        const AT_ONCE: Duration = Duration::from_millis(40);
        let (opened, opening) = crossbeam_channel::bounded(1);
        let picks = arguments.pick;
        thread::spawn(move || {
            // whoever left does not listen any more
            let _ = opened.send(open(&arguments));
        });
        let (mut is_shown, mut early) = (false, Vec::new());
        let since = Instant::now();
        loop {
            let left = AT_ONCE.saturating_sub(since.elapsed());
            let wait = if is_shown {
                Duration::from_secs(3600)
            } else {
                left
            };
            select! {
                recv(opening) -> source => {
                    // what was typed early is done now
                    early.into_iter().try_for_each(|event| self.events.send(event))?;
                    let source = source.context("the pipe is gone")??;
                    return Ok(Waited::Opened(source, Box::new(self)));
                }
                recv(self.inbox) -> event => match event.context("the terminal is gone")? {
                    Event::Terminal(TerminalEvent::Key(key)) if leaves(key) => {
                        let code = if picks.is_some() { ExitCode::from(NOTHING_PICKED) } else { ExitCode::SUCCESS };
                        return Ok(Waited::Left(code));
                    }
                    Event::Terminal(TerminalEvent::Resize(..)) if is_shown => self.show_waiting(theme)?,
                    Event::Background(background) => {
                        *theme = Theme::on(background);
                        if is_shown {
                            self.show_waiting(theme)?;
                        }
                    }
                    Event::Signal(Signal::End(number)) => {
                        drop(self.guard);
                        return Ok(Waited::Left(die_of(number)));
                    }
                    Event::TerminalLost(error) => return Err(error).context("the terminal is gone"),
                    event => early.push(event),
                },
                default(wait) => {
                    is_shown = true;
                    self.show_waiting(theme)?;
                }
            }
        }
    }

    fn show_waiting(&mut self, theme: &Theme) -> anyhow::Result<()> {
        self.screen
            .draw(|frame| view::draw_waiting(theme, frame.buffer_mut()))?;
        Ok(())
    }
}

/// True for the keys that leave while there is nothing yet.
fn leaves(key: KeyEvent) -> bool {
    let is_ctrl_c = key.code == KeyCode::Char('c') && key.modifiers.contains(KeyModifiers::CONTROL);
    is_ctrl_c || matches!(key.code, KeyCode::Char('q') | KeyCode::Esc)
}
