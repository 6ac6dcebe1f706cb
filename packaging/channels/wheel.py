"""The wheel for PyPI: the three programs on PATH, the module `imds_emulator`, and pytest's fixture."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import common
import crates
import sbom

OLDEST_PYTHON = "3.9"
_CLASSIFIERS = (
    "Development Status :: 4 - Beta",
    "Framework :: Pytest",
    "Intended Audience :: Developers",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3",
    "Topic :: Software Development :: Testing :: Mocking",
    "Typing :: Typed",
)


def build(out: Path, binaries: Path | None) -> list[Path]:
    """Writes the wheel of each platform."""
    if binaries is None:
        raise ValueError("the wheel holds the programs: binaries are needed")
    platform = common.LINUX_X64
    name = common.NAMES["python"]["distribution"].replace("-", "_")
    stem = f"{name}-{common.VERSION}"
    content = [*_module(), *_programs(stem, binaries, platform), *_information(f"{stem}.dist-info", platform)]
    content.append(_record(f"{stem}.dist-info/RECORD", content))
    path = out / f"{stem}-py3-none-{platform.wheel}.whl"
    # The information comes last, as the format's description advises.
    return [common.write_zip(path, content, ordered=True)]


def _module() -> list[common.Entry]:
    folder = common.HERE / "python"
    files = sorted((folder / common.NAMES["python"]["module"]).iterdir())
    files = [path for path in files if path.suffix in (".py", ".typed")]
    return [common.Entry(path.relative_to(folder).as_posix(), path.read_bytes()) for path in files]


def _programs(stem: str, binaries: Path, platform: common.Platform) -> list[common.Entry]:
    names = common.PROGRAMS
    folder = f"{stem}.data/scripts"
    return [
        common.Entry(f"{folder}/{name}{platform.exe}", common.program(binaries, name, platform), executable=True)
        for name in names
    ]


def _information(folder: str, platform: common.Platform) -> list[common.Entry]:
    """The folder `.dist-info` but for its list of files."""
    module = common.NAMES["python"]["module"]
    tags = [f"Tag: py3-none-{tag}" for tag in platform.wheel.split(".")]
    wheel = ["Wheel-Version: 1.0", "Generator: packaging/build", "Root-Is-Purelib: false", *tags]
    third_party = crates.third_party(platform.triple).encode()
    return [
        common.Entry(f"{folder}/METADATA", _metadata().encode()),
        common.Entry(f"{folder}/WHEEL", ("\n".join(wheel) + "\n").encode()),
        common.Entry(f"{folder}/entry_points.txt", f"[pytest11]\nimds = {module}.pytest_plugin\n".encode()),
        common.Entry(f"{folder}/licenses/THIRD-PARTY-LICENSES.txt", third_party),
        *common.licences(f"{folder}/licenses/"),
        common.Entry(f"{folder}/sboms/imds-emulator.cdx.json", sbom.document(platform.triple).encode()),
    ]


def _metadata() -> str:
    names = common.NAMES
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {names['python']['distribution']}",
        f"Version: {common.VERSION}",
        f"Summary: {names['summary']}",
        f"Author: {names['authors']}",
        f"License-Expression: {common.LICENCE}",
        *(f"License-File: {name}" for name in (*common.LICENCE_FILES, "THIRD-PARTY-LICENSES.txt")),
        *(f"Classifier: {classifier}" for classifier in _CLASSIFIERS),
        f"Project-URL: Source, {names['repository']}",
        "Keywords: azure,imds,managed identity,testing,pytest",
        f"Requires-Python: >={OLDEST_PYTHON}",
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + (common.HERE / "python" / "README.md").read_text("utf-8")


def _record(path: str, content: list[common.Entry]) -> common.Entry:
    """The list of files with their sums; it lists itself without one."""
    lines = [f"{entry.path},sha256={_sum(entry.content)},{len(entry.content)}" for entry in content]
    return common.Entry(path, ("\n".join([*lines, f"{path},,"]) + "\n").encode())


def _sum(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
