"""What each of Darknet's sections is in our layers."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

from explorer.formats.darknet.assembly import Assembly
from explorer.formats.darknet.heads import region, yolo
from explorer.formats.darknet.sections import Section
from explorer.layers.activations import (
    ELU,
    GELU,
    Dropout,
    LeakyReLU,
    Mish,
    ReLU,
    ReLU6,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from explorer.layers.dense import Linear
from explorer.layers.joins import Add, Concat
from explorer.layers.norms import BatchNorm2d
from explorer.layers.resizing import Reorg, Upsample
from explorer.layers.shapes import Flatten, Identity, PadChannels, Slice
from explorer.layers.sliding import both
from explorer.layers.windows import AdaptiveAvgPool2d, Conv2d, MaxPool2d
from explorer.network.layer import Layer, described

EPS = 1e-5
"""Under the root of the batch normalisation, in the fork that YOLOv4 and Yolo-Fastest came with."""

ACTIVATIONS: dict[str, tuple[type[Layer], tuple[Any, ...]] | None] = {
    "linear": None,
    "leaky": (LeakyReLU, (0.1,)),
    "relu": (ReLU, ()),
    "relu6": (ReLU6, ()),
    "logistic": (Sigmoid, ()),
    "mish": (Mish, ()),
    "swish": (SiLU, ()),
    "tanh": (Tanh, ()),
    "elu": (ELU, ()),
    "gelu": (GELU, ("tanh",)),
}


def convolutional(a: Assembly, s: Section) -> None:
    """Convolution, batch normalisation where it has one, activation."""
    s.expect(flipped=0, xnor=0, binary=0, dilation=1, antialiasing=0, deform=0, stretch=0, rotate=0, sway=0)
    s.expect(stretch_sway=0, assisted_excitation=0)
    if "share_index" in s.settings:
        raise s.fault("it shares the weights of another layer, which no layer does here")
    id, channels = f"conv{a.number}", a.shape[0]
    filters, size, groups = s.number("filters", 1, 1), s.number("size", 1, 1), s.number("groups", 1, 1)
    padding = size // 2 if s.number("pad", 0) else s.number("padding", 0)
    normed = bool(s.number("batch_normalize", 0))
    a.add(id, Conv2d, filters, size, _stride(s), padding, 1, groups, not normed)
    weight = f"{id}.weight", (filters, channels // groups, size, size)
    if normed:
        a.add(f"{id}.bn", BatchNorm2d, EPS)
        names = ("bias", "weight", "running_mean", "running_var")
        a.takes(*((f"{id}.bn.{name}", (filters,)) for name in names), weight)
    else:
        a.takes((f"{id}.bias", (filters,)), weight)
    _activate(a, s, id, "logistic")


def connected(a: Assembly, s: Section) -> None:
    """Fully connected; an image is laid out before it."""
    s.expect(batch_normalize=0)
    id, features = f"connected{a.number}", s.number("output", 1, 1)
    if len(a.shape) == 3:
        a.add(f"{id}.flat", Flatten)
    inputs = a.shape[0]
    a.add(id, Linear, features)
    a.takes((f"{id}.bias", (features,)), (f"{id}.weight", (features, inputs)))
    _activate(a, s, id, "logistic")


def maxpool(a: Assembly, s: Section) -> None:
    """Darknet adds size − 1 rows and columns of −∞ in all, the smaller half of them before the image."""
    s.expect(maxpool_depth=0, antialiasing=0)
    stride = _stride(s)
    size = s.number("size", max(both(stride)), 1)
    around = s.number("padding", size - 1)
    before, behind = around // 2, around - around // 2
    ends = [  # as many behind as before, where that makes no difference
        behind if (n + around - size) // step > (n + 2 * before - size) // step else before
        for n, step in zip(a.shape[1:], both(stride), strict=False)
    ]
    padding = before if all(end == before for end in ends) else (before, ends[0], before, ends[1])
    a.add(f"maxpool{a.number}", MaxPool2d, size, stride, padding)


def avgpool(a: Assembly, s: Section) -> None:
    """Over the whole image."""
    a.add(f"avgpool{a.number}", AdaptiveAvgPool2d, 1)


def route(a: Assembly, s: Section) -> None:
    """The outputs of other layers, or one group of their channels each, one behind the other."""
    id, groups, chosen = f"route{a.number}", s.number("groups", 1, 1), s.number("group_id", 0)
    sources = [a.layer(index) for index in s.numbers("layers")]
    if not sources:
        raise s.fault("it does not say which layers it takes")
    if groups > 1:
        sources = [_part(a, s, f"{id}.{i}" if len(sources) > 1 else id, source, groups, chosen)
                   for i, source in enumerate(sources)]  # fmt: skip
    if len(sources) > 1:
        a.add(id, Concat, inputs=sources)
    elif groups == 1:
        a.add(id, Identity, inputs=sources)


def _part(a: Assembly, s: Section, id: str, source: str, groups: int, chosen: int) -> str:
    channels = a.shapes[source][0]
    if channels % groups or chosen >= groups:
        raise s.fault(f"group {chosen} of {groups} cannot be taken out of {channels} channels")
    return a.add(id, Slice, chosen * (channels // groups), channels // groups, inputs=(source,))


def shortcut(a: Assembly, s: Section) -> None:
    """The layer before, plus others: of more channels the first are taken, fewer ones are filled up with zeros."""
    if s.word("weights_type", "none") != "none":
        raise s.fault("it weighs what it adds, which no layer does here")
    id, before = f"shortcut{a.number}", a.last
    sources = [a.layer(index) for index in s.numbers("from")]
    if not sources:
        raise s.fault("it does not say which layer it adds")
    channels, *size = a.shapes[before]
    parts = [before]
    for i, source in enumerate(sources):
        has, *pixels = a.shapes[source]
        if pixels != size:
            shapes = " to ".join(map(described, (a.shapes[source], a.shapes[before])))
            raise s.fault(f"it adds {shapes}, but only channels may differ")
        name = f"{id}.{i}" if len(sources) > 1 else f"{id}.from"
        if has < channels:
            source = a.add(name, PadChannels, channels, inputs=(source,))
        elif has > channels:
            source = a.add(name, Slice, 0, channels, inputs=(source,))
        parts.append(source)
    a.add(id, Add, inputs=parts)
    _activate(a, s, id, "linear")


def upsample(a: Assembly, s: Section) -> None:
    """Each pixel several times."""
    s.expect(scale=1)
    a.add(f"upsample{a.number}", Upsample, s.number("stride", 2, 1))


def reorg(a: Assembly, s: Section) -> None:
    """YOLOv2's passthrough."""
    s.expect(reverse=0, flatten=0, extra=0)
    a.add(f"reorg{a.number}", Reorg, s.number("stride", 1, 1))


def dropout(a: Assembly, s: Section) -> None:
    """Nothing, when the network runs."""
    a.add(f"dropout{a.number}", Dropout, s.fraction("probability", 0.5))


def softmax(a: Assembly, s: Section) -> None:
    """Over all numbers there are."""
    s.expect(groups=1, temperature=1, spatial=0)
    if "tree" in s.settings:
        raise s.fault("its classes form a tree, which is not known here")
    if len(a.shape) == 3 and prod(a.shape[1:]) > 1:
        a.add(f"softmax{a.number}.flat", Flatten)
    a.add(f"softmax{a.number}", Softmax, 1)


def cost(a: Assembly, s: Section) -> None:
    """Training's business: when the network runs, what came is the output."""
    a.add(f"cost{a.number}", Identity)


def _stride(s: Section) -> int | tuple[int, int]:
    stride = s.number("stride", 1, 1)
    high, wide = s.number("stride_y", stride, 1), s.number("stride_x", stride, 1)
    return high if high == wide else (high, wide)


def _activate(a: Assembly, s: Section, id: str, usual: str) -> None:
    word = s.word("activation", usual)
    if word not in ACTIVATIONS:
        known = ", ".join(ACTIVATIONS)
        raise s.fault(f"activation “{word[:30]}” is not known here, only {known}")
    found = ACTIVATIONS[word]
    if found:
        kind, settings = found
        a.add(f"{id}.{word}", kind, *settings)


SECTIONS: dict[str, Callable[[Assembly, Section], None]] = {
    each.__name__: each
    for each in (
        convolutional, connected, maxpool, avgpool, route, shortcut, upsample, reorg, dropout, softmax, cost,
        yolo, region,
    )
}  # fmt: skip
"""By the name in the file."""
