"""The PowerShell module: as a NuGet package, which Install-PSResource takes, and as a folder in a zip."""

from __future__ import annotations

from pathlib import Path

import common
from common import Entry
from nupkg import Package

HERE = common.HERE / "powershell"
PLATFORMS = (common.LINUX_X64,)
NAME: str = common.NAMES["nuget"]["powershell"]


def build(out: Path, binaries: Path) -> list[Path]:
    """Writes the package and the zip; the zip's one folder goes into a folder of $env:PSModulePath."""
    programs = [
        Entry(f"bin/{platform.rid}/{name}{platform.exe}", common.program(binaries, name, platform), True)
        for platform in PLATFORMS
        for name in common.PROGRAMS
    ]
    summary = "An Azure Instance Metadata Service for PowerShell scripts and their tests"
    package = Package(NAME, summary, [*module(), *programs], tags="PSModule azure imds managed-identity pester")
    files = [*module(), *programs, *common.licences()]
    inside = [Entry(f"{NAME}/{entry.path}", entry.content, entry.executable) for entry in files]
    return [package.write(out), common.write_zip(out / f"{NAME}-{common.VERSION}.zip", inside)]


def module() -> list[Entry]:
    """The module without programs, which it then looks for two folders above itself and on PATH."""
    folder = HERE / NAME
    files = [Entry(path.relative_to(folder).as_posix(), path.read_bytes()) for path in sorted(folder.rglob("*.ps*1"))]
    values = {b"@version@": common.VERSION, b"@repository@": common.NAMES["repository"], b"@authors@": common.NAMES["authors"]}
    for mark, value in values.items():
        files = [Entry(file.path, file.content.replace(mark, value.encode())) for file in files]
    return files
