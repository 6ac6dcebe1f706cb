"""A VM of an emulator: where it is, what was asked of it, and what it does next."""

from __future__ import annotations

import contextlib
import os
import urllib.parse
from collections.abc import Iterator
from types import TracebackType
from typing import Any, Optional, Union

from . import _admin
from ._program import changes


class Imds:
    """One VM's metadata service. The answers of its methods are those of the administration port, as dictionaries."""

    def __init__(self, name: str, endpoint: str, admin: str) -> None:
        """`endpoint` is where its IMDS is, `admin` its part of the administration port."""
        self.name = name
        self.endpoint = endpoint
        self.admin = admin
        self._closed = False

    def environment(self) -> dict[str, Optional[str]]:
        """The variables that lead clients here, beside those of this process; None is for one that has to be unset."""
        return changes(self.endpoint, os.environ)

    @contextlib.contextmanager
    def applied(self) -> Iterator[None]:
        """Sets the variables of this process, and those that lead elsewhere aside, until the block ends."""
        wanted = self.environment()
        before = {name: os.environ.get(name) for name in wanted}
        _set(wanted)
        try:
            yield
        finally:
            _set(before)

    def verify(self) -> dict[str, Any]:
        """How the clients kept to the service's rules: `clean`, `broken`, `findings` …"""
        return dict(self._ask("verify"))

    def journal(self, **query: Union[str, int]) -> list[dict[str, Any]]:
        """The latest requests, oldest first; `status`, `verdict`, `since` and `limit` select some."""
        return list(self._ask("journal?" + urllib.parse.urlencode(query))["entries"])

    def tally(self) -> dict[str, Any]:
        """What was admitted, refused and rejected, by category."""
        return dict(self._ask("tally"))

    def inject(self, fault: Union[str, dict[str, Any]]) -> None:
        """From now on: a named fault (`update`, `restart`, `outage`), or a table of `faults`."""
        self._ask("faults", "POST", {"preset": fault} if isinstance(fault, str) else fault)

    def clear_faults(self) -> None:
        """Removes all faults."""
        self._ask("faults", "DELETE")

    def set_limits(self, **limits: Any) -> None:
        """Replaces the limits; what is left out is as the profile has it."""
        self._ask("limits", "PUT", limits)

    def reset(self) -> None:
        """As if it had never been asked anything."""
        self._ask("reset", "POST")

    def close(self) -> None:
        """Ends the VM; again, that does nothing."""
        if not self._closed:
            self._closed = True
            _admin.ask(self.admin, "DELETE")

    def _ask(self, path: str, method: str = "GET", body: Optional[Any] = None) -> Any:
        return _admin.ask(f"{self.admin}/{path}", method, body)

    def __enter__(self) -> Imds:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


def _set(variables: dict[str, Optional[str]]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
