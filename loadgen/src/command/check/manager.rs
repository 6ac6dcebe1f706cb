//! How Resource Manager's stub is served to the command.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use imds_emulator::Config;

use super::settings::Refused;

/// The file with the root of the stub's certificate, for clients to trust.
const ROOT: &str = "emulator-root.pem";

/// How Resource Manager's stub is served to the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Manager {
    /// Over plain HTTP: nothing has to be trusted. Azure PowerShell takes it.
    Http,
    /// Over TLS, with the certificate's root in the variables that clients read: the Azure CLI, Terraform and
    /// the .NET libraries send a token over TLS only.
    Https,
    /// Not at all: the command is led to no Resource Manager.
    Off,
}

/// Where a command finds the stub.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ManagerAccess {
    /// `http://HOST:PORT` or `https://HOST:PORT`.
    pub endpoint: String,
    /// The root of its certificate, as PEM, if it is to be trusted.
    pub ca_file: Option<String>,
}

impl Manager {
    /// What the option decides, so that a configuration cannot.
    pub(crate) const DECIDES: [Refused; 4] = {
        const SERVED: &str = "not here: --resource-manager says whether and how it is served, on a free port of loopback";
        [
            ("resource_manager.enabled", SERVED),
            ("resource_manager.listen", SERVED),
            ("resource_manager.tls_names", SERVED),
            ("resource_manager.ca_file", SERVED),
        ]
    };

    /// What has no effect where the stub is not served.
    pub(crate) const IS_OFF: [Refused; 1] = [(
        "resource_manager",
        "not with --resource-manager off: it is not served",
    )];

    /// Its name on the command line.
    #[must_use]
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Manager::Http => "http",
            Manager::Https => "https",
            Manager::Off => "off",
        }
    }

    /// What may not stand in a configuration.
    #[must_use]
    pub(crate) fn refuses(self) -> &'static [Refused] {
        match self {
            Manager::Http | Manager::Https => &Manager::DECIDES,
            Manager::Off => &Manager::IS_OFF,
        }
    }

    /// Makes the emulator serve it so; the root of its certificate is written into the folder.
    pub(crate) fn apply(self, config: &mut Config, folder: &Path) {
        config.resource_manager.enabled = self != Manager::Off;
        config.resource_manager.ca_file = self.ca_file(folder);
    }

    /// How the stub is found that is at this `http://HOST:PORT`; `None` if it is not served.
    #[must_use]
    pub(crate) fn access(self, plain: Option<String>, folder: &Path) -> Option<ManagerAccess> {
        let plain = plain?;
        let ca_file = self.ca_file(folder);
        let endpoint = match ca_file {
            Some(_) => plain.replacen("http:", "https:", 1),
            None => plain,
        };
        let ca_file = ca_file.map(|file| file.display().to_string());
        Some(ManagerAccess { endpoint, ca_file })
    }

    fn ca_file(self, folder: &Path) -> Option<PathBuf> {
        (self == Manager::Https).then(|| folder.join(ROOT))
    }
}
