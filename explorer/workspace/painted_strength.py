"""How strongly a network's painting is shown, from one day to the next: it is blended with the picture it was made of.

A network that was taught one style knows no weaker one. What it paints can be mixed with the photo, pixel by pixel,
after the pass: strength · painted + (1 − strength) · photo.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter

from explorer.workspace.settings import Settings

NAME = "painted strength"
ALL = 100
"""Percent: nothing of the photo is left."""


def remembered() -> int:
    """Percent that were chosen last."""
    chosen = Settings().choice(NAME)
    return min(int(chosen), ALL) if chosen.isdecimal() and len(chosen) < 4 else ALL


def remember(percent: int) -> None:
    """Show what is painted from now on so strongly."""
    Settings().set_choice(NAME, str(percent))


def fitted(photo: QImage, painted: QImage) -> QImage:
    """The photo as large as what was painted of it."""
    keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    return photo if photo.size() == painted.size() else photo.scaled(painted.size(), keep, smooth)


def blended(painted: QImage, photo: QImage, percent: int) -> QImage:
    """So many percent of what was painted over the photo, which is as large; either as it is at 100 and at 0."""
    if percent >= ALL or photo.isNull():
        return painted
    mixed = photo.copy()
    with QPainter(mixed) as painter:
        painter.setOpacity(percent / ALL)
        painter.drawImage(0, 0, painted)
    return mixed


def in_words(percent: int) -> str:
    """What is seen, "" where all is painted."""
    return f"{percent} % painted, {ALL - percent} % photo" if percent < ALL else ""
