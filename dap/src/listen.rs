//! Sessions over TCP, each on a thread of its own.

use std::{
    fmt,
    io::{self, BufReader},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    str::FromStr,
    thread,
};

use crate::connection::Connection;

/// Where to listen: a port of this machine alone, or an address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address(SocketAddr);

/// A text that is no [`Address`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no port (4711) and no address with a port (192.168.0.2:4711)")]
pub struct AddressError(String);

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    /// A port alone is one of the loopback interface; who wants to be reached from elsewhere has to say so.
    fn from_str(text: &str) -> Result<Address, AddressError> {
        if let Ok(port) = text.parse::<u16>() {
            return Ok(Address((Ipv4Addr::LOCALHOST, port).into()));
        }
        let address = text.parse().map_err(|_| AddressError(text.to_owned()))?;
        Ok(Address(address))
    }
}

/// Listens, and serves every client by `serve`. `ready` is told where, for port 0 stands for any that is free.
///
/// # Errors
///
/// Where the address cannot be listened at.
pub fn listen(
    address: Address,
    ready: impl FnOnce(SocketAddr),
    serve: impl Fn(&Connection) + Clone + Send + 'static,
) -> io::Result<()> {
    let listener = TcpListener::bind(address.0)?;
    ready(listener.local_addr()?);
    for stream in listener.incoming() {
        // a client that left before it was accepted
        let Ok(stream) = stream else { continue };
        let serve = serve.clone();
        thread::spawn(move || drop(attend(&stream, serve)));
    }
    Ok(())
}

fn attend(stream: &TcpStream, serve: impl Fn(&Connection)) -> io::Result<()> {
    // messages are small and answered one by one: waiting to fill packets costs 40 ms each
    stream.set_nodelay(true)?;
    let input = BufReader::new(stream.try_clone()?);
    let (connection, writing) = Connection::over(input, stream.try_clone()?);
    serve(&connection);
    drop(connection);
    writing.finish()?;
    stream.shutdown(Shutdown::Both)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_alone_is_of_this_machine() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let found = text.parse::<Address>();
            let found = found.map(|address| address.0.to_string());
            assert_eq!(
                found.as_deref().map_err(ToString::to_string),
                expected.map_err(str::to_owned)
            );
        };
        check("4711", Ok("127.0.0.1:4711"));
        check("0.0.0.0:4711", Ok("0.0.0.0:4711"));
        check("[::1]:0", Ok("[::1]:0"));
        for text in ["", "70000", "localhost", ":4711"] {
            let error =
                format!("{text:?} is no port (4711) and no address with a port (192.168.0.2:4711)");
            check(text, Err(&error));
        }
    }
}
