"""The timeline with its branches."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from explorer.ui.controls.lab import lab_button
from explorer.ui.studio.timeline_strip import TimelineStrip
from explorer.ui.theme import GRID
from explorer.workspace.style_studio import StyleStudio


class TimelineRow(QWidget):
    """The strip of moments, which branch it is, and the way back to the first moment."""

    def __init__(self, studio: StyleStudio) -> None:
        super().__init__()
        self._studio = studio
        self.strip = TimelineStrip()
        self.branches = QComboBox()
        self.branches.setAccessibleName("Branches")
        self.branches.setToolTip("What was made before: going on from an earlier moment begins a branch")
        self.branches.setMinimumContentsLength(18)
        self.branches.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.rewind = lab_button("Rewind", "Back to the first moment", lambda: self._look(0))
        self.newest = lab_button(
            "Newest", "To the last moment", lambda: self._look(len(studio.timeline.now.moments) - 1)
        )
        self.strip.chosen.connect(studio.look)
        self.branches.activated.connect(studio.switch)
        ends = QHBoxLayout()
        ends.setSpacing(GRID // 2)
        ends.addWidget(self.rewind)
        ends.addWidget(self.newest)
        side = QVBoxLayout()
        side.setSpacing(GRID // 2)
        side.addWidget(self.branches)
        side.addLayout(ends)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.strip, 1)
        row.addLayout(side)
        studio.grown.connect(self.follow)
        self.follow()

    def _look(self, place: int) -> None:
        self._studio.look(place)
        self.strip.setFocus()  # the button is through with it, and would leave the keys to nobody

    def follow(self) -> None:
        """Show the branch and the moment that are looked at."""
        line = self._studio.timeline
        self.strip.show_branch(line.now, line.place)
        names = [_named(number, branch.parent, branch.at) for number, branch in enumerate(line.branches)]
        if [self.branches.itemText(i) for i in range(self.branches.count())] != names:
            self.branches.clear()
            self.branches.addItems(names)
        self.branches.setCurrentIndex(line.branch)
        self.branches.setEnabled(len(names) > 1)
        self.rewind.setEnabled(line.place > 0)
        self.newest.setEnabled(not line.at_end)


def _named(number: int, parent: int, at: int) -> str:
    return f"Branch {number + 1}" + (f", off {parent + 1} at step {at:,}" if parent >= 0 else "")
