"""`cnn-explorer evaluate NAME|FILE FOLDER --labels FILE|FOLDER`: how well a detector finds what is in the pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from explorer.cli.facts import aligned
from explorer.cli.manners import finished, note, plain
from explorer.formats import detection_scores
from explorer.formats.detection_scores import HALF
from explorer.maths.average_precision import RECALLS, Scores
from explorer.maths.detection_records import DetectionEvaluation, DetectionSet
from explorer.maths.sentences import shortened

if TYPE_CHECKING:
    from explorer.network.project import Project

SOME = 10
"""Pictures of each kind, and sentences, that people are told."""
TITLES = {
    "AP": "AP, overlap 0.5 to 0.95", "AP50": "AP, overlap 0.5", "AP75": "AP, overlap 0.75",
    "AP small": "AP, small", "AP medium": "AP, medium", "AP large": "AP, large",
    "AR1": "AR, 1 box a picture", "AR10": "AR, 10 boxes", "AR100": "AR, 100 boxes",
    "AR small": "AR, small", "AR medium": "AR, medium", "AR large": "AR, large",
    "VOC": "AP, Pascal VOC's rule",
}  # fmt: skip


def evaluate_boxes(project: Project, folder: str, labels: str, table: str, as_json: bool) -> str:
    """The command's output for a detector. labels: COCO's file, or a folder with Pascal VOC's or YOLO's; table: a CSV
    file for what is known of each class, "" for none."""
    from explorer.engine.data_set_questions import EvaluateBoxes
    from explorer.engine.detection_set import evaluate
    from explorer.engine.device import devices

    listed: list[DetectionSet] = []

    def results() -> Iterator[Any]:
        for step in evaluate(EvaluateBoxes(project, folder, labels, devices()[0].id)):
            if isinstance(step, DetectionSet):
                listed.append(step)
            else:
                yield step

    found: DetectionEvaluation = finished(results())
    (pictures,) = listed
    _note(pictures, found)
    if table:
        detection_scores.write(table, pictures, found.scores)
    if as_json:
        return json.dumps(record(pictures, found))
    return "\n".join([*lines(pictures, found), *([f"Written: {plain(table)}"] if table else [])])


def record(pictures: DetectionSet, found: DetectionEvaluation) -> dict[str, Any]:
    """What --json prints: COCO's numbers and Pascal VOC's, null where nothing can be said; of each class the precision
    at an overlap of a half for each of `recall`; of each picture what is missed, and the surest box of nothing."""
    scores = found.scores
    return {
        "pictures": len(pictures.files),
        **{name.replace(" ", "_"): _known(value) for name, value in scores.summary.items()},
        "recall": RECALLS.round(2).tolist(),
        "classes": [
            {
                "class": number, "label": pictures.label(number), "things": int(scores.things[at]),
                "found": int(scores.found[at]), "AP": _known(scores.precisions[at, 0].mean()),
                "AP50": _known(scores.precisions[at, 0, HALF]), "VOC": _known(scores.voc[at]),
                "precision": scores.precision[at, HALF].astype(float).round(6).tolist(),
            }
            for at, number in enumerate(scores.classes)
        ],
        "worst": [
            {
                "picture": pictures.files[number], "missed": int(found.missed[number]),
                "surest_wrong": round(float(found.surest[number]), 6),
            }
            for number in dict.fromkeys([*found.most_missed, *found.surest_wrong])
        ],
        "meant": dict(pictures.meant),
        "strange": list(pictures.strange),
        "broken": [{"picture": one.path, "problem": one.sentence} for one in found.broken],
        "notes": [*pictures.notes, *found.notes],
    }  # fmt: skip


def lines(pictures: DetectionSet, found: DetectionEvaluation) -> Iterator[str]:
    """What people read: the numbers, each class, the worst pictures."""
    scores = found.scores
    count = f"{len(pictures.files):,} pictures, {int(scores.things.sum()):,} things"
    yield aligned([(count, ""), *((TITLES[name], _share(value)) for name, value in scores.summary.items())], (1,))
    yield aligned([("class", "things", "found", "AP", "AP50", "VOC"), *_rows(pictures, scores)], range(1, 6))
    for number in found.most_missed[:SOME]:
        yield f"{found.missed[number]:,} missed: {plain(pictures.files[number])}"
    for number in found.surest_wrong[:SOME]:
        yield f"{found.surest[number]:.1%} sure of what is not there: {plain(pictures.files[number])}"


def _rows(pictures: DetectionSet, scores: Scores) -> Iterator[tuple[str, ...]]:
    for at, number in enumerate(scores.classes):
        shares = scores.precisions[at, 0].mean(), scores.precisions[at, 0, HALF], scores.voc[at]
        counts = f"{scores.things[at]:,}", f"{scores.found[at]:,}"
        yield (plain(pictures.label(number)), *counts, *map(_share, shares))
    total, means = int(scores.things.sum()), [scores.summary[name] for name in ("AP", "AP50", "VOC")]
    yield ("mean", f"{total:,}", f"{int(scores.found.sum()):,}", *map(_share, means))


def _note(pictures: DetectionSet, found: DetectionEvaluation) -> None:
    """What one should know of the result."""
    if pictures.untrained:
        note("Layers have random weights: what the network finds means nothing.")
    if found.broken:
        first = found.broken[0].sentence
        note(f"{len(found.broken):,} of {len(pictures.files):,} files could not be read; the first: {first}")
    if pictures.meant:
        note("Taken for the same: " + _some(f"{name} and {label}" for name, label in pictures.meant))
    if pictures.strange:
        note("No class of the network is called: " + _some(pictures.strange))
    notes = [*pictures.notes, *found.notes]
    for sentence in notes[:SOME]:
        note(sentence)
    if len(notes) > SOME:
        note(f"And {len(notes) - SOME:,} more notes: --json lists them.")


def _some(names: Any) -> str:
    names = [shortened(name, 40) for name in names]
    return ", ".join(names[:SOME]) + (f", and {len(names) - SOME:,} more" if len(names) > SOME else "")


def _known(value: float) -> float | None:
    return None if value != value else round(float(value), 6)


def _share(value: float) -> str:
    return "–" if value != value else f"{value:.1%}"
