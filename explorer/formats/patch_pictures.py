"""Patches as pictures: each cut out of its file, and all of a node's on one sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer.formats.pictures import decode
from explorer.maths.patch_blocks import Blocks, about_square
from explorer.maths.patch_records import NodePatches
from explorer.maths.sentences import Refusal

GROUND = 128
"""Grey around a patch that is no square."""
SIDES = (64, 48, 32, 16, 8)
"""Pixels of a patch on a sheet: as many as leave the sheet below its limit."""
MOST_PIXELS = 60_000_000
"""Of a sheet."""

Wanted = tuple[str, tuple[int, int, int, int]]
"""A picture's path in a folder, and a box in its pixels."""


def tiles(folder: str, wanted: Sequence[Wanted], side: int) -> Iterator[tuple[list[int], NDArray[np.uint8]]]:
    """The patches as squares (M, side, side, 3), picture by picture, with their numbers among those wanted.

    A patch is fitted in, magnified pixels stay sharp squares. One whose picture cannot be read any more is grey.
    """
    by_file = defaultdict(list)
    for number, (path, _) in enumerate(wanted):
        by_file[path].append(number)
    for path, numbers in by_file.items():
        try:
            picture = decode(Path(folder) / path)
        except Refusal:
            picture = None
        found = np.full((len(numbers), side, side, 3), GROUND, np.uint8)
        for tile, number in zip(found, numbers, strict=True):
            if picture is not None:
                shrunk = np.array(picture.pixels.shape[1::-1] * 2) / np.array(picture.size * 2)
                _fit(picture.pixels, np.array(wanted[number][1]) * shrunk, tile)
        yield numbers, found


def _fit(pixels: NDArray[np.uint8], box: NDArray[np.float64], tile: NDArray[np.uint8]) -> None:
    """Draw the part of a picture in the middle of a square."""
    height, width, _ = pixels.shape
    left, top = np.floor(box[:2]).astype(int)
    right, bottom = np.minimum(np.ceil(box[2:]).astype(int), (width, height))
    if left >= right or top >= bottom:
        return
    side, size = len(tile), (right - left, bottom - top)
    across, down = (max(1, round(side * one / max(size))) for one in size)
    filter = Image.Resampling.NEAREST if max(size) <= side else Image.Resampling.BILINEAR
    part = Image.fromarray(pixels[top:bottom, left:right]).resize((across, down), filter)
    x, y = (side - across) // 2, (side - down) // 2
    tile[y : y + down, x : x + across] = np.asarray(part)


def sheet_for(channels: int, count: int) -> Blocks:
    """The sheet with the largest patches that is not too large. Raises Refusal."""
    for side in SIDES:
        sheet = about_square(channels, count, side)
        if sheet.size[0] * sheet.size[1] <= MOST_PIXELS:
            return sheet
    raise Refusal(
        f"A sheet of {channels:,} channels with {count} patches each would be too large: look for fewer patches."
    )


def drawn(folder: str, files: Sequence[str], patches: NodePatches) -> Iterator[tuple[int, int] | Image.Image]:
    """How many of all pictures were cut, then the sheet. Raises Refusal."""
    channels, count = patches.values.shape
    sheet = sheet_for(channels, count)
    image = Image.new("RGB", sheet.size, "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default()
    for channel in range(channels):
        draw.text(sheet.corner(channel), str(channel), "black", font)
    there = np.argwhere(patches.pictures >= 0).tolist()
    wanted = [(files[patches.pictures[c, k]], tuple(patches.boxes[c, k].tolist())) for c, k in there]
    for done, (numbers, cut) in enumerate(tiles(folder, wanted, sheet.side)):
        for number, tile in zip(numbers, cut, strict=True):
            image.paste(Image.fromarray(tile), sheet.corner(*there[number]))
        yield done + 1, len(files)
    yield image
