"""What makes a picture unlike the content of one and the style of others.

Source: Gatys, Ecker & Bethge 2015, A neural algorithm of artistic style, arXiv:1508.06576, equations 1 to 7; the total
variation as in Mahendran & Vedaldi 2015, arXiv:1412.0035, equation 4 with β = 2.

F are the values of a layer, N channels of M numbers. They are divided by r, the root of the mean square of what the
layer answers to the picture they are compared with: Gatys et al. rescaled VGG so that each channel's mean is 1, and
this does as much for any network, so that α and β mean the same everywhere.
"""

from __future__ import annotations

from torch import Tensor

LEAST = 1e-12
"""Where a layer answers nothing at all to a picture, there is nothing to divide by."""


def rows(value: Tensor) -> Tensor:
    """(M, N) out of a layer's value (1, N, H, W): a view where the channels lie last in memory."""
    return value[0].permute(1, 2, 0).flatten(0, 1)


def gram(f: Tensor, share: Tensor | None = None) -> Tensor:
    """G / M, (N, N): how much each two channels go together on the mean, from rows (M, N).

    Equation 3, divided by M so that pictures of two sizes can be compared. share: (M,) from 0 to 1, how much each place
    counts; the mean is then over these (as the guidance channels of Gatys et al. 2017, arXiv:1611.07865, section 4).
    """
    if share is None:
        return f.T @ f / len(f)
    return f.T @ (f * share[:, None]) / share.sum().clamp(min=LEAST)


def content_cost(f: Tensor, p: Tensor) -> Tensor:
    """½ · the mean of (F − P)², with F and P divided by r: equation 1 for each number, whatever the size.

    f, p: rows (M, N) of the picture and of the content picture.
    """
    return (f - p).square().mean() / 2 / p.square().mean().clamp(min=LEAST)


def style_cost(g: Tensor, a: Tensor) -> Tensor:
    """E = Σ (G/M − A/M)² / (4 N²), with F divided by r: equation 4, where A may come from a picture of another size.

    g, a: (N, N) of the picture and of the style picture, as `gram` gives them.
    """
    size = a.diagonal().mean().clamp(min=LEAST)  # r²
    return ((g - a) / size).square().sum() / (4 * len(a) ** 2)


def variation_cost(x: Tensor) -> Tensor:
    """The mean squared difference of pixels (1, C, H, W) from their right and lower neighbours."""
    cost = x.new_zeros(())
    for axis in (2, 3):
        if x.shape[axis] > 1:
            cost = cost + x.diff(dim=axis).square().mean()
    return cost
