//! Where the program writes, and from where it is interrupted.

use std::future;
use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;
use std::pin::Pin;

use clap::Error;
use imds_emulator::document::visible::visible;

use super::reader::Reader;
use crate::engine::signal;

/// The standard streams of the process; or two texts in memory, for callers that want to read them.
#[derive(Debug)]
pub struct Console(Streams);

#[derive(Debug)]
enum Streams {
    Process,
    Memory { stdout: String, stderr: String },
}

impl Console {
    /// The streams of the process. On a terminal, runs show their progress. The signals of the process end
    /// a run.
    #[must_use]
    pub fn of_process() -> Self {
        Self(Streams::Process)
    }

    /// Texts in memory: no progress is shown, and no signal ends a run.
    #[must_use]
    pub fn in_memory() -> Self {
        let (stdout, stderr) = (String::new(), String::new());
        Self(Streams::Memory { stdout, stderr })
    }

    /// What was written to stdout in memory.
    #[must_use]
    pub fn stdout(&self) -> &str {
        match &self.0 {
            Streams::Process => "",
            Streams::Memory { stdout, .. } => stdout,
        }
    }

    /// What was written to stderr in memory.
    #[must_use]
    pub fn stderr(&self) -> &str {
        match &self.0 {
            Streams::Process => "",
            Streams::Memory { stderr, .. } => stderr,
        }
    }

    /// Writes to stdout, text of others so that it controls no terminal.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(crate) fn print(&mut self, text: &str) -> io::Result<()> {
        self.write(&visible(text))
    }

    /// Writes a result to stdout: what a program reads as it is, to a terminal as all else.
    ///
    /// # Errors
    /// If stdout cannot be written.
    pub(crate) fn print_result(&mut self, text: &str, reader: Reader) -> io::Result<()> {
        let is_terminal = matches!(self.0, Streams::Process) && io::stdout().is_terminal();
        if is_terminal {
            return self.print(text);
        }
        self.write(&reader.text(text))
    }

    /// A reader that closes the pipe early is no error.
    fn write(&mut self, text: &str) -> io::Result<()> {
        match &mut self.0 {
            Streams::Process => match io::stdout().write_all(text.as_bytes()) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                printed => printed,
            },
            Streams::Memory { stdout, .. } => {
                stdout.push_str(text);
                Ok(())
            }
        }
    }

    /// Writes to stderr, likewise.
    ///
    /// # Errors
    /// If stderr cannot be written.
    pub(crate) fn report(&mut self, text: &str) -> io::Result<()> {
        let text = &*visible(text);
        match &mut self.0 {
            Streams::Process => io::stderr().write_all(text.as_bytes()),
            Streams::Memory { stderr, .. } => {
                stderr.push_str(text);
                Ok(())
            }
        }
    }

    /// Shows the help that was asked for, or what is wrong with the arguments; in the colours of the terminal,
    /// if there is one. A closed stream is no error: there is nowhere to report it.
    pub(crate) fn show_usage(&mut self, usage: &Error) {
        let shown = match &self.0 {
            Streams::Process => usage.print(),
            Streams::Memory { .. } if usage.use_stderr() => self.report(&usage.to_string()),
            Streams::Memory { .. } => self.print(&usage.to_string()),
        };
        let _ = shown;
    }

    /// A display of progress, unless it is not wanted.
    pub(crate) fn progress<P>(&self, quiet: bool, display: impl FnOnce() -> P) -> Option<P> {
        (!quiet && matches!(self.0, Streams::Process)).then(display)
    }

    /// The file of this program, if the process is this program.
    pub(crate) fn own_program(&self) -> Option<io::Result<PathBuf>> {
        matches!(self.0, Streams::Process).then(std::env::current_exe)
    }

    /// Completes when the run is to end early. Listens from the call on, within a runtime.
    ///
    /// # Errors
    /// If the system does not let it listen.
    pub(crate) fn shutdown(&self) -> io::Result<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Ok(match self.0 {
            Streams::Process => Box::pin(signal::shutdown()?),
            Streams::Memory { .. } => Box::pin(future::pending()),
        })
    }
}
