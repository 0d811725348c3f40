"""`cnn-explorer detect NAME|FILE IMAGE`: what a detector finds in a picture, and where."""

from __future__ import annotations

import json

from explorer.cli.facts import aligned
from explorer.cli.manners import finished, note, plain
from explorer.cli.run import untrained
from explorer.cli.sources import trained
from explorer.formats.picture_files import check_regular
from explorer.maths.records import Detections

SUPPRESSIONS = {"iou": "IoU", "diou": "DIoU", "none": "IoU"}


def detect(name: str, image: str, least: float, overlap: float, suppression: str | None, as_json: bool) -> str:
    """The command's output. suppression: one of `SUPPRESSIONS`, None as the network has it."""
    check_regular(image)  # before anything slow: a wrong path is said at once
    project = trained(name)
    from explorer.engine.detecting import detect
    from explorer.engine.device import devices
    from explorer.engine.questions import Detect, PictureFile

    measure = SUPPRESSIONS[suppression] if suppression else ""
    overlap = 1.0 if suppression == "none" else overlap
    question = Detect(project, PictureFile(image), devices()[0].id, least, overlap, measure)
    detections = finished(detect(question))
    assert isinstance(detections, Detections)
    if detections.untrained:
        note(untrained(detections.untrained))
    return json.dumps(record(detections)) if as_json else table(detections)


def record(detections: Detections) -> dict[str, list[dict[str, object]]]:
    """What --json prints: boxes are left, top, right, bottom in pixels of the picture."""
    found = [
        {"label": d.label, "index": d.index, "score": round(d.score, 6), "box": [round(side, 2) for side in d.box]}
        for d in detections.found
    ]
    return {"detections": found}


def table(detections: Detections) -> str:
    """What people read."""
    rows = [(plain(d.label), f"{d.score:.1%}", *(f"{side:.0f}" for side in d.box)) for d in detections.found]
    count = f"{len(rows)} found" if rows else "nothing found"
    return aligned([("what", "score", "left", "top", "right", "bottom"), *rows, (count, *[""] * 5)], range(1, 6))
