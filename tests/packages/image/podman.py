"""Podman as this machine lets it run: as it is set up, or else with the settings that need the least of the system."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import support

# Where there is no systemd, and limits cannot be raised.
CONTAINERS = """[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
"""


class Podman:
    """Runs podman with the same settings each time."""

    def __init__(self, image: Path, tag: str) -> None:
        """Loads the image with the first settings that can run it, or skips: podman's last word says why."""
        self.folder = support.TARGET / "packages" / "image-storage"
        problem = ""
        for settings in ({}, self._least()):
            self.environment = {**os.environ, **settings}
            problem = self._problem(image, tag)
            if not problem:
                return
        support.skip(f"podman cannot run a container here: {problem}")

    def _least(self) -> dict[str, str]:
        """Settings in the build folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        containers, storage = self.folder / "containers.conf", self.folder / "storage.conf"
        containers.write_text(CONTAINERS, "utf-8")
        places = f'graphroot = "{self.folder}/graph"\nrunroot = "{self.folder}/run"\n'
        storage.write_text(f'[storage]\ndriver = "vfs"\n{places}', "utf-8")
        return {"CONTAINERS_CONF": str(containers), "CONTAINERS_STORAGE_CONF": str(storage)}

    def _problem(self, image: Path, tag: str) -> str:
        """Why the image cannot be run; nothing if it can."""
        for command in (["load", "--quiet", "--input", image], ["run", "--rm", tag, "--version"]):
            done = self.run(*command)
            if done.returncode != 0:
                return ([line for line in done.stderr.splitlines() if line.strip()] or ["no reason given"])[-1]
        return ""

    def run(self, *arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        """Whatever comes of it."""
        command = ["podman", *map(str, arguments)]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False, **options)

    def said(self, *arguments: str | Path) -> str:
        """What it prints; the test fails if the command does."""
        print("$ podman", *arguments, flush=True)
        done = self.run(*arguments)
        if done.returncode != 0:
            sys.exit(f"exit code {done.returncode} of podman {arguments[0]}\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    @contextlib.contextmanager
    def container(self, *arguments: str) -> Iterator[str]:
        """A container that runs in the background, by its id; it is removed after the block."""
        identity = self.said("run", "--detach", *arguments)
        try:
            yield identity
        finally:
            self.run("rm", "--force", identity)

    def ready(self, container: str) -> dict:
        """The ready record, once it is there."""
        until = time.monotonic() + 30
        while not (logged := self.run("logs", container).stdout):
            assert time.monotonic() < until, self.run("logs", container).stderr
            time.sleep(0.1)
        return json.loads(logged.splitlines()[0])

    @contextlib.contextmanager
    def service(self, socket: Path) -> Iterator[str]:
        """Docker's interface at a socket; gives its URL."""
        command = ["podman", "system", "service", "--time", "300", f"unix://{socket}"]
        child = subprocess.Popen(command, env=self.environment, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 30
            while not socket.exists():
                assert time.monotonic() < until and child.poll() is None, "no service"
                time.sleep(0.1)
            yield f"unix://{socket}"
        finally:
            child.terminate()
            child.wait()


def busybox(podman: Podman, folder: Path, tag: str) -> None:
    """An image of this machine's busybox, instead of one from a registry."""
    program = shutil.which("busybox")
    if program is None:
        support.skip("not installed: busybox")
    from channels import image

    import common

    paths = [program, *image.libraries(Path(program))]
    entries = [common.Entry(path.lstrip("/"), Path(path).read_bytes(), executable=True) for path in paths]
    for name in ("ip", "wget"):
        text = f'#!{program} sh\nexec {program} {name} "$@"\n'
        entries.append(common.Entry(f"usr/sbin/{name}", text.encode(), executable=True))
    archive = folder / "busybox.tar"
    layer = image.layer(entries)
    image.write(archive, tag, layer, {"Env": ["PATH=/usr/sbin"]})
    podman.said("load", "--quiet", "--input", archive)
