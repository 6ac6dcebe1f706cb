"""NuGet packages without .NET: a zip with a nuspec and the two files that its format (OPC) asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import escape

import common
from common import Entry

NUSPEC = "http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
MANIFEST = "http://schemas.microsoft.com/packaging/2010/07/manifest"
HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'


@dataclass(frozen=True)
class Package:
    """A package: its id, what it is in a sentence, its files, and what further stands in its nuspec."""

    id: str
    description: str
    files: list[Entry]
    tags: str = "azure imds managed-identity testing"
    metadata: list[str] = field(default_factory=list)

    def write(self, out: Path) -> Path:
        """Writes it as NuGet names it."""
        files = [*self.files, *common.licences()]
        head = [self._relationships(), Entry(f"{self.id}.nuspec", self._nuspec().encode()), _content_types(files)]
        return common.write_zip(out / f"{self.id}.{common.VERSION}.nupkg", [*head, *files], ordered=True)

    def _nuspec(self) -> str:
        names = common.NAMES
        lines = [
            f"<id>{self.id}</id>",
            f"<version>{common.VERSION}</version>",
            f"<authors>{escape(names['authors'])}</authors>",
            f'<license type="expression">{common.LICENCE}</license>',
            f"<projectUrl>{names['repository']}</projectUrl>",
            f"<description>{escape(self.description)}</description>",
            f"<tags>{self.tags}</tags>",
            *self.metadata,
        ]
        inside = "".join(f"    {line}\n" for line in lines)
        return f'{HEAD}<package xmlns="{NUSPEC}">\n  <metadata>\n{inside}  </metadata>\n</package>\n'

    def _relationships(self) -> Entry:
        one = f'<Relationship Type="{MANIFEST}" Target="/{self.id}.nuspec" Id="R1" />'
        return Entry("_rels/.rels", f'{HEAD}<Relationships xmlns="{RELATIONSHIPS}">{one}</Relationships>\n'.encode())


def _content_types(files: list[Entry]) -> Entry:
    """Every part has a type: by its extension, or by its name where it has none."""
    paths = [PurePosixPath(entry.path) for entry in files]
    extensions = sorted({path.suffix[1:] for path in paths if path.suffix} | {"nuspec"})
    defaults = ['<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />']
    defaults += [f'<Default Extension="{extension}" ContentType="application/octet" />' for extension in extensions]
    bare = sorted(str(path) for path in paths if not path.suffix)
    overrides = [f'<Override PartName="/{path}" ContentType="application/octet" />' for path in bare]
    inside = "".join(f"  {line}\n" for line in [*defaults, *overrides])
    return Entry("[Content_Types].xml", f'{HEAD}<Types xmlns="{CONTENT_TYPES}">\n{inside}</Types>\n'.encode())
