"""Non-maximum suppression to go through: where it is in words, and a table of the overlaps."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from explorer.maths.head_records import Heads
from explorer.ui.controls.labels import Text
from explorer.ui.controls.sign_button import sign_button
from explorer.ui.controls.words import counted, share_in_words
from explorer.ui.pictures.sum_view import SPEEDS
from explorer.ui.pictures.suppression_drawing import DRAWN
from explorer.ui.tables.bar_rows import BarList, Row, nothing
from explorer.ui.theme import GRID
from explorer.workspace.behind_boxes import BehindBoxes

STEP_KEYS = "Space plays, Left and Right step, Home and End go to either end."


class StepsPage(QWidget):
    """It stands still until somebody plays it."""

    rival_picked = Signal(int)  # which of the boxes that are compared with the best is looked at

    def __init__(self, behind: BehindBoxes) -> None:
        super().__init__()
        self._behind = behind
        self._classes: tuple[int, ...] | None = None
        self._clock = QTimer(self, interval=SPEEDS["Normal"])
        self._clock.timeout.connect(self._play_on)
        go = self.go
        self.start = sign_button("|◀", "From the beginning (Home)", lambda: go(0))
        self.before = sign_button("◀", "One step back (Left)", lambda: go(behind.step - 1))
        self.play = sign_button("▶", "Play (Space)", self.toggle)
        self.next = sign_button("▷", "One step on (Right)", lambda: go(behind.step + 1))
        self.end = sign_button("▶|", "To the end (End)", lambda: go(self.last))
        self.speed = QComboBox()
        self.speed.addItems(list(SPEEDS))
        self.speed.setCurrentText("Normal")
        self.speed.setAccessibleName("Speed")
        self.speed.currentTextChanged.connect(lambda name: self._clock.setInterval(SPEEDS[name]))
        self.classes = QComboBox()
        self.classes.setAccessibleName("Go to a class")
        self.classes.setToolTip("Go to where the boxes of a class have their turn")
        self.classes.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.classes.setMinimumContentsLength(8)
        self.classes.activated.connect(self._go_to_class)
        self.said, self.count = Text(), Text(role="dim", size="small", wrap=False)
        self.count.setToolTip(STEP_KEYS)
        self.few = Text(role="dim", size="small")
        self.table = BarList("Boxes and their overlap with the one that is picked")
        tools = QHBoxLayout()
        tools.setSpacing(0)
        for widget in (self.start, self.before, self.play, self.next, self.end, self.speed):
            tools.addWidget(widget)
        tools.addStretch(1)
        where = QHBoxLayout()
        where.addWidget(self.count, 1)
        where.addWidget(self.classes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(tools)
        column.addLayout(where)
        column.addWidget(self.few)
        column.addWidget(self.said)
        column.addWidget(self.table, 1)
        self.setAccessibleDescription(STEP_KEYS)
        self.table.picked.connect(self.rival_picked)

    @property
    def playing(self) -> bool:
        """Whether it goes on by itself."""
        return self._clock.isActive()

    @property
    def last(self) -> int:
        """The number of the last step."""
        return len(self._behind.steps) - 1 if self._behind.steps is not None else 0

    def go(self, step: int) -> None:
        """Stop, and show the state after so many steps."""
        self.pause()
        self._show_step(step)

    def toggle(self) -> None:
        """Play the steps, or stop there; at the end begin anew."""
        if self.playing:
            self.pause()
        elif self._behind.steps is not None:
            if self._behind.step == self.last:
                self._show_step(0)
            self._clock.start()
            self.play.setText("❚❚")

    def pause(self) -> None:
        """Stop where it is."""
        self._clock.stop()
        self.play.setText("▶")

    def _play_on(self) -> None:
        self._show_step(self._behind.step + 1)
        if self._behind.step == self.last:
            self.pause()

    def _show_step(self, step: int) -> None:
        self._behind.go(step)

    def _go_to_class(self, row: int) -> None:
        if self._behind.steps is not None:
            self.go(self._behind.steps.of_class(self.classes.itemData(row)))

    def show_steps(self) -> None:
        """Show where the suppression is now."""
        behind, heads = self._behind, self._behind.heads
        steps = behind.steps
        if steps is None or heads is None:
            self.pause()
            self.count.say("")
            self.few.say("")
            self.said.say("Open a picture that a detector finds something in.")
            self.table.show_rows(0, nothing, None)
            return
        from explorer.maths.suppression_steps import BELOW, KEPT, WAITING

        state, found = steps.state(behind.step), steps.found
        self.count.say(f"Step {behind.step + 1:,} of {len(steps):,}")
        self.few.say(f"Of each kind the best {DRAWN} are drawn." if len(found) > DRAWN else "")
        self._offer(heads, tuple(dict.fromkeys(found.classes[found.scores > steps.least].tolist())))

        def name(number: int) -> str:
            return f"{heads.label(int(found.classes[number]))} {share_in_words(float(found.scores[number]))}"

        measure = behind.limits.suppression
        goes = int(state.goes.sum())
        above = int((state.fates != BELOW).sum())
        best = name(state.best) if state.best >= 0 else ""
        self.said.say(
            {
                "all": f"{counted(len(found), 'box')} score above {min(behind.floor, steps.least):g}: all wait.",
                "threshold": f"Threshold: {above:,} of {len(found):,} score above {steps.least:g}. The others are out.",
                "pick": f"Pick the best of its class that is left: {best}. It stays.",
                "measure": f"Compute the {measure} of {best} with the {len(state.rivals):,} others of its class.",
                "suppress": f"Suppress those above {steps.limit:g}: {goes:,} of {len(state.rivals):,} go.",
                "done": f"Done: {int((state.fates == KEPT).sum()):,} stay.",
            }[state.act]
        )
        if state.best < 0:
            fates = {WAITING: "waits", BELOW: "out", KEPT: "stays"}
            self.table.show_rows(
                len(found), lambda i: Row(name(i), fates.get(int(state.fates[i]), "suppressed")), _shown(behind)
            )
            return

        low = -1.0 if measure == "DIoU" else 0.0

        def rival(row: int) -> Row:
            number = int(state.rivals[row])
            if not len(state.overlaps):
                return Row(name(number), "waits")
            overlap = float(state.overlaps[row])
            out = state.act == "suppress" and bool(state.goes[row])
            figure = f"{overlap:.3f}".replace("-", "−")
            words = f"{figure} > {steps.limit:g}" if state.goes[row] else figure
            return Row(name(number), words, "", overlap, "", out, low, steps.limit)

        self.table.show_rows(len(state.rivals), rival, _shown(behind))

    def _offer(self, heads: Heads, kinds: tuple[int, ...]) -> None:
        if kinds != self._classes:
            self._classes = kinds
            self.classes.clear()
            for kind in kinds:
                self.classes.addItem(heads.label(kind), kind)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.take_key(event.key()):
            super().keyPressEvent(event)

    def take_key(self, key: int) -> bool:
        """Do what a key is for; False where it is for nothing here."""
        step = self._behind.step
        steps = {
            Qt.Key.Key_Left: step - 1, Qt.Key.Key_Right: step + 1, Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.last,
        }  # fmt: skip
        if key == Qt.Key.Key_Space:
            self.toggle()
        elif Qt.Key(key) in steps:
            self.go(steps[Qt.Key(key)])
        else:
            return False
        return True


def _shown(behind: BehindBoxes) -> tuple[int, int]:
    return id(behind.steps), behind.step
