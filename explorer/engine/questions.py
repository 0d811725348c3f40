"""What the window can ask the worker. Each question is answered by steps: `Progress` records, then results.

Questions are plain values: this module imports no torch, so the workspace may import it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from explorer.network.network import Network
from explorer.network.project import Project

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class PictureFile:
    """A picture by its path; the worker decodes it, and keeps the last few decoded."""

    path: str


@dataclass(frozen=True, eq=False)
class Pixels:
    """A picture that has no file (pasted): pixels (H, W, 3) uint8 red, green, blue."""

    pixels: NDArray[np.uint8]
    name: str = "pasted picture"


PictureSource = PictureFile | Pixels


@dataclass(frozen=True)
class Devices:
    """Which devices are there? Answer: tuple[Device, ...], the one used by default first."""


@dataclass(frozen=True)
class Decode:
    """Show me this picture. Answer: Picture, its longest side at most `longest` pixels."""

    source: PictureSource
    longest: int = 1600


@dataclass(frozen=True)
class Predict:
    """What does the network see? Answer: Prediction with the `count` best guesses."""

    project: Project
    source: PictureSource
    device: str = "cpu"
    count: int = 5


@dataclass(frozen=True)
class Look:
    """What does one node put out? Answer: FeatureMaps; own_scale gives each channel its own range."""

    project: Project
    source: PictureSource
    node: str
    device: str = "cpu"
    own_scale: bool = True


@dataclass(frozen=True)
class Models:
    """What is in the model library? Answer: tuple[ModelCard, ...]."""


@dataclass(frozen=True)
class OpenModel:
    """Get a library model (download where needed). Answers: Progress …, then Project."""

    name: str


@dataclass(frozen=True)
class OpenNetwork:
    """Build a network of the gallery, or another one of torchvision's. Answer: Project, with random weights."""

    name: str


@dataclass(frozen=True)
class OpenFile:
    """Read a file with a network, of any kind that `engine.opening` knows. Answers: Progress …, then Project."""

    path: str


@dataclass(frozen=True)
class Compare:
    """What differs from the old network, or the one in a project file, to the new one? Answer: Diff."""

    old: Network | str
    new: Network


@dataclass(frozen=True)
class Export:
    """Write the network to a file, in the format its name ends in. Answers: Progress …, then Exported.

    framework: "torch" or "keras", whose source a .py file holds. replace: files of these names may be written over.
    """

    project: Project
    path: str
    framework: str = "torch"
    replace: bool = False
