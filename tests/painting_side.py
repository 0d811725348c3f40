"""Small networks that paint, for tests: what they do is worked out in numpy beside them."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image

from explorer.classics.draft import Draft, begun
from explorer.formats import tensors
from explorer.layers.activations import ReLU, Sigmoid
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Add, Multiply
from explorer.layers.shapes import Flatten, Reshape
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d, MaxPool2d
from explorer.network.fed import Numbers, Still, one_of
from explorer.network.project import Project

STRENGTH = 4 * np.eye(3, dtype=np.float32)


def three_styles(height: int = 32, width: int = 48) -> Project:
    """σ(4 · s · x): a style for each colour, fed with the first."""
    draft = begun(3, height, width)
    draft.add("styles", Input(3, 1, 1))
    draft.add("flat", Flatten())
    draft.add("strength", Linear(3, bias=False))
    draft.add("each", Reshape((3, 1, 1)))
    draft.add("mixed", Multiply(), "input", "each")
    draft.add("colours", Sigmoid())
    weights = tensors.keep({"strength.weight": STRENGTH})
    return Project(draft.network, weights=weights, title="Three styles", fed={"styles": one_of(3, 0)})


def as_painted(x: np.ndarray, styles: np.ndarray) -> np.ndarray:
    """What it makes of x (N, 3, H, W)."""
    return 1 / (1 + np.exp(-x * (4 * styles).reshape(1, 3, 1, 1)))


def like_another(side: int = 16) -> Project:
    """σ(x + the mean colour of the style picture): a second picture, looked at by a convolution."""
    draft: Draft = begun(3, side, side)
    draft.add("style_image", Input(3, 8, 8))
    draft.add("look", Conv2d(3, 1, bias=False))
    draft.add("mean", AdaptiveAvgPool2d(1))
    draft.add("moved", Add(), "input", "mean")
    draft.add("colours", Sigmoid())
    weights = tensors.keep({"look.weight": np.eye(3, dtype=np.float32).reshape(3, 3, 1, 1)})
    return Project(draft.network, weights=weights, title="Like another", fed={"style_image": Numbers((1.0,) * 3)})


def plain(colour: tuple[int, int, int], size: tuple[int, int] = (20, 12)) -> Still:
    """A picture of one colour."""
    data = io.BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return Still(data.getvalue(), "plain")


def judge() -> Project:
    """A trunk of four sizes, its weights what torch begins with: it tells pictures apart, if not as people do."""
    draft = begun(3, 32)
    for channels in (6, 8, 10, 12):
        draft.chain("features", Conv2d(channels, 3, 1, 1), ReLU(), Conv2d(channels, 3, 1, 1), ReLU(), MaxPool2d(2, 2))
    return Project(draft.network, title="A trunk")
