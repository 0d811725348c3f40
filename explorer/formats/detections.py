"""What was found in pictures, as files: a table, or COCO's JSON.

Source of the latter: cocodataset.org, Data format, object detection. There is one of COCO's images for each frame or
picture; a box is left, top, width, height in its pixels.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from explorer.maths.masks import coco_mask, taken
from explorer.maths.records import Guess

COLUMNS = (
    "picture", "time", "label", "class", "score", "left", "top", "right", "bottom", "area", "points", "point scores",
)  # fmt: skip


@dataclass(frozen=True)
class Sighting:
    """What was found in one picture. number: which one; time: of a video, in seconds; size: (width, height)."""

    name: str
    number: int
    time: float
    size: tuple[int, int]
    found: tuple[Guess, ...]


def as_csv(sightings: Sequence[Sighting]) -> str:
    """A line for each thing found; what has no box has empty sides. Sides in pixels, time in seconds.

    area: pixels of the mask, or of the box where there is none. points: across and down of each, with semicolons
    between them; point scores: of each of them, where the network tells.
    """
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for seen in sightings:
        for guess in seen.found:
            sides = [f"{side:.2f}" for side in guess.box] if guess.box else [""] * 4
            label = f"'{guess.label}" if guess.label[:1] in "=+-@" else guess.label  # a table would run it as a formula
            points = "; ".join(f"{x:.2f} {y:.2f}" for x, y in guess.points)
            scores = "; ".join(f"{score:.4f}" for score in guess.sure)
            area = _area(guess, seen.size)
            row = (seen.number, f"{seen.time:.3f}", label, guess.index, f"{guess.probability:.6f}")
            writer.writerow((*row, *sides, area, points, scores))
    return text.getvalue()


def _area(guess: Guess, size: tuple[int, int]) -> str:
    """Pixels of a mask, or of a box; nothing where there is neither."""
    if guess.box is None:
        return ""
    left, top, right, bottom = guess.box
    if guess.mask is None:
        return f"{(right - left) * (bottom - top):.2f}"
    return str(int(taken(guess.mask, guess.box, size).sum()))


def _keypoints(guess: Guess) -> dict[str, object]:
    """Landmarks as COCO has them: across, down, and 2 for each that is seen; with their scores where the network tells
    them."""
    if not guess.points:
        return {}
    scores = {"keypoint_scores": [round(score, 4) for score in guess.sure]} if guess.sure else {}
    return {
        "keypoints": [number for x, y in guess.points for number in (round(x, 2), round(y, 2), 2)],
        "num_keypoints": len(guess.points),
        **scores,
    }


def _segmentation(guess: Guess, size: tuple[int, int]) -> dict[str, object]:
    """A mask and how many pixels it has, which then is the area."""
    if guess.mask is None or guess.box is None:
        return {}
    pixels = taken(guess.mask, guess.box, size)
    return {"segmentation": coco_mask(pixels), "area": int(pixels.sum())}


def as_coco(sightings: Sequence[Sighting]) -> str:
    """COCO's images, annotations (with scores, as its results have) and categories; only what has a box is in it."""
    boxes = [(seen, guess, guess.box) for seen in sightings for guess in seen.found if guess.box]
    names = {guess.index: guess.label for _, guess, _ in boxes}
    return json.dumps(
        {
            "images": [
                {
                    "id": seen.number,
                    "file_name": f"{seen.name}#{seen.number}",
                    "width": seen.size[0],
                    "height": seen.size[1],
                    "time": round(seen.time, 3),
                }
                for seen in sightings
            ],
            "annotations": [
                {
                    "id": id,
                    "image_id": seen.number,
                    "category_id": guess.index,
                    "bbox": [round(x, 2) for x in (left, top, right - left, bottom - top)],
                    "area": round((right - left) * (bottom - top), 2),
                    "iscrowd": 0,
                    "score": round(guess.probability, 6),
                    **_keypoints(guess),
                    **_segmentation(guess, seen.size),
                }
                for id, (seen, guess, (left, top, right, bottom)) in enumerate(boxes, 1)
            ],
            "categories": [{"id": index, "name": names[index]} for index in sorted(names)],
        }
    )
