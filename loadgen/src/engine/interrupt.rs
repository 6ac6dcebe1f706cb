//! The wish of the user, or of the system, that a run ends.

use std::io;

/// Completes when the user, or the system, asks the run to end. Listens from the call on, within a runtime.
///
/// # Errors
/// If the system does not let it listen.
#[cfg(unix)]
pub(crate) fn interruptions() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Completes when the user asks the run to end. Listens from the call on, within a runtime.
///
/// # Errors
/// If the system does not let it listen.
#[cfg(windows)]
pub(crate) fn interruptions() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
