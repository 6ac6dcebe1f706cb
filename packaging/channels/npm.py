"""The npm packages: one with what is the same everywhere, and one for each platform with the programs."""

from __future__ import annotations

import json
from pathlib import Path

import common
from common import Entry

HERE = common.HERE / "npm"
PLATFORMS = (common.LINUX_X64,)
NAME: str = common.NAMES["npm"]["package"]
SCOPE: str = common.NAMES["npm"]["scope"]


def build(out: Path, binaries: Path) -> list[Path]:
    """Writes the tarballs that `npm publish` takes, named as `npm pack` names them."""
    return [_pack(out, main())] + [_pack(out, of_platform(binaries, platform)) for platform in PLATFORMS]


def main() -> list[Entry]:
    """The files of the main package."""
    if f"`{SCOPE}/${{platform}}/bin/" not in (HERE / "main" / "lib" / "program.js").read_text("utf-8"):
        raise ValueError(f"program.js looks for programs elsewhere than in {SCOPE}")
    sources = sorted(path for path in (HERE / "main").rglob("*") if path.is_file())
    files = [Entry(str(path.relative_to(HERE / "main")), path.read_bytes(), path.parent.name == "bin") for path in sources]
    return [
        _manifest(
            name=NAME,
            bin={program: f"bin/{program}.js" for program in common.PROGRAMS},
            exports={
                "./testing": {"types": "./testing/index.d.ts", "default": "./testing/index.mjs"},
                "./package.json": "./package.json",
            },
            engines={"node": ">=20"},
            optionalDependencies={_package(platform): common.VERSION for platform in PLATFORMS},
        ),
        Entry("README.md", (HERE / "README.md").read_bytes()),
        *common.licences(),
        *files,
    ]


def of_platform(binaries: Path, platform: common.Platform) -> list[Entry]:
    """The files of the package with a platform's programs."""
    programs = [
        Entry(f"bin/{name}{platform.exe}", common.program(binaries, name, platform), True) for name in common.PROGRAMS
    ]
    return [
        _manifest(name=_package(platform), os=[platform.npm_os], cpu=[platform.npm_cpu], preferUnplugged=True),
        *common.licences(),
        *programs,
    ]


def _package(platform: common.Platform) -> str:
    return f"{SCOPE}/{platform.npm_os}-{platform.npm_cpu}"


def _manifest(**keys: object) -> Entry:
    shared = {
        "version": common.VERSION,
        "description": common.NAMES["summary"],
        "license": common.LICENCE,
        "author": common.NAMES["authors"],
        "repository": {"type": "git", "url": f"git+{common.NAMES['repository']}.git"},
    }
    return Entry("package.json", (json.dumps(keys | shared, indent=2) + "\n").encode())


def _pack(out: Path, entries: list[Entry]) -> Path:
    name = json.loads(entries[0].content)["name"].removeprefix("@").replace("/", "-")
    inside = [Entry(f"package/{entry.path}", entry.content, entry.executable) for entry in entries]
    return common.write_tar_gz(out / f"{name}-{common.VERSION}.tgz", inside)
