"""Fifty commands of the Azure CLI at once, through the broker of `imds-client`. None of them retries."""

import json
import unittest
from concurrent.futures import ThreadPoolExecutor

from cloud import Cli, admin

HERD = 50


def identity_requests():
    return json.loads(admin("/tally"))["identity"]


class Commands(unittest.TestCase):
    def test_fifty_at_once_get_their_token_for_one_request(self):
        cli = Cli()
        self.addCleanup(cli.folder.cleanup)
        cli.az("login", "--identity")
        before = identity_requests()

        def command(_):
            wanted = ("--resource", "https://vault.azure.net")
            return cli.run("account", "get-access-token", *wanted, timeout=500)

        with ThreadPoolExecutor(HERD) as pool:
            ended = list(pool.map(command, range(HERD)))
        self.assertEqual([failed for failed in ended if failed.returncode], [])
        tokens = {json.loads(command.stdout)["accessToken"] for command in ended}
        self.assertEqual(len(tokens), 1)
        after = identity_requests()
        self.assertEqual(after["admitted"] - before["admitted"], 1)
        self.assertEqual(after["refused_rate"] + after["refused_concurrency"], 0)
