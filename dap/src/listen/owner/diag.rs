//! The owner of one socket, asked of the kernel: `sock_diag(7)`.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, netlink, recv, sendto,
    socket_with,
};

use super::Owner;

/// Bytes of `struct nlmsghdr`, which is before each message.
const HEADER: usize = 16;
/// Bytes of `struct inet_diag_req_v2`.
const QUESTION: usize = 56;
/// `SOCK_DIAG_BY_FAMILY`.
const BY_FAMILY: u16 = 20;
/// `NLMSG_ERROR`.
const ERROR: u16 = 2;
/// `NLM_F_REQUEST`.
const REQUEST: u16 = 1;
/// `IPPROTO_TCP`.
const TCP: u8 = 6;
/// Places of `idiag_uid` and `idiag_inode` in `struct inet_diag_msg`.
const UID: usize = HEADER + 64;
const INODE: usize = HEADER + 68;

/// Owner of the socket at `from` that is connected to `to`.
///
/// # Errors
///
/// Errors of the system, where it does not answer such questions.
pub(super) fn owner(from: SocketAddr, to: SocketAddr) -> io::Result<Owner> {
    let socket = socket_with(
        AddressFamily::NETLINK,
        SocketType::DGRAM,
        SocketFlags::CLOEXEC,
        Some(netlink::SOCK_DIAG),
    )?;
    let kernel = netlink::SocketAddrNetlink::new(0, 0);
    sendto(&socket, &question(from, to), SendFlags::empty(), &kernel)?;
    let mut answer = [0; 512];
    // it is there as soon as the question was sent
    let (_, count) = recv(&socket, &mut answer, RecvFlags::DONTWAIT)?;
    read(answer.get(..count).unwrap_or_default())
}

/// A message that asks for one socket.
fn question(from: SocketAddr, to: SocketAddr) -> Vec<u8> {
    let (from_ip, to_ip) = (from.ip().to_canonical(), to.ip().to_canonical());
    let family = match from_ip {
        IpAddr::V4(_) => AddressFamily::INET,
        IpAddr::V6(_) => AddressFamily::INET6,
    };
    let length = u32::try_from(HEADER + QUESTION).unwrap_or_default();
    let mut message = Vec::with_capacity(HEADER + QUESTION);
    message.extend(length.to_ne_bytes());
    message.extend([BY_FAMILY, REQUEST].map(u16::to_ne_bytes).concat());
    // the number of the message, and whose it is: the kernel's
    message.extend([0; 8]);
    message.extend([u8::try_from(family.as_raw()).unwrap_or_default(), TCP, 0, 0]);
    // sockets of all states
    message.extend(u32::MAX.to_ne_bytes());
    message.extend([from.port(), to.port()].map(u16::to_be_bytes).concat());
    message.extend(words(from_ip));
    message.extend(words(to_ip));
    message.extend(scope(from).to_ne_bytes());
    // of any socket, however often the address was used
    message.extend([u8::MAX; 8]);
    message
}

fn words(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, d] = ip.octets();
            [a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        IpAddr::V6(ip) => ip.octets(),
    }
}

/// The interface of an address that each of them may have.
fn scope(address: SocketAddr) -> u32 {
    match address {
        SocketAddr::V4(_) => 0,
        SocketAddr::V6(address) => address.scope_id(),
    }
}

/// The owner of which an answer tells.
fn read(answer: &[u8]) -> io::Result<Owner> {
    let number = |at: usize| -> io::Result<u32> {
        let bytes = answer.get(at..at + 4).and_then(|it| it.try_into().ok());
        let bytes = bytes.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(u32::from_ne_bytes(bytes))
    };
    let kind = answer.get(4..6).and_then(|it| it.try_into().ok());
    match kind.map(u16::from_ne_bytes) {
        Some(BY_FAMILY) if number(INODE)? == 0 => Ok(Owner::Nobody),
        Some(BY_FAMILY) => Ok(Owner::User(number(UID)?)),
        Some(ERROR) => {
            let code = number(HEADER)?.cast_signed();
            let error = io::Error::from_raw_os_error(code.saturating_neg());
            match error.kind() {
                io::ErrorKind::NotFound => Ok(Owner::Elsewhere),
                _ => Err(error),
            }
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_none_is_an_error() {
        let mut error = vec![0; 20];
        error[4..6].copy_from_slice(&ERROR.to_ne_bytes());
        // EOPNOTSUPP: the kernel has no such module
        error[16..].copy_from_slice(&(-95_i32).to_ne_bytes());
        for answer in [&[][..], &[0; 6], &[0; 88], &error, &error[..18]] {
            assert!(read(answer).is_err(), "{answer:?}");
        }
        error[16..].copy_from_slice(&(-2_i32).to_ne_bytes());
        assert_eq!(read(&error).unwrap(), Owner::Elsewhere);
    }
}
