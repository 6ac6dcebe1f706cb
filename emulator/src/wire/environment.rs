//! Which variables lead a client to the emulator, and in which protocol.
//!
//! The lists are in the library because two programs use them: `imds-emulator env` prints the variables, and
//! `imds-emulator exec`, `imds-loadgen check` and `imds-loadgen herd` set them.

mod changes;
mod client;
mod strangers;
mod tables;

use crate::wire::protocol_name::{APP_SERVICE_PATH, ARC_PATH, AZURE_ML_PATH, CLOUD_SHELL_PATH};
use crate::wire::route::token;

pub use crate::wire::protocol_name::ProtocolName as Protocol;
pub use changes::{Changes, ManagerAt};
pub use client::Client;
pub use strangers::{STRANGERS, Stranger};
pub use tables::tables;

const IMDS: [&str; 3] = [
    "A client whose address is built in is not led by these variables: --client has a way for many, and",
    "`imds-emulator exec --at-metadata-address` leads any program on Linux.",
    CONTAINER,
];
const ARC: [&str; 5] = [
    "Azure's libraries take the key file only from Arc's own folder, /var/opt/azcmagent/tokens (on Windows",
    "AzureConnectedMachineAgent\\Tokens in ProgramData), and call any other not secure: configure the emulator",
    "with protocols.arc_key_folder = \"sdk\" and run it with the right to write there. On Arc .NET's libraries",
    "know the system-assigned identity alone.",
    CONTAINER,
];
const AZURE_ML: [&str; 4] = [
    "Without DEFAULT_IDENTITY_CLIENT_ID .NET's libraries fail with no text. It has to be the client id of the",
    "emulator's default identity. --client-id says which; left out, it is that of the default configuration,",
    "which is wrong for another tenant, VM name or system_assigned: GET /config of the administration port has it.",
    CONTAINER,
];
const APP_SERVICE_2017: [&str; 3] = [
    "Newer libraries take its variables for those of Azure Machine Learning, whose tokens say otherwise",
    "when they expire: use --protocol azureml for them, --protocol appservice for App Service.",
    CONTAINER,
];
const CONTAINER: &str =
    "In a container, 127.0.0.1 is the container itself: use --network host or the host's address.";

/// What the variables have to say of the emulator.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    /// `http://HOST:PORT`.
    pub endpoint: &'a str,
    /// What clients of App Service and of Azure Machine Learning send.
    pub secret: &'a str,
    /// The client id of the identity for requests that select none, which clients of Azure Machine Learning
    /// send; `None` if there is no such identity.
    pub client_id: Option<&'a str>,
}

impl Protocol {
    /// Notes on its use, line by line.
    #[must_use]
    pub fn notes(self) -> &'static [&'static str] {
        match self {
            Protocol::Imds => &IMDS,
            Protocol::Arc => &ARC,
            Protocol::Appservice | Protocol::Cloudshell => &[CONTAINER],
            Protocol::Azureml => &AZURE_ML,
            Protocol::Appservice2017 => &APP_SERVICE_2017,
        }
    }

    /// The variables and their values.
    ///
    /// Of those for IMDS the first is read by .NET, C++, Java, JavaScript and Python (azure-identity,
    /// newer MSAL), the second by older MSAL for Python.
    #[must_use]
    pub fn settings(self, access: &Access<'_>) -> Vec<(&'static str, String)> {
        let at = |path: &str| format!("{}{path}", access.endpoint);
        let secret = access.secret;
        match self {
            Protocol::Imds => vec![
                ("AZURE_POD_IDENTITY_AUTHORITY_HOST", at("")),
                ("MSAL_MANAGED_IDENTITY_ENDPOINT", at(token::PATH)),
            ],
            Protocol::Appservice => vec![
                ("IDENTITY_ENDPOINT", at(APP_SERVICE_PATH)),
                ("IDENTITY_HEADER", secret.to_owned()),
            ],
            Protocol::Appservice2017 => vec![
                ("MSI_ENDPOINT", at(APP_SERVICE_PATH)),
                ("MSI_SECRET", secret.to_owned()),
            ],
            Protocol::Azureml => {
                let id = access.client_id;
                let id = id.map(|id| ("DEFAULT_IDENTITY_CLIENT_ID", id.to_owned()));
                let endpoint = ("MSI_ENDPOINT", at(AZURE_ML_PATH));
                let secret = ("MSI_SECRET", secret.to_owned());
                [endpoint, secret].into_iter().chain(id).collect()
            }
            Protocol::Arc => vec![
                ("IDENTITY_ENDPOINT", at(ARC_PATH)),
                ("IMDS_ENDPOINT", at("")),
            ],
            Protocol::Cloudshell => vec![("MSI_ENDPOINT", at(CLOUD_SHELL_PATH))],
        }
    }
}

/// How a client is made to ask the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the variables of a protocol.
    Protocol(Protocol),
    /// As that client can be led.
    Client(Client),
    /// By nothing: the emulator is at the metadata address.
    AtMetadataAddress,
}

impl Way {
    /// The variables and their values.
    #[must_use]
    pub fn settings(self, access: &Access<'_>) -> Vec<(&'static str, String)> {
        match self {
            Way::Protocol(protocol) => protocol.settings(access),
            Way::Client(client) => client.settings(access),
            Way::AtMetadataAddress => Vec::new(),
        }
    }

    /// Notes on its use, line by line.
    #[must_use]
    pub fn notes(self) -> &'static [&'static str] {
        match self {
            Way::Protocol(protocol) => protocol.notes(),
            Way::Client(client) => client.notes(),
            Way::AtMetadataAddress => &[],
        }
    }

    /// The protocol that clients ask in then.
    #[must_use]
    pub fn protocol(self) -> Protocol {
        match self {
            Way::Protocol(protocol) => protocol,
            Way::Client(client) => client.protocol(),
            Way::AtMetadataAddress => Protocol::Imds,
        }
    }

    /// Whether the client would rather take a key of storage than ask for a token.
    fn asks_storage(self) -> bool {
        let clients = [Client::Gdal, Client::ObjectStore, Client::Rclone];
        matches!(self, Way::Client(client) if clients.contains(&client))
    }

    fn asks_by_proxy(self) -> bool {
        matches!(self, Way::Client(client) if client.asks_by_proxy())
    }
}

/// What Azure PowerShell and the Azure CLI read when they start, in place of their built-in clouds.
const CLOUD: &str = "ARM_CLOUD_METADATA_URL";
/// In the form that both of them read: an array of clouds.
const DESCRIPTION: &str = "/metadata/endpoints?api-version=2019-05-01";

/// Which files with roots clients read. Node.js adds it to its own roots, the others trust it alone.
const TRUST: [&str; 4] = [
    "REQUESTS_CA_BUNDLE",  // Python, and so the Azure CLI
    "CURL_CA_BUNDLE",      // curl
    "SSL_CERT_FILE",       // OpenSSL; Go, but on macOS and Windows
    "NODE_EXTRA_CA_CERTS", // Node.js
];

/// The variables that lead a client to the stub of Resource Manager, and their values. `endpoint` is
/// `http://HOST:PORT` or `https://HOST:PORT`; `ca_file` is the root of its certificate, as PEM, for clients
/// that are to trust it by variables.
#[must_use]
pub fn resource_manager(endpoint: &str, ca_file: Option<&str>) -> Vec<(&'static str, String)> {
    let cloud = (CLOUD, format!("{endpoint}{DESCRIPTION}"));
    let trust = ca_file.into_iter();
    let trust = trust.flat_map(|file| TRUST.map(|name| (name, file.to_owned())));
    [cloud].into_iter().chain(trust).collect()
}

/// They keep proxies away from the endpoint, each a list with commas.
pub const NO_PROXY: [&str; 2] = ["NO_PROXY", "no_proxy"];

/// What is added to those lists: loopback, and the endpoints' own hosts where they are others.
#[must_use]
pub fn without_proxy<'a>(endpoints: impl IntoIterator<Item = &'a str>) -> String {
    let mut hosts = vec!["127.0.0.1", "localhost", "::1"];
    for host in endpoints.into_iter().map(host) {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts.join(",")
}

fn host(endpoint: &str) -> &str {
    let authority = endpoint
        .split_once("://")
        .map_or(endpoint, |(_, rest)| rest);
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => authority,
    };
    host.trim_matches(['[', ']'])
}
