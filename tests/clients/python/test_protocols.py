"""azure-identity gets tokens in the protocols of App Service, Azure Machine Learning and Cloud Shell.

Arc's is in test_arc.
"""

import os
import unittest
from unittest import mock

from azure.core.exceptions import ClientAuthenticationError
from azure.identity import CredentialUnavailableError, ManagedIdentityCredential

from emulator import claims, requests

EMULATOR = os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"]
RESOURCE = "https://vault.azure.net"
JOBS = "5a1f0c9e-0000-4000-8000-000000000001"
APP_SERVICE = {"IDENTITY_ENDPOINT": EMULATOR + "/msi/token", "IDENTITY_HEADER": "imds-emulator"}
AZURE_ML = {"MSI_ENDPOINT": EMULATOR + "/azureml/token", "MSI_SECRET": "imds-emulator"}
CLOUD_SHELL = {"MSI_ENDPOINT": EMULATOR + "/cloudshell/oauth2/token"}


def ask(environment, **identity):
    with mock.patch.dict(os.environ, environment):
        with ManagedIdentityCredential(**identity) as credential:
            return credential.get_token(RESOURCE + "/.default")


class Protocols(unittest.TestCase):
    def test_app_service_gives_a_token_of_either_identity(self):
        before = requests()
        self.assertNotEqual(claims(ask(APP_SERVICE).token)["appid"], JOBS)
        self.assertEqual(claims(ask(APP_SERVICE, client_id=JOBS).token)["appid"], JOBS)
        self.assertEqual(requests() - before, 2)

    def test_app_service_gives_the_token_that_imds_gives(self):
        self.assertEqual(ask(APP_SERVICE).token, ask({}).token)

    def test_app_service_gives_a_stranger_none(self):
        with self.assertRaises(CredentialUnavailableError):
            ask(APP_SERVICE | {"IDENTITY_HEADER": "stranger"})

    def test_azure_ml_gives_a_token_of_either_identity(self):
        own = ask(AZURE_ML)
        self.assertNotEqual(claims(own.token)["appid"], JOBS)
        self.assertAlmostEqual(claims(own.token)["exp"], own.expires_on, delta=2)
        self.assertEqual(claims(ask(AZURE_ML, client_id=JOBS).token)["appid"], JOBS)

    def test_azure_ml_gives_a_stranger_none(self):
        with self.assertRaises(ClientAuthenticationError):
            ask(AZURE_ML | {"MSI_SECRET": "stranger"})

    def test_cloud_shell_gives_a_token(self):
        token = ask(CLOUD_SHELL)
        self.assertEqual(claims(token.token)["aud"], RESOURCE)
        self.assertAlmostEqual(claims(token.token)["exp"], token.expires_on, delta=2)
