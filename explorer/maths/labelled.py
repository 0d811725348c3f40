"""What people say is in pictures, and where: what a detector is held against."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.maths.boxes import Box


@dataclass(frozen=True)
class Labelled:
    """One thing in a picture. crowd: many in one box; difficult: hard to see. Whether either is found counts neither
    for nor against a detector. area: of its outline in square pixels, None for that of its box."""

    label: str
    box: Box
    crowd: bool = False
    difficult: bool = False
    area: float | None = None


@dataclass(frozen=True)
class LabelledPicture:
    """path: the picture's, as the labels have it, perhaps without its ending; size: its (width, height), None where
    the labels do not say. Boxes are in its pixels, without a size in shares of its width and height."""

    path: str
    things: tuple[Labelled, ...]
    size: tuple[int, int] | None = None


@dataclass(frozen=True)
class LabelSet:
    """names: of the classes, in the labels' order; problems: a sentence for each file with something that was left
    out."""

    pictures: tuple[LabelledPicture, ...]
    names: tuple[str, ...]
    problems: tuple[str, ...] = ()
