"""What a test may know of the emulator that its clients ask: its counts, and what its tokens say."""

import base64
import json
import os
import urllib.request

# No credential is made unless its requests go to loopback: without the variable they would go to the
# real metadata address.
assert os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"].startswith("http://127.0.0.1:")


def tally():
    """Counts of the requests for tokens since the emulator's start."""
    with urllib.request.urlopen(os.environ["IMDS_ADMIN"] + "/tally", timeout=10) as answer:
        return json.load(answer)["identity"]


def requests():
    """How many requests for tokens there have been, whatever was answered."""
    counts = tally()
    names = ("admitted", "refused_rate", "refused_concurrency", "rejected")
    return sum(counts[name] for name in names)


def claims(token):
    """The claims of a token, which must have the three parts of a signed JWT."""
    header, payload, signature = token.split(".")
    assert header and signature
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
