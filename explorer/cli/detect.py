"""`cnn-explorer detect NAME|FILE IMAGE`: what a detector finds in a picture, and where."""

from __future__ import annotations

import json

from explorer.cli.facts import aligned
from explorer.cli.manners import finished, note, plain, untrained
from explorer.cli.sources import trained
from explorer.formats.picture_files import check_regular
from explorer.maths.records import Prediction

SUPPRESSIONS = {"iou": "IoU", "diou": "DIoU", "none": "IoU"}


def detect(name: str, image: str, marks: tuple[float, float, str | None], as_json: bool, accepted: bool) -> str:
    """The command's output. marks: least score, overlap from which a box is suppressed, and one of `SUPPRESSIONS`,
    None as the network has it; accepted: what the licence of a model forbids was agreed to."""
    least, overlap, suppression = marks
    check_regular(image)  # before anything slow: a wrong path is said at once
    project = trained(name, accepted)
    from explorer.engine.detecting import MOST, detect
    from explorer.engine.device import devices
    from explorer.engine.questions import Detect, PictureFile

    measure = SUPPRESSIONS[suppression] if suppression else ""
    overlap = 1.0 if suppression == "none" else overlap
    question = Detect(project, PictureFile(image), devices()[0].id, MOST, least, overlap, measure)
    prediction = finished(detect(question))
    assert isinstance(prediction, Prediction)
    if prediction.untrained:
        note(untrained(prediction.untrained))
    return json.dumps(record(prediction)) if as_json else table(prediction)


def record(prediction: Prediction) -> dict[str, list[dict[str, object]]]:
    """What --json prints: boxes are left, top, right, bottom in pixels of the picture."""
    found = [
        {
            "label": d.label,
            "index": d.index,
            "score": round(d.probability, 6),
            "box": [round(side, 2) for side in d.box or ()],
        }
        for d in prediction.top
    ]
    return {"detections": found}


def table(prediction: Prediction) -> str:
    """What people read."""
    rows = [(plain(d.label), f"{d.probability:.1%}", *(f"{side:.0f}" for side in d.box or ())) for d in prediction.top]
    count = f"{len(rows)} found" if rows else "nothing found"
    return aligned([("what", "score", "left", "top", "right", "bottom"), *rows, (count, *[""] * 5)], range(1, 6))
