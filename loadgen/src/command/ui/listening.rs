//! The port of the page.

use std::io;
use std::net::{SocketAddr, TcpListener};

use thiserror::Error;

use super::routes::router;

/// A port on loopback that takes connections, which are served from [`Listening::serve`] on.
pub(crate) struct Listening {
    listener: TcpListener,
    /// Where.
    pub(crate) at: SocketAddr,
}

/// The page is not served.
#[derive(Debug, Error)]
pub(crate) enum NotServed {
    /// The address is taken, or not of this machine.
    #[error("cannot listen at {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The system refuses what it needs.
    #[error("cannot serve: {0}")]
    Serve(#[from] io::Error),
}

impl Listening {
    /// # Errors
    /// If the port cannot be had.
    pub(crate) fn at(address: SocketAddr) -> Result<Self, NotServed> {
        let not = |error| NotServed::Listen(address, error);
        let listener = TcpListener::bind(address).map_err(not)?;
        listener.set_nonblocking(true).map_err(not)?;
        let at = listener.local_addr().map_err(not)?;
        Ok(Self { listener, at })
    }

    /// Serves the page until it is interrupted; answers that are under way are finished.
    ///
    /// # Errors
    /// If the system refuses what it needs.
    pub(crate) async fn serve(
        self,
        interrupted: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), NotServed> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let serving = axum::serve(listener, router());
        Ok(serving.with_graceful_shutdown(interrupted).await?)
    }
}
