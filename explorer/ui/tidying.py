"""When Python looks for garbage in loops, and memory goes back: here, and through everything while nobody works."""

from __future__ import annotations

import gc
import time

from PySide6.QtCore import QObject, QTimer

from explorer.ui.controls.following import shared_turns
from explorer.ui.spare import RESTING, Spare
from explorer.workspace.memory import give_back_memory
from explorer.workspace.own_turn import soon
from explorer.workspace.session import Session

OFTEN = 250
"""Milliseconds after which what is young is looked through: a second of work makes so much that it took 7 ms."""
SLOWLY = 16_000
"""The same in a window that rests, by and by: each time that little was made, twice as long as before, for a timer that
goes off four times a second keeps a processor from its sleep."""
PAUSE = 2000
"""Milliseconds in which nothing has happened."""
DUE = 10
"""Collections of what is newer, after which Python by itself would go through everything; a pause is waited for."""
AT_LAST = 200
"""… and after which none is."""
MUCH = 15_000
"""Values that outlived the first look, some 3 ms to look through once more; there should not be ten times as many."""
AWAY = 60_000
"""Milliseconds in which nothing has happened, after which the user is taken to be elsewhere."""
EARLY = 0.9
"""Qt's long timers go off up to a twentieth too soon."""
SELDOM = 10.0
"""Seconds between two times that freed memory is given back: pictures of many sizes do not fit each other's places."""
OVERDUE = 15.0
"""Seconds after which, where there is work, no pause is waited for, as a video leaves none: ten megabytes take a
millisecond, and what glibc keeps at the end of the heap, 64 of them by its rule, grew for as long as there was none."""


class Tidying(QObject):
    """Looks for it in place of Python, which would do so in any thread, amid whatever makes one object too many there:
    also in the one that hears the worker, and some of what it takes apart is Qt's, for which only this thread is right.

    What is young is looked through each second, and everything in pauses: the facts behind a hundred edits of a large
    network take 20 ms, a frame and more. What the window and open networks are made of is out of sight (`gc.freeze`),
    and with it what belonged to those that were closed since: that is looked through when the user is away, for it
    takes a tenth of a second and cannot be interrupted.
    """

    def __init__(self, session: Session, parent: QObject, spare: Spare) -> None:
        super().__init__(parent)
        self._spare = spare
        gc.disable()
        self.often = QTimer(self, interval=OFTEN)
        self.often.timeout.connect(lambda: soon(self, self._tidy_young))
        self.often.start()
        spare.woken.connect(self._hurry)
        self._changed = False  # since what is young was looked through
        shared_turns(session.document).made.connect(tidy_young)  # what follows an edit makes thousands of values
        self.pause = QTimer(self, singleShot=True, interval=PAUSE)
        self.pause.timeout.connect(self._tidy)
        self.away = QTimer(self, singleShot=True, interval=AWAY)
        self.away.timeout.connect(self._tidy_all)
        self._gave, self._used = time.monotonic(), False  # when memory went back, and whether there was work since
        self._more_hidden = False
        session.opened.connect(self.hide)
        for signal in (
            session.document.changed, session.selection_changed, session.maps_changed, session.prediction_changed,
            session.frame_changed, session.place_changed, session.cell_changed,
        ):  # fmt: skip
            signal.connect(self._wait)

    def hide(self) -> None:
        """Put all there is out of the collector's sight; takes no time."""
        gc.freeze()
        self._more_hidden = True  # to ask how much it is takes 10 ms: Python counts it one by one

    def _tidy_young(self) -> None:
        """Python counts what is made less what is freed, whichever was made before: after a change the count may be
        low where there is much."""
        resting = self._spare.idle >= RESTING and not self._changed and gc.get_count()[0] < gc.get_threshold()[0]
        self._hurry(min(SLOWLY, 2 * self.often.interval()) if resting else OFTEN)
        tidy_young(unasked=self._changed)
        self._changed = False
        if self._used and time.monotonic() - self._gave > OVERDUE:
            self._give_back()

    def _hurry(self, interval: int = OFTEN) -> None:
        if interval != self.often.interval():
            self.often.start(interval)

    def _wait(self, _: object) -> None:
        self._changed = self._used = True
        self.pause.start()
        self.away.start()

    def _tidy(self) -> None:
        due, late = gc.get_count()[2] >= DUE, time.monotonic() - self._gave > SELDOM
        if not (due or late):
            return
        if not self._spare.now:
            self.pause.start()
            return
        if due:
            gc.collect()
        if late:
            self._give_back()

    def _give_back(self) -> None:
        self._gave, self._used = time.monotonic(), False
        give_back_memory()

    def _tidy_all(self) -> None:
        if not self._more_hidden:  # nothing was opened since
            return
        if self._spare.idle < EARLY * self.away.interval() / 1000:  # somebody reads, scrolls, looks around
            self.away.start()
            return
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self._more_hidden = False
        self._give_back()


def tidy_young(unasked: bool = False) -> None:
    """Look through what was made since, where that is as much as Python would wait for, or unasked; where much has
    outlived that, through what was made before; and at last through everything."""
    enough = gc.get_threshold()
    young, newer, older = gc.get_count()
    if young > enough[0] or unasked:
        much = newer > enough[1] or (newer > 1 and len(gc.get_objects(generation=1)) > MUCH)
        gc.collect(2 if older > AT_LAST else 1 if much else 0)
