//! The signals that stop the program.

use std::io;

/// Listens from now on, within a runtime; completes at SIGINT or SIGTERM.
///
/// # Errors
/// If the system does not let it listen.
#[cfg(unix)]
pub(crate) fn shutdown() -> io::Result<impl Future<Output = ()> + Send> {
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

/// Listens from now on, within a runtime; completes at Ctrl-C. Unlike the
/// other programs it leaves Ctrl-Break and the system's shutdown to Windows, which ends the program at once.
///
/// # Errors
/// If the system does not let it listen.
#[cfg(windows)]
pub(crate) fn shutdown() -> io::Result<impl Future<Output = ()> + Send> {
    let mut interrupt = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupt.recv().await;
    })
}
