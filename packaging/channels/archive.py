"""Release archives: the programs, completions, the PowerShell module, licences, README and bill of materials, as tar.gz and zip."""

from __future__ import annotations

from pathlib import Path

import common
import completions
import crates
import sbom
from channels import powershell


def build(out: Path, binaries: Path | None) -> list[Path]:
    """Writes both archives of each platform, which hold the same files."""
    if binaries is None:
        raise ValueError("archives hold the programs: binaries are needed")
    platform = common.LINUX_X64
    name = f"imds-emulator-{common.VERSION}-{platform.triple}"
    content = entries(binaries, f"{name}/", platform)
    return [
        common.write_tar_gz(out / f"{name}.tar.gz", content),
        common.write_zip(out / f"{name}.zip", content),
    ]


def entries(binaries: Path, folder: str, platform: common.Platform) -> list[common.Entry]:
    """What is in an archive."""
    programs = [
        common.Entry(f"{folder}{name}{platform.exe}", common.program(binaries, name, platform), executable=True)
        for name in common.PROGRAMS
    ]
    texts = [common.Entry(folder + name, (common.ROOT / name).read_bytes()) for name in ("README.md", "CHANGELOG.md")]
    made = {
        "THIRD-PARTY-LICENSES.txt": crates.third_party(platform.triple),
        "sbom.cdx.json": sbom.document(platform.triple),
    }
    files = [common.Entry(folder + name, text.encode()) for name, text in made.items()]
    scripts = completions.entries(binaries, f"{folder}completions/")
    inside = f"{folder}powershell/{powershell.NAME}/"
    module = [common.Entry(inside + entry.path, entry.content) for entry in powershell.module()]
    return [*programs, *texts, *files, *scripts, *module, *common.licences(folder)]
