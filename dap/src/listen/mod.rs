//! Sessions over TCP: who may connect, how many at once, and where.
//!
//! Both servers of this crate go by the rules of this module. A client is served if it runs as the user who started the
//! server, and if what it says first is the header of a message; a browser says something else. A session costs a
//! bounded number of threads and descriptors, and there is a bounded number of sessions.

mod gate;
mod owner;

use std::{
    fmt,
    io::{self, Cursor, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _},
    str::FromStr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use crate::spawn;
use gate::Farewells;
pub(crate) use gate::admit;

/// Sessions at once. An editor has a few, one for each process that is debugged.
const SESSIONS_MAX: usize = 64;
/// Between two attempts to accept a client where the system has no descriptor for one.
const PATIENCE: Duration = Duration::from_millis(50);

/// Address to listen at: a port of this machine alone, or a host and a port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address(Vec<SocketAddr>);

/// A text that is no [`Address`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no port (4711) and no host with a port (localhost:4711, 192.168.0.2:4711)")]
pub struct AddressError(String);

/// Whose clients are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clients {
    /// Clients of the user who started the server, on this machine.
    SameUser,
    /// All that can reach the address.
    Any,
}

impl Clients {
    /// Choice by a switch for everybody.
    #[must_use]
    pub fn any_user(any: bool) -> Clients {
        if any { Clients::Any } else { Clients::SameUser }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.first() {
            Some(address) => address.fmt(f),
            None => f.write_str("nowhere"),
        }
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// A port alone is one of the loopback interface; who wants to be reached from elsewhere has to say so.
    fn from_str(text: &str) -> Result<Address, AddressError> {
        if let Ok(port) = text.parse::<u16>() {
            return Ok(Address(vec![(Ipv4Addr::LOCALHOST, port).into()]));
        }
        let error = || AddressError(text.to_owned());
        let is_named = text
            .rsplit_once(':')
            .is_some_and(|(host, _)| !host.is_empty());
        let found = is_named.then(|| text.to_socket_addrs().ok()).flatten();
        let addresses: Vec<SocketAddr> = found.ok_or_else(error)?.collect();
        if addresses.is_empty() {
            return Err(error());
        }
        Ok(Address(addresses))
    }
}

/// A socket whose two directions are used by two threads. It takes one descriptor.
#[derive(Debug, Clone)]
pub struct Socket {
    stream: Arc<TcpStream>,
    /// Bytes that were read before it was known whose they are.
    ahead: Arc<Mutex<Cursor<Vec<u8>>>>,
}

impl Socket {
    /// A socket that sends at once: messages are small and answered one by one, and waiting to fill packets costs 40 ms
    /// each.
    pub(crate) fn new(stream: TcpStream) -> io::Result<Socket> {
        Socket::with(stream, Vec::new())
    }

    /// A socket of which something was read already.
    fn with(stream: TcpStream, ahead: Vec<u8>) -> io::Result<Socket> {
        stream.set_nodelay(true)?;
        Ok(Socket {
            stream: Arc::new(stream),
            ahead: Arc::new(Mutex::new(Cursor::new(ahead))),
        })
    }

    /// Ends one direction or both, also for whoever waits in it.
    pub(crate) fn shut(&self, how: Shutdown) {
        // an error says that the other end was faster
        let _ = self.stream.shutdown(how);
    }
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ahead = self.ahead.lock();
        let ahead = ahead.unwrap_or_else(PoisonError::into_inner).read(buffer)?;
        match ahead {
            0 => (&*self.stream).read(buffer),
            read => Ok(read),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        (&*self.stream).write(bytes)
    }

    fn write_vectored(&mut self, bytes: &[io::IoSlice<'_>]) -> io::Result<usize> {
        (&*self.stream).write_vectored(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        (&*self.stream).flush()
    }
}

/// Listens, and serves every client by `serve`, each on a thread of its own. `ready` is told where, for port 0 stands for
/// any that is free.
///
/// # Errors
///
/// If the address cannot be listened at.
pub fn listen(
    address: &Address,
    clients: Clients,
    ready: impl FnOnce(SocketAddr),
    serve: impl Fn(Socket) + Clone + Send + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind(address.0.as_slice())?;
    ready(listener.local_addr()?);
    let places = Places::default();
    let farewells = Farewells::new();
    loop {
        let Ok((stream, _)) = listener.accept() else {
            // without a descriptor for it the client waits, and so do we
            thread::sleep(PATIENCE);
            continue;
        };
        let Some(place) = places.take() else {
            let reason = format!("{SESSIONS_MAX} sessions are open, end one of them first");
            farewells.turn_away(stream, &reason);
            continue;
        };
        let serve = serve.clone();
        // Where there is no thread for it the client is gone with what it would have run.
        let _ = spawn::named("session", move || {
            let _place = place;
            if let Some(socket) = admit(stream, clients) {
                serve(socket.clone());
                socket.shut(Shutdown::Both);
            }
        });
    }
}

/// The places for sessions, so many as may be open at once.
#[derive(Debug, Clone, Default)]
struct Places(Arc<AtomicUsize>);

/// A place that is taken.
struct Place(Places);

impl Places {
    fn take(&self) -> Option<Place> {
        let taken = self.0.fetch_add(1, Ordering::AcqRel);
        let place = Place(self.clone());
        (taken < SESSIONS_MAX).then_some(place)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_of_this_machine() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = text.parse::<Address>();
            let found = found.map(|address| address.to_string());
            assert_eq!(
                found.as_deref().map_err(ToString::to_string),
                expected.map_err(str::to_owned)
            );
        };
        check("4711", Ok("127.0.0.1:4711"));
        check("0.0.0.0:4711", Ok("0.0.0.0:4711"));
        check("[::1]:0", Ok("[::1]:0"));
        for text in ["", "70000", "localhost", ":4711", "localhost:x"] {
            let error = format!(
                "{text:?} is no port (4711) and no host with a port (localhost:4711, 192.168.0.2:4711)"
            );
            check(text, Err(&error));
        }
    }

    #[test]
    fn the_commonest_spelling_of_this_machine_is_its_name() {
        let Address(found) = "localhost:4711".parse().unwrap();
        assert!(
            found.iter().all(|address| address.ip().is_loopback()),
            "{found:?}"
        );
    }

    #[test]
    fn places_are_given_back() {
        let places = Places::default();
        let taken: Vec<_> = (0..SESSIONS_MAX).map(|_| places.take().unwrap()).collect();
        assert!(places.take().is_none());
        assert!(places.take().is_none());
        drop(taken);
        assert!(places.take().is_some());
    }
}
