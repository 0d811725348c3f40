"""Inception: the module of the course, and GoogLeNet as torchvision has it and as it was in 2014."""

from __future__ import annotations

from collections.abc import Callable

from explorer.classics.draft import Draft, begun, normed
from explorer.layers.activations import Dropout, ReLU, Softmax
from explorer.layers.dense import Linear
from explorer.layers.joins import Concat
from explorer.layers.norms import LocalResponseNorm
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AdaptiveAvgPool2d, AvgPool2d, Conv2d, MaxPool2d
from explorer.network.network import Network

MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""Channels of 1×1; of 3×3 after 1×1; of 5×5 after 1×1; behind the pooling. Table 1 of arXiv:1409.4842."""
POOLED = {"3b": "3", "4e": "4"}
"""After which modules the size is halved, and the number of the pooling that does it."""
SIDES = {"4a": "aux1.", "4d": "aux2."}
"""Behind which modules a side branch begins, and what its layers are called."""

Unit = Callable[[Draft, str, Conv2d, str], str]
"""Writes a convolution and what belongs to it, called so, behind the node named last; returns the last id."""


def module(draft: Draft, stem: str, widths: tuple[int, int, int, int, int, int], unit: Unit, wide: int = 5) -> str:
    """One Inception module behind what the draft has; wide: kernel of the widest branch."""
    before = draft.last
    one, three_in, three, five_in, five, pooled = widths
    branches = [unit(draft, f"{stem}.branch1", Conv2d(one, 1), before)]
    for name, first, then, kernel in (("branch2", three_in, three, 3), ("branch3", five_in, five, wide)):
        inner = unit(draft, f"{stem}.{name}.0", Conv2d(first, 1), before)
        branches.append(unit(draft, f"{stem}.{name}.1", Conv2d(then, kernel, 1, kernel // 2), inner))
    pool = draft.add(f"{stem}.branch4.0", MaxPool2d(3, 1, 1, ceil_mode=True), before)
    branches.append(unit(draft, f"{stem}.branch4.1", Conv2d(pooled, 1), pool))
    return draft.add(f"{stem}.cat", Concat(), *branches)


def biased(draft: Draft, id: str, conv: Conv2d, before: str) -> str:
    """A convolution with its bias, and ReLU: 2014."""
    draft.add(f"{id}.conv", conv, before)
    return draft.add(f"{id}.relu", ReLU())


def batch_normed(draft: Draft, id: str, conv: Conv2d, before: str) -> str:
    """A convolution without bias, batch normalisation and ReLU: torchvision."""
    bare = Conv2d(conv.channels, conv.kernel, conv.stride, conv.padding, bias=False)
    return normed(draft, f"{id}.conv", f"{id}.bn", f"{id}.relu", bare, before, eps=0.001)


def inception_module() -> Network:
    """The course's module: 28×28×192 in, 28×28×256 out, by way of 1×1 bottlenecks."""
    draft = begun(192, 28)
    module(draft, "inception", MODULES["3a"], biased)
    return draft.network


def inception_naive() -> Network:
    """The same without bottlenecks: every branch looks at all 192 channels, and the pooling keeps them all."""
    draft = begun(192, 28)
    branches = [
        biased(draft, f"inception.branch{number}", Conv2d(channels, kernel, 1, kernel // 2), "input")
        for number, (channels, kernel) in enumerate(((64, 1), (128, 3), (32, 5)), 1)
    ]
    branches.append(draft.add("inception.branch4", MaxPool2d(3, 1, 1), "input"))
    draft.add("inception.cat", Concat(), *branches)
    return draft.network


def googlenet(sides: bool = False) -> Network:
    """GoogLeNet as in torchvision: batch normalisation, 3×3 where the paper has 5×5; with its side branches or not."""
    draft = begun(3, 224)
    batch_normed(draft, "conv1", Conv2d(64, 7, 2, 3), draft.last)
    draft.add("maxpool1", MaxPool2d(3, 2, ceil_mode=True))
    batch_normed(draft, "conv2", Conv2d(64, 1), draft.last)
    batch_normed(draft, "conv3", Conv2d(192, 3, 1, 1), draft.last)
    draft.add("maxpool2", MaxPool2d(3, 2, ceil_mode=True))
    for name, widths in MODULES.items():
        main = module(draft, f"inception{name}", widths, batch_normed, wide=3)
        if sides and name in SIDES:
            stem = SIDES[name]
            pool = draft.add(f"{stem}adaptive_avg_pool2d", AdaptiveAvgPool2d(4))
            batch_normed(draft, f"{stem}conv", Conv2d(128, 1), pool)
            _side_end(draft, stem)
            draft.last = main
        if name in POOLED:
            kernel = 3 if name == "3b" else 2
            draft.add(f"maxpool{POOLED[name]}", MaxPool2d(kernel, 2, ceil_mode=True))
    draft.add("avgpool", AdaptiveAvgPool2d(1))
    draft.add("flatten", Flatten())
    draft.add("dropout", Dropout(0.2))
    draft.add("fc", Linear(1000))
    return draft.network


def googlenet_2014() -> Network:
    """GoogLeNet of the paper, with both side branches, which only training listened to."""
    draft = begun(3, 224)
    biased(draft, "conv1", Conv2d(64, 7, 2, 3), draft.last)
    draft.add("maxpool1", MaxPool2d(3, 2, ceil_mode=True))
    draft.add("norm1", LocalResponseNorm())
    biased(draft, "conv2", Conv2d(64, 1), draft.last)
    biased(draft, "conv3", Conv2d(192, 3, 1, 1), draft.last)
    draft.add("norm2", LocalResponseNorm())
    draft.add("maxpool2", MaxPool2d(3, 2, ceil_mode=True))
    for name, widths in MODULES.items():
        main = module(draft, f"inception{name}", widths, biased)
        if name in SIDES:
            stem = SIDES[name]
            pool = draft.add(f"{stem}pool", AvgPool2d(5, 3))
            biased(draft, f"{stem}conv", Conv2d(128, 1), pool)
            _side_end(draft, stem)
            draft.add(f"{stem}softmax", Softmax())
            draft.last = main
        if name in POOLED:
            draft.add(f"maxpool{POOLED[name]}", MaxPool2d(3, 2, ceil_mode=True))
    draft.add("avgpool", AvgPool2d(7, 1))
    draft.add("flatten", Flatten())
    draft.add("dropout", Dropout(0.4))
    draft.add("fc", Linear(1000))
    draft.add("softmax", Softmax())
    return draft.network


def _side_end(draft: Draft, stem: str) -> str:
    draft.add(f"{stem}flatten", Flatten())
    draft.add(f"{stem}fc1", Linear(1024))
    draft.add(f"{stem}relu", ReLU())
    draft.add(f"{stem}dropout", Dropout(0.7))
    return draft.add(f"{stem}fc2", Linear(1000))
