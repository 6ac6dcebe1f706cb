//! The command as a process: it has the terminal and the standard streams, gets the signals, and ends with the
//! emulator.

use std::ffi::OsString;
use std::io;
use std::process::ExitStatus;

use anyhow::Context;
use process_wrap::tokio::{ChildWrapper, CommandWrap, KillOnDrop};

use crate::cli::exit::{self, Failure};
use crate::cli::signal::Passed;

/// A command, and its environment where it differs from this process's.
#[derive(Debug)]
pub(super) struct Process {
    /// The program and its arguments; at least one word.
    pub(super) words: Vec<OsString>,
    pub(super) removed: Vec<&'static str>,
    pub(super) set: Vec<(&'static str, OsString)>,
}

impl Process {
    /// Runs it to its end, and returns its exit code as a shell does. `files` is its soft limit of open files, if
    /// that of this process is another.
    pub(super) async fn run(&self, files: Option<u64>) -> Result<i32, Failure> {
        let mut signals = Passed::listen().context("cannot listen for signals")?;
        let mut child = match self.start(files) {
            Ok(child) => child,
            Err(error) => return Ok(exit::cannot_run(&self.words[0], &error)),
        };
        let pid = child.id();
        let ended = loop {
            tokio::select! {
                ended = child.wait() => break ended,
                signal = signals.next() => signal.pass(pid),
            }
        };
        Ok(code(ended.context("cannot wait for the command")?))
    }

    fn start(&self, files: Option<u64>) -> io::Result<Box<dyn ChildWrapper>> {
        let (program, arguments) = started(&self.words, files)?;
        let mut command = CommandWrap::with_new(program, |command| {
            command.args(arguments);
            for name in &self.removed {
                command.env_remove(name);
            }
            command.envs(self.set.iter().cloned());
        });
        together(command.wrap(KillOnDrop)).spawn()
    }
}

/// On Unix this program starts again in the command's place, and becomes the command once its limit of open files is
/// the user's again and, on Linux, the system knows that it has to end with its parent.
#[cfg(unix)]
fn started(words: &[OsString], files: Option<u64>) -> io::Result<(OsString, Vec<OsString>)> {
    let own = std::env::current_exe()?;
    let mut own_words = vec!["child".to_owned()];
    own_words.push(format!("--parent={}", std::process::id()));
    own_words.extend(files.map(|files| format!("--open-files={files}")));
    own_words.push("--".to_owned());
    let own_words = own_words.into_iter().map(OsString::from);
    let words = own_words.chain(words.iter().cloned());
    Ok((own.into(), words.collect()))
}

#[cfg(windows)]
fn started(words: &[OsString], _: Option<u64>) -> io::Result<(OsString, Vec<OsString>)> {
    Ok((found(&words[0]), words[1..].to_vec()))
}

/// On Windows the Azure CLI is an `az.cmd`, which only a shell looks for.
#[cfg(windows)]
fn found(program: &std::ffi::OsStr) -> OsString {
    which::which(program).map_or_else(|_| program.to_owned(), OsString::from)
}

/// On Unix it stays in the process group of this process: so it has the terminal, and ends with the group.
#[cfg(unix)]
fn together(command: &mut CommandWrap) -> &mut CommandWrap {
    command
}

/// A job object ends all that it has started when this process ends, however that ends.
#[cfg(windows)]
fn together(command: &mut CommandWrap) -> &mut CommandWrap {
    command.wrap(process_wrap::tokio::JobObject)
}

#[cfg(unix)]
fn code(status: ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let signal = || 128 + status.signal().unwrap_or_default();
    status.code().unwrap_or_else(signal)
}

#[cfg(windows)]
fn code(status: ExitStatus) -> i32 {
    status.code().unwrap_or(1)
}
