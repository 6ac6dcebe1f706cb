"""The crates that are compiled into the programs: for the list of their licences, and the bill of materials."""

from __future__ import annotations

import functools
import json
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path

import common

_LICENCE_WORDS = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE")


@dataclass(frozen=True)
class Crate:
    """A package of Cargo. `checksum` is the SHA-256 of what crates.io has, none for the project's own."""

    id: str
    name: str
    version: str
    licence: str
    description: str
    repository: str | None
    folder: Path
    checksum: str | None
    dependencies: tuple[str, ...]

    @property
    def purl(self) -> str:
        """Its package URL."""
        return f"pkg:cargo/{self.name}@{self.version}"

    def licence_texts(self) -> list[tuple[str, str]]:
        """The licence files that its author put into the package: name and text."""
        files = [path for path in sorted(self.folder.iterdir()) if path.name.upper().startswith(_LICENCE_WORDS)]
        return [(path.name, path.read_text("utf-8", "replace").strip()) for path in files if path.is_file()]


@functools.cache
def linked(triple: str) -> dict[str, Crate]:
    """What the programs are made of on that platform, by id: their own crates, and all that these depend on.

    What is needed only to build or to test is left out.
    """
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--filter-platform", triple]
    metadata = json.loads(subprocess.run(command, check=True, capture_output=True, cwd=common.ROOT).stdout)
    nodes = {node["id"]: _runtime(node) for node in metadata["resolve"]["nodes"]}
    packages = {package["id"]: package for package in metadata["packages"]}
    wanted = [identity for identity in metadata["workspace_members"] if packages[identity]["name"] in common.PROGRAMS]
    found: dict[str, Crate] = {}
    checksums = _checksums()
    while wanted:
        identity = wanted.pop()
        if identity not in found:
            found[identity] = _crate(packages[identity], nodes[identity], checksums)
            wanted.extend(nodes[identity])
    return dict(sorted(found.items(), key=lambda item: (item[1].name, item[1].version)))


def _runtime(node: dict) -> tuple[str, ...]:
    """The ids of what a package depends on when it runs."""
    return tuple(sorted(need["pkg"] for need in node["deps"] if any(kind["kind"] is None for kind in need["dep_kinds"])))


def _crate(package: dict, dependencies: tuple[str, ...], checksums: dict[tuple[str, str], str]) -> Crate:
    return Crate(
        id=package["id"],
        name=package["name"],
        version=package["version"],
        licence=(package["license"] or "").replace("/", " OR "),
        description=" ".join((package["description"] or "").split()),
        repository=package["repository"],
        folder=Path(package["manifest_path"]).parent,
        checksum=checksums.get((package["name"], package["version"])),
        dependencies=dependencies,
    )


def _checksums() -> dict[tuple[str, str], str]:
    locked = tomllib.loads((common.ROOT / "Cargo.lock").read_text("utf-8"))["package"]
    return {(package["name"], package["version"]): package["checksum"] for package in locked if "checksum" in package}


def third_party(triple: str) -> str:
    """The licences of what others wrote: a list of the crates, and each text once with the crates that have it."""
    others = [crate for crate in linked(triple).values() if crate.checksum]
    texts: dict[str, list[str]] = {}
    for crate in others:
        for _, text in crate.licence_texts():
            texts.setdefault(text, []).append(f"{crate.name} {crate.version}")
    lines = [f"{crate.name} {crate.version}: {crate.licence or 'see its text below'}" for crate in others]
    parts = [f"The programs contain {len(others)} crates that others wrote, under these licences.\n", "\n".join(lines) + "\n"]
    for text, names in texts.items():
        parts.append(f"{'-' * 80}\n{', '.join(dict.fromkeys(names))}\n\n{text}\n")
    return "\n".join(parts)
