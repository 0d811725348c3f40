"""What every layer costs, along the way the picture takes through the network."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCursor, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QPushButton, QToolTip, QWidget

from explorer.network.cost import MEASURES, Measure, Scale, costs, in_unit
from explorer.ui.controls.bar_chart import BarChart, Bars
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.following import Following
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import (
    cost_in_brief,
    cost_in_words,
    counted,
    measure_in_words,
    plain_tip,
    share_in_words,
)
from explorer.ui.destinations import export
from explorer.ui.theme import GRID
from explorer.workspace.document import Change
from explorer.workspace.exports import write_image
from explorer.workspace.session import Session


class CostPanel(QWidget):
    """A bar for each layer in the order the network runs; a click selects it."""

    def __init__(self, session: Session, measure: str = "") -> None:
        super().__init__()
        self._session = session
        self._ids: tuple[str, ...] = ()
        self._values: dict[str, int] = {}
        self._scale = Scale("MACs", 0, 0, 0)
        self._stale = True
        self.setAccessibleName("Cost")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.measures = QComboBox()
        for one in MEASURES:
            self.measures.addItem("", one)
        self._name_measures()
        self.measures.setAccessibleName("Measure")
        self.logarithmic = QCheckBox("Logarithmic")
        self.running = QCheckBox("Running share")
        self.running.setToolTip("A line that says what share of the total is reached so far")
        self.export = QPushButton("Export…")
        self.export.setAccessibleName("Export chart as PNG")
        self.export.setEnabled(False)
        self.chart = BarChart()
        self.reading = Text(role="dim", wrap=False)
        self.problem = Text(role="problem")
        tools = QHBoxLayout()
        for widget in (self.measures, self.logarithmic, self.running, self.export):
            tools.addWidget(widget)
        tools.insertStretch(3, 1)
        column = panel_column(self)
        column.addLayout(tools)
        column.addWidget(self.chart, 1)
        column.addWidget(self.reading)
        column.addWidget(self.problem)
        self._soon = QTimer(self, singleShot=True, interval=0)
        self._soon.timeout.connect(self._show)
        self.choose(measure or "MACs")
        self.measures.currentIndexChanged.connect(lambda _: self._follow())
        self.logarithmic.toggled.connect(lambda _: self._follow())
        self.running.toggled.connect(lambda _: self._follow())
        self.export.clicked.connect(self._choose_export)
        self.chart.ready.connect(lambda: self.export.setEnabled(True))
        self.chart.pointed.connect(self._read)
        self.chart.picked.connect(lambda place: session.select((self._ids[place],)))
        self._following = Following(self, session, self._follow_document)
        session.conventions_changed.connect(lambda _: self._adopt())
        session.selection_changed.connect(lambda _: self._show_selection())

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    @property
    def measure(self) -> Measure:
        """What the bars show."""
        return in_unit(self.measures.currentData(), self._session.conventions)

    def choose(self, measure: str) -> None:
        """Show another measure; "" changes nothing."""
        if (place := self.measures.findData(measure)) >= 0:
            self.measures.setCurrentIndex(place)

    def export_png(self, path: str) -> None:
        """Write the chart as a PNG file. Raises Refusal with a sentence."""
        write_image(path, self.chart.plot.grab().toImage())

    def showEvent(self, event: QShowEvent) -> None:
        if self._stale:
            self._soon.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right go from layer to layer."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not self._ids:
            super().keyPressEvent(event)
            return
        places = self._places()
        place = places[-1] + step if places else 0
        self._session.select((self._ids[max(0, min(place, len(self._ids) - 1))],))

    def _follow(self) -> None:
        """Nobody looks while another tab is in front."""
        self._stale = True
        if self.isVisible():
            self._soon.start()

    def _follow_document(self, _change: Change) -> None:
        if self._following.large and self.isVisible():  # in this turn nothing else is at work
            self._show()
        else:
            self._follow()

    def _adopt(self) -> None:
        self._name_measures()
        self._follow()

    def _name_measures(self) -> None:
        for place, one in enumerate(MEASURES):
            self.measures.setItemText(place, measure_in_words(in_unit(one, self._session.conventions)))

    def _show(self) -> None:
        document, measure = self._session.document, self.measure
        network = document.project.network
        self._stale = False
        self._ids = tuple(node.id for node in network.order)
        self._values = costs(network, self._session.conventions.counted(document.facts), measure)
        self._scale = Scale.of(measure, self._values.values())
        self.running.setEnabled(bool(self._scale.total))
        self.chart.setVisible(bool(self._scale.high))  # axes alone would tell of a cost from 0 to 1
        self.chart.show_bars(
            Bars(
                self._ids,
                tuple(self._values[id] for id in self._ids),
                tuple(network.nodes[id].layer.group for id in self._ids),
                lambda value: cost_in_brief(measure, value),
                self.logarithmic.isChecked(),
                self.running.isChecked() and self.running.isEnabled(),
            )
        )
        self.chart.setAccessibleName(f"{measure_in_words(measure)} of {counted(len(self._ids), 'layer')}")
        self._show_selection()

    def _places(self) -> list[int]:
        numbers = {id: place for place, id in enumerate(self._ids)}
        return [numbers[id] for id in self._session.selection if id in numbers]

    def _show_selection(self) -> None:
        if not self._stale:
            self.chart.mark(self._places())
            self._read(-1)

    def _read(self, place: int) -> None:
        """Say what the layer under the mouse costs, or the selected one, or all."""
        if place >= 0:
            self.reading.say(self._told(self._ids[place]))
            QToolTip.showText(QCursor.pos(), plain_tip(self.reading.text()), self.chart)
            return
        QToolTip.hideText()
        chosen = self._places()
        if len(chosen) == 1:
            self.reading.say(self._told(self._ids[chosen[0]]))
            return
        scale, some = self._scale, sum(value > 0 for value in self._values.values())
        whole = cost_in_words(scale.measure, scale.total or scale.high)
        of = f"in {some:,} of {counted(len(self._values), 'layer')}" if scale.total else "at most"
        self.reading.say(f"{whole} {of}" if self._values else "No layers yet.")

    def _told(self, id: str) -> str:
        value = self._values[id]
        share = f" · {share_in_words(self._scale.share(value))}" if self._scale.total else ""
        return f"{id} · {cost_in_words(self._scale.measure, value)}{share}"

    def _choose_export(self) -> None:
        name = f"{self._session.document.project.title or 'network'} {measure_in_words(self.measure)}"
        _, problem = export(self, "Export chart", name, "Pictures", (".png",), self.export_png)
        self.problem.say(problem)
