"""Where the program is, and what it says of the environment of clients."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from typing import Optional

from ._errors import ImdsError

_VARIABLE = "IMDS_EMULATOR"
_NAME = "imds-emulator"
# export NO_PROXY="${NO_PROXY:-${no_proxy:-}}" ...: gives the list of one name to the other where that has none.
_SHARED = re.compile(r'export( \w+="\$\{\w+:-\$\{\w+:-\}\}"){2}')
_LISTS = {"NO_PROXY": "no_proxy", "no_proxy": "NO_PROXY"}
# export NO_PROXY="${NO_PROXY:+$NO_PROXY,}127.0.0.1": adds to a list.
_ADDED = re.compile(r'export (?P<name>\w+)="\$\{(?P=name):\+\$(?P=name),\}(?P<value>[^"$`\\]*)"')


def program() -> str:
    """The path of `imds-emulator`: what the variable IMDS_EMULATOR says, beside this Python, or on PATH."""
    if path := os.environ.get(_VARIABLE):
        return path
    folders = [sysconfig.get_path("scripts"), os.path.dirname(sys.executable)]
    found = shutil.which(_NAME, path=os.pathsep.join(folders)) or shutil.which(_NAME)
    if found is None:
        raise ImdsError(f"{_NAME} is neither in {folders[0]} nor on PATH; {_VARIABLE} may name it")
    return found


def changes(endpoint: str, current: Mapping[str, str]) -> dict[str, Optional[str]]:
    """The variables that lead clients to `endpoint`, as `imds-emulator env` has them; None takes one away."""
    command = [program(), "env", "--shell", "bash", "--endpoint", endpoint]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ImdsError(done.stderr.strip())
    found: dict[str, Optional[str]] = {}
    for line in done.stdout.splitlines():
        if line and not line.startswith("#") and not _SHARED.fullmatch(line):
            name, value = _change(line, current)
            found[name] = value
    return found


def _change(line: str, current: Mapping[str, str]) -> tuple[str, Optional[str]]:
    """What a line of the shell does: sets a variable, adds to a list, or takes a variable away."""
    if added := _ADDED.fullmatch(line):
        before = current.get(added["name"]) or current.get(_LISTS.get(added["name"], ""))
        return added["name"], f"{before},{added['value']}" if before else added["value"]
    words = shlex.split(line)
    if len(words) == 2 and words[0] == "unset":
        return words[1], None
    if len(words) == 2 and words[0] == "export" and "=" in words[1] and "$" not in line and "`" not in line:
        name, _, value = words[1].partition("=")
        return name, value
    raise ImdsError(f"{_NAME} env: cannot read this line: {line}")
