"""What can be added to a network: layer kinds and blocks, as palette and canvas hand them on."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData

import explorer.layers  # noqa: F401  (fills Layer.kinds)
from explorer.network.layer import Layer

if TYPE_CHECKING:
    from explorer.classics.blocks import Block

    Offer = type[Layer] | type[Block]

FAMILIES = ("Input", "Window", "Norm", "Activation", "Join", "Shape", "Dense")
MIME = "application/x-cnn-explorer-kind"
"""Of a kind's name, dragged from the palette."""


def layers() -> list[type[Layer]]:
    """The layer kinds one can add: those that need nothing said before, family by family."""
    kinds = [k for k in Layer.kinds.values() if k.group in FAMILIES]
    plain = [k for k in kinds if all(f.default is not MISSING or f.default_factory is not MISSING for f in fields(k))]
    return sorted(plain, key=lambda k: FAMILIES.index(k.group))


def blocks() -> dict[str, type[Block]]:
    """The blocks one can add, by name; a few milliseconds when they are first asked for."""
    from explorer.classics.blocks import Block

    return Block.kinds


def packed(kind: Offer) -> QMimeData:
    """A kind to be dragged."""
    data = QMimeData()
    data.setData(MIME, kind.__name__.encode())
    return data


def unpacked(data: QMimeData) -> Offer | None:
    """The kind that is dragged, if it is one."""
    name = bytes(data.data(MIME).data()).decode("utf-8", "replace")
    return Layer.kinds.get(name) or blocks().get(name)
