//! The pumps between a client and an adapter: one thread for each direction, the session between them.

use std::{
    io::{self, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use ulid_engine::Timestamp;

use super::{
    record::{Direction, Recording},
    session::{Fate, Session, Turn},
    settings::Settings,
    upstream::{self, Link, Process, Reach, Server, Upstream, UpstreamError, lock},
    wire::{Part, Wire},
};
use crate::frame;

/// How long an adapter whose process ended may take to deliver what it had written.
const LAST_WORDS: Duration = Duration::from_millis(30);
/// How long the system may take to say how a process ended.
const STATUS: Duration = Duration::from_millis(50);
/// How long an adapter may take to end after its client has gone.
const FAREWELL: Duration = Duration::from_secs(3);
/// How often sessions are counted at the end.
const HEARTBEAT: Duration = Duration::from_millis(10);

/// What every session of this process shares.
pub(super) struct Relay {
    pub(super) upstream: Upstream,
    pub(super) settings: Settings,
    pub(super) recording: Option<PathBuf>,
    sessions: AtomicUsize,
    children: AtomicUsize,
    server: Mutex<Option<Server>>,
    running: Mutex<Vec<Arc<Process>>>,
    /// This process was told to end.
    is_ending: AtomicBool,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// As the client wanted, or because the debuggee was done.
    Orderly,
    /// The adapter was lost.
    Lost,
}

/// A client: what it sends and where it listens.
pub(super) struct Client {
    pub(super) reader: Box<dyn Read + Send>,
    pub(super) writer: Box<dyn Write + Send>,
}

/// One session under way.
struct Conversation {
    session: Mutex<Session>,
    client: Mutex<Box<dyn Write + Send>>,
    recording: Option<Mutex<Recording>>,
    relay: Arc<Relay>,
    /// Counts the messages of the adapter twice, as they come and as they are written: odd while one is under way.
    heard: AtomicUsize,
}

enum Event {
    ClientGone,
    /// Nothing more comes from the adapter.
    AdapterGone,
    /// Nothing more reaches the adapter: it ended, or ended its input. What it has written may still be on its way.
    AdapterDeaf,
    ProcessEnded,
}

impl Relay {
    pub(super) fn new(upstream: Upstream, settings: Settings, recording: Option<PathBuf>) -> Relay {
        Relay {
            upstream,
            settings,
            recording,
            sessions: AtomicUsize::new(0),
            children: AtomicUsize::new(0),
            server: Mutex::default(),
            running: Mutex::default(),
            is_ending: AtomicBool::new(false),
        }
    }

    /// Serves a client until the session is over.
    pub(super) fn serve(self: &Arc<Self>, client: Client) -> Ending {
        match self.reach() {
            Ok(link) => self.converse(client, link, self.settings.clone()),
            Err(error) => decline(client, &error),
        }
    }

    fn reach(&self) -> Result<Link, UpstreamError> {
        if !matches!(self.upstream.reach, Reach::Stdio(_)) {
            return self.upstream.reach(&mut lock(&self.server));
        }
        // whoever ends all adapters must not miss one that is being started
        let mut running = lock(&self.running);
        let link = self.upstream.reach(&mut None)?;
        running.extend(link.process.clone());
        Ok(link)
    }

    /// Waits for the sessions that came out of another.
    pub(super) fn wait_for_children(&self) {
        while self.children.load(Ordering::Acquire) > 0 {
            thread::sleep(HEARTBEAT);
        }
    }

    /// Ends every adapter, since this process was told to end.
    #[cfg(unix)]
    pub(super) fn end_all(&self) {
        self.is_ending.store(true, Ordering::Release);
        self.kill_all();
    }

    /// Where this process was told to end, that decides how it does, although its sessions are over by then.
    pub(super) fn wait_if_ending(&self) {
        while self.is_ending.load(Ordering::Acquire) {
            thread::park();
        }
    }

    /// Ends every adapter.
    pub(super) fn kill_all(&self) {
        for process in lock(&self.running).drain(..) {
            process.kill();
        }
        if let Some(server) = lock(&self.server).take() {
            server.process.kill();
        }
    }

    fn converse(self: &Arc<Self>, client: Client, link: Link, settings: Settings) -> Ending {
        let Link {
            reader,
            writer,
            process,
        } = link;
        let conversation = Arc::new(Conversation {
            session: Mutex::new(Session::new(settings, self.upstream.family, Timestamp::now)),
            client: Mutex::new(client.writer),
            recording: self.record(),
            relay: Arc::clone(self),
            heard: AtomicUsize::new(0),
        });
        // a process that listens may serve others after this session
        let listens = matches!(self.upstream.reach, Reach::Announced(_));
        if let Some(process) = process.as_ref().filter(|_| listens) {
            conversation.listen_to(process);
        }
        let own_process = process.clone().filter(|_| !listens);
        let (events, ended) = mpsc::channel();
        if let Some(process) = &own_process {
            let (process, events) = (Arc::clone(process), events.clone());
            thread::spawn(move || {
                process.wait_unreaped();
                let _ = events.send(Event::ProcessEnded);
            });
        }
        let spoken = (Arc::clone(&conversation), events.clone());
        let mut writer = writer;
        thread::spawn(move || {
            let event = spoken.0.pump_client(client.reader, &mut *writer);
            let _ = spoken.1.send(event);
            // Not before, for where its input ends the adapter may end too, and that is to be told later.
            drop(writer);
        });
        let heard = Arc::clone(&conversation);
        thread::spawn(move || {
            let _ = heard.pump_adapter(reader);
            let _ = events.send(Event::AdapterGone);
        });
        let ending = conversation.watch(&ended, own_process.as_deref());
        if let Some(process) = &process {
            lock(&process.output).listener = None;
        }
        if let Some(process) = own_process {
            process.end(if ending == Ending::Lost {
                Duration::ZERO
            } else {
                FAREWELL
            });
            lock(&self.running).retain(|running| !Arc::ptr_eq(running, &process));
        }
        ending
    }

    fn record(&self) -> Option<Mutex<Recording>> {
        let path = self.recording.as_ref()?;
        let number = self.sessions.fetch_add(1, Ordering::Relaxed) + 1;
        Recording::create(path, number).ok().map(Mutex::new)
    }

    /// Listens where a child session of the debuggee is to be reached, and takes one client to its adapter.
    fn redirect(self: &Arc<Self>, host: &str, port: u16, settings: Settings) -> Option<u16> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).ok()?;
        let ours = listener.local_addr().ok()?.port();
        let address = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let relay = Arc::clone(self);
        thread::spawn(move || {
            let Ok((stream, _)) = listener.accept() else {
                return;
            };
            relay.children.fetch_add(1, Ordering::AcqRel);
            if let Ok(client) = Client::on(stream) {
                let upstream = Upstream {
                    reach: Reach::Address(address),
                    ..relay.upstream.clone()
                };
                match upstream.reach(&mut None) {
                    Ok(link) => relay.converse(client, link, settings),
                    Err(error) => decline(client, &error),
                };
            }
            relay.children.fetch_sub(1, Ordering::AcqRel);
        });
        Some(ours)
    }
}

impl Client {
    /// A client that connected.
    pub(super) fn on(stream: TcpStream) -> io::Result<Client> {
        let (reader, writer) = upstream::halves(stream)?;
        Ok(Client {
            reader: Box::new(reader),
            writer: Box::new(writer),
        })
    }
}

impl Conversation {
    /// Waits for the end of the session, and sees to it that neither side is left with an open question.
    fn watch(&self, ended: &mpsc::Receiver<Event>, process: Option<&Process>) -> Ending {
        match ended.recv() {
            Ok(Event::ClientGone) => {
                // the adapter ends its debuggee, or leaves it, as it does without us in between
                if let Ok(Event::ProcessEnded) = ended.recv_timeout(FAREWELL) {
                    self.hear_out(ended);
                }
                return Ending::Orderly;
            }
            Ok(Event::ProcessEnded | Event::AdapterDeaf) => self.hear_out(ended),
            Ok(Event::AdapterGone) | Err(_) => {}
        }
        self.adapter_gone(process)
    }

    /// Waits until everything that an ended process wrote has passed. Its streams can stay open longer, in a process
    /// that it left behind, so silence counts as the end.
    fn hear_out(&self, ended: &mpsc::Receiver<Event>) {
        loop {
            let before = self.heard.load(Ordering::Acquire);
            let is_over = !matches!(
                ended.recv_timeout(LAST_WORDS),
                Err(RecvTimeoutError::Timeout)
            );
            let is_writing = before % 2 == 1;
            if is_over || (!is_writing && self.heard.load(Ordering::Acquire) == before) {
                return;
            }
        }
    }

    fn adapter_gone(&self, process: Option<&Process>) -> Ending {
        let status = process.and_then(|process| process.wait(STATUS));
        let is_orderly = {
            let session = lock(&self.session);
            let is_well = status.is_none_or(|status| status.success());
            session.is_disconnecting() || session.is_terminated() && is_well
        };
        let reason = self.reason(process, status);
        let messages = lock(&self.session).adapter_gone(&reason, is_orderly);
        self.send(&messages);
        if is_orderly {
            Ending::Orderly
        } else {
            Ending::Lost
        }
    }

    fn reason(
        &self,
        process: Option<&Process>,
        status: Option<std::process::ExitStatus>,
    ) -> String {
        let name = self.relay.upstream.family.map_or_else(
            || "the debug adapter".to_owned(),
            |family| family.to_string(),
        );
        let how = status.map_or_else(
            || "closed its connection".to_owned(),
            |status| format!("ended ({status})"),
        );
        let said = process
            .map(Process::last_words)
            .filter(|tail| !tail.is_empty());
        let hint = self
            .relay
            .upstream
            .hint
            .filter(|_| status.is_some_and(|status| !status.success()));
        let mut reason = format!("{name} {how}");
        for more in [said.as_deref(), hint].into_iter().flatten() {
            reason.push_str(": ");
            reason.push_str(more);
        }
        reason
    }

    /// Passes on what an adapter that listens prints beside the protocol.
    fn listen_to(self: &Arc<Self>, process: &Process) {
        let conversation = Arc::downgrade(self);
        lock(&process.output).listener = Some(Box::new(move |stream, line| {
            if let Some(conversation) = conversation.upgrade() {
                let output = lock(&conversation.session).output(stream, line);
                conversation.send(&[output]);
            }
        }));
    }

    /// From the client to the adapter, until one of them is gone: which that was.
    fn pump_client(&self, reader: Box<dyn Read + Send>, adapter: &mut dyn Write) -> Event {
        let mut wire = Wire::new(reader);
        loop {
            // a failed stream has ended like any other
            let passed = match wire.next().unwrap_or(Part::End) {
                Part::Message(bytes, body) => self.speak(bytes, body, adapter),
                Part::Long(header, length) => {
                    let written = adapter.write_all(header);
                    written.and_then(|()| wire.pass_on(Some(length), adapter))
                }
                Part::Unframed(bytes) => {
                    let written = adapter.write_all(bytes);
                    written.and_then(|()| wire.pass_on(None, adapter))
                }
                Part::End => return Event::ClientGone,
            };
            if passed.is_err() {
                return Event::AdapterDeaf;
            }
        }
    }

    /// One message of the client.
    fn speak(&self, bytes: &[u8], body: usize, mut adapter: &mut dyn Write) -> io::Result<()> {
        let message = bytes.get(body..).unwrap_or_default();
        let Turn { fate, to_client } = lock(&self.session).client(message);
        match fate {
            Fate::Pass => {
                self.note(Direction::ToAdapter, message);
                adapter.write_all(bytes)?;
                adapter.flush()?;
            }
            Fate::Replace(message) => {
                self.note(Direction::ToAdapter, &message);
                frame::write(&mut adapter, &message)?;
            }
            Fate::Keep => {}
        }
        self.send(&to_client);
        Ok(())
    }

    /// From the adapter to the client, until one of them is gone.
    fn pump_adapter(&self, reader: Box<dyn Read + Send>) -> io::Result<()> {
        let mut wire = Wire::new(reader);
        loop {
            let (before, rest) = match wire.next()? {
                Part::Message(bytes, body) => {
                    self.heard.fetch_add(1, Ordering::AcqRel);
                    self.hear(bytes, body)?;
                    self.heard.fetch_add(1, Ordering::AcqRel);
                    continue;
                }
                Part::Long(header, length) => (header.to_vec(), Some(length)),
                Part::Unframed(bytes) => (bytes.to_vec(), None),
                Part::End => return Ok(()),
            };
            self.heard.fetch_add(1, Ordering::AcqRel);
            let mut client = lock(&self.client);
            client.write_all(&before)?;
            wire.pass_on(rest, &mut *client)?;
            self.heard.fetch_add(1, Ordering::AcqRel);
        }
    }

    /// One message of the adapter.
    fn hear(&self, bytes: &[u8], body: usize) -> io::Result<()> {
        let message = bytes.get(body..).unwrap_or_default();
        self.note(Direction::FromAdapter, message);
        let turn = self.turn(message);
        let mut done_with = None;
        let mut client = lock(&self.client);
        match turn.fate {
            Fate::Pass => {
                client.write_all(bytes)?;
                client.flush()?;
            }
            Fate::Replace(message) => {
                frame::write(&mut *client, &message)?;
                done_with = Some(message);
            }
            Fate::Keep => {}
        }
        drop(client);
        if let Some(message) = done_with {
            lock(&self.session).take_back(message);
        }
        self.send(&turn.to_client);
        Ok(())
    }

    fn turn(&self, message: &[u8]) -> Turn {
        let mut session = lock(&self.session);
        let settings = session.settings().clone();
        session.adapter(message, &mut |host, port| {
            self.relay.redirect(host, port, settings.clone())
        })
    }

    /// Sends messages of ours to the client. Where it is gone, nobody is there to be told.
    fn send(&self, messages: &[Vec<u8>]) {
        let mut client = lock(&self.client);
        for message in messages {
            if frame::write(&mut *client, message).is_err() {
                return;
            }
        }
    }

    fn note(&self, direction: Direction, message: &[u8]) {
        if let Some(recording) = &self.recording {
            // a full disk ends the recording, not the session
            let _ = lock(recording).write(direction, message);
        }
    }
}

/// Tells a client why there is no adapter: in the protocol, as the answer to its first request.
fn decline(mut client: Client, error: &UpstreamError) -> Ending {
    let mut wire = Wire::new(client.reader);
    let mut session = Session::new(Settings::at(Timestamp::now()), None, Timestamp::now);
    if let Ok(Part::Message(bytes, body)) = wire.next() {
        // only registers the request as open
        let _ = session.client(bytes.get(body..).unwrap_or_default());
    }
    for message in session.adapter_gone(&error.to_string(), false) {
        if frame::write(&mut client.writer, &message).is_err() {
            break;
        }
    }
    Ending::Lost
}
