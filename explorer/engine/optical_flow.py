"""Where each pixel of a frame was in the frame before, and that one moved along.

Source: Lucas & Kanade 1981, An iterative image registration technique with an application to stereo vision; on a
pyramid as in Bouguet 2001, Pyramidal implementation of the Lucas Kanade feature tracker, for every pixel.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from explorer.engine.canvas import resized
from explorer.engine.style_pictures import luminance

WINDOW = 7
"""Pixels of the side of the square that moves together."""
ROUNDS = 4
"""Of improving at each size."""
LEAST = 24
"""Pixels of the shorter side of the smallest size."""
STIFF = 1e-4
"""Added to the squares of the slopes: where nothing is seen nothing moves."""
ASTRAY = 0.05
"""Difference in brightness from which on a pixel is not the one that moved here, and the width of the way there."""


def flow(now: Tensor, before: Tensor) -> Tensor:
    """(1, 2, H, W): how many pixels right and down each pixel of `now` lay in `before`; pictures (1, 3, H, W)."""
    height, width = now.shape[2:]
    levels = 0
    while min(height, width) >> (levels + 1) >= LEAST:
        levels += 1
    moved = torch.zeros(1, 2, *_size(now, levels), device=now.device)
    for level in range(levels, -1, -1):
        size = _size(now, level)
        one, other = (resized(luminance(x), size) for x in (now, before))
        if moved.shape[2:] != size:
            scale = torch.tensor([size[1] / moved.shape[3], size[0] / moved.shape[2]], device=now.device)
            moved = F.interpolate(moved, size, mode="bilinear", align_corners=False) * scale[:, None, None]
        for _ in range(ROUNDS):
            moved = _improved(moved, one, other)
    return moved


def warped(picture: Tensor, moved: Tensor) -> Tensor:
    """The picture (1, C, H, W) with each pixel taken from where it lay; beyond the edge that of the edge."""
    height, width = moved.shape[2:]
    rows, columns = torch.arange(height, device=moved.device), torch.arange(width, device=moved.device)
    x = (columns[None] + moved[0, 0] + 0.5) * 2 / width - 1
    y = (rows[:, None] + moved[0, 1] + 0.5) * 2 / height - 1
    grid = torch.stack([x, y], 2)[None].to(picture)
    return F.grid_sample(picture, grid, mode="bilinear", padding_mode="border", align_corners=False)


def carried_on(made: Tensor, now: Tensor, before: Tensor) -> Tensor:
    """What the next frame begins with: what was made of the frame before, moved as the frames moved, and the new frame
    itself where that does not explain it."""
    moved = flow(now, before)
    astray = (warped(before, moved) - now).abs().mean(1, keepdim=True)
    trusted = ((2 * ASTRAY - astray) / ASTRAY).clamp(0, 1)
    return trusted * warped(made, moved) + (1 - trusted) * now


def _improved(moved: Tensor, one: Tensor, other: Tensor) -> Tensor:
    """One round: how the window around each pixel has to move so that brightness is the same, to first order.

    The slopes are the mean of both pictures', and the result is smoothed: else rounds grow apart instead of together.
    """
    there = warped(other, moved)
    both = (there + one) / 2
    x, y = (F.pad(both, (1, 1, 0, 0), mode="replicate"), F.pad(both, (0, 0, 1, 1), mode="replicate"))
    across, down = (x[..., 2:] - x[..., :-2]) / 2, (y[..., 2:, :] - y[..., :-2, :]) / 2
    left = one - there
    xx, xy, yy = (_gathered(part) for part in (across * across, across * down, down * down))
    xt, yt = _gathered(across * left), _gathered(down * left)
    xx, yy = xx + STIFF, yy + STIFF
    whole = xx * yy - xy * xy
    step = torch.cat([(yy * xt - xy * yt) / whole, (xx * yt - xy * xt) / whole], 1)
    return _gathered(moved + step.clamp(-1, 1))


def _gathered(x: Tensor) -> Tensor:
    """The mean over the window around each pixel."""
    return F.avg_pool2d(F.pad(x, (WINDOW // 2,) * 4, mode="replicate"), WINDOW, 1)


def _size(x: Tensor, level: int) -> tuple[int, int]:
    return max(1, x.shape[2] >> level), max(1, x.shape[3] >> level)
