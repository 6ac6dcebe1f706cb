"""What the tests of packages share: arguments, tools, folders, examples of the documentation."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent.parent
SKIPPED = 77
sys.path.insert(0, str(ROOT / "packaging"))

# A client's environment names no other source of credentials and no proxy, whatever this machine knows of.
_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "JAVA_HOME", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "GOFLAGS")


def dist(description: str) -> Path:
    """The folder in which the built packages are: the program's argument."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("dist", type=Path, help="the folder that packaging/build wrote into")
    return parser.parse_args().dist.resolve()


def need(*programs: str) -> None:
    """Ends with 77 where a program is missing."""
    missing = [program for program in programs if shutil.which(program) is None]
    if missing:
        print(f"SKIPPED: no {' and no '.join(missing)}")
        sys.exit(SKIPPED)


def one(folder: Path, pattern: str) -> Path:
    """The one file of that pattern."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        sys.exit(f"{folder}: expected one {pattern}, found {len(found)}")
    return found[0]


def cache(name: str) -> Path:
    """A folder that outlives the run, for what was downloaded."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    folder = target.resolve() / "packages" / name
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


def run(*command: object, cwd: Path, seconds: int = 300, **variables: str) -> str:
    """What the command printed, which is shown, too. The test fails where the command does."""
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ} | variables
    print("$", *command, flush=True)
    words = [str(word) for word in command]
    ended = subprocess.run(words, cwd=cwd, env=environment, timeout=seconds, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    print(ended.stdout, flush=True)
    if ended.returncode != 0:
        sys.exit(f"{words[0]} ended with {ended.returncode}")
    return ended.stdout


def example(heading: str, language: str, number: int = 0) -> str:
    """A block of code of docs/fixtures.md: of that language, the one of that number beneath the heading."""
    page = (ROOT / "docs" / "fixtures.md").read_text("utf-8")
    part = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    blocks = re.findall(rf"^```{re.escape(language)}\n(.*?)^```$", part[1] if part else "", re.MULTILINE | re.DOTALL)
    if number >= len(blocks):
        sys.exit(f"docs/fixtures.md: no block {number} of {language} beneath {heading!r}")
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
