"""The canvas for screen readers: a list with an entry for each card, open group, note and arrow, whose name is that in
one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from PySide6.QtCore import QObject, QRect, QTimer
from PySide6.QtGui import QAccessible, QAccessibleEvent, QAccessibleInterface, QWindow
from PySide6.QtWidgets import QAccessibleWidget

from explorer.ui.canvas.annotations import spoken as annotation_spoken

if TYPE_CHECKING:
    from explorer.ui.canvas.edit_view import EditView
    from explorer.ui.canvas.node_item import Hit
    from explorer.ui.canvas.scene import NetworkScene


Entry = tuple[Literal["card", "frame", "note"], str]
"""The card of a node or of a closed group, the frame of an open group, or a note or an arrow; and its id."""


class SpokenEntry(QAccessibleInterface):
    """One entry. It stays when what it is of is gone, and is not valid then."""

    def __init__(self, home: SpokenCanvas, entry: Entry) -> None:
        super().__init__()
        self.home, self.entry = home, entry

    def isValid(self) -> bool:
        (kind, id), drawing = self.entry, self.home.canvas.drawing
        if kind == "card":
            return id in drawing.nodes
        return id in (drawing.frames.areas if kind == "frame" else drawing.annotations.shown)

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
        (what, id), drawing = self.entry, self.home.canvas.drawing
        if kind == QAccessible.Text.Name and self.isValid():
            return annotation_spoken(drawing.annotations.shown[id]) if what == "note" else drawing.spoken(id)
        if kind == QAccessible.Text.Description and self.isValid() and what == "card":
            inputs = [drawing.named((source,)) for source in drawing.folding.drawn.nodes[id].inputs]
            return f"fed by {', '.join(inputs)}" if inputs else ""
        return ""

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """A sentence about the network is not edited."""

    def rect(self) -> QRect:
        """Where it is, pixels of the screen."""
        canvas, (kind, id) = self.home.canvas, self.entry
        if not self.isValid():
            return QRect()
        drawing = canvas.drawing
        if kind == "card":
            area = drawing.nodes[id].bounds
        else:
            area = drawing.frames.areas[id] if kind == "frame" else drawing.annotations.area(id)
        seen = canvas.mapFromScene(area).boundingRect()
        return QRect(canvas.viewport().mapToGlobal(seen.topLeft()), seen.size())

    def role(self) -> QAccessible.Role:
        return QAccessible.Role.ListItem

    def state(self) -> QAccessible.State:
        state, (kind, id), canvas = QAccessible.State(), self.entry, self.home.canvas
        if not self.isValid():
            state.invalid = 1
            return state
        drawing = canvas.drawing
        chosen = drawing.annotations.selected if kind == "note" else drawing.chosen
        selected = id in chosen or (kind == "frame" and id == drawing.folding.groups.exactly(canvas.session.selection))
        state.selectable = state.focusable = state.multiSelectable = 1
        state.selected = int(selected)
        state.focused = int(selected and canvas.hasFocus() and canvas.session.selection[-1:] == (id,))
        state.offscreen = int(not self.rect().intersects(self.home.rect()))
        return state


class SpokenCanvas(QAccessibleWidget):
    """The canvas. Its children are the cards, inputs before what they feed, then the frames of open groups, then notes
    and arrows in reading order, and then its widgets."""

    def __init__(self, canvas: EditView) -> None:
        super().__init__(canvas, QAccessible.Role.List)
        self.canvas = canvas
        self._spoken: dict[Entry, SpokenEntry] = {}

    @property
    def entries(self) -> list[Entry]:
        """All of them in the order in which they are read."""
        drawing = self.canvas.drawing
        shown = drawing.annotations.shown
        return [
            *(("card", node.id) for node in drawing.folding.drawn.branches),
            *(("frame", id) for id in drawing.frames.areas),
            *(("note", id) for id in sorted(shown, key=lambda id: shown[id].place[::-1])),
        ]

    def childCount(self) -> int:
        return len(self.entries) + len(self._widgets)

    @property
    def _widgets(self) -> list[QAccessibleInterface]:
        """What lies on the canvas; not where all is drawn, which would be a second canvas without a name."""
        found = (super(SpokenCanvas, self).child(index) for index in range(super().childCount()))
        return [child for child in found if child is not None and child.object() is not self.canvas.viewport()]

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        entries = self.entries
        if index >= len(entries):
            return next(iter(self._widgets[index - len(entries) :]), None)
        entry = entries[index]
        if entry not in self._spoken:
            made = self._spoken[entry] = SpokenEntry(self, entry)
            QAccessible.registerAccessibleInterface(made)
        return self._spoken[entry]

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        if isinstance(child, SpokenEntry):
            return self.entries.index(child.entry) if child.isValid() else -1
        there = [one.object() for one in self._widgets]
        return len(self.entries) + there.index(child.object()) if child.object() in there else -1

    def childAt(self, x: int, y: int) -> QAccessibleInterface | None:  # type: ignore[override]
        for index in range(len(self.entries)):
            if (found := self.child(index)) is not None and found.rect().contains(x, y):
                return found
        return super().childAt(x, y)


def told(scene: NetworkScene, hit: Hit) -> str:
    """What a tool tip says of a card or a frame, in one sentence; of a link its ends, and what it carries."""
    if hit.link is None:
        return scene.spoken(hit.id)
    source, target, _ = scene.folding.links(hit.link)[0]
    shape = scene.document.facts[source].shape
    return f"{source} → {target}" + (f", {scene.conventions.shape(shape)}" if shape else "")


def announce(canvas: EditView, id: str) -> None:
    """Tell screen readers, where one listens, that the keys are on this card now."""
    if QAccessible.isActive() and not _announced(canvas, id):
        QTimer.singleShot(0, canvas, lambda: _announced(canvas, id))  # undo selects a card before it is drawn


def _announced(canvas: EditView, id: str) -> bool:
    """Whether screen readers were told."""
    spoken = QAccessible.queryAccessibleInterface(canvas)
    if not isinstance(spoken, SpokenCanvas) or ("card", id) not in (entries := spoken.entries):
        return False
    event = QAccessibleEvent(canvas, QAccessible.Event.Focus)
    event.setChild(entries.index(("card", id)))
    QAccessible.updateAccessibility(event)
    return True


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
