"""The Debian package of `imds-client`, with the broker as a service of systemd. It needs none of Debian's tools."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import subprocess
import tarfile
import time
from pathlib import Path, PurePosixPath

import common
import completions
import crates

PROGRAM = "imds-client"
_HERE = common.HERE / "debian"
_CONFIGURATION = "etc/default/imds-client"
_MAGIC = b"!<arch>\n"


def build(out: Path, binaries: Path | None) -> list[Path]:
    """Writes the package."""
    if binaries is None:
        raise ValueError("the package holds a program: binaries are needed")
    name, platform = common.NAMES["debian"]["package"], common.LINUX_X64
    data = entries(binaries, platform)
    path = out / f"{name}_{common.VERSION}_{platform.debian}.deb"
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": _packed(_control(name, data, binaries, platform)),
        "data.tar.gz": _packed(data),
    }
    path.write_bytes(_MAGIC + b"".join(_member(name, content) for name, content in members.items()))
    return [path]


def entries(binaries: Path, platform: common.Platform) -> list[common.Entry]:
    """What it installs."""
    documents = f"usr/share/doc/{common.NAMES['debian']['package']}"

    def completion(shell: str) -> bytes:
        return completions.script(binaries, PROGRAM, shell)

    return [
        common.Entry(f"usr/bin/{PROGRAM}", common.program(binaries, PROGRAM, platform), executable=True),
        common.Entry("usr/lib/systemd/system/imds-client.service", (_HERE / "imds-client.service").read_bytes()),
        common.Entry(_CONFIGURATION, (_HERE / "default").read_bytes()),
        common.Entry(f"usr/share/bash-completion/completions/{PROGRAM}", completion("bash")),
        common.Entry(f"usr/share/zsh/vendor-completions/_{PROGRAM}", completion("zsh")),
        common.Entry(f"usr/share/fish/vendor_completions.d/{PROGRAM}.fish", completion("fish")),
        common.Entry(f"{documents}/copyright", _copyright().encode()),
        common.Entry(f"{documents}/third-party-licenses.gz", _gzipped(crates.third_party(platform.triple).encode())),
        common.Entry(f"{documents}/changelog.gz", _gzipped(_changelog().encode())),
    ]


def _control(name: str, data: list[common.Entry], binaries: Path, platform: common.Platform) -> list[common.Entry]:
    """What dpkg knows of it, and runs."""
    size = sum(-(-len(entry.content) // 1024) for entry in data)
    fields = {
        "Package": name,
        "Version": common.VERSION,
        "Architecture": platform.debian,
        "Maintainer": f"{common.NAMES['authors']} <noreply@example.invalid>",
        "Installed-Size": str(size),
        "Depends": ", ".join(_depends(binaries / PROGRAM)),
        "Section": "utils",
        "Priority": "optional",
        "Homepage": common.NAMES["repository"],
        "Description": "client of the Azure Instance Metadata Service for many processes\n"
        " It gets tokens of managed identities when many processes of a VM ask at the\n"
        " same moment: it retries as the service's limits want it, shares tokens,\n"
        " queues commands that cannot be changed, and serves other programs as a\n"
        " broker, for which there is a service of systemd.",
    }
    control = "".join(f"{key}: {value}\n" for key, value in fields.items())
    sums = "".join(f"{hashlib.md5(entry.content).hexdigest()}  {entry.path}\n" for entry in data if not _is_configuration(entry))
    scripts = [common.Entry(script, (_HERE / script).read_bytes(), executable=True) for script in ("postinst", "prerm", "postrm")]
    texts = {"control": control, "md5sums": sums, "conffiles": f"/{_CONFIGURATION}\n"}
    return [*scripts, *(common.Entry(path, text.encode()) for path, text in texts.items())]


def _is_configuration(entry: common.Entry) -> bool:
    return entry.path == _CONFIGURATION


def _depends(program: Path) -> list[str]:
    """The packages of the libraries that it is linked to, in the versions that it needs."""
    read = subprocess.run(["readelf", "--dynamic", "--version-info", "--wide", program], check=True, capture_output=True, text=True)
    needed = set(re.findall(r"\(NEEDED\)\s+Shared library: \[(.+?)\]", read.stdout))
    versions = [(int(major), int(minor)) for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", read.stdout)]
    newest = ".".join(map(str, max(versions)))
    return [f"libc6 (>= {newest})", *(["libgcc-s1 | libgcc1"] if "libgcc_s.so.1" in needed else [])]


def _copyright() -> str:
    """Its own licences; the crates' have a file beside this one."""
    return "\n".join([
        f"{PROGRAM}: Copyright {common.NAMES['authors']}. {common.NAMES['repository']}",
        f"Licence: {common.LICENCE}, at your choice. The Apache License 2.0 is /usr/share/common-licenses/Apache-2.0;",
        "the MIT licence is this:",
        "",
        (common.ROOT / "LICENSE-MIT").read_text("utf-8"),
        "The licences of the crates that it contains are in third-party-licenses.gz.",
        "",
    ])


def _changelog() -> str:
    """Debian's form of the changes, of which the project's own list has the content."""
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(common.source_date()))
    signed = f" -- {common.NAMES['authors']} <noreply@example.invalid>  {date}\n"
    name = common.NAMES["debian"]["package"]
    return f"{name} ({common.VERSION}) unstable; urgency=medium\n\n  * See {common.NAMES['repository']}\n\n{signed}"


def _packed(content: list[common.Entry]) -> bytes:
    """A tar.gz with the folders of the files, as dpkg wants them."""
    raw = io.BytesIO()
    folders = sorted({str(folder) for entry in content for folder in PurePosixPath(entry.path).parents})
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for folder in folders:
            archive.addfile(_information("./" if folder == "." else f"./{folder}/", tarfile.DIRTYPE, 0o755))
        for entry in sorted(content, key=lambda entry: entry.path):
            information = _information(f"./{entry.path}", tarfile.REGTYPE, 0o755 if entry.executable else 0o644)
            information.size = len(entry.content)
            archive.addfile(information, io.BytesIO(entry.content))
    return _gzipped(raw.getvalue())


def _information(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    information = tarfile.TarInfo(path)
    information.type, information.mode, information.mtime = kind, mode, common.source_date()
    information.uname = information.gname = "root"
    return information


def _gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _member(name: str, content: bytes) -> bytes:
    """A file in the archive of Unix's `ar`: a head of 60 bytes, the content, and a line feed if that is odd."""
    head = f"{name:<16}{common.source_date():<12}{0:<6}{0:<6}{'100644':<8}{len(content):<10}`\n".encode()
    return head + content + b"\n" * (len(content) % 2)
