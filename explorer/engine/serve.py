"""The worker process: answers questions step by step until the window closes the connection.

It takes one step of every lane in turn, so a long download and a quick prediction share it, torch is never
entered twice at once, and stopping is just not taking the next step.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from explorer.maths.sentences import Refusal, device_lost, sentence
from explorer.maths.shared_arrays import collect, lend, names
from explorer.maths.values import dataclass

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

UNUSED = 60.0
"""Days after which weights that no project used, and searches that nobody went on with, leave the cache; a project
file, a new download or a new search brings them back."""
LOST = 77
"""The exit code of a worker whose graphics card stopped answering: this process cannot compute there any more."""
REST = 60.0
"""Seconds without a question, after which memory that was kept for the next one goes back to the system."""


@dataclass(frozen=True)
class Ask:
    """Start answering `question` in `lane`; what runs there is stopped."""

    number: int
    lane: str
    question: Any


@dataclass(frozen=True)
class Stop:
    """Take no further step of job `number`."""

    number: int


@dataclass(frozen=True)
class Step:
    """One more result of job `number`."""

    number: int
    value: Any


@dataclass(frozen=True)
class Done:
    """Job `number` has taken its last step, or was stopped."""

    number: int


@dataclass(frozen=True)
class Failed:
    """Job `number`, or the clean-up of one that was stopped, ended with an error: a sentence for the user, and the
    traceback for the log, "" for a refusal."""

    number: int
    sentence: str
    details: str


@dataclass(frozen=True)
class Ready:
    """The worker has imported torch and takes questions."""


def serve(connection: Connection, current: Any) -> None:
    """Run the worker. `current` is a number both processes see: the job whose step is being taken, or 0."""
    os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"  # whatever is loaded, nothing in it may run
    os.environ.pop("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", None)  # with both torch loads nothing at all
    _give_way()
    from explorer.engine.memory import Surplus, give_back, keep_freed

    keep_freed()
    from explorer.engine.answers import answer

    answer_all(connection, current, answer, _get_ready, give_back, Surplus())


def _give_way() -> None:
    """The window comes first, also where there is one core: on Linux the worker does not push it aside on waking up.

    At 10 a job takes a tenth of a core from a window that paints; at 5 it took a quarter, and gaps were half longer.
    """
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    if hasattr(os, "nice"):
        os.nice(10)


def _get_ready() -> None:
    from explorer.engine.crashes import note_crashes

    note_crashes()  # before torch is entered, for it may end there, too
    from explorer.engine.device import use_threads
    from explorer.formats import home, kept_work, tensors, unsaved

    use_threads()
    with suppress(OSError):  # a cache that cannot be tidied is told when it is needed
        tensors.sweep(UNUSED, unsaved.weights)
        kept_work.sweep(UNUSED)
    home.sweep()


def answer_all(
    connection: Connection,
    current: Any,
    answer: Callable[[Any], Iterator[Any]],
    get_ready: Callable[[], None] = lambda: None,
    rest: Callable[[], None] = lambda: None,
    between: Callable[[], None] = lambda: None,
) -> None:
    """Get ready and say so, then answer until the window says stop or is gone; `rest` when nobody asks for a while,
    `between` behind each last answer to a question."""
    faulthandler.enable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the window, which then ends us

    def warm_up() -> Iterator[None]:
        yield  # questions that were waiting come first: not all of them need torch
        get_ready()
        connection.send(Ready())

    with suppress(EOFError, ConnectionError):
        lanes = Lanes(connection, current, answer, rest, between)
        lanes.jobs["warm up"] = (0, warm_up())
        lanes.run()


def _failed(number: int, error: Exception) -> Failed:
    """While it is being handled."""
    return Failed(number, sentence(error), "" if isinstance(error, Refusal) else traceback.format_exc())


def _room() -> str:
    """Of the connection: the window names this process by it."""
    import multiprocessing  # here it has been; the window comes up without

    return multiprocessing.current_process().name


class Lanes:
    """At most one job in each lane; `run` takes their steps in turn."""

    def __init__(
        self,
        connection: Connection,
        current: Any,
        answer: Callable[[Any], Iterator[Any]],
        rest: Callable[[], None],
        between: Callable[[], None] = lambda: None,
    ) -> None:
        self.connection, self.current, self.answer = connection, current, answer
        self.rest, self.between = rest, between
        self.jobs: dict[str, tuple[int, Iterator[Any]]] = {}
        self.names = names(_room(), "a")

    def run(self) -> None:
        """Serve until a None comes; raises EOFError when the connection is closed."""
        while True:
            while not self.jobs or self.connection.poll(0):
                if not self.jobs and not self.connection.poll(REST):
                    self.rest()
                message = self.connection.recv()
                if message is None:
                    for lane in list(self.jobs):
                        self.drop(lane)
                    return
                self.take(message)
            for lane, (number, steps) in list(self.jobs.items()):
                self.step(lane, number, steps)

    def take(self, message: Ask | Stop) -> None:
        """Act on one message of the window's."""
        if isinstance(message, Ask):
            self.drop(message.lane)
            self.jobs[message.lane] = (message.number, self.answer(collect(message.question)))
        else:
            for lane, (number, _) in list(self.jobs.items()):
                if number == message.number:
                    self.drop(lane)

    def drop(self, lane: str) -> None:
        """Stop what runs in `lane`; closing its generator runs its clean-up."""
        if job := self.jobs.pop(lane, None):
            number, steps = job
            self.current.value = number
            reply: Done | Failed = Done(number)
            try:
                if isinstance(steps, Generator):
                    steps.close()
            except Exception as error:  # a clean-up that fails must not take the other lanes with it
                reply = _failed(number, error)
            self.current.value = 0
            self.connection.send(reply)

    def step(self, lane: str, number: int, steps: Iterator[Any]) -> None:
        """Take one step and send what it gave."""
        self.current.value = number
        reply: Step | Done | Failed
        try:
            reply = Step(number, lend(next(steps), self.names))
        except StopIteration:
            reply = Done(number)
        except Exception as error:  # the boundary: whatever went wrong becomes a sentence
            if device_lost(error):
                traceback.print_exc()
                os._exit(LOST)  # the job's number stays: it is told
            reply = _failed(number, error)
        self.current.value = 0
        if not isinstance(reply, Step):
            del self.jobs[lane]
        self.connection.send(reply)
        if not isinstance(reply, Step):
            self.between()
