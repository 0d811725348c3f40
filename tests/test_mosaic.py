"""Mosaics are drawn in memory made ready, or in new memory where that is too small: the picture is the same."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QImage

from explorer.maths.channels import statistics
from explorer.maths.records import FeatureMaps
from explorer.ui.pictures.mosaic import ROOM, Sheet, tiling


def maps(*shape: int) -> FeatureMaps:
    values = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    low, high = values.min((1, 2)), values.max((1, 2))
    return FeatureMaps("x", values, np.zeros(shape, np.uint8), low, high, statistics(values))


def drawn(sheet: Sheet, these: FeatureMaps) -> QImage:
    shape = these.values.shape
    return sheet.draw_maps(these, tiling(shape, 1.5), "blue–white–red", np.arange(shape[0]))


@pytest.mark.parametrize("shape", [(3, 20, 20), (40, 230, 230)])
def test_memory_made_ready_changes_no_pixel(shape) -> None:
    these = maps(*shape)
    ready = Sheet()
    ready.make_ready()
    assert drawn(ready, these) == drawn(Sheet(), these)
    assert drawn(ready, these) == drawn(Sheet(), these), "and not the second time either"
    assert np.prod(shape) > ROOM or np.prod(shape) < ROOM / 4, "one that fits, one that does not"


def test_memory_that_comes_late_is_left_for_the_next_larger_mosaic() -> None:
    sheet, small, large = Sheet(), maps(3, 20, 20), maps(9, 60, 60)
    first = drawn(sheet, small)
    sheet.make_ready()
    assert first == drawn(Sheet(), small)
    assert drawn(sheet, large) == drawn(Sheet(), large)
