"""What the window can ask the worker about style transfer; plain values, as those of `questions`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.engine.questions import PictureFile, PictureSource, Pixels
from explorer.maths.values import dataclass
from explorer.network.project import Project
from explorer.probes.style import Style, StyleSheet, WeightedLayer
from explorer.probes.style_layers import usual_layers

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
    where an earlier search stopped after `done` steps; it is gone on with, also with other settings. Where these ask
    for no more than that, it goes as many steps further at the last size as they ask for there.

    Without so_far a picture begins as the settings say; after `done` steps, where another one was begun before.
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


def with_usual_layers(question: StyleOf) -> StyleOf:
    """The question with those layers that it has where it names none itself, neither for content nor for style."""
    if question.content_layers or question.style_layers:
        return question
    content, style = usual_layers(question.project.network)
    return replace(question, content_layers=content, style_layers=style)


def sheet_of(question: StyleOf, step: int) -> StyleSheet:
    """What stands in the file of a picture that was made so, after `step` steps."""
    from explorer.formats.mask_files import packed

    question = with_usual_layers(question)
    masks = tuple(b"" if one.mask is None else packed(one.mask) for one in question.styles)
    return StyleSheet(
        question.settings, question.content_layers, question.style_layers, question.project.title,
        question.project.weights, _name(question.content),
        tuple((_name(one.source), one.weight) for one in question.styles), step, masks if any(masks) else (),
    )  # fmt: skip


def _name(source: PictureSource) -> str:
    return Path(source.path).name if isinstance(source, PictureFile) else source.name
