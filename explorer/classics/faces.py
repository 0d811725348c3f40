"""Networks that find faces."""

from __future__ import annotations

from explorer.classics.draft import Draft, begun
from explorer.layers.activations import LeakyReLU, PReLU, Softmax
from explorer.layers.dense import Input, Linear
from explorer.layers.detection import Proposals, Refinement, Yolo
from explorer.layers.joins import Concat
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d, MaxPool2d
from explorer.network.network import Network

SIDE, CELLS = 416, 13
"""Of tiny YOLO's input, in pixels, and of its grid."""
ANCHORS = ((1.603231, 2.094468), (6.041143, 7.080126), (2.882459, 3.518061), (4.266906, 5.178857), (9.041765, 10.66308))
"""Of tiny YOLO, in cells."""
LANDMARKS = 5
"""Of O-Net: left and right eye, nose, left and right corner of the mouth, as they lie in the picture."""


def tiny_yolo() -> Network:
    """Tiny YOLOv2 with each 3×3 convolution split into a depthwise and a pointwise one, for faces: one kind of thing.

    Source: Redmon & Farhadi 2016, YOLO9000, arXiv:1612.08242; the layers are face-api's.
    """
    draft = begun(3, SIDE)
    draft.add("conv0", Conv2d(16))
    draft.add("leaky0", LeakyReLU(0.1))
    for number, channels in enumerate((32, 64, 128, 256, 512), 1):
        draft.add(f"pool{number}", MaxPool2d(ceil_mode=True))
        _separable(draft, number, channels)
    draft.add("pool6", MaxPool2d(2, 1, (0, 1, 0, 1)))
    draft.add("conv8", Conv2d(5 * len(ANCHORS), 1))
    cell = SIDE / CELLS
    draft.add("boxes", Yolo(tuple((round(w * cell, 6), round(h * cell, 6)) for w, h in ANCHORS), 0))
    return draft.network


def _separable(draft: Draft, number: int, channels: int) -> None:
    draft.add(f"conv{number}.depthwise", Conv2d(channels // 2, 3, 1, 1, groups=channels // 2, bias=False))
    draft.add(f"conv{number}.pointwise", Conv2d(channels, 1))
    draft.add(f"leaky{number}", LeakyReLU(0.1))


def mtcnn() -> Network:
    """MTCNN: P-Net proposes boxes wherever it slides, R-Net and O-Net look closer; three networks, an input each.

    P-Net's units see 12×12 pixels of the picture in every size; here it gets 60×60, to be looked at.
    Source: Zhang et al. 2016, arXiv:1604.02878.
    """
    draft = Draft()
    draft.stem = "pnet."
    draft.add("input", Input(3, 60, 60))
    _learned(draft, 1, Conv2d(10))
    draft.add("pool1", MaxPool2d(ceil_mode=True))
    _learned(draft, 2, Conv2d(16))
    last = _learned(draft, 3, Conv2d(32))
    sides = draft.add("sides", Conv2d(4, 1))
    draft.add("scores", Conv2d(2, 1), last)
    draft.add("both", Concat(), draft.add("chances", Softmax(1)), sides)
    draft.add("boxes", Proposals())

    draft.stem = "rnet."
    draft.add("input", Input(3, 24, 24))
    _pooled(draft, 28, 48)
    _learned(draft, 3, Conv2d(64, 2))
    draft.add("flat", Flatten())
    _looked(draft, 4, Linear(128), Refinement())

    draft.stem = "onet."
    draft.add("input", Input(3, 48, 48))
    _pooled(draft, 32, 64)
    _learned(draft, 3, Conv2d(64))
    draft.add("pool3", MaxPool2d(ceil_mode=True))
    _learned(draft, 4, Conv2d(128, 2))
    draft.add("flat", Flatten())
    _looked(draft, 5, Linear(256), Refinement(LANDMARKS, 0.8, 0.7, "smaller"))
    return draft.network


def _learned(draft: Draft, number: int, layer: Conv2d | Linear) -> str:
    draft.add(f"{'conv' if isinstance(layer, Conv2d) else 'fc'}{number}", layer)
    return draft.add(f"prelu{number}", PReLU(True))


def _pooled(draft: Draft, *channels: int) -> None:
    """Two convolutions; only the first pooling's last window may hang over the edge."""
    for number, count in enumerate(channels, 1):
        _learned(draft, number, Conv2d(count))
        draft.add(f"pool{number}", MaxPool2d(3, 2, ceil_mode=number == 1))


def _looked(draft: Draft, number: int, layer: Linear, stage: Refinement) -> None:
    """What a later stage says of a box."""
    last = _learned(draft, number, layer)
    parts = [draft.add("sides", Linear(4), last)]
    if stage.landmarks:
        parts.append(draft.add("landmarks", Linear(2 * stage.landmarks), last))
    draft.add("scores", Linear(2), last)
    draft.add("both", Concat(), draft.add("chances", Softmax(1)), *parts)
    draft.add("boxes", stage)
