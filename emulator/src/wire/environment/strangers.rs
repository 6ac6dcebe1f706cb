//! The variables that make a client ask something else than the emulator.
//!
//! Those of Python's azure-identity, Go's azidentity and GDAL were read in their sources, November 2026; the others are
//! documented by the clients beside them. They are removed, but for those that lead the client to the emulator.

/// A variable, and which clients read it to choose where they ask.
#[derive(Clone, Copy, Debug)]
pub struct Stranger {
    /// The variable.
    pub name: &'static str,
    /// What it makes clients do.
    pub effect: &'static str,
}

impl Stranger {
    /// Whether it matters to clients of storage alone: others' tests may have a key for something else.
    pub(super) fn is_of_storage(&self) -> bool {
        self.effect == STORAGE
    }
}

const fn of(name: &'static str, effect: &'static str) -> Stranger {
    Stranger { name, effect }
}

const PROTOCOL: &str =
    "selects the protocol or the address of a managed identity: all Azure SDKs, MSAL";
const APPLICATION: &str = "signs an application or a user in: EnvironmentCredential of all Azure SDKs, go-autorest, GDAL, object_store";
const WORKLOAD: &str = "exchanges a token of Kubernetes: WorkloadIdentityCredential of all Azure SDKs, \
    ManagedIdentityCredential of Python, object_store, GDAL";
const AUTHORITY: &str = "names another authority of Entra: all Azure SDKs, object_store, GDAL";
const OBO: &str = "asks on behalf of a user in Azure Machine Learning: azure-ai-ml";
const HASHICORP: &str = "selects how Terraform's azurerm and azuread sign in";
const STORAGE: &str = "has a key, a signature or a token of storage, for which no identity is asked; removed with `--client` gdal, \
    object-store and rclone alone";
const ADDRESS: &str = "is the address of IMDS for one client";
const CLOUD: &str = "names the description of the cloud: Azure PowerShell, Azure CLI, Terraform";

/// All of them.
pub const STRANGERS: [Stranger; 56] = [
    of("AZURE_POD_IDENTITY_AUTHORITY_HOST", PROTOCOL),
    of("AZURE_POD_IDENTITY_TOKEN_URL", PROTOCOL),
    of("MSAL_MANAGED_IDENTITY_ENDPOINT", PROTOCOL),
    of("IDENTITY_ENDPOINT", PROTOCOL),
    of("IDENTITY_HEADER", PROTOCOL),
    of("IDENTITY_SERVER_THUMBPRINT", PROTOCOL),
    of("IMDS_ENDPOINT", PROTOCOL),
    of("MSI_ENDPOINT", PROTOCOL),
    of("MSI_SECRET", PROTOCOL),
    of("DEFAULT_IDENTITY_CLIENT_ID", PROTOCOL),
    of("APPSETTING_WEBSITE_SITE_NAME", PROTOCOL),
    of("AZURE_CLIENT_SECRET", APPLICATION),
    of("AZURE_CLIENT_CERTIFICATE_PATH", APPLICATION),
    of("AZURE_CLIENT_CERTIFICATE_PASSWORD", APPLICATION),
    of("AZURE_CERTIFICATE_PATH", APPLICATION),
    of("AZURE_CERTIFICATE_PASSWORD", APPLICATION),
    of("AZURE_USERNAME", APPLICATION),
    of("AZURE_PASSWORD", APPLICATION),
    of("AZURE_AUTH_LOCATION", APPLICATION),
    of("AZURE_STORAGE_CLIENT_SECRET", APPLICATION),
    of("AZURE_FEDERATED_TOKEN_FILE", WORKLOAD),
    of("AZURE_KUBERNETES_TOKEN_PROXY", WORKLOAD),
    of("AZURE_AUTHORITY_HOST", AUTHORITY),
    of("AZURE_REGIONAL_AUTHORITY_NAME", AUTHORITY),
    of("MSAL_FORCE_REGION", AUTHORITY),
    of("AZUREML_OBO_CANARY_TOKEN", OBO),
    of("OBO_ENDPOINT", OBO),
    of("ARM_MSI_ENDPOINT", HASHICORP),
    of("ARM_USE_MSI", HASHICORP),
    of("ARM_USE_CLI", HASHICORP),
    of("ARM_USE_OIDC", HASHICORP),
    of("ARM_USE_AKS_WORKLOAD_IDENTITY", HASHICORP),
    of("ARM_CLIENT_SECRET", HASHICORP),
    of("ARM_CLIENT_SECRET_FILE_PATH", HASHICORP),
    of("ARM_CLIENT_CERTIFICATE", HASHICORP),
    of("ARM_CLIENT_CERTIFICATE_PATH", HASHICORP),
    of("ARM_CLIENT_CERTIFICATE_PASSWORD", HASHICORP),
    of("ARM_OIDC_TOKEN", HASHICORP),
    of("ARM_OIDC_TOKEN_FILE_PATH", HASHICORP),
    of("ARM_OIDC_REQUEST_URL", HASHICORP),
    of("ARM_OIDC_REQUEST_TOKEN", HASHICORP),
    of("ARM_METADATA_HOSTNAME", CLOUD),
    of("ARM_METADATA_HOST", CLOUD),
    of("ARM_CLOUD_METADATA_URL", CLOUD),
    of("AZURE_STORAGE_CONNECTION_STRING", STORAGE),
    of("AZURE_STORAGE_ACCOUNT_KEY", STORAGE),
    of("AZURE_STORAGE_ACCESS_KEY", STORAGE),
    of("AZURE_STORAGE_MASTER_KEY", STORAGE),
    of("AZURE_STORAGE_KEY", STORAGE),
    of("AZURE_STORAGE_ACCESS_TOKEN", STORAGE),
    of("AZURE_STORAGE_TOKEN", STORAGE),
    of("AZURE_STORAGE_SAS_KEY", STORAGE),
    of("AZURE_STORAGE_SAS_TOKEN", STORAGE),
    of("AZURE_USE_AZURE_CLI", STORAGE),
    of("AZURE_MSI_ENDPOINT", ADDRESS),
    of("CPL_AZURE_VM_API_ROOT_URL", ADDRESS),
];

/// Which credentials `DefaultAzureCredential` of the Azure SDKs tries. `prod` leaves out those of developers,
/// such as the Azure CLI's, which would be asked where the emulator refuses; unlike the name of one credential it
/// changes nothing in how IMDS is asked.
pub(super) const CREDENTIALS: (&str, &str) = ("AZURE_TOKEN_CREDENTIALS", "prod");

/// The value that restricts `DefaultAzureCredential` to managed identities; a user's own is kept.
pub(super) const MANAGED_ALONE: &str = "ManagedIdentityCredential";

/// The id of an application where one of the others is there, too; alone, that of an identity to ask for.
pub(super) const APPLICATIONS: [(&str, &[&str]); 2] = [
    (
        "AZURE_CLIENT_ID",
        &[
            "AZURE_CLIENT_SECRET",
            "AZURE_CLIENT_CERTIFICATE_PATH",
            "AZURE_USERNAME",
            "AZURE_FEDERATED_TOKEN_FILE",
        ],
    ),
    (
        "ARM_CLIENT_ID",
        &[
            "ARM_CLIENT_SECRET",
            "ARM_CLIENT_SECRET_FILE_PATH",
            "ARM_CLIENT_CERTIFICATE",
            "ARM_CLIENT_CERTIFICATE_PATH",
            "ARM_USE_OIDC",
        ],
    ),
];
