"""`cnn-explorer figure NAME|FILE OUT`: a network as a figure to be published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explorer.cli import sources
from explorer.cli.manners import plain
from explorer.formats.words import refusal
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse
from explorer.network.figures.choices import AS_ARRANGED, FigureChoices
from explorer.network.figures.figure import figure as drawn
from explorer.network.grouping import arrived
from explorer.network.settings import SettingError


def figure(name: str, target: str, chosen: dict[str, Any], force: bool) -> str:
    """The command's output: what was written. chosen: fields of FigureChoices; style and direction may be None."""
    from explorer.workspace.painting import ENDINGS, write_drawing  # Qt, which no other command needs

    path = Path(target)
    if path.suffix.lower() not in ENDINGS:  # before anything slow
        raise Refusal(refusal(path, "would be no figure", "a figure is a .svg, .pdf or .png file"))
    if path.exists() and not force:
        raise Refusal(refusal(path, "is there already", "choose another name, take it away, or give --force"))
    direction = chosen.pop("direction")
    style = chosen.pop("style") or ("canvas" if direction else "volumes")
    if direction and style != "canvas":
        raise Refusal(f"The style {style} has a layout of its own: take --style canvas with --direction {direction}.")
    try:
        choices = FigureChoices(style=style, direction=direction or AS_ARRANGED, **chosen)
    except SettingError as error:
        raise Refusal(f"{error}.".replace("FigureChoices's ", "--")) from error
    project = sources.described(name)
    if choices.style == "canvas":
        project = arrived(project)  # folded, as the window shows it: else it is a column of a hundred cards
    write_drawing(target, drawn(project, analyse(project.network), choices), choices.dpi, choices.transparent)
    return f"Written: {plain(target)}"
