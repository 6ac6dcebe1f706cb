//! `imds-emulator exec`: a command with an emulator of its own.

mod evidence;
mod files;
mod process;

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use anyhow::Context;
use imds_emulator::config::Refused;
use imds_emulator::environment::{Access, Changes, ManagerAt, Way};
use imds_emulator::identity::Selector;
use imds_emulator::isolation::{self, METADATA_ADDRESS};
use imds_emulator::{Config, Emulator};

use crate::cli::arguments::exec::Exec;
use crate::cli::exit::{self, Failure};
use crate::cli::log;
use crate::cli::start::{allow_files, open_files, runtime};

use evidence::Evidence;
use files::Files;
use process::Process;

/// What `exec` decides itself.
const DECIDED: [Refused; 6] = [
    ("listen", PORTS),
    ("vms.listen", PORTS),
    ("admin_listen", PORTS),
    ("resource_manager.enabled", MANAGER),
    ("resource_manager.listen", PORTS),
    (
        "resource_manager.ca_file",
        "not with exec: --ca-file says it",
    ),
];
const PORTS: &str = "not with exec, which serves free ports of loopback";
const MANAGER: &str = "not with exec: --resource-manager says it";

/// Where Resource Manager's stub is, for the command; without a stub that of another emulator is taken away.
const MANAGER_URL: &str = "IMDS_EMULATOR_RESOURCE_MANAGER_URL";

/// Beside those of further VMs: IMDS, the administration port, Resource Manager.
const PORTS_SERVED: usize = 3;

/// What stands in arguments for the address of the emulator.
const ENDPOINT: &str = "{endpoint}";

/// Runs the command, and returns its exit code, or that of the verification.
pub(crate) fn run(options: &Exec) -> Result<i32, Failure> {
    let config = options.config()?;
    options.output().check()?;
    if options.at_metadata_address {
        isolation::enter().map_err(|refused| anyhow::anyhow!("{refused}"))?;
    }
    log::queue().context(log::NO_THREAD)?;
    let files = open_files();
    allow_files();
    let runtime = runtime(PORTS_SERVED + config.vms.len())?;
    let code = runtime.block_on(options.play(config, files))?;
    runtime.shutdown_background();
    Ok(code)
}

impl Exec {
    fn config(&self) -> Result<Config, Failure> {
        let mut config = self.vm.config(&DECIDED)?;
        let free = ([127, 0, 0, 1], 0).into();
        config.listen = if self.at_metadata_address {
            METADATA_ADDRESS
        } else {
            free
        };
        config.admin_listen = free;
        config.resource_manager.listen = free;
        config.resource_manager.enabled = self.resource_manager;
        config.resource_manager.ca_file = self.ca_file()?.map(PathBuf::from);
        Ok(config)
    }

    async fn play(&self, config: Config, files: Option<u64>) -> Result<i32, Failure> {
        let secret = config.vm.protocols.secret.clone();
        let identity = config.vm.identities.select(Selector::Default).ok();
        let client_id = identity.map(|identity| identity.client_id.clone());
        let emulator = Emulator::start(config).await.map_err(anyhow::Error::from)?;
        emulator.ready().await;
        let process = self.process(&emulator, &secret, client_id.as_deref())?;
        let code = process.run(files).await?;
        let evidence = Evidence::of(&emulator);
        emulator.stop().await;
        if self.verify {
            evidence.print();
        }
        let is_found = self.verify && !evidence.is_clean();
        let written = self.output().write(&evidence);
        Ok(match written {
            _ if code != 0 => code,
            Err(()) => exit::CANNOT_RUN.into(),
            Ok(()) if is_found => 1,
            Ok(()) => 0,
        })
    }

    fn output(&self) -> Files<'_> {
        Files {
            journal: self.journal.as_deref(),
            archive: self.har.as_deref(),
        }
    }

    fn process(
        &self,
        emulator: &Emulator,
        secret: &str,
        client_id: Option<&str>,
    ) -> Result<Process, Failure> {
        let ca_file = self.ca_file()?;
        let endpoint = if self.at_metadata_address {
            format!("http://{}", METADATA_ADDRESS.ip())
        } else {
            emulator.imds_url()
        };
        let access = Access {
            endpoint: &endpoint,
            secret,
            client_id,
        };
        let manager = emulator.resource_manager_url();
        let manager = manager.map(|plain| match ca_file {
            Some(_) => plain.replacen("http:", "https:", 1),
            None => plain,
        });
        let at = manager.as_deref().map(|endpoint| ManagerAt {
            endpoint,
            ca_file: ca_file.as_deref(),
        });
        let changes = Changes::new(self.way(), &access, at);
        let mut set = changes.variables(|name| std::env::var_os(name));
        set.push(("IMDS_EMULATOR_URL", endpoint.clone().into()));
        set.push(("IMDS_EMULATOR_ADMIN_URL", emulator.admin_url().into()));
        let mut removed = changes.removed_from(|name| std::env::var_os(name));
        match manager {
            Some(url) => set.push((MANAGER_URL, url.into())),
            None => removed.push(MANAGER_URL),
        }
        Ok(Process {
            words: self
                .command
                .iter()
                .map(|word| argument(word, &endpoint))
                .collect(),
            removed,
            set,
        })
    }

    fn way(&self) -> Way {
        match self.client {
            _ if self.at_metadata_address => Way::AtMetadataAddress,
            Some(client) => Way::Client(client),
            None => Way::Protocol(self.protocol),
        }
    }
}

/// An argument with the emulator's address in its place.
fn argument(given: &OsStr, endpoint: &str) -> OsString {
    match given.to_str() {
        Some(text) => text.replace(ENDPOINT, endpoint).into(),
        None => given.to_owned(),
    }
}
