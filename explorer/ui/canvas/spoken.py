"""The canvas for screen readers: a list with an entry for each node, whose name is the node in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QRect
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget

if TYPE_CHECKING:
    from explorer.ui.canvas.edit_view import EditView


class SpokenNode(QAccessibleInterface):
    """One node. It stays when the node is gone, and is not valid then."""

    def __init__(self, home: SpokenCanvas, id: str) -> None:
        super().__init__()
        self.home, self.id = home, id

    def isValid(self) -> bool:
        return self.id in self.home.canvas.drawing.nodes

    def object(self) -> QObject | None:  # type: ignore[override]  # PySide's stubs forget None, here and below
        return None

    def window(self) -> QWindow | None:  # type: ignore[override]
        return self.home.window()

    def relations(self, match: Any = None) -> list[Any]:
        return []

    def parent(self) -> QAccessibleInterface:
        return self.home

    def child(self, index: int) -> None:  # type: ignore[override]
        return None

    def childAt(self, x: int, y: int) -> None:  # type: ignore[override]
        return None

    def childCount(self) -> int:
        return 0

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Name and self.isValid():
            return self.home.canvas.drawing.nodes[self.id].card.spoken
        if kind == QAccessible.Text.Description and self.isValid():
            inputs = self.home.canvas.drawing.document.project.network.nodes[self.id].inputs
            return f"fed by {', '.join(inputs)}" if inputs else ""
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """A sentence about a node is not edited."""

    def rect(self) -> QRect:
        """Where its card is, pixels of the screen."""
        canvas = self.home.canvas
        if not self.isValid():
            return QRect()
        seen = canvas.mapFromScene(canvas.drawing.nodes[self.id].sceneBoundingRect()).boundingRect()
        return QRect(canvas.viewport().mapToGlobal(seen.topLeft()), seen.size())

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        return QAccessible.State()


class SpokenCanvas(QAccessibleWidget):
    """The canvas, whose first children are the nodes, inputs before what they feed; its widgets come after them."""

    def __init__(self, canvas: EditView) -> None:
        super().__init__(canvas, QAccessible.Role.List)
        self.canvas = canvas
        self._spoken: dict[str, SpokenNode] = {}

    @property
    def ids(self) -> list[str]:
        """The nodes in the order in which they are read."""
        return [node.id for node in self.canvas.drawing.document.project.network.branches]

    def childCount(self) -> int:
        return len(self.ids) + super().childCount()

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        ids = self.ids
        if index >= len(ids):
            return super().child(index - len(ids))
        id = ids[index]
        if id not in self._spoken:
            node = self._spoken[id] = SpokenNode(self, id)
            QAccessible.registerAccessibleInterface(node)
        return self._spoken[id]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, SpokenNode):
            return self.ids.index(child.id) if child.isValid() else -1
        found = super().indexOfChild(child)
        return found + len(self.ids) if found >= 0 else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        for index in range(len(self.ids)):
            if (node := self.child(index)) is not None and node.rect().contains(x, y):
                return node
        return super().childAt(x, y)


def announce(canvas: EditView, id: str) -> None:
    """Tell screen readers, where one listens, that the keys are on this node now."""
    if QAccessible.isActive() and isinstance(spoken := QAccessible.queryAccessibleInterface(canvas), SpokenCanvas):
        event = QAccessibleEvent(canvas, QAccessible.Event.Focus)
        event.setChild(spoken.ids.index(id))
        QAccessible.updateAccessibility(event)


_kept: dict[int, SpokenCanvas] = {}
"""Qt itself keeps no Python object; by the canvas, until that is destroyed."""
_installed: list[object] = []


def install(kind: type[EditView]) -> None:
    """Let Qt ask us about canvases of this class; once for the program."""

    def made(_class: str, widget: QObject) -> QAccessibleInterface | None:
        if not isinstance(widget, kind):
            return None
        key = id(widget)
        _kept[key] = SpokenCanvas(widget)
        widget.destroyed.connect(lambda: _kept.pop(key, None))
        return _kept[key]

    if not _installed:
        _installed.append(made)
        QAccessible.installFactory(made)
