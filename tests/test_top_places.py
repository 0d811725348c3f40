"""The k best places of each channel, against sorting all there are."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.maths.top_places import NONE, TopPlaces

numbers = st.sampled_from([-np.inf, -2.5, -1e-40, -0.0, 0.0, 1e-40, 1.0, 6.0, 6.0, 3e38, np.inf, np.nan])


@st.composite
def maps(draw) -> np.ndarray:
    """Numbers (pictures, channels, places) in which ties are common."""
    shape = [draw(st.integers(1, most)) for most in (9, 4, 5)]
    return np.float32(draw(st.lists(numbers, min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))).reshape(
        shape
    )


def best(values: np.ndarray, count: int) -> list[list[tuple[float, int, int]]]:
    """Value, picture and place of each channel's largest, from a sort of all."""
    found = []
    for channel in values.transpose(1, 0, 2):
        all_of_it = [
            (v, n, p) for n, row in enumerate(channel.tolist()) for p, v in enumerate(row) if v > -np.inf
        ]  # no NaN
        found.append(sorted(all_of_it, key=lambda one: (-one[0], *one[1:]))[:count])
    return found


def told(top: TopPlaces) -> list[list[tuple[float, int, int]]]:
    rows = zip(top.values.tolist(), top.pictures.tolist(), top.places.tolist(), strict=True)
    return [[one for one in zip(*row, strict=True) if one[1] != NONE] for row in rows]


@settings(max_examples=300, deadline=None)
@given(maps(), st.integers(1, 6), st.data())
def test_they_are_those_of_a_sort_in_any_order_and_batch(values, count, data) -> None:
    order = data.draw(st.permutations(range(len(values))))
    top = TopPlaces.empty(values.shape[1], count)
    while order:
        batch = np.int32(order[: data.draw(st.integers(1, len(order)))])
        order = order[len(batch) :]
        n, c, p = np.nonzero(values[batch] > -np.inf)
        top.add(c, values[batch][n, c, p], batch[n], p.astype(np.int32))
    assert told(top) == best(values, count)


@settings(max_examples=200, deadline=None)
@given(maps(), st.integers(1, 6))
def test_what_does_not_enter_changes_nothing(values, count) -> None:
    """One value of each picture: with those alone that enter, the places are the same."""
    values = values[:, :, :1]
    top = TopPlaces.empty(values.shape[1], count)
    for number in reversed(range(len(values))):
        picture = np.int32([number])
        n, c = np.nonzero(top.entering(values[picture, :, 0], picture[:, None]))
        top.add(c, values[picture][n, c, 0], picture[n], np.zeros(len(n), np.int32))
    assert told(top) == best(values, count)


def test_nothing_changes_nothing() -> None:
    top = TopPlaces.empty(2, 3)
    none = np.zeros(0, np.int32)
    top.add(none.astype(np.int64), np.float32(none), none, none)
    assert told(top) == [[], []]
    assert not top.entering(np.float32([[np.nan, -np.inf]]), np.int32([0])).any()
