"""Statistics and brightness of feature maps, beside numpy's own words for them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.maths.brightness import CLIPPED, RANGES, brightened, ends
from explorer.maths.channels import BLOCK, statistics


@pytest.mark.parametrize("shape", [(1, 1, 1), (5, 7, 3), (3000, 1, 1), (3, 300, BLOCK // 256), (700, 10, 11)])
def test_statistics_are_numpys(shape: tuple[int, int, int]) -> None:
    values = np.random.default_rng(0).normal(1000, 1, shape).astype(np.float32)  # a large mean loses no variance
    values[values < 999.5] = 0
    known = statistics(values)
    exact = values.astype(np.float64)
    np.testing.assert_allclose(known.mean, exact.mean((1, 2)), rtol=1e-12)
    np.testing.assert_allclose(known.variance, exact.var((1, 2)), rtol=1e-9, atol=1e-9)
    assert (known.least == values.min((1, 2))).all()
    assert (known.most == values.max((1, 2))).all()
    assert (known.zeros == (values == 0).sum((1, 2))).all()
    assert not known.broken.any()


def test_numbers_that_are_none_are_counted_and_left_out() -> None:
    values = np.float32([[[1, np.nan], [3, np.inf]], [[np.nan] * 2] * 2, [[0, 0], [0, 0]], [[-np.inf, 5], [0, 1]]])
    known = statistics(values)
    assert known.broken.tolist() == [2, 4, 0, 1]
    assert known.mean.tolist() == [2, 0, 0, 2]
    assert known.least.tolist() == [1, 0, 0, 0]
    assert known.most.tolist() == [3, 0, 0, 5]
    assert known.zeros.tolist() == [0, 0, 4, 1]
    assert known.silent(4) == 1
    np.testing.assert_allclose(known.variance, [1, 0, 0, np.var([5, 0, 1])])


def test_order() -> None:
    values = np.float32([[[1, 1]], [[0, 9]], [[3, 3]], [[-8, 8]], [[3, 3]]])
    known = statistics(values)
    assert known.order("").tolist() == [0, 1, 2, 3, 4]
    assert known.order("mean").tolist() == [1, 2, 4, 0, 3]  # equal ones stay in their order
    assert known.order("max").tolist() == [1, 3, 2, 4, 0]
    assert known.order("variance").tolist() == [3, 1, 0, 2, 4]
    assert known.order("sparsity").tolist() == [1, 0, 2, 3, 4]


def shown(values: np.ndarray, range: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    known = statistics(values)
    low, high = ends(values, known, range)
    return brightened(values, low, high, bool(known.broken.any())), low, high


def test_brightness() -> None:
    values = np.float32([[[0, 1], [2, 4]], [[7, 7], [7, 7]], [[-8, 0], [0, 8]]])
    tiles, low, high = shown(values, "own")
    assert tiles.tolist() == [[[0, 64], [128, 255]], [[0, 0], [0, 0]], [[0, 128], [128, 255]]]
    assert (low.tolist(), high.tolist()) == ([0, 7, -8], [4, 7, 8])
    tiles, low, high = shown(values, "shared")
    assert tiles[1].tolist() == [[239, 239], [239, 239]]
    assert (low.tolist(), high.tolist()) == ([-8] * 3, [8] * 3)


@pytest.mark.parametrize("signed", [False, True])
def test_one_great_number_does_not_darken_all_others(signed: bool) -> None:
    values = np.random.default_rng(0).uniform(-1 if signed else 0, 1, (2, 50, 50)).astype(np.float32)
    values[0, 0, 0] = 1000
    tiles, low, high = shown(values, "clipped")
    assert high[0] == high[1] < 1
    beyond = np.abs(values) >= high[0]
    assert beyond.mean() == pytest.approx(CLIPPED), "in maps with signs at both ends together"
    assert (tiles[values >= high[0]] == 255).all()
    assert (tiles[values <= -high[0]] == 0).all()
    assert low[0] == pytest.approx(-high[0]) if signed else low[0] == values.min()
    assert shown(values, "shared")[0].mean() < 1.1 + 127 * signed < tiles.mean() + 1


numbers = st.floats(width=32, allow_nan=True, allow_infinity=True)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.lists(numbers, min_size=4, max_size=4), min_size=1, max_size=3), st.sampled_from(RANGES))
def test_brightness_of_any_numbers(rows: list[list[float]], range: str) -> None:
    values = np.float32(rows).reshape(-1, 2, 2)
    tiles, low, high = shown(values, range)
    assert tiles.dtype == np.uint8
    assert tiles.shape == values.shape
    assert np.isfinite(low).all()
    assert np.isfinite(high).all()
    assert (low <= high).all()
    for value, tile, least, most in zip(
        values.reshape(len(rows), 4), tiles.reshape(len(rows), 4), low, high, strict=True
    ):
        constant = least == most
        assert all(
            t == 0 for v, t in zip(value, tile, strict=True) if np.isnan(v) or v <= least or (constant and v < np.inf)
        )
        if not constant:
            assert all(t == 255 for v, t in zip(value, tile, strict=True) if v >= most)
