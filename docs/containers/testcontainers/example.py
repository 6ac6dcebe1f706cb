import os

from azure.identity import ManagedIdentityCredential
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import HttpWaitStrategy

image = DockerContainer("imds-emulator:0.1.0").with_exposed_ports(16925, 16926)
with image.waiting_for(HttpWaitStrategy(16926, "/healthz")) as imds:
    host, port = imds.get_container_host_ip(), imds.get_exposed_port(16925)
    os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = f"http://{host}:{port}"
    print(ManagedIdentityCredential().get_token("https://vault.azure.net/.default").token)
