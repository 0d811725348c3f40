"""A large picture in tiles, whose costs and slopes are those of the whole.

Each tile goes through the network with so much around it that what its own places answer is what they answer in the
whole picture. In a first pass the Gram matrices of all tiles are added up, so the costs are known; in a second one
each tile's share of them is followed back to its pixels.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from math import lcm

from explorer.engine.octaves import Size
from explorer.maths.sentences import Refusal
from explorer.network.analysis import Facts
from explorer.network.network import Network
from explorer.network.receptive_field import ReceptiveFields, spans

Span = tuple[int, int]
"""From the first to behind the last."""


class CannotTile(Refusal):
    """A picture cannot go through a network in tiles."""


@dataclass(frozen=True)
class Tile:
    """A part of the picture that goes through the network, and which of the answers in it are its own.

    rows, columns: of the picture. own: by layer, rows and columns of its maps in the whole picture; inside: the same
    in the maps of this part.
    """

    rows: Span
    columns: Span
    own: Mapping[str, tuple[Span, Span]]
    inside: Mapping[str, tuple[Span, Span]]

    @property
    def size(self) -> Size:
        """Height and width of the part."""
        return self.rows[1] - self.rows[0], self.columns[1] - self.columns[0]


def whole(facts: Mapping[str, Facts], wanted: Collection[str], size: Size) -> Tile:
    """The whole picture as one."""
    maps = {}
    for id in wanted:
        _, height, width = facts[id].shape or (0, 1, 1)
        maps[id] = (0, height), (0, width)
    return Tile((0, size[0]), (0, size[1]), maps, maps)


def tiles(network: Network, facts: Mapping[str, Facts], wanted: Collection[str], size: Size, side: int) -> list[Tile]:
    """The tiles of a picture of this size, each of about `side` × `side` pixels and what is needed around it.

    facts: of the network for pictures of this size. Raises CannotTile where the windows of a layer do not slide evenly,
    or see the whole picture.
    """
    fields = ReceptiveFields(network, facts)
    jumps = {}
    for id in wanted:
        field = fields[id]
        if field is None or field.whole or field.at_most or field.jump[0] != field.jump[1] or field.jump[0] < 1:
            raise CannotTile(
                f"{id[:60]} sees too much of the picture at once for tiles: pick layers nearer to the Input, or set "
                "the tile to 0."
            )
        jumps[id] = field.jump[0]
    grid = lcm(*jumps.values())
    step = max(1, side // grid) * grid
    lines = [list(_along(network, facts, wanted, axis, size[axis], (step, grid), jumps)) for axis in (0, 1)]
    found = []
    for rows, own_rows in lines[0]:
        for columns, own_columns in lines[1]:
            own = {id: (own_rows[id], own_columns[id]) for id in wanted}
            inside = {
                id: (_moved(down, rows[0] // jumps[id]), _moved(across, columns[0] // jumps[id]))
                for id, (down, across) in own.items()
            }
            found.append(Tile(rows, columns, own, inside))
    return found


def _moved(span: Span, by: int) -> Span:
    return span[0] - by, span[1] - by


def _along(
    network: Network, facts: Mapping[str, Facts], wanted: Collection[str], axis: int, length: int,
    steps: tuple[int, int], jumps: Mapping[str, int],
) -> Iterator[tuple[Span, dict[str, Span]]]:  # fmt: skip
    """Along one axis: which pixels go through the network together, and which answers of each layer are taken."""
    step, grid = steps
    for start in range(0, length, step):
        last = start + step >= length
        low, high = start, min(start + step, length)
        own: dict[str, Span] = {}
        for id in wanted:
            count = (facts[id].shape or (0, 0, 0))[1 + axis]
            own[id] = (start // jumps[id], count if last else min(count, (start + step) // jumps[id]))
            if own[id][0] < own[id][1]:
                seen = spans(network, facts, id, axis, (own[id][0], own[id][1] - 1))
                assert seen is not None
                _, (first, end) = seen
                low, high = min(low, first[0]), max(high, end[1] + 1)
        low = max(0, low) // grid * grid
        high = min(length, -(-high // grid) * grid)
        yield (low, length if last else high), own
