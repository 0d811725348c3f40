"""What makes a picture unlike the content of one and the style of others.

Source: Gatys, Ecker & Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576, equations 1 to 7; the total
variation as in Mahendran & Vedaldi 2015, arXiv:1412.0035, equation 4 with β = 2.

F are the values of a layer, N channels of M numbers. They are divided by r, the root of the mean square of what the
layer answers to the picture they are compared with: Gatys et al. rescaled VGG so that each channel's mean is 1, and
this does as much for any network, so that α and β mean the same everywhere. So

    J_content = ½ · the mean of (F − P)² / r²         (equation 1 for each number, whatever the size)
    J_style   = Σ over N² pairs of (G/M − A/M)² / (4 N² r⁴)   (equation 4; A may come from a picture of another size)

and of several layers or style pictures the mean with their weights.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

BLOCKS = 16
"""In so many parts Gram matrices of 16-bit numbers are added up, for each part is rounded to 16 bits, too."""
LEAST = 1e-12
"""Where a layer answers nothing at all to a picture, there is nothing to divide by."""


def paired(f: Tensor, share: Tensor | None = None) -> Tensor:
    """Σ F·Fᵀ over places, (N, N): how much each two channels go together, equation 3, from rows (M, N).

    share: (M,) from 0 to 1, how much each place counts. Divided by M, or by what the shares add up to, pictures of two
    sizes can be compared (as the guidance channels of Gatys et al. 2017, arXiv:1611.07865, section 4).
    """
    pairs: Tensor = Paired.apply(f, share)
    return pairs


class Paired(torch.autograd.Function):
    """As both factors are the same, one product leads back to them: F·(D + Dᵀ), in the precision that F has."""

    @staticmethod
    def forward(ctx: Any, f: Tensor, share: Tensor | None) -> Tensor:
        ctx.save_for_backward(f, share)
        if f.dtype != torch.bfloat16:
            return f.T @ (f if share is None else f * share[:, None])
        if share is not None:
            return f.float().T @ (f.float() * share[:, None])
        whole = len(f) // BLOCKS * BLOCKS
        blocks, left = f[:whole].reshape(BLOCKS, -1 if whole else 0, f.shape[1]), f[whole:].float()
        return torch.bmm(blocks.transpose(1, 2), blocks).sum(0, dtype=torch.float32) + left.T @ left

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None]:
        f, share = ctx.saved_tensors
        back = _times(f, (gradient + gradient.T).to(f.dtype))
        return back if share is None else back * share[:, None].to(f.dtype), None


def _times(f: Tensor, symmetric: Tensor) -> Tensor:
    """F·S. On the CPU oneDNN takes half the time of torch's own product."""
    if f.device.type == "cpu" and f.dtype == torch.float32 and torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        product: Tensor = torch.ops.mkldnn._linear_pointwise(f, symmetric, None, "none", [], "")
        return product
    return f @ symmetric


def style_cost(g: Tensor, a: Tensor) -> Tensor:
    """What the Gram matrices G / M of a picture and A / M of a style picture, (N, N) each, are apart."""
    strength = a.diagonal().mean().clamp(min=LEAST)  # r²
    return ((g - a) / strength).square().sum() / (4 * len(a) ** 2)


def variation_cost(x: Tensor) -> Tensor:
    """The mean squared difference of pixels (1, C, H, W) from their right and lower neighbours."""
    cost = x.new_zeros(())
    for axis in (2, 3):
        if x.shape[axis] > 1:
            cost = cost + x.diff(dim=axis).square().mean()
    return cost
