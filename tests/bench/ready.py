"""How long it takes from the start of the process to the ready record."""

import statistics
import subprocess
import time

import servers

STARTS = 20


def measure():
    times = sorted(start() for _ in range(STARTS))
    median = statistics.median(times)
    print(f"ready after {median:.1f} ms (median of {STARTS} starts; {times[0]:.1f} to {times[-1]:.1f})")


def start():
    """Milliseconds."""
    began = time.monotonic()
    command = [servers.program(), "serve", "--config", servers.HERE / "vm.toml"]
    with servers.stopping(servers.spawn(command, stdout=subprocess.PIPE)) as process:
        process.stdout.readline()
        return (time.monotonic() - began) * 1e3
