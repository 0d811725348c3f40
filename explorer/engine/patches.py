"""The pictures of a folder, and the places in them, that each channel of some nodes answers to most strongly.

One pass serves all channels of all nodes, and keeps no more than the strongest places: memory does not grow with the
pictures. What was found is kept in the cache, so a search that was stopped goes on, and sees no picture twice.
Source: Zeiler & Fergus 2013, arXiv:1311.2901.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.folder_work import FolderWork, inputs
from explorer.engine.patch_questions import FindPatches
from explorer.engine.probes import program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.reading_ahead import ReadPicture
from explorer.engine.strongest import Strongest
from explorer.formats import search_files
from explorer.formats.picture_files import PictureError
from explorer.formats.search_files import FRAME, Found
from explorer.maths.patch_records import NodePatches, Patches, class_of
from explorer.maths.records import Progress
from explorer.maths.top_places import NONE, TopPlaces
from explorer.network.cuts import EVERYWHERE, cuts

VERSION = 2
"""Of what is kept: another one is not read."""
MOST_PLACES = 10_000_000
"""Of all channels and classes of a node; kept, they take 120 MB."""


def find(question: FindPatches) -> Iterator[Progress | Patches]:
    """The strongest places of all channels, better after each batch. Raises Refusal."""
    if missing := [node for node in question.nodes if node not in question.project.network.nodes]:
        raise ProgramError(f"The network has no node “{missing[0][:60]}”: select another one.")
    if not question.nodes:
        raise ProgramError("No layer is chosen: select one to find its patches.")
    program = yield from program_of(question.project, question.device)
    yield from Search(question, program).steps()


class Search(FolderWork[Patches]):
    """The strongest places so far."""

    verb = "Searched"

    def __init__(self, question: FindPatches, program: Program) -> None:
        nodes = tuple(dict.fromkeys(question.nodes))
        super().__init__(question.project, question.folder, program, nodes)
        self._choice, self.kept_only = question.choice, question.kept_only
        self._cuts = {node: cuts(program.network, program.facts, node) for node in nodes}
        self._strongest = Strongest({}, 0)  # of each node: the channels of the first class, then those of the next
        self._classes: tuple[str, ...] = ()
        self._class = np.zeros(0, np.int64)  # of each picture
        self._frames = np.zeros((0, FRAME))

    @property
    def _tops(self) -> dict[str, TopPlaces]:
        return self._strongest.tops

    @property
    def settings(self) -> object:
        return VERSION, self._choice, self._classes

    def begin(self) -> None:
        self._sort_into_classes()
        self._strongest = Strongest({node: self._sizes(node)[0] for node in self._cuts}, self._choice.count)
        self._frames = np.zeros((len(self._pictures), FRAME))
        found = search_files.read(self.name, {node: self._sizes(node) for node in self._tops})
        if found is None:
            return
        there = set(self._pictures)
        lost = np.array([entry not in there for entry in found.pictures] + [False])  # the last is NONE's
        if any(lost[top.pictures].any() for top in found.tops.values()):
            return  # a picture that is gone held one of the strongest places, and who comes next is not known
        now = self.recall(found.pictures, found.problems)
        self._frames[now[:-1][now[:-1] != NONE]] = found.frames[now[:-1] != NONE]
        for node, top in found.tops.items():
            self._tops[node].set(TopPlaces(top.values, now[top.pictures], top.places))

    def _sort_into_classes(self) -> None:
        if not self._choice.by_class:
            self._class = np.zeros(len(self._pictures), np.int64)
            return
        names = [class_of(one.path) for one in self._pictures]
        self._classes = tuple(sorted(set(names)))
        numbers = {name: number for number, name in enumerate(self._classes)}
        self._class = np.array([numbers[name] for name in names])
        for node in self._cuts:
            rows, count, _ = self._sizes(node)
            if rows * count > MOST_PLACES:
                raise PictureError(
                    f"The folder has {len(self._classes):,} classes: {count} places of each for every channel of "
                    f"{node[:40]} are too many. Look for fewer, or choose a folder with fewer folders in it."
                )

    def result(self) -> Patches:
        used = [top.pictures[top.pictures != NONE] for top in self._tops.values()]
        numbers = np.unique(np.concatenate(used))
        return Patches(
            self._folder,
            tuple(self._node(node, top, numbers) for node, top in self._tops.items()),
            tuple(self._pictures[number].path for number in numbers),
            int(self._seen.sum()),
            len(self._pictures),
            self.broken,
            self.untrained,
            self._classes,
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
        values = -top.values if self._choice.lowest else top.values
        values = np.where(there, values + np.float32(0), np.float32(np.nan))  # 0 for −0
        whole = (part.astype(np.int32) for part in (pictures, row, column, np.where(there[..., None], boxes, 0)))
        return NodePatches(node, self._by_channel(values), *map(self._by_channel, whole))

    def _by_channel(self, rows: NDArray[Any]) -> NDArray[Any]:
        """(C, classes · count, …) of what was found for each class and channel, (classes · C, count, …)."""
        classes, (_, count, *more) = max(1, len(self._classes)), rows.shape
        found = rows.reshape(classes, -1, count, *more).swapaxes(0, 1)
        return np.ascontiguousarray(found.reshape(len(found), classes * count, *more))

    def take(self, batch: Sequence[ReadPicture], numbers: NDArray[np.int32]) -> None:
        choice = self._choice
        self._frames[numbers] = [one.frame for one in batch]
        x, sound = inputs(batch)
        if not len(x):
            return
        each = 1 if choice.one_per_picture else choice.count
        fed = numbers[sound]
        for node, value in self._program.passing(x, self._tops):
            window = self._cuts[node].clear if choice.ignore_padding else EVERYWHERE
            for number in np.unique(self._class[fed]).tolist():
                own = np.flatnonzero(self._class[fed] == number)
                part = value if len(own) == len(value) else value[torch.from_numpy(own)]
                row = number * self._channels(node)
                self._strongest.see(node, part, fed[own], window, row=row, lowest=choice.lowest, each=each)
        self._strongest.take_in()

    def keep(self, name: str, seen: NDArray[np.int64]) -> None:
        now = np.full(len(self._pictures) + 1, NONE, np.int32)
        now[seen] = np.arange(len(seen))
        tops = {node: TopPlaces(top.values, now[top.pictures], top.places) for node, top in self._tops.items()}
        pictures = tuple(self._pictures[number] for number in seen)
        problems = tuple(self._problems.get(int(number), "") for number in seen)
        search_files.write(name, Found(pictures, problems, self._frames[seen], tops))

    def _sizes(self, node: str) -> tuple[int, int, int]:
        """Rows of what is kept, a channel's for each class; places in each; and how many places there are."""
        _, *place = self._program.facts[node].shape or (0,)
        return self._channels(node) * max(1, len(self._classes)), self._choice.count, prod(place)

    def _channels(self, node: str) -> int:
        return (self._program.facts[node].shape or (0,))[0]


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
