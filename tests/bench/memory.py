"""Whether memory stays flat: resident memory before and after very many requests."""

import load
import servers

WARM_UP, REQUESTS = 100_000, 1_000_000


def measure(seconds, connections):
    with servers.emulator() as (process, address):
        url = address + servers.TOKEN
        play(url, WARM_UP, seconds, connections)
        before = load.resident_kib(process.pid)
        played = play(url, REQUESTS, seconds, connections)
        after = load.resident_kib(process.pid)
    print(f"resident memory: {before} KiB after {WARM_UP} requests or more, {after} KiB after {played} more")


def play(url, requests, seconds, connections):
    played = 0
    while played < requests:
        played += load.wrk(url, seconds, connections)
    return played
