"""How quickly boxes are chosen again while a slider moves, and non-maximum suppression beside torchvision's.

Boxes of one class, and of 80, 1,000 and 10,000 of them, one thread, in turns in one process. Then heads of the size of
YOLOv3's at 416 × 416, 10,647 boxes of 80 classes, most of them as unsure as a trained network's: decoded once a frame;
chosen again at a threshold; gone through step by step; all drawn. Prints one JSON line: milliseconds of CPU time
(median), and torchvision's divided by ours.
Usage: python -m benchmarks.suppression [ROUNDS]
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import torch
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from torchvision.ops import batched_nms, nms

from explorer.maths.box_records import Thresholds
from explorer.maths.head_records import Head, Heads
from explorer.maths.heads import RawBoxes
from explorer.maths.suppression import kept, suppressors
from explorer.maths.suppression_steps import Steps
from explorer.maths.yolo import Candidates
from explorer.ui.pictures.detection_layers import Scene
from explorer.ui.pictures.detection_view import DetectionView

ROUNDS = 9
LIMIT = 0.45
ANCHORS = (
    ((116.0, 90.0), (156.0, 198.0), (373.0, 326.0)),
    ((30.0, 61.0), (62.0, 45.0), (59.0, 119.0)),
    ((10.0, 13.0), (16.0, 30.0), (33.0, 23.0)),
)


def some_boxes(count: int) -> Candidates:
    """Boxes all over a picture of 416 × 416, as large as things are, of 80 classes, the best first."""
    random = np.random.default_rng(count)
    corner = random.uniform(0, 400, (count, 2))
    boxes = np.concatenate([corner, corner + random.uniform(10, 80, (count, 2))], 1).astype(np.float32)
    scores = np.sort(random.uniform(0, 1, count).astype(np.float32))[::-1].copy()
    return Candidates(boxes, random.integers(0, 80, count), scores)


def some_heads() -> Heads:
    """Three heads of YOLOv3's size; about one box in a hundred is surer than a quarter that something is there."""
    random, heads = np.random.default_rng(0), []
    for cells, anchors in zip((13, 26, 52), ANCHORS, strict=True):
        raw = random.normal(0, 1, (3, 85, cells, cells))
        raw[:, 4] = random.normal(-7, 2.5, (3, cells, cells))
        raw[:, 5:] = random.normal(-5, 2, (3, 80, cells, cells))
        values = 1 / (1 + np.exp(-raw))
        values[:, 2:4] = raw[:, 2:4] / 3
        before, behind = (array.reshape(255, cells, cells).astype(np.float32) for array in (raw, values))
        heads.append(Head(f"head{cells}", before, behind, anchors))
    return Heads(tuple(heads), (416, 416), scale=(2.0, 1.5))


def milliseconds(rounds: int, **runs: Callable[[], object]) -> dict[str, float]:
    """The median time of each, which take turns."""
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds + 1):
        for name, run in runs.items():
            start = time.process_time()
            run()
            times[name].append((time.process_time() - start) * 1000)
    return {name: round(statistics.median(taken[1:]), 2) for name, taken in times.items()}


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    torch.set_num_threads(1)
    told: dict[str, object] = {"benchmark": "suppression", "unit": "ms", "clock": "process_time"}
    for count in (1_000, 10_000):
        found = some_boxes(count)
        boxes, scores, classes = map(torch.from_numpy, (found.boxes, found.scores, found.classes))
        assert np.array_equal(
            np.flatnonzero(suppressors(found.boxes, found.scores, LIMIT) == np.arange(count)),
            np.sort(nms(boxes, scores, LIMIT).numpy()),
        )
        taken = milliseconds(
            rounds,
            ours=partial(suppressors, found.boxes, found.scores, LIMIT),
            torchvision=partial(nms, boxes, scores, LIMIT),
            ours_80_classes=partial(kept, found, LIMIT),
            torchvision_80_classes=partial(batched_nms, boxes, scores, classes, LIMIT),
        )
        told[f"{count} boxes"] = taken | {
            "torchvision / ours": round(taken["torchvision"] / taken["ours"], 2),
            "the same, 80 classes": round(taken["torchvision_80_classes"] / taken["ours_80_classes"], 2),
        }
    heads = some_heads()
    raw = RawBoxes(heads)
    _ = raw.best, raw.boxes
    usual, low = Thresholds(), Thresholds(least=0.01)
    app = QApplication([])
    view = DetectionView()
    view.resize(900, 660)
    view.show_image(QImage(832, 624, QImage.Format.Format_RGB32))
    view.show_scene(Scene(heads, raw, (), frozenset(["Raw"])), 832)

    def draw() -> None:
        view._forget()
        view.grab()

    steps = raw.candidates(low)
    told["boxes of the heads"] = len(raw)
    told["candidates above 0.25, 0.01"] = len(raw.candidates(usual)), len(steps)
    told["a frame of that size"] = milliseconds(
        rounds,
        decoded=lambda: RawBoxes(heads),
        chosen_again_025=lambda: raw.guesses(usual, 100),
        chosen_again_001=lambda: raw.guesses(low, 100),
        steps_001=lambda: Steps(steps, 0.25, LIMIT),
        all_drawn=draw,
    )
    app.processEvents()
    print(json.dumps(told))


if __name__ == "__main__":
    main()
