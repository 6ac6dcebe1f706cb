"""The JUnit 5 extension: a jar, its sources, its pom, and a jar with the emulator for each platform.

Needs javac 17 or newer, and Maven, which fetches JUnit's API to compile with.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import common
from common import Entry

HERE = common.HERE / "junit5"
SOURCES = HERE / "src"
PLATFORMS = (common.LINUX_X64,)
RELEASE = "11"  # the oldest Java with an HTTP client, which the extension uses
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1"
NAMES = common.NAMES["maven"]
STEM = f"{NAMES['artifact']}-{common.VERSION}"


def build(out: Path, binaries: Path) -> list[Path]:
    """Writes the files as a Maven repository has them."""
    if not (SOURCES / NAMES["package"].replace(".", "/")).is_dir():
        raise ValueError(f"the sources are in another package than {NAMES['package']}")
    pom = out / f"{STEM}.pom"
    pom.write_text(_pom(), "utf-8")
    jars = {"": compiled(), "-sources": _files(SOURCES, "*.java")}
    jars |= {f"-{platform.maven}": _program(binaries, platform) for platform in PLATFORMS}
    return [pom, *(_jar(out / f"{STEM}{classifier}.jar", entries) for classifier, entries in jars.items())]


def compiled() -> list[Entry]:
    """The classes."""
    with tempfile.TemporaryDirectory() as folder:
        sources = sorted(str(path) for path in SOURCES.rglob("*.java"))
        flags = ["--release", RELEASE, "-Xlint:all,-processing", "-Werror", "-proc:none"]
        subprocess.run(["javac", *flags, "-cp", f"{_libraries()}/*", "-d", folder, *sources], check=True)
        return _files(Path(folder), "*.class")


def _libraries() -> Path:
    """A folder with what the pom names."""
    folder = common.TARGET / "packaging" / "junit5"
    folder.mkdir(parents=True, exist_ok=True)
    pom = folder / "pom.xml"
    if not pom.exists() or pom.read_text("utf-8") != _pom():
        pom.write_text(_pom(), "utf-8")
    if not list((folder / "libraries").glob("junit-jupiter-api-*.jar")):
        goals = [f"{PLUGIN}:copy-dependencies", f"-DoutputDirectory={folder / 'libraries'}"]
        subprocess.run(["mvn", "--batch-mode", "--quiet", "--strict-checksums", "--file", str(pom), *goals], check=True)
    return folder / "libraries"


def _pom() -> str:
    text = (HERE / "pom.xml").read_text("utf-8")
    names = {**NAMES, "version": common.VERSION, "repository": common.NAMES["repository"], "authors": common.NAMES["authors"]}
    for name, value in names.items():
        text = text.replace(f"@{name}@", value)
    return text


def _files(folder: Path, pattern: str) -> list[Entry]:
    return [Entry(path.relative_to(folder).as_posix(), path.read_bytes()) for path in folder.rglob(pattern)]


def _program(binaries: Path, platform: common.Platform) -> list[Entry]:
    name = f"imds-emulator/{platform.maven}/imds-emulator{platform.exe}"
    return [Entry(name, common.program(binaries, "imds-emulator", platform), True)]


def _jar(path: Path, entries: list[Entry]) -> Path:
    manifest = Entry("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\nCreated-By: packaging/build\r\n\r\n")
    others = sorted([*entries, *common.licences("META-INF/")], key=lambda entry: entry.path)
    return common.write_zip(path, [manifest, *others], ordered=True)
