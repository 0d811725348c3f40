"""A network that learns to paint, while the window looks on."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.engine.fast_style_questions import ForecastTraining, TrainStyle
from explorer.engine.questions import PictureFile
from explorer.maths.fast_style_records import Taught, TrainingForecast
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal
from explorer.network.project import Project
from explorer.probes.fast_style import FastStyle
from explorer.workspace import disk
from explorer.workspace.session import Session

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LANE, FORECAST = "teach", "teach forecast"
SOON = 400
"""Milliseconds after a choice until it is asked what it will take."""
JUDGE = "vgg16_trunk"
"""The model of the library that tells content and style."""
EVERY = 20
"""Steps between two previews."""


class Teaching(QObject):
    """Trains in lane "teach". What was learned is kept when it is paused, and found there again by what it
    is a training of: the style picture, the folder and the settings, but not how many steps it goes.

    forecast: what the whole training will take, None where it is not known.
    """

    changed = Signal()
    learned = Signal(object)  # Project: the network, once all steps are done

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.settings = FastStyle()
        self.style, self.folder = "", ""
        self.running = False
        self.costs: list[Taught] = []
        self.preview: NDArray[np.uint8] | None = None
        self.note = ""
        self.forecast: TrainingForecast | None = None
        self._soon = QTimer(self, singleShot=True, interval=SOON)
        self._soon.timeout.connect(self._measure)
        session.failed.connect(lambda lane, _: self._stop() if lane == LANE else None)

    @property
    def ready(self) -> bool:
        """Whether there is all that a training needs."""
        return bool(self.style and self.folder)

    @property
    def state(self) -> Path:
        """Where this training is kept."""
        from explorer.formats import folders  # nobody waits for it when the program starts

        kept = sorted((name, value) for name, value in vars(self.settings).items() if name != "steps")
        digest = hashlib.sha256(repr((self.style, self.folder, JUDGE, kept)).encode("utf-8", "surrogatepass"))
        return folders.trainings() / f"{digest.hexdigest()[:24]}.training"

    @property
    def begun(self) -> bool:
        """Whether it was begun before; the worker may still be writing down what was learned."""
        return self.ready and (bool(self.costs) or disk.at_once(self.state.exists, False, disk.STARTING))

    @property
    def kept(self) -> int:
        """Steps of this training that were kept when it was paused, or when the program ended; 0 where there are none
        that can be read."""
        from explorer.formats import training_file

        def steps() -> int:
            return training_file.read(self.state, {}).step if self.state.exists() else 0

        try:
            return disk.at_once(steps, 0, disk.STARTING) if self.ready else 0
        except Refusal:
            return 0

    def choose(self, style: str = "", folder: str = "") -> None:
        """Learn from another picture, or on other pictures."""
        if not self.running:
            self.style, self.folder = style or self.style, folder or self.folder
            self._measure_soon()
            self.forget()

    def set(self, settings: FastStyle) -> None:
        """Learn in another way, from the next start on; only of more or fewer steps it stays the same training."""
        before, self.settings = self.settings, settings
        self._measure_soon()
        if {**vars(before), "steps": 0} != {**vars(settings), "steps": 0}:
            self.forget()
        self.changed.emit()

    def start(self) -> None:
        """Begin, or go on where it was paused."""
        if self.running or not self.ready:
            return
        self.running, self.note = True, ""
        folder = self.state.parent
        disk.at_once(lambda: folder.mkdir(parents=True, exist_ok=True), None, disk.STARTING)
        self._soon.stop()
        self._session.cancel(FORECAST)
        self._session.ask(LANE, self._question(), self._show, "Looking for pictures")
        self.changed.emit()

    def _question(self) -> TrainStyle:
        session = self._session
        preview = session.source if session.source is not None and not session.live else None
        return TrainStyle(
            JUDGE, PictureFile(self.style), self.folder, str(self.state), self.settings, preview, EVERY,
            session.device or "cpu", self.costs[-1].step if self.costs else 0,
        )  # fmt: skip

    def _measure_soon(self) -> None:
        self.forecast = None
        self._soon.start()

    def _measure(self) -> None:
        """Ask what it will take, unless the network that judges would have to be got first: a forecast downloads
        nothing."""
        card = next((card for card in self._session.models if card.name == JUDGE), None)
        if not self.ready or self.running or (card is not None and not card.installed):
            return

        def show(found: TrainingForecast) -> None:
            self.forecast = found
            self.changed.emit()

        self._session.ask(FORECAST, ForecastTraining(self._question()), show, "Measuring what it will take")

    def pause(self) -> None:
        """Stop behind the picture it is at; what was learned is kept."""
        if self.running:
            self._session.cancel(LANE)
            self._stop()

    def begin_anew(self) -> None:
        """Give up what was learned, and begin."""
        if not self.running and self.ready:
            disk.at_once(lambda: self.state.unlink(missing_ok=True), None, disk.STARTING)
            self.forget()
            self.start()

    def forget(self) -> None:
        """Nothing was learned yet that is shown."""
        self.costs, self.preview, self.note = [], None, ""
        self.changed.emit()

    @property
    def progress(self) -> Progress | None:
        """How far it is."""
        return self._session.work.get(LANE)

    def _show(self, step: Taught | Project) -> None:
        if isinstance(step, Project):
            self._stop()
            self.learned.emit(step)
            return
        if self.costs and step.step <= self.costs[-1].step:
            self.costs = [cost for cost in self.costs if cost.step < step.step]
        self.costs.append(step)
        self.preview = self.preview if step.preview is None else step.preview
        self.note = step.note or self.note
        self.changed.emit()

    def _stop(self) -> None:
        if self.running:
            self.running = False
            self.changed.emit()
