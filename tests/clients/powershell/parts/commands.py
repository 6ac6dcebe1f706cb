"""What a script can do against the stub of Resource Manager."""

import world


def run(bench):
    bench.report.heading("What a script can do against Resource Manager's stub")
    playable = list(bench.playable(needs_resources=True))
    for release in playable[-1:]:
        with bench.case(release, "commands", world.configuration(world.UNLIMITED)) as case:
            plan = {"modules": release.modules, "account": world.JOBS, "subscription": world.PRODUCTION}
            ended = case.finish(case.start(plan, script="commands.ps1"))
        bench.report.check(f"commands, Az.Accounts {release}", ended.code == 0, ended.errors)
        bench.report.table(["command", f"Az.Accounts {release}"], [row(bench, record) for record in ended.records])


def row(bench, record):
    works = not record["errors"]
    bench.report.check(f"{record['step']} works", works, record["errors"])
    return [record["step"], "works" if works else record["errors"][0].splitlines()[0][:80]]
