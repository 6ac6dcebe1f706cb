"""One client, once, against an emulator that always gives the same answer; prints what it did as JSON.

Started by `run` in network and mount namespaces that have nothing but a loopback (../isolate), and nowhere else. The
emulator listens at a port of that loopback if the client can be redirected, and at the metadata address if it cannot.
"""

import fcntl
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

SECONDS_TO_START = 60  # until a client's first request
SHORT = 0.2  # seconds between two looks at it


class Emulator:
    """An emulator of its own for the play."""

    def __init__(self, program, listen, case):
        self.folder = tempfile.TemporaryDirectory()
        configuration = pathlib.Path(self.folder.name, "vm.toml")
        configuration.write_text(fault(case))
        command = [program, "serve", "--config", configuration, "--listen", listen, "--admin-listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        ready = json.loads(self.process.stdout.readline())
        self.endpoint, self.admin = ready["imds"], ready["admin"]

    def requests(self):
        """The requests so far."""
        with urllib.request.urlopen(self.admin + "/journal", timeout=10) as answer:
            return json.load(answer)["entries"]

    def now(self):
        """Seconds since its start."""
        with urllib.request.urlopen(self.admin + "/journal?limit=1", timeout=10) as answer:
            return json.load(answer)["now_ms"] / 1e3

    def stop(self):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def fault(case):
    """The configuration of a VM whose every answer is that of the case."""
    effect = f"status = {case['status']}"
    if case["retry_after"] is not None:
        effect += f', retry_after = "{case["retry_after"]}s"'
    return f"[[faults]]\neffect = {{ {effect} }}\n"


class Slot:
    """A turn to start: few clients start at a time, so that none waits for the processor when it is timed."""

    def __init__(self, folder):
        self.files = [open(path) for path in sorted(pathlib.Path(folder).iterdir())]
        self.held = None

    def take(self):
        while self.held is None:
            for file in self.files:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    self.held = file
                    return
                except BlockingIOError:
                    pass
            time.sleep(0.1)

    def free(self):
        if self.held:
            fcntl.flock(self.held, fcntl.LOCK_UN)
            self.held = None


def play(emulator, work, slot):
    """Runs the client until it ends, or its time is over; returns the document."""
    fill = lambda text: text.replace("{endpoint}", emulator.endpoint)
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryFile() as output:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "PYTHONDONTWRITEBYTECODE": "1"}
        environment |= {name: fill(value) for name, value in work["environment"].items()}
        command = [fill(word) for word in work["command"]]
        slot.take()
        client = subprocess.Popen(
            command, env=environment, cwd=home, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )
        exited, late = watch(client, emulator, work["seconds"], slot)
        until = emulator.now()
        end(client)
        output.seek(0)
        printed = output.read()[-1500:].decode(errors="replace")
    return {
        "requests": [{"at": entry["at_ms"] / 1e3} for entry in emulator.requests()],
        "paths": sorted({entry["path"] for entry in emulator.requests()}),
        "until": until,
        "late": late,
        "exited": exited,
        "code": client.returncode,
        "printed": printed,
    }


def watch(client, emulator, seconds, slot):
    """Waits for the end of the client, at most so long after its first request.

    Returns whether it ended by itself, and by how much a short sleep here was too long at worst: so busy is the machine.
    """
    limit, asked, late = time.monotonic() + SECONDS_TO_START, False, 0.0
    while client.poll() is None and time.monotonic() < limit:
        if not asked and emulator.requests():
            asked, limit = True, time.monotonic() + seconds
            slot.free()
        before = time.monotonic()
        time.sleep(SHORT)
        late = max(late, time.monotonic() - before - SHORT)
    slot.free()
    return client.returncode is not None, late


def end(client):
    """Ends the client, and what it started."""
    try:
        os.killpg(client.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    client.wait()


def has_only_loopback():
    devices = pathlib.Path("/proc/net/dev").read_text().splitlines()[2:]
    return all(line.strip().startswith("lo:") for line in devices)


def main():
    work = json.loads(sys.argv[1])
    if not has_only_loopback():
        sys.exit("play.py: this is no namespace of its own: a client could ask a real metadata service")
    listen = "127.0.0.1:0" if work["redirected"] else "169.254.169.254:80"
    emulator = Emulator(work["emulator"], listen, work["case"])
    try:
        json.dump(play(emulator, work, Slot(work["slots"])), sys.stdout)
    finally:
        emulator.stop()


main()
