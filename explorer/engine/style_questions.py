"""What the window can ask the worker about style transfer; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.engine.questions import PictureSource, Pixels
from explorer.network.project import Project
from explorer.probes.style import Style, WeightedLayer

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class StylePicture:
    """A picture whose style is taken. weight: beside the others; they are divided by their sum.

    mask: (h, w) uint8, where in the content picture it counts, from 0 not at all to 255; of any size, it is stretched
    over that picture. None for everywhere.
    """

    source: PictureSource
    weight: float = 1.0
    mask: NDArray[np.uint8] | None = None


@dataclass(frozen=True, eq=False)
class StyleOf:
    """Which picture has the content of this one and the style of those? Answers: Progress and Styled, the picture so
    far, until all steps are done.

    content_layers, style_layers: where both are empty, those of `explorer.probes.style_layers.usual_layers`. so_far:
    where an earlier search stopped after `done` steps; it is gone on with, also with other settings.
    """

    project: Project
    content: PictureSource
    styles: tuple[StylePicture, ...]
    settings: Style = Style()
    content_layers: tuple[WeightedLayer, ...] = ()
    style_layers: tuple[WeightedLayer, ...] = ()
    so_far: Pixels | None = None
    done: int = 0
    device: str = "cpu"


@dataclass(frozen=True, eq=False)
class ForecastStyle:
    """What would this take? Answers: Progress …, then StyleForecast."""

    question: StyleOf
