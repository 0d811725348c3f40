"""Asks the worker for figures, so that the window goes on while a long one is drawn."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from explorer.engine.figures import DrawFigure
from explorer.maths.drawing import Drawing
from explorer.network.figures.choices import FigureChoices
from explorer.workspace.session import Session

LANE = "figure"


def ask_figure(
    session: Session, choices: FigureChoices, only: Collection[str], roles: Mapping[str, tuple[str, ...]],
    show: Callable[[Drawing], None],
) -> None:  # fmt: skip
    """Show the figure of the open network, or of some of its layers, once it is drawn; the newest question wins.

    Where there is none, `session.failed` says why.
    """
    question = DrawFigure(session.document.project, choices, tuple(only), roles)
    session.ask(LANE, question, show, "Drawing the figure")
