"""The servers that are measured, each on a free port of loopback, pinned to one core."""

import contextlib
import http.client
import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
TOKEN = (
    "/metadata/identity/oauth2/token?api-version=2018-02-01"
    "&resource=https%3A%2F%2Fmanagement.azure.com%2F"
)


def program():
    """The emulator as users get it."""
    target = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "release" / "imds-emulator"


def spawn(command, **options):
    """A process; what it logs goes to our stderr."""
    return subprocess.Popen(command, stderr=sys.stderr, text=True, **options)


@contextlib.contextmanager
def stopping(process):
    try:
        yield process
    finally:
        process.terminate()
        process.wait(10)


@contextlib.contextmanager
def emulator(pin=()):
    """Yields its process and where it listens."""
    with ready(HERE / "vm.toml", pin) as (process, record):
        yield process, record["imds"]


@contextlib.contextmanager
def ready(config, pin=()):
    """Yields the process of an emulator with that configuration, and its ready record."""
    command = [*pin, program(), "serve", "--config", config]
    with stopping(spawn(command, stdout=subprocess.PIPE)) as process:
        line = process.stdout.readline()
        if not line:
            sys.exit("the emulator did not start")
        yield process, json.loads(line)


@contextlib.contextmanager
def nginx(answer, pin=()):
    """Serves that answer at `/file` and `/memory`; yields its process and where it listens."""
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        work = pathlib.Path(folder)
        work.chmod(0o755)
        (work / "answer").write_bytes(answer.body)
        names = {
            "WORK": folder,
            "PORT": str(port),
            "BODY": answer.body.decode(),
            "CONTENT_TYPE": answer.headers["content-type"],
            "REQUEST_ID": answer.headers["x-ms-request-id"],
        }
        text = (HERE / "nginx.conf").read_text()
        for name, value in names.items():
            text = text.replace(f"@{name}@", value)
        (work / "nginx.conf").write_text(text)
        command = [*pin, "nginx", "-p", folder, "-c", work / "nginx.conf"]
        with stopping(spawn(command)) as process:
            address = f"http://127.0.0.1:{port}"
            wait_for(address)
            yield process, address


def wait_for(address):
    for _ in range(100):
        with contextlib.suppress(OSError):
            return get(address, "/")
        time.sleep(0.05)
    sys.exit(f"nothing listens at {address}")


class Answer:
    """An answer with its headers by lower-case name."""

    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    def same(self):
        """What has to be the same in all that are compared."""
        named = {"date", "server", "x-ms-request-id"}
        headers = {name: value for name, value in self.headers.items() if name not in named}
        return self.status, headers, self.body

    def length(self):
        return sum(len(name) + len(value) + 4 for name, value in self.headers.items()) + len(self.body)


def get(address, target):
    """One request as a client of IMDS makes it."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request("GET", target, headers={"Metadata": "true"})
    answer = Answer(connection.getresponse())
    connection.close()
    return answer
