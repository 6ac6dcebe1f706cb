"""The three programs as users get them: release builds for old systems, with the same bytes wherever they were built.

They are linked by zig for glibc 2.17, which is older than that of any distribution in use. zig and cargo-zigbuild come from
PyPI into an environment of their own; nothing of the project is compiled C.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import common

GLIBC = "2.17"
TOOLS = ("ziglang==0.17.1", "cargo-zigbuild==0.24.1")


def build(platform: common.Platform) -> Path:
    """Builds the programs for `platform`, and returns the folder that they are in."""
    command = ["cargo-zigbuild", "zigbuild", "--release", "--locked", "--target", f"{platform.triple}.{GLIBC}"]
    packages = [word for name in common.PROGRAMS for word in ("--package", name)]
    subprocess.run([*command, "--bins", *packages], check=True, cwd=common.ROOT, env=_environment(), stdout=sys.stderr)
    out = common.TARGET / "dist" / "programs" / platform.triple
    out.mkdir(parents=True, exist_ok=True)
    for name in common.PROGRAMS:
        file = f"{name}{platform.exe}"
        shutil.copy2(common.TARGET / platform.triple / "release" / file, out / file)
    return out


def _environment() -> dict[str, str]:
    """What the build is given: no symbols, no path of this machine, no time of its own."""
    tools = _tools()
    flags = [f"--remap-path-prefix={there}={here}" for there, here in _paths()]
    given = {
        "CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags),
        "CARGO_INCREMENTAL": "0",
        "CARGO_PROFILE_RELEASE_STRIP": "symbols",
        "CARGO_TARGET_DIR": str(common.TARGET),
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
        "SOURCE_DATE_EPOCH": str(common.source_date()),
    }
    inherited = {name: value for name, value in os.environ.items() if name != "RUSTFLAGS"}
    return inherited | given


def _paths() -> list[tuple[str, str]]:
    """The folders of this machine that sources are in, and what messages call them; the last that fits a path counts."""
    home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], check=True, capture_output=True, text=True).stdout.strip()
    return [
        (str(Path.home()), "/home"),
        (str(home), "/cargo"),
        (f"{sysroot}/lib/rustlib/src/rust", "/rust"),
        (str(common.TARGET), "/target"),
        (str(common.ROOT), "/imds-emulator"),
    ]


def _tools() -> Path:
    """The folder with `cargo-zigbuild`, installed if it is not there in the version that is wanted."""
    venv = common.TARGET / "packaging" / "zig"
    done = venv / "installed"
    if not done.exists() or done.read_text("utf-8") != " ".join(TOOLS):
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *TOOLS], check=True, stdout=sys.stderr)
        done.write_text(" ".join(TOOLS), "utf-8")
    return venv / "bin"


if __name__ == "__main__":
    print(build(common.LINUX_X64))
