"""An emulator as a process of its own, which ends with this one."""

from __future__ import annotations

import json
import os
import subprocess
from types import TracebackType
from typing import IO, Any, Optional, Union

from . import _admin
from ._errors import ImdsError
from ._program import program
from ._vm import Imds

_STOP_SECONDS = 10.0
_FREE = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]


class Emulator:
    """An emulator on free ports. It ends with `stop`, with its block, or with this process, however that ends."""

    admin: str
    """Where its administration port is: http://127.0.0.1:PORT."""

    def __init__(self) -> None:
        """Starts it, and waits until it serves."""
        command = [program(), "serve", "--until-stdin-closes", *_FREE]
        # Settings in the environment are meant for an emulator of the user's own.
        own = {name: value for name, value in os.environ.items() if not name.startswith("IMDS_EMULATOR_")}
        try:
            # The pipe's other side is closed by the system when this process ends.
            self._child: subprocess.Popen[str] = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=own
            )
        except OSError as error:
            raise ImdsError(f"cannot start {command[0]}: {error}") from error
        line = self._pipe(self._child.stdout).readline()
        if not line:
            self.stop()
            raise ImdsError(f"{' '.join(command)} ended with {self._child.returncode}; standard error says why")
        self.admin = json.loads(line)["admin"]

    def vm(
        self,
        *,
        profile: Optional[str] = None,
        limits: Optional[dict[str, Any]] = None,
        faults: Union[str, list[Union[str, dict[str, Any]]], None] = None,
        **settings: Any,
    ) -> Imds:
        """A new VM on a port of its own; see `imds_emulator.run` for the settings. It ends with its block, or `close`."""
        given = {"profile": profile, "limits": limits, **settings}
        body = {name: value for name, value in given.items() if value is not None}
        record = _admin.ask(f"{self.admin}/vms", "POST", body)
        imds = Imds(name=record["name"], endpoint=record["imds"], admin=record["admin"])
        try:
            for fault in [faults] if isinstance(faults, str) else faults or []:
                imds.inject(fault)
        except ImdsError:
            imds.close()
            raise
        return imds

    def stop(self) -> None:
        """Stops it; again, that does nothing."""
        self._pipe(self._child.stdin).close()
        try:
            self._child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._pipe(self._child.stdout).close()

    @staticmethod
    def _pipe(pipe: Optional[IO[str]]) -> IO[str]:
        if pipe is None:
            raise ImdsError("the emulator has no pipe")
        return pipe

    def __enter__(self) -> Emulator:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.stop()
