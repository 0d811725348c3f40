"""Read a folder's pictures ahead of the network, in threads: decoding lets Python go on meanwhile."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

import numpy as np
from numpy.typing import NDArray

from explorer.formats.answering import CONNECTED, silences
from explorer.formats.picture_files import PictureError
from explorer.formats.picture_folder import PictureEntry
from explorer.formats.pictures import decode
from explorer.formats.recipes import on_picture, to_input
from explorer.formats.words import refusal
from explorer.maths.sentences import Refusal
from explorer.network.project import Recipe

MOST_THREADS = 2
"""Pictures that are decoded at the same time: each may take 0.6 GB."""
LONGEST = 1.0
"""Seconds that whoever stops waits for what is just being decoded: its disk may be falling silent."""
GO_ON = f"{CONNECTED}, then go on with what was found so far"


@dataclass(frozen=True, eq=False)
class ReadPicture:
    """One picture as the network gets it, (C, H, W) float32; None where it cannot be read, for a reason.

    frame: left, top, across, down of its grid, width and height of the file; 0 of what cannot be read.
    """

    entry: PictureEntry
    input: NDArray[np.float32] | None
    frame: tuple[float, ...] = (0.0,) * 6
    problem: str = ""


def read_ahead(
    folder: str, entries: Sequence[PictureEntry], recipe: Recipe, shape: tuple[int, int, int], batch: int
) -> Iterator[list[ReadPicture]]:
    """The pictures in this order, `batch` at a time; none of them now and then while a disk takes its time, so that the
    worker hears other questions. Closing it waits a while for what is just being decoded, unless its disk does not
    answer.

    Raises PictureError where the folder's disk does not answer any more.
    """
    threads = max(1, min(MOST_THREADS, (os.cpu_count() or 1) - 1))
    waiting: deque[Future[ReadPicture]] = deque()
    left = iter(entries)
    readers = _Readers(threads)
    silent = False
    try:
        while True:
            for entry in left:
                waiting.append(readers.submit(partial(_read, folder, entry, recipe, shape)))
                if len(waiting) >= 2 * batch:
                    break
            if not waiting:
                return
            first = [waiting.popleft() for _ in range(min(batch, len(waiting)))]
            for one in first:
                for silent in silences(folder, partial(_is_done, one)):
                    if silent:
                        raise PictureError(refusal(folder, "lies on a disk that does not answer any more", GO_ON))
                    yield []
            yield [one.result() for one in first]
    finally:
        readers.close(wait=not silent)


def _is_done(one: Future[ReadPicture], seconds: float) -> bool:
    return bool(wait((one,), seconds).done)


class _Readers:
    """Threads that do one thing after the other; they keep no process from ending, as those of a pool of Python's do
    where a disk never lets them go."""

    def __init__(self, count: int) -> None:
        self._wanted: SimpleQueue[tuple[Future[ReadPicture], Callable[[], ReadPicture]] | None] = SimpleQueue()
        self._threads = [threading.Thread(target=self._work, name="read-ahead", daemon=True) for _ in range(count)]
        for thread in self._threads:
            thread.start()

    def submit(self, do: Callable[[], ReadPicture]) -> Future[ReadPicture]:
        """What comes of it once it is done."""
        future: Future[ReadPicture] = Future()
        self._wanted.put((future, do))
        return future

    def close(self, wait: bool) -> None:
        """Do nothing of what waits; `wait` a while for what is being done."""
        with suppress(Empty):
            while True:
                self._wanted.get_nowait()
        for _ in self._threads:
            self._wanted.put(None)
        till = time.monotonic() + LONGEST
        for thread in self._threads if wait else ():
            thread.join(max(0.0, till - time.monotonic()))

    def _work(self) -> None:
        while (wanted := self._wanted.get()) is not None:
            future, do = wanted
            try:
                future.set_result(do())
            except BaseException as error:  # whoever waits for it hears of it
                future.set_exception(error)


def _read(folder: str, entry: PictureEntry, recipe: Recipe, shape: tuple[int, int, int]) -> ReadPicture:
    try:
        picture = decode(Path(folder) / entry.path)
        image = to_input(picture.pixels, recipe, shape)
    except Refusal as error:
        return ReadPicture(entry, None, problem=str(error))
    height, width = picture.pixels.shape[:2]
    grid = on_picture(recipe, (width, height), picture.size, shape[2], shape[1])
    return ReadPicture(entry, image, (grid.left, grid.top, grid.across, grid.down, *picture.size))
