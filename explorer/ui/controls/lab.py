"""What all labs have: what they teach, a picture one works on, numbers beside it, undo, reset and export."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QBuffer, QIODevice, QPoint, QRect, QSize
from PySide6.QtGui import QColor, QGuiApplication, QImage, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.maths.sentences import Refusal, shortened
from explorer.ui.controls.flow import Beside, Flow
from explorer.ui.controls.growing_column import GrowingColumn
from explorer.ui.controls.keys_on import KeysOn
from explorer.ui.controls.labels import Text
from explorer.ui.controls.tab_order import lead_through
from explorer.ui.controls.undo_keys import undo_or_redo
from explorer.ui.destinations import export
from explorer.ui.theme import GRID, current, on_paper
from explorer.workspace.exports import write_bytes, write_image
from explorer.workspace.steps import Steps

SHARPER = 2.0
"""Pixels of an exported picture for one of the window."""


class Lab(KeysOn, QWidget):
    """One immutable value, edited by mouse and keys, and what follows from it.

    A lab puts its picture into `picture`, its tools into `tools` and its numbers into `numbers`, says in `show_value`
    what the value looks like, and calls `edit` for every change.
    """

    before_a_class = False
    _first: QWidget  # has the keys where the lab gets them

    def __init__(self, title: str, teaches: str, keys: str, start: Any) -> None:
        super().__init__()
        self.title, self._start, self._steps = title, start, Steps(start)
        self.setAccessibleName(title)
        self.tools = Flow()
        self.undo_button = lab_button("Undo", "Take the last step back (Ctrl+Z)", self.undo)
        self.redo_button = lab_button("Redo", "Take it again (Ctrl+Shift+Z)", self.redo)
        self.reset_button = lab_button("Reset", "Begin again as the lab begins; can be undone", self.reset)
        self.export_button = lab_button("Export picture…", "Write what is seen as PNG, SVG or PDF", self.ask_export)
        self.copy_button = lab_button("Copy", "Copy what is seen, for a slide (Ctrl+C)", self.copy)
        self.picture = QWidget()
        self.drawing = QVBoxLayout(self.picture)
        self.drawing.setContentsMargins(0, 0, 0, 0)
        self.numbers = GrowingColumn()
        self.numbers.column.setContentsMargins(0, 0, 0, 0)
        self.numbers.setMinimumWidth(38 * GRID)
        self._page = cast(QWidget, self.numbers.widget())
        self.problem = Text(role="problem", size="small")
        self._lay_out(teaches, keys)

    def _lay_out(self, teaches: str, keys: str) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in self._buttons:
            buttons.addWidget(button)
        buttons.addStretch(1)
        row, halves = Beside(self.tools, buttons), Beside(self.picture, self.numbers, 5, 4, gap=2 * GRID)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(Text(self.title, size="title", wrap=False))
        self._told = Text(teaches), Text(keys, role="dim", size="small")
        for text in self._told:
            policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
            policy.setHeightForWidth(True)
            text.setSizePolicy(policy)
            column.addWidget(text)
        column.addWidget(row)
        column.addWidget(self.problem)
        column.addWidget(halves, 1)

    @property
    def value(self) -> Any:
        """What is shown and edited."""
        return self._steps.value

    @property
    def first(self) -> QWidget:
        return self._first

    def show_value(self) -> None:
        """Show the value as it is now."""
        raise NotImplementedError

    def edit(self, value: Any, merge: str = "") -> None:
        """Make `value` the current one, undoably; equal `merge` keys in a row undo as one step."""
        if self._steps.take(value, merge):
            self._follow()

    def take_picture(self, name: str) -> None:
        """Let a value that names its picture name another one; the same name may stand for another image by now."""
        if name == self.value.picture:
            self.show_value()
        self.edit(replace(self.value, picture=name))

    def undo(self) -> None:
        """Take the last step back."""
        if self._steps.undo():
            self._follow()

    def redo(self) -> None:
        """Take the step again that was taken back last."""
        if self._steps.redo():
            self._follow()

    def reset(self) -> None:
        """Begin again; one step."""
        self.edit(self._start)

    def begin(self) -> None:
        """Show the value for the first time; call when all parts are there."""
        self._follow()
        items = [self.tools.itemAt(place) for place in range(self.tools.count())]
        tools = [widget for item in items if item is not None and (widget := item.widget()) is not None]
        lead_through(self.first, (self.picture, *tools, *self._buttons, self.numbers))

    @property
    def _buttons(self) -> tuple[QToolButton, ...]:
        return self.undo_button, self.redo_button, self.reset_button, self.copy_button, self.export_button

    def _follow(self) -> None:
        self.undo_button.setEnabled(self._steps.can_undo)
        self.redo_button.setEnabled(self._steps.can_redo)
        self.reset_button.setEnabled(self.value != self._start)
        self.show_value()

    def step_on(self, way: int) -> bool:
        """Go one step on, or back, through what the lab shows one after the other; False where there is no more."""
        return False

    def present(self, before_a_class: bool) -> None:
        """Before a class somebody else tells what it teaches: its words leave their room to the picture."""
        for text in self._told:
            text.setVisible(not before_a_class)
        if before_a_class != self.before_a_class:
            self.before_a_class = before_a_class
            self.rewind()

    def rewind(self) -> None:
        """Before a class be at the first of the steps that a clicker goes; behind it show all again."""

    # The picture as a file

    def ask_export(self) -> None:
        """Ask where, and write the picture there."""
        _path, problem = export(self, "Export picture", self.title, "Pictures", (".png", ".svg", ".pdf"), self.export)
        self.problem.say(problem)

    def copy(self) -> None:
        """Put picture and numbers on the clipboard, as they are seen."""
        QGuiApplication.clipboard().setImage(self._pixels())

    def export(self, path: str) -> None:
        """Write picture and numbers as they are seen to a PNG, an SVG or a PDF. Raises Refusal with a sentence."""
        suffix = Path(path).suffix.lower()
        if suffix == ".png":
            write_image(path, self._pixels())
        elif suffix == ".svg":
            write_bytes(path, self._vectors())
        elif suffix == ".pdf":
            from explorer.workspace.painting import page  # nobody waits for it when the lab opens

            write_bytes(path, page(self.title, self._room(), self.logicalDpiX(), self._paint))
        else:
            name = shortened(Path(path).name, 60)
            raise Refusal(f"“{name}” was not written: the picture of a lab is a .png, .svg or .pdf file.")

    def _pixels(self) -> QImage:
        image = QImage(self._room() * SHARPER, QImage.Format.Format_RGB32)
        if image.isNull():
            raise MemoryError
        image.setDevicePixelRatio(SHARPER)
        with QPainter(image) as painter:
            self._paint(painter)
        return image

    def _vectors(self) -> bytes:
        from PySide6.QtSvg import QSvgGenerator  # nobody waits for it when the lab opens

        buffer, svg = QBuffer(), QSvgGenerator()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        svg.setOutputDevice(buffer)
        svg.setSize(self._room())
        svg.setViewBox(QRect(QPoint(), self._room()))  # else other programs show it in a corner of a larger page
        svg.setResolution(self.logicalDpiX())  # else its words are smaller than in the window
        svg.setTitle(self.title)
        with QPainter(svg) as painter:
            self._paint(painter)
        return bytes(buffer.data().data())

    def _room(self) -> QSize:
        page, size = self._page, self.picture.size()
        size.setWidth(size.width() + 4 * GRID + page.width())
        size.setHeight(max(size.height(), page.height()) + 2 * GRID)
        return size

    def _paint(self, painter: QPainter) -> None:
        """The picture, and all of the numbers, also those that have to be scrolled to, as on a white page."""
        with on_paper(self.picture, self._page):
            painter.fillRect(QRect(QPoint(), self._room()), QColor(current().window))
            self.picture.render(painter, QPoint(GRID, GRID))
            self._page.render(painter, QPoint(self.picture.width() + 3 * GRID, GRID))

    # Keys: the page of the labs asks, whatever of it has the focus

    def meant(self, event: QKeyEvent) -> Callable[[], None] | None:
        """What a key does in every lab, None for one that is not every lab's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            return self.copy
        return undo_or_redo(event, self.undo, self.redo)


def lab_button(text: str, tip: str, act: Callable[[], object], checkable: bool = False) -> QToolButton:
    """A button of a lab's row of tools."""
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setCheckable(checkable)
    button.clicked.connect(lambda _checked=False: act())
    return button
