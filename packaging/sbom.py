"""The bill of materials: CycloneDX 1.6 as JSON, made of what Cargo says, with the same bytes each time."""

from __future__ import annotations

import json
import time
import uuid

import common
import crates

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, common.NAMES["repository"])


def document(triple: str) -> str:
    """The bill of materials of the three programs together on that platform."""
    found = crates.linked(triple)
    references = {identity: crate.purl for identity, crate in found.items()}
    own = [crate for crate in found.values() if not crate.checksum]
    root = f"pkg:github/{common.NAMES['organisation']}/imds-emulator@{common.VERSION}"
    body = {
        "metadata": {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(common.source_date())),
            "component": _product(root),
        },
        "components": [_component(crate) for crate in found.values()],
        "dependencies": [
            {"ref": root, "dependsOn": [crate.purl for crate in own]},
            *({"ref": crate.purl, "dependsOn": sorted(references[need] for need in crate.dependencies)}
              for crate in found.values()),
        ],
    }
    serial = uuid.uuid5(_NAMESPACE, triple + json.dumps(body, sort_keys=True))
    head = {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1}
    return json.dumps(head | body, indent=1) + "\n"


def _product(reference: str) -> dict:
    return {
        "type": "application",
        "bom-ref": reference,
        "name": "imds-emulator",
        "version": common.VERSION,
        "description": common.NAMES["summary"],
        "licenses": [{"expression": common.LICENCE}],
        "purl": reference,
    }


def _component(crate: crates.Crate) -> dict:
    component: dict = {
        "type": "library" if crate.checksum else "application",
        "bom-ref": crate.purl,
        "name": crate.name,
        "version": crate.version,
        "description": crate.description,
        "scope": "required",
        "purl": crate.purl,
    }
    if crate.licence:
        component["licenses"] = [{"expression": crate.licence}]
    if crate.checksum:
        component["hashes"] = [{"alg": "SHA-256", "content": crate.checksum}]
    if crate.repository:
        component["externalReferences"] = [{"type": "vcs", "url": crate.repository}]
    return component
