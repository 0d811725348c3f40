"""Weights in files, put onto the open network, and what the selected node's are like."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from explorer.engine.weight_questions import LoadWeights, SearchWeights, Weigh
from explorer.layers.bypass import brought_back
from explorer.maths.weight_records import LayerWeights, WeightReport
from explorer.network.project import Project
from explorer.workspace.session import Session


class WeightFiles(QObject):
    """How the last file's weights fit, and the weights of one node, when somebody looks at them.

    A file is loaded in lane "model", a node's weights are looked at in lane "weights".
    """

    report_changed = Signal(object)  # WeightReport | None
    layer_changed = Signal(object)  # LayerWeights | None
    faults_changed = Signal(object)  # WeightFaults, of the whole network

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.report: WeightReport | None = None
        self.layer: LayerWeights | None = None
        self._onto: object = None  # stands for the open project while weights are loaded for it
        self._coming: WeightReport | None = None  # on a file that is not open yet
        session.reported.connect(self._expect)
        session.opened.connect(self._start_afresh)

    def load(self, path: str) -> None:
        """Put the weights of a file that fit onto the open network: one step that can be undone. A network that is
        being opened comes first, and gets them."""
        self._session.openings.take(None, lambda: self._load(path))

    def _load(self, path: str) -> None:
        self._session.settle()
        document, reports = self._session.document, list[WeightReport]()
        whole = brought_back(document.project)  # a bypassed layer takes its weights as well
        onto = self._onto = object()

        def show(step: WeightReport | Project) -> None:
            if self._onto is not onto:
                return  # another project was opened meanwhile
            if isinstance(step, WeightReport):
                reports.append(step)
                return
            document.edit(f"Load weights of {Path(path).name}", replace(document.project, weights=step.weights))
            self._tell(reports[-1])

        name = Path(path).name
        self._session.ask("model", LoadWeights(whole, path), show, f"Loading weights of {name}")

    def look(self, node: str) -> None:
        """Have the weights of a node looked at; "" for none."""
        if node:
            self._session.ask("weights", Weigh(self._session.document.project, node), self._show)
        else:
            self._session.cancel("weights")
            self._show(None)

    def search(self) -> None:
        """Look through all layers for weights that are broken or of no use."""
        question = SearchWeights(self._session.document.project)
        self._session.ask("weights", question, self.faults_changed.emit, "Looking through all weights")

    def _expect(self, report: WeightReport) -> None:
        self._coming = report

    def _start_afresh(self, path: str) -> None:
        coming, self._coming, self._onto = self._coming, None, None
        self._tell(coming if coming is not None and coming.file == Path(path).name else None)

    def _tell(self, report: WeightReport | None) -> None:
        self.report = report
        self.report_changed.emit(report)

    def _show(self, layer: LayerWeights | None) -> None:
        self.layer = layer
        self.layer_changed.emit(layer)
