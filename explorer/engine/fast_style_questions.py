"""What can be asked about training networks that paint; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.engine.questions import PictureSource
from explorer.network.project import Project
from explorer.probes.fast_style import FastStyle


@dataclass(frozen=True)
class TrainStyle:
    """Which network paints in the style of this picture? Answers: Progress and Taught, then its Project.

    judge: the trained network whose layers tell content and style, or its name in the model library. folder: with the
    pictures to learn on. state: the file in which the training is kept when it is stopped, and now and then; where it
    is there, it is gone on with. preview: the picture that is painted every `every` steps. heard: the last
    step whose costs are known already; those of later ones that were kept are told first. None: they need not be told.
    """

    judge: Project | str
    style: PictureSource
    folder: str
    state: str
    settings: FastStyle = FastStyle()
    preview: PictureSource | None = None
    every: int = 50
    device: str = "cpu"
    heard: int | None = None


@dataclass(frozen=True)
class ForecastTraining:
    """What would this training take? Answers: Progress …, then TrainingForecast."""

    question: TrainStyle
