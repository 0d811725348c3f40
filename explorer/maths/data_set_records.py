"""What a network does with all pictures of a folder; the records cross from the worker to the window as they are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # as in `records`
    import numpy as np
    from numpy.typing import NDArray

    from explorer.maths.components import Components
    from explorer.maths.patch_records import Broken


@dataclass(frozen=True, eq=False)
class LayerActivity:
    """What one layer's C channels put out for all pictures so far.

    silent (C,) bool: was never above 0 anywhere; cuts: whether the layer makes 0 of what is below, so that such a
    channel is dead. The rest is of some places of each map: mean (C,) and zeros (C,), the share of numbers that are
    0; counts: of numbers in equal ranges from low to high.
    """

    node: str
    silent: NDArray[np.bool_]
    cuts: bool
    mean: NDArray[np.float32]
    zeros: NDArray[np.float32]
    counts: tuple[int, ...]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PictureSet:
    """The pictures that will be looked at. files: paths in the folder; classes: how many the network has, and labels
    what they are called; nodes: the layers whose activity is told; untrained: whether any node has random weights."""

    folder: str
    files: tuple[str, ...]
    classes: int
    labels: tuple[str, ...]
    nodes: tuple[str, ...]
    untrained: bool


@dataclass(frozen=True, eq=False)
class Evaluation:
    """What is known of a PictureSet so far; `done` of its pictures were seen, the broken ones among them.

    top (N, K) int32: the classes guessed for each picture, the best first, −1 where it was not seen or is broken;
    chances (N, K) float32: their probabilities. embedded: the layer whose values are told apart, and components:
    those of its values for the pictures `seen` (M,) int32, once all are seen.
    """

    done: int
    top: NDArray[np.int32]
    chances: NDArray[np.float32]
    layers: tuple[LayerActivity, ...]
    broken: tuple[Broken, ...]
    embedded: str = ""
    seen: NDArray[np.int32] | None = None
    components: Components | None = None


@dataclass(frozen=True, eq=False)
class Embedding:
    """Points (M, 2) float32 on a plane, those beside each other that were near each other; after so many steps."""

    points: NDArray[np.float32]
    done: int
    total: int
