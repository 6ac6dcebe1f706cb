"""Why it fails after connecting: IMDS grants what a connect needs, and refuses from then on."""

import judge
import world

SPENT = """[limits.identity.rate]
requests = 4
window = "5m"
"""


def run(bench):
    bench.report.heading("Four tokens in five minutes: what fails after a connect, and how it says so")
    cases = [(release,) for release in bench.playable(needs_resources=True)]
    rows = bench.each(lambda release: row(bench, release), cases)
    bench.report.table(["Az.Accounts", "command", "requests", "after", "says"], [line for row in rows for line in row])


def row(bench, release):
    with bench.case(release, "after", world.configuration(tail=SPENT)) as case:
        ended = case.run([world.IMPORT, *world.article("Process")], counted=True)
    expected = release.expected["after_connect"]
    what = f"after the connect, Az.Accounts {release}"
    met = ended.did("connect") and (ended.did("get") if expected is None else as_expected(expected, ended))
    bench.report.check(what, met, f"{ended.records} {ended.errors}")
    return [line(release, ended.of(name)) for name in ("connect", "set", "get") if ended.of(name)]


def as_expected(expected, ended):
    wanted, listed = ended.of("set"), ended.of("get")
    return (
        wanted is not None and listed is not None and wanted["requests"] == expected["set_requests"]
        and judge.says(wanted["errors"], expected["set"]) and judge.says(listed["errors"], expected["get"])
    )  # fmt: skip


def line(release, record):
    took = (record["ended"] - record["began"]) / 1000
    says = record["errors"][0].split(" | ")[0] if record["errors"] else "-"
    return [release, record["step"], record["requests"], f"{took:.1f} s", says]
