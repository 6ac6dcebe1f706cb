"""The clients that `run` plays, each with the preset that it is held to, and the presets that no client here has.

In a command and in the values of an environment `{endpoint}` is the emulator's address, `{installed}` the folder
that `setup` fills, `{built}` that of the project's programs and `{here}` this one.
"""

from dataclasses import dataclass, field

CASES = {
    "429": {"status": 429, "retry_after": None},
    "410": {"status": 410, "retry_after": None},
    "404": {"status": 404, "retry_after": None},
    "500": {"status": 500, "retry_after": None},
    "429+3": {"status": 429, "retry_after": 3},
}

HOST = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": "{endpoint}"}
METADATA = "by nothing: the address is built in"
AUTHORITY_HOST = "`AZURE_POD_IDENTITY_AUTHORITY_HOST`"


@dataclass(frozen=True)
class Client:
    name: str
    version: str
    language: str
    preset: str
    command: list
    # How it is led to the emulator, as the document says it; METADATA if it cannot be.
    redirection: str = METADATA
    environment: dict = field(default_factory=dict)
    # The file without which it is not installed.
    needs: str = ""
    # How long it is watched after its first request.
    seconds: int = 110
    # So many tokens are asked for, one after the other.
    tokens: int = 1
    # What is graded, if it is another command; and how Resource Manager is served to it.
    checked: list = field(default_factory=list)
    resource_manager: str = "off"

    @property
    def redirected(self):
        return self.redirection != METADATA


def python(name, version, preset, which, redirection=METADATA, venv="python", paths="", **more):
    interpreter = f"{{installed}}/{venv}/bin/python"
    environment = more.pop("environment", {}) | ({"PYTHONPATH": paths} if paths else {})
    needs = paths if paths else interpreter
    command = [interpreter, "{here}/drivers/ask.py", which]
    if redirection != METADATA:
        command.append("{endpoint}")
    return Client(name, version, "Python", preset, command, redirection, environment, needs, **more)


def node(name, version, preset, which, redirection=METADATA, environment=None):
    folder = "{installed}/javascript"
    command = ["node", "{here}/drivers/ask.js", which] + ["{endpoint}"] * (redirection != METADATA)
    variables = {"LIBRARIES": folder} | (environment or {})
    return Client(name, version, "JavaScript", preset, command, redirection, variables, folder + "/installed.json")


def java(name, version, preset, folder, which, redirection=METADATA, environment=None, **more):
    place = "{installed}/java/" + folder
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-cp"]
    command += [f"{place}/classes:{place}/libraries/*", which, "{endpoint}"]
    return Client(
        name, version, "Java", preset, command, redirection, environment or {}, place + "/classes", **more
    )


def go(name, version, preset, which, redirection=METADATA, environment=None, **more):
    command = ["{installed}/go/ask", which, "{endpoint}"]
    return Client(name, version, "Go", preset, command, redirection, environment or {}, command[0], **more)


CLIENTS = [
    python("azure-identity", "1.27.0", "py-azure-identity", "azure_identity", AUTHORITY_HOST, environment=HOST),
    python("azure-identity, asynchronous", "1.27.0", "py-azure-identity", "azure_identity_aio", AUTHORITY_HOST, environment=HOST),
    python("MSAL", "1.39.0", "py-msal", "msal", AUTHORITY_HOST, environment=HOST),
    python("msrestazure, of the Azure CLI before 2.73", "0.6.4.post1", "azure-cli-msrestazure", "msrestazure"),
    Client(
        "Azure CLI, `az login --identity`",
        "2.91.0",
        "Python",
        "azure-cli",
        ["{clients}/cli/bin/python", "-m", "azure.cli", "login", "--identity"],
        AUTHORITY_HOST,
        HOST | {"AZURE_CORE_COLLECT_TELEMETRY": "no"},
        "{clients}/cli/bin/python",
        # A run keeps what it has read of the cloud in its folder, and the copies of a herd write into it.
        checked=["sh", "-c", 'AZURE_CONFIG_DIR=$(mktemp -d -p "$HOME") exec "$0" -m azure.cli login --identity', "{clients}/cli/bin/python"],
        resource_manager="https",
    ),
    python("adlfs", "2026.8.0", "adlfs-2026.8", "adlfs", AUTHORITY_HOST, environment=HOST),
    python("PyMongo, MONGODB-OIDC", "4.20.0", "pymongo", "pymongo"),
    python("google-auth", "2.62.2", "google-auth-python", "google_auth", "`credential_source.url` of its file"),
    python(
        "object_store, in obstore", "0.12.1", "object-store", "obstore",
        "`AZURE_MSI_ENDPOINT=…/metadata/identity/oauth2/token`",
        environment={"AZURE_MSI_ENDPOINT": "{endpoint}/metadata/identity/oauth2/token"},
    ),
    python("object_store, in deltalake (delta-rs)", "1.6.6", "object-store", "deltalake", "its option `azure_msi_endpoint`"),
    python("OpenDAL", "0.47.12", "opendal", "opendal"),
    python(
        "GDAL, in rasterio 1.4.4", "3.10.3", "gdal", "gdal", "`CPL_AZURE_VM_API_ROOT_URL`",
        environment={"CPL_AZURE_VM_API_ROOT_URL": "{endpoint}", "AZURE_STORAGE_ACCOUNT": "account"},
        tokens=4,  # each of its drivers looks at the file, and asks anew
    ),
    python("azure-identity for C++, in PyArrow", "26.0.1", "azure-identity-cpp-1.13.2", "pyarrow", AUTHORITY_HOST, environment=HOST),
    python("azure-identity for C++, in DuckDB", "1.5.5", "azure-identity-cpp-1.13.2", "duckdb", AUTHORITY_HOST, environment=HOST),
    python("librdkafka, in confluent-kafka", "2.16.1", "librdkafka-2.16", "librdkafka", "its option `sasl.oauthbearer.token.endpoint.url`"),
    python("Confluent Schema Registry client", "2.16.1", "confluent-schema-registry", "schema_registry", "its option `bearer.auth.issuer.endpoint.url`"),
    python("OpenTelemetry's detector of Azure VMs", "0.3.0", "opentelemetry-detectors", "opentelemetry"),
    python(
        "cloud-init, its reader of the metadata", "22.4.2", "cloud-init-22.4.2", "cloud_init",
        paths="{installed}/debian/cloud-init/usr/lib/python3/dist-packages",
    ),
    node("@azure/identity", "4.13.1", "js-azure-identity", "identity", AUTHORITY_HOST, HOST),
    node("@azure/msal-node", "7.2.3", "msal-node", "msal", AUTHORITY_HOST, HOST),
    node("@azure/ms-rest-nodeauth", "3.1.1", "ms-rest-nodeauth", "nodeauth", "its option `msiEndpoint`"),
    node("google-auth-library", "11.3.4", "google-auth-library-node", "google", "`credential_source.url` of its file"),
    node("MongoDB's driver, MONGODB-OIDC", "7.8.0", "mongodb", "mongodb"),
    node("OpenTelemetry's detector of Azure VMs", "0.32.0", "opentelemetry-detectors", "opentelemetry"),
    node("Confluent Schema Registry client", "1.10.1", "confluent-schema-registry-js-1.10.1", "schemaregistry", "its option `issuerEndpointUrl`"),
    java("azure-identity, with MSAL4J 1.20.1", "1.16.0", "java-azure-identity-1.16.0", "identity-1.16.0", "AskIdentity", AUTHORITY_HOST, HOST),
    java("azure-identity, with MSAL4J 1.23.1", "1.18.2", "java-azure-identity-1.18.1", "identity-1.18.2", "AskIdentity", AUTHORITY_HOST, HOST),
    java("azure-identity", "1.19.0", "java-azure-identity-1.19.0", "identity-1.19.0", "AskIdentity", AUTHORITY_HOST, HOST),
    java("MSAL4J", "1.23.1", "msal4j", "identity-1.18.2", "AskMsal", AUTHORITY_HOST, HOST),
    java("JDBC driver for SQL Server", "8.4.1", "mssql-jdbc-8.4.1", "mssql-jdbc-8.4.1", "AskSqlServer", seconds=75),
    java("hadoop-azure", "3.4.1", "hadoop-azure-3.4.1", "hadoop-azure-3.4.1", "AskHadoop", "`fs.azure.account.oauth2.msi.endpoint`"),
    go("azidentity", "1.15.0", "go-azidentity", "azidentity"),
    go("MSAL", "1.10.1", "go-msal", "msal"),
    go("go-autorest, adal", "0.9.24", "go-autorest", "autorest"),
    go(
        "HashiCorp's go-azure-sdk, in Terraform's provider", "0.20260811", "hashicorp-go-azure-sdk-0.20260811", "hashicorp",
        "its option `CustomManagedIdentityEndpoint`; Terraform's provider takes it from `ARM_MSI_ENDPOINT`",
    ),
    Client(
        "kubelogin", "0.2.15", "Go", "kubelogin-0.2.15",
        ["{installed}/go/kubelogin", "get-token", "--login", "msi", "--server-id", "6dae42f8-4368-4678-94ff-3960e28e3630"],
        needs="{installed}/go/kubelogin",
    ),
    Client(
        "rclone, Azure Blob", "1.60.1", "Go", "rclone-1.60.1",
        ["{installed}/debian/rclone/usr/bin/rclone", "--config", "/dev/null", "lsf", ":azureblob,use_msi,account=account:container"],
        needs="{installed}/debian/rclone/usr/bin/rclone",
    ),
    Client(
        "azure_identity", "1.0.0", "Rust", "rust-azure-identity", ["{installed}/rust/ask"], needs="{installed}/rust/ask"
    ),
    Client(
        "imds-client, of this project", "0.1.0", "Rust", "proportional",
        ["{built}/imds-client", "token", "--resource", "https://vault.azure.net", "--endpoint", "{endpoint}"],
        "its option `--endpoint`",
        needs="{built}/imds-client",
    ),
]

NO_DOTNET = "needs .NET, which is in none of the package registries that are used here; `tests/clients/powershell` plays the releases of Azure PowerShell that are on a machine with `pwsh`"

# What no client here is held to: the presets, releases and other names of the product, and why not.
NOT_RUN = [
    (["azure-powershell", "az-accounts-1.2.1", "az-accounts-2.8.0", "az-accounts-2.19.0", "az-accounts-3.0.4", "az-accounts-4.0.2", "az-accounts-5.5.0"], NO_DOTNET),
    (["dotnet-azure-identity", "dotnet-azure-identity-1.6.0", "dotnet-azure-identity-1.10.3", "dotnet-azure-identity-1.11.4", "dotnet-azure-identity-1.13.0", "dotnet-azure-identity-1.17.2"], NO_DOTNET),
    (["dotnet-default-azure-credential", "dotnet-default-azure-credential-1.11.4", "dotnet-default-azure-credential-1.13.0", "dotnet-default-azure-credential-1.17.2"], NO_DOTNET),
    (["msal-dotnet", "msal-dotnet-4.60.4", "msal-dotnet-4.73.1"], NO_DOTNET),
    (["msal-default-mi"], "a model of what MSAL does with other sources than IMDS, of no release"),
    (["cloud-init"], "read in a source that is newer than the packages that can be had; `cloud-init-22.4.2` is run"),
    (["walinuxagent"], "the agent is in none of the package registries that are used here"),
    (["ignition-2.14"], "a program for the first boot, which sets up disks before it asks: not run by a test"),
    (["acr-env"], "in none of the package registries that are used here"),
    (["azure-events-az"], "a resource agent, which needs a cluster"),
    (["libazureinit"], "a library for the first boot; no driver was written"),
    (["facter", "ohai"], "need Ruby, which the tests do not install"),
    (["telegraf"], "a build of minutes for one request"),
    (["one-attempt"], "no client of its own: those that behave so are in the table by their own names"),
    (["entra-doc"], "a page of documentation, not a program"),
    (["no-retry"], "one attempt of this project's own client: `client/tests/operations.rs`"),
]
