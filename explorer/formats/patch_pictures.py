"""Patches as pictures: each cut out of its file, and all of a node's on one sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer.formats.pictures import decode
from explorer.formats.recipes import Grid
from explorer.maths.patch_blocks import Blocks, about_square
from explorer.maths.patch_records import NodePatches
from explorer.maths.sentences import Refusal

GROUND = 128
"""Grey around a patch that is no square."""
SIDES = (64, 48, 32, 16, 8)
"""Pixels of a patch on a sheet: as many as leave the sheet below its limit."""
HEAD, NAMED = 72, 12
"""Pixels before the patches of each class, and letters of its name that stand there."""
STRONG = 0.99
"""Share of a slope's numbers that have no full colour."""
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
    size = right - left, bottom - top
    x, y, across, down = _inside(size, len(tile))
    filter = Image.Resampling.NEAREST if max(size) <= len(tile) else Image.Resampling.BILINEAR
    part = Image.fromarray(pixels[top:bottom, left:right]).resize((across, down), filter)
    tile[y : y + down, x : x + across] = np.asarray(part)


def _inside(size: tuple[float, float], side: int) -> tuple[int, int, int, int]:
    """Left, top, width and height of a patch of this size in the middle of a square."""
    across, down = (max(1, round(side * one / max(size))) for one in size)
    return (side - across) // 2, (side - down) // 2, across, down


def slope_tile(slope: NDArray[np.float32], grid: Grid, box: tuple[int, int, int, int], side: int) -> NDArray[np.uint8]:
    """The part of a slope (C, H, W) over the input that lies in a box of the picture, as a square (side, side, 3).

    It lies exactly on the patch that `tiles` cuts out of that box. Grey is 0; the strongest hundredth of its numbers
    has full colour, for a few are often many times as strong as all others.
    """
    tile = np.full((side, side, 3), GROUND, np.uint8)
    left, top, right, bottom = box
    if left >= right or top >= bottom:
        return tile
    x, y, across, down = _inside((right - left, bottom - top), side)
    _, height, width = slope.shape
    lefts, tops = (np.array([left, right]) - grid.left) / grid.across, (np.array([top, bottom]) - grid.top) / grid.down
    (x1, x2), (y1, y2) = lefts.clip(0, width), tops.clip(0, height)
    if x2 <= x1 or y2 <= y1:
        return tile
    filter = Image.Resampling.NEAREST if max(x2 - x1, y2 - y1) <= side else Image.Resampling.BOX
    part = np.stack(
        [np.asarray(Image.fromarray(one).resize((across, down), filter, box=(x1, y1, x2, y2))) for one in slope], -1
    )
    part = np.nan_to_num(part)
    reach = np.quantile(np.abs(part), STRONG) or np.abs(part).max()
    level = 128 + 127 * (part / reach if reach > 0 else part)
    tile[y : y + down, x : x + across] = np.rint(level).clip(0, 255)
    return tile


def sheet_for(channels: int, count: int, classes: int = 0) -> Blocks:
    """The sheet with the largest patches that is not too large. Raises Refusal.

    classes: how many the patches of a channel come from, one after the other; 0 where they are not told apart.
    """
    for side in SIDES:
        sheet = about_square(channels, count, side, max(1, classes), HEAD if classes else 0)
        if sheet.size[0] * sheet.size[1] <= MOST_PIXELS:
            return sheet
    raise Refusal(
        f"A sheet of {channels:,} channels with {count} patches each would be too large: look for fewer patches."
    )


def drawn(
    folder: str, files: Sequence[str], patches: NodePatches, classes: Sequence[str] = ()
) -> Iterator[tuple[int, int] | Image.Image]:
    """How many of all pictures were cut, then the sheet. Raises Refusal."""
    channels, count = patches.values.shape
    sheet = sheet_for(channels, count, len(classes))
    image = Image.new("RGB", sheet.size, "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default()
    for channel in range(channels):
        draw.text(sheet.corner(channel), str(channel), "black", font)
        for number, name in enumerate(classes):
            left, top = sheet.corner(channel, number * sheet.each)
            draw.text((left - sheet.head, top), name[:NAMED], "black", font)
    there = np.argwhere(patches.pictures >= 0).tolist()
    wanted = [(files[patches.pictures[c, k]], tuple(patches.boxes[c, k].tolist())) for c, k in there]
    for done, (numbers, cut) in enumerate(tiles(folder, wanted, sheet.side)):
        for number, tile in zip(numbers, cut, strict=True):
            image.paste(Image.fromarray(tile), sheet.corner(*there[number]))
        yield done + 1, len(files)
    yield image
