"""From the numbers of feature maps to brightness: which number is dark, which is bright."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, get_args

from explorer.maths.channels import ChannelStatistics, blocks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Range = Literal["own", "shared", "clipped"]
"""Each channel from its own least to its own most number; all on one scale; or that without its outermost numbers."""
RANGES: tuple[Range, ...] = get_args(Range)

CLIPPED = 0.01
"""The part of all numbers that "clipped" shows as bright, or in maps with signs as strong, as can be."""


def ends(
    values: NDArray[np.float32], known: ChannelStatistics, range: Range
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The numbers (C,) that are darkest and brightest in each channel of values (C, H, W); all finite."""
    import numpy as np

    low, high = known.least, known.most
    if range == "own":
        return low, high
    least, most = float(low.min()), float(high.max())
    if range == "clipped":
        finite = values.ravel() if not known.broken.any() else values[np.isfinite(values)]
        strength = np.abs(finite) if least < 0 else finite
        if strength.size:
            rank = min(strength.size - 1, int((1 - CLIPPED) * strength.size))
            reach = float(np.partition(strength, rank)[rank])
            least, most = max(least, -reach) if least < 0 else least, min(most, reach)
    return np.full_like(low, least), np.full_like(high, most)


def brightened(
    values: NDArray[np.float32], low: NDArray[np.float32], high: NDArray[np.float32], broken: bool
) -> NDArray[np.uint8]:
    """Brightness 0 to 255 (C, H, W) for values between their channel's low and high (C,).

    A channel of one value is 0 all over, as is NaN; infinities are at the ends. broken: whether there are such numbers.
    """
    import numpy as np

    spread = high.astype(np.float64) - low
    factor = np.divide(255, spread, out=np.zeros_like(spread), where=spread > 0)
    usual = bool(((spread == 0) | ((spread > 1e-35) & (spread < 1e38))).all())  # else float32 would overflow
    kind: type[np.floating[Any]] = np.float32 if usual else np.float64
    flat, tiles = values.reshape(len(values), -1), np.empty(values.shape, np.uint8)
    below, times, bright = low.astype(kind)[:, None], factor.astype(kind)[:, None], tiles.reshape(len(values), -1)
    with np.errstate(invalid="ignore", over="ignore"):
        for part in blocks(flat.shape):
            level = (flat[part].astype(kind, copy=False) - below[part]) * times[part]
            if broken:
                np.nan_to_num(level, copy=False, nan=0.0, posinf=255, neginf=0)
            bright[part] = np.rint(level.clip(0, 255, out=level), out=level)
    return tiles
