"""All channels of a node as one image: how its tiles are laid out, and which number lies under a pixel."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, sqrt
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage

from explorer.maths.records import FeatureMaps
from explorer.ui.colour_maps import SIGNED, indexed

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SMALLEST = 16
"""Pixels: maps smaller than this are drawn with each number as a square of several pixels, so that gaps stay thin."""
LARGEST = 4_000_000
"""Pixels of a whole mosaic that enlarging may not exceed."""


@dataclass(frozen=True)
class Tiling:
    """Where each channel's map lies: `columns` to a row, each number `factor` pixels wide, `gap` between tiles."""

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

    def tile(self, channel: int) -> QRect:
        """A channel's pixels in the mosaic."""
        across, down = self.step
        row, column = divmod(channel, self.columns)
        return QRect(column * across, row * down, across - self.gap, down - self.gap)

    def at(self, x: int, y: int) -> tuple[int, int, int] | None:
        """Channel, row and column of the number under a pixel; None in a gap."""
        across, down = self.step
        column, row = x // across, y // down
        channel = row * self.columns + column
        i, j = (y - row * down) // self.factor, (x - column * across) // self.factor
        inside = 0 <= column < self.columns and 0 <= channel < self.channels and i < self.height and j < self.width
        return (channel, i, j) if inside else None


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


def levels(maps: FeatureMaps, colours: str) -> NDArray[np.uint8]:
    """Brightness of each number (C, H, W), 1 to 255; in a map with signs 128 means zero."""
    import numpy as np

    if colours not in SIGNED:
        return np.maximum(maps.tiles, 1)  # 0 is for the gaps
    reach = np.maximum(np.abs(maps.low), np.abs(maps.high))[:, None, None]
    scaled = np.divide(maps.values, reach, out=np.zeros_like(maps.values), where=reach > 0)
    level: NDArray[np.uint8] = np.clip(np.rint(128 + 127 * np.nan_to_num(scaled)), 1, 255).astype(np.uint8)
    return level


def mosaic(level: NDArray[np.uint8], tiling: Tiling, colours: str) -> QImage:
    """All tiles as one indexed image, clear between them."""
    import numpy as np

    t = tiling
    across, down = t.step
    cells = np.zeros((t.rows * t.columns, t.height, t.width), np.uint8)
    cells[: t.channels] = level
    rows = cells.reshape(t.rows, t.columns, t.height, t.width).transpose(0, 2, 1, 3)  # [rows, H, columns, W]
    canvas = np.zeros((t.rows, down, t.columns, across), np.uint8)
    inner = canvas[:, : down - t.gap, :, : across - t.gap]
    inner[...] = rows.repeat(t.factor, axis=1).repeat(t.factor, axis=3) if t.factor > 1 else rows
    flat = canvas.reshape(t.rows * down, t.columns * across)  # [image height, image width]
    image = QImage(flat.data, flat.shape[1], flat.shape[0], flat.shape[1], QImage.Format.Format_Indexed8)
    image = image.copy(0, 0, flat.shape[1] - t.gap, flat.shape[0] - t.gap)
    image.setColorTable(indexed(colours))
    return image
