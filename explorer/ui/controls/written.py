"""The field for settings one writes: numbers, pairs, padding, fractions and sizes."""

from __future__ import annotations

import re
from math import floor, isfinite, log10
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QValidator, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QSizePolicy

from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID

NUMBER = r"\d+|\d{1,3}(?:,\d{3})+"
GROUPED = r"\d{1,3}(?:,\d{3})+(?:\.\d*)?"
WHOLE = r"\d+"
SIZE = r"(\d+(?:\.\d*)?)\s*[×xX]\s*(\d+(?:\.\d*)?)"
PATTERNS = {"fraction": r"[\d.]+(?:e-?\d+)?", "number": r"[\d,]+", "sizes": r"[\d.]+"}
"""What is stepped, by kind: one number of what stands there."""
LEFT = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)
"""Keys that are not the field's."""
LONGEST = 400
"""Characters of a value; int() refuses numbers of some thousands of digits."""


def read(kind: str, text: str) -> Any:
    """The value that `text` writes, or the text itself where it is none: the setting's own rule says what is wrong."""
    text = text.strip()
    if len(text) > LONGEST:
        return text
    if kind == "number":
        return int(text.replace(",", "")) if re.fullmatch(NUMBER, text) else text
    if kind == "fraction":
        try:
            return float(text.replace(",", "") if re.fullmatch(GROUPED, text) else text)
        except ValueError:
            return text
    if kind == "sizes":
        sizes = [re.fullmatch(SIZE, size) for size in re.split(r"\s*[,;]\s*", text)]
        return text if None in sizes else tuple((float(size[1]), float(size[2])) for size in sizes if size)
    parts = re.split(r"\s*[×xX,;]\s*|\s+", text)
    if not all(re.fullmatch(WHOLE, part) for part in parts):
        return text.lower()
    return int(parts[0]) if len(parts) == 1 else tuple(map(int, parts))


def written(value: Any, grouped: bool = True) -> str:
    """A value as people write it: 1,000 or 3×5 or 1, 2, 1, 2 or same or 10×13, 16×30."""
    if isinstance(value, tuple):
        if value and isinstance(value[0], tuple):
            return ", ".join(f"{width:.10g}×{height:.10g}" for width, height in value)
        return ("×" if len(value) == 2 else ", ").join(map(str, value))
    if isinstance(value, int):
        return f"{value:,}" if grouped else str(value)
    if isinstance(value, float):
        return f"{value:,g}" if grouped else f"{value:g}"
    return str(value)


class Written(QAbstractSpinBox):
    """One line for a number, a pair, a padding, a fraction or sizes; up, down and wheel step the number at the cursor.

    `entered` carries what is typed, at each key: a value, or the text where it is none.
    """

    entered = Signal(object)
    given_up = Signal()
    left = Signal()  # refused text went with the keys
    confirmed = Signal()  # by Enter

    def __init__(self, kind: str, low: float, high: float) -> None:
        super().__init__()
        self._kind, self._low, self._high = kind, low, high
        self._value: Any = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)  # may be narrower than its hint
        self.lineEdit().textEdited.connect(lambda text: self.entered.emit(read(kind, text)))

    def sizeHint(self) -> QSize:
        return QSize(round(14 * GRID * self._larger), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(round(9 * GRID * self._larger), super().minimumSizeHint().height())

    @property
    def _larger(self) -> float:
        """How many times as large its words are as the theme has them."""
        return self.font().pointSizeF() / sized("body").pointSizeF()

    def show_value(self, value: Any) -> None:
        """Show `value` without reporting it; text that already means it stays as it was typed."""
        self._value = value
        if read(self._kind, self.text()) != value or not self.hasFocus():
            self._write(value)

    def stepBy(self, steps: int) -> None:
        text, cursor = self.text(), self.lineEdit().cursorPosition()
        pattern = PATTERNS.get(self._kind, r"\d+")
        found = list(re.finditer(pattern, text))
        at = next((m for m in found if cursor <= m.end()), found[-1] if found else None)
        if at is None:
            new = written(int(self._low))
        else:
            new = text[: at.start()] + self._stepped(at.group(), steps) + text[at.end() :]
        self.lineEdit().setText(new)
        self.lineEdit().setCursorPosition(min(cursor, len(new)))
        self.entered.emit(read(self._kind, new))

    def _stepped(self, number: str, steps: int) -> str:
        """A part of the text some steps on; as it is where it is no number yet, as in 1..2."""
        fraction = self._kind in ("fraction", "sizes")
        old: Any = read("fraction" if fraction else "number", number)
        if isinstance(old, str) or not isfinite(old):
            return number
        unit = 1 if self._kind != "fraction" else 10.0 ** floor(log10(old)) if old > 0 else 0.01
        value = min(max(round(old + steps * unit, 12), self._low), self._high)
        return written(value if fraction else int(value), grouped=not self.hasFocus())

    def stepEnabled(self) -> QAbstractSpinBox.StepEnabledFlag:
        return QAbstractSpinBox.StepEnabledFlag.StepUpEnabled | QAbstractSpinBox.StepEnabledFlag.StepDownEnabled

    def validate(self, text: str, position: int) -> Any:
        return QValidator.State.Acceptable, text, position  # anything may be typed; what is wrong is said, not blocked

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._settle(grouped=False)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        refused = read(self._kind, self.text()) != self._value
        self._write(self._value)  # refused text goes: what stands here is what the numbers beside it are made of
        self.lineEdit().setCursorPosition(0)
        if refused:
            self.left.emit()

    def event(self, event: QEvent) -> bool:
        """Leave undo and redo to those around it: each key typed here is an edit already."""
        if isinstance(event, QKeyEvent) and any(event.matches(keys) for keys in LEFT):
            event.ignore()
            return False
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._settle(grouped=False)
            self.selectAll()
            self.confirmed.emit()
        elif event.key() == Qt.Key.Key_Escape and read(self._kind, self.text()) != self._value:
            self._write(self._value)
            self.given_up.emit()
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()  # scrolling past a form must not change it

    def _settle(self, grouped: bool) -> None:
        """Write the value in its usual form, unless something else is being typed."""
        usual = written(self._value, grouped)
        if read(self._kind, self.text()) == self._value and self.text() != usual:  # what is selected there stays so
            self.lineEdit().setText(usual)

    def _write(self, value: Any) -> None:
        text = written(value, grouped=not self.hasFocus())
        if text != self.text():  # else what is being typed goes on where it was
            self.lineEdit().setText(text)
            if not self.hasFocus():
                self.lineEdit().setCursorPosition(0)  # what is longer than the field is read from its beginning
