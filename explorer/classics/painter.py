"""A network that paints: a picture goes in, the same picture in another style comes out in one pass."""

from __future__ import annotations

from explorer.classics.draft import Draft, begun
from explorer.layers.activations import ReLU, Sigmoid
from explorer.layers.joins import Add
from explorer.layers.norms import GroupNorm
from explorer.layers.resizing import Upsample
from explorer.layers.windows import Conv2d
from explorer.network.network import Network

BLOCKS = 5
"""Residual blocks, as in the paper."""
EDGE = 4
"""The sides of a picture are whole numbers of so many pixels: it is halved twice."""


def painter(height: int, width: int, channels: int = 32) -> Network:
    """The image transformation network of Johnson et al. for pictures of height × width, multiples of 4.

    channels: of the first convolution, 32 in the paper; the residual blocks have four times as many. Borders are
    mirrored, each channel is normalised within its picture (Ulyanov et al. 2016, arXiv:1607.08022), and what is
    enlarged is enlarged by repeating pixels in front of a convolution, which leaves no chequered pattern (Odena et al.
    2016). One thing is not the paper's: a sigmoid instead of tanh, for colours go from 0 to 1 here.
    Source: Johnson, Alahi & Fei-Fei 2016, Perceptual losses for real-time style transfer and super-resolution,
    arXiv:1603.08155, and its supplement.
    """
    draft = begun(3, height, width)
    _convolved(draft, "down1", channels, 9, 1)
    _convolved(draft, "down2", 2 * channels, 3, 2)
    _convolved(draft, "down3", 4 * channels, 3, 2)
    for number in range(1, BLOCKS + 1):
        draft.stem, start = f"block{number}.", draft.last
        _convolved(draft, "1", 4 * channels, 3, 1)
        _convolved(draft, "2", 4 * channels, 3, 1, relu=False)
        draft.add("add", Add(), draft.last, start)
    draft.stem = ""
    for number, wide in ((1, 2 * channels), (2, channels)):
        draft.add(f"up{number}.larger", Upsample(2))
        _convolved(draft, f"up{number}", wide, 3, 1)
    draft.add("paint.conv", Conv2d(3, 9, 1, 4, padding_mode="reflect"))
    draft.add("paint.colours", Sigmoid())
    return draft.network


def _convolved(draft: Draft, name: str, channels: int, kernel: int, stride: int, relu: bool = True) -> None:
    draft.add(f"{name}.conv", Conv2d(channels, kernel, stride, kernel // 2, padding_mode="reflect"))
    draft.add(f"{name}.norm", GroupNorm(channels))
    if relu:
        draft.add(f"{name}.relu", ReLU())
