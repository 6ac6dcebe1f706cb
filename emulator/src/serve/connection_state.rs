//! The state of one connection of the IMDS port, which its requests and faults share, and the stream that
//! ends accordingly.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tracing::debug;

use crate::serve::beginning::Beginning;
use crate::wire::target::LatestTarget;

/// The state that a connection's requests share.
#[derive(Debug)]
pub(crate) struct ConnectionState {
    /// From 1, in the order of accepting.
    pub(crate) number: u64,
    reset: AtomicBool,
    busy: AtomicBool,
    /// Nanoseconds since the run's start.
    used_at: AtomicU64,
    /// The target of its last request.
    pub(crate) latest_target: LatestTarget,
    /// What came since its last request was read.
    pub(crate) beginning: Arc<Beginning>,
}

impl ConnectionState {
    pub(crate) fn new(number: u64) -> ConnectionState {
        ConnectionState {
            number,
            reset: AtomicBool::new(false),
            busy: AtomicBool::new(false),
            used_at: AtomicU64::new(0),
            latest_target: LatestTarget::default(),
            beginning: Arc::default(),
        }
    }

    /// Records whether a request on it is being answered.
    pub(crate) fn set_busy(&self, busy: bool) {
        self.busy.store(busy, Ordering::Relaxed);
    }

    /// Whether a request on it is being answered.
    pub(crate) fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Relaxed)
    }

    /// Records when it was accepted, or a request on it was answered, since the run's start.
    pub(crate) fn set_used_at(&self, now: Duration) {
        let nanoseconds = u64::try_from(now.as_nanos()).unwrap_or(u64::MAX);
        self.used_at.store(nanoseconds, Ordering::Relaxed);
    }

    /// When it was last used, in nanoseconds since the run's start.
    pub(crate) fn used_at(&self) -> u64 {
        self.used_at.load(Ordering::Relaxed)
    }

    /// Lets the connection end with a reset (RST) instead of a close (FIN).
    pub(crate) fn reset_at_end(&self) {
        self.reset.store(true, Ordering::Relaxed);
    }
}

/// A TCP stream that ends with a reset if its state says so.
pub(crate) struct ResettableStream {
    stream: TcpStream,
    state: Arc<ConnectionState>,
}

impl ResettableStream {
    pub(crate) fn new(stream: TcpStream, state: Arc<ConnectionState>) -> ResettableStream {
        ResettableStream { stream, state }
    }
}

/// Closing with a linger time of zero makes the system send a reset.
impl Drop for ResettableStream {
    fn drop(&mut self) {
        if self.state.reset.load(Ordering::Relaxed)
            && let Err(error) = self.stream.set_zero_linger()
        {
            debug!(%error, "a connection is closed where it was to be reset");
        }
    }
}

impl AsyncRead for ResettableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl AsyncWrite for ResettableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
