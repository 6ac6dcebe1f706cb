//! A process beside this one which ends the commands if this one cannot: it was killed, or its terminal was closed.
//!
//! Its standard input has the numbers of the process groups that run. The system closes that when this process ends,
//! however it ends, and then the guard ends the groups that are left. Windows needs none: a job object ends with the
//! process that holds it.

use std::io;
use std::process::Child;
use std::sync::Arc;

use crate::report::console::Console;

/// The guard of all commands of one run; there is none where the process is not this program, as in tests of the library.
#[derive(Clone, Debug)]
pub(crate) struct Guard(Option<Arc<Process>>);

#[derive(Debug)]
struct Process(Child);

impl Guard {
    /// Starts it.
    ///
    /// # Errors
    /// If it cannot be started.
    pub(crate) fn start(console: &Console) -> io::Result<Guard> {
        let program = console.own_program().transpose()?;
        let process = program.map(|program| start(&program)).transpose()?;
        Ok(Guard(
            process.flatten().map(|child| Arc::new(Process(child))),
        ))
    }

    /// That process group is to be ended with this process from now on.
    pub(crate) fn has_started(&self, group: u32) {
        self.write(&format!("+{group}\n"));
    }

    /// That process group has ended.
    pub(crate) fn has_ended(&self, group: u32) {
        self.write(&format!("-{group}\n"));
    }

    /// A line is shorter than what a pipe takes at once, so that no two are mixed.
    fn write(&self, line: &str) {
        let pipe = self.0.as_ref().and_then(|process| process.0.stdin.as_ref());
        if let Some(mut pipe) = pipe {
            // A guard that was killed leaves the commands as they would be without one.
            let _ = io::Write::write_all(&mut pipe, line.as_bytes());
        }
    }
}

impl Drop for Process {
    /// All commands have ended.
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// In a process group of its own: what the terminal sends to this program's does not reach it.
#[cfg(unix)]
fn start(program: &std::path::Path) -> io::Result<Option<Child>> {
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    let mut command = Command::new(program);
    command.arg("guard").process_group(0).stdin(Stdio::piped());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(Some)
}

#[cfg(windows)]
#[expect(clippy::unnecessary_wraps, reason = "on Unix it can fail")]
fn start(_: &std::path::Path) -> io::Result<Option<Child>> {
    Ok(None)
}

/// `imds-loadgen guard`: reads to the end, and ends the groups that are left.
#[cfg(unix)]
pub(crate) fn keep(input: impl io::BufRead) {
    use nix::sys::signal::{Signal, killpg};
    use nix::unistd::Pid;

    for group in left(input) {
        // One that has just ended needs no signal.
        let _ = killpg(Pid::from_raw(group), Signal::SIGKILL);
    }
}

/// The groups that have started and not ended. A number below 2 is no command's, and would be others' processes.
#[cfg(unix)]
fn left(input: impl io::BufRead) -> std::collections::BTreeSet<i32> {
    let mut running = std::collections::BTreeSet::new();
    for line in input.lines().map_while(Result::ok) {
        let group = line.get(1..).and_then(|group| group.parse().ok());
        match (line.get(..1), group.filter(|group| *group > 1)) {
            (Some("+"), Some(group)) => running.insert(group),
            (Some("-"), Some(group)) => running.remove(&group),
            _ => false,
        };
    }
    running
}

#[cfg(all(test, unix))]
mod tests {
    use super::left;

    #[test]
    fn groups_that_have_not_ended_are_left_and_no_number_that_is_not_a_group() {
        let input = "+17\n+18\n-17\n+19\n+0\n+1\n+-1\nx\n+\n\n-19\n+17\n";
        assert_eq!(
            left(input.as_bytes()).into_iter().collect::<Vec<_>>(),
            [17, 18]
        );
    }
}
