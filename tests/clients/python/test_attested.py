"""The attested document verifies with asn1crypto and cryptography, as IMDS's own do."""

import base64
import json
import os
import pathlib
import unittest
import urllib.request

from asn1crypto import cms
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

IMDS = os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"].rstrip("/")
GUIDE = pathlib.Path("../../emulator/tests/served/attested/guide-2018.base64")


def fetch(url):
    request = urllib.request.Request(url, headers={"Metadata": "true"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


class Document:
    def __init__(self, encoded):
        data = cms.ContentInfo.load(base64.b64decode(encoded))["content"]
        (self.signer,) = data["signer_infos"]
        (certificate,) = data["certificates"]
        self.certificate = x509.load_der_x509_certificate(certificate.dump())
        self.content = data["encap_content_info"]["content"].native

    def form(self):
        return (
            self.signer["digest_algorithm"]["algorithm"].dotted,
            self.signer["signed_attrs"].native,
            self.signer["signature_algorithm"]["algorithm"].dotted,
        )

    def verify(self):
        """Fails unless the signature is over the content itself."""
        signature = self.signer["signature"].native
        self.certificate.public_key().verify(signature, self.content, PKCS1v15(), SHA256())


class Attested(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        target = "/metadata/attested/document?api-version=2025-04-07&nonce=1234567890"
        cls.answer = json.loads(fetch(IMDS + target))
        cls.own = Document(cls.answer["signature"])
        cls.guide = Document(GUIDE.read_text())

    def test_it_has_the_form_of_the_guides(self):
        self.assertEqual(self.answer["encoding"], "pkcs7")
        self.assertEqual(self.own.form(), self.guide.form())
        self.assertEqual(self.own.form(), ("1.2.840.113549.1.1.11", None, "1.2.840.113549.1.1.1"))

    def test_it_signs_its_content_as_the_guides_does(self):
        for document in self.own, self.guide:
            document.verify()
        self.assertEqual(json.loads(self.own.content)["nonce"], "1234567890")

    def test_another_content_does_not_verify(self):
        for encoded in self.answer["signature"], GUIDE.read_text():
            document = Document(encoded)
            document.content = document.content.replace(b"nonce", b"Nonce")
            with self.assertRaises(InvalidSignature):
                document.verify()

    def test_the_chain_is_good_with_the_certificate_that_the_signers_names(self):
        extensions = self.own.certificate.extensions
        (access,) = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
        self.assertEqual(access.access_method, x509.oid.AuthorityInformationAccessOID.CA_ISSUERS)
        intermediate = x509.load_der_x509_certificate(fetch(access.access_location.value))
        root = fetch(os.environ["IMDS_ADMIN"] + "/attested/root.pem")
        builder = PolicyBuilder().store(Store([x509.load_pem_x509_certificate(root)]))
        for name in "metadata.azure.com", "westeurope.metadata.azure.com":
            verifier = builder.build_server_verifier(x509.DNSName(name))
            chain = verifier.verify(self.own.certificate, [intermediate])
            self.assertEqual(len(chain), 3)
            with self.assertRaises(VerificationError):
                verifier.verify(self.own.certificate, [])
