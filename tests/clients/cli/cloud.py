"""The Azure CLI in a configuration folder of its own, signed in to nothing but the emulator."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

ADMIN = os.environ["IMDS_ADMIN"]
# No command is run unless its requests go to loopback.
assert os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"].startswith("http://127.0.0.1:")
assert os.environ["RESOURCE_MANAGER"].startswith("http://127.0.0.1:")


class Cli:
    """Commands of one user, who has registered the emulator as a cloud and trusts its certificate."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        root = os.path.join(self.folder.name, "root.pem")
        with open(root, "wb") as file:
            file.write(admin("/resource_manager/root.pem"))
        self.environment = os.environ | {
            "AZURE_CONFIG_DIR": self.folder.name,
            "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "AZURE_CORE_NO_COLOR": "true",
            "REQUESTS_CA_BUNDLE": root,
        }
        url = os.environ["RESOURCE_MANAGER"].replace("http:", "https:")
        self.az("cloud", "register", "--name", "emulator", "--endpoint-resource-manager", url)
        self.az("cloud", "set", "--name", "emulator")

    def run(self, *arguments, timeout=120):
        """What a command printed, and how it ended."""
        command = [sys.executable, "-m", "azure.cli", *arguments, "--output", "json"]
        return subprocess.run(
            command, env=self.environment, capture_output=True, text=True, timeout=timeout
        )

    def az(self, *arguments):
        """What a command that works has printed."""
        ended = self.run(*arguments)
        assert ended.returncode == 0, ended
        return json.loads(ended.stdout or "null")


def admin(path, body=None):
    with urllib.request.urlopen(ADMIN + path, body, timeout=10) as answer:
        return answer.read()


def reset():
    """As if nothing had been asked yet."""
    admin("/reset", b"")


def fail_next(status):
    """The next request to IMDS is answered so."""
    fault = {"effect": {"status": status}, "next": 1}
    admin("/faults", json.dumps(fault).encode())


def usage():
    """What was read in Resource Manager by whom: (client id, operation, subscription, status)."""
    rows = json.loads(admin("/resource_manager/tally"))["requests"]
    keys = ("client_id", "operation", "subscription_id", "status")
    return {tuple(row[key] for key in keys): row["count"] for row in rows}
