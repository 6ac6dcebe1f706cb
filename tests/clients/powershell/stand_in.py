#!/usr/bin/env python3
"""NOT PowerShell: a stand-in that asks the emulator as a release of Az.Accounts does, for the self-test alone.

It takes PowerShell's command line, plays the same cases, and shows that the machinery counts, compares and
judges. It knows of a release only what expected.json says, so that a test against it proves nothing about Azure
PowerShell; `run` refuses it, since it calls itself a stand-in. A release is a folder such as Az.Accounts/2.12.1.
`STAND_IN_FLAW` in its environment makes it do something wrong, which the test has to find.
"""

import json
import os
import pathlib
import random
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from releases import Release  # noqa: E402

MANAGEMENT = "https://management.azure.com/"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
FLAW = os.environ.get("STAND_IN_FLAW", "")


class Refused(Exception):
    """IMDS or Resource Manager did not answer as wished."""


def fetch(url, headers=()):
    """Status and JSON."""
    try:
        with OPENER.open(urllib.request.Request(url, headers=dict(headers)), timeout=110) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, None
    except OSError:
        return None, None


class Session:
    """One process: what it has in memory, and the profile of its user."""

    def __init__(self, plan):
        self.plan, self.expected = plan, None
        self.known, self.token = None, None
        self.file = pathlib.Path(os.environ["HOME"]) / ".Azure" / "AzureRmContext.json"
        self.autosave = os.environ.get("AzContextAutoSave") != "false"
        self.settings = self.file.with_name("AzureRmContextSettings.json")

    def import_modules(self, _):
        version = pathlib.Path(self.plan["modules"][0]).parent.name
        self.expected = Release(version, None, None).expected
        off = self.settings.exists() or not self.autosave and os.environ.get("Azure_Profile_Autosave") == "false"
        self.autosave = self.autosave and not off
        if self.file.exists() and not off:
            self.known = json.loads(self.file.read_text())

    def environment(self, _):
        pass

    def get_token(self, account):
        """A token, with the release's own retries at a 429."""
        query = {"api-version": "2018-02-01", "resource": MANAGEMENT} | ({"client_id": account} if account else {})
        host = os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"]
        url = f"{host}/metadata/identity/oauth2/token?{urllib.parse.urlencode(query)}"
        retries = self.expected["retries"]["429"]["waits"]
        for wait in [*retries, None]:
            status, answer = fetch(url, {"Metadata": "true"})
            if status == 200:
                return answer["access_token"]
            if wait is None or status == 410 and not self.expected["retries"]["410"]["waits"]:
                break
            time.sleep(random.uniform(*wait) * (3 if FLAW == "slow" else 1))
        raise Refused(f"ManagedIdentityCredential authentication failed. Status: {status}")

    def tokens(self, account, count, subscription_error=None):
        """So many tokens, or the error that the cmdlet makes of a refusal."""
        for number in range(count):
            try:
                self.token = self.get_token(account)
            except Refused as error:
                if subscription_error and number == 0:
                    self.tokens_for_nothing(account)
                raise Refused(f"{subscription_error or error} | {error}") from error

    def tokens_for_nothing(self, account):
        """A Set-AzContext that fails tries a second token."""
        try:
            self.get_token(account)
        except Refused:
            pass

    def connect(self, step):
        counts = self.expected["tokens"]
        extra = 0 if FLAW == "few" else counts["first"]
        self.tokens(step.get("account"), counts["connect"] + (0 if self.known else extra))
        for _ in range(1 if self.known else 2):
            self.ask("Connect-AzAccount", "/tenants")
            self.ask("Connect-AzAccount", "/subscriptions")
        self.become(step.get("account"), "00000000-0000-4000-8000-00000000000a", step)

    def connect_with_retry(self, step):
        self.connect(step)
        self.set(step)

    def connect_with_token(self, step):
        command = [self.plan["imds_client"], "token", "--resource", MANAGEMENT, "--client-id", step["account"]]
        command += ["--format", "text", "--shared-cache", "--cache-dir", self.plan["cache"]]
        self.token = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout.strip()
        self.expected = self.expected | {"tokens": {"connect": 0, "first": 0, "set": 0, "get": 0}}
        self.become(step["account"], "00000000-0000-4000-8000-00000000000a", step)

    def set(self, step):
        self.signed_in()
        expected = self.expected["after_connect"] or {}
        self.tokens(self.known["account"], self.expected["tokens"]["set"], expected.get("set", "refused"))
        self.ask("Set-AzContext", "/tenants")
        self.ask("Set-AzContext", f"/subscriptions/{step['subscription']}")
        self.become(self.known["account"], step["subscription"], step)

    def get(self, _):
        self.signed_in()
        expected = self.expected["after_connect"] or {}
        again = self.expected["tokens"]["get"] or not self.token
        if again:
            try:
                self.token = self.get_token(self.known["account"])
            except Refused as error:
                raise Refused(f"{expected.get('get', 'refused')} … | {error}") from error
        answer = self.ask("Get-AzResource", f"/subscriptions/{self.known['subscription']}/resources")
        listed = [resource["id"].split("/")[2] for resource in answer["value"]]
        return {"resources": len(listed), "listed": sorted(set(listed))}

    def ask(self, cmdlet, path):
        """What Resource Manager answers."""
        headers = {"Authorization": f"Bearer {self.token}", "CommandName": cmdlet}
        status, answer = fetch(f"{resource_manager()}{path}?api-version=2021-01-01", headers)
        if status != 200:
            raise Refused(f"Resource Manager says {status}")
        return answer

    def signed_in(self):
        if not self.known:
            raise Refused("Run Connect-AzAccount to login.")

    def become(self, account, subscription, step):
        self.known = {"account": account, "subscription": subscription}
        if step.get("scope") != "Process" and self.autosave:
            self.save(json.dumps(self.known))

    def save(self, text):
        """As a whole, so that another process finds the old context or the new one."""
        self.file.parent.mkdir(exist_ok=True)
        new = self.file.with_name(f"{os.getpid()}.new")
        new.write_text(text)
        new.replace(self.file)

    def clear(self, step):
        self.known = None
        if step.get("scope") != "Process" and self.autosave:
            self.save("null")

    def autosave_off(self, step):
        self.autosave = False
        if step["scope"] == "CurrentUser":
            self.settings.parent.mkdir(exist_ok=True)
            self.settings.write_text("{}")

    def who(self, _):
        return dict(self.known or {})

    def wait(self, _):
        pathlib.Path(self.plan["ready"]).write_text("ready")
        while not pathlib.Path(self.plan["go"]).exists():
            time.sleep(0.02)


def resource_manager():
    _, clouds = fetch(os.environ["ARM_CLOUD_METADATA_URL"])
    return clouds[0]["resourceManager"].rstrip("/")


def requests(admin):
    if not admin:
        return 0
    counts = fetch(f"{admin}/tally")[1]["identity"]
    names = ("admitted", "faulted", "rejected", "refused_rate", "refused_concurrency")
    return sum(counts[name] for name in names)


def milliseconds():
    return round(time.time() * 1000)


def job(plan):
    session = Session(plan)
    names = {"import": session.import_modules}
    for step in plan["steps"]:
        asked, began = requests(plan.get("admin")), milliseconds()
        record = {"step": step["do"], "began": began, "errors": [], "resources": 0, "listed": []}
        try:
            record |= names.get(step["do"], getattr(session, step["do"], None))(step) or {}
        except (Refused, subprocess.SubprocessError) as error:
            record["errors"] = [str(error)]
        record["ended"], record["requests"] = milliseconds(), requests(plan.get("admin")) - asked
        print(json.dumps(record, separators=(",", ":"), ensure_ascii=False), flush=True)
        if record["errors"] and plan["on_error"] == "Stop":
            sys.exit(1)


def runspaces(plan):
    """Half of them list what another has chosen, unless each says which context it means."""
    for number, session in enumerate(plan["sessions"]):
        listed = session["subscription"] if plan["pinned"] or number % 2 else "another's"
        print(json.dumps({"step": "runspace", **session, "errors": [], "listed": [listed]}, separators=(",", ":")))


def commands():
    """What the script tries; one of them fails."""
    names = re.findall(r"^    '([^']+)' = \{", script_text("commands.ps1"), re.MULTILINE)
    for name in names:
        errors = ["no such cmdlet"] if FLAW == "cmdlet" and name == "Get-AzTag" else []
        print(json.dumps({"step": name, "errors": errors}, separators=(",", ":")))


def script_text(name):
    return (pathlib.Path(__file__).resolve().parent / "scripts" / name).read_text(encoding="utf-8")


def facts():
    print('{"step":"facts","edition":"stand-in","version":"0","profile_folder":"","module_folders":[]}')


def main():
    arguments = dict(zip(sys.argv[1:], sys.argv[2:]))
    script = pathlib.Path(arguments["-File"]).name
    plan = json.loads(pathlib.Path(arguments["-Case"]).read_text()) if "-Case" in arguments else None
    if script == "facts.ps1":
        facts()
    elif script == "unmodified.ps1":
        text = pathlib.Path(plan["script"]).read_text()
        account, subscription = re.findall(r"-(?:AccountId|Subscription) (\S+)", text)
        steps = [{"do": "import"}, {"do": "connect", "account": account}]
        steps += [{"do": "set", "subscription": subscription}, {"do": "get"}]
        job(plan | {"on_error": "Continue", "steps": steps})
    elif script == "runspaces.ps1":
        runspaces(plan)
    elif script == "commands.ps1":
        commands()
    else:
        job(plan)


main()
