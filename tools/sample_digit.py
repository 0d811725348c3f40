"""Draw the sample digit for networks that read handwriting: `python -m tools.sample_digit`.

The strokes are our own, set down as points for this program; no data set's picture is in it. White on black and with
lines two of MNIST's pixels wide, as the networks that learned from MNIST saw theirs.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw

TARGET = Path(__file__).resolve().parents[1] / "resources" / "samples" / "digit.png"
SIDE, FINER, WIDTH = 280, 4, 21
"""Pixels of the picture's sides, how many times finer it is drawn, for soft edges, and pixels of the pen."""
STROKES = (
    ((118, 72), (115, 88), (111, 105), (107, 121), (104, 133), (118, 127), (134, 124), (150, 126), (163, 133),
     (172, 145), (176, 160), (174, 176), (167, 191), (155, 203), (140, 210), (124, 211), (109, 206), (97, 197)),
    ((117, 74), (132, 75), (148, 74), (164, 72), (181, 69)),
)  # fmt: skip
"""Points (x, y) of each stroke, pixels: down and round, then the bar."""


def main() -> None:
    """Draw it and write it."""
    draw_digit().save(TARGET, optimize=True)


def draw_digit() -> Image.Image:
    """The digit, (280, 280), grey."""
    sheet = Image.new("L", (SIDE * FINER, SIDE * FINER))
    pen, radius = ImageDraw.Draw(sheet), WIDTH * FINER / 2
    for stroke in STROKES:
        points = [(x * FINER, y * FINER) for x, y in stroke]
        for x, y in points:
            pen.ellipse((x - radius, y - radius, x + radius, y + radius), 255)
        for line in pairwise(points):
            pen.line(line, 255, WIDTH * FINER)
    return sheet.resize((SIDE, SIDE), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    main()
