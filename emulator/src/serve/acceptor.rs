//! Connections are accepted on a thread of their own.
//!
//! The tasks of a runtime run in turn. Where a herd is played in this process, a thousand of its sessions connect
//! before it is a server's turn again, and a queue of 128 connections (see `bind.rs`) overflows meanwhile. The
//! operating system lets a thread of its own accept within milliseconds.

#![expect(
    clippy::disallowed_methods,
    reason = "a driver: waits in real time after an accept that failed"
)]

use std::future::pending;
use std::io;
use std::net::TcpStream as Accepted;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tracing::debug;

/// After an accept that failed (too many open files, as a rule).
const PAUSE: Duration = Duration::from_millis(50);

/// Accepts the connections of one port, in the order in which they come.
pub(crate) struct Acceptor {
    accepted: UnboundedReceiver<io::Result<(Accepted, Permit)>>,
    accepting: JoinSet<()>,
}

/// A connection holds it while it is open, also while it waits for [`Acceptor::accept`].
pub(crate) type Permit = OwnedSemaphorePermit;

impl Acceptor {
    /// Accepts from now on. Beyond `most` open connections the others wait in the system's queue.
    pub(crate) fn new(listener: TcpListener, most: usize) -> Acceptor {
        let (sender, accepted) = mpsc::unbounded_channel();
        let mut accepting = JoinSet::new();
        accepting.spawn_on(accept_all(listener, most, sender), &thread());
        Acceptor {
            accepted,
            accepting,
        }
    }

    /// The next connection, or why one could not be accepted; then the next try is a little later.
    pub(crate) async fn accept(&mut self) -> io::Result<(TcpStream, Permit)> {
        match self.accepted.recv().await {
            Some(accepted) => {
                let (stream, permit) = accepted?;
                Ok((TcpStream::from_std(stream)?, permit))
            }
            None => pending().await,
        }
    }

    /// When this returns the port is free.
    pub(crate) async fn close(mut self) {
        self.accepting.shutdown().await;
    }
}

/// The thread that accepts, for all ports of the process. A listener is made within it. Without a thread to be
/// had, it is the runtime that asks.
pub(super) fn thread() -> Handle {
    static THREAD: LazyLock<io::Result<Runtime>> = LazyLock::new(|| {
        let mut one = Builder::new_multi_thread();
        one.worker_threads(1).thread_name("accept").enable_all();
        one.build()
    });
    match &*THREAD {
        Ok(runtime) => runtime.handle().clone(),
        Err(error) => {
            debug!(%error, "no thread to accept connections on");
            Handle::current()
        }
    }
}

async fn accept_all(
    listener: TcpListener,
    most: usize,
    accepted: UnboundedSender<io::Result<(Accepted, Permit)>>,
) {
    let open = Arc::new(Semaphore::new(most));
    loop {
        let permit = Arc::clone(&open).acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let stream = listener.accept().await;
        let stream = stream.and_then(|(stream, _)| stream.into_std());
        let failed = stream.is_err();
        if accepted
            .send(stream.map(|stream| (stream, permit)))
            .is_err()
        {
            return;
        }
        if failed {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::serve::bind::bind;

    /// The test's runtime has one thread, which the test never gives back.
    #[tokio::test]
    async fn connections_are_accepted_while_the_runtime_is_busy() {
        let (listener, address) = bind("a test", ([127, 0, 0, 1], 0).into()).unwrap();
        let acceptor = Acceptor::new(listener, 300);
        let clients: Vec<_> = (0..300).map(|_| Accepted::connect(address)).collect();
        assert!(clients.iter().all(Result::is_ok));
        let mut tries = 0;
        while acceptor.accepted.len() < 300 && tries < 10_000 {
            std::thread::sleep(Duration::from_millis(1));
            tries += 1;
        }
        assert_eq!(acceptor.accepted.len(), 300);
    }

    #[tokio::test]
    async fn a_closed_port_is_free() {
        let (listener, address) = bind("a test", ([127, 0, 0, 1], 0).into()).unwrap();
        Acceptor::new(listener, 1).close().await;
        bind("a test", address).unwrap();
    }
}
