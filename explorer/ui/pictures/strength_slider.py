"""How strongly a painted picture is shown beside the photo: a slider with its words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from explorer.ui.controls.labels import Text
from explorer.ui.theme import GRID
from explorer.workspace import painted_strength


class StrengthSlider(QWidget):
    """Remembers what was chosen last; End is all painted."""

    chosen = Signal(int)  # percent

    def __init__(self) -> None:
        super().__init__()
        self.words = Text(size="small", wrap=False)
        self.words.setMinimumWidth(self.words.fontMetrics().horizontalAdvance(_words(painted_strength.ALL)) + 2)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, painted_strength.ALL)
        self.slider.setPageStep(10)
        self.slider.setMinimumWidth(4 * GRID)
        self.slider.setAccessibleName("Strength of the painting")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(self.words)
        row.addWidget(self.slider, 1)
        self.slider.setValue(painted_strength.remembered())
        self.words.say(_words(self.percent))
        self.slider.valueChanged.connect(self._choose)

    @property
    def percent(self) -> int:
        """Of the painting; the rest is photo."""
        return self.slider.value()

    def _choose(self, percent: int) -> None:
        self.words.say(_words(percent))
        painted_strength.remember(percent)
        self.chosen.emit(percent)


def _words(percent: int) -> str:
    return f"Strength {percent} %"
