"""A picture as the numbers that L-BFGS changes: its waves, long ones first.

Between what neighbouring pixels are changed by lies little, between what large parts are changed by lies much; so in
pixels the way downhill is a narrow valley. In numbers of which the waves of a picture are made by a factor f^−0.3 for
frequency f the valley is wider: half as many steps lead as far.
"""

from __future__ import annotations

import torch
from torch import Tensor

from explorer.engine.descent import Known
from explorer.engine.device import doubled
from explorer.engine.octaves import Size

FALL = 0.3
"""By which power of the frequency waves are weaker."""
BEYOND = 10.0
"""Weight of what lies beyond black and white, beside α + β."""


class Waves:
    """Pictures (1, C, H, W) of one size, made of numbers of the same shape: each wave is multiplied by a factor."""

    def __init__(self, size: Size, device: torch.device) -> None:
        height, width = size
        rows, columns = torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None]
        frequency = (rows**2 + columns**2).sqrt().clamp(min=1 / max(size))
        factors = (frequency / frequency.max()) ** -FALL
        self._size, self._factors = size, (factors / factors.mean()).to(device)

    def picture(self, numbers: Tensor) -> Tensor:
        """The picture that is made of some numbers. As the factors are the same for f and −f, this is also what a slope
        with regard to a picture becomes with regard to its numbers."""
        picture: Tensor = torch.fft.irfft2(torch.fft.rfft2(numbers) * self._factors, s=self._size)
        return picture

    def numbers(self, picture: Tensor) -> Tensor:
        """What a picture is made of."""
        numbers: Tensor = torch.fft.irfft2(torch.fft.rfft2(picture) / self._factors, s=self._size)
        return numbers


def inside(x: Tensor) -> Tensor:
    """The picture as it can be shown: cut at black and white."""
    return x.clamp(0, 1)


def held_in(x: Tensor, known: Known, weight: float) -> Known:
    """What a picture costs that may lie beyond black and white, from what it costs `inside`.

    weight · the mean square of what lies beyond is added: it brings pixels back, for a pixel that is cut has no slope.
    """
    beyond = x - inside(x)
    cost = known.cost + weight * float(doubled(beyond.square()).mean())
    slope = torch.where(beyond == 0, known.slope, beyond * (2 * weight / x.numel()))
    return Known(cost, slope, known.detail)
