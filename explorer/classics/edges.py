"""HED, which finds edges: VGG-16 whose every block gives a map of its own, and all of them one together."""

from __future__ import annotations

from explorer.classics.draft import Draft, begun
from explorer.layers.activations import ReLU, Sigmoid
from explorer.layers.joins import Concat
from explorer.layers.resizing import Upsample
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.network import Network

BLOCKS = ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3))
"""Channels and convolutions of VGG-16's five blocks."""


def trunk(side: int) -> Network:
    """VGG-16's convolutions, called as in torchvision; a pooling's last window may hang over the edge."""
    return _trunk(side)[0].network


def hed(side: int) -> Network:
    """Holistically-nested edge detection, for pictures of `side` × `side` pixels, a multiple of 16.

    Five 1×1 convolutions make an edge map each, enlarged to the picture's size, and an end of the network of its own;
    a sixth weighs them: the network's answer.
    Source: Xie & Tu 2015, arXiv:1504.06375.
    """
    draft, ends = _trunk(side)
    maps = []
    for number, end in enumerate(ends, 1):
        draft.add(f"side{number}", Conv2d(1, 1), end)
        maps.append(draft.add(f"up{number}", Upsample(2 ** (number - 1), "bilinear")) if number > 1 else draft.last)
        draft.add(f"edges{number}", Sigmoid())
    draft.add("maps", Concat(), *maps)
    draft.add("fuse", Conv2d(1, 1))
    draft.add("edges", Sigmoid())
    return draft.network


def _trunk(side: int) -> tuple[Draft, list[str]]:
    """The trunk, and the end of each block."""
    draft = begun(3, side)
    ends: list[str] = []
    for channels, count in BLOCKS:
        if ends:
            draft.chain("features", MaxPool2d(2, 2, ceil_mode=True))
        for _ in range(count):
            draft.chain("features", Conv2d(channels, 3, 1, 1), ReLU())
        ends.append(draft.last)
    return draft, ends
