"""A picture as numbers that can be changed freely, and how it is shaken before the network sees it.

Source: Olah et al. 2017, Feature visualization, doi:10.23915/distill.00007.
"""

from __future__ import annotations

from math import cos, radians, sin

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from explorer.probes.dreaming import Dream

COLOURS = ((0.26, 0.09, 0.02), (0.27, 0.0, -0.05), (0.27, -0.09, 0.03))
"""How red, green and blue of photos vary together: each column is one uncorrelated direction (Olah et al. 2017)."""

NEAR = 1e-3
"""How near to black and white a picture may come that is to be changed: beyond, a sigmoid has no slope."""
QUIET = 0.01
"""Deviation of the numbers that noise begins with."""


class Canvas(nn.Module):
    """A picture (1, C, H, W) from 0 to 1 as numbers that can be changed freely."""

    colours: Tensor
    scale: Tensor

    def __init__(self, shape: tuple[int, int, int], form: str, seed: int, start: Tensor | None = None) -> None:
        super().__init__()
        channels, height, width = shape
        random = torch.Generator().manual_seed(seed)
        self.size, self.waves = (height, width), form == "frequencies"
        matrix = torch.tensor(COLOURS)
        matrix = matrix / matrix.norm(dim=0).max()
        self.register_buffer("colours", matrix if channels == 3 else torch.eye(channels))
        rows, columns = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None]
        lengths = (rows**2 + columns**2).sqrt().clamp(min=1 / max(height, width))
        self.register_buffer("scale", (height * width) ** 0.5 / lengths / 4)  # long waves are strong in photos
        if start is not None:
            first = torch.einsum("ij,njhw->nihw", torch.linalg.inv(self.colours), torch.logit(start, eps=NEAR))
            first = torch.view_as_real(torch.fft.rfft2(first) / self.scale) if self.waves else first
        else:
            sizes = (height, width // 2 + 1, 2) if self.waves else (height, width)
            first = torch.randn((1, channels, *sizes), generator=random) * QUIET
        self.numbers = nn.Parameter(first.contiguous())

    def logits(self) -> Tensor:
        """The picture before the sigmoid that keeps it from 0 to 1: 0 is grey."""
        numbers: Tensor = self.numbers
        if self.waves:
            spectrum = torch.view_as_complex(numbers) * self.scale
            numbers = torch.fft.irfft2(spectrum, s=self.size)
        return torch.einsum("ij,njhw->nihw", self.colours, numbers)

    def forward(self) -> Tensor:
        return self.logits().sigmoid()


def resized(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """A picture (1, C, H, W) at another size, without new frequencies."""
    if tuple(picture.shape[2:]) == size:
        return picture
    return F.interpolate(picture, size, mode="bicubic", align_corners=False, antialias=True).clamp(0, 1)


def shaken(x: Tensor, settings: Dream, left: float, random: torch.Generator) -> Tensor:
    """Moved, turned and scaled a little at random, and at first through a blur: what hangs on the exact place of a
    pixel has no chance. left: the share of the steps that is still to come."""

    def chance() -> float:
        """From −1 to 1."""
        return 2 * float(torch.rand(1, generator=random)) - 1

    if settings.jitter:
        down, across = (round(settings.jitter * chance()) for _ in "hw")
        x = x.roll((down, across), (2, 3))
    if settings.turn or settings.stretch:
        angle, scale = radians(settings.turn * chance()), 1 + settings.stretch * chance()
        height, width = x.shape[2:]
        matrix = torch.tensor([
            [cos(angle) / scale, -sin(angle) / scale * height / width, 0.0],
            [sin(angle) / scale * width / height, cos(angle) / scale, 0.0],
        ])  # fmt: skip
        grid = F.affine_grid(matrix[None].to(x), list(x.shape), align_corners=False)
        x = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)
    deviation = settings.blur * left
    if deviation > 0.1:
        x = _blurred(x, deviation)
    return x


def _blurred(x: Tensor, deviation: float) -> Tensor:
    reach = min(int(3 * deviation) + 1, (min(x.shape[2:]) - 1) // 2)
    steps = torch.arange(-reach, reach + 1, device=x.device)
    bell = torch.exp(-(steps**2) / (2 * deviation**2))
    bell = (bell / bell.sum()).expand(x.shape[1], 1, 1, -1)
    for kernel, sides in ((bell, (reach, reach, 0, 0)), (bell.transpose(2, 3), (0, 0, reach, reach))):
        x = F.conv2d(F.pad(x, sides, mode="reflect"), kernel, groups=x.shape[1])
    return x


def variation(x: Tensor) -> Tensor:
    """The mean difference of pixels from their right and lower neighbours (Rudin et al. 1992, in its simplest form)."""
    return x.diff(dim=2).abs().mean() + x.diff(dim=3).abs().mean()
