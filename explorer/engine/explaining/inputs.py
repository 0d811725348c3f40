"""A number of the input, which comes from the picture."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.engine.explaining.case import Account
from explorer.engine.probes import picture
from explorer.engine.questions import PictureFile, PictureSource
from explorer.formats.recipes import per_channel, placement, to_input
from explorer.maths.explanations import Step
from explorer.maths.records import Place
from explorer.maths.worked import Worked
from explorer.network.layer import Shape
from explorer.network.project import Project

COLOURS = ("red", "green", "blue")


def account(source: PictureSource, project: Project, shape: Shape, place: Place) -> Account:
    """(v / 255 − mean) / std of the scaled picture's pixel v, and where that lies in the picture."""
    pixels = picture(source).pixels if isinstance(source, PictureFile) else source.pixels
    recipe, (channels, height, width) = project.recipe, shape
    unscaled = to_input(pixels, replace(recipe, mean=(0.0,), std=(1.0,)), (channels, height, width))
    found = Worked("v", round(float(unscaled[place.channel, place.row, place.column]) * 255, 4)) / 255
    mean, std = (
        float(np.broadcast_to(per_channel(values, channels, what), (channels, 1, 1))[place.channel, 0, 0])
        for values, what in ((recipe.mean, "means"), (recipe.std, "deviations"))
    )
    if (mean, std) != (0, 1):
        found = (found - Worked("mean", mean)) / Worked("std", std)
    return Account((), (Step("output", found),), _told(pixels.shape[1::-1], project, shape, place))


def _told(size: tuple[int, int], project: Project, shape: Shape, place: Place) -> str:
    at = placement(project.recipe, size, shape[2], shape[1])
    across = (place.column + at.left + 0.5) * size[0] / at.width
    down = (place.row + at.top + 0.5) * size[1] / at.height
    what = COLOURS[place.channel] if shape[0] == len(COLOURS) else "grey"
    fill = {"letterbox": "grey", "mean": "with the mean colour"}.get(project.recipe.padding, "black")
    if not (0 <= across < size[0] and 0 <= down < size[1]):
        return f"v is the {what} of a pixel outside of the picture, which is filled {fill}."
    return (
        f"v is the {what}, from 0 to 255, of the picture scaled to {at.width:g}×{at.height:g}: around pixel "
        f"({int(across)}, {int(down)}) of its {size[0]}×{size[1]}, from the left and from the top."
    )
