"""Reads a NuGet package entry by entry, as its format asks: .rels, nuspec, content types."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

NUSPEC = "{http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
MANIFEST = "http://schemas.microsoft.com/packaging/2010/07/manifest"


class Package:
    """A package that was read. Entries are those beside the three that each package has, and the licences."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            self.contents = {name: archive.read(name) for name in names}
            self.executable = {info.filename for info in archive.infolist() if info.external_attr >> 16 & 0o100}
        assert len(names) == len(self.contents), "an entry stands there twice"
        [relationship] = ElementTree.fromstring(self.contents["_rels/.rels"]).iter(f"{RELATIONSHIPS}Relationship")
        assert relationship.get("Type") == MANIFEST
        self.manifest = relationship.get("Target").removeprefix("/")
        self.metadata = ElementTree.fromstring(self.contents[self.manifest]).find(f"{NUSPEC}metadata")
        assert path.name == f"{self.text('id')}.{self.text('version')}.nupkg"
        assert self.manifest == f"{self.text('id')}.nuspec"
        assert names[0] == "_rels/.rels", "NuGet reads the relationships first"
        self._check_types()
        own = {"_rels/.rels", "[Content_Types].xml", self.manifest, "LICENSE-APACHE", "LICENSE-MIT"}
        assert own <= set(names)
        self.entries = set(names) - own

    def text(self, name: str) -> str:
        """The text of an element of the metadata."""
        return self.metadata.findtext(f"{NUSPEC}{name}")

    def find(self, path: str) -> ElementTree.Element:
        """An element beneath the metadata, its steps separated by slashes."""
        return self.metadata.find("/".join(f"{NUSPEC}{step}" for step in path.split("/")))

    def _check_types(self) -> None:
        types = ElementTree.fromstring(self.contents["[Content_Types].xml"])
        extensions = {one.get("Extension") for one in types.iter(f"{TYPES}Default")}
        parts = {one.get("PartName") for one in types.iter(f"{TYPES}Override")}
        for name in self.contents.keys() - {"[Content_Types].xml"}:
            suffix = name.rsplit("/", 1)[-1].rpartition(".")[2] if "." in name.rsplit("/", 1)[-1] else None
            assert suffix in extensions or f"/{name}" in parts, f"{name} has no content type"
