"""A network small enough to paint with in a test, and pictures for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from explorer.formats import tensors
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe


def painter(title: str = "Two blocks") -> Project:
    """Two blocks as VGG has them, with random weights that are kept like trained ones."""
    nodes = {"in": Node("in", Input(3, 32, 32))}
    last = "in"
    random, weights = np.random.default_rng(0), {}
    for number, (channels, before) in enumerate(((6, 3), (8, 6), (10, 8))):
        conv, relu = f"conv{number}", f"relu{number}"
        nodes[conv] = Node(conv, Conv2d(channels, 3, padding=1), (last,))
        nodes[relu] = Node(relu, ReLU(), (conv,))
        deviation = (2 / 9 / before) ** 0.5
        weights[f"{conv}.weight"] = random.normal(0, deviation, (channels, before, 3, 3)).astype(np.float32)
        weights[f"{conv}.bias"] = random.normal(0, 0.1, channels).astype(np.float32)
        last = relu
        if number == 0:
            nodes["pool"] = Node("pool", MaxPool2d(2, 2), (last,))
            last = "pool"
    recipe = Recipe(mean=(0.5, 0.45, 0.4), std=(0.25, 0.25, 0.25))
    return Project(Network(nodes), weights=tensors.keep(weights), recipe=recipe, title=title)


def small_photo(assets: Path, folder: Path, name: str, longest: int = 96) -> str:
    """A real photo in small; its path."""
    with Image.open(assets / "images" / f"{name}.jpg", formats=("JPEG",)) as image:
        image.thumbnail((longest, longest))
        image.save(folder / f"{name}.png")
    return str(folder / f"{name}.png")
