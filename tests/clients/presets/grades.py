"""Grades the clients of table.py with `imds-loadgen check`, each in a network namespace that has only a loopback.

A client whose driver cannot end with exit code 0, since the service that it wants the token for is not there, has no
grades: the exit code says nothing then.
"""

import concurrent.futures
import datetime
import json
import shlex
import subprocess
import tempfile

# The cases of `check`, in its order. `update` lasts more than a minute and says the same as `gone`.
CASES = [
    "throttled", "probe-passes", "retry-after", "server-errors", "not-found", "gone",
    "reset", "truncated", "unknown-identity", "unknown-resource", "outage", "herd",
]
TIME_LIMIT = "2m"  # of one run of a client; `check` says of one that is longer that it does not give up
AT_ONCE = 6  # clients, most of which wait; a herd is graded alone, since its copies all start at once


def grade(clients, built, namespace, filled):
    """The grades of each client by its key, each said as it is there."""
    graded = {}
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        alone = ["alone", *CASES[:-1]]
        running = {pool.submit(check, client, alone, built, namespace, filled): client for client in clients}
        for done in concurrent.futures.as_completed(running):
            graded[key(running[done])] = done.result()
            say(running[done], done.result())
    for client in clients:
        grades = graded[key(client)]
        if "refused" not in grades:
            herd = check(client, ["herd"], built, namespace, filled)
            grades["cases"] |= herd["cases"]
            say(client, herd)
    return graded


def key(client):
    return f"{client.name} {client.version} {client.language}"


def check(client, cases, built, namespace, filled):
    """What came of these cases: the grades of each rule by case, or why there are none."""
    with tempfile.TemporaryDirectory() as home:
        command = [str(built / "imds-loadgen"), "check", "--format", "json", "--timeout", TIME_LIMIT]
        command += ["--resource-manager", client.resource_manager]
        command += [] if client.redirected else ["--at-metadata-address"]
        for case in cases:
            command += ["--case", case]
        command += ["--", "env", f"HOME={home}", "PYTHONDONTWRITEBYTECODE=1"]
        command += [f"{name}={filled(value)}" for name, value in client.environment.items()]
        command += [filled(word) for word in client.checked or client.command]
        # Each case may take its limit twice, and a start.
        ended = subprocess.run([*namespace, *command], capture_output=True, text=True, timeout=300 * len(cases))
    if ended.returncode > 1:
        raise RuntimeError(f"{shlex.join(command)}: exit code {ended.returncode}: {ended.stderr[-900:]}")
    return summed(json.loads(ended.stdout))


def summed(document):
    """Of the document of `check`, what the page shows."""
    grades = {case["name"]: case["grades"] for case in document["cases"]}
    summary = {"date": str(datetime.date.today())}
    succeeds = [grade for grade in grades.get("alone", []) if grade["rule"] == "succeeds"]
    if any(grade["grade"] != "passed" for grade in succeeds):
        return summary | {"refused": succeeds[0]["evidence"]}
    kept = ("rule", "weight", "grade", "evidence")
    cases = {name: [{word: grade[word] for word in kept} for grade in rules] for name, rules in grades.items()}
    return summary | {"cases": cases}


def say(client, grades):
    for case, rules in grades.get("cases", {"alone": []}).items():
        print(f"graded {key(client)} {case}: {grades.get('refused') or cell(rules)}", flush=True)


def cell(rules):
    """A case in a word: `passed`, what was not passed, or `n/a` where no rule could be applied."""
    judged = [rule for rule in rules if rule["weight"] != "information" and rule["grade"] != "not_applicable"]
    missed = [rule for rule in judged if rule["grade"] != "passed"]
    if not missed:
        return "passed" if judged else "n/a"
    marks = {"required": "**", "advised": "*"}
    return ", ".join(f"{marks[rule['weight']]}{rule['rule']}{marks[rule['weight']]}" for rule in missed)


def counts(cases):
    """How many of the required rules that could be applied were passed."""
    rules = [rule for rules in cases.values() for rule in rules if rule["weight"] == "required"]
    rules = [rule for rule in rules if rule["grade"] != "not_applicable"]
    return f"{sum(rule['grade'] == 'passed' for rule in rules)} of {len(rules)}"
