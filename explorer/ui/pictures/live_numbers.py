"""How long the parts of a frame's way take, below each other's names, so that none dances or is cut off."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import counted
from explorer.workspace.video.meter import PARTS, Meter

MEANT = {
    "capture": "Reading the frame, in milliseconds", "pre": "Making the network's input of it, in milliseconds",
    "network": "The network, in milliseconds", "post": "Boxes, guesses and maps of its numbers, in milliseconds",
    "draw": "Showing all of it, in milliseconds",
}  # fmt: skip
NOTHING, UNIT = "–", " ms"


class LiveNumbers(QWidget):
    """The numbers of the last second: a line of those one watches, and a table of parts in milliseconds."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("How long everything takes")
        self._line = Text(role="dim", size="small")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(0)
        grid.addWidget(self._line, 0, 0, 1, len(PARTS))
        self._numbers: dict[str, Text] = {}
        for column, part in enumerate(PARTS):
            title, number = Text(part, "dim", "small", wrap=False), Text(NOTHING, "text", "small", wrap=False)
            for row, label in enumerate((title, number), 1):
                label.setAlignment(Qt.AlignmentFlag.AlignLeft)
                label.setToolTip(MEANT[part])
                grid.addWidget(label, row, column)
            grid.setColumnStretch(column, title.sizeHint().width())
            self._numbers[part] = number

    def show_numbers(self, meter: Meter, now: float, behind: float) -> None:
        """Show what the meter says at this time; where nothing happened in the last second, what it said stays.

        behind: seconds that the boxes are older than the picture.
        """
        line = in_words(meter, now, behind)
        if not line:
            return
        self._line.say(line)
        self._hold_room()
        for part, label in self._numbers.items():
            mean = meter.mean(part, now)
            label.say(NOTHING if mean is None else f"{mean:.1f}")
        unit = self._numbers[PARTS[-1]]
        if unit.fontMetrics().horizontalAdvance(unit.text() + UNIT) <= unit.width():
            unit.say(unit.text() + UNIT)
            label.setToolTip(MEANT[part])
        self.setAccessibleDescription(self.text())

    def _hold_room(self) -> None:
        """Keep the lines that the widest words needed in this width, so that nothing below them dances."""
        self._line.setMinimumHeight(max(self._line.minimumHeight(), self._line.heightForWidth(self.width())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self._line.setMinimumHeight(0)
            self._hold_room()

    def clear(self) -> None:
        """Forget what another source took."""
        self._line.say(" ")  # whose room stays
        for label in self._numbers.values():
            label.say(NOTHING)

    def text(self) -> str:
        """All of it in one line."""
        parts = (f"{part} {label.text()}" for part, label in self._numbers.items())
        return (
            f"{self._line.text()} · {' · '.join(parts).removesuffix(UNIT)}{UNIT}" if self._line.text().strip() else ""
        )


def in_words(meter: Meter, now: float, behind: float) -> str:
    """How many frames there were in the last second, how old they were when they were seen, how many nobody had time
    for."""
    age = meter.mean("age", now)
    if age is None:
        return ""
    dropped = f" · {meter.dropped:,} dropped" if meter.dropped else ""
    old = f" · boxes {behind * 1000:.0f} ms old" if behind else ""
    return f"{counted(round(meter.rate('age', now)), 'frame')}/s · {age:.0f} ms old{dropped}{old}"
