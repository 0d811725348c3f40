"""All channels of a node as one image: how its tiles are laid out, and which number lies under a pixel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from explorer.maths.records import FeatureMaps
from explorer.ui.pictures.colour_maps import SIGNED, opaque

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SMALLEST = 16
"""Pixels: maps smaller than this are drawn with each number as a square of several pixels, so that gaps stay thin."""
LARGEST = 4_000_000
"""Pixels of a whole mosaic that enlarging may not exceed."""
ROOM = 1 << 21
"""Pixels that memory is made ready for: the mosaics of all but the very largest layers."""


@dataclass(frozen=True)
class Tiling:
    """Where each map lies: `columns` to a row, each number `factor` pixels wide, `gap` between tiles."""

    channels: int
    height: int
    width: int
    columns: int
    factor: int
    gap: int

    @property
    def rows(self) -> int:
        """Rows of tiles."""
        return -(-self.channels // self.columns)

    @property
    def step(self) -> tuple[int, int]:
        """Pixels from one tile to the next, across and down."""
        return self.width * self.factor + self.gap, self.height * self.factor + self.gap

    def tile(self, place: int) -> QRect:
        """The pixels of the map at this place, counted from 0 along the rows."""
        across, down = self.step
        row, column = divmod(place, self.columns)
        return QRect(column * across, row * down, across - self.gap, down - self.gap)

    def at(self, x: int, y: int) -> tuple[int, int, int] | None:
        """The place of the map, and row and column of the number under a pixel; None in a gap."""
        across, down = self.step
        column, row = x // across, y // down
        place = row * self.columns + column
        i, j = (y - row * down) // self.factor, (x - column * across) // self.factor
        inside = 0 <= column < self.columns and 0 <= place < self.channels and i < self.height and j < self.width
        return (place, i, j) if inside else None


def tiling(shape: tuple[int, int, int], aspect: float) -> Tiling:
    """The layout that shows maps (C, H, W) largest in a panel of this width / height."""
    import numpy as np

    channels, height, width = shape
    factor = ceil(SMALLEST / max(height, width))
    factor = max(1, min(factor, int(sqrt(LARGEST / (channels * height * width)))))
    gap = 1 if max(height, width) * factor < 32 else 2
    columns = np.arange(1, channels + 1)
    rows = -(-channels // columns)
    across, down = width * factor + gap, height * factor + gap
    scale = np.minimum(aspect / (columns * across), 1 / (rows * down))
    return Tiling(channels, height, width, int(columns[scale.argmax()]), factor, gap)


def levels(maps: FeatureMaps, colours: str, channels: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Brightness 0 to 255 of each number of some channels (…, H, W); in a map with signs 128 means zero."""
    import numpy as np

    if colours not in SIGNED:
        return maps.tiles[channels]
    reach = np.maximum(np.abs(maps.low[channels]), np.abs(maps.high[channels]))[:, None, None]
    scaled = maps.values[channels]
    if maps.statistics.broken.any():
        np.nan_to_num(scaled, copy=False)
    with np.errstate(over="ignore"):  # infinities stay the greatest
        scaled *= np.divide(127, reach, out=np.zeros_like(reach), where=reach > 1e-35)  # what a float32 can divide by
    scaled += 128
    level: NDArray[np.uint8] = np.rint(scaled.clip(1, 255, out=scaled), out=scaled).astype(np.uint8)
    return level


def channel_image(maps: FeatureMaps, colours: str, channel: int) -> QImage:
    """One channel, a pixel for each number."""
    import numpy as np

    _, height, width = maps.values.shape
    return Sheet().draw_maps(maps, Tiling(1, height, width, 1, 1, 0), colours, np.array([channel])).copy()


class Sheet:
    """Draws mosaics, one after the other in the same memory: fresh memory costs more than what is drawn in it."""

    def __init__(self) -> None:
        self._pixels: NDArray[np.uint32] | None = None
        self._ready: NDArray[np.uint32] | None = None

    def make_ready(self) -> None:
        """Get the memory before it is drawn in: the system hands it out page by page at the first touch.

        For a thread of its own; the filling lets the others go on.
        """
        import numpy as np

        ready = np.empty(ROOM, np.uint32)
        ready.fill(0)
        self._ready = ready

    def draw(self, level: NDArray[np.uint8], tiling: Tiling, colours: str) -> QImage:
        """All tiles as one image, clear between them. It lasts until the next one is drawn; copy what stays."""
        shades = opaque(colours)
        return self._lay(lambda part: shades[level[part]], tiling)

    def draw_maps(self, maps: FeatureMaps, tiling: Tiling, colours: str, order: NDArray[np.int64]) -> QImage:
        """The same of all channels in this order.

        A row of tiles is made at a time: what lies between the numbers and the image stays small.
        """
        shades = opaque(colours)
        return self._lay(lambda part: shades[levels(maps, colours, order[part])], tiling)

    def draw_pixels(self, pixels: NDArray[np.uint32], tiling: Tiling) -> QImage:
        """The same of pixels (N, H, W) 0xAARRGGBB."""
        return self._lay(lambda part: pixels[part], tiling)

    def _lay(self, tiles_of: Callable[[slice], NDArray[np.uint32]], tiling: Tiling) -> QImage:
        import numpy as np

        t = tiling
        across, down = t.step
        height, width = t.rows * down, t.columns * across
        if self._pixels is None or self._pixels.size < height * width:
            ready, self._ready = self._ready, None
            if ready is None or ready.size < height * width:
                ready = np.empty(height * width, np.uint32)
            self._pixels = ready
        pixels = self._pixels[: height * width].reshape(t.rows, down, t.columns, across)
        pixels[:, down - t.gap :] = 0
        pixels[..., across - t.gap :] = 0
        for row in range(t.rows):
            tiles = tiles_of(slice(row * t.columns, (row + 1) * t.columns))  # [columns, H, W]
            large = tiles.repeat(t.factor, axis=1).repeat(t.factor, axis=2) if t.factor > 1 else tiles
            inner = pixels[row, : down - t.gap, : len(tiles), : across - t.gap]  # [H, columns, W]
            inner[...] = large.transpose(1, 0, 2)
            pixels[row, :, len(tiles) :] = 0
        kind = QImage.Format.Format_ARGB32_Premultiplied
        return QImage(self._pixels.data, width - t.gap, height - t.gap, width * 4, kind)
