"""From a picture to the numbers a network was trained on."""

from __future__ import annotations

from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.formats.picture_files import PictureError
from explorer.formats.project_json import LEAST_CROP
from explorer.network.project import Recipe

FILTERS = {"bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC}
REACH = {Image.Resampling.BILINEAR: 1, Image.Resampling.BICUBIC: 2}
"""Pixels on each side that a filter blends."""

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
    image = Image.fromarray(pixels)
    if channels == 1:
        image = image.convert("L")
    filter = FILTERS.get(recipe.scaling, Image.Resampling.BILINEAR)
    if recipe.crop:
        image = _cropped(image, recipe.crop, width, height, filter)
    else:
        image = image.resize((width, height), filter)
    x = np.asarray(image, np.float32).reshape(height, width, channels).transpose(2, 0, 1) / np.float32(255)  # [C, H, W]
    mean, std = _per_channel(recipe.mean, channels, "means"), _per_channel(recipe.std, channels, "deviations")
    return np.ascontiguousarray((x - mean) / std)


def _per_channel(values: tuple[float, ...], channels: int, what: str) -> NDArray[np.float32]:
    """(C, 1, 1). One value serves all channels; a colour's three serve grey by their average."""
    if channels == 1:
        values = (sum(values) / len(values),) if values else ()
    if len(values) not in (1, channels):
        raise PictureError(
            f"the input recipe has {len(values)} {what} for {channels} channels: it needs {channels} or 1"
        )
    return np.asarray(values, np.float32).reshape(-1, 1, 1)


def _cropped(image: Image.Image, crop: float, width: int, height: int, filter: Image.Resampling) -> Image.Image:
    """Scale until the middle `crop` part covers width × height, and cut that out, with torchvision's rounding."""
    w, h = image.size
    around_w, around_h = round(width / crop), round(height / crop)
    if around_w * h >= around_h * w:  # the width binds
        scaled_w, scaled_h = around_w, int(around_w * h / w)
    else:
        scaled_w, scaled_h = int(around_h * w / h), around_h
    left, top = _start(scaled_w, width), _start(scaled_h, height)
    if scaled_w * scaled_h <= MOST_PIXELS:
        return image.resize((scaled_w, scaled_h), filter).crop((left, top, left + width, top + height))
    return _scaled_part(image, (scaled_w, scaled_h), (left, top, left + width, top + height), filter)


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
