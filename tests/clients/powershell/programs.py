"""The programs of a case: the emulator, the broker, and PowerShell as a user with a folder of its own.

All of them listen on loopback only. Each is ended by its own process id, with what it has started.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import time
import urllib.request

SCRIPTS = pathlib.Path(__file__).resolve().parent / "scripts"
WINDOWS = sys.platform == "win32"
SECONDS_TO_START = 30

# What of this machine's environment would lead a cmdlet elsewhere, or change what it keeps.
FOREIGN = (
    "AZURE_", "ARM_", "MSI_", "MSAL_", "IDENTITY_", "IMDS_", "DEFAULT_IDENTITY_", "HTTP_PROXY", "HTTPS_PROXY",
    "ALL_PROXY", "NO_PROXY", "AZCONTEXTAUTOSAVE", "AZURE_PROFILE_AUTOSAVE", "XDG_", "HOME", "USERPROFILE",
    "PSMODULEPATH",
)  # fmt: skip

# Neither PowerShell nor its modules report to anybody.
QUIET = {
    "POWERSHELL_TELEMETRY_OPTOUT": "1",
    "POWERSHELL_UPDATECHECK": "Off",
    "DOTNET_CLI_TELEMETRY_OPTOUT": "1",
    "Azure_PS_Data_Collection": "false",
    "SuppressAzurePowerShellBreakingChangeWarnings": "true",
}


class Failed(Exception):
    """Something that a case needs did not work."""


class Process:
    """A program that has been started, with its output in files."""

    def __init__(self, command, folder, name, environment=None):
        self.output = folder / f"{name}.out"
        self.errors = folder / f"{name}.err"
        self.began = time.time()
        apart = {} if WINDOWS else {"start_new_session": True}
        with open(self.output, "wb") as output, open(self.errors, "wb") as errors:
            self.process = subprocess.Popen(
                [str(part) for part in command], env=environment, cwd=folder,
                stdin=subprocess.DEVNULL, stdout=output, stderr=errors, **apart,
            )  # fmt: skip

    def text(self):
        return self.output.read_text(encoding="utf-8", errors="replace")

    def wait(self, until):
        """Its exit code, or None where it had to be ended at that time."""
        try:
            return self.process.wait(max(0.1, until - time.time()))
        except subprocess.TimeoutExpired:
            self.end()
            return None

    def end(self):
        """Ends it and what it has started."""
        if self.process.poll() is not None:
            return
        if WINDOWS:
            command = ["taskkill", "/T", "/F", "/PID", str(self.process.pid)]
            subprocess.run(command, capture_output=True, check=False)
        else:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Server(Process):
    """A server of this project, which says in a line of JSON that it is ready, and where."""

    def __init__(self, command, folder, name):
        super().__init__(command, folder, name)
        until = time.time() + SECONDS_TO_START
        while not self.text().endswith("\n"):
            if self.process.poll() is not None or time.time() > until:
                self.end()
                raise Failed(f"{name} did not start: {self.errors.read_text(errors='replace')}")
            time.sleep(0.05)
        self.ready = json.loads(self.text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()


class Emulator(Server):
    """An emulator with a configuration of its own."""

    def __init__(self, programs, folder, configuration, listen="127.0.0.1:0"):
        file = folder / "emulator.toml"
        file.write_text(configuration, encoding="utf-8")
        ports = ["--listen", listen, "--admin-listen", "127.0.0.1:0"]
        super().__init__([programs.emulator, "serve", "--config", file, *ports], folder, "emulator")

    def ask(self, path, method="GET", body=None):
        """What the administration port answers."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.ready["admin"] + path, data, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    def tally(self):
        """Counts of the requests for tokens: admitted, refused, and what faults answered."""
        counts = self.ask("/tally")["identity"]
        refused = sum(counts[f"refused_{limiter}"] for limiter in ("rate", "concurrency", "penalty"))
        return {"admitted": counts["admitted"], "refused": refused, "faulted": counts["faulted"]}

    def token_requests(self):
        """The requests for tokens, in the order in which they came."""
        entries = self.ask("/journal")["entries"]
        return [entry for entry in entries if entry["category"] == "identity"]

    def readers(self):
        """Of identities, which has read what in Resource Manager: {(client id, operation, subscription): count of HTTP 200}."""
        rows = self.ask("/resource_manager/tally")["requests"]
        keys = ("client_id", "operation", "subscription_id")
        return {tuple(row[key] for key in keys): row["count"] for row in rows if row["status"] == 200}


    def commands(self):
        """What each cmdlet has asked of Resource Manager, in its order: {cmdlet: [operation, ...]}."""
        asked = {}
        for entry in self.ask("/resource_manager/journal")["entries"]:
            if entry["command"]:
                asked.setdefault(entry["command"], []).append(entry["operation"])
        return asked


class Programs:
    """Where the programs are, and a folder for all that they write."""

    def __init__(self, built, powershell, scratch):
        suffix = ".exe" if WINDOWS else ""
        self.emulator = pathlib.Path(built) / f"imds-emulator{suffix}"
        self.client = pathlib.Path(built) / f"imds-client{suffix}"
        self.powershell = powershell
        self.scratch = pathlib.Path(scratch)
        self.folders = 0

    def folder(self, name):
        """A new folder for a case."""
        self.folders += 1
        folder = self.scratch / f"{self.folders:04}-{name}"
        folder.mkdir(parents=True)
        return folder

    def broker(self, folder, upstream):
        command = [self.client, "serve", "--listen", "127.0.0.1:0", "--upstream", upstream]
        return Server(command, folder, "broker")

    def variables(self, imds, resource_manager, protocol="imds"):
        """What leads a program to the emulator, as the emulator says itself."""
        command = [self.emulator, "env", "--shell", "docker", "--protocol", protocol, "--endpoint", imds]
        if resource_manager:
            command += ["--resource-manager", resource_manager]
        text = subprocess.run(command, capture_output=True, text=True, check=True, timeout=20).stdout
        lines = [line for line in text.splitlines() if line and not line.startswith("#")]
        return dict(line.split("=", 1) for line in lines)

    def environment(self, home, variables):
        """This machine's environment without what is foreign, for a user with that folder."""
        kept = {
            name: value for name, value in os.environ.items() if not name.upper().startswith(FOREIGN)
        }
        if WINDOWS:  # where names have no case: `no_proxy` is NO_PROXY again
            variables = {name: value for name, value in variables.items() if name != "no_proxy"}
        return kept | QUIET | {"HOME": str(home), "USERPROFILE": str(home)} | variables

    def start(self, script, plan, folder, home, variables, name="job", through=()):
        """Starts PowerShell with a script, and what the script is to do in a file."""
        command = [*through, *self.powershell, "-NoProfile", "-NonInteractive", "-File", SCRIPTS / script]
        if plan is not None:
            file = folder / f"{name}.json"
            file.write_text(json.dumps(plan), encoding="utf-8")
            command += ["-Case", file]
        return Process(command, folder, name, self.environment(home, variables))


def records(text):
    """What a script has said in lines of JSON; whatever else is printed is not ours."""
    lines = [line for line in text.splitlines() if line.startswith('{"step":')]
    return [json.loads(line) for line in lines]
