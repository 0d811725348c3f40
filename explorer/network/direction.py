"""Which way the links run on the canvas, and how large things are along that way and across it.

Layout, routes and edits are reckoned in the flow's own axes: first across, then along it. Only what takes places from
the scene, or gives them back, turns them. Where links run down, both are the same; where they run to the right, the
axes change places, which loses no bit of a number. So there is one layout, not two.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from math import ceil

Pair = tuple[float, float]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom; in the flow's axes: before across, before along, after across, after along."""

CARD = (176.0, 64.0)
"""Width and height of every node, scene units."""
GAP = (40.0, 32.0)
"""Least free room beside and below a card, scene units."""
GRID = 8.0
"""All places are multiples of this."""


class Direction(Enum):
    """The way from a network's input to its answer. The value is its name in files and commands."""

    TOP_DOWN = "top-down"
    LEFT_RIGHT = "left-right"

    def __init__(self, name: str) -> None:
        self.turns = name == "left-right"
        """Whether the flow's axes are not the scene's."""
        self.card = self.turned(CARD)
        """A card's extents across and along, scene units."""
        self.gap = self.turned(GAP)
        """Least free room after a card, across and along."""
        self.pitch = 16 * ceil((self.card[0] + self.gap[0]) / 16)
        """From one card to the next across; half of it is on the grid too, so that branches lie symmetrically."""
        self.step = self.card[1] + self.gap[1]
        """From one card to the next along."""

    @classmethod
    def of(cls, name: object) -> Direction:
        """The one of this name; down where there is none."""
        return next((one for one in cls if one.value == name), cls.TOP_DOWN)

    def turned(self, pair: Pair) -> Pair:
        """A point or a size from the scene's axes in the flow's, or back."""
        return (pair[1], pair[0]) if self.turns else pair

    def boxed(self, box: Box) -> Box:
        """A rectangle, or the room on its four sides, from the scene's axes in the flow's, or back."""
        return (box[1], box[0], box[3], box[2]) if self.turns else box

    def placed(self, places: Mapping[str, Pair]) -> Mapping[str, Pair]:
        """Places from the scene's axes in the flow's, or back; these themselves where nothing turns."""
        return {id: (y, x) for id, (x, y) in places.items()} if self.turns else places
