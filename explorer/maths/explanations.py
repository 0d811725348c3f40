"""What a number of a feature map was computed from: plain records, which any view can show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from explorer.maths.records import Place
from explorer.maths.worked import Worked

if TYPE_CHECKING:  # see explorer.maths.records
    import numpy as np
    from numpy.typing import NDArray


Gathered = Literal["sum", "max", ""]


@dataclass(frozen=True, eq=False)
class Window:
    """Numbers of one node that entered: the same rows and columns of some of its channels.

    values: (N, h, w) float32 of the channels (N,). rows (h,) and columns (w,): where each cell lies in the node's map;
    a cell of mirrored, repeated or wrapped padding says the pixel it is a copy of, one of zeros or −∞ says −1. padded:
    (h, w), whether a cell is padding. weights: (N, h, w) float32 or float64 that values are multiplied by; None where
    they are not. winner: the number of the cell, of values in their order, that was kept; None where all count.
    gathered: what becomes of them first, "" where that is neither their sum nor the largest.
    """

    node: str
    channels: NDArray[np.int64]
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]
    padded: NDArray[np.bool_]
    values: NDArray[np.float32]
    weights: NDArray[np.floating] | None = None
    winner: int | None = None
    gathered: Gathered = "sum"

    @property
    def products(self) -> NDArray[np.float64]:
        """Values times weights (N, h, w); the values themselves where there are no weights."""
        values = self.values.astype("float64")
        return values if self.weights is None else values * self.weights

    @property
    def sums(self) -> NDArray[np.float64]:
        """What each channel contributes (N,)."""
        import numpy as np

        kind = np.float64
        sums: NDArray[np.float64] = (
            np.einsum("nhw->n", self.values, dtype=kind)
            if self.weights is None
            else np.einsum("nhw,nhw->n", self.values, self.weights, dtype=kind)
        )
        return sums

    def place(self, channel: int, row: int, column: int) -> Place | None:
        """Where a cell's number comes from, the cell counted within the window; None for padding that is no pixel."""
        if self.rows[row] < 0 or self.columns[column] < 0:
            return None
        return Place(self.node, int(self.channels[channel]), int(self.rows[row]), int(self.columns[column]))


@dataclass(frozen=True)
class Step:
    """One formula worked with the actual numbers; what it gives can be a letter of the next."""

    name: str
    worked: Worked


@dataclass(frozen=True, eq=False)
class Explanation:
    """How one number came about. value: as the network computed it, in float32.

    windows: what entered. steps: worked in float64; the last one gives the number. said: a sentence on what the
    formulas do not say. Without steps the layer is not taken apart, and windows are all of its inputs.
    """

    place: Place
    kind: str
    value: float
    windows: tuple[Window, ...] = ()
    steps: tuple[Step, ...] = ()
    said: str = ""
    untrained: bool = False
