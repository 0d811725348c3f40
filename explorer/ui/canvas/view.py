"""The canvas: the network drawn, and edited with the mouse and the keys."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip

from explorer.classics.blocks import Block
from explorer.network.conventions import Conventions
from explorer.ui import theme
from explorer.ui.canvas import card, keys
from explorer.ui.canvas.edit_view import EMPTY, EditView
from explorer.ui.canvas.gestures import Band, Gesture, Move, Pan, Wire
from explorer.ui.canvas.legend import Legend, corner
from explorer.ui.canvas.node_item import Hit
from explorer.ui.offers import unpacked
from explorer.ui.words import plain_tip
from explorer.workspace.document import Change
from explorer.workspace.session import Session

GLOW = 2000
"""Milliseconds a node that was pointed out stays lit."""
ADDITIVE = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


class Canvas(EditView):
    """Turns mouse, keys and drops into gestures and edits."""

    block_requested = Signal(object, object)  # a kind of block, QPointF where it was dropped
    xray_requested = Signal()  # thumbnails on the cards, or none any more

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.gesture: Gesture | None = None
        self._space = False
        self._pinch = 0.0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAcceptDrops(True)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Network")
        self.legend = Legend(self)
        self.drawing.adopt(session.conventions)
        session.document.changed.connect(self._follow)
        session.opened.connect(lambda _: self.settle())
        session.pointed_out.connect(self.point_out)
        session.conventions_changed.connect(self._adopt)
        self._fade = QTimer(self, singleShot=True, interval=GLOW)
        self._fade.timeout.connect(lambda: self.drawing.point_at(Hit("ground")))

    def colour_by(self, name: str) -> None:
        """Colour the cards by a measure of `cost`, "" by family, with a legend."""
        self.drawing.colour_by(name)
        self._show_legend()
        self.viewport().update()

    def ask_xray(self) -> None:
        """Ask for a thumbnail of what each layer puts out, or for none any more."""
        self.xray_requested.emit()

    def _adopt(self, conventions: Conventions) -> None:
        self.drawing.adopt(conventions)
        self._show_legend()

    def _show_legend(self) -> None:
        self.legend.show_scale(self.drawing.colouring.scale if self.drawing.nodes else None)

    def _follow(self, change: Change) -> None:
        self._show_legend()
        if self.gesture is not None:  # undone under the user's hand: the drag has lost its ground
            self.gesture = None
            self.drawing.choose(self.session.selection)
            self._show_cursor()
            self.viewport().update()
        if change.brought_back:
            self.reveal(change.brought_back)  # what undo did should be seen
        if not change.before.network.nodes or not change.after.network.nodes:
            self.viewport().update()
        self.describe()

    def point_out(self, id: str) -> None:
        """Show a node, and light it up as if the mouse were over it, for a moment."""
        self.reveal((id,))
        self.drawing.point_at(Hit("card", id))
        self._fade.start()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.box.shut()
        self.touched = True
        at, button = self.scene_point(event.position()), event.button()
        if self.gesture is None:
            left = button == Qt.MouseButton.LeftButton
            if button == Qt.MouseButton.MiddleButton or (left and self._space):
                self.gesture = Pan(self, at)
            elif left:
                self.gesture = self._begin(at, bool(event.modifiers() & ADDITIVE))
            if self.gesture is not None:
                self._show_cursor()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.scene_point(event.position())
        if self.gesture is not None:
            self.gesture.move(at)
        else:
            self.drawing.point_at(self.drawing.hit(at, self.zoom))
            self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.gesture is not None and not event.buttons():
            gesture, self.gesture = self.gesture, None
            gesture.release(self.scene_point(event.position()))
            self.viewport().update()
            self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self.scene_point(event.position())
        hit = self.drawing.hit(at, self.zoom)
        if event.button() == Qt.MouseButton.LeftButton and hit.part == "ground":
            self.search(at)
        elif hit.id:
            self.ask_edit()

    def leaveEvent(self, event: QEvent) -> None:
        self.drawing.point_at(Hit("ground"))

    def _begin(self, at: QPointF, additive: bool) -> Gesture | None:
        """The gesture that a press of the left button starts."""
        hit, selection = self.drawing.hit(at, self.zoom), self.session.selection
        if hit.part == "output":
            return Wire(self, at, hit.id)
        if hit.part == "input":
            inputs = self.drawing.document.project.network.nodes[hit.id].inputs
            if not inputs:
                return Wire(self, at, hit.id, backwards=True)
            source = inputs[hit.port]
            return Wire(self, at, source, held=(source, hit.id, hit.port))
        if hit.part == "card":
            return Move(self, at, hit.id, additive)
        if hit.link is not None:
            self.select((), hit.link)
            return None
        return Band(self, at, selection if additive else ())

    def _end_gesture(self) -> bool:
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.cancel()
            self.viewport().update()
            self._show_cursor()
        return gesture is not None

    def _show_cursor(self) -> None:
        shape = Qt.CursorShape.ArrowCursor
        if self.gesture is not None:
            shape = self.gesture.cursor
        elif self._space:
            shape = Qt.CursorShape.OpenHandCursor
        elif self.drawing.hover.part in ("input", "output"):
            shape = Qt.CursorShape.CrossCursor
        self.viewport().setCursor(shape)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self.touched = True
        if event.key() == Qt.Key.Key_Escape:
            if not self._end_gesture():
                self.select(())
        elif event.key() == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif self.gesture is not None or not keys.press(self, event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab adds a layer; Shift+Tab leaves the canvas."""
        return False if next else super().focusNextPrevChild(next)

    def focusOutEvent(self, event: QEvent) -> None:
        self._space = False

    # Drops from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        event.setAccepted(unpacked(event.mimeData()) is not None)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        kind = unpacked(event.mimeData())
        event.setAccepted(kind is not None)
        if kind is not None:
            hit = self.drawing.hit(self.scene_point(event.position()), self.zoom)
            self.drawing.choose(self.session.selection, hit.link if getattr(kind, "inputs", 1) else None)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.drawing.choose(self.session.selection)

    def dropEvent(self, event: QDropEvent) -> None:
        kind, at = unpacked(event.mimeData()), self.scene_point(event.position())
        event.setAccepted(kind is not None)
        if kind is not None:
            self.touched = True
            self.setFocus()
            if issubclass(kind, Block):
                self.block_requested.emit(kind, at)
            else:
                self.add_layer(kind.__name__, at)

    # The rest

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            id = self.drawing.hit(self.scene_point(QPointF(event.pos())), self.zoom).id
            text = self.drawing.nodes[id].card.spoken if id else ""
            QToolTip.showText(event.globalPos(), plain_tip(text), self)
            return True
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.touched = True
            self._pinch += event.value() * 12
            steps = int(self._pinch)
            self._pinch -= steps
            self.zoom_by(steps, event.position())
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.legend.move(corner(self.height()).toPoint())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            card.font.cache_clear()
            card.metrics.cache_clear()
            self.drawing.pixmaps.clear()
            self.viewport().update()

    def drawForeground(self, painter: QPainter, area: QRectF | QRect) -> None:
        if self.gesture is not None:
            self.gesture.paint(painter)
        if not self.drawing.nodes:
            painter.resetTransform()
            painter.setFont(card.font(card.MEDIUM))
            painter.setPen(QColor(theme.current().dim))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, EMPTY)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if not self.drawing.nodes:  # the sentence stays in the middle
            self.viewport().update()
