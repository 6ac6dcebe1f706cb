"""pytest's fixtures: `imds` is a VM of its own for each test, in one emulator for the whole session.

With xdist each worker has an emulator. Settings are told by a marker: `@pytest.mark.imds(profile="azure-2017")`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ._emulator import Emulator
from ._vm import Imds

_MARKER = "imds(profile=None, limits=None, faults=None, **settings): the settings of the VM of the fixture imds"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.fixture(scope="session")
def imds_server() -> Iterator[Emulator]:
    """The emulator of this session, or of this worker of xdist: started when the first test wants it."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def imds(imds_server: Emulator, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Imds]:
    """A VM of this test alone, which the environment leads to; its settings are those of the marker `imds`."""
    with imds_server.vm(**_settings(request.node)) as vm:
        for name, value in vm.environment().items():
            if value is None:
                monkeypatch.delenv(name, raising=False)
            else:
                monkeypatch.setenv(name, value)
        yield vm


def _settings(node: pytest.Item) -> dict[str, Any]:
    """What the markers say; of two that set the same, the nearer one counts: that of the function over the class's."""
    settings: dict[str, Any] = {}
    for marker in reversed(list(node.iter_markers("imds"))):
        if marker.args:
            raise pytest.UsageError(f"{node.nodeid}: the marker imds takes its settings by name, such as profile=")
        settings.update(marker.kwargs)
    return settings
