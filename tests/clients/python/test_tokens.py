"""azure-identity gets tokens from the emulator, and asks once for one that it holds."""

import time
import unittest

from azure.identity import CredentialUnavailableError, ManagedIdentityCredential
from azure.identity.aio import ManagedIdentityCredential as AsyncManagedIdentityCredential

from emulator import claims, requests

RESOURCE = "https://management.azure.com"
SCOPE = RESOURCE + "/.default"
DAY = 24 * 60 * 60
MINUTE = 60

# The user-assigned identity of ../vm.toml, and a client id that it does not know.
SUBSCRIPTION = "/subscriptions/5a1f0c9e-0000-4000-8000-000000000003"
JOBS = {
    "client_id": "5a1f0c9e-0000-4000-8000-000000000001",
    "object_id": "5a1f0c9e-0000-4000-8000-000000000002",
    "resource_id": SUBSCRIPTION
    + "/resourcegroups/night/providers/Microsoft.ManagedIdentity/userAssignedIdentities/jobs",
}
UNKNOWN = "5a1f0c9e-0000-4000-8000-00000000ffff"


class Tokens:
    """What both credentials do. A subclass says how one is made, asked and closed."""

    async def test_gets_a_token_for_a_day(self):
        async with self.credential() as ask:
            token = await ask(SCOPE)
        said = claims(token.token)
        self.assertEqual(said["aud"], RESOURCE)
        self.assertRegex(said["tid"], "^[0-9a-f-]{36}$")
        self.assertAlmostEqual(token.expires_on, time.time() + DAY, delta=MINUTE)
        self.assertAlmostEqual(said["exp"], token.expires_on, delta=2)

    async def test_does_not_ask_again_for_a_token_it_holds(self):
        async with self.credential() as ask:
            before = requests()
            first = await ask(SCOPE)
            self.assertEqual(requests() - before, 1)
            second = await ask(SCOPE)
            self.assertEqual(requests() - before, 1)
        self.assertEqual(second.token, first.token)

    async def test_asks_once_for_each_resource(self):
        async with self.credential() as ask:
            before = requests()
            await ask(SCOPE)
            vault = await ask("https://vault.azure.net/.default")
            self.assertEqual(requests() - before, 2)
        self.assertEqual(claims(vault.token)["aud"], "https://vault.azure.net")

    async def test_knows_an_identity_by_its_client_id(self):
        await self.assert_jobs(client_id=JOBS["client_id"])

    async def test_knows_an_identity_by_its_object_id(self):
        await self.assert_jobs(identity_config={"object_id": JOBS["object_id"]})

    async def test_knows_an_identity_by_its_resource_id(self):
        await self.assert_jobs(identity_config={"resource_id": JOBS["resource_id"]})

    async def test_names_the_system_assigned_identity_by_nothing(self):
        async with self.credential() as ask:
            said = claims((await ask(SCOPE)).token)
        self.assertNotEqual(said["appid"], JOBS["client_id"])

    async def test_says_that_an_identity_is_unknown(self):
        async with self.credential(client_id=UNKNOWN) as ask:
            before = requests()
            with self.assertRaisesRegex(CredentialUnavailableError, "Identity not found"):
                await ask(SCOPE)
            self.assertEqual(requests() - before, 1)

    async def assert_jobs(self, **identity):
        async with self.credential(**identity) as ask:
            said = claims((await ask(SCOPE)).token)
        self.assertEqual(said["appid"], JOBS["client_id"])
        self.assertEqual(said["oid"], JOBS["object_id"])
        self.assertEqual(said["xms_mirid"], JOBS["resource_id"])


class Blocking:
    """`azure.identity.ManagedIdentityCredential`, asked from asynchronous tests."""

    def __init__(self, **identity):
        self.inner = ManagedIdentityCredential(**identity)

    async def __aenter__(self):
        async def ask(scope):
            return self.inner.get_token(scope)

        return ask

    async def __aexit__(self, *_):
        self.inner.close()


class Asynchronous:
    """`azure.identity.aio.ManagedIdentityCredential`."""

    def __init__(self, **identity):
        self.inner = AsyncManagedIdentityCredential(**identity)

    async def __aenter__(self):
        return self.inner.get_token

    async def __aexit__(self, *_):
        await self.inner.close()


class BlockingTokens(Tokens, unittest.IsolatedAsyncioTestCase):
    credential = Blocking


class AsynchronousTokens(Tokens, unittest.IsolatedAsyncioTestCase):
    credential = Asynchronous
