"""Makes one real client ask for one token: ask.py NAME [ENDPOINT]. What comes of it is in the emulator's journal."""

import asyncio
import pathlib
import sys

RESOURCE = "https://vault.azure.net"
SCOPE = RESOURCE + "/.default"
TOKEN = "/metadata/identity/oauth2/token"


def azure_identity(endpoint):
    from azure.identity import ManagedIdentityCredential

    ManagedIdentityCredential().get_token(SCOPE)


def azure_identity_aio(endpoint):
    from azure.identity.aio import ManagedIdentityCredential

    async def ask():
        async with ManagedIdentityCredential() as credential:
            await credential.get_token(SCOPE)

    asyncio.run(ask())


def msal(endpoint):
    import msal
    import requests

    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=requests.Session())
    answer = client.acquire_token_for_client(resource=RESOURCE)
    if "access_token" not in answer:
        sys.exit(str(answer))


def msrestazure(endpoint):
    from msrestazure.azure_active_directory import MSIAuthentication

    MSIAuthentication(resource=RESOURCE)


def adlfs(endpoint):
    from adlfs import AzureBlobFileSystem
    from azure.identity.aio import ManagedIdentityCredential

    AzureBlobFileSystem(account_name="account", credential=ManagedIdentityCredential()).ls("container")


def pymongo(endpoint):
    """As MONGODB-OIDC in the environment azure asks: a server that wants it is not there."""
    from pymongo._azure_helpers import _get_azure_response

    _get_azure_response(RESOURCE)


def google_auth(endpoint):
    from google.auth import identity_pool
    from google.auth.transport.requests import Request

    identity_pool.Credentials.from_info(external_account(endpoint)).retrieve_subject_token(Request())


def external_account(endpoint):
    """Workload identity federation from Azure, as Google's documentation writes it."""
    return {
        "type": "external_account",
        "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/azure",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "token_url": "https://sts.googleapis.com/v1/token",
        "credential_source": {
            "url": f"{endpoint}{TOKEN}?api-version=2018-02-01&resource={RESOURCE}",
            "headers": {"Metadata": "True"},
            "format": {"type": "json", "subject_token_field_name": "access_token"},
        },
    }


def obstore(endpoint):
    from obstore.store import AzureStore

    AzureStore("container", account_name="account", client_options={"allow_http": True}).head("blob")


def deltalake(endpoint):
    from deltalake import DeltaTable

    options = {"azure_msi_endpoint": endpoint + TOKEN, "allow_http": "true"}
    DeltaTable("abfss://container@account.dfs.core.windows.net/table", storage_options=options)


def opendal(endpoint):
    import opendal

    opendal.Operator("azblob", container="c", account_name="account", endpoint="http://127.0.0.1:9").read("blob")


def gdal(endpoint):
    import rasterio

    rasterio.open("/vsiaz/container/image.tif")


def pyarrow(endpoint):
    from pyarrow.fs import AzureFileSystem

    AzureFileSystem("account", client_id="5a1f0c9e-0000-4000-8000-000000000001").get_file_info("container/blob")


def duckdb(endpoint):
    import duckdb
    import duckdb_extension_azure as extension
    import pathlib

    file = next(pathlib.Path(extension.__file__).parent.rglob("azure.duckdb_extension"))
    connection = duckdb.connect(config={"allow_unsigned_extensions": "true"})
    connection.execute(f"LOAD '{file}'")
    connection.execute("CREATE SECRET (TYPE azure, PROVIDER managed_identity, ACCOUNT_NAME 'account')")
    connection.execute("SELECT * FROM 'az://container/table.parquet'")


def librdkafka(endpoint):
    from confluent_kafka import Producer

    producer = Producer(
        {
            "bootstrap.servers": "127.0.0.1:9",
            "security.protocol": "SASL_PLAINTEXT",
            "sasl.mechanism": "OAUTHBEARER",
            "sasl.oauthbearer.method": "oidc",
            "sasl.oauthbearer.metadata.authentication.type": "azure_imds",
            "sasl.oauthbearer.config": f"query=api-version=2018-02-01&resource={RESOURCE}",
            "sasl.oauthbearer.token.endpoint.url": endpoint + TOKEN,
        }
    )
    while True:  # it asks in the background, and never gives up
        producer.poll(1)


def schema_registry(endpoint):
    from confluent_kafka.schema_registry import SchemaRegistryClient

    SchemaRegistryClient(
        {
            "url": "http://127.0.0.1:9",
            "bearer.auth.credentials.source": "OAUTHBEARER_AZURE_IMDS",
            "bearer.auth.issuer.endpoint.url": endpoint + TOKEN,
            "bearer.auth.issuer.endpoint.query": f"api-version=2018-02-01&resource={RESOURCE}",
            "bearer.auth.logical.cluster": "lsrc-1",
            "bearer.auth.identity.pool.id": "pool-1",
        }
    ).get_subjects()


def opentelemetry(endpoint):
    from opentelemetry.resource.detector.azure.vm import AzureVMResourceDetector

    print(AzureVMResourceDetector().detect().attributes)


def cloud_init(endpoint):
    """Its own reader of the instance's metadata, from the package's files, as its data source calls it."""
    from cloudinit.sources import DataSourceAzure as azure

    print(azure.get_metadata_from_imds(retries=10, md_type=azure.MetadataType.ALL, api_version=azure.IMDS_VER_MIN))


# Without an endpoint, and by some libraries' own defaults, the metadata address is asked.
devices = pathlib.Path("/proc/net/dev").read_text().splitlines()[2:]
if not all(line.strip().startswith("lo:") for line in devices):
    sys.exit("ask.py: expected a network namespace with a loopback alone; it is started by ../run")
globals()[sys.argv[1]](sys.argv[2] if len(sys.argv) > 2 else "http://169.254.169.254")
