"""Behind a detector's boxes: the heads of the frame that is looked at, the picked box, the suppression's steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from explorer.layers.detection import Proposals, Yolo
from explorer.layers.regions import AnchorHead
from explorer.maths.box_records import Limits, Spot, Thresholds
from explorer.maths.head_records import Heads
from explorer.maths.records import Guess, Picture, Prediction
from explorer.workspace.session import Session
from explorer.workspace.thresholding import chosen, raw_boxes

if TYPE_CHECKING:  # the window is on the screen sooner without numpy
    from explorer.maths.heads import RawBoxes
    from explorer.maths.suppression_steps import Steps

FLOOR = 0.01
"""The score from which on raw boxes are shown at first."""


class BehindBoxes(QObject):
    """Follows the session's picture and prediction while somebody looks, or holds a frame while a video plays on.

    Nothing here is asked of the worker: everything is computed from the heads that came with the prediction.
    """

    changed = Signal()  # other heads or boxes, or another picture
    picked = Signal()  # another box or cell, or another class of it
    stepped = Signal()  # another step of the suppression

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.picture: Picture | None = None
        self.prediction: Prediction | None = None
        self.spot: Spot | None = None
        self.index = 0  # the class whose score is told of the picked box
        self.floor = FLOOR
        self.step = 0
        self.held = False
        self._watched = False
        self._steps: Steps | None = None
        session.prediction_changed.connect(lambda _: self._follow())
        session.frame_changed.connect(self._take_frame)
        session.picture_changed.connect(self._take_frame)
        session.thresholds_changed.connect(self._choose_again)
        session.opened.connect(lambda _: self._let_go())

    @property
    def awaited(self) -> bool:
        """Whether the network has heads, and has not looked at the picture yet."""
        return self._session.prediction is None and self._has(Yolo, AnchorHead)

    @property
    def cascades(self) -> bool:
        """Whether networks run one after the other, each on what the last one left; no heads are kept."""
        return self._has(Proposals)

    def _has(self, *kinds: type) -> bool:
        nodes = self._session.document.project.network.nodes.values()
        return any(isinstance(node.layer, kinds) for node in nodes)

    @property
    def heads(self) -> Heads | None:
        """What the heads put out, None where there are none."""
        return self.prediction.heads if self.prediction else None

    @property
    def raw(self) -> RawBoxes | None:
        """All boxes of the heads."""
        return raw_boxes(self.heads) if self.heads is not None else None

    @property
    def limits(self) -> Limits:
        """Where boxes count from now."""
        if self.prediction is None or self.prediction.heads is None:
            return Limits()
        return self.prediction.heads.filled(self.prediction.thresholds)

    @property
    def guesses(self) -> tuple[Guess, ...]:
        """The boxes that count."""
        return self.prediction.top if self.prediction else ()

    def watch(self, watched: bool) -> None:
        """Somebody looks, or nobody does any more."""
        before, self._watched = self._watched, watched
        if watched and not before and not self.held:
            self.picture = self._session.picture
            self._follow()

    def hold(self, on: bool) -> None:
        """Keep this frame while a video plays on, or follow again."""
        self.held = on
        if not on:
            self.picture = self._session.picture
            self._follow()

    def _let_go(self) -> None:
        """Another network is shown: a box that was picked in the last one's heads is none of its own."""
        self.spot, self.index = None, 0
        self.hold(False)

    # The picked box

    def pick(self, spot: Spot | None, index: int | None = None) -> None:
        """Look at one box of the heads, and at the chance of a class there, the likeliest one for None."""
        if spot is not None and self.raw is not None:
            kinds, _ = self.raw.best
            index = int(kinds[self.raw.place(spot)]) if index is None else index
        if (spot, index or 0) != (self.spot, self.index):
            self.spot, self.index = spot, index or 0
            self.picked.emit()

    def pick_guess(self, number: int) -> None:
        """Look at one of the boxes that count."""
        if self.raw is not None and 0 <= number < len(self.guesses):
            guess = self.guesses[number]
            self.pick(self.raw.spot(guess.place), guess.index)

    def pick_next(self, way: int) -> None:
        """Look at the next of the boxes that count, or at the one before; behind the last comes the first."""
        before = self.guess if self.guess >= 0 or way > 0 else 0
        self.pick_guess((before + way) % len(self.guesses))

    @property
    def guess(self) -> int:
        """Which of the boxes that count is picked, −1 for none."""
        if self.raw is None or self.spot is None:
            return -1
        place = self.raw.place(self.spot)
        return next((i for i, one in enumerate(self.guesses) if (one.place, one.index) == (place, self.index)), -1)

    def pick_cell(self, head: int, row: int, column: int, anchor: int | None) -> None:
        """Look at the box of an anchor in a cell; for None at the one that is the surest."""
        if self.heads is None or self.raw is None:
            return
        there = self.raw.grids[head].objectness[:, row, column]
        self.pick(Spot(head, int(there.argmax()) if anchor is None else anchor, row, column))

    def raw_at(self, x: float, y: float) -> Spot | None:
        """Of the raw boxes that are shown, the smallest around a point of the picture; None where there is none."""
        raw = self.raw
        if raw is None:
            return None
        left, top, right, bottom = raw.boxes.T
        _, scores = raw.best
        inside = ((left <= x) & (x < right) & (top <= y) & (y < bottom) & (scores > self.floor)).nonzero()[0]
        sizes = (right - left)[inside] * (bottom - top)[inside]
        return raw.spot(int(inside[sizes.argmin()])) if len(inside) else None

    # Suppression, step by step

    def set_floor(self, floor: float) -> None:
        """Show raw boxes from another score on; the steps begin with these."""
        if floor != self.floor:
            self.floor = floor
            self._begin()
            self.changed.emit()

    @property
    def steps(self) -> Steps | None:
        """The steps from the raw boxes that are shown to those that count."""
        if self._steps is None and self.raw is not None and self.prediction is not None:
            from explorer.maths.suppression import measured
            from explorer.maths.suppression_steps import Steps

            limits, hidden = self.limits, self.prediction.thresholds.hidden
            found = self.raw.candidates(Thresholds(min(self.floor, limits.least), hidden=hidden))
            self._steps = Steps(found, limits.least, limits.overlap, measured(limits))
            self.step = min(self.step, len(self._steps) - 1)
        return self._steps

    def go(self, step: int) -> None:
        """Show the suppression after so many steps."""
        if self.steps is not None:
            self.step = max(0, min(step, len(self.steps) - 1))
            self.stepped.emit()

    # What happens

    def _begin(self) -> None:
        self._steps = None

    def _take_frame(self, picture: Picture | None) -> None:
        if self._watched and not self.held:
            self.picture, self.prediction = picture, None  # what was found was in another picture
            self._begin()
            if not self._session.live:  # the prediction of a frame follows in the same turn of the event loop
                self.changed.emit()

    def _choose_again(self, thresholds: Thresholds) -> None:
        if self.held and self.prediction is not None:
            self._show(chosen(self.prediction, thresholds))

    def _follow(self) -> None:
        if self._watched and not self.held:
            self.picture = self._session.picture
            self._show(self._session.prediction)

    def _show(self, prediction: Prediction | None) -> None:
        self.prediction = prediction
        self._begin()
        spot, heads = self.spot, self.heads
        if spot is not None and heads is not None and not _holds(heads, spot, self.index):
            self.spot, self.index = None, 0
        self.changed.emit()


def _holds(heads: Heads, spot: Spot, index: int) -> bool:
    """Whether there is such a box, and its head knows of such a class."""
    if spot.head >= len(heads.heads):
        return False
    head = heads.heads[spot.head]
    rows, columns = head.cells
    return spot.anchor < head.slots and spot.row < rows and spot.column < columns and index < (head.classes or 1)
