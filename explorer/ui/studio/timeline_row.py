"""The timeline with its branches."""

from __future__ import annotations

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from explorer.ui.controls.lab import lab_button
from explorer.ui.controls.labels import Text
from explorer.ui.destinations import export
from explorer.ui.studio.picture_sheet import picture_sheet
from explorer.ui.studio.small_images import thumbnail
from explorer.ui.studio.timeline_strip import TimelineStrip
from explorer.ui.theme import GRID
from explorer.workspace.exports import write_image
from explorer.workspace.style_studio import StyleStudio

MOST, SIDE = 6, 384
"""Moments in an exported row, and pixels of the longer side of each."""


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
        self.export = lab_button(
            "Row…", "Write moments from the first to the last in a row, as PNG", self._choose_export
        )
        self.export.setAccessibleName("Export moments in a row")
        self.problem = Text(role="problem", size="small")
        self.strip.chosen.connect(studio.look)
        self.branches.activated.connect(studio.switch)
        ends = QHBoxLayout()
        ends.setSpacing(GRID // 2)
        ends.addWidget(self.rewind)
        ends.addWidget(self.newest)
        ends.addWidget(self.export)
        side = QVBoxLayout()
        side.setSpacing(GRID // 2)
        side.addWidget(self.branches)
        side.addLayout(ends)
        side.addWidget(self.problem)
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

    def export_png(self, path: str) -> None:
        """Write moments that lie evenly between the first and the last, with their steps. Raises Refusal."""
        moments = self._studio.timeline.now.moments
        count = min(MOST, len(moments))
        places = sorted({round(i * (len(moments) - 1) / max(1, count - 1)) for i in range(count)})
        chosen = [moments[place] for place in places]
        write_image(path, picture_sheet([(f"step {one.step:,}", thumbnail(one.picture, SIDE)) for one in chosen]))

    def _choose_export(self) -> None:
        _, problem = export(self, "Export moments", "moments", "Pictures", (".png",), self.export_png)
        self.problem.say(problem)

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
        self.export.setEnabled(bool(line.now.moments))


def _named(number: int, parent: int, at: int) -> str:
    return f"Branch {number + 1}" + (f", off {parent + 1} at step {at:,}" if parent >= 0 else "")
