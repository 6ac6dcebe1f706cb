//! The protocols by name, and which of them a request is in.

/// The path of App Service, in both of its versions.
pub(crate) const APP_SERVICE_PATH: &str = "/msi/token";

/// The earlier version of App Service, and the only one of Azure Machine Learning.
pub(crate) const VERSION_2017: &str = "2017-09-01";

/// The path of Azure Machine Learning. The real one is not the same everywhere.
pub(crate) const AZURE_ML_PATH: &str = "/azureml/token";

/// The path of Azure Arc: the real one, beneath one of the emulator's, since IMDS has the same.
pub(crate) const ARC_PATH: &str = "/arc/metadata/identity/oauth2/token";

/// The path of Cloud Shell. The real one is the second part, on a port of its own.
pub(crate) const CLOUD_SHELL_PATH: &str = "/cloudshell/oauth2/token";

/// The protocols of managed identities that the emulator serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum ProtocolName {
    /// The Instance Metadata Service.
    Imds,
    /// App Service, 2019-08-01.
    Appservice,
    /// App Service, 2017-09-01, for older clients.
    #[cfg_attr(feature = "clap", value(name = "appservice-2017"))]
    Appservice2017,
    /// Azure Machine Learning.
    Azureml,
    /// Azure Arc.
    Arc,
    /// Cloud Shell.
    Cloudshell,
}

impl ProtocolName {
    /// The protocol of a request with that path, in its one spelling, and that api-version. A path that is
    /// of no other protocol is IMDS's, even if IMDS does not have it.
    pub(crate) fn of(path: &str, version: Option<&str>) -> ProtocolName {
        match path {
            APP_SERVICE_PATH if version == Some(VERSION_2017) => ProtocolName::Appservice2017,
            APP_SERVICE_PATH => ProtocolName::Appservice,
            ARC_PATH => ProtocolName::Arc,
            AZURE_ML_PATH => ProtocolName::Azureml,
            CLOUD_SHELL_PATH => ProtocolName::Cloudshell,
            _ => ProtocolName::Imds,
        }
    }

    /// The protocol's name on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            ProtocolName::Imds => "imds",
            ProtocolName::Appservice => "appservice",
            ProtocolName::Appservice2017 => "appservice-2017",
            ProtocolName::Azureml => "azureml",
            ProtocolName::Arc => "arc",
            ProtocolName::Cloudshell => "cloudshell",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_decides_and_for_app_service_the_version() {
        for (path, name) in [
            ("/metadata/identity/oauth2/token", ProtocolName::Imds),
            ("/azureml/token", ProtocolName::Azureml),
            ("/cloudshell/oauth2/token", ProtocolName::Cloudshell),
            ("/arc/metadata/identity/oauth2/token", ProtocolName::Arc),
            ("/msi/token/", ProtocolName::Imds),
            ("/msi", ProtocolName::Imds),
            ("", ProtocolName::Imds),
        ] {
            for version in [None, Some("2017-09-01"), Some("2019-08-01")] {
                assert_eq!(ProtocolName::of(path, version), name, "{path}");
            }
        }
        let app_service = |version| ProtocolName::of("/msi/token", version);
        assert_eq!(
            app_service(Some("2017-09-01")),
            ProtocolName::Appservice2017
        );
        for version in [None, Some(""), Some("2019-08-01"), Some("1999-01-01")] {
            assert_eq!(app_service(version), ProtocolName::Appservice);
        }
    }
}
