"""Ids for the layers of an ONNX graph: the names of the modules they came from, where an exporter left them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from explorer.formats.onnx.graph import Graph, Op

LONGEST = 120
"""Characters of an id."""

READ = 400
"""Characters of a name that are looked at."""

ASIDE = frozenset(("Identity", "QuantizeLinear", "DequantizeLinear", "FakeQuantize", "DynamicFakeQuantize"))
"""Operators that leave the module's name to what stands beside them."""

GENERATED = re.compile(r"node_|n\d+$|[A-Z]\w*?_\d+$")
"""Names that an exporter numbered."""


def names(graph: Graph) -> list[str]:
    """An id for each operator, in their order: `layer1.0.conv1`; two may be the same."""
    takers = Counter(name for op in graph.ops for name in op.inputs[1:2])
    telling = frozenset(name for name in graph.trained if name.endswith(".weight") and takers[name] == 1)
    paths = [_path(op, telling)[:READ] for op in graph.ops]
    containers = {path[:end] for path in set(paths) for end in range(len(path)) if path[end] == "."}
    kinds: dict[str, Counter[str]] = {}
    for path, op in zip(paths, graph.ops, strict=True):
        if op.kind not in ASIDE:
            kinds.setdefault(path, Counter())[op.kind] += 1
    alone = {path for path, found in kinds.items() if path and path not in containers and len(found) == 1}
    return [
        _shown(path if path in alone and op.kind not in ASIDE else _joined([path, op.kind.lower()]))
        for path, op in zip(paths, graph.ops, strict=True)
    ]


def called(name: str) -> str:
    """An id for an input of the graph: `mobilenet.conv` for mobilenet/conv."""
    return _shown(".".join(part for part in name[:READ].split("/") if part) or "input")


def _path(op: Op, telling: frozenset[str]) -> str:
    """The module that an operator came from, "" where that cannot be told.

    telling: weights that one operator alone takes. Of equal tables, as untrained layers have them, exporters keep one
    for all, under the name of the first layer.
    """
    for name in op.inputs[1:2]:
        if name in telling:
            return name.removesuffix(".weight")
    if op.scopes:
        return op.scopes[-1]
    parts = [part for part in op.name[:READ].split("/") if part]
    if not parts or (len(parts) == 1 and GENERATED.match(parts[0])):
        return ""
    if len(parts) > 1 or op.name.startswith("/"):
        parts = parts[:-1]  # the operator
    return _joined(parts)


def _joined(parts: Iterable[str]) -> str:
    """layer1, layer1.0, conv1 → layer1.0.conv1: a part that begins with the one before stands in its place."""
    path: list[str] = []
    for part in parts:
        if path and part.startswith(path[-1] + "."):
            path[-1] = part
        elif part:
            path.append(part)
    return ".".join(path)


def _shown(name: str) -> str:
    """As an id may be: printable, and not too long."""
    plain = name.isprintable() and " " not in name
    text = name if plain else "".join(c if c.isprintable() and c != " " else "_" for c in name)
    return text if len(text) <= LONGEST else f"…{text[1 - LONGEST :]}"
