"""Networks with shortcuts: ResNet in both versions, the plain network beside it, ResNeXt, DenseNet."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.classics.draft import Draft, begun, normed
from explorer.layers.activations import ReLU
from explorer.layers.dense import Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.norms import BatchNorm2d
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, MaxPool2d
from explorer.network.network import Network


@dataclass(frozen=True)
class Residual:
    """How a residual network is built.

    blocks: their number in each of the four stages. deep: blocks of three layers (1×1, 3×3, 1×1) and not of two.
    early: a deep block that halves the size does so in its first 1×1 (2015, v1), else in its 3×3 (v1.5).
    bias: convolutions have one, as in Keras. shortcut: False leaves all of them away, the plain network.
    """

    blocks: tuple[int, int, int, int]
    deep: bool = True
    early: bool = False
    groups: int = 1
    width: int = 64
    bias: bool = False
    shortcut: bool = True
    eps: float = 1e-5

    def network(self) -> Network:
        """The whole network for 224×224 pixels and 1,000 classes, called as in torchvision."""
        draft = begun(3, 224)
        normed(draft, "conv1", "bn1", "relu", self._conv(64, 7, 2), eps=self.eps)
        draft.add("maxpool", MaxPool2d(3, 2, 1))
        channels = 64
        for stage, count in enumerate(self.blocks):
            for number in range(count):
                draft.stem = f"layer{stage + 1}.{number}."
                out = 64 * 2**stage * (4 if self.deep else 1)
                self.block(draft, 64 * 2**stage, 2 if stage and not number else 1, out != channels)
                channels = out
        draft.stem = ""
        draft.add("avgpool", AdaptiveAvgPool2d(1))
        draft.add("flatten", Flatten())
        draft.add("fc", Linear(1000))
        return draft.network

    def block(self, draft: Draft, filters: int, stride: int = 1, projected: bool = False, kernel: int = 3) -> str:
        """One block behind what the draft has; projected: the shortcut has a 1×1 convolution, W_s."""
        before = draft.last
        if self.deep:
            inner = filters * self.width // 64 * self.groups
            first, second = (stride, 1) if self.early else (1, stride)
            normed(draft, "conv1", "bn1", "relu", self._conv(inner, 1, first), eps=self.eps)
            middle = self._conv(inner, kernel, second, self.groups)
            normed(draft, "conv2", "bn2", "relu_1", middle, eps=self.eps)
            end = normed(draft, "conv3", "bn3", "", self._conv(4 * filters, 1, 1), eps=self.eps)
        else:
            normed(draft, "conv1", "bn1", "relu", self._conv(filters, kernel, stride), eps=self.eps)
            end = normed(draft, "conv2", "bn2", "", self._conv(filters, kernel, 1), eps=self.eps)
        if self.shortcut:
            if projected:
                shortcut = self._conv(filters * (4 if self.deep else 1), 1, stride)
                before = normed(draft, "downsample.0", "downsample.1", "", shortcut, before, eps=self.eps)
            draft.add("add", Add(), end, before)
        return draft.add("relu_2" if self.deep else "relu_1", ReLU())

    def _conv(self, channels: int, kernel: int, stride: int, groups: int = 1) -> Conv2d:
        return Conv2d(channels, kernel, stride, kernel // 2, groups=groups, bias=self.bias)


@dataclass(frozen=True)
class Dense:
    """How a DenseNet is built: dense layers in each block, channels each of them adds, channels at the start."""

    layers: tuple[int, ...]
    growth: int = 32
    start: int = 64

    def network(self) -> Network:
        """The whole network for 224×224 pixels and 1,000 classes, called as in torchvision."""
        draft = begun(3, 224)
        draft.stem = "features."
        normed(draft, "conv0", "norm0", "relu0", Conv2d(self.start, 7, 2, 3, bias=False))
        draft.add("pool0", MaxPool2d(3, 2, 1))
        channels = self.start
        for number, count in enumerate(self.layers, 1):
            draft.stem = f"features.denseblock{number}."
            self.block(draft, count)
            channels += count * self.growth
            if number < len(self.layers):
                channels //= 2
                draft.stem = f"features.transition{number}."
                rested(draft, "norm", "relu", "conv", Conv2d(channels, 1, bias=False))
                draft.add("pool", AvgPool2d(2, 2))
        draft.stem = ""
        draft.add("features.norm5", BatchNorm2d())
        draft.add("relu", ReLU())
        draft.add("adaptive_avg_pool2d", AdaptiveAvgPool2d(1))
        draft.add("flatten", Flatten())
        draft.add("classifier", Linear(1000))
        return draft.network

    def block(self, draft: Draft, count: int) -> str:
        """One dense block: each layer takes what all before it put out, side by side."""
        parts, stem = [draft.last], draft.stem
        for number in range(1, count + 1):
            draft.stem = f"{stem}denselayer{number}."
            if number > 1:
                draft.add("cat", Concat(), *parts)
            rested(draft, "norm1", "relu1", "conv1", Conv2d(4 * self.growth, 1, bias=False))
            parts.append(rested(draft, "norm2", "relu2", "conv2", Conv2d(self.growth, 3, 1, 1, bias=False)))
        draft.stem = stem
        return draft.add("cat", Concat(), *parts)


def rested(draft: Draft, norm: str, relu: str, conv: str, layer: Conv2d) -> str:
    """Batch normalisation and ReLU before the convolution."""
    draft.add(norm, BatchNorm2d())
    draft.add(relu, ReLU())
    return draft.add(conv, layer)
