"""The networks a course draws on the board, LeNet-5, U-Net, and a Siamese trunk."""

from __future__ import annotations

from collections.abc import Callable

from explorer.classics.draft import Draft, begun
from explorer.layers.activations import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from explorer.layers.dense import Linear
from explorer.layers.joins import Concat
from explorer.layers.norms import BatchNorm2d
from explorer.layers.resizing import ConvTranspose2d
from explorer.layers.shapes import CenterCrop, Flatten
from explorer.layers.windows import AvgPool2d, Conv2d, MaxPool2d
from explorer.network.layer import Layer
from explorer.network.network import Network


def convnet39() -> Network:
    """39×39×3, three convolutions, one logistic unit."""
    draft = begun(3, 39)
    for number, layer in enumerate((Conv2d(10, 3), Conv2d(20, 5, 2), Conv2d(40, 5, 2)), 1):
        draft.add(f"conv{number}", layer)
        draft.add(f"relu{number}", ReLU())
    draft.add("flatten", Flatten())
    draft.add("logistic", Linear(1))
    draft.add("sigmoid", Sigmoid())
    return draft.network


def lenet_course() -> Network:
    """The course's table: 32×32×3, 8 and 16 channels, ReLU and max pooling."""
    return _lenet(begun(3, 32), (8, 16), ReLU, MaxPool2d(2, 2))


def lenet5() -> Network:
    """LeNet-5 as it is written today: every map of C3 looks at all six of S2, S2 and S4 only average."""
    return _lenet(begun(1, 32), (6, 16), Tanh, AvgPool2d(2, 2))


def _lenet(draft: Draft, channels: tuple[int, int], activation: Callable[[], Layer], pool: Layer) -> Network:
    for number, count in enumerate(channels, 1):
        draft.add(f"conv{number}", Conv2d(count, 5))
        draft.add(f"act{number}", activation())
        draft.add(f"pool{number}", pool)
    draft.add("flatten", Flatten())
    for number, features in enumerate((120, 84), 3):
        draft.add(f"fc{number}", Linear(features))
        draft.add(f"act{number}", activation())
    draft.add("fc5", Linear(10))
    draft.add("softmax", Softmax())
    return draft.network


WINDOW, WINDOW_STRIDE = 14, 2
"""Pixels of the sliding window, and from one window to the next: its network halves the picture once."""


def sliding_window(size: int, convolutional: bool = True) -> Network:
    """A window of 14×14×3 and four classes; convolutional: it slides over larger pictures in one pass."""
    draft = begun(3, size)
    draft.add("conv1", Conv2d(16, 5))
    draft.add("relu1", ReLU())
    draft.add("pool", MaxPool2d(2, 2))
    if not convolutional:
        draft.add("flatten", Flatten())
    kernels = iter((5, 1, 1))
    for number, features in enumerate((400, 400, 4), 2):
        draft.add(f"fc{number}", Conv2d(features, next(kernels)) if convolutional else Linear(features))
        if features != 4:
            draft.add(f"relu{number}", ReLU())
    return draft.network


def yolo_head(size: int, anchors: int, classes: int = 3) -> Network:
    """A one-shot detector: five halvings, then p_c, four box numbers and the classes for each anchor of each cell."""
    draft = begun(3, size)
    for number, channels in enumerate((16, 32, 64, 128, 256), 1):
        draft.add(f"conv{number}", Conv2d(channels, 3, 1, 1, bias=False))
        draft.add(f"bn{number}", BatchNorm2d())
        draft.add(f"act{number}", LeakyReLU(0.1))
        draft.add(f"pool{number}", MaxPool2d(2, 2))
    draft.add("head", Conv2d(anchors * (5 + classes), 1))
    return draft.network


def siamese_trunk() -> Network:
    """One of the two equal halves that turn a picture of a letter into 4,096 numbers."""
    draft = begun(1, 105)
    for number, (channels, kernel) in enumerate(((64, 10), (128, 7), (128, 4), (256, 4)), 1):
        draft.add(f"conv{number}", Conv2d(channels, kernel))
        draft.add(f"relu{number}", ReLU())
        if number < 4:
            draft.add(f"pool{number}", MaxPool2d(2, 2))
    draft.add("flatten", Flatten())
    draft.add("fc", Linear(4096))
    draft.add("sigmoid", Sigmoid())
    return draft.network


UNET = (64, 128, 256, 512, 1024)
CROPPED = (392, 200, 104, 56)
"""Pixels of each shortcut that fit on the way up, from the largest to the smallest."""


def unet() -> Network:
    """U-Net of the paper: 572×572 grey pixels in, 388×388 of two classes out; no padding, so shortcuts are cut."""
    draft = begun(1, 572)
    shortcuts = []
    for level, channels in enumerate(UNET, 1):
        end = _twice(draft, f"down{level}.", channels)
        if channels != UNET[-1]:
            shortcuts.append(end)
            draft.add(f"pool{level}", MaxPool2d(2, 2))
    for level in range(4, 0, -1):
        stem, channels = f"up{level}.", UNET[level - 1]
        up = draft.add(f"{stem}up", ConvTranspose2d(channels, 2, 2))
        cut = draft.add(f"{stem}crop", CenterCrop(CROPPED[level - 1]), shortcuts[level - 1])
        draft.add(f"{stem}cat", Concat(), cut, up)
        _twice(draft, stem, channels)
    draft.add("head", Conv2d(2, 1))
    return draft.network


def _twice(draft: Draft, stem: str, channels: int) -> str:
    for number in (1, 2):
        draft.add(f"{stem}conv{number}", Conv2d(channels, 3))
        draft.add(f"{stem}relu{number}", ReLU())
    return draft.last
