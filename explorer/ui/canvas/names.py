"""Long names of layers and groups where there is little room."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetricsF


def in_room(name: str, measure: QFontMetricsF, room: float) -> str:
    """A name as it is where it fits into so many pixels; else its last parts, `…denseblock1`, as many as fit, for it
    begins with the names of the groups around it; else its two ends."""
    if measure.horizontalAdvance(name) <= room:
        return name
    for at in (at for at, letter in enumerate(name) if letter == "."):
        if measure.horizontalAdvance(last := f"…{name[at + 1 :]}") <= room and not last[1:].isdecimal():
            return last
    return measure.elidedText(name, Qt.TextElideMode.ElideMiddle, room)
