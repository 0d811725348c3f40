"""Average precision and recall: COCO's numbers against pycocotools, Pascal VOC's against its own program's steps."""

from __future__ import annotations

import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.maths.average_precision import RECALLS, Scores, Tally, looked_up_at
from explorer.maths.box_matching import HALF, OVERLAPS, SIZES, Found, Truth, areas, overlaps

CLASSES = 3
COCO_NAMES = (
    "AP", "AP50", "AP75", "AP small", "AP medium", "AP large", "AR1", "AR10", "AR100", "AR small", "AR medium",
    "AR large",
)  # fmt: skip


def boxes_of(random: np.random.Generator, count: int) -> np.ndarray:
    """Boxes on a coarse grid, so that many overlap, touch or are equal, of all of COCO's sizes."""
    scale = random.choice([4.0, 12.0, 40.0], (count, 1))
    low = random.integers(0, 6, (count, 2)) * scale
    return np.hstack([low, low + random.integers(0, 5, (count, 2)) * scale])


def truth_of(random: np.random.Generator, count: int, crowds: float) -> Truth:
    boxes = boxes_of(random, count)
    crowd = random.random(count) < crowds
    outline = np.round(areas(boxes) * random.uniform(0.3, 1, count), 1)
    return Truth(boxes, random.integers(0, CLASSES, count), outline, crowd, crowd)


def found_of(random: np.random.Generator, truth: Truth, count: int) -> Found:
    """Boxes near what is there, and anywhere; many scores are equal."""
    near = random.integers(0, len(truth.boxes), count) if len(truth.boxes) else np.zeros(0, int)
    moved = truth.boxes[near] + random.integers(-2, 3, (len(near), 4)) * 2.0
    moved[:, 2:] = np.maximum(moved[:, 2:], moved[:, :2])
    boxes = np.vstack([moved, boxes_of(random, count)])
    classes = np.concatenate([truth.classes[near], random.integers(0, CLASSES, count)])
    return Found(boxes, classes, random.integers(1, 20, len(boxes)) / 20)


def by_pycocotools(truths: list[Truth], found: list[Found], classes: int = CLASSES) -> tuple[np.ndarray, np.ndarray]:
    """The twelve numbers, and the precisions (T, R, K, A, M)."""

    def rows(corners: np.ndarray) -> list[list[float]]:
        return np.hstack([corners[:, :2], corners[:, 2:] - corners[:, :2]]).tolist()

    from pycocotools.coco import COCO  # here: it brings matplotlib
    from pycocotools.cocoeval import COCOeval

    things, results = [], []
    for image, (truth, of_picture) in enumerate(zip(truths, found, strict=True), 1):
        for box, kind, area, crowd in zip(rows(truth.boxes), truth.classes, truth.areas, truth.crowd, strict=True):
            things.append(
                {
                    "id": len(things) + 1, "image_id": image, "category_id": int(kind) + 1, "bbox": box,
                    "area": float(area), "iscrowd": int(crowd),
                }
            )  # fmt: skip
        for box, kind, score in zip(rows(of_picture.boxes), of_picture.classes, of_picture.scores, strict=True):
            results.append({"image_id": image, "category_id": int(kind) + 1, "bbox": box, "score": float(score)})
    with contextlib.redirect_stdout(io.StringIO()):
        labelled = COCO()
        labelled.dataset = {
            "images": [{"id": image} for image in range(1, len(truths) + 1)],
            "categories": [{"id": kind + 1} for kind in range(classes)],
            "annotations": things,
        }
        labelled.createIndex()
        detected = labelled.loadRes(results)
        judge = COCOeval(labelled, detected, "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return judge.stats, judge.eval["precision"]


def tallied(truths: list[Truth], found: list[Found]) -> Scores:
    tally = Tally()
    for number in np.random.default_rng(len(truths)).permutation(len(truths)):  # the order does not matter
        tally.add(int(number), truths[number], found[number])
    return tally.scores()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(0, 9), st.integers(1, 30), st.sampled_from([0.0, 0.3]))
def test_coco_s_numbers_are_pycocotools(seed: int, pictures: int, things: int, most: int, crowds: float) -> None:
    random = np.random.default_rng(seed)
    truths = [truth_of(random, int(random.integers(0, things + 1)), crowds) for _ in range(pictures)]
    found = [found_of(random, truth, most) for truth in truths]
    scores = tallied(truths, found)
    stats, precision = by_pycocotools(truths, found)
    mine = [scores.summary[name] for name in COCO_NAMES]
    assert np.nan_to_num(mine, nan=-1) == pytest.approx(stats, abs=1e-12)
    for place, number in enumerate(scores.classes):
        assert scores.precision[place] == pytest.approx(precision[:, :, number, 0, 2], abs=1e-6)
        theirs = precision[:, :, number, :, 2].mean(1).T
        assert np.nan_to_num(scores.precisions[place], nan=-1) == pytest.approx(theirs, abs=1e-12)


def voc_by_steps(truths: list[Truth], found: list[Found], number: int) -> float:
    """VOCevaldet, line by line: all boxes of a class over all pictures, one after the other."""
    there = [truth.of_class(number) for truth in truths]
    rows = sorted(
        (
            (-score, picture, place, box)
            for picture, one in enumerate(found)
            for place, (score, box, kind) in enumerate(zip(one.scores, one.boxes, one.classes, strict=True))
            if kind == number
        ),
        key=lambda row: row[:3],
    )
    positives = sum(int((~truth.ignored).sum()) for truth in there)
    detected = [set() for _ in truths]
    hits, misses, recall, precision = 0, 0, [0.0], [0.0]
    for _, picture, _, box in rows:
        truth, most, best = there[picture], -1.0, -1
        for place, thing in enumerate(truth.boxes):
            share = overlaps(box[None], thing[None], np.zeros(1, bool))[0, 0]
            if share > most:
                most, best = share, place
        if most >= HALF:
            if not truth.ignored[best]:
                hits, misses = (hits, misses + 1) if best in detected[picture] else (hits + 1, misses)
                detected[picture].add(best)
        else:
            misses += 1
        recall.append(hits / positives)
        precision.append(hits / max(1, hits + misses))
    recall, precision = [*recall, 1.0], [*precision, 0.0]
    for place in range(len(precision) - 2, -1, -1):
        precision[place] = max(precision[place], precision[place + 1])
    return sum((recall[i] - recall[i - 1]) * precision[i] for i in range(1, len(recall)))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(0, 7), st.integers(0, 12))
def test_voc_s_numbers_are_its_own_program_s(seed: int, pictures: int, things: int, most: int) -> None:
    random = np.random.default_rng(seed)
    truths = []
    for _ in range(pictures):
        truth = truth_of(random, int(random.integers(0, things + 1)), 0)
        truths.append(
            Truth(truth.boxes, truth.classes, truth.areas, truth.crowd, random.random(len(truth.areas)) < 0.3)
        )
    found = [found_of(random, truth, most) for truth in truths]
    scores = tallied(truths, found)
    for place, number in enumerate(scores.classes):
        assert scores.voc[place] == pytest.approx(voc_by_steps(truths, found, number))


def test_what_is_ignored_counts_neither_way() -> None:
    """One thing, found; one difficult thing, found or not: average precision is 1 either way, and its half missed."""
    boxes = np.array([[0.0, 0, 50, 50], [100, 100, 200, 200]])
    truth = Truth(boxes, np.zeros(2, np.int64), areas(boxes), np.zeros(2, bool), np.array([False, True]))
    both = Found(boxes, np.zeros(2, np.int64), np.array([0.5, 0.9]))
    first = Found(boxes[:1], np.zeros(1, np.int64), np.array([0.5]))
    for found in (both, first):
        summary = tallied([truth], [found]).summary
        assert (summary["AP"], summary["VOC"], summary["AR100"]) == pytest.approx((1, 1, 1))
    second = Found(boxes[1:], np.zeros(1, np.int64), np.array([0.9]))
    assert tallied([truth], [second]).summary["AP50"] == 0


def test_a_curve_by_hand() -> None:
    """Right, wrong, right of three things: precision 1 up to a third, 2/3 up to two thirds, then 0."""
    precision = looked_up_at(np.array([1, 1, 2]) / 3, np.array([1, 1 / 2, 2 / 3]))
    assert precision == pytest.approx(np.where(RECALLS <= 1 / 3, 1, np.where(RECALLS <= 2 / 3, 2 / 3, 0)))
    assert looked_up_at(np.zeros(0), np.zeros(0)).tolist() == [0] * 101


def test_nothing_at_all() -> None:
    scores = Tally().scores()
    assert scores.classes == ()
    assert all(np.isnan(value) for value in scores.summary.values())
    assert scores.precision.shape == (0, len(OVERLAPS), len(RECALLS))
    none = Found(np.zeros((0, 4)), np.zeros(0, np.int64), np.zeros(0))
    box = np.array([[0.0, 0, 9, 9]])
    truth = Truth(box, np.ones(1, np.int64), areas(box), np.zeros(1, bool), np.zeros(1, bool))
    missed = tallied([truth], [none])
    assert missed.classes == (1,)
    assert (missed.summary["AP"], missed.summary["AR100"], missed.summary["VOC"]) == (0, 0, 0)
    assert missed.summary["AP small"] == 0
    assert np.isnan(missed.summary["AP large"])
    assert missed.precisions.shape == (1, len(SIZES), len(OVERLAPS))
