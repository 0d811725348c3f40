"""Everything a saved file holds: the undoable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from explorer.network.network import Network

SUFFIX = ".cnnx"
"""What a project file's name ends in."""

Place = tuple[float, float]
"""Left and top of a node on the canvas, in scene units."""


SCALINGS = ("bilinear", "bicubic", "corners")


@dataclass(frozen=True)
class Recipe:
    """How a picture becomes the network's input, and what its outputs are called.

    The picture is scaled (antialiased, by the filter `scaling`; "corners" blends four pixels, with the outermost
    ones of picture and input on each other, as Darknet does) until its middle `crop` part covers the
    input, cut there, divided by 255, then (x − mean) / std per channel. crop = 0 stretches it to the input
    instead. Colour networks use red, green, blue; a network with one input channel gets grey.
    """

    crop: float = 0.0
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    labels: tuple[str, ...] = ()
    scaling: str = "bilinear"


@dataclass(frozen=True)
class Project:
    """A network, where its nodes lie, and what is needed to run it.

    weights: SHA-256 of the safetensors file in the weight store whose tensors are called
    `node id.parameter`, or "" where no node has trained weights. title and origin are said to
    the user: what this is, and where the weights came from and what they were trained on.
    main: the node whose value is the network's answer where it has several ends; "" leaves it to `main_end`.
    """

    network: Network = field(default_factory=Network)
    places: Mapping[str, Place] = field(default_factory=dict)
    weights: str = ""
    recipe: Recipe = field(default_factory=Recipe)
    title: str = ""
    origin: str = ""
    main: str = ""

    def moved(self, places: Mapping[str, Place]) -> Project:
        """This project with some nodes elsewhere."""
        return replace(self, places={**self.places, **places})

    def rewired(self, network: Network) -> Project:
        """This project with another network; what was said of nodes that are gone is forgotten."""
        places = {id: place for id, place in self.places.items() if id in network.nodes}
        return replace(self, network=network, places=places, main=self.main if self.main in network.nodes else "")
