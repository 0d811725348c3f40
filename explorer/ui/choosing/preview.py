"""What the file that is chosen seems to be, beside the list: a picture in small, a network's format and size."""

from __future__ import annotations

import os

import numpy as np
from PySide6.QtCore import QEvent, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.maths.records import Glimpsed
from explorer.maths.sentences import shortened
from explorer.ui.theme import GRID
from explorer.workspace.glimpses import glimpses

SIDE = 24 * GRID
"""Pixels of the place for a picture, where words are not larger than usual."""
LONGEST = 2 * SIDE
"""Pixels of the longer side of a picture: sharp on a screen at 200 %."""
KEEP = Qt.AspectRatioMode.KeepAspectRatio
RESTING = 120
"""Milliseconds that one stays on a file before it is looked at: who walks through a list wants only the last."""


class Said(QLabel):
    """A sentence; without one it takes no room. Labels of `controls` stand above what asks for files."""

    def __init__(self, text: str = "", role: QPalette.ColorRole = QPalette.ColorRole.WindowText) -> None:
        super().__init__(textFormat=Qt.TextFormat.PlainText, wordWrap=True)
        self.setForegroundRole(role)
        self.setMinimumWidth(1)
        self.say(text)

    def say(self, text: str) -> None:
        """Show a text."""
        self.setText(text)
        if self.parentWidget() is not None or not text:  # without one it would be a window of its own
            self.setVisible(bool(text))


class Small(QWidget):
    """A picture, as large as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self.image = QImage()
        self.setFixedHeight(SIDE)
        self.setAccessibleName("The picture in small")

    def show_image(self, image: QImage) -> None:
        """Show another one; nothing where it is empty."""
        self.image = image
        if not image.isNull():
            room = QSize(max(self.width(), SIDE), SIDE)
            self.setFixedHeight(min(image.height(), image.size().scaled(room, KEEP).height()))
        self.setVisible(not image.isNull())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.image.isNull():
            return
        size = self.image.size()
        if size.width() > self.width() or size.height() > self.height():
            size = size.scaled(self.size(), KEEP)
        place = self.rect()
        place.setSize(size)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self.image)


class Preview(QWidget):
    """Asks the worker about the file that one stays on; says nothing till it answers."""

    def __init__(self) -> None:
        super().__init__()
        self._path = ""
        self._soon = QTimer(self, singleShot=True, interval=RESTING)
        self._soon.timeout.connect(self._ask)
        self.picture, self.name, self.what = Small(), Said(), Said()
        self.facts = Said(role=QPalette.ColorRole.PlaceholderText)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        for part in (self.picture, self.name, self.what, self.facts):
            column.addWidget(part)
        column.addStretch(1)
        self.setAccessibleName("What the file seems to be")
        self._embolden()
        self._clear()

    def sizeHint(self) -> QSize:
        return QSize(SIDE, SIDE)

    def look(self, path: str) -> None:
        """Tell of another file, "" for none. What is on its way about the one before is not shown; it is not stopped,
        for a worker that is long at something else would be ended for that."""
        if path == self._path:
            return
        self._path = path
        self._clear()
        if path:
            self._soon.start()
        else:
            self._soon.stop()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._embolden()

    def _ask(self) -> None:
        path = self._path
        glimpses().look(path, LONGEST, lambda found: self._show(path, found))

    def _show(self, path: str, found: Glimpsed) -> None:
        if path != self._path:
            return
        self.name.say(_breakable(shortened(os.path.basename(path), 160)))
        self.what.say(_sentence(found.what))
        self.facts.say("\n".join(_sentence(fact) for fact in found.facts))
        if found.picture is not None:
            pixels = np.ascontiguousarray(found.picture.pixels)
            height, width = pixels.shape[:2]
            image = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888)
            self.picture.show_image(image.copy())

    def _clear(self) -> None:
        self.picture.show_image(QImage())
        for words in (self.name, self.what, self.facts):
            words.say("")

    def _embolden(self) -> None:
        font = self.font()
        font.setBold(True)
        if self.name.font() != font:
            self.name.setFont(font)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _breakable(name: str) -> str:
    """A long name may break behind what joins its words: it has no spaces."""
    for sign in "_-.":
        name = name.replace(sign, sign + "\u200b")
    return name
