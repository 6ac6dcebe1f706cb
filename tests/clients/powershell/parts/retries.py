"""The cmdlet's retries, by what IMDS answers."""

import judge
import world

FAULTS = {
    "429": world.fault("{ status = 429 }"),
    "429x3": world.fault("{ status = 429 }", "next = 3\n"),
    "429ra": world.fault('{ status = 429, retry_after = "2s" }'),
    "404": world.fault("{ status = 404 }"),
    "410": world.fault("{ status = 410 }"),
    "500": world.fault("{ status = 500 }"),
    "503": world.fault("{ status = 503 }"),
    "reset": world.fault('"reset"'),
    "hang": world.fault('"hang"'),
}


def run(bench, faults=tuple(FAULTS)):
    bench.report.heading("Retries of Connect-AzAccount, for one token")
    cases = [(release, fault) for release in bench.playable(all_releases=True) for fault in faults]
    rows = bench.each(lambda release, fault: row(bench, release, fault), cases)
    bench.report.table(["Az.Accounts", "answer", "attempts", "waits (s)", "in all", "connected"], rows)


def row(bench, release, fault):
    configuration = world.configuration(world.UNLIMITED, FAULTS[fault])
    with bench.case(release, fault, configuration) as case:
        ended = case.run([world.IMPORT, world.connect(scope="Process")])
        requests = case.emulator.token_requests()
    connect = ended.of("connect")
    took = connect["ended"] - connect["began"] if connect else None
    seen, connected = attempts(release, requests), ended.did("connect")
    differs = judge.attempts(release.expected["retries"][fault], seen, connected)
    bench.report.check(f"retries at {fault}, Az.Accounts {release}", not differs, f"{differs}: {seen}")
    record = {"version": release.version, "fault": fault, "attempts": seen, "elapsed_ms": took}
    bench.report.recording["faults"].append(record | {"connected": connected})
    in_all = "-" if took is None else f"{took / 1000:.1f}"
    return [release, fault, len(seen), judge.waits(seen), in_all, "yes" if connected else "no"]


def attempts(release, requests):
    """As recordings have them: milliseconds since the first, the status, and of 1.2.1 which id was sent."""
    first = requests[0]["at_ms"] if requests else 0
    seen = [[round(entry["at_ms"] - first), entry["outcome"]["status"]] for entry in requests]
    if release.expected["from"] == "1.2.1":
        for attempt, entry in zip(seen, requests):
            attempt.append("object_id" if "object_id=" in entry["query"] else "client_id")
    return seen
