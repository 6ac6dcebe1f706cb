//! The port of the page.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: answers that are under way have their time"
)]

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Notify;

use super::routes::router;

/// How long answers that are under way may take once the page is to end.
const GRACE: Duration = Duration::from_secs(1);

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
    #[error("cannot listen at {0}")]
    Listen(SocketAddr, #[source] io::Error),
    /// The system refuses what it needs.
    #[error("cannot serve")]
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

    /// Serves the page until it is interrupted; answers that are under way have a second.
    ///
    /// # Errors
    /// If the system refuses what it needs.
    pub(crate) async fn serve(
        self,
        interrupted: impl Future<Output = ()>,
    ) -> Result<(), NotServed> {
        let listener = tokio::net::TcpListener::from_std(self.listener)?;
        let stop = Arc::new(Notify::new());
        let stopped = Arc::clone(&stop);
        let serving = axum::serve(listener, router());
        let serving = serving.with_graceful_shutdown(async move { stopped.notified().await });
        let mut serving = pin!(serving.into_future());
        tokio::select! {
            served = &mut serving => return Ok(served?),
            () = interrupted => stop.notify_one(),
        }
        match tokio::time::timeout(GRACE, serving).await {
            Ok(served) => Ok(served?),
            Err(_elapsed) => Ok(()),
        }
    }
}
