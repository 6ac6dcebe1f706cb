"""What the tests of language packages share: a user's project, what is downloaded for it, examples of the documentation."""

from __future__ import annotations

import argparse
import functools
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

from support import ROOT, TARGET

# A client's environment names no other source of credentials and no proxy, whatever this machine knows of.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "JAVA_HOME", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "GOFLAGS")


def dist(description: str) -> Path:
    """The folder in which the built packages are: the program's argument."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("dist", type=Path, help="the folder that packaging/build wrote into")
    return parser.parse_args().dist.resolve()


def one(folder: Path, pattern: str) -> Path:
    """The one file of that pattern."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        sys.exit(f"{folder}: expected one {pattern}, found {len(found)}")
    return found[0]


def cache(name: str) -> Path:
    """A folder that outlives the run, for what was downloaded."""
    folder = TARGET / "packages" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that ends with the run."""
    folder = Path(tempfile.mkdtemp(prefix="imds-package-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run(*command: object, cwd: Path, seconds: int = 300, isolated: bool = False, **variables: str) -> str:
    """What the command printed, which is shown, too. The test fails where the command does.

    Isolated, there is nothing but a loopback for it, where the system allows a namespace.
    """
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | variables
    print("$", *command, flush=True)
    words = [*(isolation() if isolated else []), *(str(word) for word in command)]
    ended = subprocess.run(words, cwd=cwd, env=environment, timeout=seconds, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(ended.stdout, flush=True)
    if ended.returncode != 0:
        sys.exit(f"{command[0]} ended with {ended.returncode}")
    return ended.stdout


@functools.cache
def isolation() -> tuple[str, ...]:
    """What makes a network namespace around a command; empty where none can be made."""
    command = ("unshare", "--net", "--mount", "--map-root-user", str(ROOT / "tests" / "clients" / "isolate"))
    if shutil.which("unshare") and subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
        return command
    print("UNTRIED: no network namespace can be made here: the clients were only redirected", flush=True)
    return ()


def emulator(built: Path, folder: Path) -> Path:
    """The emulator that was built, unpacked into a folder as `imds-emulator`."""
    program = folder / "imds-emulator"
    # Only the bytes are taken: what the archive says of paths and owners does not count, in old Pythons either.
    with tarfile.open(one(built, "imds-emulator-linux-x64-*.tgz")) as archive:
        with archive.extractfile("package/bin/imds-emulator") as packed:
            program.write_bytes(packed.read())
    program.chmod(0o755)
    return program


def example(heading: str, language: str, number: int = 0, page: str = "fixtures.md") -> str:
    """A block of code of a page of docs: of that language, the one of that number beneath the heading."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    part = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    blocks = re.findall(rf"^```{re.escape(language)}\n(.*?)^```$", part[1] if part else "", re.MULTILINE | re.DOTALL)
    if number >= len(blocks):
        sys.exit(f"docs/{page}: no block {number} of {language} beneath {heading!r}")
    return blocks[number]


def refused_soon(endpoint: str) -> None:
    """Fails where something still listens at the address after ten seconds."""
    for _ in range(100):
        try:
            urllib.request.urlopen(endpoint, timeout=10)
        except urllib.error.HTTPError:
            time.sleep(0.1)
        except OSError:
            return
    sys.exit(f"{endpoint} is still served after its test was killed")
