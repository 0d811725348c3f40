"""Draws figures to publish: a long one takes seconds, which nobody should wait for at a window that stands still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from explorer.maths.drawing import Drawing
from explorer.maths.records import Progress
from explorer.network.analysis import analyse
from explorer.network.figures.choices import FigureChoices
from explorer.network.figures.figure import PARTS, figuring
from explorer.network.project import Project


@dataclass(frozen=True, eq=False)
class DrawFigure:
    """What does the figure of this network look like? Answers: Progress … and the Drawing.

    only: ids of the layers to draw, () for all. roles: of nodes that tell the "style" or the "content" of a picture.
    """

    project: Project
    choices: FigureChoices
    only: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def draw_figure(question: DrawFigure) -> Iterator[Progress | Drawing]:
    """Each step a stage of the work. Raises Refusal where there is nothing to draw."""
    project = question.project
    yield Progress("Drawing the figure", 0, PARTS + 1)
    steps = figuring(project, analyse(project.network), question.choices, question.only, question.roles)
    for done, step in enumerate(steps):
        yield Progress("Drawing the figure", done + 1, PARTS + 1) if step is None else step
