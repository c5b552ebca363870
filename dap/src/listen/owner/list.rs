//! The owner of a socket, by the lists of all sockets: `/proc/net/tcp` and `/proc/net/tcp6`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::Owner;

/// Owner of the socket at `from` that is connected to `to`.
#[cfg(target_os = "linux")]
pub(super) fn owner(from: SocketAddr, to: SocketAddr) -> Owner {
    // the list can be a moment behind the connection
    let mut attempts = (0..5).filter_map(|attempt| {
        std::thread::sleep(std::time::Duration::from_millis(5 * attempt));
        ["/proc/net/tcp", "/proc/net/tcp6"].iter().find_map(|list| {
            let list = std::fs::read_to_string(list).unwrap_or_default();
            owner_in(&list, from, to)
        })
    });
    attempts.next().unwrap_or(Owner::Elsewhere)
}

/// The owner of the socket at `from` that is connected to `to`, by a list as the kernel writes it.
fn owner_in(list: &str, from: SocketAddr, to: SocketAddr) -> Option<Owner> {
    list.lines().skip(1).find_map(|line| {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, local, remote, _, _, _, _, user, _, inode, ..] = fields.as_slice() else {
            return None;
        };
        let is_it = is_address(local, from) && is_address(remote, to);
        // a connection whose process is gone has no owner any more, and says 0
        match is_it.then_some(*inode)? {
            "0" => Some(Owner::Nobody),
            _ => user.parse().ok().map(Owner::User),
        }
    })
}

/// True if `0100007F:1267` is that address: words of the machine's own order, each in hexadecimal digits.
fn is_address(text: &str, address: SocketAddr) -> bool {
    let read = || {
        let (words, port) = text.split_once(':')?;
        let word = |at: usize| {
            let digits = words.get(at * 8..at * 8 + 8)?;
            u32::from_str_radix(digits, 16).ok().map(u32::to_ne_bytes)
        };
        let ip = match words.len() {
            8 => IpAddr::from(Ipv4Addr::from(word(0)?)),
            32 => {
                let words = [word(0)?, word(1)?, word(2)?, word(3)?];
                let bytes: [u8; 16] = words.concat().try_into().ok()?;
                IpAddr::from(Ipv6Addr::from(bytes))
            }
            _ => return None,
        };
        Some((ip, u16::from_str_radix(port, 16).ok()?))
    };
    read().is_some_and(|(ip, port)| {
        (ip.to_canonical(), port) == (address.ip().to_canonical(), address.port())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three connections as Linux 6.1 on a little-endian machine lists them: one of user 1000, one that is closed by
    /// its process, one over IPv6.
    const LIST: &str = "\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1267 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 8214 1 0000000000000000 100 0 0 10 0
   1: 0100007F:A2C4 0100007F:1267 01 00000000:00000000 00:00000000 00000000  1000        0 9001 1 0000000000000000 20 4 30 10 -1
   2: 0100007F:A2C6 0100007F:1267 06 00000000:00000000 03:00000D00 00000000     0        0 0 3 0000000000000000
   3: 00000000000000000000000001000000:A2C8 00000000000000000000000001000000:1267 01 00000000:00000000 00:00000000 00000000  1001        0 9002 1 0000000000000000 20 4 30 10 -1
   4: 0000000000000000FFFF00000100007F:A2CA 0000000000000000FFFF00000100007F:1267 01 00000000:00000000 00:00000000 00000000  1002        0 9003 1 0000000000000000 20 4 30 10 -1
";

    #[test]
    #[cfg(target_endian = "little")]
    fn the_owner_of_a_connection_is_in_the_list() {
        for (from, to, owner) in [
            ("127.0.0.1:41668", "127.0.0.1:4711", Some(Owner::User(1000))),
            ("127.0.0.1:41668", "127.0.0.1:4712", None),
            ("127.0.0.2:41668", "127.0.0.1:4711", None),
            ("127.0.0.1:41670", "127.0.0.1:4711", Some(Owner::Nobody)),
            ("[::1]:41672", "[::1]:4711", Some(Owner::User(1001))),
            ("127.0.0.1:41674", "127.0.0.1:4711", Some(Owner::User(1002))),
            ("192.168.0.7:41668", "192.168.0.2:4711", None),
        ] {
            let address = |text: &str| text.parse::<SocketAddr>().unwrap();
            assert_eq!(owner_in(LIST, address(from), address(to)), owner, "{from}");
        }
    }
}
