"""What a detector finds in one picture after the other: those of a folder, or a video's frames."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from explorer.engine.detecting import detect
from explorer.engine.probes import picture
from explorer.engine.questions import Detect, PictureFile, Pixels
from explorer.formats.detections import Sighting
from explorer.formats.picture_files import PictureError
from explorer.formats.picture_folder import all_in
from explorer.formats.png_names import png_names
from explorer.maths.patch_records import Broken
from explorer.maths.records import Prediction, Progress


@dataclass(frozen=True, eq=False)
class Looked:
    """What was found in a picture, its pixels (H, W, 3), and the ids of nodes that ran with random weights.

    png: what a PNG of it is called in a folder with one of each picture; "" for a frame.
    """

    sighting: Sighting
    pixels: NDArray[np.uint8]
    untrained: tuple[str, ...]
    png: str = ""


def in_folder(question: Detect, folder: str) -> Iterator[Progress | Broken | Looked]:
    """Ask the question of each picture in a folder, in the order of their names. Raises Refusal."""
    found = yield from all_in(folder)
    names = png_names([entry.path for entry in found])
    for number, entry in enumerate(found):
        yield Progress(f"Looked at {number:,} of {len(found):,} pictures", number, len(found))
        source = PictureFile(os.path.join(folder, entry.path))
        try:
            shown = picture(source)
        except PictureError as error:
            yield Broken(entry.path, str(error))
            continue
        prediction = yield from _asked(replace(question, source=source))
        sighting = Sighting(entry.path, number, 0.0, shown.size, prediction.top)
        yield Looked(sighting, shown.pixels, prediction.untrained, names[entry.path])


def in_frame(
    question: Detect, name: str, number: int, time: float, pixels: NDArray[np.uint8]
) -> Iterator[Progress | Looked]:
    """Ask the question of a video's frame. time: its place, in seconds. Raises Refusal."""
    prediction = yield from _asked(replace(question, source=Pixels(pixels, name)))
    height, width = pixels.shape[:2]
    yield Looked(Sighting(name, number, time, (width, height), prediction.top), pixels, prediction.untrained)


def _asked(question: Detect) -> Generator[Progress, None, Prediction]:
    prediction = Prediction(())
    for step in detect(question):
        if isinstance(step, Progress):
            yield step
        else:
            prediction = step
    return prediction
