//! Clients that the variables of no protocol lead to the emulator, or that are easier to find by their names.

use super::protocol::{Access, CONTAINER};
use crate::wire::protocol_name::{APP_SERVICE_PATH, ProtocolName as Protocol};
use crate::wire::route::token;

/// A client, or some that are led alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum Client {
    /// Azure SDKs for .NET, Java, JavaScript, Python and C++, and MSAL but for Go's.
    AzureSdk,
    /// Azure PowerShell.
    AzurePowershell,
    /// The Azure CLI from 2.73 on.
    AzureCli,
    /// `azidentity` for Go and `azure_identity` for Rust, by a proxy.
    Azidentity,
    /// MSAL for Go.
    MsalGo,
    /// MSAL for Java.
    Msal4j,
    /// go-autorest.
    GoAutorest,
    /// msrestazure, and so the Azure CLI before 2.73.
    Msrestazure,
    /// Terraform's azurerm and azuread.
    Terraform,
    /// GDAL, and so rasterio.
    Gdal,
    /// `object_store` of Rust: obstore, delta-rs.
    ObjectStore,
    /// kubelogin.
    Kubelogin,
    /// Prometheus' azuread.
    Prometheus,
    /// Snowflake's connectors.
    Snowflake,
    /// rclone.
    Rclone,
}

/// How a client is led.
enum Led {
    /// By the variables of a protocol.
    Protocol(Protocol),
    /// By variables of its own.
    Own(fn(&Access<'_>) -> Vec<(&'static str, String)>),
    /// By the emulator as its proxy for HTTP.
    Proxy,
}

impl Client {
    /// All, in the order of the documentation.
    pub const ALL: [Client; 15] = [
        Client::AzureSdk,
        Client::AzurePowershell,
        Client::AzureCli,
        Client::Azidentity,
        Client::MsalGo,
        Client::Msal4j,
        Client::GoAutorest,
        Client::Msrestazure,
        Client::Terraform,
        Client::Gdal,
        Client::ObjectStore,
        Client::Kubelogin,
        Client::Prometheus,
        Client::Snowflake,
        Client::Rclone,
    ];

    /// Its name on command lines.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Client::AzureSdk => "azure-sdk",
            Client::AzurePowershell => "azure-powershell",
            Client::AzureCli => "azure-cli",
            Client::Azidentity => "azidentity",
            Client::MsalGo => "msal-go",
            Client::Msal4j => "msal4j",
            Client::GoAutorest => "go-autorest",
            Client::Msrestazure => "msrestazure",
            Client::Terraform => "terraform",
            Client::Gdal => "gdal",
            Client::ObjectStore => "object-store",
            Client::Kubelogin => "kubelogin",
            Client::Prometheus => "prometheus",
            Client::Snowflake => "snowflake",
            Client::Rclone => "rclone",
        }
    }

    /// What it stands for.
    #[must_use]
    pub const fn leads(self) -> &'static str {
        match self {
            Client::AzureSdk => {
                "Azure SDKs for .NET, Java, JavaScript, Python and C++, and MSAL but for Go's"
            }
            Client::AzurePowershell => "Azure PowerShell",
            Client::AzureCli => "The Azure CLI from 2.73 on",
            Client::Azidentity => "azidentity for Go and azure_identity for Rust, by a proxy",
            Client::MsalGo => "MSAL for Go",
            Client::Msal4j => "MSAL for Java",
            Client::GoAutorest => "go-autorest",
            Client::Msrestazure => "msrestazure, and so the Azure CLI before 2.73",
            Client::Terraform => "Terraform's azurerm and azuread",
            Client::Gdal => "GDAL, and so rasterio",
            Client::ObjectStore => "object_store of Rust: obstore, delta-rs",
            Client::Kubelogin => "kubelogin",
            Client::Prometheus => "Prometheus' azuread",
            Client::Snowflake => "Snowflake's connectors",
            Client::Rclone => "rclone",
        }
    }

    fn led(self) -> Led {
        match self {
            Client::AzureSdk | Client::AzurePowershell | Client::AzureCli | Client::Msal4j => {
                Led::Protocol(Protocol::Imds)
            }
            Client::MsalGo | Client::Kubelogin | Client::Prometheus | Client::Snowflake => {
                Led::Protocol(Protocol::Appservice)
            }
            Client::GoAutorest => Led::Protocol(Protocol::Appservice2017),
            Client::Msrestazure => Led::Own(msrestazure),
            Client::Terraform => Led::Own(terraform),
            Client::Gdal => Led::Own(gdal),
            Client::ObjectStore => Led::Own(object_store),
            Client::Azidentity | Client::Rclone => Led::Proxy,
        }
    }

    pub(super) fn settings(self, access: &Access<'_>) -> Vec<(&'static str, String)> {
        match self.led() {
            Led::Protocol(protocol) => protocol.settings(access),
            Led::Own(settings) => settings(access),
            Led::Proxy => PROXY
                .map(|name| (name, access.endpoint.to_owned()))
                .to_vec(),
        }
    }

    /// Whether it asks the metadata address through the emulator as its proxy.
    pub(super) fn asks_by_proxy(self) -> bool {
        matches!(self.led(), Led::Proxy)
    }

    /// The protocol that it asks in then.
    #[must_use]
    pub fn protocol(self) -> Protocol {
        match self.led() {
            Led::Protocol(protocol) => protocol,
            Led::Own(_) if self == Client::Msrestazure => Protocol::Appservice2017,
            Led::Own(_) | Led::Proxy => Protocol::Imds,
        }
    }

    pub(super) fn notes(self) -> &'static [&'static str] {
        match self.led() {
            Led::Protocol(protocol) => protocol.notes(),
            Led::Own(_) => &[CONTAINER],
            Led::Proxy => &BY_PROXY,
        }
    }
}

/// Go reads either, most others the second for plain HTTP.
const PROXY: [&str; 2] = ["HTTP_PROXY", "http_proxy"];

const BY_PROXY: [&str; 3] = [
    "The emulator is the proxy for plain HTTP: the client asks 169.254.169.254 through it, in IMDS's own protocol.",
    "Whatever else it asks over plain HTTP goes to the emulator, too; HTTPS does not.",
    CONTAINER,
];

fn msrestazure(access: &Access<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("APPSETTING_WEBSITE_SITE_NAME", "imds-emulator".to_owned()),
        (
            "MSI_ENDPOINT",
            format!("{}{APP_SERVICE_PATH}", access.endpoint),
        ),
        ("MSI_SECRET", access.secret.to_owned()),
    ]
}

/// The endpoint is asked in IMDS's protocol, not in App Service's.
fn terraform(access: &Access<'_>) -> Vec<(&'static str, String)> {
    vec![
        ("ARM_USE_MSI", "true".to_owned()),
        ("ARM_USE_CLI", "false".to_owned()),
        (
            "ARM_MSI_ENDPOINT",
            format!("{}{}", access.endpoint, token::PATH),
        ),
    ]
}

fn gdal(access: &Access<'_>) -> Vec<(&'static str, String)> {
    vec![("CPL_AZURE_VM_API_ROOT_URL", access.endpoint.to_owned())]
}

fn object_store(access: &Access<'_>) -> Vec<(&'static str, String)> {
    let url = format!("{}{}", access.endpoint, token::PATH);
    vec![("AZURE_MSI_ENDPOINT", url)]
}
