"""Writes docs/clients.md from what was measured."""

import datetime
import itertools
import platform

import judge
import table

HEAD = """# Clients that were run

`tests/clients/run presets` runs each of these real clients, lets it ask for one token, and holds what it did to its
preset. This page is written by `tests/clients/presets/run --write-docs`, from the run of {date} on {machine}.

Every answer was the same: 429, 410, 404, 500, or 429 with `Retry-After: 3`. `6: 0 1.6 3.2` is six requests and the waits
between them in seconds (from the end of an answer to the next request); `3x10` is three waits of 10 s. Where it ends with
`…` the client had not given up when it was stopped, {seconds} s after its first request at most. A wait agrees if it is at
least the shortest of `imds-client schedule PRESET` less 2 % and 0.05 s, and at most the longest and 5 % and {late} s.

"""

ROW = "| {name} {version} ({language}) | {waits} | {obeys} | {preset} |\n"

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


def measured(play):
    """How many requests came, and after which waits: `6: 0 1.6 3.2 6.4 12.8`."""
    requests = len(play.played["requests"])
    shown = short([number(wait) for wait in judge.waits(play.played)])
    end = "" if play.played.get("exited") else " …"
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


def write(path, every):
    by_client = {}
    for play in every:
        by_client.setdefault(play.client.name + play.client.version + play.client.language, {})[play.case] = play
    # In the order of the table, not of the run.
    clients = [by_client[client.name + client.version + client.language] for client in table.CLIENTS]
    path.write_text(head() + rows(clients) + REDIRECTED + redirections() + NOT_RUN + not_run())


def head():
    machine = f"{platform.system()}, Python {platform.python_version()}"
    seconds = max(client.seconds for client in table.CLIENTS)
    return HEAD.format(date=datetime.date.today(), machine=machine, seconds=seconds, late=judge.LONGER[1])


def rows(clients):
    text = "| client | " + " | ".join(table.CASES) + " | Retry-After | held to |\n" + (len(table.CASES) + 3) * "|---" + "|\n"
    for cases in clients:
        client = cases["429"].client
        waits = " | ".join(measured(cases[case]) for case in table.CASES)
        agreed = "" if not any(play.differences for play in cases.values()) else "; **differs**"
        obeyed = obeys(cases["429"].played, cases["429+3"].played)
        text += ROW.format(
            name=client.name, version=client.version, language=client.language, waits=waits, obeys=obeyed,
            preset=f"`{client.preset}`{agreed}",
        )  # fmt: skip
    return text


def redirections():
    return "".join(f"| {client.name} {client.version} | {client.redirection} |\n" for client in table.CLIENTS)


def not_run():
    return "".join(f"| {', '.join(f'`{name}`' for name in names)} | {why} |\n" for names, why in table.NOT_RUN)
