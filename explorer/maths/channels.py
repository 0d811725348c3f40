"""What the numbers of each channel are like: what channels are sorted by, and which are silent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from explorer.maths.values import dataclass

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BLOCK = 1 << 16
"""Numbers gone through at once: few enough to stay in the processor's cache from one pass to the next."""

Measure = Literal["", "mean", "max", "variance", "sparsity"]
"""What channels can be sorted by; "" leaves them as they are."""


@dataclass(frozen=True, eq=False)
class ChannelStatistics:
    """Of each channel (C,): mean, variance (of all its numbers, not of a sample), least and most of its finite
    numbers, 0 where it has none; zeros: how many are exactly 0; broken: how many are NaN or infinite."""

    mean: NDArray[np.float64]
    variance: NDArray[np.float64]
    least: NDArray[np.float32]
    most: NDArray[np.float32]
    zeros: NDArray[np.int64]
    broken: NDArray[np.int64]

    def silent(self, numbers: int) -> int:
        """How many channels are 0 everywhere; numbers: how many each has."""
        return int((self.zeros == numbers).sum())

    def order(self, measure: Measure) -> NDArray[np.int64]:
        """The channels' indices, the greatest first; equal ones stay in their order."""
        import numpy as np

        if not measure:
            return np.arange(len(self.mean))
        by: dict[str, NDArray[Any]] = {"mean": self.mean, "max": self.most, "variance": self.variance}
        return np.argsort(-by.get(measure, self.zeros), kind="stable")


def blocks(shape: tuple[int, int]) -> Iterator[slice]:
    """Channels to go through together, of maps of so many channels with so many numbers each."""
    channels, numbers = shape
    step = max(1, BLOCK // numbers)
    return (slice(first, first + step) for first in range(0, channels, step))


def statistics(values: NDArray[np.float32]) -> ChannelStatistics:
    """The statistics of maps (C, H, W), in float64, without a copy of the maps."""
    import numpy as np

    flat = values.reshape(len(values), -1)  # [C, H·W]
    numbers = flat.shape[1]
    mean, variance = np.empty(len(flat)), np.empty(len(flat))
    least, most = np.empty(len(flat), np.float32), np.empty(len(flat), np.float32)
    zeros, broken = np.empty(len(flat), np.int64), np.zeros(len(flat), np.int64)
    for part in blocks(flat.shape):
        block = flat[part]
        least[part], most[part] = block.min(1), block.max(1)
        zeros[part] = numbers - np.count_nonzero(block, axis=1)
        with np.errstate(invalid="ignore"):  # of infinities; those channels are gone through once more below
            mean[part] = block.sum(1, dtype=np.float64) / numbers  # which holds the sum of any float32
            away = block - mean[part, None]
            variance[part] = np.einsum("cn,cn->c", away, away) / numbers
    for channel in np.flatnonzero(~np.isfinite(mean)):
        finite = flat[channel][np.isfinite(flat[channel])].astype(np.float64)
        some = finite if finite.size else np.zeros(1)
        mean[channel], variance[channel] = some.mean(), some.var()
        least[channel], most[channel] = some.min(), some.max()
        broken[channel] = numbers - finite.size
    return ChannelStatistics(mean, variance, least, most, zeros, broken)
