"""A network looks at every picture of a folder: batch by batch, shown while it goes on, and gone on with later."""

from __future__ import annotations

import hashlib
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.program import Program
from explorer.engine.reading_ahead import ReadPicture, read_ahead
from explorer.formats.atomic import CannotSave
from explorer.formats.picture_files import SUPPORTED, PictureError
from explorer.formats.picture_folder import PictureEntry, pictures_in
from explorer.formats.project_json import dumped
from explorer.formats.recipes import to_input
from explorer.formats.words import refusal
from explorer.maths.patch_records import Broken
from explorer.maths.records import Progress
from explorer.network.network import Network
from explorer.network.project import Project

MOST_PICTURES = 16
"""In a batch."""
MEMORY = 120_000_000
"""Bytes that the values of a batch may take, where that is more than one picture's."""
OFTEN, SELDOM = 0.25, 20.0
"""Seconds between two results that are shown, and between two that are kept."""
REST = 10
"""Times as long as it takes to make a result, the work goes on before the next one."""
GONE = -1
"""Stands for the number of a picture that is no longer there."""

Result = TypeVar("Result")


class FolderWork(ABC, Generic[Result]):
    """What was found so far in the pictures of one folder; a kind of work says what it takes of each batch.

    wanted: the nodes whose values it looks at. verb: "Searched", for the progress. kept_only: whether what an earlier
    work has kept is all that is asked for.
    """

    verb: str
    kept_only = False

    def __init__(self, project: Project, folder: str, program: Program, wanted: Collection[str]) -> None:
        self._project, self._folder, self._program, self._wanted = project, folder, program, tuple(wanted)
        self._shape: tuple[int, int, int] = program.facts[program.entry(wanted)].shape  # type: ignore[assignment]
        to_input(np.zeros((2, 2, 3), np.uint8), project.recipe, self._shape)  # says what no picture can be
        self._pictures: list[PictureEntry] = []
        self._seen: NDArray[np.bool_] = np.zeros(0, bool)
        self._problems: dict[int, str] = {}

    def steps(self) -> Iterator[Progress | Result]:
        """How far it is and what was found so far, until every picture was seen. Raises PictureError."""
        for step in pictures_in(self._folder):
            if isinstance(step, int):
                yield Progress(f"Found {step:,} pictures")
            elif step:
                self._pictures, self._seen = step, np.zeros(len(step), bool)
                self.begin()
            else:
                advice = f"choose a folder with {SUPPORTED} files"
                raise PictureError(refusal(self._folder, "holds no pictures", advice))
        yield self.result()
        if not self.kept_only:
            yield from self._run()

    @abstractmethod
    def begin(self) -> None:
        """Make room for the pictures, and take what is kept of an earlier work on them."""

    @abstractmethod
    def take(self, batch: Sequence[ReadPicture], numbers: NDArray[np.int32]) -> None:
        """Look at pictures, which have these numbers among all."""

    @abstractmethod
    def result(self) -> Result:
        """What was found so far."""

    @abstractmethod
    def keep(self, name: str, seen: NDArray[np.int64]) -> None:
        """Keep under this name what was found in the pictures of these numbers. Raises CannotSave."""

    @property
    @abstractmethod
    def settings(self) -> object:
        """What the results depend on besides the network up to the wanted nodes, its recipe and the pictures."""

    def recall(self, pictures: Sequence[PictureEntry], problems: Sequence[str]) -> NDArray[np.int32]:
        """The numbers that these pictures of an earlier work have now, GONE for one that is not there as it was, and
        GONE once more at the end, so that GONE itself is a number's place."""
        numbers = {entry: number for number, entry in enumerate(self._pictures)}
        now = np.array([numbers.get(entry, GONE) for entry in pictures] + [GONE], np.int32)
        self._seen[now[now != GONE]] = True
        self._problems = {int(n): text for n, text in zip(now, problems, strict=False) if text and n != GONE}
        return now

    def _run(self) -> Iterator[Progress | Result]:
        """See the pictures that were not seen yet; closing it keeps what was found."""
        left = np.nonzero(~self._seen)[0]
        if not len(left):
            return
        began = shown = kept = time.monotonic()
        done, pause = 0, OFTEN
        entries = [self._pictures[number] for number in left]
        reading = read_ahead(self._folder, entries, self._project.recipe, self._shape, self._batch)
        try:
            for batch in reading:
                if not batch:  # a disk takes its time
                    yield self._progress((time.monotonic() - began) / max(1, done) * (len(left) - done))
                    continue
                numbers = left[done : done + len(batch)].astype(np.int32)
                for number, one in zip(numbers.tolist(), batch, strict=True):
                    if one.problem:
                        self._problems[number] = one.problem
                self.take(batch, numbers)
                self._seen[numbers] = True
                done += len(batch)
                now = time.monotonic()
                yield self._progress((now - began) / done * (len(left) - done))
                if now - shown > pause and done < len(left):
                    result, made = self.result(), time.monotonic()
                    yield result
                    shown, pause = time.monotonic(), max(OFTEN, REST * (made - now))
                if now - kept > SELDOM:
                    self._keep()
                    kept = time.monotonic()
            yield self.result()
        finally:
            reading.close()  # type: ignore[attr-defined]
            self._keep()

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The pictures that could not be used."""
        return tuple(Broken(self._pictures[n].path, text) for n, text in sorted(self._problems.items()))

    @cached_property
    def untrained(self) -> bool:
        """Whether any node on the way has random weights."""
        return bool(self._program.untrained(self._wanted))

    def _progress(self, seconds: float) -> Progress:
        done, total = int(self._seen.sum()), len(self._pictures)
        return Progress(f"{self.verb} {done:,} of {total:,} pictures, {_duration(seconds)} left", done, total)

    @cached_property
    def _batch(self) -> int:
        return min(MOST_PICTURES, max(1, MEMORY // self._program.most_at_once(self._wanted)))

    @cached_property
    def name(self) -> str:
        """Under which the work is kept: what its results depend on, besides the pictures themselves."""
        project, network = self._project, self._program.network
        needed = network.before(self._wanted)
        part = Network({node.id: node for node in network.order if node.id in needed})
        whole = Project(
            part, weights=project.weights, recipe=project.recipe, ablations=project.ablations,
            bypassed=project.bypassed,
        )  # fmt: skip
        told = dumped(whole.rewired(part))
        settings = repr((torch.__version__, self.verb, self._wanted, self.settings))
        folder = os.fsencode(os.path.realpath(self._folder))
        return hashlib.sha256(b"\n".join([told, settings.encode(), folder])).hexdigest()

    def _keep(self) -> None:
        with suppress(CannotSave):  # then the work begins anew the next time
            self.keep(self.name, np.nonzero(self._seen)[0])


def inputs(batch: Sequence[ReadPicture]) -> tuple[torch.Tensor, NDArray[np.bool_]]:
    """What the network gets of those that could be read, (M, C, H, W), and which of the batch these are."""
    sound = np.array([one.input is not None for one in batch])
    arrays = [one.input for one in batch if one.input is not None]
    return torch.from_numpy(np.stack(arrays)) if arrays else torch.empty(0), sound


def _duration(seconds: float) -> str:
    """Time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
