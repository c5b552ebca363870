//! Addresses of ours where the child sessions of a debuggee are waited for.

use std::{
    collections::BTreeSet,
    io,
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use super::super::upstream::lock;
use crate::listen::{Clients, Socket, admit};

/// Child sessions that may be waited for at once. A client connects as soon as it is told.
const OPEN_MAX: usize = 64;

/// The addresses, each for one client, which may also never come: they are closed with the session.
#[derive(Debug, Default)]
pub(super) struct Doors {
    ports: Mutex<BTreeSet<u16>>,
    is_over: AtomicBool,
}

impl Doors {
    /// Opens one, for a client that `serve` takes over. The port; none where there are too many already.
    pub(super) fn open(
        self: &Arc<Self>,
        clients: Clients,
        serve: impl FnOnce(Socket) + Send + 'static,
    ) -> Option<u16> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).ok()?;
        let port = listener.local_addr().ok()?.port();
        {
            let mut ports = lock(&self.ports);
            if ports.len() >= OPEN_MAX {
                return None;
            }
            ports.insert(port);
        }
        let doors = Arc::clone(self);
        thread::spawn(move || {
            let client = doors.wait(&listener, clients);
            lock(&doors.ports).remove(&port);
            drop(listener);
            if let Ok(socket) = client {
                serve(socket.clone());
                socket.shut(Shutdown::Both);
            }
        });
        Some(port)
    }

    /// Waits for a client that may come in.
    fn wait(&self, listener: &TcpListener, clients: Clients) -> io::Result<Socket> {
        loop {
            let (stream, _) = listener.accept()?;
            if self.is_over.load(Ordering::Acquire) {
                return Err(io::ErrorKind::ConnectionAborted.into());
            }
            if let Some(socket) = admit(stream, clients) {
                return Ok(socket);
            }
        }
    }

    /// Closes all at which nobody has come. Whoever waits there is woken by a connection that says nothing.
    pub(super) fn close(&self) {
        const LIMIT: Duration = Duration::from_millis(100);
        self.is_over.store(true, Ordering::Release);
        for port in std::mem::take(&mut *lock(&self.ports)) {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
            // an error says that nobody waits any more
            let _ = TcpStream::connect_timeout(&address, LIMIT);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use super::*;

    #[test]
    fn a_door_at_which_nobody_comes_is_closed_with_the_session() {
        let doors = Arc::new(Doors::default());
        let (sender, receiver) = channel::<()>();
        let ports: Vec<u16> = (0..OPEN_MAX)
            .map(|_| {
                let sender = sender.clone();
                doors
                    .open(Clients::SameUser, move |_| drop(sender))
                    .unwrap()
            })
            .collect();
        assert_eq!(doors.open(Clients::SameUser, |_| {}), None);
        drop(sender);
        doors.close();
        // every thread is over once it has let go of its sender
        let ended = receiver.recv_timeout(Duration::from_secs(20));
        assert_eq!(ended, Err(std::sync::mpsc::RecvTimeoutError::Disconnected));
        assert!(
            ports
                .iter()
                .all(|port| TcpStream::connect(("127.0.0.1", *port)).is_err())
        );
    }
}
