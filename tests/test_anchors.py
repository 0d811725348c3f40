"""Anchors by k-means over the shapes of boxes."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.engine.anchor_search import search_anchors
from explorer.engine.lab_questions import SearchAnchors
from explorer.maths.anchors import likeness, mean_iou, owners, search
from explorer.maths.boxes import iou
from explorer.maths.lab_records import AnchorSearch

side = st.integers(1, 30)
shapes = st.lists(st.tuples(side, side), min_size=2, max_size=12, unique=True).map(lambda s: np.array(s, float))


@given(shapes, shapes)
def test_likeness_is_the_iou_of_boxes_in_one_corner(a, b) -> None:
    found = likeness(a, b)
    for (i, one), (j, other) in product(enumerate(a.tolist()), enumerate(b.tolist())):
        assert found[i, j] == pytest.approx(float(iou((0, 0, *one), (0, 0, *other))))
    assert owners(a, b).tolist() == [int(row.argmax()) for row in found]


@given(shapes)
def test_each_round_is_better_and_the_first_begins_with_shapes_of_the_boxes(some) -> None:
    count = min(3, len(some))
    rounds = search(some, count)
    reached = [mean_iou(some, anchors) for anchors in rounds]
    assert reached == sorted(reached)
    assert len(set(reached)) == len(reached)
    assert {tuple(one) for one in rounds[0]} <= {tuple(one) for one in some}
    assert rounds[-1].prod(1).tolist() == sorted(rounds[-1].prod(1))


def test_one_anchor_is_the_mean_shape() -> None:
    some = np.array([(10.0, 20), (30, 20), (20, 20)])
    assert search(some, 1)[-1].tolist() == [[20, 20]]


def test_as_many_anchors_as_shapes_fit_all() -> None:
    some = np.array([(10.0, 20), (30, 20), (20, 40), (5, 5)])
    assert mean_iou(some, search(some, 4)[-1]) == 1


def test_no_grouping_is_better() -> None:
    """Every way to put seven shapes into two groups, with their means as anchors, is tried."""
    some = np.array([(10.0, 30), (12, 33), (9, 28), (11, 35), (40, 15), (44, 13), (38, 18)])
    best = 0.0
    for groups in product((0, 1), repeat=len(some)):
        own = np.array(groups)
        if len(set(groups)) == 2:
            best = max(best, mean_iou(some, np.array([some[own == i].mean(0) for i in (0, 1)])))
    anchors = search(some, 2)[-1]
    assert mean_iou(some, anchors) >= best > 0.8
    assert owners(some, anchors).tolist() in ([0, 0, 0, 0, 1, 1, 1], [1, 1, 1, 1, 0, 0, 0])


def test_iou_does_not_prefer_large_boxes_as_the_euclidean_distance_would() -> None:
    small, large = np.array([(1.0, 3), (3, 1)]), np.array([(90.0, 90), (100, 100)])
    own = owners(np.concatenate([small, large]), search(np.concatenate([small, large]), 3)[-1])
    assert own[2] == own[3]
    assert own[0] != own[1]


def test_the_engine_searches_one_number_after_the_other() -> None:
    random = np.random.default_rng(3)
    some = random.uniform(5, 90, (60, 2))
    found = [step for step in search_anchors(SearchAnchors(some, 6)) if isinstance(step, AnchorSearch)]
    assert [one.count for one in found] == [1, 2, 3, 4, 5, 6]
    best = [one.mean_ious[-1] for one in found]
    assert best[5] > best[2] > best[0] > 0.2
    for one in found:
        assert one.rounds[-1].shape == (one.count, 2)
        assert one.mean_ious[-1] == pytest.approx(mean_iou(some, one.rounds[-1]))
    equal = np.array([[3.0, 4]] * 9)
    assert [s.count for s in search_anchors(SearchAnchors(equal)) if isinstance(s, AnchorSearch)] == [1]
