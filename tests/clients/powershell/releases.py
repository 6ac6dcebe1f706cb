"""The releases of Azure PowerShell that are on a machine, and what is known of each."""

import json
import pathlib
import re

HERE = pathlib.Path(__file__).resolve().parent
EXPECTED = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))

# Of a manifest's required modules, Az.Accounts with its least version, in either order.
REQUIRED = re.compile(
    r"ModuleName\s*=\s*['\"]Az\.Accounts['\"]\s*;\s*(?:ModuleVersion|RequiredVersion)\s*=\s*['\"]([\d.]+)['\"]"
    r"|(?:ModuleVersion|RequiredVersion)\s*=\s*['\"]([\d.]+)['\"]\s*;\s*ModuleName\s*=\s*['\"]Az\.Accounts['\"]"
)


def parsed(version):
    return tuple(int(part) for part in version.split("."))


class Release:
    """A release of Az.Accounts, with the newest Az.Resources that works with it, if any is there."""

    def __init__(self, version, accounts, resources):
        self.version = version
        self.accounts = accounts
        self.resources = resources
        known = [row for row in EXPECTED["generations"] if parsed(row["from"]) <= parsed(version)]
        self.expected = known[-1] if known else EXPECTED["generations"][0]
        self.measured = version in self.expected["measured"]

    @property
    def modules(self):
        return [str(file) for file in (self.accounts, self.resources) if file]

    def __str__(self):
        return self.version

    def at_least(self, version):
        return parsed(self.version) >= parsed(version)


def manifests(folders, module):
    """The manifests of a module, by version, where a folder holds NAME/VERSION/NAME.psd1."""
    found = {}
    for folder in folders:
        for file in sorted(pathlib.Path(folder).glob(f"{module}/*/{module}.psd1")):
            if re.fullmatch(r"\d+(\.\d+)+", file.parent.name):
                found.setdefault(file.parent.name, file)
    return found


def needs(manifest):
    """The least Az.Accounts that a manifest asks for."""
    match = REQUIRED.search(manifest.read_text(encoding="utf-8-sig", errors="replace"))
    return parsed(next(version for version in match.groups() if version)) if match else ()


def found(folders):
    """The releases in these folders, oldest first."""
    resources = manifests(folders, "Az.Resources")
    newest_first = sorted(resources, key=parsed, reverse=True)

    def fitting(version):
        fits = (name for name in newest_first if needs(resources[name]) <= parsed(version))
        name = next(fits, None)
        return resources[name] if name else None

    accounts = manifests(folders, "Az.Accounts")
    return [Release(name, accounts[name], fitting(name)) for name in sorted(accounts, key=parsed)]
