"""Sums built up step by step: nothing is left out, and they end at the whole."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.maths.adding_up import SHOWN, STEPS, AddingUp, Part
from explorer.maths.explanations import Explanation, Step, Window
from explorer.maths.records import Place
from explorer.maths.worked import Worked


def window(channels: int, height: int, width: int, seed: int = 0, **more) -> Window:
    chance = np.random.default_rng(seed)
    values = chance.normal(size=(channels, height, width)).astype(np.float32)
    lines = np.arange(channels) + 5, np.arange(height), np.arange(width)
    return Window("conv", *lines, np.zeros((height, width), bool), values, **more)


def explained(*windows: Window) -> Explanation:
    return Explanation(Place("next", 0), "Conv2d", 0.0, windows, (Step("output", Worked("Σ", 0)),))


def every(adding: AddingUp) -> list[Part]:
    return [adding.part(number) for number in range(adding.count)]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 9), st.integers(1, 9), st.integers(0, 99), st.booleans())
def test_the_last_step_is_the_whole_sum(channels: int, height: int, width: int, seed: int, everything: bool) -> None:
    one = window(channels, height, width, seed, weights=window(channels, height, width, seed + 1).values)
    adding = AddingUp(explained(one), everything)
    if channels * height * width == 1:
        assert not adding.builds
        return
    assert sorted(part.channel for part in every(adding)) == list(range(channels))
    assert sum(part.amount for part in every(adding)) == pytest.approx(one.products.sum())
    sizes = [abs(part.amount) for part in every(adding)]
    assert sizes == sorted(sizes, reverse=True)
    assert adding.told + adding.others == channels
    assert everything <= (adding.others == 0)
    assert adding.stand(0) == adding.stand(-3)
    assert (adding.stand(0).cells, adding.stand(0).amount) == (0, 0)
    assert adding.stand(adding.steps).amount == pytest.approx(one.products.sum(), abs=1e-9)
    so_far = 0.0
    for part in range(adding.told):
        so_far += adding.part(part).amount
        stand = adding.stand(adding.end_of(part))
        assert (stand.part, stand.cells) == (part, height * width)
        assert stand.amount == pytest.approx(so_far, abs=1e-9)
    stands = [adding.stand(step) for step in range(adding.steps + 1)]
    assert all((a.part, a.cells) < (b.part, b.cells) for a, b in pairwise(stands[1:]))


def test_many_parts_are_told_as_one_and_a_large_window_in_rows() -> None:
    adding = AddingUp(explained(window(512, 3, 3)))
    assert (adding.told, adding.others, adding.steps) == (SHOWN, 500, SHOWN * 9 + 1)
    assert adding.stand(adding.steps).part == SHOWN
    assert adding.rest == pytest.approx(sum(part.amount for part in every(adding)[SHOWN:]))
    assert AddingUp(explained(window(SHOWN + 1, 1, 1))).others == 0  # one alone would take as much room as its name
    large = AddingUp(explained(window(1, 100, 90)))
    assert large.steps <= STEPS
    assert large.stand(1).cells % 90 == 0


def test_a_maximum_is_built_up_too() -> None:
    adding = AddingUp(explained(window(1, 3, 3, winner=4, gathered="max")))
    values = adding.windows[0].values.ravel()
    assert [adding.stand(step).amount for step in range(10)] == [-np.inf, *np.maximum.accumulate(values)]


def test_what_is_neither_is_only_listed() -> None:
    values = window(30, 1, 1, gathered="")
    adding = AddingUp(explained(values))
    assert (adding.builds, adding.steps) == (False, 0)
    amounts = [part.amount for part in every(adding)]
    assert amounts == sorted(values.values.ravel().tolist(), reverse=True)
    assert not AddingUp(Explanation(Place("next", 0), "Opaque", 0.0, (window(3, 4, 4),))).builds
    assert not AddingUp(explained()).builds
    joined = AddingUp(explained(window(1, 1, 1), window(1, 1, 1, 1)))
    assert joined.builds
    assert joined.steps == 2
