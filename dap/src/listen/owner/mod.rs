//! Whose process is at the other end of a connection.
//!
//! Linux tells of every socket of this machine whose it is. A client of another machine has none here, and one of
//! another user is there under that user. It is asked for one socket; a list of all of them, which took more of the
//! processor than the sessions where many clients came at once, is read only where such a question is not answered, as in
//! some containers. Other systems have neither that needs no rights: there the loopback interface is all that is asked for.

#[cfg(target_os = "linux")]
mod diag;
#[cfg(any(target_os = "linux", test))]
mod list;

use std::net::TcpStream;

/// Owner of the socket at the other end.
#[cfg(any(target_os = "linux", test))]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A process of this user.
    User(u32),
    /// No process any more: the client has closed it.
    Nobody,
    /// No process of this machine.
    Elsewhere,
}

/// True if the other end is a process of our user on this machine, as far as the system tells.
#[cfg(target_os = "linux")]
pub(super) fn is_ours(stream: &TcpStream) -> bool {
    let (Ok(ours), Ok(theirs)) = (stream.local_addr(), stream.peer_addr()) else {
        return false;
    };
    let user = rustix::process::geteuid().as_raw();
    let owner = diag::owner(theirs, ours).unwrap_or_else(|_| list::owner(theirs, ours));
    owner == Owner::User(user)
}

/// True if the other end is on this machine: whose it is, this system does not tell.
#[cfg(not(target_os = "linux"))]
pub(super) fn is_ours(stream: &TcpStream) -> bool {
    stream
        .peer_addr()
        .is_ok_and(|peer| peer.ip().to_canonical().is_loopback())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::net::{Shutdown, TcpListener};

    use super::*;

    fn check(listening: &str) {
        let listener = TcpListener::bind(listening).unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (stream, _) = listener.accept().unwrap();
        let (ours, theirs) = (stream.local_addr().unwrap(), stream.peer_addr().unwrap());
        let owners = || {
            let by_list = list::owner(theirs, ours);
            // what cannot be asked is read
            let asked = diag::owner(theirs, ours).unwrap_or(by_list);
            (asked, by_list)
        };
        let user = Owner::User(rustix::process::geteuid().as_raw());
        assert_eq!(owners(), (user, user));
        assert!(is_ours(&stream));
        // one that will say nothing more still listens
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(owners(), (user, user));
        drop(client);
        assert_eq!(owners(), (Owner::Nobody, Owner::Nobody));
        assert!(!is_ours(&stream));
    }

    #[test]
    fn a_connection_of_our_own_is_ours_until_it_is_closed() {
        check("127.0.0.1:0");
    }

    #[test]
    fn so_is_one_over_ipv6() {
        if TcpListener::bind("[::1]:0").is_ok() {
            check("[::1]:0");
        }
    }

    #[test]
    fn what_no_socket_of_this_machine_says_comes_from_elsewhere() {
        let [from, to] = ["192.0.2.1:41668", "192.0.2.2:4711"].map(|text| text.parse().unwrap());
        assert_eq!(list::owner(from, to), Owner::Elsewhere);
        let asked = diag::owner(from, to).unwrap_or(Owner::Elsewhere);
        assert_eq!(asked, Owner::Elsewhere);
    }
}
