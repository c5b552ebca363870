//! The command line of `ulid-dap wrap`.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Write as _},
    path::PathBuf,
    sync::Arc,
};

use ulid_engine::{Timestamp, timestamp};

use super::{
    family::Family,
    kind::Kind,
    preset::Preset,
    recognise::Level,
    relay::{Client, Ending, Relay},
    settings::{self, Decoration, Settings, SettingsError},
    upstream::{Reach, Upstream},
};
use crate::listen::{self, Address, Clients};

/// Stand in front of a debug adapter and say what the ULIDs in its values mean.
///
/// The client speaks on standard input and output, or connects to --listen. The adapter is a preset, a command after
/// --, or the address of one that runs.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  ulid-dap wrap lldb\n  ulid-dap wrap -- python3 -m debugpy.adapter\n  ulid-dap wrap --connect 127.0.0.1:4711\n  ulid-dap wrap --listen 127.0.0.1:0 js"
)]
pub struct Arguments {
    /// The adapter, found on this machine.
    #[arg(value_enum)]
    preset: Option<Preset>,
    /// The adapter's command; after a preset, arguments for it.
    #[arg(last = true)]
    command: Vec<OsString>,
    /// Connect to an adapter that listens at HOST:PORT, be it a preset or any.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "command")]
    connect: Option<String>,
    /// The command after -- prints the port on which it listens.
    #[arg(long, requires = "command", conflicts_with = "preset")]
    announces: bool,
    /// Listen for clients here instead of serving one on standard input and output; port 0 takes any, and is printed.
    #[arg(long, value_name = "[HOST:]PORT")]
    listen: Option<Address>,
    /// Serve clients of other users and of other machines, too.
    #[arg(long, requires = "listen")]
    any_user: bool,
    /// Write the messages to and from the adapter here, for `ulid-dap replay`.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Keep events that are not of the protocol from the client, and give a stop the reason that it lacks, for clients that end
    /// there.
    #[arg(long)]
    standard_events: bool,
    /// The text to add to values.
    #[arg(long, value_enum, default_value_t)]
    decoration: Decoration,
    /// The time zone of times: an IANA name, UTC or local.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    time_zone: String,
    /// The kinds of identifiers to decode, with commas between.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Kind::USUAL)]
    decode: Vec<Kind>,
    /// Which renderings to read.
    #[arg(long, value_enum, default_value_t)]
    level: Level,
    /// Also tell the times of ULIDs within longer texts, such as URLs and messages.
    #[arg(long)]
    within_text: bool,
    /// Also tell the times of ULIDs in the lines that are printed, and in those of log points.
    #[arg(long)]
    printed: bool,
    /// The times that are believed of what nothing says that it is an identifier, as 2005..2027 [default: 2005 to a year from
    /// now].
    #[arg(long, value_name = "FROM..TO")]
    window: Option<String>,
}

/// Why wrapping could not begin.
#[derive(Debug, thiserror::Error)]
pub enum WrapError {
    /// A setting is not understood.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// No adapter is named.
    #[error("name an adapter: a preset, a command after --, or an address after --connect")]
    NoAdapter,
    /// The preset is no program.
    #[error("{0}")]
    NoProgram(&'static str),
    /// Standard input or output is closed.
    #[error("standard input and output cannot be used: {0}")]
    Streams(io::Error),
    /// The address cannot be listened on.
    #[error("cannot listen at {address}: {error}")]
    Listen {
        /// As given.
        address: String,
        /// The error of the system.
        error: io::Error,
    },
}

/// Serves clients as the arguments say. Returns whether every session ended in order.
///
/// # Errors
///
/// [`WrapError`], before any session.
pub fn run(arguments: &Arguments) -> Result<bool, WrapError> {
    let relay = Relay::new(
        arguments.upstream()?,
        arguments.settings()?,
        arguments.record.clone(),
        Clients::any_user(arguments.any_user),
    );
    let relay = Arc::new(relay);
    end_with_the_process(&relay);
    let Some(address) = &arguments.listen else {
        let ending = relay.serve(on_standard_streams().map_err(WrapError::Streams)?);
        relay.wait_for_children();
        relay.kill_all();
        relay.wait_if_ending();
        return Ok(ending == Ending::Orderly);
    };
    let ready = |address| {
        // who started it may not want to know
        let _ = writeln!(io::stdout(), "ulid-dap listening at: {address}");
    };
    let clients = relay.clients;
    let serve = move |socket| {
        relay.serve(Client::on(socket));
    };
    let listened = listen::listen(address, clients, ready, serve);
    listened.map(|()| true).map_err(|error| WrapError::Listen {
        address: address.to_string(),
        error,
    })
}

/// The client on standard input and output, without the buffers of the library: it would send a header before its body.
fn on_standard_streams() -> io::Result<Client> {
    #[cfg(unix)]
    let (input, output) = {
        use std::os::fd::AsFd;
        (
            io::stdin().as_fd().try_clone_to_owned()?,
            io::stdout().as_fd().try_clone_to_owned()?,
        )
    };
    #[cfg(windows)]
    let (input, output) = {
        use std::os::windows::io::AsHandle;
        (
            io::stdin().as_handle().try_clone_to_owned()?,
            io::stdout().as_handle().try_clone_to_owned()?,
        )
    };
    #[cfg(target_os = "linux")]
    for pipe in [&input, &output] {
        super::upstream::widen(pipe);
    }
    Ok(Client {
        reader: Box::new(File::from(input)),
        writer: Box::new(File::from(output)),
    })
}

impl Arguments {
    fn upstream(&self) -> Result<Upstream, WrapError> {
        match (self.preset, &self.connect) {
            (Some(preset), Some(address)) => return Ok(preset.at(address)),
            (Some(preset), None) if preset.runs_elsewhere() => {
                return Err(WrapError::NoProgram(preset.hint()));
            }
            (Some(preset), None) => return Ok(preset.upstream(&self.command)),
            (None, _) => {}
        }
        let reach = match &self.connect {
            Some(address) => Reach::Address(address.clone()),
            None if self.command.is_empty() => return Err(WrapError::NoAdapter),
            None if self.announces => Reach::Announced(self.command.clone()),
            None => Reach::Stdio(self.command.clone()),
        };
        Ok(Upstream {
            reach,
            family: Family::of_command(&self.command),
            hint: None,
        })
    }

    fn settings(&self) -> Result<Settings, SettingsError> {
        let mut settings = Settings::at(Timestamp::now());
        settings.decoration = self.decoration;
        settings.standard_events = self.standard_events;
        settings.zone = timestamp::zone(&self.time_zone)?;
        settings.rules.level = self.level;
        settings.rules.within_text = self.within_text;
        settings.printed = self.printed;
        settings.rules.kinds.clone_from(&self.decode);
        if let Some(window) = &self.window {
            settings.rules.window = settings::parse_window(window)?;
        }
        Ok(settings)
    }
}

/// Takes the adapters along when this process is told to end, and ends by the signal, as it would without us in between.
#[cfg(unix)]
fn end_with_the_process(relay: &Arc<Relay>) {
    use signal_hook::{
        consts::TERM_SIGNALS, iterator::Signals, low_level::emulate_default_handler,
    };

    let relay = Arc::clone(relay);
    if let Ok(mut signals) = Signals::new(TERM_SIGNALS) {
        std::thread::spawn(move || {
            if let Some(signal) = signals.forever().next() {
                relay.end_all();
                let _ = emulate_default_handler(signal);
                // where the signal did not end it
                std::process::exit(128 + signal);
            }
        });
    }
}

#[cfg(not(unix))]
fn end_with_the_process(_: &Arc<Relay>) {}
