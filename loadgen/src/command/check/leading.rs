//! How a command is made to ask the emulator.

use clap::Args;
use imds_emulator::environment::{Protocol, Way};
use imds_emulator::isolation::{self, Refused};

/// How a command is made to ask the emulator.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Leading {
    /// In which protocol the command is made to ask.
    #[arg(long, value_enum, default_value = "imds")]
    pub protocol: Protocol,
    /// Run the command in a network of its own, in which 169.254.169.254:80 is the emulator and no other host or
    /// port can be reached; sockets that are files stay reachable. For programs that have the address built in.
    /// Linux only.
    #[arg(long, conflicts_with = "protocol")]
    pub at_metadata_address: bool,
}

impl Leading {
    pub(crate) fn way(self) -> Way {
        if self.at_metadata_address {
            Way::AtMetadataAddress
        } else {
            Way::Protocol(self.protocol)
        }
    }

    /// Puts this process, which has no threads yet, where it can make networks for commands, if it has to.
    ///
    /// # Errors
    /// Where the system refuses, with what to do.
    pub(crate) fn prepare(self) -> Result<(), Refused> {
        if self.at_metadata_address {
            isolation::enter()
        } else {
            Ok(())
        }
    }

    /// The same on a command line.
    pub(crate) fn argument(self) -> String {
        if self.at_metadata_address {
            "--at-metadata-address".to_owned()
        } else {
            format!("--protocol {}", self.protocol.name())
        }
    }
}
