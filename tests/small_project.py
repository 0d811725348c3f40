"""A small project file for tests that need any."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.formats import project_file
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.network.network import Network, Node
from explorer.network.project import Project, Recipe


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A project file of an untrained network on 8×8 grey pictures."""
    network = Network(
        {
            "in": Node("in", Input(1, 8, 8)),
            "conv": Node("conv", Conv2d(2, 3), ("in",)),
            "relu": Node("relu", ReLU(), ("conv",)),
            "flat": Node("flat", Flatten(), ("relu",)),
            "fc": Node("fc", Linear(3), ("flat",)),
        }
    )
    project_file.write(tmp_path / "small.cnnx", Project(network, recipe=Recipe(labels=("cat", "\x1b[31mdog"))))
    return tmp_path / "small.cnnx"
