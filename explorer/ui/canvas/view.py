"""The canvas: the network drawn, and edited with the mouse and the keys."""

from __future__ import annotations

from functools import cached_property

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip

from explorer.network.conventions import Conventions
from explorer.ui import theme
from explorer.ui.canvas import card, finding, keys, spoken
from explorer.ui.canvas.annotating import Annotating
from explorer.ui.canvas.beginning import begun
from explorer.ui.canvas.bookmarks import Bookmarks
from explorer.ui.canvas.breadcrumb import Breadcrumb
from explorer.ui.canvas.drop_view import DropView
from explorer.ui.canvas.edge_scroll import EdgeScroll
from explorer.ui.canvas.edit_view import EMPTY
from explorer.ui.canvas.fingers import Fingers
from explorer.ui.canvas.gestures import Gesture, Pan
from explorer.ui.canvas.legend import Legend
from explorer.ui.canvas.minimap import Minimap
from explorer.ui.canvas.node_item import NEAR, Hit
from explorer.ui.canvas.replay import Replay
from explorer.ui.canvas.ruler import Ruler
from explorer.ui.canvas.spoken import told
from explorer.ui.controls.finder import Finder
from explorer.ui.controls.guarded import guarded
from explorer.ui.controls.words import plain_tip
from explorer.workspace.document import Change
from explorer.workspace.session import Session

CLOSE = 0.84
"""Pixels per scene unit at which a node is shown that was too small to be read: as where a network begins."""
GLOW = 2000
"""Milliseconds a node that was pointed out stays lit."""


class Canvas(DropView):
    """Turns mouse, keys and drops into gestures and edits."""

    xray_requested = Signal()  # thumbnails on the cards, or none any more

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.gesture: Gesture | None = None
        self.edges, self.fingers = EdgeScroll(self), Fingers(self)
        self.pointer: QPointF | None = None  # where the mouse is, in the view
        self._space = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Network")
        spoken.install(Canvas)
        self.legend = Legend(self)
        self.minimap = Minimap(self, self.legend)
        self.breadcrumb = Breadcrumb(self)
        session.selection_changed.connect(lambda _: self.breadcrumb.follow())
        self.ruler = Ruler(self, session)
        self.looked.connect(self.ruler.update)
        self.annotating: Annotating = Annotating(self)
        self.bookmarks = Bookmarks(self)
        self.replay = Replay(self)
        self.looked.connect(self.minimap.follow)
        session.selection_changed.connect(lambda _: self.minimap.update())
        self.drawing.adopt(session.conventions)
        session.document.changed.connect(self._follow)
        session.leaving.connect(self.keep_view)
        session.opened.connect(lambda _: self.show_view())
        session.pointed_out.connect(self.point_out)
        session.conventions_changed.connect(self._adopt)
        self._fade = QTimer(self, singleShot=True, interval=GLOW)
        self._fade.timeout.connect(lambda: self.drawing.point_at(Hit("ground")))

    def colour_by(self, name: str) -> None:
        """Colour the cards by a measure of `cost`, "" by family, with a legend."""
        self.drawing.colour_by(name)
        self._show_legend()
        self.minimap.redraw()
        self.viewport().update()

    def show_ruler(self, shown: bool) -> None:
        """Show which stage, size and depth each row has, beside the network."""
        self.ruler.setVisible(shown)
        self.place_aids()

    def find_layer(self) -> None:
        """Find a layer by typing, select it and show it."""
        self.finder.open(lambda query: finding.rows(self, query))

    @cached_property
    def finder(self) -> Finder:
        """The box that finds layers; made when it is first asked for."""
        return Finder(self, "Find a layer: name, kind, 256x56x56, a problem", "Layers found", "No layer answers to")

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
        self.minimap.redraw()
        self.breadcrumb.follow()
        if change.before.direction is not change.after.direction:
            self.place_aids()
        if self.gesture is not None:  # undone under the user's hand: the drag has lost its ground
            self.gesture = None
            self.drawing.choose(self.session.selection)
            self._show_cursor()
            self.viewport().update()
        if change.replayed:  # what undo did should be seen
            self.replay.show(change)
        if not change.before.network.nodes or not change.after.network.nodes:
            self.viewport().update()
        self.describe()

    def point_out(self, id: str) -> None:
        """Show a node, large enough to be read, and light it up as if the mouse were over it, for a moment."""
        if self.zoom < NEAR:
            self.look_at(self.drawing.bounds((id,)).center(), CLOSE)
        self.reveal((id,))
        self.drawing.point_at(Hit("card", self.drawing.folding.card(id)))
        self._fade.start()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.box.shut()
        self.touched = True
        self.drawing.glide.finish()
        at, button = self.scene_point(event.position()), event.button()
        if self.gesture is None:
            left = button == Qt.MouseButton.LeftButton
            if button == Qt.MouseButton.MiddleButton or (left and self._space):
                self.gesture = Pan(self, at)
            elif left:
                self.gesture = begun(self, at, event.modifiers())
            if self.gesture is not None:
                self._show_cursor()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = self.scene_point(event.position())
        self.pointer = event.position()
        if self.gesture is not None:
            self.gesture.move(at)
            self.edges.follow()
        else:
            self.drawing.point_at(self.drawing.hit(at, self.zoom))
            self._show_cursor()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.gesture is not None and not event.buttons():
            gesture, self.gesture = self.gesture, None
            self.edges.follow()
            gesture.release(self.scene_point(event.position()))
            self.viewport().update()
            self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self.scene_point(event.position())
        hit = self.drawing.hit(at, self.zoom)
        if event.button() == Qt.MouseButton.LeftButton and hit.part == "ground":
            self.search(at)
        elif hit.annotation:
            self.annotating.choose(hit.annotation)
            self.annotating.write()
        elif hit.id in self.drawing.folding.groups.groups:
            self.fold(hit.id)
        elif hit.id:
            self.ask_edit()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        note = self.drawing.hit(self.scene_point(QPointF(event.pos())), self.zoom).annotation
        if note and self.gesture is None and event.reason() != QContextMenuEvent.Reason.Keyboard:
            self.annotating.choose(note)
            self.menu_requested.emit("Edit/Notes and arrows", event.globalPos())
        elif self.gesture is None:
            super().contextMenuEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointer = None
        self.drawing.point_at(Hit("ground"))

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
        self.touched, self.held = True, event.modifiers()
        if event.key() == Qt.Key.Key_Escape:
            if not self._end_gesture():
                self.step_out()
        elif event.key() == Qt.Key.Key_Space:
            self._space = True
            self._show_cursor()
        elif event.key() in (Qt.Key.Key_Alt, Qt.Key.Key_Control) and self.gesture is not None:
            self.gesture = self.gesture.copying() if event.key() == Qt.Key.Key_Alt else self.gesture
            if self.pointer is not None:
                self.gesture.move(self.scene_point(self.pointer))
            self._show_cursor()
        elif self.gesture is not None or not keys.press(self, event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        self.held = event.modifiers()
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self._show_cursor()
        elif event.key() == Qt.Key.Key_Control and self.gesture is not None and self.pointer is not None:
            self.gesture.move(self.scene_point(self.pointer))

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab adds a layer; Shift+Tab leaves the canvas."""
        return False if next else super().focusNextPrevChild(next)

    def focusOutEvent(self, event: QEvent) -> None:
        self._space = False

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            hit = self.drawing.hit(self.scene_point(QPointF(event.pos())), self.zoom)
            QToolTip.showText(event.globalPos(), plain_tip(told(self.drawing, hit)), self)
            return True
        return super().viewportEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place_aids()

    def place_aids(self) -> None:
        """What lies beside the network or on it."""
        if self.viewportMargins() != self.ruler.margins:
            self.setViewportMargins(self.ruler.margins)
        self.ruler.lie(self.taken.left())
        self.breadcrumb.lie()
        self.legend.lie(self.viewport().geometry().marginsRemoved(self.taken))
        self.minimap.follow()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange):
            card.font.cache_clear()
            card.metrics.cache_clear()
            self.drawing.pixmaps.clear()
            self.place_aids()
            self.viewport().update()

    @guarded
    def drawForeground(self, painter: QPainter, area: QRectF | QRect) -> None:
        if self.gesture is not None:
            self.gesture.paint(painter)
        if not self.drawing.nodes:
            painter.resetTransform()
            painter.setFont(card.font(round(card.MEDIUM * theme.current().larger)))
            painter.setPen(QColor(theme.current().dim))
            painter.drawText(self.viewport().rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, EMPTY)

    def reveal_area(self, area: QRectF) -> None:
        super().reveal_area(area)
        self.minimap.uncover(area)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        if not self.drawing.nodes:  # the sentence stays in the middle
            self.viewport().update()
