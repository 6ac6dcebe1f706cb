//! The arguments of `exec`, and of what it starts.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use clap::Args;
use imds_emulator::environment::{Client, Protocol};

use super::vm::Vm;
use crate::cli::exit::Failure;
use crate::cli::shell::ResourceManager;
use crate::cli::variables;

/// `exec`
#[derive(Debug, Args)]
#[command(after_help = EXEC)]
pub(crate) struct Exec {
    /// The command and its arguments, in which `{endpoint}` becomes the emulator's address.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    pub(crate) command: Vec<OsString>,

    #[command(flatten)]
    pub(crate) vm: Vm,

    /// In which protocol clients are to ask.
    #[arg(long, value_enum, default_value = "imds")]
    pub(crate) protocol: Protocol,

    /// Lead this client, as it can be led, in place of --protocol.
    #[arg(long, value_enum, conflicts_with = "protocol")]
    pub(crate) client: Option<Client>,

    /// Run the command in a network of its own, in which 169.254.169.254:80 is the emulator and no other host or
    /// port can be reached; sockets that are files stay reachable. For programs that have the address built in.
    /// Linux only.
    #[arg(long, conflicts_with_all = ["protocol", "client"])]
    pub(crate) at_metadata_address: bool,

    /// Serve the stub of Resource Manager, too, and lead clients to it.
    #[arg(long)]
    pub(crate) resource_manager: bool,

    /// Where to write the certificate that makes clients trust Resource Manager's stub, which they are
    /// then led to with TLS. [env: `IMDS_EMULATOR_CA_FILE`, with --resource-manager]
    #[arg(long, value_name = "FILE")]
    #[arg(requires = "resource_manager", value_parser = ResourceManager::whole_path)]
    pub(crate) ca_file: Option<String>,

    /// Print what was found of the clients on standard error, as `/verify` does, and exit with 1 if
    /// the command ends with 0 although something was found.
    #[arg(long)]
    pub(crate) verify: bool,

    /// Write the requests to all VMs into this file at the end, as `/journal` has them.
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,

    /// Write the requests to all VMs into this file at the end, as an HTTP archive.
    #[arg(long, value_name = "FILE")]
    pub(crate) har: Option<PathBuf>,
}

impl Exec {
    /// Where the certificate is to be written. The variable may be meant for `serve`, so that it is read only where
    /// there is a certificate.
    pub(crate) fn ca_file(&self) -> Result<Option<String>, Failure> {
        let variable = || std::env::var_os(CA_FILE).filter(|file| !file.is_empty());
        match (&self.ca_file, self.resource_manager) {
            (Some(file), _) => Ok(Some(file.clone())),
            (None, true) => variable().as_deref().map(from_variable).transpose(),
            (None, false) => Ok(None),
        }
    }
}

const CA_FILE: &str = "IMDS_EMULATOR_CA_FILE";

fn from_variable(file: &OsStr) -> Result<String, Failure> {
    let whole = file.to_str().ok_or("expected UTF-8");
    let whole = whole.and_then(ResourceManager::whole_path);
    let name = || variables::named(CA_FILE, file, "--ca-file");
    whole.map_err(|expected| Failure::Usage(format!("{}: {expected}", name())))
}

const EXEC: &str = "\
The command finds the emulator by its environment: see `env`. IMDS_EMULATOR_URL and IMDS_EMULATOR_ADMIN_URL
are the addresses of its ports, IMDS_EMULATOR_RESOURCE_MANAGER_URL that of Resource Manager's stub.

Exit codes: the command's; 128+N if signal N ended it; 127 there is no such command, 126 it cannot be run;
1 with --verify, if the command ended with 0 and something was found; 2 wrong usage; 3 could not run, or the
command ended with 0 and a file could not be written at the end.

Examples:
  imds-emulator exec -- pytest
  imds-emulator exec --fault restart --verify -- dotnet test
  imds-emulator exec --client terraform -- terraform plan
  imds-emulator exec --at-metadata-address -- ./built-for-azure";

/// `child`
#[derive(Debug, Args)]
pub(crate) struct Child {
    /// The process that it ends with.
    #[arg(long)]
    pub(crate) parent: u32,

    /// Its soft limit of open files; left out, it is that of the program.
    #[arg(long)]
    pub(crate) open_files: Option<u64>,

    /// The command and its arguments.
    #[arg(last = true, required = true)]
    pub(crate) command: Vec<OsString>,
}
