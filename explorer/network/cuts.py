"""What part of the picture each place of a node hears of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from explorer.network.analysis import Facts
from explorer.network.layer import Spans
from explorer.network.network import Network
from explorer.network.receptive_field import NOTHING, spans

Window = tuple[tuple[int, int | None], tuple[int, int | None]]
"""From which row to which, and from which column to which; the ends are not in it, None is the last one's."""
EVERYWHERE: Window = ((0, None), (0, None))


@dataclass(frozen=True)
class Cuts:
    """By row and by column of a node's maps, pixels of the Input as (first, end), the end not among them.

    Without what lies in padding; where nothing is left, (0, 0). clear: the rows and the columns of which no other sees
    less padding: where some see none, all those.
    """

    rows: Spans
    columns: Spans
    clear: Window


def cuts(network: Network, facts: Mapping[str, Facts], id: str) -> Cuts:
    """The cuts of a node that has no problem, and that one Input leads to. What is no map is one place."""
    shape = facts[id].shape or ()
    axes, clear = [], []
    for axis, count in enumerate(shape[1:] if len(shape) == 3 else (1, 1)):
        units = tuple(range(count))
        seen, heard = (spans(network, facts, id, axis, units, inside=inside) for inside in (False, True))
        assert seen  # one Input leads here
        assert heard
        axes.append([(0, 0) if span == NOTHING else (span[0], span[1] + 1) for span in heard[1]])
        clear.append(_clearest([max(0, -first) + max(0, last - seen[0] + 1) for first, last in seen[1]]))
    return Cuts(axes[0], axes[1], (clear[0], clear[1]) if len(shape) == 3 else EVERYWHERE)


def _clearest(outside: list[int]) -> tuple[int, int]:
    """From the first to the last unit that sees fewest pixels outside of the picture."""
    least = min(outside)
    return outside.index(least), len(outside) - outside[::-1].index(least)
