"""A width that belongs to words: what is as wide as its forms need grows with the theme's letters."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from explorer.ui import theme


class WordWidth(QObject):
    """Keeps a widget as many pixels wide as it needs for words of the usual size, and more for larger ones."""

    def __init__(self, widget: QWidget, width: int) -> None:
        super().__init__(widget)
        self._widget, self._width = widget, width
        widget.installEventFilter(self)
        self._fit()

    def _fit(self) -> None:
        self._widget.setFixedWidth(round(self._width * theme.current().larger))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.PaletteChange:
            self._fit()
        return False
