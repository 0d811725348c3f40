"""A picture on its way to the content of one and the style of others, and what that takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class StyleCosts:
    """What a picture costs after `step` steps.

    content, style, smoothness: J_content, J_style and J_variation without their weights; total: J with them.
    evaluations: how often the network ran for this step.
    """

    step: int
    content: float
    style: float
    smoothness: float
    total: float
    evaluations: int = 1


@dataclass(frozen=True)
class LayerCost:
    """What one layer adds to J_content (kind "content") or, for one of the style pictures, to J_style (kind "style").

    Without its weight. picture: which of the style pictures, counted from 0.
    """

    node: str
    kind: str
    cost: float
    picture: int = 0


@dataclass(frozen=True, eq=False)
class Styled:
    """picture: (H, W, 3) uint8 after `costs.step` steps.

    layers: each layer's cost for it. since: the costs of every step since the last answer, this one last; the first
    answer of a search has those of the picture it began with, before any step. note: a sentence where something did
    not go as it was asked for, "" else. done: no further step will come.
    """

    picture: NDArray[np.uint8]
    costs: StyleCosts
    layers: tuple[LayerCost, ...]
    since: tuple[StyleCosts, ...]
    note: str = ""
    done: bool = False

    @property
    def step(self) -> int:
        """How many steps were taken."""
        return self.costs.step


@dataclass(frozen=True)
class StyleForecast:
    """What a search will take, before it begins.

    size: (width, height) in the end. memory: bytes at most, beside what the program takes anyway; free: bytes there
    are, None where nobody knows. seconds: of all steps together, and each: of one at the last size. fits: whether the
    memory is enough; largest: pixels of the longer side that would fit, as the settings are; tile: the side of tiles
    with which the asked size fits, 0 where none is needed or none helps. sentence: the same for people.
    """

    size: tuple[int, int]
    memory: int
    free: int | None
    seconds: float
    each: float
    fits: bool
    largest: int
    tile: int = 0
    sentence: str = ""
