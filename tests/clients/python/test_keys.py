"""A token verifies with PyJWT, which finds the key through the token's issuer alone."""

import base64
import json
import unittest
import urllib.request

import jwt
from azure.identity import ManagedIdentityCredential

from emulator import claims

RESOURCE = "https://management.azure.com"


class Keys(unittest.TestCase):
    def setUp(self):
        with ManagedIdentityCredential() as credential:
            self.token = credential.get_token(RESOURCE + "/.default").token
        self.issuer = claims(self.token)["iss"]
        with urllib.request.urlopen(
            self.issuer + ".well-known/openid-configuration", timeout=10
        ) as answer:
            self.metadata = json.load(answer)
        self.keys = jwt.PyJWKClient(self.metadata["jwks_uri"])

    def verify(self, token, audience=RESOURCE):
        key = self.keys.get_signing_key_from_jwt(token)
        algorithms = self.metadata["id_token_signing_alg_values_supported"]
        return jwt.decode(token, key, algorithms, audience=audience, issuer=self.metadata["issuer"])

    def test_a_token_verifies(self):
        said = self.verify(self.token)
        self.assertEqual(said["iss"], self.issuer)
        self.assertEqual(said["xms_emulator"], "imds-emulator")

    def test_a_token_that_was_changed_does_not(self):
        header, _, signature = self.token.split(".")
        said = claims(self.token) | {"oid": "someone else"}
        payload = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
        with self.assertRaises(jwt.InvalidSignatureError):
            self.verify(".".join([header, payload, signature]))

    def test_a_token_for_another_audience_does_not(self):
        with self.assertRaises(jwt.InvalidAudienceError):
            self.verify(self.token, audience="https://vault.azure.net")

    def test_the_key_has_no_private_part(self):
        for key in self.keys.fetch_data()["keys"]:
            self.assertFalse({"d", "p", "q", "dp", "dq", "qi"} & key.keys())
