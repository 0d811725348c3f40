"""`cnn-explorer detect NAME|FILE IMAGE|FOLDER|VIDEO`: what a detector finds in pictures, and where."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence

from explorer.cli import detect_many
from explorer.cli.ablations import changed
from explorer.cli.facts import aligned
from explorer.cli.manners import finished, note, plain, untrained
from explorer.cli.sources import trained
from explorer.formats import annotated, video_files
from explorer.formats.picture_files import check_regular
from explorer.formats.picture_folder import check_folder
from explorer.maths.records import Guess, Prediction
from explorer.maths.sentences import Refusal

SUPPRESSIONS = {"iou": "IoU", "diou": "DIoU", "none": "IoU"}


def detect(
    name: str, path: str, marks: tuple[float | None, float | None, str | None], off: Sequence[str],
    where: tuple[str, bool], as_json: bool, accepted: bool,
) -> str:  # fmt: skip
    """The command's output. path: a picture, a folder of them, or a video; marks: least score, overlap from which a box
    is suppressed, and one of `SUPPRESSIONS`, each None as the network has it; off: channels to switch off or scale;
    where: the picture, folder or clip to draw what is found in, "" for none, and whether it may be written over;
    accepted: what the licence of a model forbids was agreed to."""
    least, overlap, suppression = marks
    out, force = where
    check(path, out, force)  # before anything slow: a wrong path is said at once
    project = changed(trained(name, accepted), off, name)
    from explorer.engine.detecting import detect
    from explorer.engine.device import devices
    from explorer.engine.probes import picture
    from explorer.engine.questions import Detect, PictureFile
    from explorer.maths.heads import MOST

    measure = SUPPRESSIONS[suppression] if suppression else ""
    overlap = 1.0 if suppression == "none" else overlap
    source = PictureFile(path)
    question = Detect(project, source, devices()[0].id, MOST, least, overlap, measure)
    if os.path.isdir(path) or detect_many.is_video(path):
        looking = detect_many.Looking(question, path, out)
        if as_json:
            return looking.told(lambda all: json.dumps(detect_many.record(all, detections)))
        return looking.told(lambda all: detect_many.lines(all, out))
    prediction = finished(detect(question))
    assert isinstance(prediction, Prediction)
    if prediction.untrained:
        note(untrained(prediction.untrained))
    if out:
        seen = picture(source)
        annotated.write(out, annotated.annotated(seen.pixels, prediction.top, seen.size))
    if as_json:
        return json.dumps({"detections": detections(prediction.top, picture(source).size)})
    return "\n".join([table(prediction), *([f"Written: {plain(out)}"] if out else [])])


def check(path: str, out: str, force: bool) -> None:
    """Raise Refusal where there is nothing to look at, or where what is found cannot be drawn to `out`."""
    if os.path.isdir(path):
        check_folder(path)
    elif detect_many.is_video(path):
        video_files.check(path)
    else:
        check_regular(path)
    if out:
        try:
            detect_many.check_out(path, out, force)
        except annotated.AlreadyThere as error:
            raise Refusal(f"{error}, or give --force.") from error


def detections(found: Sequence[Guess], size: tuple[int, int]) -> list[dict[str, object]]:
    """What --json prints of a picture of `size` (width, height): boxes are left, top, right, bottom in its pixels,
    landmarks across and down; people's points and masks as COCO's results have them."""
    from explorer.maths.masks import coco_mask, taken

    return [
        {
            "label": d.label,
            "index": d.index,
            "score": round(d.probability, 6),
            "box": [round(side, 2) for side in d.box or ()],
            **_points(d),
            **({"segmentation": coco_mask(taken(d.mask, d.box, size))} if d.mask and d.box else {}),
        }
        for d in found
    ]


def _points(found: Guess) -> dict[str, object]:
    """Landmarks; those that have scores as COCO's results have keypoints: across, down, and 1 for each, for a network
    does not tell which are hidden."""
    if not found.sure:
        return {"landmarks": [[round(x, 2), round(y, 2)] for x, y in found.points]} if found.points else {}
    return {
        "keypoints": [number for x, y in found.points for number in (round(x, 2), round(y, 2), 1)],
        "keypoint_scores": [round(score, 4) for score in found.sure],
    }


def table(prediction: Prediction) -> str:
    """What people read."""
    rows = [(plain(d.label), f"{d.probability:.1%}", *(f"{side:.0f}" for side in d.box or ())) for d in prediction.top]
    count = f"{len(rows)} found" if rows else "nothing found"
    return aligned([("what", "score", "left", "top", "right", "bottom"), *rows, (count, *[""] * 5)], range(1, 6))
