"""One classifier taken apart into what the detectors of the R-CNN family, and a one-shot detector, run of it.

Source: Girshick et al. 2014, R-CNN, arXiv:1311.2524; Girshick 2015, Fast R-CNN, arXiv:1504.08083; Ren et al. 2015,
Faster R-CNN, arXiv:1506.01497; Redmon et al. 2016, YOLO, arXiv:1506.02640.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.classics.catalogue import CLASSICS
from explorer.layers.activations import ReLU
from explorer.layers.dense import Input
from explorer.layers.windows import Conv2d
from explorer.network.analysis import analyse
from explorer.network.layer import Shape
from explorer.network.network import Network, Node

INPUT, CUT = "input", "flatten"
BOXES, CLASSES = 9, 20
"""Boxes of a place that a region proposal network tries, and Pascal VOC's classes."""
ANCHORS = 5
"""Of the one-shot detector."""


@dataclass(frozen=True)
class Trunk:
    """A classifier by its name in the gallery; end: the node whose maps regions are cut from."""

    title: str
    name: str
    end: str

    @property
    def whole(self) -> Network:
        """The classifier: a picture, or one region that was cut out of it, in; scores out."""
        return CLASSICS[self.name].network

    @property
    def window(self) -> Shape:
        """What the fully connected layers take of each region: (C, H, W)."""
        network = self.whole
        (source,) = network.nodes[CUT].inputs
        return analyse(network)[source].shape or ()

    def maps(self, side: int) -> Network:
        """The convolutions alone, on a picture of side × side pixels."""
        network = self.whole
        kept = network.before([self.end])
        nodes = {id: node for id, node in network.nodes.items() if id in kept}
        return Network({**nodes, INPUT: Node(INPUT, Input(3, side, side))})

    @property
    def head(self) -> Network:
        """The fully connected layers alone, on what was pooled from one region."""
        network = self.whole
        behind = network.behind([CUT])
        nodes = {id: node for id, node in network.nodes.items() if id in behind}
        first = Node(CUT, network.nodes[CUT].layer, (INPUT,))
        return Network({INPUT: Node(INPUT, Input(*self.window)), **nodes, CUT: first})

    def proposing(self, side: int) -> Network:
        """What a region proposal network adds, on the maps: 2 scores and 4 sides for each of 9 boxes of each place."""
        shape = analyse(self.maps(side))[self.end].shape or ()
        return _chained(
            Network({INPUT: Node(INPUT, Input(*shape))}), INPUT,
            {"rpn": Conv2d(shape[0], 3, 1, 1), "rpn_relu": ReLU(), "rpn_boxes": Conv2d(BOXES * (2 + 4), 1)},
        )  # fmt: skip

    def one_shot(self, side: int) -> Network:
        """The convolutions, and a 1×1 convolution that gives every place its boxes and classes."""
        return _chained(self.maps(side), self.end, {"boxes": Conv2d(ANCHORS * (5 + CLASSES), 1)})


def _chained(network: Network, last: str, layers: dict[str, Conv2d | ReLU]) -> Network:
    for id, layer in layers.items():
        network, last = network.with_node(Node(id, layer, (last,))), id
    return network


TRUNKS = {
    trunk.title: trunk
    for trunk in (Trunk("AlexNet", "alexnet", "features.11"), Trunk("VGG-16", "vgg16", "features.29"))
}
"""Those of the papers, by their titles."""
