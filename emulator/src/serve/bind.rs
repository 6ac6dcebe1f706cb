//! Ports, bound, and why one could not be.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::net::{TcpListener, TcpSocket};

use super::acceptor;

/// How many connections may wait to be accepted: as many as the system allows, since each reduces this number
/// without an error. Linux takes `net.core.somaxconn`, by default 4096 since 5.4 and 128 before (listen(2));
/// macOS 128 (listen(2), BUGS); Windows reads `SOMAXCONN`, which is this number, as "a maximum reasonable value"
/// (documentation of `listen`). The 128 of `TcpListener::bind` is too few for a herd: Linux drops the others, and
/// their clients send again a second later, in the next window of the limit.
const BACKLOG: u32 = i32::MAX as u32;

/// A listener at the address, and where it is: port 0 picks a free one. `role` is what messages call it.
pub(crate) fn bind(
    role: &'static str,
    wanted: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = || {
        let listener = listen(wanted)?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound().map_err(|source| StartError::Bind {
        role,
        address: wanted,
        source,
    })
}

/// As `TcpListener::bind` does it, but for the number of connections that may wait: the address may be bound again
/// at once after a stop, except on Windows, where the same option would let two programs share the port.
fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = match at {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    #[cfg(not(windows))]
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    let thread = acceptor::thread();
    let _within = thread.enter();
    socket.listen(BACKLOG)
}

/// Why an emulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An address could not be bound.
    #[error("cannot serve {role} at {address}")]
    Bind {
        /// What was to be served there.
        role: &'static str,
        /// The address.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// The certificate of the stub of Resource Manager could not be written.
    #[error("cannot write the certificate to {}", file.display())]
    Certificate {
        /// Where.
        file: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}
