//! A program in a pseudo-terminal of 200 columns and 50 lines, and what it costs.

use std::{
    fs,
    io::{self, Read, Write},
    num::NonZero,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

const COLUMNS: u16 = 200;
const LINES: u16 = 50;
/// Nothing that is measured takes as long.
const PATIENCE: Duration = Duration::from_secs(300);

/// A running program and its screen. It is ended where it is dropped.
pub struct Terminal {
    child: Box<dyn Child + Send + Sync>,
    keys: Box<dyn Write + Send>,
    _terminal: Box<dyn MasterPty + Send>,
    started: Instant,
    seen: Arc<Seen>,
}

#[derive(Default)]
struct Seen {
    output: Mutex<Option<Output>>,
    more: Condvar,
}

struct Output {
    parser: vt100::Parser,
    bytes: usize,
    /// When the last of them came.
    at: Instant,
    ended: bool,
}

impl Terminal {
    /// Starts a program.
    ///
    /// # Errors
    ///
    /// If there is no pseudo-terminal to be had, or no such program.
    pub fn start(program: &str, arguments: &[&str]) -> anyhow::Result<Terminal> {
        let mut command = CommandBuilder::new(program);
        command.args(arguments);
        for (name, value) in [("TERM", "xterm-256color"), ("LC_ALL", "C.UTF-8")] {
            command.env(name, value);
        }
        command.env_remove("NO_COLOR");
        command.env_remove("LESS");
        let pair = native_pty_system().openpty(PtySize {
            rows: LINES,
            cols: COLUMNS,
            ..PtySize::default()
        })?;
        let seen = Arc::new(Seen::default());
        let reader = pair.master.try_clone_reader()?;
        let started = Instant::now();
        let child = pair.slave.spawn_command(command)?;
        let shared = Arc::clone(&seen);
        thread::spawn(move || shared.follow(reader));
        Ok(Terminal {
            child,
            keys: pair.master.take_writer()?,
            _terminal: pair.master,
            started,
            seen,
        })
    }

    /// When the program was started.
    #[must_use]
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Types, and says when.
    ///
    /// # Errors
    ///
    /// If the terminal is gone.
    pub fn send(&mut self, keys: &str) -> io::Result<Instant> {
        let at = Instant::now();
        self.keys.write_all(keys.as_bytes())?;
        self.keys.flush()?;
        Ok(at)
    }

    /// Waits until the screen shows something, and says when the bytes came that show it.
    ///
    /// # Errors
    ///
    /// With the screen as it is, where the program ends before or nothing comes for minutes.
    pub fn wait(&self, what: &str, is_shown: impl Fn(&str) -> bool) -> anyhow::Result<Instant> {
        let since = Instant::now();
        let mut output = self.seen.lock();
        loop {
            let contents = output
                .as_ref()
                .map(|output| output.parser.screen().contents());
            let contents = contents.unwrap_or_default();
            if let (true, Some(output)) = (is_shown(&contents), output.as_ref()) {
                return Ok(output.at);
            }
            let ended = output.as_ref().is_some_and(|output| output.ended);
            anyhow::ensure!(
                !ended && since.elapsed() < PATIENCE,
                "never seen: {what}\n{contents}"
            );
            let waited = self.seen.more.wait_timeout(output, Duration::from_secs(1));
            (output, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Waits until the screen shows a text.
    ///
    /// # Errors
    ///
    /// As [`Terminal::wait`].
    pub fn wait_for(&self, text: &str) -> anyhow::Result<Instant> {
        self.wait(text, |screen| screen.contains(text))
    }

    /// Waits until nothing has been written for a while.
    pub fn wait_for_silence(&self, silence: Duration) {
        let mut before = self.written();
        loop {
            thread::sleep(silence);
            let now = self.written();
            if now == before {
                return;
            }
            before = now;
        }
    }

    /// Bytes the program has written so far.
    #[must_use]
    pub fn written(&self) -> usize {
        self.seen.lock().as_ref().map_or(0, |output| output.bytes)
    }

    /// Its anonymous memory in bytes: what is not a file's; nothing where the system does not say.
    #[must_use]
    pub fn anonymous_memory(&self) -> Option<u64> {
        self.memory_probe()()
    }

    /// A reader of its anonymous memory, for another thread.
    pub fn memory_probe(&self) -> impl Fn() -> Option<u64> + Send + use<> {
        let id = self.child.process_id();
        move || {
            let status = fs::read_to_string(format!("/proc/{}/status", id?)).ok()?;
            let line = status.lines().find(|line| line.starts_with("RssAnon:"))?;
            let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
            Some(kib << 10)
        }
    }

    /// The processor time of its threads so far; nothing where the system does not say.
    #[must_use]
    pub fn processor_time(&self) -> Option<Duration> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.process_id()?)).ok()?;
        let mut sum_ns = 0;
        for thread in threads {
            let stat = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
            sum_ns += stat.split_whitespace().next()?.parse::<u64>().ok()?;
        }
        Some(Duration::from_nanos(sum_ns))
    }
}

impl Seen {
    fn lock(&self) -> MutexGuard<'_, Option<Output>> {
        self.output.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn follow(&self, mut reader: impl Read) {
        let size = |cells| NonZero::new(cells).unwrap_or(NonZero::<u16>::MIN);
        *self.lock() = Some(Output {
            parser: vt100::Parser::new(size(LINES), size(COLUMNS), 0),
            bytes: 0,
            at: Instant::now(),
            ended: false,
        });
        let mut buffer = [0; 64 * 1024];
        loop {
            let count = reader.read(&mut buffer).unwrap_or(0);
            let at = Instant::now();
            if let Some(output) = self.lock().as_mut() {
                output.parser.process(&buffer[..count]);
                output.bytes += count;
                output.at = at;
                output.ended = count == 0;
            }
            self.more.notify_all();
            if count == 0 {
                break;
            }
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // an error says that it has ended already
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
