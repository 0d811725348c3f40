"""Sliding a small matrix of weights over an image, number by number, as one does it on paper."""

from __future__ import annotations

from collections.abc import Sequence

Matrix = Sequence[Sequence[int]]
"""Rows of numbers (H, W)."""


def correlate(image: Matrix, kernel: Matrix) -> list[list[int]]:
    """What deep learning calls convolution: the kernel as it is, without padding; (H − h + 1, W − w + 1)."""
    high, wide = len(kernel), len(kernel[0])
    places = [(i, j) for i in range(high) for j in range(wide)]
    return [
        [sum(image[top + i][left + j] * kernel[i][j] for i, j in places) for left in range(len(image[0]) - wide + 1)]
        for top in range(len(image) - high + 1)
    ]


def flipped(kernel: Matrix) -> list[list[int]]:
    """Upside down and left to right, as mathematics has the kernel of a convolution."""
    return [list(reversed(row)) for row in reversed(kernel)]


def convolve(image: Matrix, kernel: Matrix) -> list[list[int]]:
    """Convolution as in mathematics: `correlate` with the flipped kernel."""
    return correlate(image, flipped(kernel))


def padded(image: Matrix, border: int) -> list[list[int]]:
    """The image in a border of zeros."""
    across = [0] * (len(image[0]) + 2 * border)
    rows = [[0] * border + list(row) + [0] * border for row in image]
    return [list(across) for _ in range(border)] + rows + [list(across) for _ in range(border)]


def windows_over(size: int, kernel: int, place: tuple[int, int]) -> int:
    """In how many windows of a size×size image the pixel at (row, column) lies, without padding."""
    starts = range(size - kernel + 1)
    down, across = (sum(first <= at < first + kernel for first in starts) for at in place)
    return down * across
