//! The event loop.
//!
//! It sleeps until something happens, takes in all that has happened, and draws once, at most every 8 ms and in one
//! synchronized update. Only while a job runs does it wake on its own, to show the progress.

use std::{
    io::{self, IsTerminal},
    path::{Path, PathBuf},
    process::ExitCode,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, select};
use crossterm::{
    clipboard::CopyToClipboard,
    event::{Event as TerminalEvent, KeyCode, KeyEvent, KeyModifiers},
    execute, queue,
    terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate},
};
use ratatui::layout::{Position, Rect, Size};
use ulid_engine::{
    Timestamp, compare::PairError, dataset::why_not_followed, query::QueryError,
    timestamp::TimeZone, visible::visible,
};

use crate::{
    asked::FileOptionError,
    background,
    cli::{Arguments, UnknownZone},
    clipboard,
    config::{self, Config, ConfigError},
    event::{Event, Signal},
    input::{die_of, pointer, read_terminal, watch_signals},
    jobs::{Ended, Jobs},
    keymap::{self, Keymap},
    manual,
    memory::{self, Memory},
    records::Kind,
    report::{self, Verdict},
    rows::Source,
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
        || is_no_pair(error)
        || error.is::<QueryError>()
        || error.is::<FileOptionError>()
    {
        2
    } else {
        1
    }
}

/// True for files that cannot be compared, whatever is in them.
fn is_no_pair(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<PairError>();
    error.is_some_and(|error| !matches!(error, PairError::Open(_)))
}

/// Runs the program.
///
/// # Errors
///
/// If the file cannot be opened, or there is no terminal.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(code) = write_page(arguments)? {
        return Ok(code);
    }
    if let Some(sentence) = arguments.without_effect() {
        return Err(UsageError::WithoutEffect(sentence).into());
    }
    let loaded = config::load(arguments.config.as_deref())?;
    let (arguments, typed) = completed(arguments, &loaded.config)?;
    let zone = arguments.time_zone()?;
    let output = output(&arguments)?;
    if arguments.wants_report() {
        return report_on(&arguments, typed);
    }
    background::make_workers_give_way();
    show(&arguments, typed, zone, output, loaded)
}

/// Writes what needs no source: the manual, completions, new IDs. `None` if none of these is asked for.
fn write_page(arguments: &Arguments) -> anyhow::Result<Option<ExitCode>> {
    let mut page = Vec::new();
    let code = if arguments.man {
        manual::write_man(&mut page)?;
        report::write_text(&page)?
    } else if let Some(shell) = arguments.completions {
        manual::write_completions(shell, &mut page);
        report::write_text(&page)?
    } else if let Some(count) = arguments.new {
        report::write_new(count)?
    } else {
        return Ok(None);
    };
    Ok(Some(code))
}

/// The arguments with what the configuration says, and the IDs that stand among them, if files do not.
fn completed(
    arguments: &Arguments,
    config: &Config,
) -> Result<(Arguments, Option<String>), UsageError> {
    let mut arguments = arguments.clone();
    arguments
        .complete_with(config)
        .map_err(UsageError::Spelling)?;
    let typed = typed::ids(&arguments.files);
    let explains = typed.is_some() && !arguments.wants_report() && !io::stdout().is_terminal();
    if explains && arguments.pick.is_none() {
        // whoever asks about an ID in a pipe has no screen
        arguments.print = Some(Kind::Table);
    }
    Ok((arguments, typed))
}

/// The source of IDs that were typed, or of files and pipes.
fn opened(arguments: &Arguments, typed: Option<String>) -> anyhow::Result<Source> {
    match typed {
        Some(ids) => {
            let options = arguments.open_options();
            Ok(Source::from_reader("IDs", io::Cursor::new(ids), &options)?)
        }
        None => open(arguments),
    }
}

/// Writes what is asked for without a screen.
fn report_on(arguments: &Arguments, typed: Option<String>) -> anyhow::Result<ExitCode> {
    let source = opened(arguments, typed)?.with_memory(arguments.mem);
    tell_unknown_names(arguments, &source)?;
    Ok(match report::write(arguments, &source)? {
        Verdict::Fine => ExitCode::SUCCESS,
        Verdict::Flawed => ExitCode::FAILURE,
    })
}

/// Shows the rows on a screen.
fn show(
    arguments: &Arguments,
    typed: Option<String>,
    zone: TimeZone,
    output: Output,
    loaded: config::Loaded,
) -> anyhow::Result<ExitCode> {
    let config::Loaded {
        config,
        keymap,
        told,
    } = loaded;
    let theme = Theme::named(arguments.theme.unwrap_or(config.theme));
    // whoever waits for a pipe sees that, and may leave
    let (source, stage) = match is_pipe(arguments) {
        true => {
            let stage = Stage::set(output, arguments.mouse)?;
            match stage.wait_for_source(arguments.clone(), &theme)? {
                Waited::Opened(source, stage) => (source, Some(*stage)),
                Waited::Left(code) => return Ok(code),
            }
        }
        false => (opened(arguments, typed)?, None),
    };
    let source = source.with_memory(arguments.mem);
    tell_unknown_names(arguments, &source)?;
    let view = first_view(arguments, &source, zone)?;
    let look = Look {
        theme,
        keymap,
        told,
    };
    let remembers = config.remember.unwrap_or(true);
    let memory = memory::usual_path().filter(|_| remembers);
    let stage = match stage {
        Some(stage) => stage,
        None => Stage::set(output, arguments.mouse)?,
    };
    browse(source, view, look, arguments, stage, memory.as_deref())
}

/// The view that the arguments ask for, checked against the source.
fn first_view(arguments: &Arguments, source: &Source, zone: TimeZone) -> anyhow::Result<View> {
    let arrangement = arguments.arrangement();
    source.order(&arrangement, Timestamp::now(), &zone)?;
    let filter = match arguments.condition() {
        Some(text) => {
            source.query(&text, Timestamp::now(), &zone)?;
            Filter::Query(text)
        }
        None => Filter::All,
    };
    Ok(View {
        arrangement,
        filter,
        form: arguments.form(),
        zone,
    })
}

/// Tells of names that no row of the sample has, or refuses them.
fn tell_unknown_names(arguments: &Arguments, source: &Source) -> Result<(), UsageError> {
    let sentences = source.unknown_names(arguments.texts());
    if let (true, Some(first)) = (arguments.asked.strict, sentences.first()) {
        return Err(UsageError::UnknownName(first.clone()));
    }
    if arguments.wants_report() {
        let notes = source.notes(arguments.texts());
        let unfit = unfit_columns(arguments, source);
        for sentence in sentences.into_iter().chain(notes).chain(unfit) {
            eprintln!("ulid-tui: {}", visible(&sentence));
        }
    }
    Ok(())
}

/// Sentences about columns of the condition that are never what they are read as. A condition with a fault has none: that is
/// told elsewhere.
fn unfit_columns(arguments: &Arguments, source: &Source) -> Vec<String> {
    let zone = arguments.time_zone().unwrap_or(TimeZone::UTC);
    let text = arguments.filter.as_deref();
    let query = text.and_then(|text| source.query(text, Timestamp::now(), &zone).ok());
    query.map_or_else(Vec::new, |query| source.unfit_columns(&query))
}

/// The output on which the screen is drawn.
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
    if is_pipe(arguments) {
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

/// True if rows come from standard input.
fn is_pipe(arguments: &Arguments) -> bool {
    match arguments.files.as_slice() {
        [] => !io::stdin().is_terminal(),
        [only] => only.as_os_str() == "-",
        _ => false,
    }
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

/// The terminal that was taken over, and what comes from it.
struct Stage {
    guard: Guard,
    screen: Screen,
    output: Output,
    events: Sender<Event>,
    inbox: Receiver<Event>,
}

/// End of the wait for a pipe.
enum Waited {
    /// Its first rows are there.
    Opened(Source, Box<Stage>),
    /// The user left, or a signal came.
    Left(ExitCode),
}

impl Stage {
    fn set(output: Output, mouse: bool) -> anyhow::Result<Stage> {
        terminal::restore_on_panic(output);
        let (events, inbox) = crossbeam_channel::unbounded();
        watch_signals(events.clone()).context("cannot watch for signals")?;
        let guard = Guard::take(output, mouse).context("cannot take over the terminal")?;
        let screen = guard.screen().context("cannot draw on the terminal")?;
        read_terminal(events.clone());
        Ok(Stage {
            guard,
            screen,
            output,
            events,
            inbox,
        })
    }

    /// Opens the source in a thread of its own, and shows meanwhile that it is waited for.
    fn wait_for_source(mut self, arguments: Arguments, theme: &Theme) -> anyhow::Result<Waited> {
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

fn browse(
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
