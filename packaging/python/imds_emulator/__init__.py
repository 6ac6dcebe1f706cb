"""A mock Azure Instance Metadata Service for tests: `with imds_emulator.run() as imds: ...`, or pytest's fixture `imds`.

Inside of the block every Azure SDK that reads the environment asks the emulator for its tokens. There is no dependency
beyond the standard library; the program `imds-emulator` is in the same package.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, Optional, Union

from ._emulator import Emulator
from ._errors import ImdsError
from ._program import program
from ._vm import Imds

__all__ = ["Emulator", "Imds", "ImdsError", "program", "run"]


@contextlib.contextmanager
def run(
    *,
    profile: Optional[str] = None,
    limits: Optional[dict[str, Any]] = None,
    faults: Union[str, list[Union[str, dict[str, Any]]], None] = None,
    **settings: Any,
) -> Iterator[Imds]:
    """Runs an emulator with one VM, and leads this process and those that it starts to it; both end with the block.

    `profile` names a set of limits (`azure`, `azure-2017`, `unlimited` …). `limits` and other `settings` are the tables of
    `imds-emulator config default`, as dictionaries. Each of `faults` is a name (`update`, `restart`, `outage`) or a table.

    Raises ImdsError if the program is missing, or a setting is wrong: with all that is wrong.
    """
    with Emulator() as emulator:
        with emulator.vm(profile=profile, limits=limits, faults=faults, **settings) as imds:
            with imds.applied():
                yield imds
