"""Where in a network the weights are broken or of no use: a line for each tensor, which leads to its layer."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from explorer.maths.weight_records import WeightFaults
from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import counted, plain_tip
from explorer.ui.tables.weight_words import broken_in_words, filters_in_words
from explorer.workspace.weights import WeightFiles

NAME = Qt.ItemDataRole.UserRole


class FaultList(QWidget):
    """A click, or Enter, on a line asks for its layer."""

    weight_requested = Signal(str)  # `node id.parameter`

    def __init__(self, files: WeightFiles) -> None:
        super().__init__()
        self.said = Text()
        self.lines = QListWidget()
        self.lines.setFrameShape(QFrame.Shape.NoFrame)
        self.lines.setAccessibleName("Broken, dead and equal weights")
        self.lines.itemClicked.connect(self._ask)
        self.lines.itemActivated.connect(self._ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.said)
        column.addWidget(self.lines, 1)
        files.faults_changed.connect(self._show)

    def _show(self, faults: WeightFaults) -> None:
        self.lines.clear()
        broken = sum(1 for one in faults.found if one.nan or one.infinite)
        found = f"{broken:,} with NaN or infinity, {len(faults.found) - broken:,} with dead or equal filters"
        looked = f"{counted(faults.tensors, 'tensor')} looked through"
        self.said.say(f"{looked}: {found if faults.found else 'nothing is broken, no filter is dead or there twice'}.")
        for one in faults.found:
            words = f"{broken_in_words(one)} {filters_in_words(one)}".strip()
            line = QListWidgetItem(f"{one.name}   {words}")
            line.setToolTip(plain_tip(line.text()))
            line.setData(NAME, one.name)
            if one.nan or one.infinite:
                line.setForeground(QColor(theme.current().problem))
            self.lines.addItem(line)

    def _ask(self, line: QListWidgetItem) -> None:
        self.weight_requested.emit(line.data(NAME))
