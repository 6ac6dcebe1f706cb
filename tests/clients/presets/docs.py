"""Writes docs/clients.md from what was measured."""

import itertools
import platform

import judge
import table

HEAD = """# Clients that were run

`tests/clients/run presets` runs each of these real clients, lets it ask for one token, and holds what it did to its
preset. This page is written by `tests/clients/presets/run --write-docs`, from the run of {date} on {machine}.

Every answer was the same: 429, 410, 404, 500, or 429 with `Retry-After: 3`. `6: 0 1.6 3.2` is six requests and the seconds
from each to the next (an answer takes milliseconds); `3x10` is three waits of 10 s. Where it ends with
`…` the client had not given up when it was stopped, {seconds} s after its first request at most. A wait agrees if it is at
least the shortest of `imds-client schedule PRESET` less 2 % and 0.05 s, and at most the longest and 10 % and {late:g} s.

"""

REDIRECTED = """
## How each finds the emulator

`imds-emulator env` prints the variables for a shell. A client whose address is built in needs the emulator at
169.254.169.254, as in a network namespace of its own.

| client | led to the emulator by |
|---|---|
"""

NOT_RUN = """
## Presets that are not run

No client that can be run here is held to these. `imds-client policies NAME` says what each rests on.

| names | why not |
|---|---|
"""


def number(seconds):
    return f"{max(seconds, 0):.1f}".removesuffix(".0")


def measured(played):
    """How many requests came, and after which waits: `6: 0 1.6 3.2 6.4 12.8`."""
    requests = len(played["requests"])
    shown = short([number(wait) for wait in judge.waits(played)])
    end = "" if played.get("exited") else " …"
    return f"{requests}: {shown}{end}" if shown else f"{requests}{end}"


def short(waits):
    """Three and more of the same in a row as `3x10`."""
    runs = [(wait, len(list(same))) for wait, same in itertools.groupby(waits)]
    return " ".join(f"{count}x{wait}" if count > 2 else " ".join([wait] * count) for wait, count in runs)


def obeys(plain, told):
    """What Retry-After changes, judged by the first wait: `obeyed`, `ignored`, or what else is seen."""
    if len(told["requests"]) < 2:
        return "not retried"
    first = judge.waits(told)[0]
    if 2.9 <= first <= 3.9 and not (judge.waits(plain) and 2.9 <= judge.waits(plain)[0] <= 3.9):
        return "obeyed"
    return "ignored" if first < 2.9 else "cannot be told"


def write(path, results):
    """The page, of the latest result of each play."""
    text = head(results) + rows(results) + REDIRECTED + redirections() + NOT_RUN + not_run()
    path.write_text(text)


def head(results):
    dates = sorted({result["date"] for result in results.values()})
    machine = f"{platform.system()}, Python {platform.python_version()}"
    seconds = max(client.seconds for client in table.CLIENTS)
    date = " to ".join(dict.fromkeys([dates[0], dates[-1]]))
    return HEAD.format(date=date, machine=machine, seconds=seconds, late=judge.LONGER[1])


def rows(results):
    cases = list(table.CASES)
    text = f"| client | {' | '.join(cases)} | Retry-After | held to |\n" + (len(cases) + 3) * "|---" + "|\n"
    return text + "".join(row(client, cases, results) for client in table.CLIENTS)


def row(client, cases, results):
    name = f"{client.name} {client.version}"
    of_client = [results.get(f"{name} {client.language} {case}") for case in cases]
    if None in of_client:
        return f"| {name} ({client.language}) | {len(cases) * 'not installed | '} | `{client.preset}`; **skipped** |\n"
    waits = " | ".join(measured(result["played"]) for result in of_client)
    agreed = "; **differs**" if any(result["differences"] for result in of_client) else ""
    obeyed = obeys(of_client[0]["played"], of_client[-1]["played"])
    return f"| {name} ({client.language}) | {waits} | {obeyed} | `{client.preset}`{agreed} |\n"


def redirections():
    return "".join(f"| {client.name} {client.version} | {client.redirection} |\n" for client in table.CLIENTS)


def not_run():
    return "".join(f"| {', '.join(f'`{name}`' for name in names)} | {why} |\n" for names, why in table.NOT_RUN)
