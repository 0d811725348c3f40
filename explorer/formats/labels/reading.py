"""Labels by the path people give: a file of COCO's, or a folder of Pascal VOC's or YOLO's files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from explorer.formats.labels import coco, voc, yolo
from explorer.formats.labels.problems import LabelError
from explorer.formats.picture_files import PictureError
from explorer.formats.picture_folder import files_in
from explorer.formats.words import refusal
from explorer.maths.labelled import LabelSet

ENDINGS = (".xml", ".txt", ".json")
NO_LABELS = ("classes.txt", "train.txt", "val.txt", "test.txt", "requirements.txt")
"""Texts beside labels; those whose names begin with “readme” are none either."""
ADVICE = "choose COCO's .json file, or a folder with the .xml files of Pascal VOC or the .txt files of YOLO"


def read(path: str | Path) -> Iterator[int | LabelSet]:
    """How much was read so far, now and then, and last the labels. Raises LabelError."""
    if not os.path.isdir(path):
        if Path(path).suffix.lower() != ".json":
            there = "is neither a folder nor a .json file" if os.path.exists(path) else "was not found"
            raise LabelError(refusal(path, there, ADVICE))
        yield from coco.read(path)
        return
    found: list[str] = []
    try:
        for step in files_in(path, ENDINGS, "labels"):
            if isinstance(step, int):
                yield step
            else:
                found = [entry.path for entry in step]
    except PictureError as error:
        raise LabelError(str(error)) from error
    by_ending = {ending: [one for one in found if one.lower().endswith(ending)] for ending in ENDINGS}
    texts = [one for one in by_ending[".txt"] if not _beside(Path(one).name.lower())]
    if by_ending[".xml"]:
        yield from voc.read(path, by_ending[".xml"])
    elif texts:
        yield from yolo.read(path, texts)
    elif len(by_ending[".json"]) == 1:
        yield from coco.read(Path(path) / by_ending[".json"][0])
    else:
        raise LabelError(refusal(path, "holds no labels", ADVICE))


def _beside(name: str) -> bool:
    return name in NO_LABELS or name.startswith("readme")
