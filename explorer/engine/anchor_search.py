"""Anchors for the boxes of a data set, for one number of them after the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from explorer.engine.lab_questions import ReadShapes, SearchAnchors
from explorer.formats.labels.problems import LabelError
from explorer.formats.labels.reading import read
from explorer.formats.words import refusal
from explorer.maths.anchors import mean_iou, search
from explorer.maths.lab_records import AnchorSearch, LabelShapes
from explorer.maths.label_shapes import label_shapes
from explorer.maths.records import Progress

MOST = 2_000
"""Boxes of a data set that are looked at: of more, as many are drawn at random, the same ones each time."""


def search_anchors(question: SearchAnchors) -> Iterator[Progress | AnchorSearch]:
    """One search for each number of anchors."""
    shapes = question.shapes
    most = min(question.most, len(np.unique(shapes, axis=0)))
    for count in range(1, most + 1):
        yield Progress(f"Searching {count} of up to {most} anchors for {len(shapes):,} boxes", count - 1, most)
        rounds = search(shapes, count)
        yield AnchorSearch(count, rounds, tuple(mean_iou(shapes, anchors) for anchors in rounds))


def read_shapes(question: ReadShapes) -> Iterator[Progress | LabelShapes]:
    """Labels of COCO, Pascal VOC or YOLO. Raises LabelError, also where no box has an inside."""
    name = Path(question.folder).name
    for step in read(question.folder):
        if isinstance(step, int):
            yield Progress(f"Read {step:,} labels")
        else:
            shapes = label_shapes(step)
            if not len(shapes):
                why = f"holds no box that can be read ({step.problems[0]})" if step.problems else "holds no box"
                raise LabelError(refusal(question.folder, why, "choose a folder with labelled objects"))
            some = shapes
            if len(shapes) > MOST:
                some = shapes[np.random.default_rng(0).choice(len(shapes), MOST, replace=False)]
            yield LabelShapes(name, some, len(shapes), len(step.pictures), step.problems)
