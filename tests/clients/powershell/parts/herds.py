"""Herds of real processes on one profile, and what helps them."""

import time

import releases
import world

ROWS = releases.EXPECTED["herds"]
# Those whose figures are known, of the two kinds: several tokens a job, and one.
MEASURED = ("2.12.1", "5.5.0")
SECONDS_OF_A_HERD = 600
SECONDS_TO_WARM_UP = 400


def run(bench):
    bench.report.heading("Herds on one profile (their times are this machine's)")
    rows = []
    for release in chosen(bench):
        imports(bench, release)
        rows += [row(bench, release, herd) for herd in ROWS]
    header = ["Az.Accounts", "herd", "scope", "failed", "requests", "refused", "last Get", "first job", "measured"]
    bench.report.table(header, rows)


def chosen(bench):
    """The releases with known figures, or else the oldest and the newest that are there."""
    playable = list(bench.playable(needs_resources=True))
    known = [release for release in playable if release.version in MEASURED]
    return known or list(dict.fromkeys([*playable[:1], *playable[-1:]]))


def imports(bench, release, count=20):
    """Many that import the module at once; before 2.9.0 a part of them fails."""
    with bench.case(release, "imports", world.configuration(world.UNLIMITED)) as case:
        started = [case.start(case.plan([world.IMPORT]), f"job-{number}") for number in range(count)]
        failed = sum(not case.finish(process).did("import") for process in started)
    met = failed == 0 or not release.at_least("2.9.0")
    bench.report.check(f"{count} imports at once, Az.Accounts {release}", met, f"{failed} failed")
    bench.report.out(f"{count} imports at once, Az.Accounts {release}: {failed} failed")


def row(bench, release, herd):
    limits = world.UNLIMITED if herd["limits"] == "none" else ""
    with bench.case(release, "herd", world.configuration(limits)) as case:
        if herd["profile"] == "saved":
            case.run([world.IMPORT, world.connect(), world.set_context()], name="saved")
            case.emulator.ask("/reset", "POST")
        began, ended = played(case, herd)
        tally = case.emulator.tally()
    figures = Figures(began, ended, tally)
    judged(bench, release, herd, figures)
    measured = herd["measured"].get(release.version)
    words = ", ".join(f"{key} {value}" for key, value in measured.items()) if measured else "not measured"
    return [release, herd["name"], herd["scope"], *figures.cells(), words]


class Figures:
    """What came of a herd, in milliseconds from its start."""

    def __init__(self, began, ended, tally):
        done = [job.of("get")["ended"] - began for job in ended if job.did("get")]
        self.jobs, self.succeeded = len(ended), len(done)
        self.failed = self.jobs - self.succeeded
        self.first, self.last = min(done, default=None), max(done, default=None)
        self.requests, self.refused = tally["admitted"] + tally["refused"], tally["refused"]
        self.errors = [error for job in ended for record in job.records for error in record["errors"]]

    def cells(self):
        times = ("-" if time is None else f"{time / 1000:.1f} s" for time in (self.last, self.first))
        return [self.failed, self.requests, self.refused, *times]


def judged(bench, release, herd, figures):
    """What does not depend on the machine."""
    what = f"{herd['name']}, {herd['scope']}, Az.Accounts {release}"
    if herd["none_fails"]:
        bench.report.check(f"{what}: none fails", figures.failed == 0, f"{figures.failed}: {figures.errors[:3]}")
    granted = figures.requests - figures.refused
    if "imds_requests" in herd:
        bench.report.check(f"{what}: requests", figures.requests == herd["imds_requests"], figures.requests)
    elif "imds_requests_most" in herd:
        bench.report.check(f"{what}: requests", figures.requests <= herd["imds_requests_most"], figures.requests)
    elif figures.failed == 0 and herd["sign_in"] == "article" and same_for_all(herd):
        tokens = release.expected["tokens"]
        known = herd["profile"] == "saved"
        each = sum(tokens.values()) - (tokens["first"] if known else 0)
        bench.report.check(f"{what}: tokens", granted == each * figures.jobs, f"{granted}, not {figures.jobs} times {each}")


def same_for_all(herd):
    """Whether no job finds a context that an earlier one of the herd has saved."""
    return herd["warm"] or herd["scope"] == "Process" or herd["profile"] == "saved"


def script(herd):
    scope = herd["scope"] if herd["scope"] == "Process" else None
    if herd["sign_in"] == "retry":
        signs_in = world.step("connect_with_retry", account=world.JOBS, scope=scope, subscription=world.PRODUCTION)
        return [signs_in, world.GET]
    if herd["sign_in"] == "token":
        signs_in = world.step("connect_with_token", account=world.JOBS, scope=scope)
        return [signs_in, world.set_context(scope=scope), world.GET]
    return world.article(scope)


def played(case, herd):
    """When the herd began, and how each job ended."""
    if herd["through"] == "broker":
        with case.bench.programs.broker(case.folder, case.emulator.ready["imds"]) as broker:
            return jobs(case, herd, case.variables(broker.ready["imds"]))
    return jobs(case, herd, case.variables())


def jobs(case, herd, variables):
    client, cache = case.bench.programs.client, case.folder / "cache"
    through = [client, "exec", "--at-once", "5", "--cache-dir", cache, "--"] if herd["through"] == "exec" else []
    steps = [world.IMPORT, *(warm_up() if herd["warm"] else []), *script(herd)]
    go = case.folder / "go"
    began, started = time.time() * 1000, []
    for number in range(herd["count"]):
        more = {"imds_client": str(client), "cache": str(cache), "go": str(go)}
        plan = case.plan(steps, ready=str(case.folder / f"ready-{number}"), **more)
        started.append(case.start(plan, f"job-{number}", variables, through))
    if herd["warm"]:
        began = release_all(case, started, go)
    until = time.time() + SECONDS_OF_A_HERD
    return began, [case.finish(process, until - time.time()) for process in started]


def warm_up():
    """One sign-in, of an identity of its own, that is forgotten again; then all wait for each other."""
    return [
        world.connect(world.WARM, "Process"), world.step("clear", scope="Process"), world.step("wait"),
    ]  # fmt: skip


def release_all(case, started, go):
    """Lets all go at once, when all are ready; what they have asked for until then is forgotten."""
    until = time.time() + SECONDS_TO_WARM_UP
    waiting = {case.folder / f"ready-{number}" for number in range(len(started))}
    while waiting and time.time() < until:
        time.sleep(0.1)
        ended = [number for number, process in enumerate(started) if process.process.poll() is not None]
        waiting = {file for file in waiting if not file.exists()}
        waiting -= {case.folder / f"ready-{number}" for number in ended}
    time.sleep(1.5)  # until the limits' second is over
    case.emulator.ask("/reset", "POST")
    began = time.time() * 1000
    go.write_text("go")
    return began
