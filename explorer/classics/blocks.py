"""Blocks that networks repeat: several layers that are added as one, with a few settings."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from explorer.classics.draft import Draft, begun, normed
from explorer.classics.inception import biased, module
from explorer.classics.plain import fire, inverted
from explorer.classics.residual import Dense
from explorer.layers.activations import ReLU, Sigmoid
from explorer.layers.joins import Add, Multiply
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d
from explorer.network.analysis import analyse
from explorer.network.network import Network
from explorer.network.settings import Settings, setting


class Block(Settings):
    """One kind of block with its settings: a value, as a layer is."""

    kinds: ClassVar[dict[str, type[Block]]] = {}
    group: ClassVar[str] = "Blocks"

    def __init_subclass__(cls) -> None:
        Block.kinds[cls.__name__] = cls
        super().__init_subclass__()

    def write(self, draft: Draft, channels: int) -> None:
        """Write its layers behind what the draft has, which puts out so many channels."""
        raise NotImplementedError


class IdentityBlock(Block):
    """ResNet's block whose shortcut passes on what came in: 1×1, 3×3, 1×1, added to it.

    Source: He et al. 2015, Deep residual learning, arXiv:1512.03385.
    """

    squeezed: int = setting(64, "number", "channels of the first two convolutions", letters="F₁", low=1)
    kernel: int = setting(3, "number", "window of the middle convolution, odd", letters="f", low=1)

    def write(self, draft: Draft, channels: int) -> None:
        before = draft.last
        end = _deep(draft, self.squeezed, channels, self.kernel, (1, 1))
        draft.add("add", Add(), end, before)
        draft.add("relu3", ReLU())


class ConvolutionalBlock(Block):
    """ResNet's block where sizes change: its shortcut has a 1×1 convolution, W_s.

    Source: He et al. 2015, Deep residual learning, arXiv:1512.03385.
    """

    squeezed: int = setting(64, "number", "channels of the first two convolutions", letters="F₁", low=1)
    channels: int = setting(256, "number", "output channels", letters="F₃", low=1)
    kernel: int = setting(3, "number", "window of the middle convolution", letters="f", low=1)
    stride: int = setting(2, "number", "step: 2 halves the size", letters="s", low=1)
    early: bool = setting(False, "switch", "the first 1×1 has the stride (2015, v1), not the middle one (v1.5)")

    def write(self, draft: Draft, channels: int) -> None:
        before, strides = draft.last, (self.stride, 1) if self.early else (1, self.stride)
        end = _deep(draft, self.squeezed, self.channels, self.kernel, strides)
        shortcut = normed(draft, "shortcut", "bn4", "", Conv2d(self.channels, 1, self.stride, bias=False), before)
        draft.add("add", Add(), end, shortcut)
        draft.add("relu3", ReLU())


def _deep(draft: Draft, squeezed: int, channels: int, kernel: int, strides: tuple[int, int]) -> str:
    normed(draft, "conv1", "bn1", "relu1", Conv2d(squeezed, 1, strides[0], bias=False))
    normed(draft, "conv2", "bn2", "relu2", Conv2d(squeezed, kernel, strides[1], kernel // 2, bias=False))
    return normed(draft, "conv3", "bn3", "", Conv2d(channels, 1, bias=False))


class InceptionModule(Block):
    """1×1, 3×3, 5×5 and pooling side by side, thinned out by 1×1 convolutions.

    Source: Szegedy et al. 2014, Going deeper with convolutions, arXiv:1409.4842.
    """

    one: int = setting(64, "number", "channels of the 1×1", low=1)
    before_three: int = setting(96, "number", "channels of the 1×1 before the 3×3", low=1)
    three: int = setting(128, "number", "channels of the 3×3", low=1)
    before_five: int = setting(16, "number", "channels of the 1×1 before the 5×5", low=1)
    five: int = setting(32, "number", "channels of the 5×5", low=1)
    pooled: int = setting(32, "number", "channels of the 1×1 behind the pooling", low=1)

    def write(self, draft: Draft, channels: int) -> None:
        widths = self.one, self.before_three, self.three, self.before_five, self.five, self.pooled
        module(draft, "inception", widths, biased)


class Bottleneck(Block):
    """A 1×1 convolution to few channels before a large one: a tenth of the work.

    Source: Lin et al. 2013, Network in network, arXiv:1312.4400; Szegedy et al. 2014, arXiv:1409.4842.
    """

    squeezed: int = setting(16, "number", "channels between the two", low=1)
    kernel: int = setting(5, "number", "window of the second", letters="f", low=1)
    channels: int = setting(32, "number", "output channels", letters="n_C′", low=1)

    def write(self, draft: Draft, channels: int) -> None:
        for number, layer in enumerate(
            (Conv2d(self.squeezed, 1), Conv2d(self.channels, self.kernel, 1, self.kernel // 2)), 1
        ):
            draft.add(f"conv{number}", layer)
            draft.add(f"relu{number}", ReLU())


class InvertedBottleneck(Block):
    """MobileNetV2's block: many channels by 1×1, each filtered by itself, few by 1×1; a shortcut where sizes agree.

    Source: Sandler et al. 2018, MobileNetV2, arXiv:1801.04381.
    """

    expansion: int = setting(6, "number", "how many times more channels within", letters="t", low=1, high=64)
    channels: int = setting(24, "number", "output channels", letters="n_C′", low=1)
    stride: int = setting(1, "number", "step of the middle convolution", letters="s", low=1)

    def write(self, draft: Draft, channels: int) -> None:
        inverted(draft, "", channels, self.channels, self.expansion, self.stride)


class SqueezeExcite(Block):
    """Look at the whole image, then weigh its channels: average, two 1×1 convolutions, sigmoid, product.

    Source: Hu et al. 2017, Squeeze-and-excitation networks, arXiv:1709.01507.
    """

    reduction: int = setting(16, "number", "how many times fewer channels between", letters="r", low=1)

    def write(self, draft: Draft, channels: int) -> None:
        before = draft.last
        draft.add("squeeze", AdaptiveAvgPool2d(1))
        draft.add("reduce", Conv2d(max(1, channels // self.reduction), 1))
        draft.add("relu", ReLU())
        draft.add("expand", Conv2d(channels, 1))
        draft.add("excite", Sigmoid())
        draft.add("scale", Multiply(), before, draft.last)


class DenseBlock(Block):
    """Layers that each take what all before them put out, side by side, and add a few channels.

    Source: Huang et al. 2016, Densely connected convolutional networks, arXiv:1608.06993.
    """

    layers: int = setting(4, "number", "how many", letters="l", low=1, high=64)
    growth: int = setting(32, "number", "channels that each adds", letters="k", low=1, high=4096)

    def write(self, draft: Draft, channels: int) -> None:
        Dense((self.layers,), self.growth).block(draft, self.layers)


class FireModule(Block):
    """SqueezeNet's module: few channels by 1×1, then many by 1×1 and 3×3 side by side.

    Source: Iandola et al. 2016, SqueezeNet, arXiv:1602.07360.
    """

    squeezed: int = setting(16, "number", "channels between", low=1)
    expanded: int = setting(64, "number", "channels of each of the two branches", low=1)

    def write(self, draft: Draft, channels: int) -> None:
        fire(draft, draft.stem, self.squeezed, self.expanded)


def with_block(network: Network, block: Block, after: str, channels: int) -> tuple[Network, str]:
    """The network with a block behind a node that puts out so many channels; and the id of the block's last layer."""
    name, number = block.kind.lower(), 1
    while any(id.startswith(f"{name}{number}.") for id in network.nodes):
        number += 1
    draft = Draft(network, after)
    draft.stem = f"{name}{number}."
    block.write(draft, channels)
    return draft.network, draft.last


@lru_cache(256)
def outcome(kind: str, shape: tuple[int, ...]) -> tuple[tuple[int, ...] | None, str]:
    """What a block with its own settings puts out behind an image (C, H, W), or None and the first problem."""
    network, last = with_block(begun(*shape).network, Block.kinds[kind](), "input", shape[0])
    facts = analyse(network)
    return facts[last].shape, next((fact.problem for fact in facts.values() if fact.problem), "")
