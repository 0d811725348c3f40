"""From decoded pixels of any depth and colour space to (H, W, 3) uint8 on white, a tile at a time to spare memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

BITS, PHOTOMETRIC = 258, 262  # TIFF

TILE = 1 << 20
"""Pixels converted at a time."""

WIDEST_STEP = 64
"""Pixels in a row averaged to one on conversion, at most; the rest is left to the last, smaller scaling."""


def converted(image: Image.Image, k: int) -> tuple[NDArray[np.uint8], list[str]]:
    """Pixels (H, W, 3) of a loaded picture, k × k averaged to one, with notes on what was done."""
    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        return _deep(image, k)
    if not image.has_transparency_data:
        return joined(image, k, plain), []
    seen_through = []

    def on_white(tile: Image.Image) -> Image.Image:
        tile = tile.convert("RGBA")
        seen_through.append(tile.getchannel("A").getextrema()[0] != 255)
        white = Image.new("RGBA", tile.size, "white")
        return Image.alpha_composite(white, tile).convert("RGB")

    pixels = joined(image, k, on_white)
    return pixels, ["transparent parts are shown on white"] * any(seen_through)


def plain(tile: Image.Image) -> Image.Image:
    """A tile in a colour space that Pillow turns into red, green, blue by itself."""
    return tile.convert("RGB")


def _deep(image: Image.Image, k: int) -> tuple[NDArray[np.uint8], list[str]]:
    """Grey values of more than 8 bits. Pillow's own conversion would clip them to white.

    Unsigned 16-bit values keep their meaning (65,535 is white); others are spread from their least to their greatest.
    """
    if image.mode.startswith("I;"):
        twelve = getattr(image, "tag_v2", {}).get(BITS) == (12,)
        low, high = 0.0, 4095.0 if twelve else 65535.0
        note = f"{12 if twelve else 16} bits of grey, scaled to 8"
    else:
        low, high = _range(image)
        note = f"grey values from {low:g} to {high:g}, spread over 0 to 255"
    if image.mode.startswith("I;") and getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == 0:
        low, high = high, low  # 0 is white

    def scaled(tile: Image.Image) -> Image.Image:
        values = np.nan_to_num(np.asarray(tile).astype(np.float64), nan=low, posinf=high, neginf=low)
        grey = np.rint((values - low) * (255 / (high - low or 1)))
        return Image.fromarray(grey.clip(0, 255).astype(np.uint8)).convert("RGB")

    return joined(image, k, scaled), [note]


def _range(image: Image.Image) -> tuple[float, float]:
    """Least and greatest finite value."""
    low, high = np.inf, -np.inf
    for _, _, tile in _tiles(image, 1):
        values = np.asarray(tile)
        values = values[np.isfinite(values)]
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
    return (low, high) if low <= high else (0.0, 0.0)


def _tiles(image: Image.Image, k: int) -> Iterator[tuple[int, int, Image.Image]]:
    """The picture in parts of about TILE pixels whose sides k divides, each with its left and top."""
    width, height = image.size
    columns = min(width, TILE // k // k * k)
    rows = max(1, TILE // columns // k) * k
    for top in range(0, height, rows):
        for left in range(0, width, columns):
            yield left, top, image.crop((left, top, min(left + columns, width), min(top + rows, height)))


def joined(image: Image.Image, k: int, to_rgb: Callable[[Image.Image], Image.Image]) -> NDArray[np.uint8]:
    """(ceil(H / k), ceil(W / k), 3): each tile through `to_rgb`, k × k pixels averaged to one."""
    width, height = image.size
    pixels = np.empty((-(-height // k), -(-width // k), 3), np.uint8)
    for left, top, tile in _tiles(image, k):
        rgb = to_rgb(tile)
        part = np.asarray(rgb.reduce(k) if k > 1 else rgb)
        pixels[top // k : top // k + part.shape[0], left // k : left // k + part.shape[1]] = part
    return pixels


def fitted(pixels: NDArray[np.uint8], size: tuple[int, int], step: float, longest: int | None) -> NDArray[np.uint8]:
    """Scaled down (antialiased) so that a picture of `size`, now `step` times smaller, has no side above `longest`."""
    if not longest or max(size) <= longest * step:
        return pixels
    scale = longest / max(size)
    width, height = (max(1, round(side * scale)) for side in size)
    box = (0, 0, size[0] / step, size[1] / step)  # the last pixel may stand for fewer than `step`
    return np.array(Image.fromarray(pixels).resize((width, height), Image.Resampling.BILINEAR, box))
