//! A program and the place of one of its processes: the ports that it asks, and how it is led to them.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use imds_emulator::config::VmSettings;
use imds_emulator::environment::{Access, Changes, ManagerAt, Way};
use imds_emulator::identity::Selector;
use imds_emulator::isolation::{Network, Refused};
use imds_emulator::{EmulatedVm, Emulator, StartError};
use thiserror::Error;
use tokio::runtime::Handle;

use super::environment;
use super::guard::Guard;
use super::manager::Manager;
use super::process::{Running, Start};

/// A program that is run, once or many times.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// It and its arguments; at least one word.
    pub command: Vec<OsString>,
    /// How it is made to ask the emulator.
    pub way: Way,
    /// How Resource Manager's stub is served to it.
    pub manager: Manager,
    /// What ends its processes if this one cannot.
    pub guard: Guard,
}

/// What one process is run with.
#[derive(Debug)]
pub(crate) struct Place {
    words: Vec<OsString>,
    changes: Changes,
    /// Where it is run, if not where this process is.
    network: Option<Network>,
    guard: Guard,
}

/// There is no place for a process.
#[derive(Debug, Error)]
pub(crate) enum NoPlace {
    /// No port is free.
    #[error(transparent)]
    Port(#[from] StartError),
    /// The system gives it no network of its own.
    #[error(transparent)]
    Network(#[from] Refused),
}

/// The program cannot be started, or a file for its output not be made.
#[derive(Debug, Error)]
#[error("cannot start {command}")]
pub(crate) struct CannotStart {
    command: String,
    source: io::Error,
}

impl Program {
    /// The place of a process with ports of its own of that VM, whose requests are of that session; the root of
    /// Resource Manager's certificate is in the folder, if there is one.
    ///
    /// # Errors
    /// If there is no port, or no network.
    pub(crate) fn place(
        &self,
        (emulator, at): (&Emulator, &EmulatedVm),
        vm: &VmSettings,
        session: &str,
        folder: &Path,
    ) -> Result<Place, NoPlace> {
        let isolated = self.way == Way::AtMetadataAddress;
        let network = isolated.then(Network::new).transpose()?;
        let ports = match &network {
            Some(network) => emulator.open_ports_in(network, at, session)?,
            None => emulator.open_ports(at, session)?,
        };
        let identity = vm.identities.select(Selector::Default).ok();
        let access = Access {
            endpoint: &ports.imds_url,
            secret: &vm.protocols.secret,
            client_id: identity.map(|identity| identity.client_id.as_str()),
        };
        let manager = self.manager.access(ports.resource_manager_url, folder);
        let manager = manager.as_ref();
        let at = manager.map(|it| ManagerAt {
            endpoint: &it.endpoint,
            ca_file: it.ca_file.as_deref(),
        });
        let word = |word: &OsString| environment::argument(word, access.endpoint, manager);
        Ok(Place {
            words: self.command.iter().map(word).collect(),
            changes: Changes::new(self.way, &access, at),
            network,
            guard: self.guard.clone(),
        })
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
            guard: &self.guard,
        };
        let started = match &self.network {
            None => start.start(),
            Some(network) => {
                let runtime = Handle::current();
                let within = || {
                    let _entered = runtime.enter();
                    start.start()
                };
                network.run(within).flatten()
            }
        };
        started.map_err(|source| CannotStart {
            command: program.display().to_string(),
            source,
        })
    }
}
