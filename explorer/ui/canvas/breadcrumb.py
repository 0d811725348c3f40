"""Where one is: the groups around what is selected, from the network inwards; each can be clicked."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from explorer.ui import theme
from explorer.ui.controls.labels import Text, sized
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.group_view import GroupView

LONGEST = 24
"""Characters of a name here; longer ones lose their middle."""


class Breadcrumb(QWidget):
    """Lies at the upper left of the canvas wherever something in a group is selected, or a group."""

    def __init__(self, canvas: GroupView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._shown: tuple[tuple[str, str], ...] = ()
        self._below = 0  # pixels that a notice covers
        self.setAccessibleName("Groups around the selection")
        self.setAutoFillBackground(True)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(GRID // 2, 0, GRID // 2, 0)
        self._row.setSpacing(0)
        self.hide()

    def lie(self, below: int | None = None) -> None:
        """Lie in the corner; below: from now on below what covers so many pixels of the canvas from above."""
        self._below = self._below if below is None else below
        at = self._canvas.viewport().pos()
        self.move(at.x() + GRID, max(at.y(), self._below) + GRID)

    @property
    def buttons(self) -> list[QToolButton]:
        """One for each group, the outermost first, behind one for the network."""
        return [widget for i in range(self._row.count()) if isinstance(widget := self._at(i), QToolButton)]

    def follow(self) -> None:
        """Something else is selected, or the groups are others."""
        drawing, ids = self._canvas.drawing, self._canvas.session.selection
        groups = drawing.folding.groups
        whole = groups.exactly(ids) if ids else ""
        path = groups.path(whole or groups.around(ids)) if ids else ()
        crumbs = (("", drawing.document.project.title or "Network"), *((id, groups.groups[id].name) for id in path))
        if len(ids) == 1 and not whole:
            crumbs = (*crumbs, (ids[0], ids[0]))
        if path and crumbs != self._shown:
            self._shown = crumbs
            self._fill()
        self.setVisible(bool(path))

    def paintEvent(self, event: QPaintEvent) -> None:
        with QPainter(self) as painter:  # an edge: cards lie behind it
            painter.setPen(QColor(theme.current().edge))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _fill(self) -> None:
        while self._row.count():
            widget = self._at(0)
            self._row.takeAt(0)
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        names = [name for _, name in self._shown]
        groups = self._canvas.drawing.folding.groups.groups
        for (id, name), before in zip(self._shown, ["", *names], strict=False):
            short = name.removeprefix(f"{before}.") if before else name
            if before:
                self._row.addWidget(Text("›", "dim", "small", wrap=False))
            if id and id not in groups:
                last = Text(_shortened(short), size="small", wrap=False)
                last.setContentsMargins(GRID, 0, GRID // 2, 0)  # as far from the mark as words on buttons are
                self._row.addWidget(last)
            else:
                self._row.addWidget(self._button(id, name, short))
        self.adjustSize()

    def _button(self, id: str, name: str, short: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setFont(sized("small"))
        button.setText(_shortened(short).replace("&", "&&"))
        button.setAccessibleName(f"Group {name}" if id else "The whole network")
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self._canvas.go_to_group, id))
        return button

    def _at(self, number: int) -> QWidget | None:
        item = self._row.itemAt(number)
        return item.widget() if item is not None else None

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            self.adjustSize()
        return super().event(event)


def _shortened(name: str) -> str:
    half = LONGEST // 2
    return name if len(name) <= LONGEST else f"{name[: half - 1]}…{name[-half:]}"
