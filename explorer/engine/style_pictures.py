"""The pictures of a style transfer as numbers, and their colours.

Colours as in Gatys et al. 2016, Preserving color in neural artistic style transfer, arXiv:1606.05897: a linear map that
gives the style pictures the content's mean and covariance (section 3), or the transfer of luminance alone (section 4).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.engine.canvas import resized
from explorer.engine.device import doubled
from explorer.engine.octaves import Size
from explorer.engine.probes import picture
from explorer.engine.questions import PictureFile, PictureSource
from explorer.formats.recipes import to_input, to_pixels
from explorer.network.project import Recipe

LUMINANCE = (0.299, 0.587, 0.114)
"""Of red, green, blue: Y of YIQ (ITU-R BT.601)."""
LEAST = 1e-5
"""Added to the variances of a picture's colours: one of a single colour has none."""


def shown(source: PictureSource, longest: int) -> Tensor:
    """(1, 3, H, W) from 0 to 1, the longer side of so many pixels, in the picture's own shape. Raises PictureError."""
    pixels = picture(source).pixels if isinstance(source, PictureFile) else source.pixels
    return from_pixels(pixels, size_of(pixels.shape[:2], longest))


def size_of(whole: tuple[int, ...], longest: int) -> Size:
    """Height and width of a picture whose longer side becomes so long."""
    scale = longest / max(whole)
    return max(1, round(whole[0] * scale)), max(1, round(whole[1] * scale))


def from_pixels(pixels: NDArray[np.uint8], size: Size | None = None) -> Tensor:
    """(1, 3, H, W) from 0 to 1."""
    return torch.from_numpy(to_input(pixels, Recipe(), (3, *(size or pixels.shape[:2]))))[None]


def pixels(x: Tensor) -> NDArray[np.uint8]:
    """(H, W, 3) of a picture (1, 3 or 1, H, W), cut at black and white."""
    return to_pixels(x[0].detach().float().cpu().numpy(), Recipe())


def covering(x: Tensor, size: Size) -> Tensor:
    """The middle of a picture, as large as fits into this shape, at this size."""
    height, width = x.shape[2:]
    scale = max(size[0] / height, size[1] / width)
    grown = resized(x, (max(size[0], round(height * scale)), max(size[1], round(width * scale))))
    top, left = ((grown.shape[axis] - size[axis - 2]) // 2 for axis in (2, 3))
    return grown[:, :, top : top + size[0], left : left + size[1]]


def luminance(x: Tensor) -> Tensor:
    """(1, 1, H, W) of a picture (1, 3, H, W)."""
    return torch.einsum("c,nchw->nhw", torch.tensor(LUMINANCE, dtype=x.dtype, device=x.device), x)[:, None]


def like_luminance(style: Tensor, content: Tensor) -> Tensor:
    """The style's luminance with the mean and the deviation of the content's, (1, 1, H, W)."""
    y, other = luminance(style), luminance(content)
    return (y - y.mean()) / (y.std() + LEAST) * other.std() + other.mean()


def coloured(y: Tensor, content: Tensor) -> Tensor:
    """A picture (1, 3, H, W) with this luminance (1, 1, H, W) and the content's colours: adding the same to red, green
    and blue changes neither I nor Q."""
    return content + (y - luminance(content))


def like_colours(style: Tensor, content: Tensor) -> Tensor:
    """The style picture with the mean and covariance of the content's colours (1, 3, H, W), cut at black and white.

    x ↦ Σ_C^½ Σ_S^−½ (x − μ_S) + μ_C, of the maps that do this the one that moves the colours least far apart.
    """
    (mean, spread), (mean_s, spread_s) = _colours(content), _colours(style)
    change = _power(spread, 0.5) @ _power(spread_s, -0.5)
    moved = torch.einsum("ij,njhw->nihw", change, doubled(style) - mean_s) + mean
    return moved.clamp(0, 1).to(style)


def _colours(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean (3, 1, 1) and covariance (3, 3) of a picture's colours."""
    flat = doubled(x[0].flatten(1))
    mean = flat.mean(1, keepdim=True)
    spread = (flat - mean) @ (flat - mean).T / flat.shape[1]
    return mean[:, :, None], spread + LEAST * torch.eye(len(flat), dtype=flat.dtype, device=flat.device)


def _power(spread: Tensor, exponent: float) -> Tensor:
    values, vectors = torch.linalg.eigh(spread)
    power: Tensor = (vectors * values.clamp(min=LEAST) ** exponent) @ vectors.T
    return power
