"""The Go helper, as a folder that serves as a module proxy: GOPROXY=file:///…/goproxy. A tag publishes it elsewhere."""

from __future__ import annotations

import json
import time
from pathlib import Path

import common
from common import Entry

HERE = common.HERE / "go"
MODULE: str = common.NAMES["go"]["module"]
VERSION = f"v{common.VERSION}"
NEEDS_PROGRAMS = False  # a module holds sources; the program is on PATH


def build(out: Path, binaries: Path | None) -> list[Path]:
    """Writes the files that the protocol of module proxies asks for."""
    if f"module {MODULE}\n" not in (HERE / "go.mod").read_text("utf-8"):
        raise ValueError(f"go.mod names another module than {MODULE}")
    folder = out / "goproxy" / MODULE / "@v"
    folder.mkdir(parents=True, exist_ok=True)
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(common.source_date()))
    texts = {
        "list": f"{VERSION}\n",
        f"{VERSION}.info": json.dumps({"Version": VERSION, "Time": when}),
        f"{VERSION}.mod": (HERE / "go.mod").read_text("utf-8"),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    sources = [path for path in HERE.rglob("*") if path.is_file()]
    files = [Entry(f"{MODULE}@{VERSION}/{path.relative_to(HERE).as_posix()}", path.read_bytes()) for path in sources]
    return [common.write_zip(folder / f"{VERSION}.zip", [*files, *common.licences(f"{MODULE}@{VERSION}/")])]
