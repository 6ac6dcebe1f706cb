"""Requests for tokens by each command, and the article's script as it is."""

import programs
import world
from releases import EXPECTED


def run(bench):
    bench.report.heading("Requests for tokens by each command")
    releases = list(bench.playable(all_releases=True))
    rows = bench.each(lambda release: row(bench, release), [(release,) for release in releases])
    header = ["Az.Accounts", "library", "Connect", "Connect, nothing known before", "Set", "Get-AzResource"]
    bench.report.table(header, rows)
    for release in releases:
        if release.resources and not bench.needs_address(release):
            unmodified(bench, release)


def row(bench, release):
    """One process that knows no context, connects twice, and goes on."""
    commands = [world.connect(), world.set_context(), *([world.GET] if release.resources else [])]
    with bench.case(release, "tokens", world.configuration(world.UNLIMITED)) as case:
        first = case.run([world.IMPORT, *commands], name="first", counted=True)
        later = case.run([world.IMPORT, world.connect()], name="later", counted=True)
    expected = release.expected["tokens"]
    wanted = {"connect": expected["connect"] + expected["first"], "set": expected["set"]}
    if release.resources:
        wanted["get"] = expected["get"]
    seen = {name: (first.of(name) or {}).get("requests") for name in wanted}
    again = (later.of("connect") or {}).get("requests")
    what = f"tokens by command, Az.Accounts {release}"
    bench.report.check(what, seen == wanted and again == expected["connect"], f"{seen}, then {again}: {first.errors}")
    bench.report.recording["tokens"].append({"version": release.version, "tokens_on_empty_profile": seen})
    listed = seen.get("get", "no Az.Resources")
    return [release, release.expected["library"], again, seen["connect"], seen["set"], listed]


def unmodified(bench, release):
    """The article's script runs as it is, with what `imds-emulator env` prints and nothing else."""
    plan = {"modules": release.modules, "script": str(programs.SCRIPTS / "article.ps1")}
    with bench.case(release, "article", world.configuration(world.UNLIMITED)) as case:
        ended = case.finish(case.start(plan, script="unmodified.ps1"))
        listed = case.emulator.readers().get((world.JOBS, "resources", world.PRODUCTION))
        asked = case.emulator.commands()
    what = f"the article's script, unmodified, Az.Accounts {release}"
    bench.report.check(what, ended.code == 0 and listed == 1, f"{listed}: {ended.errors}")
    bench.report.check(f"{what}: requests to Resource Manager", asked == requests(release), asked)


def requests(release):
    """To Resource Manager, by cmdlet, in a process that knew no context."""
    expected = dict(EXPECTED["resource_manager"])
    if not release.at_least("2.12.1"):  # 2.10.1 and older: it lists all subscriptions
        expected["Set-AzContext"] = ["tenants", "subscriptions"]
    return expected
