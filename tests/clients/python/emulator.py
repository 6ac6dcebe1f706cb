"""What a test may know of the emulator that its clients ask: its counts, and what its tokens say."""

import base64
import json
import os
import urllib.parse
import urllib.request

# No credential is made unless its requests go to loopback: without one of the variables they would go
# to the real metadata address.
REDIRECTIONS = ("AZURE_POD_IDENTITY_AUTHORITY_HOST", "IDENTITY_ENDPOINT")
assert any(os.environ.get(name, "").startswith("http://127.0.0.1:") for name in REDIRECTIONS)


def tally():
    """Counts of the requests for tokens since the emulator's start."""
    with urllib.request.urlopen(os.environ["IMDS_ADMIN"] + "/tally", timeout=10) as answer:
        return json.load(answer)["identity"]


def requests():
    """How many requests for tokens there have been, whatever was answered."""
    counts = tally()
    names = ("admitted", "refused_rate", "refused_concurrency", "rejected")
    return sum(counts[name] for name in names)


def requests_for(resource):
    """How many requests there have been for tokens of that resource, by the journal."""
    with urllib.request.urlopen(os.environ["IMDS_ADMIN"] + "/journal", timeout=10) as answer:
        queries = [entry["query"] for entry in json.load(answer)["entries"]]
    return sum(urllib.parse.parse_qs(query).get("resource") == [resource] for query in queries)


def answer_next(resource, count, status):
    """The next so many requests for tokens of the resource are answered by that status."""
    fault = {"resource": resource, "next": count, "effect": {"status": status}}
    urllib.request.urlopen(
        os.environ["IMDS_ADMIN"] + "/faults", json.dumps(fault).encode(), timeout=10
    ).close()


def claims(token):
    """The claims of a token, which must have the three parts of a signed JWT."""
    header, payload, signature = token.split(".")
    assert header and signature
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
