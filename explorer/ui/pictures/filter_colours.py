"""Filters as pixels: blue is below zero, red above; over red, green and blue drawn in these, grey being zero."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from explorer.maths.weight_records import LayerFilters
from explorer.ui.pictures.colour_maps import opaque
from explorer.ui.pictures.mosaic import Sheet, tiling
from explorer.ui.pictures.number_grids import DIVERGING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def reach(values: NDArray[np.float32], jointly: bool) -> NDArray[np.float32]:
    """For each filter (N, C, h, w) the size of the number that has the strongest colour (N, 1, 1, 1)."""
    import numpy as np

    most: NDArray[np.float32] = np.abs(values).max((1, 2, 3), initial=0, where=np.isfinite(values), keepdims=True)
    return np.full_like(most, most.max(initial=0)) if jointly else most


def coloured(values: NDArray[np.float32], reach: NDArray[np.float32], colour: bool) -> NDArray[np.uint32]:
    """Pixels (N, C, h, w) 0xAARRGGBB of filters (N, C, h, w); C is 1 where they are in colour."""
    import numpy as np

    with np.errstate(invalid="ignore"):
        scaled = np.divide(values, reach, out=np.zeros_like(values), where=np.broadcast_to(reach > 0, values.shape))
    level = np.rint(np.nan_to_num(128 + 127 * scaled, nan=128)).clip(0, 255).astype(np.uint32)
    if not colour:
        shades: NDArray[np.uint32] = opaque(DIVERGING)[level]
        return shades
    red, green, blue = level.transpose(1, 0, 2, 3)
    colours: NDArray[np.uint32] = (0xFF000000 | red << 16 | green << 8 | blue)[:, None].astype(np.uint32)
    return colours


def filter_image(filters: LayerFilters, at: int) -> QImage:
    """The filter in place `at` of the order by itself: its channels beside each other, in about a square."""
    own = filters.values[at : at + 1]
    pixels = coloured(own, reach(own, jointly=False), filters.colour)[0]
    return Sheet().draw_pixels(pixels, tiling(pixels.shape, 1.0)).copy()
