//! A command that runs: a driver, which starts processes, waits for them and ends them.
//!
//! On Unix a command leads a process group of its own, on Windows it has a job object; ending it ends all
//! that it started and that did not leave the group. What it prints is read to its end, of which a part is [kept](super::kept).
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it measures how long commands run, and ends them when their time is over"
)]

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant, SystemTime};

use imds_client::program;
use imds_emulator::environment::Changes;
use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};
use tokio::process::{ChildStderr, ChildStdout};

use super::guard::Guard;
use super::kept::KeptStream;
use super::seen::{CommandRun, End};

/// How long the output of an ended command is read on, if a process that it left behind holds it open: one that left
/// the group.
const OUTPUT_AFTER_END: Duration = Duration::from_secs(1);

/// Raises the limit of open files as far as so many commands at once need, if the system lets it: for each its
/// output and the ports that it asks.
pub(crate) fn allow_files(commands: usize) {
    const EACH: u64 = 16;
    const SPARE: u64 = 64;
    let needed = (commands as u64).saturating_mul(EACH).saturating_add(SPARE);
    // Where it stays as it is, a command that has none cannot be started, which is an error.
    let _ = rlimit::increase_nofile_limit(needed);
}

/// A command as it is to be started.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    pub program: OsString,
    pub arguments: Vec<OsString>,
    /// What is different in its environment.
    pub environment: &'a Changes,
    /// The file for its standard output.
    pub stdout: &'a Path,
    /// The file for its standard error.
    pub stderr: &'a Path,
    /// What ends it if this process cannot.
    pub guard: &'a Guard,
}

impl Start<'_> {
    /// Starts it; its standard input is empty.
    ///
    /// # Errors
    /// If it cannot be started, or a file not be made.
    pub(crate) fn start(&self) -> io::Result<Running> {
        let mut command = CommandWrap::with_new(program::found(&self.program), |command| {
            command.args(&self.arguments);
            for name in self.environment.removed_from(|name| std::env::var_os(name)) {
                command.env_remove(name);
            }
            command.envs(self.environment.variables(|name| std::env::var_os(name)));
            command.stdin(Stdio::null());
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        });
        let (began, started) = (SystemTime::now(), Instant::now());
        let child = alone(command.wrap(KillOnDrop)).spawn()?;
        let mut child = Guarded::new(child, self.guard);
        Ok(Running {
            stdout: KeptStream::new(child.inner.stdout().take(), self.stdout)?,
            stderr: KeptStream::new(child.inner.stderr().take(), self.stderr)?,
            child,
            began,
            started,
        })
    }
}

/// A command that runs; dropping it ends it and all that it started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Guarded,
    stdout: KeptStream<ChildStdout>,
    stderr: KeptStream<ChildStderr>,
    began: SystemTime,
    started: Instant,
}

impl Running {
    /// Waits for it to end, and ends it when it has run for so long. What it left behind is ended, too.
    ///
    /// # Errors
    /// If the system does not say how it ended.
    pub(crate) async fn end(mut self, limit: Duration) -> io::Result<CommandRun> {
        let left = limit.saturating_sub(self.started.elapsed());
        let ended = tokio::time::timeout(left, self.exit()).await;
        let took = self.started.elapsed();
        let end = match ended {
            Ok(status) => end(status?),
            Err(_) => End::TimedOut,
        };
        // That nothing of it is left is no failure.
        let _ = self.child.inner.start_kill();
        if end == End::TimedOut {
            self.child.inner.wait().await?;
        }
        let Running { stdout, stderr, .. } = &mut self;
        let reading = async { tokio::join!(stdout.read(), stderr.read()) };
        let _ = tokio::time::timeout(OUTPUT_AFTER_END, reading).await;
        Ok(CommandRun {
            end,
            began: self.began,
            took,
            left_out: self.left_out(),
        })
    }

    /// Its exit; what it prints is read until then.
    async fn exit(&mut self) -> io::Result<ExitStatus> {
        let Running {
            child,
            stdout,
            stderr,
            ..
        } = self;
        let mut waiting = child.inner.wait();
        tokio::select! {
            status = &mut waiting => return status,
            _ = async { tokio::join!(stdout.read(), stderr.read()) } => {}
        }
        waiting.await
    }

    fn left_out(&self) -> u64 {
        self.stdout.left_out() + self.stderr.left_out()
    }
}

/// A process and all that it starts, which the guard ends if this process cannot.
#[derive(Debug)]
struct Guarded {
    inner: Box<dyn ChildWrapper>,
    /// Its process group on Unix.
    group: Option<u32>,
    guard: Guard,
}

impl Guarded {
    fn new(inner: Box<dyn ChildWrapper>, guard: &Guard) -> Guarded {
        let (group, guard) = (inner.id(), guard.clone());
        if let Some(group) = group {
            guard.has_started(group);
        }
        Guarded {
            inner,
            group,
            guard,
        }
    }
}

impl Drop for Guarded {
    /// Also what a command that has ended has left behind; that nothing is left is no failure.
    fn drop(&mut self) {
        let _ = self.inner.start_kill();
        if let Some(group) = self.group {
            self.guard.has_ended(group);
        }
    }
}

#[cfg(unix)]
fn alone(command: &mut CommandWrap) -> &mut CommandWrap {
    command.wrap(process_wrap::tokio::ProcessGroup::leader())
}

#[cfg(windows)]
fn alone(command: &mut CommandWrap) -> &mut CommandWrap {
    command.wrap(process_wrap::tokio::JobObject)
}

fn end(status: ExitStatus) -> End {
    match status.code() {
        Some(code) => End::Code(code),
        None => End::Signal(signal(status)),
    }
}

#[cfg(unix)]
fn signal(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    status.signal().unwrap_or_default()
}

/// Windows has no signals: each process ends with an exit code.
#[cfg(windows)]
fn signal(_: ExitStatus) -> i32 {
    0
}
