"""Patches that were found, shown: some of them cut out, or all of a node on a sheet."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.engine.exports import AlreadyThere, ExportError
from explorer.engine.patch_questions import CutPatches, ExportSheet
from explorer.formats.atomic import replacing
from explorer.formats.patch_pictures import drawn, tiles
from explorer.formats.words import refusal
from explorer.maths.patch_records import PatchTiles
from explorer.maths.records import Exported, Progress

OFTEN = 0.1
"""Seconds of cutting between two answers."""


def cut(question: CutPatches) -> Iterator[PatchTiles]:
    """The patches as they are cut, some at a time."""
    numbers, parts, began = [], [], time.monotonic()
    for some, pixels in tiles(question.folder, question.wanted, question.side):
        numbers += some
        parts.append(pixels)
        if time.monotonic() - began > OFTEN:
            yield PatchTiles(tuple(numbers), np.concatenate(parts))
            numbers, parts, began = [], [], time.monotonic()
    if numbers:
        yield PatchTiles(tuple(numbers), np.concatenate(parts))


def check_sheet(path: str, replace: bool) -> None:
    """Raise ExportError where a sheet cannot be written to this path."""
    if Path(path).suffix.lower() != ".png":
        raise ExportError(refusal(path, "cannot hold a sheet of patches", "choose a name that ends in .png"))
    if Path(path).exists() and not replace:
        raise AlreadyThere(refusal(path, "is there already", "choose another name, or take it away"))


def write_sheet(question: ExportSheet) -> Iterator[Progress | Exported]:
    """Draw all patches of a node, and write them as PNG. Raises Refusal."""
    check_sheet(question.path, question.replace)
    for step in drawn(question.folder, question.files, question.patches, question.classes):
        if isinstance(step, tuple):
            yield Progress(f"Cutting the patches of {question.patches.node}", *step)
        else:
            data = io.BytesIO()
            step.save(data, "PNG")
            with replacing(question.path, data.tell()) as file:
                file.write(data.getbuffer())
    yield Exported((question.path,))
