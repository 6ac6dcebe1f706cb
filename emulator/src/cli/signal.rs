//! What stops the program: a signal, or the end of its standard input.

use std::io;
use std::thread::Builder;

use tokio::sync::oneshot;

/// Reads standard input from now on; ready when it ends.
///
/// A thread reads, since no system has a way to await every kind of standard input.
pub(crate) fn stdin_closed() -> io::Result<impl Future<Output = ()>> {
    let (reading, closed) = oneshot::channel::<()>();
    Builder::new().name("stdin".to_owned()).spawn(move || {
        let _ = io::copy(&mut io::stdin().lock(), &mut io::sink());
        drop(reading);
    })?;
    Ok(async move {
        let _ = closed.await;
    })
}

/// Listens from now on; ready at the first stop signal.
#[cfg(unix)]
pub(crate) fn shutdown() -> io::Result<impl Future<Output = ()>> {
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

/// Listens from now on; ready at the first stop signal.
#[cfg(windows)]
pub(crate) fn shutdown() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_shutdown};

    let mut interrupt = ctrl_c()?;
    let mut terminate = ctrl_break()?;
    let mut system = ctrl_shutdown()?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = system.recv() => {}
        }
    })
}
