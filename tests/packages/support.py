"""What the tests of packages share: virtual environments that are made once, programs to start, and skipping."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent.parent
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
DIST = Path(os.environ.get("IMDS_DIST", TARGET / "dist")).resolve()

sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "packaging"))


def skip(reason: str) -> NoReturn:
    """Ends the test: this machine lacks what it needs."""
    print(reason, flush=True)
    sys.exit(77)


def need(*commands: str) -> None:
    """Skips unless these commands are there."""
    absent = [command for command in commands if shutil.which(command) is None]
    if absent:
        skip(f"not installed: {', '.join(absent)}")


def said(*command: str | Path, **options: object) -> str:
    """What a command writes to standard output; the test fails if the command does."""
    print("$", *command, flush=True)
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"exit code {done.returncode} of {command[0]}\n{done.stdout}")
    return done.stdout


def environment(name: str, requirements: list[str]) -> Path:
    """The `bin` of a virtual environment in the build folder with these packages of PyPI, made where it is not there yet."""
    folder = TARGET / "packages" / name
    wanted = hashlib.sha256("\n".join(requirements).encode()).hexdigest()
    done = folder / "installed"
    if not done.exists() or done.read_text("utf-8") != wanted:
        said(sys.executable, "-m", "venv", "--clear", folder)
        said(folder / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements)
        done.write_text(wanted, "utf-8")
    return folder / "bin"


@contextlib.contextmanager
def serving(program: Path, *options: str) -> Iterator[dict]:
    """Runs an emulator on free ports, and gives its ready record; it ends with the block, or with this process."""
    command = [program, "serve", "--until-stdin-closes", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0", *options]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield json.loads(child.stdout.readline())
    finally:
        child.stdin.close()
        child.wait(timeout=20)
        child.stdout.close()
