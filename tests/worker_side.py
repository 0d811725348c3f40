"""The questions the worker tests ask, and the process that answers them: a real one, without torch."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from explorer.engine import serve
from explorer.engine.serve import answer_all


def serve_and_rest_soon(connection: Any, current: Any) -> None:
    """The program's own worker, which gives free memory back after half a second without a question, not a minute."""
    serve.REST = 0.5
    serve.serve(connection, current)


EXIT, HANG = signal.SIGUSR1, signal.SIGUSR2
"""At these a worker for tests ends with code 1, or hears and does nothing any more, whatever it is at."""


def _hang(*_: object) -> None:
    while True:
        time.sleep(60)


def serve_all_jobs(connection: Any, current: Any) -> None:
    """The same, which also fetches what tests say where, and ends and hangs when it is told to."""
    signal.signal(HANG, _hang)
    signal.signal(EXIT, lambda *_: os._exit(1))  # last: who waits for it may send either
    from explorer.engine import answers
    from explorer.engine.downloads import Address, fetch

    usual = answers.answer

    def answer(question: Any) -> Iterator[Any]:
        if not isinstance(question, Fetch):
            yield from usual(question)
            return
        path = Path(question.path)
        try:
            yield from fetch(Address(question.url, question.size, question.digits), path)
        finally:
            path.unlink(missing_ok=True)  # the next time it is fetched again

    answers.answer = answer
    serve_and_rest_soon(connection, current)


def serve_switched(connection: Any, current: Any) -> None:
    """The program's own worker, which also tells what torch makes of its switches there."""
    from explorer.engine import answers

    usual = answers.answer
    answers.answer = lambda question: _loaded() if isinstance(question, Switches) else usual(question)
    serve.serve(connection, current)


def serve_telling(connection: Any, current: Any) -> None:
    """A worker that tells whether torch is there, what a variable is, and which marks were left; it leaves one."""

    def tell(name: str) -> Iterator[Any]:
        yield "torch" in sys.modules, os.environ.get(name), tuple(MARKS)
        MARKS.append(name)

    answer_all(connection, current, tell)


MARKS: list[str] = []


def _loaded() -> Iterator[tuple[str, str]]:
    """Of a sound checkpoint and a pickle of a class, each loaded without a word on safety."""
    import torch

    made = []
    for thing in ({"a": torch.zeros(2)}, Switches()):
        buffer = io.BytesIO()
        torch.save(thing, buffer)
        buffer.seek(0)
        try:
            torch.load(buffer)
            made.append("loads")
        except Exception:
            made.append("refuses")
    yield made[0], made[1]


@dataclass(frozen=True)
class Switches:
    """Does torch load what is sound, and what is not?"""


@dataclass(frozen=True)
class Fetch:
    """Download this file."""

    url: str
    size: int
    digits: str
    path: str


@dataclass(frozen=True)
class Count:
    upto: int
    pause: float = 0.0
    mark: str = ""


@dataclass(frozen=True, eq=False)
class Double:
    values: np.ndarray


@dataclass(frozen=True)
class Hang:
    """Does not stop, wherever the stop reaches it: between two steps or within one."""

    seconds: float


@dataclass(frozen=True)
class Die:
    how: str


@dataclass(frozen=True, eq=False)
class DieSending:
    """Killed while its answer is sent, when the array lies in shared memory already."""

    values: np.ndarray
    also: Any = None


class Deadly:
    def __reduce__(self) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Work:
    """Works for ever, so many seconds of a processor for each step."""

    seconds: float


@dataclass(frozen=True)
class Tidy:
    """Counts for ever; writes `path` when it is stopped."""

    path: str


def answer(question: Any) -> Iterator[Any]:
    match question:
        case Count(upto, pause, mark):
            for i in range(upto):
                time.sleep(pause)
                yield mark, i
        case Double(values):
            yield Double(values * 2)
        case Hang(seconds):
            try:
                yield "hanging"
            finally:
                time.sleep(seconds)
            yield "late"
        case Die("stopped"):
            try:
                yield "working"
                time.sleep(0.01)
                yield "working"
            finally:
                raise OSError("it cannot be kept")
        case Die("signal"):
            os.kill(os.getpid(), signal.SIGKILL)
        case Die("exit"):
            os._exit(3)
        case Die("error"):
            raise RuntimeError("CUDA out of memory. Tried to allocate 20.00 GiB")
        case Die("device"):
            raise RuntimeError("CUDA error: device-side assert triggered")
        case DieSending(values):
            yield DieSending(values, Deadly())
        case Work(seconds):
            while True:
                end = time.process_time() + seconds
                while time.process_time() < end:
                    pass
                yield "working"
        case Tidy(path):
            try:
                while True:
                    time.sleep(0.01)
                    yield "working"
            finally:
                open(path, "w").close()
    yield os.getpid()


def serve_tests(connection: Any, current: Any) -> None:
    answer_all(connection, current, answer)


def serve_careless(connection: Any, current: Any) -> None:
    """A planted fault: a graphics card that is lost is taken for an error like any other."""
    serve.device_lost = lambda _: False
    serve_tests(connection, current)


def serve_nothing(connection: Any, current: Any) -> None:
    os._exit(1)


def serve_unfit(connection: Any, current: Any) -> None:
    def get_ready() -> None:
        raise ImportError("libtorch_cpu.so: cannot open shared object file")

    answer_all(connection, current, answer, get_ready)
