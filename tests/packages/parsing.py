"""Parses sources of languages whose compilers are not here, with tree-sitter's grammars. Shows errors of syntax only."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import support

GRAMMARS = {"c_sharp": "tree-sitter-c-sharp==0.23.5", "powershell": "tree-sitter-powershell==0.26.4"}


def check(language: str, sources: dict[str, bytes], wrong: bytes, banned: dict[str, str] = {}) -> None:
    """Fails where a source is not of that language, or has a node of `banned`; `wrong` has to be found wrong."""
    python = support.environment("parsing", ["tree-sitter==0.26.1", *GRAMMARS.values()]) / "python"
    for name, source in {**sources, "": wrong}.items():
        done = subprocess.run([python, __file__, language], input=source, stdout=subprocess.PIPE, check=True)
        found = json.loads(done.stdout)
        faults = [f"{name}:{line}: not {language}: {text}" for line, text in found["faults"]]
        faults += [f"{name}: {banned[kind]}" for kind in found["kinds"] if kind in banned]
        if name and faults:
            sys.exit("\n".join(faults))
        if not name and not faults:
            sys.exit(f"the grammar of {language} takes a wrong text: it shows nothing")
    print(f"{language}: {len(sources)} sources parsed")


def _parsed(language: str, source: bytes) -> dict[str, object]:
    import tree_sitter

    grammar = tree_sitter.Language(importlib.import_module(f"tree_sitter_{language}").language())
    root = tree_sitter.Parser(grammar).parse(source).root_node
    faults, kinds, nodes = [], set(), [root]
    while nodes:
        node = nodes.pop()
        kinds.add(node.type)
        if node.type == "ERROR" or node.is_missing:
            faults.append((node.start_point.row + 1, node.text.decode(errors="replace")[:60]))
        nodes += node.children
    return {"faults": faults, "kinds": sorted(kinds)}


if __name__ == "__main__":
    print(json.dumps(_parsed(sys.argv[1], sys.stdin.buffer.read())))
