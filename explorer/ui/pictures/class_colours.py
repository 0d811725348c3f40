"""One colour for a class wherever its boxes are shown: told apart also by colour-blind eyes, changed by the user."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor, QIcon, QPixmap

from explorer.maths import class_colours as colours
from explorer.workspace.settings import Settings


class ClassColours(QObject):
    """The colours that the user chose, by the labels of classes."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._chosen = Settings().class_colours

    def of(self, index: int, label: str = "") -> QColor:
        """The colour of a class: the one chosen for its label, else that of its number."""
        chosen = QColor(self._chosen.get(label, ""))
        return chosen if chosen.isValid() else class_colour(index)

    def choose(self, label: str, colour: QColor | None) -> None:
        """Draw a class in another colour from now on; None is the one it has by itself."""
        self._chosen.pop(label, None)
        if colour is not None:
            self._chosen[label] = colour.name()
        Settings().class_colours = self._chosen
        self.changed.emit()


@lru_cache(maxsize=1)
def class_colours() -> ClassColours:
    """Those that all pictures and lists share."""
    return ClassColours()


def class_colour(index: int) -> QColor:
    """The colour a class has by itself."""
    return QColor(*colours.class_colour(index))


def text_on(colour: QColor) -> QColor:
    """Black or white, whichever is read better on a colour."""
    return QColor(*colours.text_on((colour.red(), colour.green(), colour.blue())))


def swatch(colour: QColor, size: int = 14) -> QIcon:
    """A square of a colour."""
    pixmap = QPixmap(size, size)
    pixmap.fill(colour)
    return QIcon(pixmap)
