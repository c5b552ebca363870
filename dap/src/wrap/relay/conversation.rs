//! One conversation: a pump for each direction, one thread each, and the session between them.

use std::{
    io::{self, Read, Write},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, RecvTimeoutError},
    },
    time::Duration,
};

use super::{
    super::{
        record::{Direction, Recording},
        session::{Fate, Session, Turn},
        upstream::{Process, lock},
        wire::{Part, Wire},
    },
    Ending, FAREWELL, Relay,
    doors::Doors,
    outlet::Outlet,
};
use crate::frame;

/// How long an adapter whose process ended may take to deliver what it had written.
const LAST_WORDS: Duration = Duration::from_millis(30);
/// How long the system may take to say how a process ended.
const STATUS: Duration = Duration::from_millis(50);

/// One session under way.
pub(super) struct Conversation {
    pub(super) session: Mutex<Session>,
    pub(super) client: Outlet,
    pub(super) recording: Option<Mutex<Recording>>,
    pub(super) relay: Arc<Relay>,
    /// Addresses at which child sessions of the debuggee are waited for.
    pub(super) doors: Arc<Doors>,
    /// Counts the messages of the adapter twice, as they come and as they are written: odd while one is under way.
    pub(super) heard: AtomicUsize,
}

pub(super) enum Event {
    ClientGone,
    /// Nothing more comes from the adapter.
    AdapterGone,
    /// Nothing more reaches the adapter: it ended, or ended its input. What it has written may still be on its way.
    AdapterDeaf,
    ProcessEnded,
}

impl Conversation {
    /// Waits for the end of the session, and sees to it that neither side is left with an open question.
    pub(super) fn watch(&self, ended: &mpsc::Receiver<Event>, process: Option<&Process>) -> Ending {
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
            match ended.recv_timeout(LAST_WORDS) {
                // it is known already
                Ok(Event::ProcessEnded | Event::AdapterDeaf) => {}
                Err(RecvTimeoutError::Timeout) => {
                    let is_writing = before % 2 == 1;
                    if !is_writing && self.heard.load(Ordering::Acquire) == before {
                        return;
                    }
                }
                _ => return,
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
        self.client.send(messages);
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
    pub(super) fn listen_to(self: &Arc<Self>, process: &Process) {
        let conversation = Arc::downgrade(self);
        lock(&process.output).listener = Some(Box::new(move |stream, line| {
            if let Some(conversation) = conversation.upgrade() {
                let output = lock(&conversation.session).output(stream, line);
                conversation.client.send(vec![output]);
            }
        }));
    }

    /// From the client to the adapter, until one of them is gone: which that was.
    pub(super) fn pump_client(
        &self,
        reader: Box<dyn Read + Send>,
        adapter: &mut dyn Write,
    ) -> Event {
        let mut wire = Wire::new(reader);
        loop {
            // a failed stream has ended like any other
            let passed = match wire.next().unwrap_or(Part::End) {
                Part::Message(bytes, body) => self.speak(bytes, body, adapter),
                Part::Long(header, length) => {
                    let written = adapter.write_all(header);
                    written.and_then(|()| wire.pass_on(length, adapter))
                }
                Part::Stray(bytes) => adapter.write_all(bytes).and_then(|()| adapter.flush()),
                Part::End => return Event::ClientGone,
            };
            if passed.is_err() {
                return Event::AdapterDeaf;
            }
        }
    }

    /// One message of the client.
    fn speak(&self, bytes: &[u8], body: usize, mut adapter: &mut dyn Write) -> io::Result<()> {
        let (header, message) = bytes.split_at(body);
        let Turn { fate, to_client } = lock(&self.session).client(message);
        match fate {
            Fate::Pass => {
                self.note(Direction::ToAdapter, message);
                adapter.write_all(bytes)?;
                adapter.flush()?;
            }
            Fate::Replace(message) => {
                self.note(Direction::ToAdapter, &message);
                frame::write_like(&mut adapter, header, &message)?;
            }
            Fate::Keep => {}
        }
        self.client.send(to_client);
        Ok(())
    }

    /// From the adapter to the client, until one of them is gone.
    pub(super) fn pump_adapter(&self, reader: Box<dyn Read + Send>) -> io::Result<()> {
        let mut wire = Wire::new(reader);
        loop {
            match wire.next()? {
                Part::End => return Ok(()),
                Part::Message(bytes, body) => self.heed(|| self.hear(bytes, body))?,
                Part::Stray(bytes) => self.heed(|| self.client.pass(bytes))?,
                Part::Long(header, length) => {
                    let header = header.to_vec();
                    self.heed(|| {
                        self.client.write(|client| {
                            client.write_all(&header)?;
                            wire.pass_on(length, client)
                        })
                    })?;
                }
            }
        }
    }

    /// Passes something on, and counts it as under way for as long as that takes.
    fn heed(&self, pass: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        self.heard.fetch_add(1, Ordering::AcqRel);
        let passed = pass();
        self.heard.fetch_add(1, Ordering::AcqRel);
        passed
    }

    /// One message of the adapter.
    fn hear(&self, bytes: &[u8], body: usize) -> io::Result<()> {
        let (header, message) = bytes.split_at(body);
        self.note(Direction::FromAdapter, message);
        let turn = self.turn(message);
        match turn.fate {
            Fate::Pass => self.client.pass(bytes)?,
            Fate::Replace(message) => {
                self.client
                    .write(|mut client| frame::write_like(&mut client, header, &message))?;
                lock(&self.session).take_back(message);
            }
            Fate::Keep => {}
        }
        self.client.send(turn.to_client);
        Ok(())
    }

    fn turn(&self, message: &[u8]) -> Turn {
        let mut session = lock(&self.session);
        let settings = session.settings().clone();
        session.adapter(message, &mut |host, port| {
            self.relay
                .redirect(host, port, settings.clone(), &self.doors)
        })
    }

    fn note(&self, direction: Direction, message: &[u8]) {
        if let Some(recording) = &self.recording {
            // a full disk ends the recording, not the session
            let _ = lock(recording).write(direction, message);
        }
    }
}
