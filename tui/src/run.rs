//! The event loop.
//!
//! It sleeps until something happens, takes in all that has happened, and draws once, at most every 8 ms and in one
//! synchronized update. Only while a job runs does it wake on its own, to show the progress.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
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
use ulid_engine::{Timestamp, query::QueryError, visible::visible};

use crate::{
    asked::FileOptionError,
    background,
    cli::{Arguments, UnknownZone},
    clipboard,
    config::{self, ConfigError},
    event::{Event, Signal},
    input::{die_of, pointer, read_terminal, watch_signals},
    jobs::Jobs,
    keymap::{self, Keymap},
    manual,
    memory::{self, Memory},
    records::Kind,
    report::{self, Verdict},
    rows::{OnlyOnce, Source, Unlike},
    state::{Effect, Filter, Mode, State, View},
    terminal::{self, Guard, Output, Screen},
    text::grouped,
    theme::Theme,
    typed, view,
};

/// The program was called in a way that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum UsageError {
    /// The table needs a terminal to be drawn on.
    #[error(
        "stdout is not a terminal; the browser needs one; --print, --stats, --check and --pick do not"
    )]
    NoTerminal,
    /// So does picking from it, though not on stdout.
    #[error("there is no terminal to pick on")]
    NoTerminalToPickOn,
    /// A comparison is one of two files.
    #[error("--diff compares two files; name both")]
    NotTwoFiles,
    /// An option that could not do anything.
    #[error("{0}")]
    WithoutEffect(&'static str),
    /// Standard input is gone once it is read.
    #[error("standard input, -, can be read once; name it once")]
    InputTwice,
    /// Here standard input has no name among files.
    #[error("standard input, -, cannot be joined with files here; give it alone")]
    InputBesideFiles,
    /// A name that no row of the sample has, where such names are refused.
    #[error("{0}")]
    UnknownName(String),
    /// The configuration names a form that there is not.
    #[error("form in the configuration: {0}")]
    Spelling(String),
}

/// Exit code of a failure: 2 for a call that cannot work, 1 for what went wrong later.
#[must_use]
pub fn exit_code(error: &anyhow::Error) -> u8 {
    if error.is::<UsageError>()
        || error.is::<UnknownZone>()
        || error.is::<ConfigError>()
        || error.is::<Unlike>()
        || error.is::<OnlyOnce>()
        || error.is::<QueryError>()
        || error.is::<FileOptionError>()
    {
        2
    } else {
        1
    }
}

/// Runs the program.
///
/// # Errors
///
/// Where the file cannot be opened, or there is no terminal.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.man {
        let mut page = Vec::new();
        manual::write_man(&mut page)?;
        return report::write_text(&page);
    }
    if let Some(shell) = arguments.completions {
        let mut script = Vec::new();
        manual::write_completions(shell, &mut script);
        return report::write_text(&script);
    }
    if let Some(count) = arguments.new {
        return report::write_new(count);
    }
    if let Some(sentence) = arguments.without_effect() {
        return Err(UsageError::WithoutEffect(sentence).into());
    }
    let config::Loaded {
        config,
        keymap,
        told,
    } = config::load(arguments.config.as_deref())?;
    let mut arguments = arguments.clone();
    arguments
        .complete_with(&config)
        .map_err(UsageError::Spelling)?;
    let typed = typed::ids(&arguments.files);
    let explains = typed.is_some() && !arguments.wants_report() && !io::stdout().is_terminal();
    if explains && arguments.pick.is_none() {
        // whoever asks about an ID in a pipe has no screen
        arguments.print = Some(Kind::Table);
    }
    let arguments = &arguments;
    let zone = arguments.time_zone()?;
    let output = output(arguments)?;
    if !arguments.wants_report() {
        background::make_workers_give_way();
    }
    let source = match typed {
        Some(ids) => Source::from_reader("IDs", io::Cursor::new(ids), &arguments.open_options())?,
        None => open(arguments)?,
    };
    let source = source.with_memory(arguments.mem);
    tell_unknown_names(arguments, &source)?;
    if arguments.wants_report() {
        let verdict = report::write(arguments, &source)?;
        return Ok(match verdict {
            Verdict::Fine => ExitCode::SUCCESS,
            Verdict::Flawed => ExitCode::FAILURE,
        });
    }
    let arrangement = arguments.arrangement();
    source.order(&arrangement, Timestamp::now(), &zone)?;
    let view = View {
        arrangement,
        filter: match arguments.condition() {
            Some(text) => {
                source.query(&text, Timestamp::now(), &zone)?;
                Filter::Query(text)
            }
            None => Filter::All,
        },
        form: arguments.form(),
        zone,
    };
    let look = Look {
        theme: Theme::named(config.theme),
        keymap,
        told,
    };
    let remembers = config.remember.unwrap_or(true);
    let memory = memory::usual_path().filter(|_| remembers);
    browse(source, view, look, arguments, output, memory.as_deref())
}

/// Tells of names that no row of the sample has, or refuses them.
fn tell_unknown_names(arguments: &Arguments, source: &Source) -> Result<(), UsageError> {
    let sentences = source.unknown_names(arguments.texts());
    if let (true, Some(first)) = (arguments.asked.strict, sentences.first()) {
        return Err(UsageError::UnknownName(first.clone()));
    }
    if arguments.wants_report() {
        for sentence in sentences.into_iter().chain(source.notes(arguments.texts())) {
            eprintln!("ulid-tui: {}", visible(&sentence));
        }
    }
    Ok(())
}

/// Where the screen is to be drawn.
fn output(arguments: &Arguments) -> Result<Output, UsageError> {
    let (output, absent) = if arguments.pick.is_some() {
        (Output::Terminal, UsageError::NoTerminalToPickOn)
    } else {
        (Output::Stdout, UsageError::NoTerminal)
    };
    if arguments.wants_report() || output.is_there() {
        Ok(output)
    } else {
        Err(absent)
    }
}

fn open(arguments: &Arguments) -> anyhow::Result<Source> {
    let options = arguments.open_options();
    let pipe = match arguments.files.as_slice() {
        [] => !io::stdin().is_terminal(),
        [only] => only.as_os_str() == "-",
        _ => false,
    };
    if pipe {
        return Ok(Source::from_reader("stdin", io::stdin(), &options)?);
    }
    let files = named(&arguments.files)?;
    if arguments.diff.is_some() {
        let [first, second] = files.as_slice() else {
            return Err(UsageError::NotTwoFiles.into());
        };
        let key = arguments.key.as_deref();
        let source = Source::open_both([first, second], &options, key)?;
        if arguments.wants_report()
            && let Some(sentence) = source.lacking_columns()
        {
            eprintln!("ulid-tui: {}", visible(&sentence));
        }
        return Ok(source);
    }
    if arguments.files.is_empty() {
        return Ok(Source::sample());
    }
    Ok(Source::open(&files, &options)?)
}

/// The files with standard input, if it is one of them, by the name that the system has for it.
fn named(files: &[PathBuf]) -> Result<Vec<PathBuf>, UsageError> {
    let is_input = |file: &PathBuf| file.as_os_str() == "-";
    match files.iter().filter(|file| is_input(file)).count() {
        0 => Ok(files.to_vec()),
        1 if cfg!(unix) => {
            let named = files.iter().map(|file| match is_input(file) {
                true => PathBuf::from("/dev/stdin"),
                false => file.clone(),
            });
            Ok(named.collect())
        }
        1 => Err(UsageError::InputBesideFiles),
        _ => Err(UsageError::InputTwice),
    }
}

/// How the browser looks and what its keys do.
struct Look {
    theme: Theme,
    keymap: Keymap,
    /// A sentence about keys.
    told: Option<String>,
}

fn browse(
    source: Source,
    view: View,
    look: Look,
    arguments: &Arguments,
    output: Output,
    memory: Option<&Path>,
) -> anyhow::Result<ExitCode> {
    terminal::restore_on_panic(output);
    let (events, inbox) = crossbeam_channel::unbounded();
    watch_signals(events.clone()).context("cannot watch for signals")?;
    let guard = Guard::take(output, arguments.mouse).context("cannot take over the terminal")?;
    let screen = guard.screen().context("cannot draw on the terminal")?;
    let size = screen.size()?;
    let mut browser = Browser {
        state: State::new(source, size, Timestamp::now()),
        jobs: Jobs::new(events.clone()),
        theme: look.theme,
        screen,
        output,
        mouse: arguments.mouse,
        guard: Some(guard),
        drawn: None,
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
    browser.perform_all(effects)?;
    let told = events.clone();
    let tell = move |change| told.send(Event::Source(change)).is_ok();
    browser.state.source().watch(arguments.follow, tell);
    read_terminal(events);
    let ending = browser.follow(&inbox);
    browser.guard = None;
    if let Some(path) = memory {
        // whoever leaves is not kept by a folder that takes no files
        let _ = browser.state.memory().write(path);
    }
    match ending? {
        // as fzf has it: nothing was chosen
        Ending::Quit if arguments.pick.is_some() => Ok(ExitCode::from(NOTHING_PICKED)),
        Ending::Quit => Ok(ExitCode::SUCCESS),
        Ending::Pick => report::write_picked(&browser.state, arguments.pick),
        Ending::Signal(number) => Ok(die_of(number)),
    }
}

/// Exit code where somebody was to choose, and left without.
const NOTHING_PICKED: u8 = 130;

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
    /// Whether the mouse is ours.
    mouse: bool,
    /// Absent only while the program is stopped or over.
    guard: Option<Guard>,
    drawn: Option<Instant>,
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
            Event::TerminalLost(error) => return Err(error).context("the terminal is gone"),
            Event::Source(change) => self.state.grow(&change),
            Event::Signal(Signal::Suspend) => vec![Effect::Suspend],
            Event::Signal(Signal::Continue) => vec![Effect::Redraw],
            Event::Signal(Signal::End(number)) => return Ok(Some(Ending::Signal(number))),
            Event::Job {
                kind,
                generation,
                finished,
            } => {
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
