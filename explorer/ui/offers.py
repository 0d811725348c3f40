"""What the palette offers: layer kinds and blocks to add, as palette and canvas hand them on; networks to open."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

import explorer.layers  # noqa: F401  (fills Layer.kinds)
from explorer.maths.values import dataclass
from explorer.network.layer import Layer
from explorer.ui.controls.matching import LETTERS, rank_called
from explorer.ui.controls.words import told
from explorer.ui.other_words import OTHER_WORDS

if TYPE_CHECKING:
    from explorer.classics.blocks import Block

FAMILIES = ("Input", "Window", "Norm", "Activation", "Join", "Shape", "Dense", "Detection")
NETWORKS = "Networks"
"""The group of what is opened and not added."""
MIME = "application/x-cnn-explorer-kind"
"""Of a kind's name, dragged from the palette."""


@dataclass(frozen=True)
class Offer:
    """One line of the palette. name: what is handed on, and dragged where it can be; others: what else it is called."""

    name: str
    title: str
    group: str
    told: str
    dragged: bool = True
    others: str = ""

    def rank(self, query: str) -> int | None:
        """How well it answers what is typed: 0 best, None not at all.

        A network comes before layers only if its name begins as what is typed: to open one takes the other away.
        """
        place = rank_called(query, self.title, self.others, f"{self.name} {self.group} {self.told}")
        if place is None or self.group != NETWORKS:
            return place
        return None if place == LETTERS else place + LETTERS * (place > 1)


def layers() -> list[Offer]:
    """The layer kinds one can add: those that need nothing said before, family by family."""
    kinds = [k for k in Layer.kinds.values() if k.group in FAMILIES]
    plain = [k for k in kinds if all(f.default is not MISSING or f.default_factory is not MISSING for f in fields(k))]
    return [_kind(k) for k in sorted(plain, key=lambda k: FAMILIES.index(k.group))]


def more() -> list[Offer]:
    """Blocks, and networks to open; some milliseconds when they are first asked for."""
    from explorer.classics.catalogue import CLASSICS

    networks = (Offer(c.name, c.title, NETWORKS, f"{c.family}, {c.year}", False) for c in CLASSICS.values())
    return [*map(_kind, blocks().values()), *networks]


def blocks() -> dict[str, type[Block]]:
    """The blocks one can add, by name."""
    from explorer.classics.blocks import Block

    return Block.kinds


def _kind(kind: type[Layer] | type[Block]) -> Offer:
    name = kind.__name__
    return Offer(name, name, kind.group, told(kind), others=OTHER_WORDS.get(f"Layers/{name}", ""))


def packed(name: str) -> QMimeData:
    """A kind's name to be dragged."""
    data = QMimeData()
    data.setData(MIME, name.encode())
    return data


def unpacked(data: QMimeData) -> type[Layer] | type[Block] | None:
    """The kind that is dragged, if it is one."""
    name = bytes(data.data(MIME).data()).decode("utf-8", "replace")
    return Layer.kinds.get(name) or blocks().get(name)
