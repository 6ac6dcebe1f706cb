"""The NuGet packages: a dotnet tool with the emulator, and the fixture for tests in .NET. No .NET is needed to make them."""

from __future__ import annotations

from pathlib import Path

import common
from common import Entry
from nupkg import HEAD, Package

HERE = common.HERE / "nuget"
PLATFORMS = (common.LINUX_X64,)
NAMES = common.NAMES["nuget"]
PROGRAM = "imds-emulator"


def build(out: Path, binaries: Path) -> list[Path]:
    """Writes both packages."""
    return [tool(binaries).write(out), testing(binaries).write(out)]


def tool(binaries: Path) -> Package:
    """A tool whose command is the native program: .NET 10 and newer start it without a runtime in between."""
    files = []
    for platform in PLATFORMS:
        folder, file = f"tools/any/{platform.rid}", f"{PROGRAM}{platform.exe}"
        command = f'<Command Name="{PROGRAM}" EntryPoint="{file}" Runner="executable" />'
        settings = f'{HEAD}<DotNetCliTool Version="2">\n  <Commands>\n    {command}\n  </Commands>\n</DotNetCliTool>\n'
        files.append(Entry(f"{folder}/DotnetToolSettings.xml", settings.encode()))
        files.append(Entry(f"{folder}/{file}", common.program(binaries, PROGRAM, platform), True))
    types = '<packageTypes><packageType name="DotnetTool" /></packageTypes>'
    return Package(NAMES["tool"], common.NAMES["summary"], files, metadata=[types])


def testing(binaries: Path) -> Package:
    """A source file that is compiled in the project of the tests, and the program beside it."""
    if f"namespace {NAMES['testing']}\n" not in (HERE / "ImdsVm.cs").read_text("utf-8"):
        raise ValueError(f"the source has another namespace than {NAMES['testing']}")
    source = f"cs/any/{NAMES['testing']}/ImdsVm.cs"
    files = [Entry(f"contentFiles/{source}", (HERE / "ImdsVm.cs").read_bytes())]
    files += [
        Entry(f"runtimes/{platform.rid}/native/{PROGRAM}{platform.exe}", common.program(binaries, PROGRAM, platform), True)
        for platform in PLATFORMS
    ]
    metadata = [
        "<developmentDependency>true</developmentDependency>",
        f'<contentFiles><files include="{source}" buildAction="Compile" /></contentFiles>',
    ]
    summary = "An Azure Instance Metadata Service for tests in .NET: a fixture for xunit and NUnit"
    return Package(NAMES["testing"], summary, files, metadata=metadata)
