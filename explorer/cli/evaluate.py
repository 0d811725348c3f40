"""`cnn-explorer evaluate NAME|FILE FOLDER`: what the network says of a folder's pictures, and how often it is right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from explorer.cli.facts import aligned
from explorer.cli.manners import finished, note, plain
from explorer.cli.sources import trained
from explorer.formats import class_folder, predictions
from explorer.maths.confusion import UNKNOWN, wilson
from explorer.maths.data_set_records import Evaluation, LayerActivity, PictureSet
from explorer.maths.judged import Judged
from explorer.maths.sentences import Refusal, shortened

FIRST = 5
"""Guesses of which one may be right."""
SOME = 10
"""Confused classes, and sure mistakes, that people are told."""


def evaluate(
    name: str, folder: str, labels: str, count: int, where: tuple[str, bool], as_json: bool, accepted: bool
) -> str:
    """The command's output. labels: for a detector, "" for none; count: guesses of each picture; where: a CSV file for
    them, or for a detector's scores, "" for none, and whether it may be written over; accepted: what the licence of a
    model forbids was agreed to."""
    table, force = where
    from explorer.formats.picture_folder import check_folder

    check_folder(folder)  # before anything slow: a wrong path is said at once
    if table:
        try:
            predictions.check(table, force, "scores" if labels else "predictions")
        except predictions.AlreadyThere as error:
            raise Refusal(f"{error}, or give --force.") from error
    project = trained(name, accepted)
    from explorer.engine.detecting import has_heads

    if labels:
        from explorer.cli.evaluate_boxes import evaluate_boxes

        return evaluate_boxes(project, folder, labels, table, as_json)
    if has_heads(project.network):
        raise Refusal(
            f"{shortened(name, 60)} finds boxes: give --labels with COCO's .json file, or the folder with Pascal VOC's "
            ".xml or YOLO's .txt files, to hold them against."
        )
    from explorer.engine.data_set import evaluate
    from explorer.engine.data_set_questions import Evaluate
    from explorer.engine.device import devices

    listed: list[PictureSet] = []

    def results() -> Iterator[Any]:
        for step in evaluate(Evaluate(project, folder, device=devices()[0].id, count=max(count, FIRST))):
            if isinstance(step, PictureSet):
                listed.append(step)
            else:
                yield step

    found: Evaluation = finished(results())
    (pictures,) = listed
    known = tuple(class_folder.folders_of(pictures.files)), pictures.labels, pictures.classes
    meant = class_folder.matched(*known)
    if class_folder.by_order(*known):
        note("The classes have no names: the folders are taken for them in the order of their names.")
    truth = class_folder.truths(pictures.files, meant)
    judged = Judged(pictures.files, pictures.labels, truth, found.top, found.chances)
    _note(pictures, found, meant)
    if table:
        predictions.write(table, judged, count)
    if as_json:
        return json.dumps(record(judged, found, meant, count))
    return "\n".join([*lines(judged, found), *([f"Written: {plain(table)}"] if table else [])])


def record(judged: Judged, found: Evaluation, meant: Mapping[str, int], count: int) -> dict[str, Any]:
    """What --json prints: classes are numbers of the network's outputs, pictures are paths in the folder.

    Rows of the confusion are true classes, columns what is said, the last column every other class.
    """
    confusion = judged.confusion
    right, total = judged.among_first(1)
    classes = zip(
        confusion.classes, confusion.counts.sum(1).tolist(), confusion.precision.tolist(), confusion.recall.tolist(),
        confusion.f1.tolist(), strict=True,
    )  # fmt: skip
    return {
        "pictures": len(judged.files),
        "accuracy": None if not total else {
            "pictures": total, "top1": right / total, "interval": list(wilson(right, total)),
            "top5": judged.among_first(FIRST)[0] / total,
        },
        "folders": [
            {"folder": folder, "class": meant.get(folder), "pictures": pictures}
            for folder, pictures in class_folder.folders_of(judged.files).items()
        ],
        "classes": [
            {"class": number, "label": judged.label(number), "pictures": pictures,
             "precision": None if precision != precision else precision, "recall": recall, "f1": f1}
            for number, pictures, precision, recall, f1 in classes
        ],
        "confusion": confusion.counts.tolist(),
        "mistakes": [judged.files[number] for number in judged.mistakes],
        "layers": [_layer(layer) for layer in found.layers],
        "predictions": [_predicted(judged, number, count) for number in range(len(judged.files))],
        "broken": [{"picture": one.path, "problem": one.sentence} for one in found.broken],
    }  # fmt: skip


def lines(judged: Judged, found: Evaluation) -> Iterator[str]:
    """What people read: accuracy, each class, what is confused most, the surest mistakes, dead channels."""
    confusion, (right, total) = judged.confusion, judged.among_first(1)
    if total:
        low, high = wilson(right, total)
        yield f"right: {right:,} of {total:,} = {right / total:.1%} (95 % interval {low:.1%} to {high:.1%})"
        if judged.has_guesses(FIRST):
            yield f"right among the first {FIRST}: {judged.among_first(FIRST)[0] / total:.1%}"
        rows = [
            (plain(judged.label(number)), f"{pictures:,}", _share(precision), _share(recall), _share(f1))
            for number, pictures, precision, recall, f1 in zip(
                confusion.classes, confusion.counts.sum(1).tolist(), confusion.precision, confusion.recall,
                confusion.f1, strict=True,
            )
        ]  # fmt: skip
        mean = [_share(float(values.mean())) for values in (confusion.recall, confusion.f1)]
        yield aligned(
            [("class", "pictures", "precision", "recall", "F1"), *rows, ("mean", f"{total:,}", "", *mean)], (1, 2, 3, 4)
        )
        names = [plain(judged.label(number)) for number in confusion.classes] + ["another class"]
        for row, column, count in confusion.pairs(SOME):
            yield f"{count:,} × {names[row]} said to be {names[column]}"
        for number in judged.mistakes[:SOME].tolist():
            said, truth = (plain(judged.label(int(of[number]))) for of in (judged.said, judged.truth))
            yield f"{judged.chances[number, 0]:.1%} sure of {said}, is {truth}: {plain(judged.files[number])}"
    else:
        yield "The folders are called like no class, so how often the network is right is not known."
        for number, path in enumerate(judged.files):
            if judged.said[number] != UNKNOWN:
                said = plain(judged.label(int(judged.said[number])))
                yield f"{plain(path)}: {said} {judged.chances[number, 0]:.1%}"
    for layer in found.layers:
        if layer.cuts and layer.silent.any():
            yield f"{layer.node}: {int(layer.silent.sum()):,} of {len(layer.silent):,} channels dead"


def _note(pictures: PictureSet, found: Evaluation, meant: Mapping[str, int]) -> None:
    """What one should know of the result."""
    if pictures.untrained:
        note("Layers have random weights: what the network says means nothing.")
    if found.broken:
        first = found.broken[0].sentence
        note(f"{len(found.broken):,} of {len(pictures.files):,} files could not be read; the first: {first}")
    folders = class_folder.folders_of(pictures.files)
    if unknown := [folder for folder in folders if folder not in meant]:
        some = ", ".join(shortened(folder, 30) for folder in unknown[:3]) + (", …" if len(unknown) > 3 else "")
        note(f"{len(unknown):,} of {len(folders):,} folders are called like no class of the network: {some}")


def _layer(layer: LayerActivity) -> dict[str, Any]:
    return {
        "node": layer.node, "channels": len(layer.silent),
        "dead": layer.silent.nonzero()[0].tolist() if layer.cuts else None,
        "mean": float(layer.mean.mean()), "zeros": float(layer.zeros.mean()),
        "histogram": {"low": layer.low, "high": layer.high, "counts": list(layer.counts)},
    }  # fmt: skip


def _predicted(judged: Judged, number: int, count: int) -> dict[str, Any]:
    truth = int(judged.truth[number])
    guesses = zip(judged.top[number, :count].tolist(), judged.chances[number, :count].tolist(), strict=True)
    top = [
        {"label": judged.label(guess), "index": guess, "probability": chance}
        for guess, chance in guesses if guess != UNKNOWN
    ]  # fmt: skip
    return {"picture": judged.files[number], "truth": None if truth == UNKNOWN else truth, "top": top}


def _share(share: float) -> str:
    return "–" if share != share else f"{share:.1%}"
