"""Ten azure-identity credentials at once meet the limit of five, and their retries get them through.

Each makes up to six attempts, with 0, 1.6, 3.2, 6.4 and 12.8 seconds between them.
"""

import asyncio
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from azure.identity import ManagedIdentityCredential
from azure.identity.aio import ManagedIdentityCredential as AsyncManagedIdentityCredential

from emulator import claims, tally

HERD = 10
AT_ONCE = 5


class Herd(unittest.TestCase):
    def test_all_blocking_credentials_get_a_token(self):
        start = threading.Barrier(HERD)

        def session(_):
            with ManagedIdentityCredential() as credential:
                start.wait()
                return credential.get_token("https://blocking.invalid/.default")

        self.assert_all_served(lambda: list(ThreadPoolExecutor(HERD).map(session, range(HERD))))

    def test_all_asynchronous_credentials_get_a_token(self):
        async def session():
            async with AsyncManagedIdentityCredential() as credential:
                return await credential.get_token("https://asynchronous.invalid/.default")

        async def herd():
            return await asyncio.gather(*(session() for _ in range(HERD)))

        self.assert_all_served(lambda: asyncio.run(herd()))

    def assert_all_served(self, herd):
        before = tally()
        tokens = herd()
        after = tally()
        grown = {name: after[name] - before[name] for name in after}
        print(f"    {grown['refused_concurrency']} attempts refused", flush=True)

        self.assertEqual(len([claims(token.token) for token in tokens]), HERD)
        self.assertEqual(grown["admitted"], HERD)
        self.assertEqual(grown["refused_rate"], 0)
        # At the least, the five that found no room had one attempt refused each.
        self.assertGreaterEqual(grown["refused_concurrency"], HERD - AT_ONCE)
        self.assertEqual(after["peak_in_use"], AT_ONCE)
