"""A picture that an Input is always fed, as it is kept in a project."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explorer.formats.pictures import decode, from_pixels
from explorer.network.fed import Still

LONGEST = 512
"""Pixels of its longer side: as PNG of noise that is 800 kB, and no network for style pictures takes larger ones."""


def still(path: str | Path) -> Still:
    """A picture file as it is fed. Raises PictureError."""
    picture = decode(path, LONGEST)
    return still_of(picture.pixels, picture.name)


def still_of(pixels: NDArray[np.uint8], name: str) -> Still:
    """Pixels (H, W, 3) as they are fed, scaled down where they are many."""
    data = io.BytesIO()
    Image.fromarray(from_pixels(pixels, name, LONGEST).pixels).save(data, "PNG", compress_level=4)
    return Still(data.getvalue(), name[:200])
