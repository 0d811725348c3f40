"""What the table of layers can show: one record a column, and to add one is to write one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from explorer.network.analysis import Facts
from explorer.network.conventions import Conventions
from explorer.network.cost import memory, numbers
from explorer.network.layer import described
from explorer.network.network import Node
from explorer.network.receptive_field import ReceptiveField, ReceptiveFields
from explorer.ui.controls.words import bytes_in_words, share_in_words


def exact(value: Any) -> str:
    """A value without rounding or signs between thousands; a share with four decimals."""
    if isinstance(value, float):
        return f"{value:.4f}"
    if isinstance(value, tuple):
        return "×".join(map(str, value))
    return re.sub(r"(?<=\d),(?=\d{3})", "", str(value))


@dataclass(frozen=True)
class Row:
    """One layer, what its network has as a whole, and how all of it is counted. bypassed: the node holds the layer that
    is kept, and the facts are of what runs in its place."""

    node: Node
    facts: Facts
    sums: Facts
    fields: ReceptiveFields
    conventions: Conventions
    bypassed: bool = False

    @property
    def settings(self) -> str:
        """The key settings, and whether the layer runs at all."""
        return " · ".join(filter(None, ("bypassed" if self.bypassed else "", self.node.layer.brief())))

    @property
    def parameters(self) -> int:
        """As they are counted."""
        return self.conventions.parameters(self.facts)

    @property
    def share(self) -> float:
        """Of the network's parameters."""
        return self.parameters / (self.conventions.parameters(self.sums) or 1)

    @property
    def output(self) -> Any:
        """The sizes of what comes out as they are written, or the problem."""
        shape = self.facts.shape
        return self.facts.problem if shape is None else self.conventions.sizes(shape)

    @property
    def field(self) -> ReceptiveField | None:
        """What its units see, None where there is no telling."""
        return self.fields[self.node.id]


@dataclass(frozen=True)
class Column:
    """value: what a layer has, which the column is sorted by; show, write: as text, to be read or computed with.

    width: in grid steps. number: aligned right. adds: whether values add up. whole: they depend on other layers too.
    """

    title: str
    value: Callable[[Row], Any]
    show: Callable[[Any], str] = str
    width: int = 11
    tip: str = ""
    number: bool = True
    adds: bool = False
    whole: bool = False
    first: bool = True  # shown until the user says otherwise
    write: Callable[[Any], str] = exact

    def heading(self, conventions: Conventions) -> str:
        """The title, with work in the unit it is counted in."""
        return self.title.replace("MAC", conventions.work)

    def explained(self, conventions: Conventions) -> str:
        """The tip, with work in that unit."""
        return self.tip.replace("MAC", conventions.work)

    def text(self, row: Row) -> str:
        """The cell."""
        return self.show(self.value(row))

    def plain(self, row: Row) -> str:
        """The cell for a file."""
        return self.write(self.value(row))


def _grouped(value: int) -> str:
    return f"{value:,}"


def _share(value: float) -> str:
    return share_in_words(value) if value else ""


def _shape(value: Any) -> str:
    return described(value) if isinstance(value, tuple) else value


def _place(value: tuple[float, ...]) -> str:
    return ", ".join(f"{part:g}" for part in value)


COLUMNS = (
    Column("Layer", lambda row: row.node.id, width=13, number=False, write=str),  # it may have commas of its own
    Column("Kind", lambda row: row.node.layer.kind, width=13, number=False),
    Column("Settings", lambda row: row.settings, width=16, number=False),
    Column("Output", lambda row: row.output, _shape, width=12, number=False),
    Column("Parameters", lambda row: row.parameters, _grouped, adds=True),
    Column("MACs", lambda row: row.conventions.cost(row.facts), _grouped, width=13, adds=True),
    Column(
        "Share of parameters", lambda row: row.share, _share, 17,
        "Share of the network's parameters", adds=True, whole=True,
    ),
    Column(
        "Share of MACs", lambda row: row.facts.macs / row.sums.macs if row.sums.macs else 0.0, _share, 12,
        "Share of the network's MACs", adds=True, whole=True,
    ),
    Column("Memory", lambda row: memory(row.facts), bytes_in_words, 10, "Bytes of the output, float32", adds=True),
    Column(
        "Receptive field", lambda row: row.field.size if row.field else (), _shape, 13,
        "Pixels of the picture that each number depends on, through every branch: height × width",
        number=False, whole=True,
    ),
    Column(
        "Jump", lambda row: row.field.jump if row.field else (), _shape, 9,
        "Pixels of the picture from what one number depends on to what its neighbour depends on, down × to the right; "
        "0 where it has no neighbour", number=False, whole=True, first=False,
    ),
    Column(
        "Start", lambda row: row.field.start if row.field else (), _place, 12,
        "The middle of what the first number depends on: row, column in pixels of the picture, counted from 0; "
        "below 0 it lies in the padding", number=False, whole=True, first=False, write=_place,
    ),
    Column(
        "Activations", lambda row: numbers(row.facts), _grouped,
        tip="Numbers in the output", adds=True, first=False,
    ),
    Column(
        "Buffers", lambda row: row.facts.buffers, _grouped, 9,
        "Numbers kept from training without being trained", adds=True, first=False,
    ),
)  # fmt: skip
LAST = "Settings"
"""The column that stands last in sight: numbers first where there is little room."""
