"""What the window can ask the worker about a folder of pictures as a whole; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.network.project import Project

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Evaluate:
    """What does the network say of all pictures of a folder? Answers: Progress …, PictureSet,
    Evaluation …, each better.

    embedded: the layer whose values are told apart, "" for the one before the scores. count: guesses of each picture.
    Work that was stopped goes on when it is asked again.
    """

    project: Project
    folder: str
    embedded: str = ""
    device: str = "cpu"
    count: int = 5


@dataclass(frozen=True)
class EvaluateBoxes:
    """What does a detector find in the pictures of a folder, held against their labels? Answers: Progress …,
    DetectionSet, DetectionEvaluation …, each better.

    labels: COCO's file, or the folder with those of Pascal VOC or YOLO. count: the best boxes of each picture, with
    scores above `least`; overlap and suppression as in `Detect`. Work that was stopped goes on when it is asked again,
    also for other labels.

    Source of 0.005: Darknet, validate_detector_map.
    """

    project: Project
    folder: str
    labels: str
    device: str = "cpu"
    count: int = 100
    least: float = 0.005
    overlap: float | None = None
    suppression: str = ""


@dataclass(frozen=True, eq=False)
class Embed:
    """Which of these points (N, K) are near each other? Answers: Progress …, Embedding …, each better.

    perplexity: how many neighbours of each are looked at, about.
    """

    points: NDArray[np.float32]
    perplexity: float = 30.0
