"""What training programs note of a network's classes beside its weights: a list of names, or names by number.

Source: what torchvision's data sets call it (classes, class_to_idx), transformers (id2label, label2id), fastai (vocab),
Ultralytics (names, in ONNX as Python writes a table) and OpenMMLab (CLASSES).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from explorer.formats.strict_json import Fault, parsed
from explorer.formats.words import shown
from explorer.network.analysis import analyse
from explorer.network.ends import main_end
from explorer.network.network import Network

KEYS = frozenset((
    "categories", "class_labels", "class_names", "class_to_idx", "classes", "classnames", "id2label", "idx_to_class",
    "label2id", "label_names", "labels", "names", "vocab",
))  # fmt: skip
"""What such a list is called, in small letters."""
DEEPEST = 3
"""Tables in tables that are looked into."""
MOST = 100_000
LONGEST = 80
"""Characters of a name."""
MOST_TEXT = 5_000_000
NUMBER = re.compile(r"[0-9]{1,6}")
ROW = re.compile(r"""\s*(\d+)\s*:\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*(?:,|\Z)""")
"""A number and a name as Python writes them in a table."""

Noted = Mapping[str, tuple[str, ...]]
"""Lists of names by what they are called in the file."""


def noted(value: Any) -> dict[str, tuple[str, ...]]:
    """The lists of class names in what a file says beside its weights: tables of values and texts."""
    found: dict[str, tuple[str, ...]] = {}
    level = [("", value)]
    for _ in range(DEEPEST):
        inner = []
        for path, table in level:
            for key, part in table.items() if isinstance(table, Mapping) else ():
                name = f"{path}{key}"
                if type(key) is str and key.lower() in KEYS and (names := _names(part)):
                    found[shown(name, LONGEST)] = names
                elif isinstance(part, Mapping):
                    inner.append((f"{name}.", part))
        level = inner
    return found


def chosen(lists: Noted, network: Network, main: str = "") -> tuple[tuple[str, ...], str]:
    """The names of the network's classes, and the sentence about them. None are taken where their number is not that
    of what the network puts out, or where lists of that number differ."""
    ends = [id for id in network.nodes if not network.users[id]]
    shape = analyse(network)[main_end(network, ends, main)].shape if ends else None
    if not lists or shape is None or len(shape) != 1:
        return (), ""
    fitting = {name: names for name, names in lists.items() if len(names) == shape[0]}
    if len(set(fitting.values())) == 1:
        name, names = next(iter(fitting.items()))
        return names, f" Its classes are called as the file says in “{name}”."
    if fitting:
        return (), f" The file names its classes in several ways, {_listed(list(fitting))}: none is taken."
    name, names = next(iter(lists.items()))
    return (), f" The file has {len(names):,} names of classes in “{name}”, and the network {shape[0]:,} outputs."


def _listed(names: list[str]) -> str:
    return " and ".join(f"“{name}”" for name in names[:3])


def _names(value: Any) -> tuple[str, ...]:
    """Names in the order of their classes; none where these are no names."""
    if type(value) is str:
        value = _read(value)
    if isinstance(value, Mapping):
        pairs = list(value.items())
        if all(type(number) is int for _, number in pairs):
            pairs = [(number, name) for name, number in pairs]
        by_number = {int(key): name for key, name in pairs if type(key) is int or NUMBER.fullmatch(str(key))}
        if len(by_number) != len(pairs) or by_number.keys() != set(range(len(pairs))):
            return ()
        value = [by_number[number] for number in range(len(pairs))]
    if not isinstance(value, list | tuple) or not 1 < len(value) <= MOST or any(type(one) is not str for one in value):
        return ()
    return tuple(shown(name, LONGEST) for name in value)


def _read(text: str) -> Any:
    """A list or table that was written as JSON, or numbers and names as Python writes them."""
    if len(text) > MOST_TEXT:
        return None
    try:
        return parsed(text.encode(errors="replace"))
    except Fault:
        pass
    inside, place, rows = text.strip().removeprefix("{").removesuffix("}"), 0, {}
    while (row := ROW.match(inside, place)) is not None:
        rows[row[1]] = re.sub(r"\\(.)", r"\1", row[2] if row[2] is not None else row[3])
        place = row.end()
    return rows if place == len(inside) else None
