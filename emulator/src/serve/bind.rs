//! Ports, bound, and why one could not be.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::net::TcpListener;

/// A listener at the address, and where it is: port 0 picks a free one. `role` is what messages call it.
pub(crate) async fn bind(
    role: &'static str,
    wanted: SocketAddr,
) -> Result<(TcpListener, SocketAddr), StartError> {
    let bound = async {
        let listener = TcpListener::bind(wanted).await?;
        let address = listener.local_addr()?;
        Ok((listener, address))
    };
    bound.await.map_err(|source| StartError::Bind {
        role,
        address: wanted,
        source,
    })
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
