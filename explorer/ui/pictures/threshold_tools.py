"""From where on a detector's boxes count: two sliders and the measure, the same ones wherever they are shown."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.maths.box_records import SUPPRESSIONS, Thresholds
from explorer.maths.head_records import Heads
from explorer.ui.controls.form import Choice
from explorer.ui.controls.fraction import Fraction
from explorer.ui.controls.labels import sized
from explorer.ui.theme import GRID
from explorer.workspace.session import Session

AS_TRAINED = "its own"
WIDEST = "Overlap up to"
"""Of the titles, which stand below each other."""
FINE = 1000
"""Steps of a slider."""


class TitledRow(QWidget):
    """A title before what it names, and above it where there is no room beside each other."""

    def __init__(self, title: QLabel, first: QWidget, *others: QWidget) -> None:
        super().__init__()
        self._title, self._rest = title, QHBoxLayout()
        self._rest.setSpacing(GRID // 2)
        self._rest.addWidget(first, 1)
        for widget in others:
            self._rest.addWidget(widget)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID // 2)
        self._grid.setVerticalSpacing(0)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(title, 0, 0)
        self._grid.addLayout(self._rest, 0, 1)
        self._above = False

    def minimumSizeHint(self) -> QSize:
        """As narrow as it is with the title above."""
        across = max(self._title.minimumSizeHint().width(), self._rest.minimumSize().width())
        return QSize(across, self._grid.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        beside = self._title.minimumSizeHint().width() + GRID // 2 + self._rest.minimumSize().width()
        above = event.size().width() < beside
        if above != self._above:
            self._above = above
            self._grid.removeItem(self._rest)
            self._grid.addLayout(self._rest, *((1, 0, 1, 2) if above else (0, 1, 1, 1)))
            self.updateGeometry()
        super().resizeEvent(event)


class LevelSlider(QWidget):
    """A number from 0 to 1, by slider or typed; `power` above 1 gives small numbers more room."""

    entered = Signal(float)

    def __init__(self, title: str, told: str, power: float = 1.0) -> None:
        super().__init__()
        self._power = power
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, FINE)
        self.slider.setPageStep(FINE // 20)
        self.slider.setSingleStep(FINE // 100)
        self.slider.setMinimumWidth(7 * GRID)  # below that nobody hits a number
        self.slider.setAccessibleName(title)
        self.number = Fraction(0, 1, 0.01, decimals=3 if power > 1 else 2)
        self.number.setAccessibleName(f"{title}, as a number")
        self.setToolTip(told)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(TitledRow(titled(title, self.slider), self.slider, self.number))
        self.slider.valueChanged.connect(lambda value: self._enter(round((value / FINE) ** self._power, 4)))
        self.number.valueChanged.connect(self._enter)

    def show_value(self, value: float) -> None:
        """Show a value without reporting it."""
        self.slider.blockSignals(True)
        self.number.blockSignals(True)
        if not self.slider.isSliderDown():
            self.slider.setValue(round(value ** (1 / self._power) * FINE))
        self.number.setValue(value)
        self.slider.blockSignals(False)
        self.number.blockSignals(False)

    def _enter(self, value: float) -> None:
        self.show_value(value)
        self.entered.emit(value)


class ThresholdTools(QWidget):
    """Shows the session's thresholds and changes them; every panel that has these tools shows the same."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.least = LevelSlider("Score above", "Boxes whose score, p_c times the chance of their class, is above this")
        self.overlap = LevelSlider(
            "Overlap up to", "Of two boxes of a class that overlap by more than this, the better one stays"
        )
        self.measure = Choice((AS_TRAINED, *SUPPRESSIONS))
        self.measure.setAccessibleName("How overlap is measured")
        self.measure.setToolTip("IoU: intersection over union. DIoU: less for middles that are apart.")
        self.measure.setMinimumContentsLength(max(map(len, (AS_TRAINED, *SUPPRESSIONS))))
        self.usual = QToolButton()
        self.usual.setText("↺")
        self.usual.setToolTip("As the network has them: score, overlap and measure")
        self.usual.setAccessibleName("As the network has them")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.least)
        column.addWidget(self.overlap)
        column.addWidget(TitledRow(titled("Measured as", self.measure), self.measure, self.usual))
        self.least.entered.connect(lambda value: self._set(least=value))
        self.overlap.entered.connect(lambda value: self._set(overlap=value))
        self.measure.entered.connect(lambda name: self._set(suppression=name if name in SUPPRESSIONS else ""))
        self.usual.clicked.connect(lambda: session.set_thresholds(Thresholds(hidden=session.thresholds.hidden)))
        session.thresholds_changed.connect(lambda _: self._show())
        session.prediction_changed.connect(lambda _: self._show())
        self._show()

    def _set(self, **changed: object) -> None:
        self._session.set_thresholds(replace(self._session.thresholds, **changed))  # type: ignore[arg-type]

    def _show(self) -> None:
        """What holds: where nobody chose, it is the network's own."""
        session, thresholds = self._session, self._session.thresholds
        heads = session.prediction.heads if session.prediction is not None else None
        limits = (heads or Heads((), (1, 1))).filled(thresholds)
        self.least.show_value(limits.least)
        self.overlap.show_value(limits.overlap)
        self.measure.show_value(thresholds.suppression or AS_TRAINED)
        self.usual.setEnabled(thresholds != Thresholds(hidden=thresholds.hidden))


def titled(title: str, of: QWidget) -> QLabel:
    """The words before a widget, as wide as all others of their kind."""
    words = QLabel(title)
    words.setFont(sized("small"))
    words.setMinimumWidth(words.fontMetrics().horizontalAdvance(WIDEST))
    words.setBuddy(of)
    return words
