"""msal gets tokens from the emulator as programs ask it without azure-identity, and tries once."""

import os
import unittest
from unittest import mock

import msal
import requests as http

from emulator import answer_next, claims, requests_for

EMULATOR = os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"]
APP_SERVICE = {"IDENTITY_ENDPOINT": EMULATOR + "/msi/token", "IDENTITY_HEADER": "imds-emulator"}
AZURE_ML = {"MSI_ENDPOINT": EMULATOR + "/azureml/token", "MSI_SECRET": "imds-emulator"}
DAY = 24 * 60 * 60

# The user-assigned identity of ../vm.toml, and a client id that it does not know.
SUBSCRIPTION = "/subscriptions/5a1f0c9e-0000-4000-8000-000000000003"
JOBS = {
    "client_id": "5a1f0c9e-0000-4000-8000-000000000001",
    "object_id": "5a1f0c9e-0000-4000-8000-000000000002",
    "resource_id": SUBSCRIPTION
    + "/resourcegroups/night/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs",
}
UNKNOWN = "5a1f0c9e-0000-4000-8000-00000000ffff"


def client(**identity):
    chosen = (
        msal.UserAssignedManagedIdentity(**identity)
        if identity
        else msal.SystemAssignedManagedIdentity()
    )
    return msal.ManagedIdentityClient(chosen, http_client=http.Session())


class Msal(unittest.TestCase):
    def test_gets_a_token_for_a_day(self):
        resource = "https://management.azure.com"
        answer = client().acquire_token_for_client(resource=resource)
        said = claims(answer["access_token"])
        self.assertEqual(said["aud"], resource)
        self.assertNotEqual(said["appid"], JOBS["client_id"])
        self.assertAlmostEqual(answer["expires_in"], DAY, delta=60)

    def test_does_not_ask_again_for_a_token_it_holds(self):
        resource = "https://storage.azure.com"
        asking = client()
        first = asking.acquire_token_for_client(resource=resource)
        second = asking.acquire_token_for_client(resource=resource)
        self.assertEqual(second["access_token"], first["access_token"])
        self.assertEqual(second["token_source"], "cache")
        self.assertEqual(requests_for(resource), 1)

    def test_knows_an_identity_by_each_of_its_ids(self):
        for name, value in JOBS.items():
            with self.subTest(name):
                answer = client(**{name: value}).acquire_token_for_client(resource="https://jobs.invalid")
                said = claims(answer["access_token"])
                self.assertEqual(said["appid"], JOBS["client_id"])
                self.assertEqual(said["xms_mirid"], JOBS["resource_id"])
        self.assertEqual(requests_for("https://jobs.invalid"), len(JOBS))

    def test_says_that_an_identity_is_unknown(self):
        resource = "https://unknown.invalid"
        answer = client(client_id=UNKNOWN).acquire_token_for_client(resource=resource)
        self.assertEqual(answer["error"], "invalid_request")
        self.assertEqual(answer["error_description"], "Identity not found")
        self.assertEqual(requests_for(resource), 1)

    def test_gives_up_when_it_is_refused_and_answers_the_next_from_memory(self):
        resource = "https://refused.invalid"
        answer_next(resource, 1, 429)
        asking = client()
        for _ in range(2):
            answer = asking.acquire_token_for_client(resource=resource)
            self.assertIn("too many requests", answer["error_description"])
        self.assertEqual(requests_for(resource), 1)

    def test_gets_a_token_in_the_protocol_of_app_service(self):
        resource = "https://app.invalid"
        with mock.patch.dict(os.environ, APP_SERVICE):
            own = client().acquire_token_for_client(resource=resource)
            jobs = client(client_id=JOBS["client_id"]).acquire_token_for_client(resource=resource)
        self.assertNotEqual(claims(own["access_token"])["appid"], JOBS["client_id"])
        self.assertEqual(claims(jobs["access_token"])["appid"], JOBS["client_id"])

    def test_gets_a_token_in_the_protocol_of_azure_machine_learning(self):
        resource = "https://machine-learning.invalid"
        with mock.patch.dict(os.environ, AZURE_ML):
            own = client().acquire_token_for_client(resource=resource)
            jobs = client(client_id=JOBS["client_id"]).acquire_token_for_client(resource=resource)
        self.assertNotEqual(claims(own["access_token"])["appid"], JOBS["client_id"])
        self.assertAlmostEqual(own["expires_in"], DAY, delta=60)
        self.assertEqual(claims(jobs["access_token"])["appid"], JOBS["client_id"])
