"""Pictures with boxes around what was found in them, and files of these."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from explorer.formats.atomic import replacing
from explorer.formats.words import refusal, shown
from explorer.maths.class_colours import class_colour, text_on
from explorer.maths.keypoints import limbs, sure_ones
from explorer.maths.masks import taken
from explorer.maths.records import Guess
from explorer.maths.sentences import Refusal

KINDS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG", ".webp": "WEBP"}
"""How files are written, by how their names end."""
QUALITY = 95
LETTERS, LINES = 45, 350
"""How often the height of a letter, and the width of a line, go into the picture's longer side."""
SMALLEST_LETTER = 11
VEIL = 0.4
"""Opacity of a mask."""
LONGEST = 40
"""Characters of a label."""


Place = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels."""


class AlreadyThere(Refusal):
    """A file would be written over."""


def annotated(pixels: NDArray[np.uint8], found: Sequence[Guess], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture (H, W, 3) with each box, the surest drawn last, and a plate that says what it is and how sure.

    size: (width, height) that the boxes are in pixels of. Lines are black and coloured, and letters black or
    white on a plate, so that they are seen on any ground; plates stay inside the picture, and off those of surer boxes
    where there is room below.
    """
    image = Image.fromarray(_veiled(pixels, found, size))
    draw = ImageDraw.Draw(image)
    longer = max(image.size)
    line = max(1, round(longer / LINES))
    font = ImageFont.load_default(max(SMALLEST_LETTER, longer / LETTERS))
    scale = np.array(image.size * 2) / np.array(size * 2)
    boxes = [(guess, _inside(np.array(guess.box) * scale, image.size, line)) for guess in found if guess.box]
    for guess, (left, top, right, bottom) in reversed(boxes):
        for grown, tone in ((line, (0, 0, 0)), (0, class_colour(guess.index))):
            box = (left - grown, top - grown, right + grown, bottom + grown)
            draw.rectangle(box, outline=tone, width=line + 2 * grown)
        _draw_points(draw, guess, (scale[0], scale[1]), line)
    taken: list[Place] = []
    for guess, (left, top, _, _) in boxes:
        text = f"{shown(guess.label, LONGEST)} {guess.probability:.0%}"
        wide, high = (round(side) + 4 * line for side in draw.textbbox((0, 0), text, font)[2:])
        x, y = _free(left, top - high, (wide, high), image.size, taken)
        taken.append((x, y, x + wide, y + high))
        colour = class_colour(guess.index)
        draw.rectangle(taken[-1], fill=colour)
        draw.text((x + 2 * line, y + 2 * line), text, fill=text_on(colour), font=font)
    return np.asarray(image)


def _veiled(pixels: NDArray[np.uint8], found: Sequence[Guess], size: tuple[int, int]) -> NDArray[np.uint8]:
    """The picture with the masks in it, the surest on top."""
    masked = [guess for guess in reversed(found) if guess.mask is not None and guess.box is not None]
    if not masked:
        return pixels
    veiled, (high, wide, _) = pixels.astype(np.float32), pixels.shape
    scale = np.array((wide, high) * 2) / np.array(size * 2)
    for guess in masked:
        left, top, right, bottom = (np.array(guess.box) * scale).tolist()
        there = taken(guess.mask, (left, top, right, bottom), (wide, high))  # type: ignore[arg-type]
        veiled[there] += VEIL * (np.array(class_colour(guess.index), np.float32) - veiled[there])
    return veiled.round().astype(np.uint8)


def _draw_points(draw: ImageDraw.ImageDraw, guess: Guess, scale: tuple[float, float], line: int) -> None:
    """Landmarks, and lines between those that COCO joins; those that the network is not sure of are rings without."""
    points = [(x * scale[0], y * scale[1]) for x, y in guess.points]
    sure = sure_ones(len(points), guess.sure)
    for grown, tone in ((line, (0, 0, 0)), (0, class_colour(guess.index))):
        for one, other in limbs(len(points)):
            if sure[one] and sure[other]:
                draw.line((points[one], points[other]), tone, line + 2 * grown)
        for (x, y), filled in zip(points, sure, strict=True):
            radius = (1.5 if filled else 2.5) * line + grown
            place = (x - radius, y - radius, x + radius, y + radius)
            if filled:
                draw.ellipse(place, tone)
            else:
                draw.ellipse(place, outline=tone, width=line + 2 * grown)


def _free(left: int, top: int, plate: tuple[int, int], size: tuple[int, int], taken: list[Place]) -> tuple[int, int]:
    """Where a plate (width, height) lies in a picture of this size: here, or further down where others are."""
    x, first = (min(max(at, 0), max(whole - side, 0)) for at, whole, side in zip((left, top), size, plate, strict=True))
    y = first
    while under := [other for other in taken if _meet((x, y, x + plate[0], y + plate[1]), other)]:
        y = max(other[3] for other in under)
        if y + plate[1] > size[1]:
            return x, first
    return x, y


def _meet(one: Place, other: Place) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def check(path: str | Path, replace: bool) -> None:
    """Raise Refusal where no picture can be written to this path."""
    if Path(path).suffix.lower() not in KINDS:
        raise Refusal(refusal(path, "is no name of a picture", f"let it end in {', '.join(KINDS)}"))
    check_free(path, replace)


def check_free(path: str | Path, replace: bool) -> None:
    """Raise AlreadyThere where a file or a folder would be written over."""
    if Path(path).exists() and not replace:
        raise AlreadyThere(refusal(path, "is there already", "choose another name, or take it away"))


def in_proportion(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) that was stretched to another one's Input, with the proportions of `size` (width, height)
    again; its longer side stays. One that is within 2 % of them stays as it is."""
    height, width = pixels.shape[:2]
    longest = max(height, width)
    wide, high = (max(1, round(side * longest / max(size))) for side in size)
    if abs(wide - width) <= 0.02 * longest and abs(high - height) <= 0.02 * longest:
        return pixels
    return np.asarray(Image.fromarray(pixels).resize((wide, high), Image.Resampling.LANCZOS))


def mixed(painted: NDArray[np.uint8], photo: NDArray[np.uint8], share: float) -> NDArray[np.uint8]:
    """So much of a painted picture (H, W, 3), from 0 to 1, over the photo it was made of, which is made as large."""
    height, width = painted.shape[:2]
    below = Image.fromarray(photo)
    if below.size != (width, height):
        below = below.resize((width, height), Image.Resampling.LANCZOS)
    return np.asarray(Image.blend(below, Image.fromarray(painted), share))


def write(path: str | Path, pixels: NDArray[np.uint8]) -> None:
    """Write a picture as its name ends. Raises CannotSave."""
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, KINDS[Path(path).suffix.lower()], quality=QUALITY)
    with replacing(path, data.getbuffer().nbytes) as file:
        file.write(data.getbuffer())


def _inside(box: NDArray[np.float64], size: tuple[int, int], line: int) -> Place:
    """A box's sides as whole pixels, those beyond the picture just outside of it."""
    limits = np.array(size * 2) + 3 * line
    left, top, right, bottom = np.rint(np.clip(box, -3 * line, limits)).astype(int).tolist()
    return left, top, max(left, right), max(top, bottom)
