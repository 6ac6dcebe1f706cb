//! A command that runs: a driver, which starts processes, waits for them and ends them.
//!
//! On Unix a command leads a process group of its own, on Windows it has a job object; ending it ends all
//! that it started and that did not leave the group.
#![expect(
    clippy::disallowed_methods,
    reason = "a driver: it measures how long commands run, and ends them when their time is over"
)]

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use imds_client::program;
use imds_emulator::environment::Changes;
use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};

use super::seen::{CommandRun, End};

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
}

impl Start<'_> {
    /// Starts it; its standard input is empty.
    ///
    /// # Errors
    /// If it cannot be started, or a file not be made.
    pub(crate) fn start(&self) -> io::Result<Running> {
        let (stdout, stderr) = (File::create(self.stdout)?, File::create(self.stderr)?);
        let mut command = CommandWrap::with_new(program::found(&self.program), |command| {
            command.args(&self.arguments);
            for name in self.environment.removed_from(|name| std::env::var_os(name)) {
                command.env_remove(name);
            }
            command.envs(self.environment.variables(|name| std::env::var_os(name)));
            command.stdin(Stdio::null()).stdout(stdout).stderr(stderr);
        });
        let started = Instant::now();
        let child = alone(command.wrap(KillOnDrop)).spawn()?;
        Ok(Running { child, started })
    }
}

/// A command that runs; dropping it ends it and all that it started.
#[derive(Debug)]
pub(crate) struct Running {
    child: Box<dyn ChildWrapper>,
    started: Instant,
}

impl Running {
    /// Waits for it to end, and ends it when it has run for so long.
    ///
    /// # Errors
    /// If the system does not say how it ended.
    pub(crate) async fn end(mut self, limit: Duration) -> io::Result<CommandRun> {
        let left = limit.saturating_sub(self.started.elapsed());
        let ended = tokio::time::timeout(left, self.child.wait()).await;
        let took = self.started.elapsed();
        let end = if let Ok(status) = ended {
            end(status?)
        } else {
            self.child.start_kill()?;
            self.child.wait().await?;
            End::TimedOut
        };
        Ok(CommandRun { end, took })
    }
}

impl Drop for Running {
    /// Also what a command that has ended has left behind; that nothing is left is no failure.
    fn drop(&mut self) {
        let _ = self.child.start_kill();
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
