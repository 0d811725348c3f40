"""How well a detector finds each class, as a CSV file (RFC 4180, UTF-8): the numbers, and precision at each recall."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from explorer.formats.atomic import replacing
from explorer.maths.average_precision import RECALLS, Scores, mean
from explorer.maths.detection_records import DetectionSet
from explorer.network.tables import comma_separated

HALF, MOST_EXACT = 0, 5
"""Places of the overlaps 0.5 and 0.75 among those that COCO counts."""
LAST = -1
"""Of the numbers of boxes that count: 100."""
COLUMNS = ("class", "things", "found", "AP", "AP50", "AP75", "AP VOC", "AR100")


def table(scores: Scores, label: Callable[[int], str]) -> list[tuple[str, ...]]:
    """A head line, a row for each class that is labelled, and one for their mean. What cannot be said is empty.

    The first columns are numbers, as `Scores` has them; then comes the precision at an overlap of a half, for each of
    RECALLS.
    """
    rows = [(*COLUMNS, *(f"precision at recall {recall:.2f}" for recall in RECALLS))]
    for at, number in enumerate(scores.classes):
        of = scores.precisions[at, 0]
        shares = of.mean(), of[HALF], of[MOST_EXACT], scores.voc[at], scores.recalls[at, LAST].mean()
        counts = f"{scores.things[at]}", f"{scores.found[at]}"
        rows.append((label(number), *counts, *map(_written, (*shares, *scores.precision[at, HALF]))))
    if scores.classes:
        summary = scores.summary
        means = [summary[name] for name in ("AP", "AP50", "AP75", "VOC", "AR100")]
        curve = [mean(column) for column in scores.precision[:, HALF].T.astype(np.float64)]
        counts = f"{scores.things.sum()}", f"{scores.found.sum()}"
        rows.append(("mean of all classes", *counts, *map(_written, (*means, *curve))))
    return rows


def write(path: str, pictures: DetectionSet, scores: Scores) -> None:
    """Write the table into a file. Raises CannotSave."""
    data = comma_separated(table(scores, pictures.label)).encode("utf-8", "surrogateescape")
    with replacing(path, len(data)) as file:
        file.write(data)


def _written(share: float) -> str:
    return "" if share != share else f"{float(share):.6g}"
