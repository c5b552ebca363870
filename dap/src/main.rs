//! The command line of `ulid-dap`.

use std::{
    fs::{self, File},
    io::{self, BufReader, IsTerminal as _, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::LazyLock,
    time::Duration,
};

use anyhow::Context;
use clap::{CommandFactory as _, Parser, Subcommand, ValueEnum};
use clap_complete::{Generator, Shell as Common};
use clap_complete_nushell::Nushell;
use ulid_dap::{
    connection::Connection,
    inspect::{self, Trust},
    listen::{self, Address, Clients, Socket},
    replay::Replay,
    visible::visible,
    wrap,
};
use ulid_engine::{Timestamp, codec::Kernel};

/// The text of `--version`; `-V` gives its first line alone.
static LONG_VERSION: LazyLock<String> =
    LazyLock::new(|| format!("{}\n{}", env!("CARGO_PKG_VERSION"), Kernel::report()));

/// Debug Adapter Protocol for ULIDs.
#[derive(Debug, Parser)]
#[command(name = "ulid-dap", version, long_version = LONG_VERSION.as_str(), arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The task of the adapter.
#[derive(Debug, Subcommand)]
enum Command {
    /// Step through a file of ULIDs as if it were a program; speaks on standard input and output.
    Inspect {
        /// Serve sessions on a port of this machine (4711), or at an address (192.168.0.2:4711), several at a time.
        #[arg(long, value_name = "[HOST:]PORT")]
        listen: Option<Address>,
        /// Serve clients of other users and of other machines, too.
        #[arg(long, requires = "listen")]
        any_user: bool,
    },
    Wrap(Box<wrap::Arguments>),
    /// Be the adapter that `wrap --record` wrote down; speaks on standard input and output.
    Replay {
        /// The recording.
        file: PathBuf,
    },
    /// Write completions for a shell to standard output.
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Write the man pages, one for each command, into a folder.
    Man {
        /// The folder; it is made where there is none.
        folder: PathBuf,
    },
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return told(&error),
    };
    let result = match cli.command {
        Command::Inspect { listen: None, .. } => inspect_on_stdio().map(|()| true),
        Command::Inspect {
            listen: Some(address),
            any_user,
        } => inspect_on_tcp(&address, Clients::any_user(any_user)).map(|()| true),
        Command::Wrap(arguments) => wrap::run(&arguments).map_err(Into::into),
        Command::Replay { file } => replay_on_stdio(&file).map(|()| true),
        Command::Completions { shell } => write_completions(shell).map(|()| true),
        Command::Man { folder } => write_man_pages(&folder).map(|()| true),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            let words = format!("ulid-dap: {error:#}");
            eprintln!("{}", visible(&words));
            ExitCode::FAILURE
        }
    }
}

/// Says what is wrong with the command line, which is quoted in it, or what was asked for.
fn told(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        eprint!("{}", visible(&error.render().to_string()));
        return ExitCode::from(2);
    }
    // a page that cannot be written nobody reads
    let _ = error.print();
    ExitCode::SUCCESS
}

fn inspect_on_tcp(address: &Address, clients: Clients) -> anyhow::Result<()> {
    let ready = |address| {
        // who started it may not want to know
        let _ = writeln!(io::stdout(), "ulid-dap: listening on {address}");
    };
    listen::listen(address, clients, ready, |socket| attend(&socket))
        .with_context(|| format!("cannot listen at {address}"))
}

/// Serves one client over TCP.
fn attend(socket: &Socket) {
    const FAREWELL: Duration = Duration::from_secs(5);
    let input = BufReader::new(socket.clone());
    let (connection, writing) = Connection::over(input, socket.clone());
    // the client has been told; another one may come
    let _ = inspect::serve(&connection, Timestamp::now, Trust::Network);
    drop(connection);
    writing.finish_within(FAREWELL);
}

fn inspect_on_stdio() -> anyhow::Result<()> {
    if io::stdin().is_terminal() {
        // who typed it would wait for ever
        eprintln!(
            "ulid-dap: waiting for a debug client on standard input; an editor starts this program, and --listen PORT serves one over TCP"
        );
    }
    let (connection, writing) = Connection::over(BufReader::new(io::stdin()), io::stdout());
    let served = inspect::serve(&connection, Timestamp::now, Trust::Parent);
    drop(connection);
    writing.finish()?;
    Ok(served?)
}

fn replay_on_stdio(file: &Path) -> anyhow::Result<()> {
    let recording = File::open(file).with_context(|| file.display().to_string())?;
    let replay = Replay::read(BufReader::new(recording))?;
    Ok(replay.serve(&mut io::stdin().lock(), &mut io::stdout().lock())?)
}

/// Shells that complete the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Elvish,
    Fish,
    Nushell,
    Powershell,
    Zsh,
}

fn write_completions(shell: Shell) -> anyhow::Result<()> {
    let script = match shell {
        Shell::Bash => completions(Common::Bash),
        Shell::Elvish => completions(Common::Elvish),
        Shell::Fish => completions(Common::Fish),
        Shell::Nushell => completions(Nushell),
        Shell::Powershell => completions(Common::PowerShell),
        Shell::Zsh => completions(Common::Zsh),
    };
    Ok(io::stdout().write_all(&script)?)
}

/// Completions are made in memory first: their maker panics where standard output is closed.
fn completions(of: impl Generator) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(of, &mut Cli::command(), "ulid-dap", &mut script);
    script
}

fn write_man_pages(folder: &Path) -> anyhow::Result<()> {
    let write = || {
        fs::create_dir_all(folder)?;
        clap_mangen::generate_to(Cli::command(), folder)
    };
    write().with_context(|| format!("cannot write man pages into {}", folder.display()))
}
