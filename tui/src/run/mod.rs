//! A run of the program: from the arguments to what is written, or to a screen.

mod browser;
mod stage;

use browser::{Look, NOTHING_PICKED, browse};
use stage::{Stage, Waited};

use std::{
    io::{self, IsTerminal},
    path::PathBuf,
    process::ExitCode,
};

use ulid_engine::{
    Timestamp,
    compare::PairError,
    dataset::{OpenError, OpenProblem},
    query::QueryError,
    timestamp::TimeZone,
    visible::visible,
};

use crate::{
    asked::FileOptionError,
    background,
    cli::{Arguments, UnknownZone},
    config::{self, Config, ConfigError},
    export::ExportError,
    manual, memory,
    records::Kind,
    report::{self, Verdict},
    rows::Source,
    state::{Filter, View},
    terminal::Output,
    theme::Theme,
    typed,
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
        || is_asked_wrongly(error)
        || error.downcast_ref().is_some_and(ExportError::is_of_call)
        || error.is::<QueryError>()
        || error.is::<FileOptionError>()
    {
        2
    } else {
        1
    }
}

/// True for files that cannot be compared as it was asked, whatever is in them.
fn is_no_pair(error: &anyhow::Error) -> bool {
    match error.downcast_ref::<PairError>() {
        Some(PairError::Open(error)) => error.problem() == OpenProblem::Asked,
        other => other.is_some(),
    }
}

/// True for a source that has not the column, the field or the format that was asked for.
fn is_asked_wrongly(error: &anyhow::Error) -> bool {
    let error = error.downcast_ref::<OpenError>();
    error.is_some_and(|error| error.problem() == OpenProblem::Asked)
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
    let named = arguments.theme.unwrap_or(config.theme);
    let (mut theme, asks) = (Theme::named(named), Theme::is_up_to_terminal(named));
    // whoever waits for a pipe sees that, and may leave
    let (source, stage) = match is_pipe(arguments) {
        true => {
            let stage = Stage::set(output, arguments.mouse, asks)?;
            match stage.wait_for_source(arguments.clone(), &mut theme)? {
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
        None => Stage::set(output, arguments.mouse, asks)?,
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
