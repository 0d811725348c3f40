"""Files of torch.export that run something when torch loads them, each in its own way: what our reader is to refuse, or
not to look at, and torch's to fall for (else they prove nothing)."""

from __future__ import annotations

import io
import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from tests.exported_side import changed, graph_of

Members = dict[str, bytes]
LOADED = """
import sys, torch
for path in sys.argv[1:]:
    try:
        torch.export.load(path)
    except Exception:
        pass
"""
"""A program that loads the files it is given as torch does."""


class Marker:
    """Pickled, it makes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.system, (f"touch {self.path}",)


class Within:
    """The same, but the pickle comes out of torch.storage, which torch's own list of safe names has not."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return torch.storage._load_from_bytes, (as_torch(Marker(self.path)),)


def as_torch(thing: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(thing, buffer)
    return buffer.getvalue()


def code(marker: Path) -> str:
    """An expression that makes the file when it is computed."""
    return f"__import__('os').system('touch {marker}')"


def table(members: Members, kind: str, change: Callable[[dict[str, Any]], None]) -> None:
    """Change the table of `weights` or `constants`."""
    name = f"data/{kind}/model_{kind}_config.json"
    document = json.loads(members[name])
    change(document["config"])
    members[name] = json.dumps(document).encode()


def _constant(members: Members, name: str, data: bytes) -> None:
    members[f"data/constants/{name}"] = data
    entry = {"path_name": name, "is_param": False, "use_pickle": True, "tensor_meta": None}
    table(members, "constants", lambda config: config.update(extra=entry))


def _weight(members: Members, data: bytes) -> None:
    members["data/weights/weight_0"] = data
    table(members, "weights", lambda config: config["conv.weight"].update(use_pickle=True))


def _old(members: Members, **parts: bytes) -> None:
    """As PyTorch 2.7 wrote them: nothing lies in a folder."""
    model = members["models/model.json"]
    members.clear()
    members["version"] = ".".join(
        str(json.loads(model)["schema_version"][part]) for part in ("major", "minor")
    ).encode()
    members["serialized_exported_program.json"] = model
    for name in ("state_dict", "constants", "example_inputs"):
        members[f"serialized_{name}.pt"] = parts.get(name, as_torch({}))


def _sizes(document: dict[str, Any], expression: str) -> None:
    size = {"as_expr": {"expr_str": expression, "hint": {"as_int": 1}}}
    document["graph_module"]["graph"]["tensor_values"]["x"]["sizes"][0] = size


TRICKS: dict[str, Callable[[Members, Path], None]] = {
    "sample inputs": lambda m, p: m.update({"data/sample_inputs/model.pt": as_torch(Marker(p))}),
    "sample inputs, within": lambda m, p: m.update({"data/sample_inputs/model.pt": as_torch(Within(p))}),
    "sample inputs, bare": lambda m, p: m.update({"data/sample_inputs/model.pt": pickle.dumps(Marker(p), 2)}),
    "old weights": lambda m, p: m.update({"data/weights/model.pt": as_torch(Marker(p))}),
    "old constants": lambda m, p: m.update({"data/constants/model.pt": as_torch(Marker(p))}),
    "a weight": lambda m, p: _weight(m, as_torch(Marker(p))),
    "a weight, within": lambda m, p: _weight(m, as_torch({"a": [Within(p)]})),
    "a constant": lambda m, p: _constant(m, "tensor_0", as_torch(Marker(p))),
    "an object": lambda m, p: _constant(m, "opaque_obj_0", pickle.dumps(Marker(p))),
    "a size": lambda m, p: graph_of(m, lambda d: _sizes(d, code(p))),
    "a range": lambda m, p: graph_of(m, lambda d: d.update(range_constraints={code(p): {"min_val": 1, "max_val": 2}})),
    "2.7, state": lambda m, p: _old(m, state_dict=as_torch(Marker(p))),
    "2.7, constants": lambda m, p: _old(m, constants=as_torch(Marker(p))),
    "2.7, inputs": lambda m, p: _old(m, example_inputs=as_torch(Marker(p))),
    "a library": lambda m, p: m.update({"data/aotinductor/model/model.so": as_torch(Marker(p))}),
}  # fmt: skip


def hostile(whole: Path, folder: Path) -> list[tuple[str, Path, Path]]:
    """Of a whole file the tricks: each's name, its file, and the marker that it would leave."""
    made = []
    for number, (name, trick) in enumerate(TRICKS.items()):
        marker, path = folder / f"ran-{number}", folder / f"trick-{number}.pt2"

        def change(members: Members, trick: Callable[[Members, Path], None] = trick, marker: Path = marker) -> None:
            trick(members, marker)

        changed(whole, path, change, at_the_top=name.startswith("2.7"))
        made.append((name, path, marker))
    return made
