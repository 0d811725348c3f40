"""Everything a saved file holds: the undoable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import cached_property

from explorer.maths.values import dataclass
from explorer.network.ablation import Ablation, by_node, with_factors
from explorer.network.annotations import Annotation, Bookmark
from explorer.network.direction import Direction
from explorer.network.fed import Fed
from explorer.network.groups import Groups
from explorer.network.layer import Layer
from explorer.network.network import Network

SUFFIX = ".cnnx"
"""What a project file's name ends in."""

Place = tuple[float, float]
"""Left and top of a node on the canvas, in scene units."""


SCALINGS = ("bilinear", "bicubic", "corners", "asymmetric", "centres")
PADDINGS = ("", "corner", "letterbox", "mean")


@dataclass(frozen=True)
class Recipe:
    """How a picture becomes the network's input, and what its outputs are called.

    The picture is scaled (antialiased, by the filter `scaling`; "corners" blends four pixels, with the outermost
    ones of picture and input on each other, as Darknet does, "asymmetric" with only the first ones, as TensorFlow 1
    does, and "centres" with the pictures' edges, as torch's interpolate does) until its middle `crop` part covers the
    input, cut there, divided by 255, then (x − mean) / std per channel. crop = 0 stretches it to the input instead.
    Colour networks use red, green, blue; a network with one input channel gets grey.

    padding: with crop = 0, keep the picture's proportions: "corner" puts the whole of it at the left and top, with
    black right of it or below; "letterbox" in the middle, with grey around; "mean" as "corner", with the mean colour.
    shorter, longer: of a detector that looks at each picture in its own size (with padding "mean"): its shorter side
    becomes so many pixels, the longer one at most so many; 0 where the Input says it all.
    least, overlap: of a detector, above which score a box is an answer, and above which overlap two show one thing.
    """

    crop: float = 0.0
    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    labels: tuple[str, ...] = ()
    scaling: str = "bilinear"
    padding: str = ""
    least: float = 0.25
    overlap: float = 0.45
    shorter: int = 0
    longer: int = 0


@dataclass(frozen=True)
class Project:
    """A network, where its nodes lie, and what is needed to run it.

    weights: SHA-256 of the safetensors file in the weight store whose tensors are called
    `node id.parameter`, or "" where no node has trained weights. title and origin are said to
    the user: what this is, and where the weights came from and what they were trained on.
    main: the node whose value is the network's answer where it has several ends; "" leaves it to `main_end`.
    ablations: in order, one for each channel that is switched off or scaled when the network runs. One whose channel
    is not there does nothing: a layer's channels may come back.
    bypassed: by node, the layer that is kept aside while the node holds one that passes everything on;
    `explorer.layers.bypass` does it. Weights stay in the file all the while.
    annotations: notes and arrows by id. bookmarks: views by number.
    places: of nodes, and of groups by their ids while they are closed.
    fed: by Input, what it is fed where the picture goes into another one.
    direction: which way the links run; the places are for it.
    """

    network: Network = field(default_factory=Network)
    places: Mapping[str, Place] = field(default_factory=dict)
    weights: str = ""
    recipe: Recipe = field(default_factory=Recipe)
    title: str = ""
    origin: str = ""
    main: str = ""
    ablations: tuple[Ablation, ...] = ()
    groups: Groups = field(default_factory=Groups)
    bypassed: Mapping[str, Layer] = field(default_factory=dict)
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    bookmarks: Mapping[int, Bookmark] = field(default_factory=dict)
    fed: Mapping[str, Fed] = field(default_factory=dict)
    direction: Direction = Direction.TOP_DOWN

    @cached_property
    def factors(self) -> dict[str, dict[int, float]]:
        """By node and channel, what the channels are multiplied by that are switched off or scaled.

        Those of a bypassed layer wait for it to come back: what is passed on is not its own.
        """
        return by_node(one for one in self.ablations if one.node not in self.bypassed)

    def layer(self, id: str) -> Layer:
        """The layer that the user put into a node, bypassed or not."""
        return self.bypassed.get(id) or self.network.nodes[id].layer

    def with_layer(self, id: str, layer: Layer) -> Project:
        """This project with another layer in a node; a bypassed one stays so."""
        if id in self.bypassed:
            return replace(self, bypassed={**self.bypassed, id: layer})
        return self.rewired(self.network.with_layer(id, layer))

    def with_factors(self, node: str, factors: Mapping[int, float]) -> Project:
        """This project with some channels of a node multiplied by other factors; 1 leaves one as it is.

        Raises WrongAblation.
        """
        return replace(self, ablations=with_factors(self.ablations, node, factors))

    def feeding(self, id: str, fed: Fed) -> Project:
        """This project with something else fed to an Input."""
        return replace(self, fed={**self.fed, id: fed})

    def annotated(self, id: str, annotation: Annotation | None) -> Project:
        """This project with another note or arrow of this id, or without one."""
        others = {other: each for other, each in self.annotations.items() if other != id}
        return replace(self, annotations={**others, id: annotation} if annotation else others)

    def moved(self, places: Mapping[str, Place]) -> Project:
        """This project with some nodes elsewhere."""
        return replace(self, places={**self.places, **places})

    def rewired(self, network: Network) -> Project:
        """This project with another network; what was said of nodes that are gone is forgotten."""
        nodes, groups = network.nodes, self.groups.following(self.network, network)
        places = self.places
        if places.keys() - nodes.keys() - groups.groups.keys():  # else these themselves: who compares them sees it
            places = {id: place for id, place in places.items() if id in nodes or id in groups.groups}
        ablations = tuple(one for one in self.ablations if one.node in nodes)
        main = self.main if self.main in nodes else ""
        bypassed = {id: layer for id, layer in self.bypassed.items() if id in nodes}
        fed = {id: each for id, each in self.fed.items() if id in nodes}
        after = replace(
            self, network=network, places=places, main=main, ablations=ablations, bypassed=bypassed, fed=fed
        )
        return replace(after, groups=groups)

    def regrouped(self, groups: Groups) -> Project:
        """This project with other groups."""
        nodes = self.network.nodes
        places = {id: place for id, place in self.places.items() if id in nodes or id in groups.groups}
        return replace(self, groups=groups, places=places)
