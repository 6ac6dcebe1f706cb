//! What the sessions of `run` ask.

use clap::Args;
use imds_client::Endpoint;
use imds_emulator::isolation;

use super::failure::Failure;
use crate::engine::target::{self, Allowed, Asked};
use crate::scenario::shell::quoted;

/// What the sessions of `run` ask.
#[derive(Debug, Args)]
pub(super) struct Asking {
    /// Where the sessions ask, such as <http://127.0.0.1:16925>; by default an embedded emulator.
    #[arg(long, value_name = "URL")]
    pub target: Option<String>,
    /// Play in a network of this program's own, in which 169.254.169.254:80 is the embedded emulator and no other host
    /// or port can be reached, so that sessions ask at the address that programs have built in. Linux only.
    #[arg(long, conflicts_with = "target")]
    pub at_metadata_address: bool,
    /// Let load go to a target that is not a loopback address.
    #[arg(long)]
    pub allow_remote_target: bool,
    /// Let load go to the real metadata address too, which throttles every program of the VM.
    #[arg(long, requires = "allow_remote_target")]
    pub allow_metadata_address: bool,
}

impl Asking {
    pub(super) fn asked(&self) -> Result<Asked, Failure> {
        Ok(match &self.target {
            Some(url) => Asked::Target(self.endpoint(url)?),
            None if self.at_metadata_address => Asked::AtMetadataAddress,
            None => Asked::Embedded,
        })
    }

    /// Puts this process, which has no threads yet, into a network of its own, if it has to be in one.
    ///
    /// # Errors
    /// Where the system refuses, with what to do.
    pub(super) fn prepare(&self) -> Result<(), Failure> {
        if self.at_metadata_address {
            isolation::enter().map_err(Failure::could_not_run)?;
        }
        Ok(())
    }

    /// The same on a command line, after this command.
    pub(super) fn after(&self, command: String) -> String {
        match &self.target {
            Some(target) => format!("{command} --target {}", quoted(target)),
            None if self.at_metadata_address => format!("{command} --at-metadata-address"),
            None => command,
        }
    }

    fn endpoint(&self, url: &str) -> Result<Endpoint, Failure> {
        let allowed = Allowed {
            remote: self.allow_remote_target,
            metadata_address: self.allow_metadata_address,
        };
        target::endpoint(url, allowed).map_err(Failure::usage)
    }
}
