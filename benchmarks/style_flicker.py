"""How much a video in a style flickers: begun from the frame before, as `cnn-explorer style` does, or each by itself.

The film is a window that glides over a photo, 2 pixels a frame, with a camera's noise; so it is known where each pixel
was in the frame before. Flicker is the mean difference of two frames where the one before is moved along, in levels
of 0 to 255, but for a margin. Prints one JSON line: that of the film itself, of frames made one by one, of frames that
go on, and the latter by the former; and J of the last frame of both.
Usage: python -m benchmarks.style_flicker [SIZE] [FRAMES] [STEPS]
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.cli.style_many import going_on
from explorer.cli.style_words import FRAME_SHARE
from explorer.engine import library
from explorer.engine.questions import PictureFile, Pixels
from explorer.engine.style_pictures import from_pixels
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.engine.style_transfer import style
from explorer.formats.pictures import decode
from explorer.maths.resources import resources
from explorer.maths.style_records import Styled
from explorer.network.project import Project
from explorer.probes.style import Style

SIZE, FRAMES, STEPS = 128, 6, 60
GLIDE, NOISE, MARGIN = 2, 2.0, 8
"""Pixels a frame; levels, the deviation; pixels at the edges, of which it is not known where they were."""


def main() -> None:
    size, count, steps = [int(word) for word in sys.argv[1:]] or (SIZE, FRAMES, STEPS)
    *_, project = library.open_model("vgg16_trunk")
    assert isinstance(project, Project)
    samples, frames = resources() / "samples", film(size, count)
    painting = StylePicture(PictureFile(str(samples / "coffee.jpg")))
    question = StyleOf(project, Pixels(frames[0]), (painting,), Style(size=size, steps=steps))
    alone = [made(replace(question, content=Pixels(frame))) for frame in frames]
    along = alone[:1]
    for before, frame in pairwise(frames):
        now, last = from_pixels(frame), from_pixels(before)
        fewer = max(1, steps // FRAME_SHARE)
        along.append(made(going_on(replace(question, content=Pixels(frame)), along[-1], now, last, fewer)))
    found = {
        "film": flicker(frames), "one by one": flicker([one.picture for one in alone]),
        "going on": flicker([one.picture for one in along]),
    }  # fmt: skip
    print(json.dumps({
        "benchmark": "style_flicker", "size": size, "frames": count, "steps": [steps, max(1, steps // FRAME_SHARE)],
        "levels": {name: round(one, 2) for name, one in found.items()},
        "ratio": round(found["going on"] / found["one by one"], 3),
        "J": {"one by one": round(alone[-1].costs.total, 3), "going on": round(along[-1].costs.total, 3)}, "goal": 0.5,
    }))  # fmt: skip


def film(size: int, count: int) -> list[NDArray[np.uint8]]:
    """Frames (3/4 size, size, 3) of a window that glides to the right."""
    wide = size + GLIDE * (count - 1)
    whole = decode(resources() / "samples" / "cat.jpg").pixels
    high, noise = round(size * 0.75), np.random.default_rng(0)
    scene = np.asarray(resized(whole, wide))[:high].astype(float)
    frames = []
    for number in range(count):
        seen = scene[:, GLIDE * number : GLIDE * number + size]
        frames.append((seen + noise.normal(0, NOISE, seen.shape)).round().clip(0, 255).astype(np.uint8))
    return frames


def resized(pixels: NDArray[np.uint8], wide: int) -> Any:
    from PIL import Image

    image = Image.fromarray(pixels)
    return image.resize((wide, max(round(wide * 0.75), round(wide * image.height / image.width))))


def made(question: StyleOf) -> Styled:
    """The picture in the end."""
    *_, last = (step for step in style(question) if isinstance(step, Styled))
    return last


def flicker(frames: list[NDArray[np.uint8]]) -> float:
    """The mean difference of two frames of which the one before is moved along."""
    rows, here, there = slice(MARGIN, -MARGIN), slice(MARGIN, -MARGIN - GLIDE), slice(MARGIN + GLIDE, -MARGIN)
    apart = [np.abs(frame[rows, here].astype(int) - before[rows, there]).mean() for before, frame in pairwise(frames)]
    return float(np.mean(apart))


if __name__ == "__main__":
    main()
