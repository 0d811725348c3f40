"""Decode picture files to 8-bit red, green, blue, upright, on white, in bounded memory."""

from __future__ import annotations

import errno
import io
import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from explorer.formats.picture_files import PictureError, check_regular, foreign, is_whole, unreadable
from explorer.formats.picture_parts import too_many
from explorer.formats.pixels import BITS, WIDEST_STEP, converted, fitted, joined, plain
from explorer.formats.regular import only_files
from explorer.formats.words import amount, refusal
from explorer.maths.records import Picture

__all__ = ["PictureError", "decode", "from_pixels"]

logging.getLogger("PIL").addHandler(logging.NullHandler())  # else its complaints land on stderr

MOST_PIXELS = 100_000_000
MEMORY = 560_000_000
"""Bytes one picture may take while it is decoded."""

ORIENTATION = 0x0112  # EXIF
ROWS_PER_STRIP, TILE_HEIGHT = 278, 323  # TIFF

TURNS: dict[int, Any] = {
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: a[::-1].transpose(1, 0, 2),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: a[:, ::-1].transpose(1, 0, 2),
}
"""How (H, W, 3) pixels become upright, by EXIF orientation; 1 is upright."""


def decode(path: str | Path, longest: int | None = None) -> Picture:
    """Read a JPEG, PNG, WebP, BMP, GIF or TIFF file.

    longest: scale down until no side has more pixels. Without it all pixels are kept, unless that needs
    more than 600 MB: then the picture is halved (or more), and a note says so. Raises PictureError.
    """
    size = check_regular(path)
    try:
        with open(path, "rb", opener=only_files) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's; what matters here is refused or noted
            return _decoded(path, file, size, longest)
    except PictureError:
        raise
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # those two are Pillow's own, on broken files
            raise unreadable(path, error) from error
        raise _damaged(path) from error
    except MemoryError as error:
        raise PictureError(
            refusal(path, "does not fit into memory", "close something, or save a smaller copy")
        ) from error
    except Exception as error:  # Pillow's decoders let every kind of exception out on broken files
        raise _damaged(path) from error


def decode_bytes(data: bytes, name: str) -> Picture:
    """The same of a picture whose bytes are there already. Raises PictureError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decoded(name, io.BytesIO(data), len(data), None)
    except PictureError:
        raise
    except Exception as error:  # as above
        raise _damaged(name) from error


def from_pixels(pixels: NDArray[np.uint8], name: str, longest: int | None = None) -> Picture:
    """A picture that has no file: pixels (H, W, 3) uint8, scaled down where a side is above `longest`."""
    height, width = pixels.shape[:2]
    k = _step_to(longest, (width, height))
    reduced = joined(Image.fromarray(pixels), k, plain)
    return Picture(fitted(reduced, (width, height), k, longest), name, (width, height))


def _decoded(path: str | Path, file: BinaryIO, size: int, longest: int | None) -> Picture:
    if parts := too_many(file):
        raise PictureError(refusal(path, f"has far more {parts} than a picture needs", "save a copy of it"))
    try:
        image = Image.open(file, formats=("JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"))
    except Image.DecompressionBombError as error:
        raise _too_large(path, "far more than 100 megapixels") from error
    except UnidentifiedImageError as error:
        raise foreign(path, file) from error
    with image:
        k = _step(path, image, size, longest)
        _check_whole(path, file, size, image)
        true_size = image.size
        notes = list(_notes(image))
        turned = isinstance(image, TiffImageFile) and _orientation(image) != 1  # Pillow turns these itself, on loading
        drafted = _loaded(image, k)
        left = max(1, int(k / drafted))
        pixels, more = converted(image, left)
        pixels = fitted(pixels, true_size, drafted * left, longest)
        orientation = _orientation(image)
    if orientation != 1:
        pixels = np.ascontiguousarray(TURNS[orientation](pixels))
    if orientation > 4:
        true_size = true_size[::-1]
    if turned or orientation != 1:
        notes.append("turned upright as its EXIF says")
    notes += more
    if k > 1 and not longest:
        notes.append(f"scaled down to {pixels.shape[1]} × {pixels.shape[0]} to spare memory")
    return Picture(pixels, Path(path).name, true_size, tuple(notes))


def _check_whole(path: str | Path, file: BinaryIO, size: int, image: ImageFile.ImageFile) -> None:
    place = file.tell()
    if not is_whole(file, size, image.format or ""):
        raise _damaged(path)
    file.seek(place)


def _loaded(image: ImageFile.ImageFile, k: int) -> float:
    """Decode the pixels; returns by how much they came smaller. JPEG's decoder can halve, and is faster so."""
    width, height = image.size
    drafted = None
    if k > 1 and image.format in ("JPEG", "MPO"):
        drafted = image.draft(None, (max(1, width // k), max(1, height // k)))
    with _quiet_libtiff() if image.format == "TIFF" else nullcontext():
        image.load()
    return width / drafted[1][2] if drafted else 1


@contextmanager
def _quiet_libtiff() -> Iterator[None]:
    """Nothing on stderr meanwhile: libtiff writes there about broken files, and we say it better."""
    try:
        stderr = os.dup(2)
    except OSError:  # a windowed program may have none
        yield
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def _too_large(path: str | Path, what: str) -> PictureError:
    return PictureError(refusal(path, f"has {what}; at most 100 are read", "save a smaller copy of it"))


def _damaged(path: str | Path) -> PictureError:
    return PictureError(refusal(path, "is damaged or cut off", "get it again, or choose another picture"))


def _orientation(image: Image.Image) -> int:
    """EXIF orientation, 1 to 8; broken EXIF data counts as upright."""
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # as in `decode`
        return 1
    return orientation if orientation in TURNS else 1


def _notes(image: ImageFile.ImageFile) -> Iterator[str]:
    """What will be done to show a picture that is not plain 8-bit colour."""
    if image.format != "MPO" and getattr(image, "is_animated", False):  # MPO: a JPEG with previews behind it
        yield "the first page of several" if image.format == "TIFF" else "the first frame of several"
    if ";16" in str(image.tile) and not image.mode.startswith("I"):
        yield "16 bits a channel, scaled to 8"
    if image.mode in ("CMYK", "LAB"):
        yield f"{image.mode} colours turned into red, green, blue"


def _step(path: str | Path, image: ImageFile.ImageFile, size: int, longest: int | None) -> int:
    """How many pixels in a row become one: as `longest` allows, and more where memory asks. Raises PictureError."""
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise _too_large(path, f"{width} × {height} = {width * height / 1e6:,.0f} megapixels")
    if not width * height:
        raise PictureError(refusal(path, "has no pixels", "choose another picture"))
    k = _step_to(longest, (width, height))
    for step in (k, *(step for step in (2, 4, 8) if step > k)):
        if _needed(image, step, size) <= MEMORY:
            return step
    least = f"{amount(_needed(image, 8, size))} of memory; at most {amount(MEMORY)} is used"
    raise PictureError(
        refusal(path, f"({width} × {height}, {image.format}) would need {least}", "save a smaller copy of it")
    )


def _step_to(longest: int | None, size: tuple[int, int]) -> int:
    return min(WIDEST_STEP, max(1, max(size) // longest)) if longest else 1


def _needed(image: ImageFile.ImageFile, k: int, size: int) -> int:
    """Bytes in use at the worst moment of decoding, about; measured for each format.

    k: pixels that become one; size: bytes of the file.
    """
    pixels = image.size[0] * image.size[1]
    depth = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16B": 2, "I;16L": 2}.get(image.mode, 4)
    decoded, result = depth * pixels, 3 * pixels // k**2
    if image.format == "WEBP":  # libwebp keeps two canvases, Pillow a copy and the file
        decoded += 12 * pixels + size
    elif image.format in ("JPEG", "MPO"):
        decoded //= min(8, 1 << (k.bit_length() - 1)) ** 2
        if image.info.get("progressive"):  # libjpeg keeps all coefficients, 2 bytes each
            layers = getattr(image, "layer", [])
            most = max((h * v for _, h, v, _ in layers), default=1)
            decoded += sum(2 * pixels * h * v // most for _, h, v, _ in layers)
    elif isinstance(image, TiffImageFile):
        tags = image.tag_v2
        if image.tile and image.tile[0][0] == "libtiff":  # libtiff keeps one strip or row of tiles
            rows = min(image.size[1], tags.get(TILE_HEIGHT) or tags.get(ROWS_PER_STRIP) or image.size[1])
            decoded += rows * image.size[0] * sum(tags.get(BITS, (8,))) // 8
        if _orientation(image) != 1:
            decoded += depth * pixels
    elif image.format == "BMP":
        decoded += pixels if "rle" in str(image.tile) else 0
    return decoded + result
