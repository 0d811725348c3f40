"""Which of a network's classes, and which pictures of a folder, labels speak of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import takewhile
from pathlib import PurePosixPath

from explorer.formats.class_folder import matched
from explorer.formats.words import shown
from explorer.maths.labelled import LabelledPicture
from explorer.maths.records import PICTURE_ENDINGS

SAME = (
    ("aeroplane", "airplane"), ("motorbike", "motorcycle"), ("sofa", "couch"), ("tv", "television", "tvmonitor"),
    ("cellphone", "mobilephone"), ("hairdrier", "hairdryer"), ("donut", "doughnut"), ("person", "pedestrian"),
)  # fmt: skip
"""Names for one class, without spaces: COCO's, Pascal VOC's and what else is usual."""


def classes_of(names: Sequence[str], labels: Sequence[str], classes: int) -> dict[str, int]:
    """Which of the network's classes each name means: as folders of classes do, or by another word for the same.

    A name that could mean several classes, or none, is left out. classes: how many there are; labels may be fewer.
    """
    found = matched(names, labels, classes)
    known: dict[str, set[int]] = defaultdict(set)
    for number, label in enumerate(labels[:classes]):
        known[_joined(label)].add(number)
    for name in names:
        if name not in found:
            words = {_joined(name), *(word for same in SAME if _joined(name) in same for word in same)}
            meant = set().union(*(known.get(word, set()) for word in words))
            if len(meant) == 1:
                (found[name],) = meant
    return found


def pictures_of(
    files: Sequence[str], pictures: Iterable[LabelledPicture]
) -> tuple[dict[int, LabelledPicture], list[str]]:
    """By the number of a file, what its labels say; and sentences on labels that fit no file, or several.

    A file is found by its name, or without its ending; of several, that in the folders most alike.
    """
    by_name: dict[str, list[int]] = defaultdict(list)
    for number, file in enumerate(files):
        name = PurePosixPath(file).name.casefold()
        by_name[name].append(number)
        by_name[_stem(name)].append(number)
    found: dict[int, LabelledPicture] = {}
    lost, unclear = [], []
    for picture in pictures:
        path = picture.path.replace("\\", "/")
        name = PurePosixPath(path).name.casefold()
        there = by_name.get(name) or by_name.get(_stem(name), [])
        near = [_alike(files[number], path) for number in there]
        best = [number for number, alike in zip(there, near, strict=True) if alike == max(near)]
        if not best:
            lost.append(path)
        elif len(best) > 1 or best[0] in found:
            unclear.append(path)
        else:
            found[best[0]] = picture
    told = []
    if lost:
        all_told = len(found) + len(lost) + len(unclear)
        told.append(
            f"Of {all_told:,} labelled pictures the folder lacks {len(lost):,}, such as “{shown(lost[0], 60)}”."
        )
    if unclear:
        which = f"{len(unclear):,}, such as those of “{shown(unclear[0], 60)}”"
        told.append(f"Labels that fit several files, or a file that has labels already: {which}.")
    return found, told


def _joined(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalnum())


def _stem(name: str) -> str:
    return name.rpartition(".")[0] if name.endswith(PICTURE_ENDINGS) else name


def _alike(file: str, path: str) -> int:
    """How many folders are the same, from the file on upwards."""
    pairs = zip(reversed(file.split("/")[:-1]), reversed(path.split("/")[:-1]), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
