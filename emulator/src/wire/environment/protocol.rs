//! The variables of each protocol, and notes on their use.

use crate::wire::protocol_name::{
    APP_SERVICE_PATH, ARC_PATH, AZURE_ML_PATH, CLOUD_SHELL_PATH, ProtocolName as Protocol,
};
use crate::wire::route::token;

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
pub(super) const CONTAINER: &str =
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
