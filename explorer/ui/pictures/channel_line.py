"""What one channel's numbers are like, in a line of words beside a small histogram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QWidget

from explorer.maths.records import FeatureMaps
from explorer.ui.controls.histogram import Histogram
from explorer.ui.controls.labels import Text
from explorer.ui.controls.words import figure, share_in_words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from explorer.ui.controls.histogram_window import HistogramWindow

HARD_SPACE = "\u00a0"
"""Where a line must not break."""


class ChannelLine(QWidget):
    """Least, mean and greatest number of a channel, its part of zeros, and how its numbers are spread."""

    def __init__(self) -> None:
        super().__init__()
        self.statistics = Text()
        self.histogram = Histogram()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.histogram, 1)
        row.addWidget(self.statistics, 2)
        self.spread: HistogramWindow | None = None
        self._told: tuple[str, NDArray[np.float32] | None] = ("", None)

    def show_channel(self, maps: FeatureMaps | None, channel: int | None, why: str = "") -> None:
        """Tell of another channel, or of none; `why` there are no maps at all."""
        if maps is None:
            self._told = why, None
        elif channel is None:
            self._told = f"{maps.node} · all channels", maps.values
        else:
            self._told = f"{maps.node} · channel {channel}", maps.values[channel]
        self._follow()
        self.setVisible(maps is not None and channel is not None)
        if maps is None or channel is None:
            return
        numbers, known = maps.values[channel], maps.statistics
        self.histogram.show_numbers(numbers)
        said = [
            f"channel {channel}:",
            f"min {figure(known.least[channel])} ·",
            f"mean {figure(known.mean[channel])} ·",
            f"max {figure(known.most[channel])} ·",
            f"{share_in_words(float(known.zeros[channel]) / numbers.size)} zeros",
        ]
        if known.broken[channel]:
            said += [f"· {known.broken[channel]:,} NaN or infinite"]
        self.statistics.say(" ".join(part.replace(" ", HARD_SPACE) for part in said))
        self.histogram.setAccessibleName(" ".join(said))

    def open_window(self) -> HistogramWindow:
        """Show the histogram large: of the channel, or without one of all; the window follows."""
        if self.spread is None:
            from explorer.ui.controls.histogram_window import (
                HistogramWindow,  # nobody waits for it when the program starts
            )

            self.spread = HistogramWindow(self)
        self.spread.show()
        self.spread.raise_()
        self._follow()
        return self.spread

    def _follow(self) -> None:
        if self.spread is not None and not self.spread.isHidden():
            self.spread.show_numbers(*self._told)
