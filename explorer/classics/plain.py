"""Networks that are one chain, and those that join within small modules: AlexNet, VGG, NiN, SqueezeNet, MobileNet."""

from __future__ import annotations

from explorer.classics.draft import Draft, begun, normed
from explorer.layers.activations import Dropout, ReLU, ReLU6, Softmax
from explorer.layers.dense import Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.norms import BatchNorm2d, LocalResponseNorm
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d, GlobalAvgPool, MaxPool2d
from explorer.network.network import Network


def alexnet() -> Network:
    """AlexNet as torchvision has it, after Krizhevsky 2014, arXiv:1404.5997."""
    draft = begun(3, 224)
    draft.chain(
        "features", Conv2d(64, 11, 4, 2), ReLU(), MaxPool2d(3, 2), Conv2d(192, 5, 1, 2), ReLU(), MaxPool2d(3, 2)
    )
    draft.chain("features", Conv2d(384, 3, 1, 1), ReLU(), Conv2d(256, 3, 1, 1), ReLU(), Conv2d(256, 3, 1, 1), ReLU())
    draft.chain("features", MaxPool2d(3, 2))
    draft.add("avgpool", AdaptiveAvgPool2d(6))
    draft.add("flatten", Flatten())
    draft.chain("classifier", Dropout(), Linear(4096), ReLU(), Dropout(), Linear(4096), ReLU(), Linear(1000))
    return draft.network


def alexnet_2012(groups: int = 2) -> Network:
    """AlexNet of the paper: two towers (as two groups) that meet in the third convolution; or one tower."""
    draft = begun(3, 227)
    draft.add("conv1", Conv2d(96, 11, 4))
    draft.add("relu1", ReLU())
    draft.add("norm1", LocalResponseNorm())
    draft.add("pool1", MaxPool2d(3, 2))
    draft.add("conv2", Conv2d(256, 5, 1, 2, groups=groups))
    draft.add("relu2", ReLU())
    draft.add("norm2", LocalResponseNorm())
    draft.add("pool2", MaxPool2d(3, 2))
    for number, (channels, parts) in enumerate(((384, 1), (384, groups), (256, groups)), 3):
        draft.add(f"conv{number}", Conv2d(channels, 3, 1, 1, groups=parts))
        draft.add(f"relu{number}", ReLU())
    draft.add("pool5", MaxPool2d(3, 2))
    draft.add("flatten", Flatten())
    for number in (6, 7):
        draft.add(f"fc{number}", Linear(4096))
        draft.add(f"relu{number}", ReLU())
        draft.add(f"drop{number}", Dropout())
    draft.add("fc8", Linear(1000))
    draft.add("softmax", Softmax())
    return draft.network


VGG = {
    11: (64, 0, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0),
    13: (64, 64, 0, 128, 128, 0, 256, 256, 0, 512, 512, 0, 512, 512, 0),
    16: (64, 64, 0, 128, 128, 0, 256, 256, 256, 0, 512, 512, 512, 0, 512, 512, 512, 0),
    19: (64, 64, 0, 128, 128, 0, 256, 256, 256, 256, 0, 512, 512, 512, 512, 0, 512, 512, 512, 512, 0),
}
"""Channels of the 3×3 convolutions, 0 for a pooling, by the number of layers that have weights."""


def vgg(depth: int, normalised: bool = False) -> Network:
    """VGG with `depth` layers that have weights, called as in torchvision."""
    draft = begun(3, 224)
    for channels in VGG[depth]:
        if channels:
            draft.chain("features", Conv2d(channels, 3, 1, 1), *([BatchNorm2d()] if normalised else []), ReLU())
        else:
            draft.chain("features", MaxPool2d(2, 2))
    draft.add("avgpool", AdaptiveAvgPool2d(7))
    draft.add("flatten", Flatten())
    draft.chain("classifier", Linear(4096), ReLU(), Dropout(), Linear(4096), ReLU(), Dropout(), Linear(1000))
    return draft.network


def nin() -> Network:
    """Network in Network for ImageNet, as its authors published it for Caffe."""
    draft = begun(3, 224)
    parts = ((96, 11, 4, 0, 96), (256, 5, 1, 2, 256), (384, 3, 1, 1, 384), (1024, 3, 1, 1, 1000))
    for number, (channels, kernel, stride, padding, last) in enumerate(parts, 1):
        draft.add(f"conv{number}", Conv2d(channels, kernel, stride, padding))
        draft.add(f"relu{number}", ReLU())
        for letter, width in (("a", channels), ("b", last)):
            draft.add(f"cccp{number}{letter}", Conv2d(width, 1))
            draft.add(f"relu{number}{letter}", ReLU())
        if number < 4:
            draft.add(f"pool{number}", MaxPool2d(3, 2))
        if number == 3:
            draft.add("drop", Dropout())
    draft.add("pool4", GlobalAvgPool())
    draft.add("softmax", Softmax())
    return draft.network


def squeezenet(version: str) -> Network:
    """SqueezeNet 1.0 or 1.1, called as in torchvision."""
    old = version == "1_0"
    draft = begun(3, 224)
    draft.chain("features", Conv2d(96, 7, 2) if old else Conv2d(64, 3, 2), ReLU(), MaxPool2d(3, 2, ceil_mode=True))
    pools = (6, 11) if old else (5, 8)
    squeezes = iter((16, 16, 32, 32, 48, 48, 64, 64))
    for number in range(3, 13):
        if number in pools:
            draft.add(f"features.{number}", MaxPool2d(3, 2, ceil_mode=True))
        else:
            fire(draft, f"features.{number}.", squeeze := next(squeezes), 4 * squeeze)
    draft.chain("classifier", Dropout(), Conv2d(1000, 1), ReLU(), AdaptiveAvgPool2d(1))
    draft.add("flatten", Flatten())
    return draft.network


def fire(draft: Draft, stem: str, squeezed: int, expanded: int) -> str:
    """SqueezeNet's module: few channels by 1×1, then many by 1×1 and by 3×3, side by side."""
    draft.stem = stem
    draft.add("squeeze", Conv2d(squeezed, 1))
    squeeze = draft.add("squeeze_activation", ReLU())
    branches = []
    for name, padding in (("expand1x1", 0), ("expand3x3", 1)):
        draft.add(name, Conv2d(expanded, 1 + 2 * padding, 1, padding), squeeze)
        branches.append(draft.add(f"{name}_activation", ReLU()))
    cat = draft.add("cat", Concat(), *branches)
    draft.stem = ""
    return cat


def mobilenet_v1() -> Network:
    """MobileNet of 2017: each 3×3 convolution is a depthwise and a pointwise one."""
    draft = begun(3, 224)
    normed(draft, "conv1", "bn1", "relu1", Conv2d(32, 3, 2, 1, bias=False))
    channels = 32
    wide = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
    for number, out in enumerate(wide, 2):
        stride = 2 if number in (3, 5, 7, 13) else 1
        draft.stem = f"block{number}."
        deep = Conv2d(channels, 3, stride, 1, groups=channels, bias=False)
        normed(draft, "depthwise", "bn1", "relu1", deep)
        normed(draft, "pointwise", "bn2", "relu2", Conv2d(out, 1, bias=False))
        channels = out
    draft.stem = ""
    draft.add("avgpool", GlobalAvgPool())
    draft.add("fc", Linear(1000))
    draft.add("softmax", Softmax())
    return draft.network


INVERTED = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))
"""MobileNetV2's stages: expansion, output channels, blocks, stride of the first; table 2 of arXiv:1801.04381."""


def mobilenet_v2() -> Network:
    """MobileNetV2, called as in torchvision."""
    draft = begun(3, 224)
    _relu6(draft, "features.0.", Conv2d(32, 3, 2, 1, bias=False))
    channels, number = 32, 1
    for expansion, out, count, first in INVERTED:
        for place in range(count):
            inverted(draft, f"features.{number}.", channels, out, expansion, 1 if place else first)
            channels, number = out, number + 1
    _relu6(draft, "features.18.", Conv2d(1280, 1, bias=False))
    draft.add("adaptive_avg_pool2d", AdaptiveAvgPool2d(1))
    draft.add("flatten", Flatten())
    draft.chain("classifier", Dropout(0.2), Linear(1000))
    return draft.network


def inverted(draft: Draft, stem: str, channels: int, out: int, expansion: int, stride: int) -> str:
    """MobileNetV2's block: many channels by 1×1, 3×3 in each of them, few by 1×1; a shortcut where sizes agree."""
    before, inner, part = draft.last, channels * expansion, 0
    if expansion != 1:
        _relu6(draft, f"{stem}conv.0.", Conv2d(inner, 1, bias=False))
        part = 1
    _relu6(draft, f"{stem}conv.{part}.", Conv2d(inner, 3, stride, 1, groups=inner, bias=False))
    draft.add(f"{stem}conv.{part + 1}", Conv2d(out, 1, bias=False))
    end = draft.add(f"{stem}conv.{part + 2}", BatchNorm2d())
    return draft.add(f"{stem}add", Add(), before, end) if stride == 1 and channels == out else end


def _relu6(draft: Draft, stem: str, conv: Conv2d) -> None:
    draft.add(f"{stem}0", conv)
    draft.add(f"{stem}1", BatchNorm2d())
    draft.add(f"{stem}2", ReLU6())
