"""The container image, from nothing but the emulator and the C library that it is linked to; no daemon is needed.

It is written as `docker save` writes one (a docker-archive), which `docker load`, `podman load` and `skopeo` read, and which
keeps the health check, as OCI's own format does not. Its bytes depend on the program and on the C library of this machine.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import subprocess
import tarfile
import time
from pathlib import Path

import common
import crates

PROGRAM = "imds-emulator"
USER = "65532:65532"
IMDS_PORT, ADMIN_PORT = 16925, 16926
_LOADER = re.compile(r"^\s*(?:\S+ => )?(/\S+) \(0x[0-9a-f]+\)$", re.MULTILINE)


def build(out: Path, binaries: Path | None) -> list[Path]:
    """Writes the image as an archive."""
    if binaries is None:
        raise ValueError("the image holds a program: binaries are needed")
    path = out / f"{common.NAMES['image']['name']}-{common.VERSION}-linux-amd64-image.tar"
    write(path, tag(), layer(_content(binaries)), _run())
    return [path]


def write(path: Path, name: str, content: bytes, run: dict) -> None:
    """Writes an image of one layer. `run` is what it does when it is run; the archive is not packed: podman 4.3 reads no
    packed one."""
    digest = hashlib.sha256(content).hexdigest()
    config = json.dumps(_config(digest, run), sort_keys=True).encode()
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    manifest = [{"Config": config_name, "RepoTags": [name], "Layers": [f"{digest}/layer.tar"]}]
    entries = [
        common.Entry(config_name, config),
        common.Entry(f"{digest}/layer.tar", content),
        common.Entry("manifest.json", json.dumps(manifest).encode()),
    ]
    path.write_bytes(common.tar(entries))


def tag() -> str:
    """The name that the image has once it is loaded."""
    return f"{common.NAMES['image']['name']}:{common.VERSION}"


def _content(binaries: Path) -> list[common.Entry]:
    """The emulator, the libraries that it asks for, and the licences of all."""
    platform = common.LINUX_X64
    program = binaries / PROGRAM
    entries = [common.Entry(f"usr/bin/{PROGRAM}", program.read_bytes(), executable=True)]
    entries += [common.Entry(path.lstrip("/"), Path(path).read_bytes(), executable=True) for path in libraries(program)]
    entries += common.licences("licenses/")
    entries.append(common.Entry("licenses/THIRD-PARTY-LICENSES.txt", crates.third_party(platform.triple).encode()))
    entries += [common.Entry(f"licenses/{path.parent.name}", path.read_bytes()) for path in _library_licences()]
    return entries


def layer(entries: list[common.Entry]) -> bytes:
    """These files, and a folder for temporary ones."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(_information("tmp", tarfile.DIRTYPE, 0o1777))
        for entry in sorted(entries, key=lambda entry: entry.path):
            information = _information(entry.path, tarfile.REGTYPE, 0o755 if entry.executable else 0o644)
            information.size = len(entry.content)
            archive.addfile(information, io.BytesIO(entry.content))
    return raw.getvalue()


def _information(path: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    information = tarfile.TarInfo(path)
    information.type, information.mode, information.mtime = kind, mode, common.source_date()
    return information


def libraries(program: Path) -> list[str]:
    """The libraries that the program is linked to, and its loader, where it expects them."""
    return _LOADER.findall(subprocess.run(["ldd", program], check=True, capture_output=True, text=True).stdout)


def _library_licences() -> list[Path]:
    """What Debian's and Ubuntu's packages of these libraries say of their licences."""
    return sorted(path for name in ("libc6", "libgcc-s1") for path in Path("/usr/share/doc").glob(f"{name}/copyright"))


def _config(digest: str, run: dict) -> dict:
    """The image's own description."""
    created = _created()
    return {
        "architecture": "amd64",
        "os": "linux",
        "created": created,
        "config": run,
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}"]},
        "history": [{"created": created, "created_by": "packaging/build image"}],
    }


def _created() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(common.source_date()))


def _run() -> dict:
    """What it does when it is run, and how to see that it does."""
    seconds = 1_000_000_000
    return {
        "User": USER,
        "Env": [
            "PATH=/usr/bin",
            f"IMDS_EMULATOR_LISTEN=0.0.0.0:{IMDS_PORT}",
            f"IMDS_EMULATOR_ADMIN_LISTEN=0.0.0.0:{ADMIN_PORT}",
        ],
        "Entrypoint": [PROGRAM],
        "Cmd": ["serve"],
        "ExposedPorts": {f"{IMDS_PORT}/tcp": {}, f"{ADMIN_PORT}/tcp": {}},
        "Healthcheck": {
            "Test": ["CMD", PROGRAM, "health"],
            "Interval": 5 * seconds,
            "Timeout": 3 * seconds,
            "StartPeriod": 5 * seconds,
            "Retries": 3,
        },
        "Labels": _labels(),
    }


def _labels() -> dict[str, str]:
    """The annotations that are known of images."""
    labels = {
        "title": common.NAMES["image"]["name"],
        "description": common.NAMES["summary"],
        "version": common.VERSION,
        "licenses": common.LICENCE,
        "source": common.NAMES["repository"],
        "created": _created(),
    }
    return {f"org.opencontainers.image.{name}": value for name, value in labels.items()}
