//! The signals that stop the program.

use anyhow::Context;

/// Listens from now on, within a runtime; completes when the program is told to stop: by SIGINT or SIGTERM.
#[cfg(unix)]
pub(super) fn shutdown() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupt = signal(SignalKind::interrupt()).context("listening for SIGINT")?;
    let mut terminate = signal(SignalKind::terminate()).context("listening for SIGTERM")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens from now on, within a runtime; completes when the program is told to stop: by Ctrl-C, Ctrl-Break
/// or the system's shutdown.
#[cfg(not(unix))]
pub(super) fn shutdown() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_shutdown};

    let mut interrupt = ctrl_c().context("listening for Ctrl-C")?;
    let mut terminate = ctrl_break().context("listening for Ctrl-Break")?;
    let mut system = ctrl_shutdown().context("listening for the system's shutdown")?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = system.recv() => {}
        }
    })
}
