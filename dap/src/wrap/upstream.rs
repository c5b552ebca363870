//! The adapter behind us: a process that speaks on its standard streams, a process that announces a port, an address.

use std::{
    ffi::OsString,
    io::{self, BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpStream},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::family::Family;
use crate::listen::Socket;

/// How long an adapter may take to announce its port.
const ANNOUNCEMENT: Duration = Duration::from_secs(15);
/// How long rdbg may take to wait for a client, after the announcement.
const READINESS: Duration = Duration::from_secs(2);
/// Words of rdbg when it does.
const WAITING: &[u8] = b"wait for debugger connection";
/// The part of an adapter's error output that is kept, to be told when it dies.
const TAIL: usize = 4096;

/// The place of an adapter.
#[derive(Debug, Clone)]
pub struct Upstream {
    /// How it is reached.
    pub reach: Reach,
    /// Whose ways it has, where that is known.
    pub family: Option<Family>,
    /// Advice where it is not installed.
    pub hint: Option<&'static str>,
}

/// How an adapter is reached.
#[derive(Debug, Clone)]
pub enum Reach {
    /// A process that speaks on its standard streams.
    Stdio(Vec<OsString>),
    /// A process that announces the port on which it listens.
    Announced(Vec<OsString>),
    /// An adapter that listens already: host and port.
    Address(String),
}

/// Both directions to an adapter.
pub(super) struct Link {
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) writer: Box<dyn Write + Send>,
    pub(super) process: Option<Arc<Process>>,
    /// The connection, where it is one.
    pub(super) socket: Option<Socket>,
}

/// Why an adapter could not be reached.
#[derive(Debug, thiserror::Error)]
pub(super) enum UpstreamError {
    #[error("the adapter {program:?} could not be started: {error}{}", hint.map(|hint| format!("; {hint}")).unwrap_or_default())]
    Start {
        program: OsString,
        error: io::Error,
        hint: Option<&'static str>,
    },
    #[error("the adapter at {address} does not answer: {error}")]
    Connect { address: String, error: io::Error },
    #[error("the adapter announced no port within {} s{}", ANNOUNCEMENT.as_secs(), output_of(.output))]
    Unannounced { output: String },
    #[error("no adapter is named")]
    Nothing,
}

fn output_of(output: &str) -> String {
    match output.trim() {
        "" => String::new(),
        output => format!("; it said: {output}"),
    }
}

impl Upstream {
    /// Starts the adapter, or connects to it. `server` is the process of an earlier session that may take another.
    pub(super) fn reach(&self, server: &mut Option<Server>) -> Result<Link, UpstreamError> {
        match &self.reach {
            Reach::Stdio(command) => {
                let mut child = self.spawn(command, Stdio::piped())?;
                let (Some(reader), Some(writer)) = (child.stdout.take(), child.stdin.take()) else {
                    return Err(UpstreamError::Nothing);
                };
                #[cfg(target_os = "linux")]
                widen(&reader);
                Ok(Link {
                    reader: Box::new(reader),
                    writer: Box::new(writer),
                    process: Some(Process::watch(child)),
                    socket: None,
                })
            }
            Reach::Announced(command) => {
                if let Some(running) = server.as_ref()
                    && let Ok(link) = connect(&running.address)
                {
                    return Ok(link);
                }
                let started = self.announced(command)?;
                let mut link = connect(&started.address)?;
                link.process = Some(Arc::clone(&started.process));
                *server = Some(started);
                Ok(link)
            }
            Reach::Address(address) => connect(address),
        }
    }

    fn announced(&self, command: &[OsString]) -> Result<Server, UpstreamError> {
        let mut child = self.spawn(command, Stdio::null())?;
        let stdout = child.stdout.take();
        let process = Process::watch(child);
        let (found, address) = mpsc::channel::<News>();
        if let Some(stdout) = stdout {
            let output = Arc::clone(&process.output);
            let found = found.clone();
            thread::spawn(move || drain(stdout, "stdout", &output, Some(&found)));
        }
        // some say it among their errors
        lock(&process.output).announcement = Some(found);
        match self.address_in(&address) {
            Some(address) => Ok(Server { address, process }),
            None => {
                process.kill();
                let output = lock(&process.output).tail();
                Err(UpstreamError::Unannounced { output })
            }
        }
    }

    /// The address that an adapter announces, once it waits there. rdbg shows its console to a client that comes before.
    fn address_in(&self, news: &mpsc::Receiver<News>) -> Option<String> {
        let mut waits = self.family != Some(Family::Rdbg);
        let mut address = None;
        loop {
            let limit = address.as_ref().map_or(ANNOUNCEMENT, |_| READINESS);
            match news.recv_timeout(limit) {
                Ok(News::Address(found)) => address = Some(found),
                Ok(News::Waiting) => waits = true,
                Err(_) => return address,
            }
            if waits && address.is_some() {
                return address;
            }
        }
    }

    fn spawn(&self, command: &[OsString], stdin: Stdio) -> Result<Child, UpstreamError> {
        let (program, arguments) = command.split_first().ok_or(UpstreamError::Nothing)?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        spawn_apart(command).map_err(|error| UpstreamError::Start {
            program: program.clone(),
            error,
            hint: self.hint,
        })
    }
}

/// Starts a process in a session of its own. What it leaves behind can be ended with it; and it has no terminal, for debugpy
/// would take that of an editor for its debuggee, and leave the editor without.
#[cfg(unix)]
fn spawn_apart(command: Command) -> io::Result<Child> {
    use process_wrap::std::{ChildWrapper, CommandWrap, ProcessSession};

    let child = CommandWrap::from(command).wrap(ProcessSession).spawn()?;
    let child: Box<dyn ChildWrapper> = child.into_inner();
    let child: Box<dyn std::any::Any> = child;
    let child = child.downcast::<Child>();
    child
        .map(|child| *child)
        .map_err(|_| io::Error::other("the process has no handle"))
}

#[cfg(not(unix))]
fn spawn_apart(mut command: Command) -> io::Result<Child> {
    command.spawn()
}

/// Gives a pipe room for a long message, so that its writer need not wait in the midst of one for us to read. What is no
/// pipe, or may not have more, stays as it is.
#[cfg(target_os = "linux")]
pub(super) fn widen(pipe: impl std::os::fd::AsFd) {
    const ROOM: usize = 1 << 20;
    let _ = rustix::pipe::fcntl_setpipe_size(pipe, ROOM);
}

/// A process that listens, and where.
pub(super) struct Server {
    address: String,
    pub(super) process: Arc<Process>,
}

/// A running adapter.
pub(super) struct Process {
    id: u32,
    child: Mutex<Child>,
    pub(super) output: Arc<Mutex<Output>>,
}

/// Takes the name of a stream and a line from it.
type Listener = Box<dyn FnMut(&'static str, &str) + Send>;

/// Output of an adapter outside of the protocol.
#[derive(Default)]
pub(super) struct Output {
    tail: Vec<u8>,
    announcement: Option<mpsc::Sender<News>>,
    /// True if its error stream has ended.
    is_closed: bool,
    /// Takes what a listening adapter prints: it is the debuggee's output, which has no other way to the client.
    pub(super) listener: Option<Listener>,
}

impl Output {
    /// The last of it, as text.
    pub(super) fn tail(&self) -> String {
        String::from_utf8_lossy(&self.tail).trim().to_owned()
    }

    fn take(&mut self, stream: &'static str, line: &[u8]) {
        if let Some(listener) = &mut self.listener {
            listener(stream, &String::from_utf8_lossy(line));
        }
        self.tail.extend_from_slice(line);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
    }
}

impl Process {
    fn watch(mut child: Child) -> Arc<Process> {
        let output = Arc::new(Mutex::new(Output::default()));
        if let Some(stderr) = child.stderr.take() {
            let output = Arc::clone(&output);
            thread::spawn(move || drain(stderr, "stderr", &output, None));
        }
        Arc::new(Process {
            id: child.id(),
            child: Mutex::new(child),
            output,
        })
    }

    /// How it ended, where it has.
    pub(super) fn status(&self) -> Option<ExitStatus> {
        lock(&self.child).try_wait().ok().flatten()
    }

    /// Waits for its end.
    pub(super) fn wait(&self, limit: Duration) -> Option<ExitStatus> {
        let start = Instant::now();
        loop {
            let status = self.status();
            if status.is_some() || start.elapsed() >= limit {
                return status;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// The last of its errors, once it has ended.
    pub(super) fn last_words(&self) -> String {
        const LIMIT: Duration = Duration::from_millis(20);
        let start = Instant::now();
        while !lock(&self.output).is_closed && start.elapsed() < LIMIT {
            thread::sleep(Duration::from_millis(1));
        }
        lock(&self.output).tail()
    }

    /// Waits for its end without taking note of it.
    #[cfg(unix)]
    pub(super) fn wait_unreaped(&self) {
        use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

        if let Some(id) = i32::try_from(self.id).ok().and_then(Pid::from_raw) {
            // an error says that it has ended and is known to have
            let _ = waitid(
                WaitId::Pid(id),
                WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
            );
        }
    }

    /// Waits for its end without taking note of it.
    #[cfg(not(unix))]
    pub(super) fn wait_unreaped(&self) {
        while self.wait(Duration::from_millis(50)).is_none() {}
    }

    /// Sees to its end: ends it where it has not ended within the limit.
    pub(super) fn end(&self, limit: Duration) {
        if limit.is_zero() || self.wait(limit).is_none() {
            self.kill();
        }
    }

    /// Ends it, and what it started and left in its group.
    pub(super) fn kill(&self) {
        end_group(self.id);
        let mut child = lock(&self.child);
        // an error says that it has ended already
        let _ = child.kill();
        let _ = child.wait();
    }
}

/// Ends every process of the group, politely: an adapter that is asked ends its debuggee.
#[cfg(unix)]
fn end_group(id: u32) {
    use rustix::process::{Pid, Signal, kill_process_group};

    let group = i32::try_from(id).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        // an error says that nobody is left in it
        let _ = kill_process_group(group, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn end_group(_: u32) {}

/// Reads lines until the end, so that the process never waits for a reader.
fn drain(
    stream: impl Read,
    name: &'static str,
    output: &Mutex<Output>,
    announcement: Option<&mpsc::Sender<News>>,
) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    let mut is_announced = false;
    while let Ok(1..) = (&mut stream).take(64 * 1024).read_until(b'\n', &mut line) {
        let mut output = lock(output);
        let news = News::of(&line);
        let is_own = !is_announced && matches!(news, Some(News::Address(_)));
        let found = announcement.or(output.announcement.as_ref());
        if let (Some(news), Some(found)) = (news, found) {
            is_announced |= is_own;
            // an error says that nobody waits for it
            let _ = found.send(news);
        }
        if !(is_own && is_announced) {
            output.take(name, &line);
        }
        line.clear();
    }
    if name == "stderr" {
        lock(output).is_closed = true;
    }
}

/// News of an adapter that listens.
enum News {
    /// Address that it listens at.
    Address(String),
    /// The adapter waits for a client.
    Waiting,
}

impl News {
    fn of(line: &[u8]) -> Option<News> {
        let address = announced_address(&String::from_utf8_lossy(line));
        address.map(News::Address).or_else(|| {
            let waits = memchr::memmem::find(line, WAITING).is_some();
            waits.then_some(News::Waiting)
        })
    }
}

/// The address at the end of a line such as `DAP server listening at: 127.0.0.1:38697`, `Listening on port 4711` or, of rdbg,
/// `Debugger can attach via TCP/IP (127.0.0.1:38697)`.
fn announced_address(line: &str) -> Option<String> {
    let is_announced = ["listening", "can attach via tcp/ip"];
    let line = line.to_ascii_lowercase();
    if !is_announced.iter().any(|words| line.contains(words)) {
        return None;
    }
    let last = line.split_whitespace().next_back()?;
    let last = last.trim_matches(['(', ')']);
    let (host, port) = last.rsplit_once(':').unwrap_or(("", last));
    let port: u16 = port.parse().ok().filter(|port| *port != 0)?;
    let host = match host.trim_matches(['[', ']']) {
        "" | "0.0.0.0" | "::" => "127.0.0.1",
        host => host,
    };
    Some(if host.contains(':') {
        format!("[{host}]:{port}")
    } else {
        format!("{host}:{port}")
    })
}

fn connect(address: &str) -> Result<Link, UpstreamError> {
    let refused = |error| UpstreamError::Connect {
        address: address.to_owned(),
        error,
    };
    let stream = TcpStream::connect(address).map_err(refused)?;
    let socket = Socket::new(stream).map_err(refused)?;
    Ok(Link {
        reader: Box::new(socket.clone()),
        writer: Box::new(Half(socket.clone())),
        process: None,
        socket: Some(socket),
    })
}

/// The writing half of a socket, closed when it goes.
pub(super) struct Half(pub(super) Socket);

impl Write for Half {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn write_vectored(&mut self, bytes: &[io::IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        self.0.shut(Shutdown::Write);
    }
}

/// A lock that outlives a panic in another thread: what it guards is whole between any two statements.
pub(super) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::announced_address;

    #[test]
    fn announcements() {
        for (line, address) in [
            (
                "DAP server listening at: 127.0.0.1:38697\n",
                Some("127.0.0.1:38697"),
            ),
            ("Debug server listening at ::1:8123\n", Some("[::1]:8123")),
            ("Debug server listening at [::1]:8123", Some("[::1]:8123")),
            ("Listening on port 4711", Some("127.0.0.1:4711")),
            ("API server listening at: [::]:4000", Some("127.0.0.1:4000")),
            (
                "DEBUGGER: Debugger can attach via TCP/IP (127.0.0.1:43113)\n",
                Some("127.0.0.1:43113"),
            ),
            (
                "DEBUGGER: Debugger can attach via UNIX domain socket (/tmp/x-1:5)",
                None,
            ),
            ("warning: port 5 is odd: 77", None),
            ("listening at nothing", None),
            ("listening at: 127.0.0.1:0", None),
            ("", None),
        ] {
            assert_eq!(announced_address(line).as_deref(), address, "{line}");
        }
    }
}
