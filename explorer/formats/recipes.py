"""From a picture to the numbers a network was trained on."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.formats.blending import BLENDED, FIRST, blended, step_between
from explorer.formats.picture_files import PictureError
from explorer.formats.project_json import LEAST_CROP, MOST_SIDE
from explorer.network.project import Recipe

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
REACH = {Image.Resampling.BILINEAR: 1, Image.Resampling.BICUBIC: 2}
"""Pixels on each side that a filter blends."""

GREY = 127.5
"""Around a letterboxed picture."""

ROUNDED = 32
"""The sides of an Input for a picture in its own size are multiples of this."""

MOST_PIXELS = 100_000_000
"""Of the scaled picture; beyond, only the part around the crop is scaled."""


def to_input(pixels: NDArray[np.uint8], recipe: Recipe, shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """What the network gets: pixels (H, W, 3) uint8 become float32 of `shape` (C, H, W).

    Equal to torchvision's ImageClassification preset bit by bit where crop is crop size / resize size.
    Raises PictureError where no picture can be that input.
    """
    channels, height, width = shape
    if channels not in (1, 3):
        raise PictureError(f"the network's input has {channels} channels; a picture gives 3 (colour) or 1 (grey)")
    if height * width > MOST_PIXELS:
        raise PictureError(
            f"the network's input of {height} × {width} has {height * width / 1e6:,.0f} megapixels; at most 100 are fed"
        )
    if recipe.crop and not LEAST_CROP <= recipe.crop < 2:
        raise PictureError(f"the input recipe's crop is {recipe.crop:g}; it must be 0, or from {LEAST_CROP} to 1")
    mean, std = per_channel(recipe.mean, channels, "means"), per_channel(recipe.std, channels, "deviations")
    moved, spread = any(recipe.mean), any(one != 1 for one in recipe.std)
    if channels == 1:
        pixels = np.asarray(Image.fromarray(pixels).convert("L"))
    scaled = _scaled(pixels, recipe, width, height)
    x = scaled.reshape(height, width, channels).transpose(2, 0, 1)  # [C, H, W]
    own = moved or spread or not scaled.flags.writeable
    x = x.copy() if own else x  # number by number a colour's plane is subtracted from several times as fast
    x /= np.float32(255)
    if moved:
        x -= mean
    if spread:
        x /= std
    if recipe.padding == "mean":
        place = placement(recipe, (pixels.shape[1], pixels.shape[0]), width, height)
        x[:, round(place.height) :], x[:, :, round(place.width) :] = 0, 0
    return x


def to_pixels(x: NDArray[np.float32], recipe: Recipe) -> NDArray[np.uint8]:
    """The input (C, H, W) as a picture (H, W, 3) again: what the network got of it, in red, green, blue."""
    mean, std = (per_channel(of, len(x), "numbers") for of in (recipe.mean, recipe.std))
    pixels = np.rint(np.clip((x * std + mean) * 255, 0, 255)).astype(np.uint8).transpose(1, 2, 0)
    return np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))


def plain(level: int | None, recipe: Recipe, shape: tuple[int, int, int]) -> NDArray[np.float32]:
    """The input (C, H, W) for a picture of one grey level, 0 to 255; None is the recipe's mean colour, 0 all over."""
    if level is None:
        return np.zeros(shape, np.float32)
    mean, std = (per_channel(of, shape[0], "numbers") for of in (recipe.mean, recipe.std))
    return np.ascontiguousarray(np.broadcast_to((np.float32(level / 255) - mean) / std, shape))


def per_channel(values: tuple[float, ...], channels: int, what: str) -> NDArray[np.float32]:
    """(C, 1, 1). One value serves all channels; a colour's three serve grey by their average."""
    if channels == 1:
        values = (sum(values) / len(values),) if values else ()
    if len(values) not in (1, channels):
        raise PictureError(
            f"the input recipe has {len(values)} {what} for {channels} channels: it needs {channels} or 1"
        )
    return np.asarray(values, np.float32).reshape(-1, 1, 1)


@dataclass(frozen=True)
class Placement:
    """The picture is scaled to width × height, and the input begins at (left, top) of that, in the input's pixels.

    In a corner these need not be whole: the next whole pixel is black.
    """

    width: float
    height: float
    left: int = 0
    top: int = 0


def placement(recipe: Recipe, size: tuple[int, int], width: int, height: int) -> Placement:
    """How a picture of `size` (width, height) comes into an input of width × height, with torchvision's rounding,
    Darknet's in a letterbox."""
    w, h = size
    if recipe.padding == "mean":
        return Placement(*(_own_size(recipe, size, (width, height)) or _fitting(size, (width, height))))
    if recipe.padding == "corner":
        scale = min(width / w, height / h)
        return Placement(w * scale, h * scale)
    if recipe.padding == "letterbox":
        wide, high = (width, max(1, h * width // w)) if width * h < height * w else (max(1, w * height // h), height)
        return Placement(wide, high, -((width - wide) // 2), -((height - high) // 2))
    if not recipe.crop:
        return Placement(width, height)
    around_w, around_h = round(width / recipe.crop), round(height / recipe.crop)
    if around_w * h >= around_h * w:  # the width binds
        scaled_w, scaled_h = around_w, int(around_w * h / w)
    else:
        scaled_w, scaled_h = int(around_h * w / h), around_h
    return Placement(scaled_w, scaled_h, _start(scaled_w, width), _start(scaled_h, height))


def input_size(recipe: Recipe, size: tuple[int, int]) -> tuple[int, int] | None:
    """(height, width) of the Input in which a picture of `size` (width, height) has its own size; None where the recipe
    knows of none. Source: GeneralizedRCNNTransform of torchvision 0.29."""
    found = _own_size(recipe, size, (MOST_SIDE, MOST_SIDE))
    return None if found is None else (-(-found[1] // ROUNDED) * ROUNDED, -(-found[0] // ROUNDED) * ROUNDED)


def _own_size(recipe: Recipe, size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int] | None:
    if not recipe.shorter:
        return None
    scale = min(recipe.shorter / min(size), recipe.longer / max(size))
    wide, high = (max(1, int(side * scale)) for side in size)
    return (wide, high) if wide <= room[0] and high <= room[1] else None


def _fitting(size: tuple[int, int], room: tuple[int, int]) -> tuple[int, int]:
    scale = min(room[0] / size[0], room[1] / size[1])
    wide, high = (max(1, int(side * scale + 1e-9)) for side in size)
    return wide, high


@dataclass(frozen=True)
class Grid:
    """Where an input's pixels lie on the picture it came from: that of row i and column j from left + j · across to
    left + (j + 1) · across, and from top + i · down to top + (i + 1) · down."""

    left: float
    top: float
    across: float
    down: float


def on_picture(recipe: Recipe, size: tuple[int, int], whole: tuple[int, int], width: int, height: int) -> Grid:
    """The grid of an input of width × height, in pixels of the picture's file.

    size: the picture's (width, height) as it was fed; whole: those of its file. What a scaling blends in from beyond
    a pixel's own square is not counted.
    """
    place = placement(recipe, size, width, height)
    found = []
    for start, scaled, fed, there in zip(
        (place.left, place.top), (place.width, place.height), size, whole, strict=True
    ):
        step = step_between(recipe.scaling, fed, scaled)
        first = start * step
        if recipe.scaling in FIRST:  # the middles of the first pixels lie on each other
            first += 0.5 - 0.5 * step
        found.append((first * there / fed, step * there / fed))
    (left, across), (top, down) = found
    return Grid(left, top, across, down)


def _scaled(pixels: NDArray[np.uint8], recipe: Recipe, width: int, height: int) -> NDArray[np.float32]:
    """(H, W) or (H, W, 3), from 0 to 255: the picture as large as the input."""
    place = placement(recipe, (pixels.shape[1], pixels.shape[0]), width, height)
    box = (place.left, place.top, place.left + width, place.top + height)
    if recipe.padding == "letterbox":  # nothing is scaled for what will be grey
        box = (0, 0, round(place.width), round(place.height))
    if recipe.scaling in BLENDED:
        found = blended(pixels, (place.width, place.height), box, recipe.scaling)
    else:
        scaled = (max(1, round(place.width)), max(1, round(place.height)))
        image, filter = Image.fromarray(pixels), FILTERS.get(recipe.scaling, Image.Resampling.BILINEAR)
        small = scaled[0] * scaled[1] <= MOST_PIXELS
        part = image.resize(scaled, filter).crop(box) if small else _scaled_part(image, scaled, box, filter)
        found = np.asarray(part, np.float32)
    if recipe.padding != "letterbox":
        return found
    around = np.full((height, width, *found.shape[2:]), GREY, np.float32)
    around[-place.top : box[3] - place.top, -place.left : box[2] - place.left] = found
    return around


def _start(size: int, part: int) -> int:
    """Where the middle `part` of `size` begins; before 0 (filled black) where it is the larger one."""
    return round((size - part) / 2.0) if part <= size else -((part - size) // 2)


def _scaled_part(
    image: Image.Image, scaled: tuple[int, int], box: tuple[int, int, int, int], filter: Image.Resampling
) -> Image.Image:
    """`box` out of the picture scaled to `scaled`, without making all of it: a 1 × 10,000 strip may become a giant.

    The pixels it comes from are cut out first, with as many around them as the antialiasing looks at.
    """
    sources, places, sizes, starts = [], [], [], []
    for axis in (0, 1):
        step = image.size[axis] / scaled[axis]  # source pixels to one scaled pixel
        start, end = max(0, box[axis]), min(scaled[axis], box[axis + 2])
        reach = ceil(max(1.0, step) * REACH[filter]) + 1
        first, last = max(0, floor(start * step) - reach), min(image.size[axis], ceil(end * step) + reach)
        sources.append((first, last))
        places.append((start * step - first, min(end * step, image.size[axis]) - first))
        sizes.append(end - start)
        starts.append(box[axis] - start)
    (left, right), (top, bottom) = places
    source = image.crop((sources[0][0], sources[1][0], sources[0][1], sources[1][1]))
    part = source.resize((sizes[0], sizes[1]), filter, box=(left, top, right, bottom))
    return part.crop((starts[0], starts[1], starts[0] + box[2] - box[0], starts[1] + box[3] - box[1]))
