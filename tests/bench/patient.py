"""A well-behaved client in a process of its own: a token every few milliseconds, and how long each took."""

import http.client
import multiprocessing
import time

EVERY_S = 0.005


class Patient:
    """Asks over a kept connection from `with` on until its end; then `told` says what it saw."""

    def __init__(self, address, target):
        self.answers, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=ask, args=(address, target, theirs), daemon=True)

    def __enter__(self):
        self.process.start()
        self.answers.recv()
        return self

    def __exit__(self, *_):
        self.answers.send("enough")
        times = sorted(self.answers.recv())
        self.process.join(10)
        at = lambda share: times[min(len(times) - 1, int(share * len(times)))] * 1e3
        self.told = f"{len(times)} tokens, p50 {at(.5):.1f} ms, p99 {at(.99):.1f} ms, max {at(1):.1f} ms"


def ask(address, target, pipe):
    """An answer that is no 200, or no answer, ends it with an error."""
    connection = http.client.HTTPConnection(address, timeout=60)
    times = []
    pipe.send("ready")
    while not pipe.poll():
        before = time.monotonic()
        connection.request("GET", target, headers={"Metadata": "true"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{answer.status} instead of a token")
        times.append(time.monotonic() - before)
        time.sleep(EVERY_S)
    pipe.send(times)
