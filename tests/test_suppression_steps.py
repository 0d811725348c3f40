"""Suppression step by step: each state by brute force, the last one as the plain function and torchvision have it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import batched_nms, nms

from explorer.maths.boxes import iou
from explorer.maths.suppression import BLOCK, MEASURES, ious, kept, suppressors
from explorer.maths.suppression_pairs import pairs
from explorer.maths.suppression_steps import BELOW, KEPT, SUPPRESSED, WAITING, Steps
from explorer.maths.yolo import Candidates

sides = st.integers(0, 8)
boxes = st.lists(st.tuples(sides, sides, sides, sides), max_size=30)
scores = st.sampled_from([0.1, 0.3, 0.5, 0.5, 0.7, 0.9])


@st.composite
def found(draw) -> Candidates:
    """Random boxes, many with equal scores, some without inside, perhaps none at all."""
    drawn = draw(boxes)
    count = len(drawn)
    corners = np.array([(x, y, x + w, y + h) for x, y, w, h in drawn], np.float32).reshape(-1, 4)
    sure = np.array(draw(st.lists(scores, min_size=count, max_size=count)), np.float32)
    kinds = np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)), np.int64)
    order = np.argsort(-sure, kind="stable")
    return Candidates(corners[order], kinds[order], sure[order])


limits = st.sampled_from([0.0, 0.2, 1 / 3, 0.5, 1.0])


@settings(max_examples=200, deadline=None)
@given(found(), limits, st.sampled_from([0.0, 0.2, 0.6]), st.sampled_from(["IoU", "DIoU"]))
def test_the_last_state_is_what_the_plain_function_keeps(given, limit, least, measure) -> None:
    steps = Steps(given, least, limit, MEASURES[measure])
    last = steps.state(len(steps) - 1)
    assert last.act == "done"
    assert set(last.fates.tolist()) <= {BELOW, KEPT, SUPPRESSED}
    left = given.taken(np.flatnonzero(last.fates == KEPT))
    above = given.taken(np.flatnonzero(given.scores > least))
    plain = kept(above, limit, MEASURES[measure])
    for name in ("boxes", "classes", "scores"):
        assert np.array_equal(getattr(left, name), getattr(plain, name))
    if measure == "IoU":
        theirs = batched_nms(*map(torch.from_numpy, (above.boxes, above.scores, above.classes)), limit).numpy()
        assert np.array_equal(left.boxes, above.boxes[theirs])
        assert np.array_equal(left.classes, above.classes[theirs])


@settings(max_examples=60, deadline=None)
@given(found(), limits, st.sampled_from([0.0, 0.4]))
def test_every_state_by_brute_force(given, limit, least) -> None:
    """Played forward by the rule itself, box against box, with exact fractions."""
    steps = Steps(given, least, limit)
    states = [steps.state(number) for number in range(len(steps))]
    assert [state.act for state in states[:2]] == ["all", "threshold"]
    assert set(states[0].fates.tolist()) <= {WAITING}
    fates = {i: WAITING if given.scores[i] > least else BELOW for i in range(len(given))}
    assert states[1].fates.tolist() == list(fates.values())
    at = 2
    while WAITING in fates.values():
        best = states[at].best
        kind = given.classes[best]
        waiting = [i for i in fates if fates[i] == WAITING and given.classes[i] == kind]
        assert states[at].act == "pick"
        assert best == min(waiting, key=lambda i: (-given.scores[i], i))
        fates[best] = KEPT
        assert states[at].fates.tolist() == list(fates.values())
        at += 1
        rivals = [i for i in waiting if i != best]
        if not rivals:
            continue
        measured, suppressed = states[at : at + 2]
        assert (measured.act, suppressed.act) == ("measure", "suppress")
        exact = [iou(tuple(given.boxes[best].tolist()), tuple(given.boxes[i].tolist())) for i in rivals]
        assert measured.rivals.tolist() == suppressed.rivals.tolist() == rivals
        assert measured.overlaps == pytest.approx([float(overlap) for overlap in exact])
        assert measured.fates.tolist() == list(fates.values())
        goes = [i for i, overlap in zip(rivals, measured.overlaps, strict=True) if overlap > np.float64(limit)]
        assert [i for i, one in zip(rivals, measured.goes, strict=True) if one] == goes
        fates |= dict.fromkeys(goes, SUPPRESSED)
        assert suppressed.fates.tolist() == list(fates.values())
        at += 2
    assert states[at].act == "done"
    assert at == len(steps) - 1


def test_more_boxes_than_one_block_holds() -> None:
    """Blocks change nothing: the rule one box after the other gives the same, and says for which box each goes."""
    random = np.random.default_rng(3)
    corner = random.uniform(0, 100, (5 * BLOCK, 2))
    corners = np.concatenate([corner, corner + random.uniform(5, 40, corner.shape)], 1).astype(np.float32)
    sure = random.integers(1, 20, len(corner)).astype(np.float32) / 20
    expected = np.full(len(corner), -1)
    for best in np.argsort(-sure, kind="stable"):
        if expected[best] < 0:
            drops = (expected < 0) & (ious(corners[best], corners) > 0.3)
            expected[drops] = best
            expected[best] = best
    assert np.array_equal(suppressors(corners, sure, 0.3), expected)
    assert 0 < (expected == np.arange(len(corner))).sum() < len(corner)


@pytest.mark.parametrize("measure", ["IoU", "DIoU"])
@pytest.mark.parametrize(("width", "classes", "limit"), [
    (400, 80, 0.45), (400, 1, 0.45), (60, 4, 0.45), (60, 300, 0.0), (20, 3, 0.7), (100, 3, -0.1)
])  # fmt: skip
def test_all_classes_at_once_are_as_each_by_itself(width: int, classes: int, limit: float, measure: str) -> None:
    """Where boxes are apart, where they are crowded, where both: what is not measured would not have mattered."""
    random = np.random.default_rng(width + classes)
    corner = random.normal(0, width, (900, 2))
    corners = np.concatenate([corner, corner + random.integers(0, 40, corner.shape)], 1).astype(np.float32)
    kinds = np.minimum(random.integers(0, classes, 900), random.integers(0, classes, 900))  # some have many
    sure = np.sort(random.integers(1, 200, 900))[::-1].astype(np.float32) / 200
    together = Candidates(corners, kinds, sure)
    expected = []
    for kind in range(classes):
        of_kind = np.flatnonzero(kinds == kind)
        if measure == "IoU":
            stay = nms(*map(torch.from_numpy, (corners[of_kind], sure[of_kind])), limit).numpy()
        else:
            dropped_for = suppressors(corners[of_kind], sure[of_kind], limit, MEASURES[measure])
            stay = dropped_for == np.arange(len(of_kind))
        expected += of_kind[stay].tolist()
    left = kept(together, limit, MEASURES[measure])
    assert np.array_equal(left.boxes, corners[sorted(expected)])
    assert np.array_equal(left.classes, kinds[sorted(expected)])
    for most in (0, 1, 7, len(expected), 901):
        some = kept(together, limit, MEASURES[measure], most)
        assert np.array_equal(some.boxes, corners[sorted(expected)[:most]])


def test_only_boxes_that_touch_are_measured() -> None:
    random = np.random.default_rng(1)
    corner = random.uniform(0, 200, (300, 2))
    corners = np.concatenate([corner, corner + random.uniform(0, 9, corner.shape)], 1)
    kinds = random.integers(0, 3, 300)
    one, other, crowded = pairs(corners, kinds)
    overlapping = np.argwhere((ious(corners[:, None], corners) > 0) & (kinds[:, None] == kinds))
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == [(i, j) for i, j in overlapping.tolist() if i < j]
    assert crowded == []
    assert 0 < len(one) < 300
    assert pairs(np.repeat(corners[:1], 100, 0), np.full(100, 7))[2] == [7]


def test_classes_have_their_turn_by_their_best_box() -> None:
    corners = np.array([(0, 0, 4, 4), (0, 0, 4, 4), (9, 9, 10, 10)], np.float32)
    given = Candidates(corners, np.array([7, 2, 7]), np.array([0.9, 0.8, 0.7], np.float32))
    steps = Steps(given, 0.5, 0.5)
    acts = [steps.state(number) for number in range(len(steps))]
    assert [(state.act, state.best) for state in acts] == [
        ("all", -1), ("threshold", -1), ("pick", 0), ("measure", 0), ("suppress", 0), ("pick", 2), ("pick", 1),
        ("done", -1),
    ]  # fmt: skip
    assert steps.of_class(2) == 6
    assert steps.of_class(7) == 2
    assert steps.of_class(5) == 7
    assert acts[4].overlaps.tolist() == [0.0]
    nothing = Steps(given.taken([]), 0.5, 0.5)
    assert [nothing.state(number).act for number in range(len(nothing))] == ["all", "threshold", "done"]
