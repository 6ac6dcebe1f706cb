//! The broker's listener.

use std::io;
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

/// How many connections may wait to be accepted: as many as the system allows, since each reduces this number
/// without an error. Linux takes `net.core.somaxconn`, by default 4096 since 5.4 and 128 before (listen(2));
/// macOS 128 (listen(2), BUGS); Windows reads `SOMAXCONN`, which is this number, as "a maximum reasonable value"
/// (documentation of `listen`). The 128 of `TcpListener::bind` is too few for a herd: Linux drops the others, and
/// their clients connect again a second later.
const BACKLOG: u32 = i32::MAX as u32;

/// A listener for [`Broker::serve`](super::Broker::serve), with as long a queue as the system allows. Otherwise it
/// is what `TcpListener::bind` makes: the address may be bound again at once after a stop, except on Windows, where
/// the same option would let two programs share the port.
///
/// # Errors
/// When the address cannot be bound: it is in use, or not this machine's.
///
/// # Panics
/// Outside a runtime of tokio.
pub fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = match at {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    socket.listen(BACKLOG)
}
