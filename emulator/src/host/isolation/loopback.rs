//! The loopback of a new network namespace, by netlink: rtnetlink(7).

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};

use nix::sys::socket::{
    AddressFamily, MsgFlags, NetlinkAddr, SockFlag, SockProtocol, SockType, recv, sendto, socket,
};

use super::address::METADATA_ADDRESS;

/// The index of `lo`, the first interface of every namespace.
const LOOPBACK: u32 = 1;

// linux/rtnetlink.h
const RTM_NEWLINK: u16 = 16;
const RTM_NEWADDR: u16 = 20;
// linux/if.h
const IFF_UP: u32 = 1;
// linux/if_addr.h
const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
// linux/netlink.h
const NLM_F_REQUEST: u16 = 1;
const NLM_F_ACK: u16 = 4;
const NLM_F_EXCL: u16 = 0x200;
const NLM_F_CREATE: u16 = 0x400;
const NLMSG_ERROR: u16 = 2;
/// The length of a message's header.
const HEADER: usize = 16;

/// Brings the loopback up, and adds the metadata address to it.
pub(super) fn configure() -> io::Result<()> {
    let socket = socket(
        AddressFamily::Netlink,
        SockType::Raw,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkRoute,
    )?;
    ask(&socket, &message(RTM_NEWLINK, 0, &up()))?;
    ask(
        &socket,
        &message(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &address()),
    )
}

/// `struct ifinfomsg`
fn up() -> Vec<u8> {
    let mut body = vec![0; 4];
    for number in [LOOPBACK, IFF_UP, IFF_UP] {
        body.extend(number.to_ne_bytes());
    }
    body
}

/// `struct ifaddrmsg`, a host's address, and its attributes.
fn address() -> Vec<u8> {
    let family = u8::try_from(nix::libc::AF_INET).unwrap_or_default();
    let mut body = vec![family, 32, 0, 0];
    body.extend(LOOPBACK.to_ne_bytes());
    let octets = match METADATA_ADDRESS {
        std::net::SocketAddr::V4(address) => address.ip().octets(),
        std::net::SocketAddr::V6(_) => unreachable!("it is of version 4"),
    };
    for attribute in [IFA_LOCAL, IFA_ADDRESS] {
        body.extend(8_u16.to_ne_bytes());
        body.extend(attribute.to_ne_bytes());
        body.extend(octets);
    }
    body
}

/// `struct nlmsghdr`, and the body.
fn message(kind: u16, flags: u16, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(HEADER + body.len()).unwrap_or_default();
    let mut message = length.to_ne_bytes().to_vec();
    message.extend(kind.to_ne_bytes());
    message.extend((NLM_F_REQUEST | NLM_F_ACK | flags).to_ne_bytes());
    message.extend([0; 8]);
    message.extend(body);
    message
}

/// Sends it and reads the acknowledgement: an error whose number is 0.
fn ask(socket: &OwnedFd, message: &[u8]) -> io::Result<()> {
    let fd = socket.as_raw_fd();
    sendto(fd, message, &NetlinkAddr::new(0, 0), MsgFlags::empty())?;
    let mut answer = [0; 4096];
    let length = recv(fd, &mut answer, MsgFlags::empty())?;
    let answer = &answer[..length];
    let kind = answer.get(4..6).and_then(|kind| kind.try_into().ok());
    let number = answer.get(HEADER..HEADER + 4);
    let number = number.and_then(|number| number.try_into().ok());
    match (kind.map(u16::from_ne_bytes), number.map(i32::from_ne_bytes)) {
        (Some(NLMSG_ERROR), Some(0)) => Ok(()),
        (Some(NLMSG_ERROR), Some(number)) => Err(io::Error::from_raw_os_error(-number)),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}
