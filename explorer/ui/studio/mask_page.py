"""The mask of a style, and the tools it is painted with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSlider, QVBoxLayout, QWidget

from explorer.maths.strokes import Strokes
from explorer.ui.controls.lab import lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.studio.mask_sheet import THICK, THIN, USUAL, MaskSheet
from explorer.ui.theme import GRID

HINT = "The left button paints, the right one takes away. A style of which nothing is painted belongs everywhere."
OTHERS = f"{HINT} Grey: the masks of other styles."


class MaskPage(QWidget):
    """The sheet with its tools; `done` when one is through."""

    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.sheet = MaskSheet()
        self.title, self.hint = Text(wrap=False), Text(HINT, "dim", "small")
        self.size_slider = QSlider(Qt.Orientation.Horizontal)
        self.size_slider.setRange(THIN, THICK)
        self.size_slider.setValue(USUAL)
        self.size_slider.setMaximumWidth(24 * GRID)
        self.size_slider.setAccessibleName("Size of the brush")
        self.size_slider.setToolTip("Width of the brush ([ and ])")
        self.erase = lab_button("Erase", "The left button takes away (E); the right one always does", _nothing, True)
        self.undo = lab_button("Undo", "Take the last stroke back (Ctrl+Z)", self.sheet.undo)
        self.redo = lab_button("Redo", "Paint it again (Ctrl+Shift+Z)", self.sheet.redo)
        self.all = lab_button("All", "Paint everything", self.sheet.fill)
        self.invert = lab_button("Invert", "Turn the mask round (I)", self.sheet.invert)
        self.rest = lab_button(
            "The rest", "What the masks of the other styles leave, and nothing else (R)", self.sheet.rest
        )
        self.clear = lab_button("Clear", "Begin with an empty mask (Delete): the style belongs everywhere",
                                self.sheet.clear)  # fmt: skip
        self.finish = lab_button("Done", "Go back to the pictures (Esc)", self.done.emit)
        tools = QHBoxLayout()
        tools.addWidget(Text("Brush", "dim", wrap=False))
        tools.addWidget(self.size_slider, 1)
        for button in (self.erase, self.undo, self.redo, self.all, self.rest, self.invert, self.clear):
            tools.addWidget(button)
        tools.addStretch(1)
        tools.addWidget(self.finish)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.title)
        column.addWidget(self.hint)
        column.addWidget(self.sheet, 1)
        column.addLayout(tools)
        self.setFocusProxy(self.sheet)
        self.size_slider.valueChanged.connect(self.sheet.set_width)
        self.erase.toggled.connect(self.sheet.set_erasing)
        self.sheet.changed.connect(self._follow)
        self.sheet.brush_changed.connect(self._follow)
        self._follow()

    def show_picture(self, title: str, image: QImage, strokes: Strokes, others: Sequence[Strokes] = ()) -> None:
        """Paint where `title` belongs; others: the masks of the other styles."""
        self.title.say(title)
        self.sheet.show_picture(image, strokes, others)
        self.hint.say(OTHERS if self.sheet.has_rest else HINT)
        self.rest.setVisible(self.sheet.has_rest)

    def _follow(self) -> None:
        self.undo.setEnabled(self.sheet.can_undo)
        self.redo.setEnabled(self.sheet.can_redo)
        self.clear.setEnabled(bool(self.sheet.strokes))
        for widget in (self.size_slider, self.erase):
            widget.blockSignals(True)
        self.size_slider.setValue(self.sheet.width_percent)
        self.erase.setChecked(self.sheet.erasing)
        for widget in (self.size_slider, self.erase):
            widget.blockSignals(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.done.emit()
        else:
            super().keyPressEvent(event)


def _nothing() -> None:
    pass
