"""What every channel shares: names, the version, platforms, and archives whose bytes depend on their content alone."""

from __future__ import annotations

import gzip
import io
import os
import subprocess
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "packaging"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
NAMES = tomllib.loads((HERE / "names.toml").read_text("utf-8"))
_PACKAGE = tomllib.loads((ROOT / "Cargo.toml").read_text("utf-8"))["workspace"]["package"]
VERSION: str = _PACKAGE["version"]
LICENCE: str = _PACKAGE["license"]
LICENCE_FILES = ("LICENSE-APACHE", "LICENSE-MIT")
PROGRAMS: list[str] = NAMES["programs"]


@dataclass(frozen=True)
class Platform:
    """A platform in the words of each channel. `triple` is Rust's; `glibc` the oldest one that the programs run on."""

    triple: str
    wheel: str
    npm_os: str
    npm_cpu: str
    rid: str
    maven: str
    debian: str | None
    exe: str = ""


LINUX_X64 = Platform(
    triple="x86_64-unknown-linux-gnu",
    wheel="manylinux2014_x86_64.manylinux_2_17_x86_64",
    npm_os="linux",
    npm_cpu="x64",
    rid="linux-x64",
    maven="linux-x86_64",
    debian="amd64",
)


@dataclass(frozen=True)
class Entry:
    """A file of an archive: its path in it, its bytes, and whether it can be run."""

    path: str
    content: bytes
    executable: bool = False


def program(binaries: Path, name: str, platform: Platform) -> bytes:
    """The bytes of a program that was built into `binaries`."""
    return (binaries / f"{name}{platform.exe}").read_bytes()


def licences(folder: str = "") -> list[Entry]:
    """The licences' texts, as entries beneath `folder` (which ends in a slash or is empty)."""
    return [Entry(folder + name, (ROOT / name).read_bytes()) for name in LICENCE_FILES]


def source_date() -> int:
    """Seconds since 1970 that every archive gives its files: SOURCE_DATE_EPOCH, or the time of the last commit."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def write_zip(path: Path, entries: list[Entry], *, ordered: bool = False) -> Path:
    """Writes a zip whose bytes depend on `entries` and the source date alone; sorted by path, unless `ordered`."""
    import time

    stamp = time.gmtime(max(source_date(), 315532800))[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for entry in entries if ordered else sorted(entries, key=lambda entry: entry.path):
            info = zipfile.ZipInfo(entry.path, stamp)
            info.create_system = 3
            info.external_attr = (0o100755 if entry.executable else 0o100644) << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, entry.content)
    return path


def tar(entries: list[Entry], *, ordered: bool = False) -> bytes:
    """A tar archive whose bytes depend on `entries` and the source date alone; sorted by path, unless `ordered`."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for entry in entries if ordered else sorted(entries, key=lambda entry: entry.path):
            info = tarfile.TarInfo(entry.path)
            info.size = len(entry.content)
            info.mtime = source_date()
            info.mode = 0o755 if entry.executable else 0o644
            archive.addfile(info, io.BytesIO(entry.content))
    return raw.getvalue()


def write_tar_gz(path: Path, entries: list[Entry], *, ordered: bool = False) -> Path:
    """Writes a tar.gz whose bytes depend on `entries` and the source date alone; sorted by path, unless `ordered`."""
    with path.open("wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0, compresslevel=9) as out:
        out.write(tar(entries, ordered=ordered))
    return path
