//! A program and the place of one of its processes: the ports that it asks, and how it is led to them.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use imds_emulator::SessionPorts;
use imds_emulator::config::VmSettings;
use imds_emulator::environment::{Access, Protocol};
use imds_emulator::identity::Selector;
use thiserror::Error;

use super::environment::{self, Changes};
use super::manager::Manager;
use super::process::{Running, Start};

/// A program that is run, once or many times.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// It and its arguments; at least one word.
    pub command: Vec<OsString>,
    /// The protocol that its environment selects.
    pub protocol: Protocol,
    /// How Resource Manager's stub is served to it.
    pub manager: Manager,
}

/// What one process is run with.
#[derive(Debug)]
pub(crate) struct Place {
    words: Vec<OsString>,
    changes: Changes,
}

/// The program cannot be started, or a file for its output not be made.
#[derive(Debug, Error)]
#[error("cannot start {command}")]
pub(crate) struct CannotStart {
    command: String,
    source: io::Error,
}

impl Program {
    /// The place of a process that has these ports of that VM; the root of Resource Manager's certificate is in
    /// the folder, if there is one.
    #[must_use]
    pub(crate) fn place(&self, vm: &VmSettings, ports: SessionPorts, folder: &Path) -> Place {
        let identity = vm.identities.select(Selector::Default).ok();
        let access = Access {
            endpoint: &ports.imds_url,
            secret: &vm.protocols.secret,
            client_id: identity.map(|identity| identity.client_id.as_str()),
        };
        let manager = self.manager.access(ports.resource_manager_url, folder);
        let manager = manager.as_ref();
        let own = |name: &str| std::env::var_os(name);
        let word = |word: &OsString| environment::argument(word, access.endpoint, manager);
        Place {
            words: self.command.iter().map(word).collect(),
            changes: environment::changes(self.protocol, &access, manager, own),
        }
    }
}

impl Place {
    /// Starts a process whose output goes to these files, the second for standard error.
    ///
    /// # Errors
    /// If it cannot be started.
    ///
    /// # Panics
    /// If the command has no word.
    pub(crate) fn start(&self, files: &(PathBuf, PathBuf)) -> Result<Running, CannotStart> {
        let (program, arguments) = self.words.split_first().expect("a command has a word");
        let start = Start {
            program: program.clone(),
            arguments: arguments.to_vec(),
            environment: &self.changes,
            stdout: &files.0,
            stderr: &files.1,
        };
        start.start().map_err(|source| CannotStart {
            command: program.display().to_string(),
            source,
        })
    }
}
