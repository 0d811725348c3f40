"""The trained numbers of the selected layer: how they are spread, and which filters do nothing or the same."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from explorer.maths.weight_records import LayerWeights, TensorFacts
from explorer.network.layer import described
from explorer.ui.controls.columns import panel_column
from explorer.ui.controls.histogram import Histogram
from explorer.ui.controls.labels import Empty, LaneLine, Text
from explorer.ui.controls.words import counted, figure
from explorer.ui.tables.fault_list import FaultList
from explorer.ui.tables.weight_words import broken_in_words, filters_in_words
from explorer.ui.theme import GRID
from explorer.workspace.session import Session
from explorer.workspace.weights import WeightFiles


class WeightsPanel(QWidget):
    """One tensor of the selected node at a time: a histogram, its figures, and its dead and equal filters."""

    load_requested = Signal()
    report_requested = Signal()
    weight_requested = Signal(str)  # `node id.parameter`: its layer should be shown

    def __init__(self, session: Session, files: WeightFiles) -> None:
        super().__init__()
        self._session, self._files = session, files
        self.setAccessibleName("Weights")
        self.empty = Empty("")
        self.load = self.empty.add_button("Load weights…")
        self.load.clicked.connect(self.load_requested)
        self.search_all = self.empty.add_button("Search all layers")
        self.search_all.setToolTip("Find NaN, infinity, dead and equal filters anywhere in the network")
        self.search_all.clicked.connect(files.search)
        self.faults = FaultList(files)
        self.faults.weight_requested.connect(self.weight_requested)
        self.tensors = QComboBox()
        self.tensors.setAccessibleName("Tensor")
        self.report = QPushButton("Report…")
        self.report.setToolTip("Which weights of the last file fit")
        self.report.clicked.connect(self.report_requested)
        self.histogram = Histogram()
        self.histogram.setAccessibleName("Histogram of the weights")
        self.figures, self.broken, self.filters = Text(), Text(role="problem"), Text()
        self.missing = Text(role="problem")
        tools = QHBoxLayout()
        tools.addWidget(self.tensors, 1)
        self.all = QPushButton(self.search_all.text())
        self.all.setToolTip(self.search_all.toolTip())
        self.all.clicked.connect(files.search)
        tools.addWidget(self.all)
        tools.addWidget(self.report)
        page = QWidget()
        inner = QVBoxLayout(page)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(tools)
        inner.addWidget(self.histogram, 1)
        for text in (self.figures, self.broken, self.filters, self.missing):
            inner.addWidget(text)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(page)
        self.stack.addWidget(self.faults)
        column = panel_column(self)
        column.addWidget(LaneLine(session, "weights"))
        column.addWidget(self.stack, 1)
        self.tensors.currentIndexChanged.connect(lambda _: self._describe())
        session.selection_changed.connect(lambda _: self._follow())
        session.document.changed.connect(lambda _: self._follow())
        files.layer_changed.connect(self._show)
        files.faults_changed.connect(lambda _: self.stack.setCurrentIndex(2))
        files.report_changed.connect(lambda report: self.report.setEnabled(report is not None))
        self.report.setEnabled(files.report is not None)
        self._show(None)

    def sizeHint(self) -> QSize:
        return QSize(72 * GRID, 34 * GRID)

    def showEvent(self, event: QShowEvent) -> None:
        self._follow()

    def _follow(self) -> None:
        """Nobody looks while another tab is in front."""
        if self.isVisible():
            self._files.look(self._session.selection[-1] if self._session.selection else "")

    def _show(self, layer: LayerWeights | None) -> None:
        chosen = self.tensors.currentText()
        self.tensors.blockSignals(True)  # one description, of the tensor that is chosen in the end
        self.tensors.clear()
        for tensor in layer.tensors if layer else ():
            self.tensors.addItem(tensor.name.rpartition(".")[2], tensor)
        self.tensors.setCurrentIndex(max(0, self.tensors.findText(chosen)))
        self.tensors.blockSignals(False)
        if layer is not None and layer.tensors:
            self.stack.setCurrentIndex(1)
            lack = " and ".join(layer.missing)
            self.missing.say(f"Not among the trained numbers, so random: {lack}." if lack else "")
            self._describe()
            return
        self.stack.setCurrentIndex(0)
        self.search_all.setVisible(bool(self._session.document.project.weights))
        self.empty.sentence.say(self._nothing(layer))

    def _nothing(self, layer: LayerWeights | None) -> str:
        if layer is None:
            return "Select a layer to see its trained numbers."
        fact = self._session.document.facts.get(layer.node)
        if fact is not None and not fact.parameters and not fact.buffers and not fact.problem:
            return f"{layer.node} has no weights."
        return f"{layer.node} has no trained weights: it runs with random ones."

    def _describe(self) -> None:
        tensor: TensorFacts | None = self.tensors.currentData()
        if tensor is None:
            return
        self.histogram.show_counts(tensor.counts, tensor.low, tensor.high)
        total = sum(tensor.counts) + tensor.nan + tensor.infinite
        self.figures.say(
            f"{described(tensor.shape) if tensor.shape else '1'} · {counted(total, 'number')} · "
            f"mean {figure(tensor.mean)} · deviation {figure(tensor.deviation)} · zeros {tensor.zeros:,}"
        )
        self.broken.say(broken_in_words(tensor))
        self.filters.say(filters_in_words(tensor))
