"""A folder whose folders are classes: which of a network's classes the pictures in each of them show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from explorer.maths.confusion import UNKNOWN

WORDNET = re.compile(r"n\d{8}")
"""An id of WordNet, as ImageNet calls its classes; in the order of these ids the classes are numbered."""


def class_of(path: str) -> str:
    """The folder in the data set that a picture lies in, in whatever folder therein; "" for none."""
    folder, slash, _name = path.partition("/")
    return folder if slash else ""


def folders_of(files: Iterable[str]) -> dict[str, int]:
    """How many pictures each folder of a data set holds, by name."""
    counts = Counter(class_of(path) for path in files)
    return {folder: counts[folder] for folder in sorted(counts) if folder}


def matched(folders: Sequence[str], labels: Sequence[str], classes: int) -> dict[str, int]:
    """Which class each folder means: by a label as it is, by one of the words or the WordNet id in it whatever its
    case and spaces, or by its number. A folder that could mean several classes, or none, is left out.

    Where folders have WordNet ids and labels do not, and there are as many, the order of the ids is that of the
    classes; and so is the order of all names where classes have none, see `by_order`. classes: how many there are;
    labels may be fewer.
    """
    if by_order(folders, labels, classes):
        return {name: number for number, name in enumerate(sorted(folders))}
    ids = sorted(name for name in folders if WORDNET.fullmatch(name))
    if len(ids) == classes and not any(WORDNET.search(label) for label in labels):
        return {name: number for number, name in enumerate(ids)}
    known: dict[str, set[int]] = {}
    for number, label in enumerate(labels[:classes]):
        for word in _words(label):
            known.setdefault(word, set()).add(number)
    exact = {label: number for number, label in enumerate(labels[:classes]) if labels.count(label) == 1}
    found = {}
    for name in folders:
        meant = {exact[name]} if name in exact else known.get(_plain(name), set())
        if not meant and name.isascii() and name.isdigit() and len(name) < 10 and int(name) < classes:
            meant = {int(name)}
        if len(meant) == 1:
            (found[name],) = meant
    return found


def by_order(folders: Sequence[str], labels: Sequence[str], classes: int) -> bool:
    """Whether folders are taken for the classes in the order of their names, as torchvision's ImageFolder and Keras
    number them: where the classes have no names, there are as many folders, and none is a number. It is a guess, and
    to be told."""
    return not labels and len(folders) == classes > 1 and not any(name.isdigit() for name in folders)


def truths(files: Sequence[str], meant: dict[str, int]) -> NDArray[np.int32]:
    """(N,): the class that each picture shows by its folder, UNKNOWN where nobody said what that means."""
    return np.array([meant.get(class_of(path), UNKNOWN) for path in files], np.int32)


def _words(label: str) -> set[str]:
    """What a label may be called: as a whole, each of its synonyms, the WordNet id in it, and what is left without."""
    parts = [label, *label.split(",")]
    if id := WORDNET.search(label):
        rest = label.replace(id[0], "")
        parts += [id[0], rest, *rest.split(",")]
    return {word for part in parts if (word := _plain(part))}


def _plain(name: str) -> str:
    """A name without case, and with one space for whatever stands between its words."""
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))
