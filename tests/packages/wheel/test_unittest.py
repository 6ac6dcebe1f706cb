"""Without pytest's fixtures: one emulator for the class, a VM for each test."""

import unittest

from azure.identity import ManagedIdentityCredential

from imds_emulator import Emulator


class WithUnittest(unittest.TestCase):
    """As a user of unittest would write it."""

    @classmethod
    def setUpClass(cls):
        cls.emulator = cls.enterClassContext(Emulator())

    def setUp(self):
        self.imds = self.enterContext(self.emulator.vm())
        self.enterContext(self.imds.applied())

    def test_one(self):
        self.assert_one()

    def test_another(self):
        self.assert_one()

    def assert_one(self):
        with ManagedIdentityCredential() as credential:
            credential.get_token("https://vault.azure.net/.default")
        self.assertEqual(self.imds.tally()["identity"]["admitted"], 1)
