"""Requests to the administration port."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, Optional

from ._errors import ImdsError

_SECONDS = 30.0
# The emulator is on this machine: never through a proxy.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url: str, method: str = "GET", body: Optional[Any] = None) -> Any:
    """The JSON of the answer, None if it has no body."""
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, content, {"Content-Type": "application/json"}, method=method)
    try:
        with _OPENER.open(request, timeout=_SECONDS) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        with error:
            raise ImdsError(_problems(method, url, error.code, error.read())) from None
    except OSError as error:
        raise ImdsError(f"{method} {url}: {error}") from error
    return json.loads(text) if text else None


def _problems(method: str, url: str, status: int, body: bytes) -> str:
    """All that was wrong, a line for each."""
    try:
        document = json.loads(body)
        lines = [f"{problem['path']}: {problem['message']}" for problem in document["problems"]]
    except (ValueError, KeyError, TypeError):
        lines = [body.decode("utf-8", "replace").strip()]
    return "\n".join([f"{method} {url}: {status}", *lines])
