"""Behind a detector's boxes: grid, anchors, objectness, raw boxes, the suppression step by step, midpoints, classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.labels import Empty, LaneLine
from explorer.ui.controls.menu_letters import Menu
from explorer.ui.controls.passing import choose_from
from explorer.ui.controls.undo_keys import undo_or_redo
from explorer.ui.destinations import export
from explorer.ui.pictures.box_page import BoxPage
from explorer.ui.pictures.class_list import ClassList
from explorer.ui.pictures.detection_stage import DetectionStage
from explorer.ui.pictures.detection_words import together
from explorer.ui.pictures.midpoints_page import MidpointsPage
from explorer.ui.pictures.picture_sources import choose_picture
from explorer.ui.pictures.steps_page import StepsPage
from explorer.ui.pictures.threshold_tools import LevelSlider, ThresholdTools
from explorer.ui.theme import GRID
from explorer.workspace.behind_boxes import BehindBoxes
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session

KEYS = {
    Qt.Key.Key_B: "Found", Qt.Key.Key_G: "Grid", Qt.Key.Key_A: "Anchors", Qt.Key.Key_P: "p_c",
    Qt.Key.Key_R: "Raw", Qt.Key.Key_S: "Steps", Qt.Key.Key_M: "Midpoints",
}  # fmt: skip
"""Each layer's key."""
CASCADE = (
    "This detector is a cascade: each of its networks looks closer at what the last one left, and what falls away is "
    "not kept. Help ▸ Labs…, “P-Net on a pyramid”, shows how it begins."
)
SMALL_ONES = 3.0
"""Power of the slider of raw scores: most of them are close to zero."""
SIDE = 38 * GRID
"""How wide the pages are at first where they stand beside the picture."""
HIGH, TOOLS = 0.75, 14 * GRID
"""What most pictures are high, as a share of their width; and what stands above and below it."""


class BoxesPanel(QWidget):
    """The picture with layers, and beside or below it what they say in numbers, and the thresholds."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.behind = behind = BehindBoxes(session)
        self.setAccessibleName("Boxes")
        self.setMinimumSize(42 * GRID, 26 * GRID)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.empty = Empty("")
        self.button = self.empty.add_button("Open picture…")
        self.button.clicked.connect(lambda: choose_picture(self, session))
        self.stage = DetectionStage(behind)
        self.box, self.steps = BoxPage(), StepsPage(behind)
        self.midpoints, self.classes = MidpointsPage(), ClassList()
        self.pages = QTabWidget()
        self.pages.setDocumentMode(True)
        self.pages.setAccessibleName("Pages of the boxes")
        for title, page in (
            ("Box", self.box), ("Steps", self.steps), ("Midpoints", self.midpoints), ("Classes", self.classes),
        ):  # fmt: skip
            self.pages.addTab(page, title)
        self.thresholds = ThresholdTools(session)
        self.floor = LevelSlider("Raw above", "Raw boxes are shown, and steps begin, from this score on", SMALL_ONES)
        self.floor.show_value(behind.floor)
        self.hold = QToolButton()
        self.hold.setCheckable(True)
        self.hold.setText("Hold")
        self.hold.setToolTip("Keep this frame here while the video plays on (H)")
        self.export = QPushButton("Export…")
        self.export.setToolTip("Write the picture with its layers as a file")
        self.lane = LaneLine(session, "predict")
        self.splitter = QSplitter()
        self.splitter.setChildrenCollapsible(False)
        self.splitter.addWidget(self.stage)
        self.splitter.addWidget(self._side())
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.splitter)
        column = panel_column(self)
        column.addWidget(self.lane)
        column.addWidget(self.stack, 1)
        behind.changed.connect(self._show)
        behind.picked.connect(self._show_picked)
        behind.stepped.connect(self._show_step)
        self.stage.switched.connect(self._turn_to)
        self.pages.currentChanged.connect(self._switch_on)
        self.stage.cell_asked.connect(lambda: self.pages.setCurrentWidget(self.box))
        self.stage.claims_changed.connect(self._show_claims)
        self.floor.entered.connect(behind.set_floor)
        self.hold.toggled.connect(behind.hold)
        self.export.clicked.connect(self._choose_export)
        self.box.class_picked.connect(lambda index: behind.pick(behind.spot, index))
        self.steps.rival_picked.connect(self._look_at_rival)
        self.midpoints.add_requested.connect(self.stage.add_box)
        self.midpoints.remove_requested.connect(lambda: self.stage.drag(self.stage.boxes[:-1]))
        self.classes.hidden_changed.connect(
            lambda hidden: session.set_thresholds(replace(session.thresholds, hidden=hidden))
        )
        session.document.changed.connect(lambda _: self._say_empty())
        self._show()

    def sizeHint(self) -> QSize:
        return QSize(44 * GRID, 80 * GRID)

    def _side(self) -> QWidget:
        tools = QHBoxLayout()
        tools.addWidget(self.floor, 1)
        tools.addWidget(self.hold)
        tools.addWidget(self.export)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.pages, 1)
        column.addWidget(self.thresholds)
        column.addLayout(tools)
        return side

    # What is shown

    def _show(self) -> None:
        """Other heads, other boxes or another picture."""
        behind = self.behind
        self._say_empty()
        waits = behind.awaited and self.stack.currentIndex() == 1  # what was shown stays till its successor is there
        self.stack.setCurrentIndex(int(behind.picture is not None and (behind.heads is not None or waits)))
        self.stage.show_picture()
        found = frozenset(guess.index for guess in behind.guesses)
        self.classes.show_classes(behind.heads, self._session.thresholds.hidden, found)
        self._show_claims()
        self._show_picked()
        if "Steps" in self.stage.on:
            self.steps.show_steps()

    def _show_picked(self) -> None:
        self.stage.show_picked()
        self.box.show_box(self.behind.heads, self.behind.spot, self.behind.index)

    def _show_step(self) -> None:
        self.stage.rival = 0
        self.stage.draw(fades=True)
        self.steps.show_steps()

    def _look_at_rival(self, rival: int) -> None:
        self.stage.rival = rival
        self.stage.draw()

    def _show_claims(self) -> None:
        raw, guesses = self.behind.raw, self.behind.guesses
        said = together(raw, guesses) if raw is not None else ""
        owns = raw is None or all(head.owns for head in raw.heads.heads)
        self.pages.setTabEnabled(self.pages.indexOf(self.midpoints), owns)
        self.midpoints.show_claims(self.behind.heads, self.stage.chosen_head, self.stage.claims, said)

    def _turn_to(self, layer: str, on: bool) -> None:
        """A layer was switched on that has a page of its own."""
        page = {"Steps": self.steps, "Midpoints": self.midpoints}.get(layer)
        self.steps.pause()
        if on and page is not None:
            self.pages.setCurrentWidget(page)
        if on and layer == "Steps":
            self.steps.show_steps()

    def _switch_on(self, page: int) -> None:
        """A page that is about a layer says nothing without it."""
        if (button := self.stage.layers.get(self.pages.tabText(page))) is not None:
            button.setChecked(True)

    def _say_empty(self) -> None:
        session = self._session
        nodes = bool(session.document.project.network.nodes)
        self.button.setHidden(session.picture is not None)
        self.empty.sentence.say(
            "Open a picture, or play a video, to see how a detector comes to its boxes."
            if session.picture is None
            else "The boxes are here once the network has looked at the picture."
            if self.behind.awaited
            else CASCADE
            if self.behind.cascades
            else "This network has no head for boxes: open a detector, such as Yolo-Fastest in the model library."
            if nodes and session.prediction is not None
            else "Open a detector, such as Yolo-Fastest in the model library, to see how it comes to its boxes."
        )

    # Taking away

    def export_picture(self, path: str) -> None:
        """Write the picture with its layers. Raises Refusal with a sentence."""
        write_image(path, self.picture())

    def picture(self) -> QImage:
        """The picture with its layers, large enough for a slide."""
        return self.stage.view.annotated()

    def _choose_export(self) -> None:
        _, problem = export(self, "Export boxes", "boxes", "Pictures", (".png", ".jpg"), self.export_picture)
        self.lane.say_problem(problem)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setImage(self.picture())

    def _copy_formulas(self) -> None:
        QGuiApplication.clipboard().setText(self.box.text())

    # Qt's own events

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu, some = Menu(self), self.stage.view.scene is not None
        menu.addAction("Copy picture with its layers", self._copy).setEnabled(some)
        menu.addAction("Export picture…", self._choose_export).setEnabled(some)
        menu.addAction("Copy the formulas", self._copy_formulas).setEnabled(self.behind.spot is not None)
        menu.addAction("Fit", self.stage.view.fit).setEnabled(some)
        choose_from(menu, event.globalPos())

    def showEvent(self, event: QShowEvent) -> None:
        self.behind.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.steps.pause()
        self.behind.watch(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pages stand beside the picture where there is more width than height, else below it."""
        super().resizeEvent(event)
        way = Qt.Orientation.Horizontal if self.width() > self.height() else Qt.Orientation.Vertical
        if self.splitter.orientation() != way or event.oldSize().isEmpty():
            self.splitter.setOrientation(way)
            wide, high = self.width() - 2 * GRID, self.height() - 2 * GRID
            beside = way == Qt.Orientation.Horizontal
            upper = min(high // 2, round(wide * HIGH) + TOOLS)  # no more than a picture needs
            self.splitter.setSizes([wide - SIDE, SIDE] if beside else [upper, high - upper])
            for place, grows in enumerate((beside, not beside)):
                self.splitter.setStretchFactor(place, int(grows))

    def _undoes(self, event: QKeyEvent) -> Callable[[], bool] | None:
        """What undo and redo mean while boxes are dragged here; None where they are the network's."""
        steps = self.stage.dragged
        if "Midpoints" not in self.stage.on or not (steps.can_undo or steps.can_redo):
            return None
        return undo_or_redo(event, steps.undo, steps.redo)

    def event(self, event: QEvent) -> bool:
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and self._undoes(event) is not None:
            event.accept()
            return True
        return super().event(event)

    def step_on(self, way: int) -> bool:
        """Go one step of the suppression on, where that is shown."""
        if "Steps" in self.stage.on:
            self.steps.go(self.behind.step + way)
        return "Steps" in self.stage.on

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, behind = Qt.Key(event.key()), self.behind
        if (undo := self._undoes(event)) is not None:
            undo()
            self.stage.draw()
        elif event.matches(QKeySequence.StandardKey.Copy) and self.stage.view.scene is not None:
            self._copy()
        elif key in KEYS and not event.modifiers():
            self.stage.layers[KEYS[key]].toggle()
        elif key == Qt.Key.Key_H and not event.modifiers():
            self.hold.toggle()
        elif key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp) and behind.guesses:
            behind.pick_next(1 if key == Qt.Key.Key_PageDown else -1)
            self.pages.setCurrentWidget(self.box)  # as behind a click
        elif key == Qt.Key.Key_Escape and behind.spot is not None:
            behind.pick(None)
        elif "Steps" not in self.stage.on or not self.steps.take_key(event.key()):
            super().keyPressEvent(event)
