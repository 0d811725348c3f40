"""Views of the canvas to come back to, kept in the project by number and name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QInputDialog, QLineEdit, QMenu

from explorer.maths.sentences import shortened
from explorer.network.annotations import Bookmark
from explorer.ui.plain_buttons import plain
from explorer.ui.theme import GRID

if TYPE_CHECKING:
    from explorer.ui.canvas.edit_view import EditView

LONGEST = 60
"""Characters of a name."""


class Bookmarks:
    """The kept views of a canvas's project."""

    def __init__(self, canvas: EditView) -> None:
        self._canvas = canvas

    def keep(self, number: int) -> None:
        """Let this number stand for what is in view now; one edit."""
        middle = self._canvas.visible.center()
        bookmark = Bookmark(self._told(), (middle.x(), middle.y()), self._canvas.zoom)
        self._edit(f"Keep view {number}", number, bookmark)

    def go(self, number: int) -> None:
        """Show the view of this number again."""
        bookmark = self._canvas.drawing.project.bookmarks[number]
        self._canvas.look_at(QPointF(*bookmark.middle), bookmark.scale)

    def fill_names(self, menu: QMenu) -> None:
        """Make the menu that gives a view another name."""
        self._fill(menu, self._ask_name)

    def fill_forgetting(self, menu: QMenu) -> None:
        """Make the menu that forgets a view."""
        self._fill(menu, lambda number: self._edit(f"Forget view {number}", number, None))

    def _fill(self, menu: QMenu, do: Callable[[int], object]) -> None:
        menu.clear()
        for number, bookmark in sorted(self._canvas.drawing.project.bookmarks.items()):
            text = f"&{number} {bookmark.name.replace('&', '&&')}"
            menu.addAction(text).triggered.connect(lambda _=False, number=number: do(number))

    def _ask_name(self, number: int) -> None:
        old = self._canvas.drawing.project.bookmarks[number]
        dialog = QInputDialog(self._canvas)
        dialog.setWindowTitle("Name of a view")
        dialog.setLabelText(f"View {number} is called:")
        dialog.setTextValue(old.name)
        dialog.setOkButtonText("Rename")
        plain(dialog)
        for field in dialog.findChildren(QLineEdit):
            field.setMinimumWidth(40 * GRID)  # room for the title: the dialog keeps to its parts
        if dialog.exec() and (name := shortened(dialog.textValue(), LONGEST)):
            self._edit(f"Rename view {number}", number, replace(old, name=name))

    def _edit(self, text: str, number: int, bookmark: Bookmark | None) -> None:
        project = self._canvas.drawing.project
        others = {other: each for other, each in project.bookmarks.items() if other != number}
        self._canvas.edit(text, replace(project, bookmarks={**others, number: bookmark} if bookmark else others))

    def _told(self) -> str:
        """A view's name until it gets another one: the first and the last layer in it."""
        drawing = self._canvas.drawing
        seen = drawing.within(self._canvas.visible)
        order = [node.id for node in drawing.project.network.branches if node.id in seen]
        if not order:
            return "Beside the network"
        if len(order) == len(drawing.nodes):
            return "Everything"
        return shortened(order[0] if len(order) == 1 else f"{order[0]} – {order[-1]}", LONGEST)
