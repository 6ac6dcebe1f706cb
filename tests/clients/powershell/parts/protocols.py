"""Sign-in in the other protocols, with and without -AccountId, set up by `imds-emulator env --protocol`."""

import programs
import releases
import world

EXPECTED = releases.EXPECTED["protocols"]
KEYS_OF_ARC = '[protocols]\narc_key_folder = "sdk"\n'


def run(bench):
    bench.report.heading("Connect-AzAccount -Identity in other protocols: with -AccountId, without")
    playable = list(bench.playable())
    cases = [(release, protocol) for release in playable for protocol in EXPECTED if protocol != "arc"]
    # Arc's key files are in one folder of the machine, so that its cases are played one by one.
    arc = [(release, "arc") for release in playable]
    rows = bench.each(lambda *case: row(bench, *case), cases)
    rows += [found for found in (row(bench, *case) for case in arc) if found]
    bench.report.table(["Az.Accounts", "protocol", "-AccountId", "without"], rows)


def row(bench, release, protocol):
    configuration = world.configuration(world.UNLIMITED, KEYS_OF_ARC if protocol == "arc" else "")
    try:
        with bench.case(release, protocol, configuration) as case:
            variables = case.variables(protocol=protocol)
            seen = [signs_in(case, account, variables) for account in (world.JOBS, None)]
    except programs.Failed as failed:
        if protocol != "arc":
            raise
        bench.report.skip(f"arc, Az.Accounts {release}", f"the folder of its keys is not to be had: {failed}")
        return None
    wanted = expected(release, protocol)
    bench.report.check(f"{protocol}, Az.Accounts {release}", wanted in (None, seen), f"{seen}, not {wanted}")
    return [release, protocol, *("yes" if one else "no" for one in seen)]


def signs_in(case, account, variables):
    steps = [world.IMPORT, world.connect(account, "Process")]
    return case.finish(case.start(case.plan(steps), f"with-{account}", variables)).did("connect")


def expected(release, protocol):
    """What the newest measured release that is not newer than this one did."""
    older = [version for version in EXPECTED[protocol] if release.at_least(version)]
    return EXPECTED[protocol][max(older, key=releases.parsed)] if older else None
