"""The herd of `test_herd`, through the broker of `imds-client`: one request, and nobody is refused."""

import unittest

from test_herd import HERD, Herd
from emulator import claims, tally


class ThroughTheBroker(Herd):
    def assert_all_served(self, herd):
        before = tally()
        tokens = herd()
        after = tally()
        grown = {name: after[name] - before[name] for name in after}
        self.assertEqual(len([claims(token.token) for token in tokens]), HERD)
        self.assertEqual(grown["admitted"], 1)
        self.assertEqual(grown["refused_concurrency"] + grown["refused_rate"], 0)


# What is imported is not to be played here.
del Herd
