"""The scripts that complete the programs' command lines, as the programs print them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import common

# The name that each shell expects of the file.
FILES = {"bash": "{}.bash", "zsh": "_{}", "fish": "{}.fish", "powershell": "{}.ps1"}


def entries(binaries: Path, folder: str, shells: tuple[str, ...] = tuple(FILES)) -> list[common.Entry]:
    """The scripts of all programs for those shells, beneath `folder`."""
    wanted = [(name, shell) for name in common.PROGRAMS for shell in shells]
    return [common.Entry(f"{folder}{FILES[shell].format(name)}", script(binaries, name, shell)) for name, shell in wanted]


def script(binaries: Path, name: str, shell: str) -> bytes:
    """What the program prints for that shell."""
    return subprocess.run([binaries / name, "completions", shell], check=True, capture_output=True).stdout
