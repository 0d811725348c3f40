"""The strongest places of maps, against sorting all their numbers."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.engine.strongest import Strongest
from tests.test_top_places import best, numbers, told


@st.composite
def pictures(draw) -> np.ndarray:
    """(N, C, H, W) in which ties are common."""
    shape = [draw(st.integers(1, most)) for most in (6, 3, 4, 4)]
    many = int(np.prod(shape))
    return np.float32(draw(st.lists(numbers, min_size=many, max_size=many))).reshape(shape)


@settings(max_examples=300, deadline=None)
@given(pictures(), st.integers(1, 5), st.booleans(), st.booleans(), st.data())
def test_they_are_those_of_a_sort(values, count, several, lowest, data) -> None:
    n, c, height, width = values.shape
    upper, left = data.draw(st.integers(0, height - 1)), data.draw(st.integers(0, width - 1))
    window = (upper, data.draw(st.integers(upper + 1, height))), (left, data.draw(st.integers(left + 1, width)))
    strongest, done, each = Strongest({"other": 2, "maps": c}, count), 0, count if several else 1
    last = data.draw(st.sampled_from([torch.channels_last, torch.contiguous_format]))
    order = np.int32(data.draw(st.permutations(range(n))))
    while done < n:
        batch = order[done : done + data.draw(st.integers(1, n))]
        y = torch.from_numpy(values[batch]).contiguous(memory_format=last)
        before = y.clone()
        strongest.see("maps", y, batch, window, lowest=lowest, each=each)
        strongest.take_in()
        assert torch.equal(y.isnan(), before.isnan())
        assert torch.equal(y.nan_to_num(), before.nan_to_num())
        done += len(batch)
    inside = np.full(values.shape, -np.inf, np.float32)
    (top_row, bottom), (first, end) = window
    inside[:, :, top_row:bottom, first:end] = (-values if lowest else values)[:, :, top_row:bottom, first:end]
    flat = inside.reshape(n, c, -1)
    if not several:
        flat = np.where(np.isnan(flat), -np.inf, flat)
        largest = flat.argmax(2)[..., None]
        alone = np.full_like(flat, -np.inf)
        np.put_along_axis(alone, largest, np.take_along_axis(flat, largest, 2), 2)
        flat = alone
    assert told(strongest.tops["maps"]) == best(flat, count)
    assert told(strongest.tops["other"]) == [[], []]


@pytest.mark.parametrize("shape", [(2, 5), (2, 5, 3), (2, 5, 3, 4, 2)])
def test_what_is_no_map_is_one_too(shape: tuple[int, ...]) -> None:
    values = torch.randn(shape)
    strongest = Strongest({"maps": 5}, 2)
    flat = values.reshape(2, 5, shape[2] if len(shape) > 2 else 1, -1)
    strongest.see("maps", values, np.int32([0, 1]), ((0, flat.shape[2]), (0, flat.shape[3])))
    strongest.take_in()
    alone = np.where(flat == flat.amax((2, 3), True), flat, -np.inf).reshape(2, 5, -1)
    assert told(strongest.tops["maps"]) == best(alone, 2)
