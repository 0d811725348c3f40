"""The pictures of a folder, and the places in them, that each channel of some nodes answers to most strongly.

One pass serves all channels of all nodes, and keeps no more than the strongest places: memory does not grow with the
pictures. What was found is kept in the cache, so a search that was stopped goes on, and sees no picture twice.
Source: Zeiler & Fergus 2013, arXiv:1311.2901.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from math import prod

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.patch_questions import FindPatches
from explorer.engine.probes import program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.reading_ahead import ReadPicture, read_ahead
from explorer.engine.strongest import take
from explorer.formats import search_files
from explorer.formats.atomic import CannotSave
from explorer.formats.picture_files import SUPPORTED, PictureError
from explorer.formats.picture_folder import PictureEntry, pictures_in
from explorer.formats.project_json import dumped
from explorer.formats.recipes import to_input
from explorer.formats.search_files import FRAME, Found
from explorer.formats.words import refusal
from explorer.maths.patch_records import Broken, NodePatches, Patches
from explorer.maths.records import Progress
from explorer.maths.top_places import NONE, TopPlaces
from explorer.network.cuts import EVERYWHERE, cuts
from explorer.network.network import Network
from explorer.network.project import Project

VERSION = 1
"""Of what is kept: another one is not read."""
MOST_PICTURES = 16
"""In a batch."""
MEMORY = 160_000_000
"""Bytes that the values of a batch may take, where that is more than one picture's."""
OFTEN, SELDOM = 0.25, 20.0
"""Seconds between two results that are shown, and between two that are kept."""


def find(question: FindPatches) -> Iterator[Progress | Patches]:
    """The strongest places of all channels, better after each batch. Raises Refusal."""
    if missing := [node for node in question.nodes if node not in question.project.network.nodes]:
        raise ProgramError(f"The network has no node “{missing[0][:60]}”: select another one.")
    if not question.nodes:
        raise ProgramError("No layer is chosen: select one to find its patches.")
    program = yield from program_of(question.project, question.device)
    search = Search(question, program)
    for step in pictures_in(question.folder):
        if isinstance(step, int):
            yield Progress(f"Found {step:,} pictures")
        elif step:
            search.begin(step)
        else:
            raise PictureError(refusal(question.folder, "holds no pictures", f"choose a folder with {SUPPORTED} files"))
    yield search.result()
    yield from search.run()


class Search:
    """What was found so far in the pictures of one folder."""

    def __init__(self, question: FindPatches, program: Program) -> None:
        self._question, self._program = question, program
        nodes = tuple(dict.fromkeys(question.nodes))
        entry = program.entry(nodes)
        self._shape: tuple[int, int, int] = program.facts[entry].shape  # type: ignore[assignment]
        to_input(np.zeros((2, 2, 3), np.uint8), question.project.recipe, self._shape)  # says what no picture can be
        self._cuts = {node: cuts(program.network, program.facts, node) for node in nodes}
        self._tops = {node: TopPlaces.empty(*self._sizes(node)[:2]) for node in nodes}
        self._pictures: list[PictureEntry] = []
        self._seen: NDArray[np.bool_] = np.zeros(0, bool)
        self._problems: dict[int, str] = {}
        self._frames = np.zeros((0, FRAME))

    def begin(self, pictures: Sequence[PictureEntry]) -> None:
        """Look at these pictures, going on with what is known of them from an earlier search."""
        self._pictures = list(pictures)
        self._seen = np.zeros(len(pictures), bool)
        self._frames = np.zeros((len(pictures), FRAME))
        found = search_files.read(self._name, {node: self._sizes(node) for node in self._tops})
        if found is None:
            return
        numbers = {entry: number for number, entry in enumerate(pictures)}
        now = np.array([numbers.get(entry, NONE) for entry in found.pictures] + [NONE], np.int32)  # the last is NONE's
        if any((now[top.pictures[top.pictures != NONE]] == NONE).any() for top in found.tops.values()):
            return  # a picture that is gone held one of the strongest places, and who comes next is not known
        there = now[:-1] != NONE
        self._seen[now[:-1][there]] = True
        self._frames[now[:-1][there]] = found.frames[there]
        self._problems = {int(n): text for n, text in zip(now, found.problems, strict=False) if text and n != NONE}
        for node, top in found.tops.items():
            self._tops[node] = TopPlaces(top.values, now[top.pictures], top.places)

    def run(self) -> Iterator[Progress | Patches]:
        """See the pictures that were not seen yet; closing it keeps what was found."""
        left = np.nonzero(~self._seen)[0]
        if not len(left):
            return
        began = shown = kept = time.monotonic()
        entries = [self._pictures[number] for number in left]
        recipe, done = self._question.project.recipe, 0
        reading = read_ahead(self._question.folder, entries, recipe, self._shape, self._batch)
        try:
            for batch in reading:
                self._take(batch, left[done : done + len(batch)].astype(np.int32))
                done += len(batch)
                now = time.monotonic()
                yield self._progress((now - began) / done * (len(left) - done))
                if now - shown > OFTEN and done < len(left):
                    yield self.result()
                    shown = time.monotonic()
                if now - kept > SELDOM:
                    self._keep()
                    kept = time.monotonic()
            yield self.result()
        finally:
            reading.close()  # type: ignore[attr-defined]
            self._keep()

    def result(self) -> Patches:
        """What was found so far."""
        used = [top.pictures[top.pictures != NONE] for top in self._tops.values()]
        numbers = np.unique(np.concatenate(used))
        return Patches(
            self._question.folder,
            tuple(self._node(node, top, numbers) for node, top in self._tops.items()),
            tuple(self._pictures[number].path for number in numbers),
            int(self._seen.sum()),
            len(self._pictures),
            tuple(Broken(self._pictures[n].path, text) for n, text in sorted(self._problems.items())),
            self._untrained,
        )

    def _node(self, node: str, top: TopPlaces, numbers: NDArray[np.int64]) -> NodePatches:
        shape, cut = self._program.facts[node].shape or (0,), self._cuts[node]
        width = int(np.prod(shape[2:]))
        there = top.pictures != NONE
        row, column = np.where(there, np.divmod(top.places, width), 0)
        one = len(shape) != 3  # what is no map is one place to `cuts`
        down = np.array(cut.rows)[0 * row if one else row]  # [C, count, 2]
        right = np.array(cut.columns)[0 * column if one else column]
        frames = self._frames[np.where(there, top.pictures, 0)] if len(self._frames) else np.zeros((*row.shape, FRAME))
        boxes = _outward(down, right, frames)
        pictures = np.where(there, np.searchsorted(numbers, top.pictures), NONE)
        values = -top.values if self._question.choice.lowest else top.values
        values = np.where(there, values + np.float32(0), np.float32(np.nan))  # 0 for −0
        pictures, row, column = (whole.astype(np.int32) for whole in (pictures, row, column))
        return NodePatches(node, values, pictures, row, column, np.where(there[..., None], boxes, 0))

    def _take(self, batch: list[ReadPicture], numbers: NDArray[np.int32]) -> None:
        choice = self._question.choice
        for number, one in zip(numbers.tolist(), batch, strict=True):
            self._frames[number] = one.frame
            if one.problem:
                self._problems[number] = one.problem
        sound = np.array([one.input is not None for one in batch])
        if sound.any():
            x = torch.from_numpy(np.stack([one.input for one in batch if one.input is not None]))
            each = 1 if choice.one_per_picture else choice.count
            for node, value in self._program.passing(x, self._tops):
                window = self._cuts[node].clear if choice.ignore_padding else EVERYWHERE
                take(self._tops[node], value, numbers[sound], window, lowest=choice.lowest, each=each)
        self._seen[numbers] = True

    def _progress(self, seconds: float) -> Progress:
        done, total = int(self._seen.sum()), len(self._pictures)
        return Progress(f"Searched {done:,} of {total:,} pictures, {_duration(seconds)} left", done, total)

    def _sizes(self, node: str) -> tuple[int, int, int]:
        """Channels, places of each that are kept, and how many there are."""
        channels, *place = self._program.facts[node].shape or (0,)
        return channels, self._question.choice.count, prod(place)

    @cached_property
    def _untrained(self) -> bool:
        return bool(self._program.untrained(self._tops))

    @cached_property
    def _batch(self) -> int:
        return min(MOST_PICTURES, max(1, MEMORY // self._program.most_at_once(self._tops)))

    @cached_property
    def _name(self) -> str:
        """Under which the search is kept: what its results depend on, besides the pictures themselves."""
        project, network = self._question.project, self._program.network
        needed = network.before(self._tops)
        part = Network({node.id: node for node in network.order if node.id in needed})
        told = dumped(Project(part, weights=project.weights, recipe=project.recipe))
        settings = repr((VERSION, torch.__version__, self._question.choice, list(self._tops)))
        folder = os.fsencode(os.path.realpath(self._question.folder))
        return hashlib.sha256(b"\n".join([told, settings.encode(), folder])).hexdigest()

    def _keep(self) -> None:
        seen = np.nonzero(self._seen)[0]
        now = np.full(len(self._pictures) + 1, NONE, np.int32)
        now[seen] = np.arange(len(seen))
        tops = {node: TopPlaces(top.values, now[top.pictures], top.places) for node, top in self._tops.items()}
        pictures = tuple(self._pictures[number] for number in seen)
        problems = tuple(self._problems.get(int(number), "") for number in seen)
        with suppress(CannotSave):  # then the search begins anew the next time
            search_files.write(self._name, Found(pictures, problems, self._frames[seen], tops))


def _outward(down: NDArray[np.int64], right: NDArray[np.int64], frames: NDArray[np.float64]) -> NDArray[np.int32]:
    """Boxes (…, 4) on the pictures, of rows and columns (…, 2) of the input, as whole pixels around them."""
    left, top, across, step, width, height = np.moveaxis(frames, -1, 0)
    sides = []
    for start, size, ends, most in ((left, across, right, width), (top, step, down, height)):
        first, end = (np.round(start + ends[..., i] * size, 6) for i in (0, 1))  # 3.0000000001 is 3
        first = np.clip(np.floor(first), 0, most)
        sides.append((first, np.maximum(first, np.clip(np.ceil(end), 0, most))))
    (x1, x2), (y1, y2) = sides
    return np.stack([x1, y1, x2, y2], -1).astype(np.int32)


def _duration(seconds: float) -> str:
    """Time as people say it."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
