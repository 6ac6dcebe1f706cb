"""Runspaces of one process share one context; -DefaultProfile is the remedy."""

import releases
import world

COUNT = releases.EXPECTED["runspaces"]["sessions"]
KINDS = (
    ("as the article writes it", None, False),
    ("-Scope Process on both", "Process", False),
    ("-DefaultProfile", None, True),
)


def run(bench):
    bench.report.heading(f"{COUNT} runspaces of one process, of two identities, each with its own subscription")
    if bench.edition != "Core":
        bench.report.skip("runspaces", "ForEach-Object -Parallel is PowerShell 7's")
        return
    rows = []
    for release in bench.playable(needs_resources=True):
        rows.append([release, *(played(bench, release, *kind) for kind in KINDS)])
    bench.report.table(["Az.Accounts", *(name for name, _, _ in KINDS)], rows)


def played(bench, release, name, scope, pinned):
    places = ((world.JOBS, world.PRODUCTION), (world.NIGHT, world.FIRST))
    sessions = [dict(zip(("account", "subscription"), places[number % 2])) for number in range(COUNT)]
    with bench.case(release, "runspaces", world.configuration(world.UNLIMITED)) as case:
        plan = {"modules": release.modules, "sessions": sessions, "scope": scope, "pinned": pinned}
        ended = case.finish(case.start(plan, script="runspaces.ps1"))
    right = [record for record in ended.records if record["listed"] == [record["subscription"]]]
    failed = [record for record in ended.records if record["errors"]]
    what = f"runspaces, {name}, Az.Accounts {release}"
    seen = f"{len(right)} of {len(ended.records)} right, {len(failed)} with an error: {ended.errors}"
    # How many go wrong is chance; that all are right with the remedy is not.
    bench.report.check(what, len(ended.records) == COUNT and (not pinned or len(right) == COUNT), seen)
    return f"{len(right)} of {COUNT} right"
