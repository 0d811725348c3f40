"""The window's end of the worker process: asks, stops, and starts a new one where the old one died."""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from explorer.engine.serve import LOST, Ask, Done, Failed, Ready, Step, Stop, serve
from explorer.maths.sentences import sentence
from explorer.maths.shared_arrays import collect, lend, names, room, swept
from explorer.workspace.background import outlive
from explorer.workspace.own_turn import soon
from explorer.workspace.patience import LONG_PATIENCE, PATIENCE, Looks, Patience
from explorer.workspace.worker_words import CARD_LOST, DOWN, ENDED, KILLED, down

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

log = logging.getLogger(__name__)

STARTING = 30.0
"""Seconds more that a job has which was stopped while torch is imported: that takes longer than any patience."""
QUICK_DEATH = 10.0
"""Seconds: a worker that dies sooner, or before it was ready, three times in a row is not started again by itself."""


@dataclass(eq=False)
class Job:
    """A question, and what to do with its answers; called on the window's thread."""

    lane: str
    question: Any
    on_step: Callable[[Any], None]
    on_failed: Callable[[str], None]
    on_done: Callable[[], None]
    asked: int = 0  # times: a job that was not being answered when its worker ended is asked again, once


def _nothing() -> None:
    pass


class Worker(QObject):
    """Lanes of questions to one process that owns torch. Newest wins in each lane; late answers are dropped.

    What is asked before `start` waits for it.

    state: "starting", "ready", or "down" when it died too often to be started again by itself.
    """

    state_changed = Signal(str)
    died = Signal(str)  # a sentence; by then a new worker is on its way, unless the state is "down"
    not_kept = Signal(str, str)  # a lane, and a sentence: what was stopped there could not be brought to a good end
    device_lost = Signal()  # the graphics card stopped answering; comes before `died`
    _arrived = Signal(object, object)  # the connection it came from (None: that worker is gone), message

    def __init__(self, target: Callable[[Connection, Any], None] = serve) -> None:
        super().__init__()
        self._target, self._method = target, "spawn"  # a copy of this process would have Qt's locks without its threads
        self.state, self._down = "starting", DOWN
        self._jobs: dict[int, Job] = {}
        self._stopped: dict[int, tuple[Job, Patience]] = {}  # what should not run any more
        self._looks = Looks()
        self._number = 0
        self._current: Any = None
        self._process: Any = None
        self._thread: threading.Thread | None = None
        self._outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._closing = False
        self._deaths = 0
        self._killed = False
        self._inbox: deque[tuple[Any, Any]] = deque()
        self._arrived.connect(self._keep_for_later, Qt.ConnectionType.QueuedConnection)

    def start(self) -> None:
        """Start the process, once; it takes seconds to import torch, and meanwhile a core from whoever started it."""
        if self._thread is None:
            self._start()

    def ask(
        self,
        lane: str,
        question: Any,
        on_step: Callable[[Any], None],
        on_failed: Callable[[str], None],
        on_done: Callable[[], None] = _nothing,
    ) -> None:
        """Answer `question` in `lane`; what ran there delivers nothing more, and is killed if it does not stop."""
        if self.state == "down":
            on_failed(self._down)
            return
        self._forget(lane, LONG_PATIENCE)
        self._ask(Job(lane, question, on_step, on_failed, on_done))

    def _ask(self, job: Job) -> None:
        self._number += 1
        job.asked += 1
        self._jobs[self._number] = job
        self._outbox.put(Ask(self._number, job.lane, job.question))

    def stop(self, lane: str) -> None:
        """Stop what runs in `lane`; if it has not stopped in two seconds, the worker is killed."""
        for number in self._forget(lane, PATIENCE):
            self._outbox.put(Stop(number))

    def restart(self) -> None:
        """Start a new process after the worker went down."""
        if self.state == "down":
            self._deaths = 0
            self._start()

    def kill(self) -> None:
        """End the process at once; a new one is started."""
        if self._process is not None:
            self._killed = True
            self._process.kill()

    def close(self) -> None:
        """End the worker; call before the application ends. Returns within two seconds."""
        self._closing = True
        self._outbox.put(None)
        if self._thread is None:
            return
        self._thread.join(0.7)
        if self._thread.is_alive() and self._process is not None and self._process.pid:
            self._process.kill()
        self._thread.join(1)
        outlive(self, self._thread)

    def _forget(self, lane: str, patience: int) -> list[int]:
        if numbers := [number for number, job in self._jobs.items() if job.lane == lane]:
            with_it = Patience(patience, self._process.pid if self._process is not None else None)
            self._looks.expect(patience, self._lose_patience)
            self._stopped |= {number: (self._jobs.pop(number), with_it) for number in numbers}
        return numbers

    def _lose_patience(self) -> None:
        if self._looks.come_late():
            for _, patience in self._stopped.values():
                patience.begin_again()
        answered = self._answered()
        stopped = self._stopped.get(answered or next(iter(self._stopped), 0))  # 0: it hears nothing, or soon will
        if stopped is None or self._killed:
            return
        job, patience = stopped
        left = patience.left(answers=answered > 0)
        if left > 0:  # it waited for a processor, or Qt's timer was early: long ones are by up to a twentieth
            self._looks.expect(ceil(left * 1000), self._lose_patience)
        elif self.state == "starting" and (left > -STARTING or (not answered and patience.goes_on)):
            self._looks.expect(PATIENCE, self._lose_patience)
        else:
            log.warning("%s in lane %s did not stop: killing the worker", type(job.question).__name__, job.lane)
            self.kill()

    def _answered(self) -> int:
        """The job whose step is, or was last, being taken; 0 for none."""
        return self._current.value if self._current is not None else 0

    def _set_state(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self.state_changed.emit(state)

    # The thread that keeps one process: starting one blocks for 160 ms, ending one for 110 ms.

    def _start(self) -> None:
        self._set_state("starting")
        self._down = DOWN
        self._thread = threading.Thread(target=self._keep, args=(self._outbox,), name="worker-keeper", daemon=True)
        self._thread.start()

    def _keep(self, outbox: queue.SimpleQueue[Any]) -> None:
        try:
            import multiprocessing  # here, where nobody waits for it

            context: Any = multiprocessing.get_context(self._method)
            ours, theirs = context.Pipe()
            self._current = context.Value("q", 0, lock=False)
            ours_alone = room()
            process = context.Process(target=self._target, args=(theirs, self._current), name=ours_alone, daemon=True)
            self._process = process
            started = time.monotonic()
            process.start()
        except Exception as error:  # no memory, no more processes or files: told like a death, for something may wait
            log.exception("the worker cannot be started")
            self._down = down(error)
            self._arrived.emit(None, (None, 0.0))
            return
        theirs.close()  # so that its death is our EOF
        given = ours, outbox, names(ours_alone, "q")
        sender = threading.Thread(target=self._send, args=given, name="worker-sender", daemon=True)
        sender.start()
        try:
            while True:
                message = ours.recv()
                if isinstance(message, Step):
                    message = Step(message.number, collect(message.value))
                self._arrived.emit(ours, message)
        except (EOFError, OSError):
            pass
        except Exception:  # an answer that cannot be read: this worker is of no use any more
            log.exception("unreadable answer")
            process.kill()
        process.join(1)
        ours.close()
        outbox.put(None)
        sender.join(1)
        swept(ours_alone)  # what it had lent and not sent, or never read
        if not self._closing:
            self._arrived.emit(None, (process.exitcode, time.monotonic() - started))

    def _keep_for_later(self, connection: Connection | None, message: Any) -> None:
        self._inbox.append((connection, message))
        soon(self, self._take_one)

    def _take_one(self) -> None:
        """One message in a turn of the event loop: however many arrive, the window paints in between."""
        connection, message = self._inbox.popleft()
        if self._closing:
            return
        if connection is None:
            self._bury(*message)
        elif isinstance(message, Ready):
            self._set_state("ready")
        elif isinstance(message, Step):
            if job := self._jobs.get(message.number):
                job.on_step(message.value)
        elif isinstance(message, Failed) and not message.number:  # torch itself cannot be used
            log.error("the worker cannot get ready: %s", message.details)
            self._process.kill()
        elif isinstance(message, Done | Failed):
            stopped, _ = self._stopped.pop(message.number, (None, None))
            job = self._jobs.pop(message.number, None)
            if isinstance(message, Failed):
                level = logging.WARNING if message.details else logging.INFO
                log.log(level, "%s\n%s", message.sentence, message.details)
                if job:
                    job.on_failed(message.sentence)
                elif stopped and stopped.lane not in {other.lane for other in self._jobs.values()}:
                    self.not_kept.emit(stopped.lane, message.sentence)
            elif job:
                job.on_done()

    def _bury(self, exitcode: int | None, lived: float) -> None:
        """Start another worker and ask it again what the old one was not at fault for; tell who gets no answer."""
        log.warning("the worker ended with code %s after %.1f s", exitcode, lived)
        fatal, jobs, self._jobs = self._answered(), self._jobs, {}
        self._stopped.clear()
        self._outbox = queue.SimpleQueue()
        killed, self._killed = self._killed, False
        began = self.state == "ready" or fatal > 0  # one that did not has heard of no job
        worked = self.state == "ready" and lived > QUICK_DEATH
        self._deaths = 0 if killed or worked or exitcode == LOST else self._deaths + 1
        if self._deaths >= 3:
            text = self._down
            self._set_state("down")
        else:
            text = KILLED if killed else CARD_LOST if exitcode == LOST else ENDED
            self._start()
        lost = [job for n, job in jobs.items() if n == fatal or (began and job.asked > 1) or self.state == "down"]
        for job in jobs.values():
            if job not in lost:
                self._ask(job)
        for job in lost:  # last: who is told may ask something newer
            try:
                job.on_failed(text)
            except Exception:  # an error in one must not keep it from the others
                sys.excepthook(*sys.exc_info())
        if exitcode == LOST:
            self.device_lost.emit()
        self.died.emit(text)

    def _send(self, connection: Connection, outbox: queue.SimpleQueue[Any], blocks: Iterator[str]) -> None:
        """Send what is put into `outbox`, None last. Copying a large picture must not hold up the window."""
        while True:
            message = outbox.get()
            try:
                asks = isinstance(message, Ask)
                connection.send(replace(message, question=lend(message.question, blocks)) if asks else message)
            except (BrokenPipeError, ConnectionError):
                return  # it is gone; the keeper tells
            except Exception as error:
                if message is None or connection.closed:
                    return  # the keeper has closed it; the next worker is asked
                log.exception("a question cannot be sent")
                self._arrived.emit(connection, Failed(message.number, sentence(error), traceback.format_exc()))
            if message is None:
                return
