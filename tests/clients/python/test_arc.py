"""azure-identity and msal get tokens in the protocol of Azure Arc, with its challenge and key file."""

import unittest

import msal
import requests as http
from azure.identity import ManagedIdentityCredential

from emulator import claims, requests_for

# One request is challenged, the next shows the key.
CHALLENGED = 2


class Arc(unittest.TestCase):
    def test_azure_identity_gets_a_token_and_holds_it(self):
        resource = "https://vault.azure.net"
        with ManagedIdentityCredential() as credential:
            first = credential.get_token(resource + "/.default")
            second = credential.get_token(resource + "/.default")
        self.assertEqual(claims(first.token)["aud"], resource)
        self.assertEqual(second.token, first.token)
        self.assertEqual(requests_for(resource), CHALLENGED)

    def test_msal_gets_a_token_and_holds_it(self):
        resource = "https://storage.azure.com"
        client = msal.ManagedIdentityClient(
            msal.SystemAssignedManagedIdentity(), http_client=http.Session()
        )
        first = client.acquire_token_for_client(resource=resource)
        second = client.acquire_token_for_client(resource=resource)
        self.assertEqual(claims(first["access_token"])["aud"], resource)
        self.assertEqual(second["access_token"], first["access_token"])
        self.assertEqual(requests_for(resource), CHALLENGED)
