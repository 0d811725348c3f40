"""Two midpoints in one cell: what each box asks for, and who gets it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from explorer.maths.head_records import Heads
from explorer.maths.midpoints import Claim
from explorer.ui.controls.labels import Text
from explorer.ui.pictures.detection_layers import letter
from explorer.ui.tables.bar_rows import BarList, Row
from explorer.ui.theme import GRID

MOST = 6
"""Boxes that one can drag."""


class MidpointsPage(QWidget):
    """Says what happens to the boxes that are dragged, and where found ones share a cell."""

    add_requested = Signal()
    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.said, self.found = Text(), Text(role="dim", size="small")
        self.table = BarList("How well each anchor fits each box")
        self.add, self.remove = QPushButton("Add a box"), QPushButton("Remove one")
        self.add.clicked.connect(self.add_requested)
        self.remove.clicked.connect(self.remove_requested)
        buttons = QHBoxLayout()
        buttons.addWidget(self.add)
        buttons.addWidget(self.remove)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.said)
        column.addWidget(self.table, 1)
        column.addLayout(buttons)
        column.addWidget(self.found)

    def show_claims(self, heads: Heads | None, head: int, claims: tuple[Claim, ...], together: str) -> None:
        """Show what the dragged boxes ask for; together: a sentence on found boxes that share a cell, or ""."""
        self.found.say(together)
        self.add.setEnabled(len(claims) < MOST)
        self.remove.setEnabled(len(claims) > 2)
        anchors = heads.heads[head].anchors if heads is not None else ()
        self.said.say(told(claims, len(anchors)))

        def row(number: int) -> Row:
            box, anchor = divmod(number, len(anchors))
            claim, (width, height) = claims[box], anchors[anchor]
            mine = claim.spot is not None and claim.spot.anchor == anchor
            figure = f"IoU {claim.overlaps[anchor]:.2f}"
            taken = (", lost" if claim.lost else ", takes it") if mine else ""
            text = f"{letter(box)} · anchor {anchor + 1}, {width:.3g} × {height:.3g}{taken}"
            return Row(text, figure, "", claim.overlaps[anchor], "", mine and claim.lost, 0.0)

        self.table.show_rows(len(claims) * len(anchors), row, (claims, head))


def told(claims: tuple[Claim, ...], anchors: int) -> str:
    """What happens, in a sentence or two."""
    from explorer.maths.midpoints import shared

    spots = [(number, claim.spot) for number, claim in enumerate(claims) if claim.spot is not None]
    groups = shared(spot for _, spot in spots)
    if not claims:
        return "Switch on Midpoints above the picture: it brings two boxes to drag."
    if not spots:
        return "No midpoint is on the network's input."
    if not groups:
        return "Each midpoint has a cell of its own, so each box has all anchors to itself. Drag one onto another."
    sentences = []
    for group in groups:
        members = [spots[number][0] for number in group]
        names = " and ".join(letter(number) for number in members)
        lost = [letter(number) for number in members if claims[number].lost]
        sentences.append(f"{names} have their midpoints in one cell.")
        if not lost:
            takers = [f"anchor {claims[n].spot.anchor + 1} takes {letter(n)}" for n in members if claims[n].spot]  # type: ignore[union-attr]
            sentences.append(f"{', '.join(takers).capitalize()}: both can be found.")
        else:
            why = f"the cell has only {anchors} anchors" if len(members) > anchors else "the same anchor fits best"
            sentences.append(f"{' and '.join(lost)} cannot be learned: {why}, and it holds one box.")
    return " ".join(sentences)
