"""One studio as it is seen: its pictures, the picture that grows, what it costs, and everything that steers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QHideEvent,
    QImage,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from explorer.ui.controls.form import Form
from explorer.ui.controls.lab import lab_button
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.roomy import Stack
from explorer.ui.controls.turns import Parts
from explorer.ui.controls.undo_keys import undo_or_redo
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.studio.cost_plot import CostPlot
from explorer.ui.studio.cost_words import CostWords
from explorer.ui.studio.gallery_view import GalleryView
from explorer.ui.studio.gram_view import GramView
from explorer.ui.studio.keeping import Keeping
from explorer.ui.studio.layer_rows import LayerRows
from explorer.ui.studio.mask_page import MaskPage
from explorer.ui.studio.materials import Materials
from explorer.ui.studio.run_tools import RunTools
from explorer.ui.studio.series_view import PresetsView, SideBySide
from explorer.ui.studio.side_columns import SideColumns
from explorer.ui.studio.small_images import live_image
from explorer.ui.studio.timeline_row import TimelineRow
from explorer.ui.studio.wipe_view import WipeView
from explorer.ui.theme import GRID
from explorer.workspace.session import Session
from explorer.workspace.style_files import StyleFiles
from explorer.workspace.style_setup import from_file
from explorer.workspace.style_studio import CONTENT, STYLE, StyleStudio

SIDE = 34 * GRID
"""Pixels of the column of pictures and settings."""
NUMBERS = 40 * GRID
"""Pixels of the column of costs and layers."""

EMPTY = (
    "Choose what is to be seen and how it is to be painted. The picture is then changed step by step until the network "
    "answers to it as to the content, and as to the style."
)


class StudioView(QWidget):
    """Pictures and settings on the left, the result with its timeline in the middle, costs and layers on the right."""

    pick_requested = Signal()
    lab_requested = Signal()

    def __init__(self, session: Session, studio: StyleStudio) -> None:
        super().__init__()
        self._session, self.studio = session, studio
        self.materials = Materials(session, studio)
        self.run = RunTools(session, studio)
        self.result = WipeView("result", "content")
        self.result.setAccessibleName("Picture that is made")
        self.timeline = TimelineRow(studio)
        self.compare = lab_button("Compare", "A divider between content and result: drag it, or press ← and → (C)",
                                  self._toggle_compare, checkable=True)  # fmt: skip
        self.problem, self.said = Text(role="problem", size="small"), Text(role="dim", size="small", wrap=False)
        self.mask_page, self._masked = MaskPage(), -1
        self.empty = Empty("")
        self.choose_content = self.empty.add_button("Content picture…")
        self.choose_style = self.empty.add_button("Style picture…")
        self.choose_content.clicked.connect(self.materials.content.open_requested)
        self.choose_style.clicked.connect(self.materials.first.open_requested)
        self.room = QStackedWidget()
        self.room.addWidget(self.empty)
        self.room.addWidget(self.result)
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.setAccessibleName("Views of the studio")
        self.tabs.tabBar().setAccessibleName("Views of the studio")
        self.middle = Stack()
        self.files = StyleFiles(session, studio)
        self.keeping = Keeping(session, studio, self.files)
        self.files.written.connect(self._tell_written)
        self.files.problem_found.connect(self._tell_loaded)
        self._shown: object = None
        self.setAcceptDrops(True)
        self.materials.mask_requested.connect(self.paint_mask)
        self.materials.problem_found.connect(self.problem.say)
        self.mask_page.done.connect(self.leave_mask)
        self.mask_page.sheet.changed.connect(self._take_mask)

    def parts(self) -> Parts:
        """Make the rest of it, part by part; it is to be shown when all is there."""
        session, studio = self._session, self.studio
        self.form = Form(studio.setup.settings)
        self.form.edited.connect(lambda settings, field: studio.set(settings, f"setting {field}"))
        yield
        self._lay_out()
        yield
        self.words, self.plot, self.layers = CostWords(studio), CostPlot((CONTENT, STYLE)), LayerRows(studio)
        self.layers.pick_requested.connect(self.pick_requested)
        yield
        self.presets = PresetsView(session, studio)
        self.tabs.addTab(self.presets, "Presets")
        yield
        self.beside = SideBySide(session, studio)
        self.tabs.addTab(self.beside, "Side by side")
        for series in (self.presets, self.beside):
            series.taken.connect(lambda: self.tabs.setCurrentIndex(0))
            series.save_requested.connect(self.keeping.ask_save)
        yield
        self.gallery, self.gram = GalleryView(session, self.files), GramView(session, studio)
        self.gram.lab_requested.connect(self.lab_requested)
        self.tabs.addTab(self.gallery, "Gallery")
        self.tabs.addTab(self.gram, "Gram matrix")
        self._sides.add("Costs and layers", self.words, self.plot, self.layers, width=NUMBERS, before=False)
        yield
        studio.changed.connect(self._follow)
        studio.grown.connect(self._show_picture)
        self._follow()
        self._show_picture()

    def _lay_out(self) -> None:
        steer = Text(
            "They take effect at once, also while the picture grows. Another start begins it anew at the next step; "
            "the timeline, or undo, leads back.",
            "dim", "small",
        )  # fmt: skip
        settings = Text("Settings", wrap=False)
        for button in (self.compare, *self.keeping.buttons):
            self.run.tools.addWidget(button)
        self.run.tools.addStretch(1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, GRID // 2, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.run)
        column.addWidget(self.problem)
        column.addWidget(self.said)
        column.addWidget(LaneLine(self._session, self.files.lane))
        column.addWidget(self.room, 1)
        column.addWidget(self.timeline)
        self.tabs.addTab(page, "Picture")
        self.middle.addWidget(self.tabs)
        self.middle.addWidget(self.mask_page)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(GRID)
        self._sides = SideColumns(self._row, self.middle, self.tabs)  # Tab goes from left to right, as they are added
        self._sides.add("Pictures and settings", self.materials, settings, steer, self.form, width=SIDE, before=True)
        self._row.addWidget(self.middle, 1)

    def minimumSizeHint(self) -> QSize:
        """As narrow as it is with the columns behind tabs."""
        return QSize(self.middle.minimumSizeHint().width(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._sides.fit(event.size().width())

    # What is shown

    def _follow(self) -> None:
        studio = self.studio
        self.form.show_value(studio.setup.settings)
        content = studio.picture(studio.setup.content)
        if content is not self._shown:
            self._shown = content
            image = image_of(content.pixels) if content is not None else QImage()
            self.result.show_beside(image)
            if studio.timeline.moment is None:
                self.result.show_image(image)
        self.room.setCurrentWidget(self.empty if self.result.image.isNull() else self.result)
        self.empty.sentence.say(EMPTY)
        self.choose_content.setVisible(studio.setup.content is None)
        self.choose_style.setVisible(not studio.setup.styles)
        self.compare.setEnabled(content is not None and studio.timeline.moment is not None)
        if self._masked >= len(studio.setup.styles):
            self.leave_mask()
        if studio.state == "running":
            self.problem.say("")  # whoever goes on has read it

    def _show_picture(self) -> None:
        line = self.studio.timeline
        if line.moment is not None:
            running = self.studio.state == "running"
            self.result.show_image((live_image if running else image_of)(line.moment.picture))
            self.room.setCurrentWidget(self.result)
        self.compare.setEnabled(line.moment is not None and self._shown is not None)
        step = line.moment.step if line.moment is not None and not line.at_end else -1
        self.plot.show_costs(line.now.costs, step)

    def _toggle_compare(self) -> None:
        self.result.compare(self.compare.isChecked())

    # Files

    def _tell_written(self, path: str) -> None:
        self.said.say(f"Written: {Path(path).name}")
        if self.gallery.isVisible():
            self.files.refresh()

    def _tell_loaded(self, sentence: str) -> None:
        """A picture was taken up, or not all of what it names."""
        self.problem.say(sentence)
        self.said.say("")
        if self.studio.timeline.moment is not None:
            self.tabs.setCurrentIndex(0)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture dropped beside the tiles is one that knows its settings, or else what is still missing."""
        event.acceptProposedAction()
        path = next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        setup = self.studio.setup
        if setup.content is None:
            self.files.load(path, lambda: self.studio.take_content(from_file(path)))
        elif not setup.styles:
            self.files.load(path, lambda: self.studio.take_style(from_file(path)))
        else:
            self.files.load(path)

    # Masks

    def paint_mask(self, place: int) -> None:
        """Paint where one of the styles belongs."""
        setup, content = self.studio.setup, self.studio.picture(self.studio.setup.content)
        if content is not None:
            self._masked = place
            style = setup.styles[place]
            others = [one.strokes for number, one in enumerate(setup.styles) if number != place]
            title = f"Paint where {style.picture.name} belongs"
            self.mask_page.show_picture(title, image_of(content.pixels), style.strokes, others)
            self.middle.setCurrentWidget(self.mask_page)
            self.mask_page.setFocus()

    def leave_mask(self) -> None:
        """Go back to the picture."""
        if self._masked >= 0:
            place, self._masked = self._masked, -1
            self.middle.setCurrentWidget(self.tabs)
            self.materials.rows[place].mask_button.setFocus()

    def _take_mask(self) -> None:
        setup, strokes = self.studio.setup, self.mask_page.sheet.strokes
        if 0 <= self._masked < len(setup.styles) and setup.styles[self._masked].strokes != strokes:
            style = replace(setup.styles[self._masked], strokes=strokes)
            self.studio.edit(setup.with_style(self._masked, style), f"mask of style {self._masked}")

    # Keys

    def meant(self, event: QKeyEvent) -> Callable[[], object] | None:
        """What a key does, whatever of the page has the focus; None for one that is not the studio's."""
        focused = QApplication.focusWidget()
        if self.middle.currentWidget() is self.mask_page and self.mask_page.isAncestorOf(focused or self):
            meant: Callable[[], object] | None = self.mask_page.sheet.meant(event)
            return meant
        undo = self.gallery.put_back if self.gallery.can_undo else self.studio.undo
        return undo_or_redo(event, undo, self.studio.redo)

    def acted(self, event: QKeyEvent) -> bool:
        """Whether a key that nothing of the page wanted for itself did something: pause, compare, copy."""
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.run.pause_or_go_on()
        elif event.key() == Qt.Key.Key_C and not event.modifiers() and self.compare.isEnabled():
            self.compare.click()
            self.result.setFocus()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.keeping.copy()
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.acted(event):
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        self.studio.watch(True)

    def hideEvent(self, event: QHideEvent) -> None:
        self.studio.watch(False)
