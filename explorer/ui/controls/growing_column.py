"""A column of numbers that is read from the last row of a lecture hall: as large as its room allows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, cast

from PySide6.QtGui import QResizeEvent

from explorer.ui.controls.scroll_column import ScrollColumn

SIZES = (2.0, 1.75, 1.5, 1.375, 1.25, 1.125, 1.0)
"""By how much words may be larger than the theme has them."""
EMPTY = 0.5
"""The part of the room from which on, where it is empty, larger words are tried again: numbers that get shorter and
longer while one drags must not make everything jump."""


class Growing(Protocol):
    """A part that can be larger than the theme has it."""

    def grow(self, larger: float) -> None:
        """Be drawn so many times as large as the theme has it."""

    def needs(self) -> int:
        """Pixels of width below which it is cut."""


class GrowingColumn(ScrollColumn):
    """Its texts, tables and formulas get larger together where there is room; what one types into stays as it is.

    It shrinks before it scrolls, and grows again where it gets another size or half of it is empty.
    """

    larger = 1.0
    """How many times as large as the theme has them its words are."""

    def _fit(self) -> None:
        if not self._changing:
            for part in self._parts():
                part.grow(self.larger)  # one that was hidden till now, or has another row
        super()._fit()
        if self._changing or self.width() <= self._bar:
            return
        if not self._fits():
            self._choose([size for size in SIZES if size < self.larger])
        elif self.larger < SIZES[0] and self._high() < (1 - EMPTY) * self.height():
            self._choose(SIZES)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._fits() and self.larger < SIZES[0]:
            self._choose(SIZES)

    def _choose(self, sizes: Iterable[float]) -> None:
        """Take the first of these sizes that fits, or the last."""
        self._changing = True  # each size would be laid out
        try:
            for size in sizes:
                self.larger = size
                for part in self._parts():
                    part.grow(size)
                if self._fits():
                    break
        finally:
            self._changing = False
        super()._fit()

    def _parts(self) -> list[Growing]:
        items = [self.column.itemAt(place) for place in range(self.column.count())]
        parts = [part for item in items if item is not None and (part := item.widget()) is not None]
        return [cast(Growing, part) for part in parts if hasattr(part, "grow") and not part.isHidden()]

    def _high(self) -> int:
        return self.column.totalHeightForWidth(self.width() - self._bar)

    def _fits(self) -> bool:
        room = self.width() - self._bar
        return self._high() <= self.height() and all(part.needs() <= room for part in self._parts())
