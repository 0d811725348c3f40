"""Suppression step by step: each state by brute force, the last one as the plain function and torchvision have it."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.ops import batched_nms

from explorer.maths.boxes import iou
from explorer.maths.suppression import BLOCK, MEASURES, ious, kept, suppressors
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
