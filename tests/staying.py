"""A worker that outlives its windows: importing torch takes longer than most of what is tested with it."""

from __future__ import annotations

from PySide6.QtCore import SIGNAL

from explorer.engine.serve import Stop
from explorer.workspace.worker import LONG_PATIENCE
from tests.ready import ReadyWorker


class StayingWorker(ReadyWorker):
    """One process for many windows, one after the other."""

    def close(self) -> None:
        """A window is closed: its questions are forgotten, and nothing is told to it any more."""
        for lane in {job.lane for job in self._jobs.values()}:
            for number in self._forget(lane, LONG_PATIENCE):  # nobody pressed Stop, and the next story needs it alive
                self._outbox.put(Stop(number))
        for signal in ("state_changed(QString)", "died(QString)", "device_lost()", "not_kept(QString,QString)"):
            if self.receivers(SIGNAL(signal)):  # else closed already
                getattr(self, signal.partition("(")[0]).disconnect()

    def end(self) -> None:
        """End the process."""
        super().close()
