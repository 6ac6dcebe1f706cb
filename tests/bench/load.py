"""Load by wrk, and what it cost the server."""

import os
import re
import subprocess
import sys

TICKS = os.sysconf("SC_CLK_TCK")


def wrk(url, seconds, connections, pin=()):
    """Plays load for that long; the number of requests that were answered."""
    command = wrk_command(url, seconds, connections, pin)
    return answered(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def wrk_command(url, seconds, connections, pin=()):
    return [*pin, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-H", "Metadata: true", url]


def answered(output):
    """The number of requests that wrk counted; all must have been answered with a 200."""
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"not every request was answered with a 200:\n{output}")
    return int(re.search(r"(\d+) requests in", output)[1])


def cpu_seconds(pid):
    """User and system time of a process so far."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_kib(pid):
    """Memory of a process that is in RAM, in KiB."""
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(r"VmRSS:\s+(\d+) kB", file.read())[1])


def peak_kib(pid):
    """The most memory that a process has had in RAM so far, in KiB; 0 once it has ended."""
    with open(f"/proc/{pid}/status") as file:
        found = re.search(r"VmHWM:\s+(\d+) kB", file.read())
    return int(found[1]) if found else 0
