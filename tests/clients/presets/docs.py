"""Writes docs/clients.md from what was measured."""

import itertools
import platform

import grades
import judge
import table

HEAD = """# Clients that were run

`tests/clients/run presets` runs each of these real clients, lets it ask for one token, and holds what it did to its
preset. This page is written by `tests/clients/presets/run --write-docs`, from the run of {date} on {machine}.

Every answer was the same: 429, 410, 404, 500, or 429 with `Retry-After: 3`. `6: 0 1.6 3.2` is six requests and the seconds
from each to the next (an answer takes milliseconds); `3x10` is three waits of 10 s. Where it ends with
`…` the client had not given up when it was stopped, {seconds} s after its first request at most. A wait agrees if it is at
least the shortest of `imds-client schedule PRESET` less 2 % and 0.05 s, and at most the longest and 10 % and {late:g} s; on a
busy machine it may differ by what a sleep of the test's own was late, too. What does not agree is marked as such.
How `imds-loadgen check` grades each is [below](#grades).

"""

REDIRECTED = """
## How each finds the emulator

So it was led there in that run; there may be other ways. `imds-emulator env` prints the variables for a shell. A client
whose address is built in was run in a network namespace, in which the emulator is at 169.254.169.254: so does
`imds-emulator exec --at-metadata-address`. [`env --client`](administration.md#how-clients-are-led) has other ways for many of them.

| client | led to the emulator by |
|---|---|
"""

GRADES = """
## Grades

What `tests/clients/presets/run --grades` made on {date}: each client under `imds-loadgen check`, with a herd of 20 copies, on two
cores. [check.md](check.md#grades) has what each case does and what each rule wants. **Bold** is required and was not passed,
*italic* advised and not passed; `n/a`: no rule of the case could be applied. The herds are not to be compared with each other,
since interpreters start at different speeds.

"""

UNGRADED = """
Not graded, since what was run cannot end with exit code 0 where the service is not that the token is for:

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
    """What Retry-After: 3 changes, judged by the first wait: `obeyed`, `ignored`, or what else is seen."""
    if len(told["requests"]) < 2:
        return "not retried"
    first, without = judge.waits(told)[0], (judge.waits(plain) or [0])[0]
    if not 2.9 <= first <= 3.9:
        return "ignored"
    return "cannot be told" if 2 <= without <= 4 else "obeyed"


def write(path, results, graded):
    """The page, of the latest result of each play and the latest grades of each client."""
    text = head(results) + rows(results) + grade_rows(graded) + REDIRECTED + redirections() + NOT_RUN + not_run()
    path.write_text(text)


def head(results):
    machine = f"{platform.system()}, Python {platform.python_version()}"
    seconds = max(client.seconds for client in table.CLIENTS)
    date = span([result["date"] for result in results.values()])
    return HEAD.format(date=date, machine=machine, seconds=seconds, late=judge.LONGER[1])


def span(dates):
    """`2026-11-23 to 2026-11-30`, or the one date."""
    return " to ".join(dict.fromkeys([min(dates), max(dates)]))


def rows(results):
    columns = ["client", "version", "language", *table.CASES, "Retry-After", "held to"]
    text = line(columns) + line(["---"] * len(columns))
    return text + "".join(line(row(client, results)) for client in table.CLIENTS)


def line(cells):
    return f"| {' | '.join(cells)} |\n"


def row(client, results):
    start = [client.name, client.version, client.language]
    of_client = [results.get(f"{' '.join(start)} {case}") for case in table.CASES]
    if None in of_client:
        return [*start, *["not installed"] * len(of_client), "", f"`{client.preset}`; **skipped**"]
    waits = [measured(result["played"]) for result in of_client]
    agreed = "; **differs**" if any(result["differences"] for result in of_client) else ""
    obeyed = obeys(of_client[0]["played"], of_client[-1]["played"])
    return [*start, *waits, obeyed, f"`{client.preset}`{agreed}"]


def grade_rows(graded):
    """The grades, and the clients that have none."""
    known = [(client, graded.get(grades.key(client))) for client in table.CLIENTS]
    date = span([result["date"] for _, result in known if result])
    columns = ["client", "version", "language", "required", *grades.CASES]
    text = GRADES.format(date=date) + line(columns) + line(["---"] * len(columns))
    text += "".join(line(grade_row(client, result["cases"])) for client, result in known if result and "cases" in result)
    refused = [f"- {client.name} {client.version} ({client.language})\n" for client, result in known if result and "refused" in result]
    return text + UNGRADED + "".join(refused)


def grade_row(client, cases):
    cells = [grades.cell(cases[case]) for case in grades.CASES]
    return [client.name, client.version, client.language, grades.counts(cases), *cells]


def redirections():
    rows = [[f"{client.name} {client.version} ({client.language})", client.redirection] for client in table.CLIENTS]
    return "".join(line(row) for row in rows)


def not_run():
    return "".join(line([", ".join(f"`{name}`" for name in names), why]) for names, why in table.NOT_RUN)
