"""What the parts share: releases, programs and report, and how a case of one process is played."""

import contextlib
import pathlib
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import programs
import world

METADATA_ADDRESS = "169.254.169.254:80"

# The longest case: five attempts of 100 s, and what PowerShell takes to start.
SECONDS_OF_A_CASE = 700


def has_own_metadata_address():
    """Whether nothing but a loopback is there, with the metadata address on it: see tests/clients/isolate."""
    interfaces, addresses = pathlib.Path("/proc/net/dev"), pathlib.Path("/proc/net/fib_trie")
    if not (interfaces.exists() and addresses.exists()):
        return False
    names = [line.split(":")[0].strip() for line in interfaces.read_text().splitlines()[2:]]
    return names == ["lo"] and "169.254.169.254" in addresses.read_text()


class Ended:
    """How a script ended, and what it said."""

    def __init__(self, code, records, began, errors, folder):
        self.code, self.records, self.began, self.errors, self.folder = code, records, began, errors, folder

    def of(self, name):
        """What a step said; the last of that name."""
        found = [record for record in self.records if record["step"] == name]
        return found[-1] if found else None

    def did(self, name):
        """Whether a step was made, without an error."""
        record = self.of(name)
        return record is not None and not record["errors"]

    def account(self):
        """The name of whoever is signed in."""
        who = self.of("who") or {}
        return world.NAMES.get(who.get("account"), who.get("account") or "nobody")


class Case:
    """An emulator, a user with a folder, and scripts that are run as that user."""

    def __init__(self, bench, release, folder, emulator):
        self.bench, self.release, self.folder, self.emulator = bench, release, folder, emulator
        self.home = folder / "home"
        self.home.mkdir(exist_ok=True)
        # What PowerShell keeps in the user's folder, which begins empty.
        self.kept = bench.own_profile or self.home / ".Azure"
        shutil.rmtree(self.kept, ignore_errors=True)

    def plan(self, steps, **more):
        """What a script has to know: the modules, the steps, and what to do at an error."""
        known = {"modules": self.release.modules, "on_error": "Continue", "steps": list(steps)}
        if self.bench.needs_address(self.release):
            known |= {
                "environment": "emulator", "resource_manager": self.emulator.ready["resource_manager"],
            }  # fmt: skip
            known["steps"][1:1] = [world.step("environment")]
        return known | more

    def variables(self, imds=None, protocol="imds"):
        ready = self.emulator.ready
        return self.bench.programs.variables(imds or ready["imds"], ready["resource_manager"], protocol)

    def start(self, plan, name="job", variables=None, through=(), script="job.ps1"):
        variables = self.variables() if variables is None else variables
        start = self.bench.programs.start
        return start(script, plan, self.folder, self.home, variables, name, through)

    def finish(self, process, seconds=SECONDS_OF_A_CASE):
        code = process.wait(time.time() + seconds)
        errors = process.errors.read_text(encoding="utf-8", errors="replace")
        return Ended(code, programs.records(process.text()), process.began, errors, self.folder)

    def keep(self):
        """A copy of what PowerShell has kept in the user's folder."""
        copy = self.bench.programs.folder("kept") / "copy"
        shutil.copytree(self.kept, copy)
        return copy

    def restore(self, copy):
        shutil.copytree(copy, self.kept, dirs_exist_ok=True)

    def run(self, steps, variables=None, name="job", counted=False, **more):
        """One process; with `counted` each step says how many requests for tokens it made."""
        admin = self.emulator.ready["admin"] if counted else None
        extra = variables or {}
        plan = self.plan(steps, admin=admin, **more)
        return self.finish(self.start(plan, name, self.variables() | extra))


class Bench:
    """`own_profile` is the folder that all cases share one after the other, where each cannot have its own."""

    def __init__(self, the_programs, releases, report, edition, workers=8, own_profile=None):
        self.programs, self.releases, self.report, self.edition = the_programs, releases, report, edition
        self.workers, self.own_profile = 1 if own_profile else workers, own_profile
        self.at_address = has_own_metadata_address()

    def needs_address(self, release):
        """Whether a release knows no variable that leads it to IMDS."""
        return not release.at_least("2.8.0")

    def playable(self, needs_resources=False, all_releases=False):
        """The releases that can be tried here; the others are skipped, each with the reason."""
        for release in self.releases:
            if self.needs_address(release) and not (all_releases and self.at_address):
                why = "no namespace with the metadata address" if all_releases else "it was not measured"
                self.report.skip(f"Az.Accounts {release}", f"it knows no variable, and {why}")
            elif needs_resources and not release.resources:
                self.report.skip(f"Az.Accounts {release}", "no Az.Resources that works with it is there")
            else:
                yield release

    @contextlib.contextmanager
    def case(self, release, name, configuration):
        """A case with an emulator of its own."""
        folder = self.programs.folder(f"{release}-{name}")
        listen = METADATA_ADDRESS if self.needs_address(release) else "127.0.0.1:0"
        with programs.Emulator(self.programs, folder, configuration, listen) as emulator:
            yield Case(self, release, folder, emulator)

    def each(self, play, cases):
        """The results of cases that are played side by side, in their order."""
        cases = list(cases)
        # There is one metadata address, so that what needs it is played alone.
        alone = [case for case in cases if self.needs_address(case[0])]
        with ThreadPoolExecutor(self.workers) as pool:
            together = {case: pool.submit(play, *case) for case in cases if case not in alone}
            results = {case: play(*case) for case in alone}
            results |= {case: future.result() for case, future in together.items()}
        return [results[case] for case in cases]
