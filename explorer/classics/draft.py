"""A network while it is written down."""

from __future__ import annotations

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import Conv2d
from explorer.network.layer import Layer
from explorer.network.network import Network, Node


class Draft:
    """Layers one behind the other: each takes the one written before it, unless told which.

    last: id of the layer that comes before the next one. stem: what ids begin with from now on, `layer1.0.`.
    """

    def __init__(self, network: Network | None = None, last: str = "") -> None:
        self.nodes = dict(network.nodes) if network else {}
        self._alike: dict[Layer, Layer] = {}  # alike layers are one value: it is kept and looked up once
        self.last = last
        self.stem = ""

    @property
    def network(self) -> Network:
        """What is written so far."""
        return Network(self.nodes)

    def add(self, id: str, layer: Layer, *inputs: str) -> str:
        """Write one layer down; returns its id."""
        id = self.stem + id
        layer = self._alike.setdefault(layer, layer)
        self.nodes[id] = Node(id, layer, inputs or ((self.last,) if layer.inputs else ()))
        self.last = id
        return id

    def chain(self, name: str, *layers: Layer) -> str:
        """Layers one behind the other, called name.0, name.1, … as torch calls those of a Sequential."""
        first = sum(id.startswith(f"{self.stem}{name}.") for id in self.nodes)
        for number, layer in enumerate(layers, first):
            self.add(f"{name}.{number}", layer)
        return self.last


def begun(channels: int, height: int, width: int | None = None) -> Draft:
    """A draft that has its input."""
    draft = Draft()
    draft.add("input", Input(channels, height, width or height))
    return draft


def normed(draft: Draft, conv: str, norm: str, relu: str, layer: Conv2d, *inputs: str, eps: float = 1e-5) -> str:
    """Convolution, batch normalisation and, where it has a name, ReLU."""
    draft.add(conv, layer, *inputs)
    draft.add(norm, BatchNorm2d(eps))
    return draft.add(relu, ReLU()) if relu else draft.last
