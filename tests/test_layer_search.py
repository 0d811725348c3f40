"""What people type where a layer is to be added, and what they meant by it."""

from __future__ import annotations

import pytest

from explorer.ui.offers import NETWORKS, Offer, layers, more
from explorer.ui.other_words import OTHER_WORDS

MEANT = {
    "conv": "Conv2d", "convolution": "Conv2d", "1x1": "Conv2d", "1×1": "Conv2d", "conv 1x1": "Conv2d",
    "depthwise": "Conv2d", "kernel": "Conv2d", "lrn": "LocalResponseNorm", "local response": "LocalResponseNorm",
    "bn": "BatchNorm2d", "batch norm": "BatchNorm2d", "normalise": "BatchNorm2d", "normalization": "BatchNorm2d",
    "layer normalization": "LayerNorm", "fc": "Linear", "fully connected": "Linear", "dense": "Linear",
    "denseblock": "DenseBlock", "pool": "MaxPool2d", "pooling": "MaxPool2d", "max pool": "MaxPool2d",
    "average pooling": "AvgPool2d", "gap": "GlobalAvgPool", "global average": "GlobalAvgPool",
    "deconv": "ConvTranspose2d", "transposed": "ConvTranspose2d", "unpool": "Upsample", "swish": "SiLU",
    "activation function": "ReLU", "skip connection": "Add", "shortcut": "Add", "concatenate": "Concat",
    "padding": "ZeroPad2d", "image": "Input", "residual block": "IdentityBlock", "se block": "SqueezeExcite",
    "normalisation": "BatchNorm2d", "connected": "Linear", "relu": "ReLU", "alexnet": "AlexNet of torchvision",
    "densenet": "DenseNet-121", "u-net": "U-Net",
}  # fmt: skip
"""What is typed, and what answers it first."""


@pytest.fixture(scope="module")
def offers() -> tuple[Offer, ...]:
    return *layers(), *more()


def first(offers: tuple[Offer, ...], query: str) -> str:
    ranked = [(place, offer.title) for offer in offers if (place := offer.rank(query)) is not None]
    return min(ranked, key=lambda each: each[0])[1] if ranked else ""


def test_layers_are_found_by_what_people_call_them(offers: tuple[Offer, ...]) -> None:
    assert {query: first(offers, query) for query in MEANT} == MEANT


def test_other_words_belong_to_layers_that_are_offered(offers: tuple[Offer, ...]) -> None:
    worded = {path.removeprefix("Layers/") for path in OTHER_WORDS if path.startswith("Layers/")}
    assert len(worded) > 30
    assert worded <= {offer.name for offer in offers if offer.group != NETWORKS}
