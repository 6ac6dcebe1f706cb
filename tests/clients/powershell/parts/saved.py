"""The saved context: who a script works as whose own connect is refused."""

import programs
import releases
import world

ROWS = releases.EXPECTED["saved_context"]


def run(bench):
    bench.report.heading("A saved context, and a connect that is refused")
    playable = list(bench.playable(needs_resources=True))
    saved = {release: saved_context(bench, release) for release in playable}
    cases = [(release, number) for release in playable for number in range(len(ROWS))]
    rows = bench.each(lambda release, number: row(bench, release, ROWS[number], saved[release]), cases)
    header = ["Az.Accounts", "the script", "imported", "worked as", "resources", "file written"]
    bench.report.table(header, rows)
    for release in playable:
        crossing(bench, release)
        halves(bench, release)


def saved_context(bench, release):
    """What PowerShell keeps once `night` has worked in the first subscription."""
    with bench.case(release, "saved", world.configuration(world.UNLIMITED)) as case:
        ended = case.run([world.IMPORT, world.connect(world.NIGHT), world.set_context(world.FIRST)])
        kept = case.keep()
    if not (ended.did("connect") and ended.did("set")):
        raise programs.Failed(f"Az.Accounts {release}: no context could be saved: {ended.errors}")
    return kept


def steps_of(words):
    """Steps such as `clear:CurrentUser`."""
    pairs = (word.split(":") for word in words)
    return [world.step(name, scope=scope) for name, scope in pairs]


def row(bench, release, setup, saved):
    configuration = world.configuration(world.UNLIMITED, world.REFUSED_JOBS)
    with bench.case(release, "context", configuration) as case:
        case.restore(saved)
        if setup.get("earlier"):
            case.run([world.IMPORT, *steps_of(setup["earlier"])], name="earlier")
        imported = case.run([world.IMPORT, world.WHO], setup.get("variables"), "import").account()
        before = context_file(case)
        script = [world.IMPORT, *steps_of(setup.get("before", [])), world.connect(scope=setup.get("connect"))]
        script += [world.set_context(scope=setup.get("set")), world.GET]
        ended = case.run(script, setup.get("variables"), on_error=setup.get("on_error", "Continue"))
        worked_as = worker(case.emulator.readers())
        written = context_file(case) != before
    return judged(bench, release, setup, ended, (imported, worked_as, written))


def context_file(case):
    file = case.kept / "AzureRmContext.json"
    return file.read_bytes() if file.exists() else None


def worker(readers):
    """Who has listed resources, if anybody has."""
    names = {world.NAMES.get(client_id, client_id) for client_id, what, _ in readers if what == "resources"}
    return " and ".join(sorted(names)) or "nobody"


def judged(bench, release, setup, ended, seen):
    imported, worked_as, written = seen
    listed = (ended.of("get") or {}).get("resources", 0)
    wanted = (setup["imported"], setup["works_as"], setup["written"] != "no")
    right_number = listed == (world.RESOURCES if worked_as != "nobody" else 0)
    refused = not ended.did("connect")
    what = f"saved context, {setup['name']}, Az.Accounts {release}"
    bench.report.check(what, seen == wanted and right_number and refused, f"{seen}, {listed}: {ended.errors}")
    return [release, setup["name"], imported, worked_as, listed, setup["written"] if written else "no"]


def crossing(bench, release, count=20):
    """Sessions of two identities on one profile, whose connects succeed: none works as the other."""
    places = ((world.JOBS, world.PRODUCTION), (world.NIGHT, world.FIRST))
    with bench.case(release, "crossing", world.configuration(world.UNLIMITED)) as case:
        plans = [case.plan([world.IMPORT, *world.article(None, *places[n % 2]), world.WHO]) for n in range(count)]
        started = [case.start(plan, f"job-{number}") for number, plan in enumerate(plans)]
        ended = [case.finish(process) for process in started]
        readers = case.emulator.readers()
    own = [
        session.did("get") and session.of("get")["listed"] == [places[number % 2][1]]
        and session.account() == world.NAMES[places[number % 2][0]]
        for number, session in enumerate(ended)
    ]  # fmt: skip
    crossed = {key for key in readers if key[1] == "resources"} - {(who, "resources", where) for who, where in places}
    what = f"{count} sessions of two identities on one profile, Az.Accounts {release}"
    bench.report.check(what, all(own) and not crossed, f"{own.count(True)} right, {crossed}")


def halves(bench, release):
    """The scope on one command only leaves something behind for others."""
    for name, scopes, left in (
        ("Connect", {"connect": "Process"}, (world.JOBS, world.PRODUCTION)),
        ("Set", {"set": "Process"}, (world.JOBS, world.FIRST)),
    ):
        script = [world.connect(scope=scopes.get("connect")), world.set_context(scope=scopes.get("set"))]
        with bench.case(release, "half", world.configuration(world.UNLIMITED)) as case:
            case.run([world.IMPORT, *script])
            who = case.run([world.IMPORT, world.WHO], name="later").of("who") or {}
        seen = (who.get("account"), who.get("subscription"))
        what = f"-Scope Process on {name} only, Az.Accounts {release}"
        bench.report.check(what, seen == left, f"left behind: {seen}")
