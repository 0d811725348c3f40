"""YOLO's text files: one for each picture, a line for each thing, `class x y width height`, and names of the classes.

x and y are the middle, all four shares of the picture. Source: Redmon, Darknet, scripts/voc_label.py.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path

from explorer.formats.labels.problems import LabelError, Problems, read_text
from explorer.formats.words import shown
from explorer.maths.labelled import Labelled, LabelledPicture, LabelSet

LARGEST = 1_000_000
"""Bytes of one file."""
MOST_CLASSES = 100_000
NAMES = ("classes.txt", "obj.names", "data.names", "coco.names", "voc.names", "data.yaml", "data.yml", "dataset.yaml")
"""Files that name the classes: in the folder of labels, or up to two folders above it."""
ABOVE = 3
NUMBER = re.compile(r"\d{1,4}(\.\d{0,20})?([eE]-?\d{1,3})?|\.\d{1,20}")
ITEM = re.compile(r"\s*(?:-|(?P<number>\d{1,6})\s*:)\s*(?P<name>[^#]*?)\s*(#.*)?")
"""A line of a YAML list or of a table from numbers to names."""


def read(folder: str | Path, paths: list[str]) -> Iterator[int | LabelSet]:
    """How many files were read so far, and last what they say; paths: in the folder. A broken one is told of."""
    problems, pictures = Problems(), []
    names = names_for(Path(folder))
    highest = -1
    for number, path in enumerate(paths):
        try:
            text = read_text(Path(folder) / path, LARGEST).decode("utf-8-sig", "replace")
        except LabelError as error:
            problems.say(str(error))
            continue
        reasons: list[str] = []
        things = []
        for kind, thing in _things(text, names, reasons):
            things.append(thing)
            highest = max(highest, kind)
        problems.add(path, reasons)
        pictures.append(LabelledPicture(str(Path(path).with_suffix("")), tuple(things)))
        yield number + 1
    yield LabelSet(tuple(pictures), names or tuple(map(str, range(highest + 1))), problems.told)


def names_for(folder: Path) -> tuple[str, ...]:
    """What the classes are called, by the first file that says so; nothing where none does."""
    for place in (folder, *folder.resolve().parents[: ABOVE - 1]):
        for file in (place / name for name in NAMES):
            if file.is_file():
                try:
                    text = read_text(file, LARGEST).decode("utf-8-sig", "replace")
                except LabelError:
                    continue
                found = _listed(text) if file.suffix in (".yaml", ".yml") else text.splitlines()
                if names := tuple(shown(name.strip(), 200) for name in found if name.strip()):
                    return names[:MOST_CLASSES]
    return ()


def _things(text: str, names: tuple[str, ...], reasons: list[str]) -> Iterator[tuple[int, Labelled]]:
    """Each line's class and box; what is none is told of."""
    for line, words in enumerate((words.split() for words in text.splitlines()), 1):
        if not words:
            continue
        if len(words) != 5:
            reasons.append(f"has {len(words)} words in line {line} instead of a class and four numbers")
            continue
        kind, *shares = words
        x, y, width, height = (float(share) if NUMBER.fullmatch(share) else math.nan for share in shares)
        if not (kind.isascii() and kind.isdigit() and len(kind) < 7 and int(kind) < MOST_CLASSES):
            reasons.append(f"has no class number in line {line}, but “{shown(kind, 20)}”")
        elif names and int(kind) >= len(names):
            reasons.append(f"has class {int(kind)} in line {line}, but only {len(names):,} classes have names")
        elif not (0 <= x <= 1 and 0 <= y <= 1 and 0 < width <= 1 and 0 < height <= 1):
            reasons.append(f"has something else than shares from 0 to 1 in line {line}")
        else:
            label = names[int(kind)] if names else str(int(kind))
            box = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            yield int(kind), Labelled(label, box)


def _listed(text: str) -> list[str]:
    """The names in YAML: a list in one line or in several, or a table from numbers to names."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("names:"):
            rest = line.removeprefix("names:").partition("#")[0].strip()
            if rest:
                whole = rest.startswith("[") and rest.endswith("]")
                return [_bare(name) for name in rest[1:-1].split(",")] if whole else []
            break
    found: dict[int, str] = {}
    for line in lines:
        item = ITEM.fullmatch(line)
        if item is None:
            if line.strip() and not line.lstrip().startswith("#"):
                break
            continue
        number = int(item["number"]) if item["number"] else len(found)
        if number != len(found):
            return []
        found[number] = _bare(item["name"])
    return list(found.values())


def _bare(name: str) -> str:
    return name.strip().strip("\"'")
