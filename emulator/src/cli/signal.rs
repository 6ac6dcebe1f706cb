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

/// A signal to this process that is passed on to its command.
#[cfg(unix)]
pub(crate) struct Signal(nix::sys::signal::Signal);

#[cfg(unix)]
impl Signal {
    /// Sends it to the process. What the terminal sends it sends to both, as they are in one process group.
    pub(crate) fn pass(&self, pid: Option<u32>) {
        use nix::sys::signal::Signal::{SIGINT, SIGQUIT};

        let pid = pid.and_then(|pid| i32::try_from(pid).ok());
        let has_it = matches!(self.0, SIGINT | SIGQUIT) && is_foreground();
        if let Some(pid) = pid.filter(|_| !has_it) {
            // A process that has just ended needs no signal.
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), self.0);
        }
    }
}

/// Whether the terminal sends its signals to this process's group.
#[cfg(unix)]
fn is_foreground() -> bool {
    use std::fs::File;
    use std::io::IsTerminal;

    let terminal = File::open("/dev/tty").ok().filter(File::is_terminal);
    let group = terminal.and_then(|tty| nix::unistd::tcgetpgrp(tty).ok());
    group == Some(nix::unistd::getpgrp())
}

/// The signals that are passed on. SIGHUP is not among them, so that `nohup` works.
#[cfg(unix)]
pub(crate) struct Passed(Vec<(nix::sys::signal::Signal, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Passed {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Passed> {
        use nix::sys::signal::Signal::{SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
        use tokio::signal::unix::{SignalKind, signal};

        let all = [SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2].into_iter();
        let heard = all.map(|it| Ok((it, signal(SignalKind::from_raw(it as i32))?)));
        heard.collect::<io::Result<_>>().map(Passed)
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> Signal {
        std::future::poll_fn(|context| {
            let mut heard = self.0.iter_mut();
            let next =
                heard.find_map(|(it, signal)| signal.poll_recv(context).is_ready().then_some(*it));
            next.map_or(std::task::Poll::Pending, |it| {
                std::task::Poll::Ready(Signal(it))
            })
        })
        .await
    }
}

/// Windows sends Ctrl-C and Ctrl-Break to the command, too, which decides what to do; nothing is passed on.
#[cfg(windows)]
pub(crate) struct Signal;

#[cfg(windows)]
impl Signal {
    pub(crate) fn pass(&self, _pid: Option<u32>) {}
}

/// What this process survives, as the command decides when to end.
#[cfg(windows)]
pub(crate) struct Passed(
    tokio::signal::windows::CtrlC,
    tokio::signal::windows::CtrlBreak,
);

#[cfg(windows)]
impl Passed {
    /// Listens from now on.
    pub(crate) fn listen() -> io::Result<Passed> {
        use tokio::signal::windows::{ctrl_break, ctrl_c};
        Ok(Passed(ctrl_c()?, ctrl_break()?))
    }

    /// The next one.
    pub(crate) async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.0.recv() => {}
            _ = self.1.recv() => {}
        }
        Signal
    }
}
