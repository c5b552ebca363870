//! Clients and their adapters: each pair is one conversation, and some have others come out of them.

mod conversation;
mod doors;
mod outlet;

use std::{
    io::{Read, Write},
    net::Shutdown,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use ulid_engine::Timestamp;

use super::{
    record::Recording,
    session::Session,
    settings::Settings,
    upstream::{Half, Link, Process, Reach, Server, Upstream, UpstreamError, lock},
    wire::{Part, Wire},
};
use crate::{
    frame,
    listen::{Clients, Socket},
};
use conversation::{Conversation, Event};
use doors::Doors;
use outlet::Outlet;

/// How long an adapter may take to end after its client has gone.
const FAREWELL: Duration = Duration::from_secs(3);
/// How often sessions are counted at the end.
const HEARTBEAT: Duration = Duration::from_millis(10);

/// The state that every session of this process shares.
pub(super) struct Relay {
    pub(super) upstream: Upstream,
    pub(super) settings: Settings,
    pub(super) recording: Option<PathBuf>,
    /// Whose clients are served.
    pub(super) clients: Clients,
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

impl Relay {
    pub(super) fn new(
        upstream: Upstream,
        settings: Settings,
        recording: Option<PathBuf>,
        clients: Clients,
    ) -> Relay {
        Relay {
            upstream,
            settings,
            recording,
            clients,
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

    /// If this process was told to end, that decides how it does, although its sessions are over by then.
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
            socket,
        } = link;
        let conversation = Arc::new(Conversation {
            session: Mutex::new(Session::new(settings, self.upstream.family, Timestamp::now)),
            client: Outlet::new(client.writer),
            recording: self.record(),
            relay: Arc::clone(self),
            doors: Arc::default(),
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
        conversation.doors.close();
        if let Some(socket) = socket {
            // whoever still waits for it
            socket.shut(Shutdown::Both);
        }
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
    fn redirect(
        self: &Arc<Self>,
        host: &str,
        port: u16,
        settings: Settings,
        doors: &Arc<Doors>,
    ) -> Option<u16> {
        let address = if host.contains(':') {
            format!("[{host}]:{port}")
        } else {
            format!("{host}:{port}")
        };
        let relay = Arc::clone(self);
        doors.open(self.clients, move |socket| {
            relay.children.fetch_add(1, Ordering::AcqRel);
            let upstream = Upstream {
                reach: Reach::Address(address),
                ..relay.upstream.clone()
            };
            let client = Client::on(socket);
            match upstream.reach(&mut None) {
                Ok(link) => relay.converse(client, link, settings),
                Err(error) => decline(client, &error),
            };
            relay.children.fetch_sub(1, Ordering::AcqRel);
        })
    }
}

impl Client {
    /// A client that connected.
    pub(super) fn on(socket: Socket) -> Client {
        Client {
            reader: Box::new(socket.clone()),
            writer: Box::new(Half(socket)),
        }
    }
}

/// Tells a client why there is no adapter: in the protocol, as the answer to its first request.
fn decline(mut client: Client, error: &UpstreamError) -> Ending {
    let mut wire = Wire::new(client.reader);
    let mut session = Session::new(Settings::at(Timestamp::now()), None, Timestamp::now);
    while let Ok(part @ (Part::Message(..) | Part::Stray(_))) = wire.next() {
        if let Part::Message(bytes, body) = part {
            // only registers the request as open
            let _ = session.client(bytes.get(body..).unwrap_or_default());
            break;
        }
    }
    for message in session.adapter_gone(&error.to_string(), false) {
        if frame::write(&mut client.writer, &message).is_err() {
            break;
        }
    }
    Ending::Lost
}

#[cfg(test)]
mod tests;
