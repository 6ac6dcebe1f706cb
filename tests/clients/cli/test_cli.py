"""`az` signs in with a managed identity and lists resources, with nothing but the emulator to ask."""

import base64
import json
import unittest

from cloud import Cli, fail_next, reset, usage

JOBS = "5a1f0c9e-0000-4000-8000-000000000001"
EVERYONES = "00000000-0000-4000-8000-00000000000a"
JOBS_ONLY = "00000000-0000-4000-8000-00000000000b"


def claims(token):
    payload = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


class AzureCli(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cli = Cli()
        cls.addClassCleanup(cls.cli.folder.cleanup)

    def setUp(self):
        reset()

    def sign_in(self, *identity):
        subscriptions = self.cli.az("login", "--identity", *identity)
        return [subscription["id"] for subscription in subscriptions]

    def test_the_system_assigned_identity_lists_resources(self):
        self.assertEqual(self.sign_in(), [EVERYONES])
        token = self.cli.az("account", "get-access-token")
        said = claims(token["accessToken"])
        self.assertEqual(said["aud"], "https://management.core.windows.net/")
        self.assertEqual((token["tenant"], token["subscription"]), (said["tid"], EVERYONES))
        listed = self.cli.az("resource", "list")
        storage = [f"storage0000{number}" for number in range(1, 6)]
        self.assertEqual([resource["name"] for resource in listed], [*storage, "site"])
        self.assertEqual(usage()[said["appid"], "resources", EVERYONES, 200], 6)

    def test_a_user_assigned_identity_lists_what_only_it_may_read(self):
        self.assertEqual(self.sign_in("--client-id", JOBS), [EVERYONES, JOBS_ONLY])
        listed = self.cli.az("resource", "list", "--subscription", JOBS_ONLY)
        self.assertEqual(len(listed), 3)
        self.assertEqual(usage()[JOBS, "resources", JOBS_ONLY, 200], 3)

    def test_a_listing_by_group_and_by_type(self):
        self.sign_in()
        by_group = self.cli.az("resource", "list", "--resource-group", "night")
        self.assertEqual([resource["name"] for resource in by_group], ["site"])
        by_type = self.cli.az("resource", "list", "--resource-type", "Microsoft.Web/sites")
        self.assertEqual([resource["name"] for resource in by_type], ["site"])
        groups = self.cli.az("group", "list")
        self.assertEqual([group["name"] for group in groups], ["imds-emulator", "night"])

    def test_it_gives_up_at_the_first_429_of_imds(self):
        self.sign_in()
        fail_next(429)
        ended = self.cli.run("account", "get-access-token")
        self.assertEqual(ended.returncode, 1)
        self.assertIn("Temporarily throttled, too many requests", ended.stderr)
        self.assertIn("accessToken", self.cli.az("account", "get-access-token"))

    def test_it_waits_as_a_429_of_resource_manager_says(self):
        self.sign_in()
        self.assertEqual(len(self.cli.az("resource", "list")), 6)
        statuses = {key[3] for key in usage() if key[1] == "resources"}
        self.assertEqual(statuses, {200, 429})
