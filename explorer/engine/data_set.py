"""A network and all pictures of a folder: what it says of each, what its layers do, and one layer's values.

One pass serves all of it. Memory does not grow with the pictures, except for what is known of each: the guesses, and
the values of the layer that is embedded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.activity import Activity, tells
from explorer.engine.data_set_questions import Evaluate
from explorer.engine.folder_work import FolderWork, inputs
from explorer.engine.probes import probabilities, program_of, scores
from explorer.engine.program import Program, ProgramError
from explorer.engine.reading_ahead import ReadPicture
from explorer.engine.room import FLOAT
from explorer.formats import kept_work
from explorer.formats.kept_work import PER_PICTURE, Form, Kept
from explorer.formats.words import amount
from explorer.layers.dense import Input
from explorer.maths.components import components
from explorer.maths.confusion import UNKNOWN
from explorer.maths.data_set_records import Evaluation, PictureSet
from explorer.maths.records import Progress

VERSION = 1
"""Of what is kept: another one is not read."""
FLAT = 1024
"""A layer's numbers that are embedded one by one; of more, the mean of each channel is."""
MOST_VALUES = 200_000_000
"""Bytes of the values of the layer that is embedded."""
COMPONENTS = 50
"""Of the embedded values; what lies beyond is mostly noise, and t-SNE needs no more.

Source: van der Maaten & Hinton 2008, Visualizing data using t-SNE, section 4.2."""


def evaluate(question: Evaluate) -> Iterator[Progress | PictureSet | Evaluation]:
    """What the network says of the pictures, better after each batch. Raises Refusal."""
    program = yield from program_of(question.project, question.device)
    facts, output = program.facts, program.output
    entry = program.entry([output])
    probabilities(program, torch.zeros(1, *(facts[output].shape or ())))  # says where there is no number per class
    embedded = question.embedded or before_scores(program)
    if embedded not in program.network.nodes or facts[embedded].shape is None or embedded == entry:
        raise ProgramError(f"The network has no values of “{embedded[:60]}” to tell pictures apart by: choose another.")
    if embedded not in program.network.before([output]):
        raise ProgramError(f"“{embedded[:60]}” does not lead to the network's answer: choose another layer.")
    yield from Evaluated(question, program, embedded).steps()


def before_scores(program: Program) -> str:
    """The layer whose values the scores are made of."""
    node = program.network.nodes[scores(program, program.output)]
    while node.inputs and not program.facts[node.id].parameters:
        node = program.network.nodes[node.inputs[0]]
    before = program.network.nodes[node.inputs[0]] if node.inputs else node
    return node.id if isinstance(before.layer, Input) else before.id


class Evaluated(FolderWork[PictureSet | Evaluation]):
    """What is known of the pictures so far."""

    verb = "Looked at"

    def __init__(self, question: Evaluate, program: Program, embedded: str) -> None:
        output, network, facts = program.output, program.network, program.facts
        some = [id for id in program.passed({output, embedded}) if tells(network.nodes[id], facts[id].parameters)]
        super().__init__(question.project, question.folder, program, sorted({output, embedded, *some}))
        self._embedded, self._output = embedded, output
        shape = facts[embedded].shape or ()
        self._whole = prod(shape) <= FLAT
        self._width = prod(shape) if self._whole else shape[0]
        self._classes = (facts[output].shape or (0,))[0]
        self._count = min(question.count, self._classes)
        self._told = tuple(some)
        self._make_room()

    @property
    def settings(self) -> object:
        return VERSION, self._count, self._embedded, self._output

    def steps(self) -> Iterator[Progress | PictureSet | Evaluation]:
        listed = False
        for step in super().steps():
            if isinstance(step, Evaluation) and not listed:
                listed = True
                files = tuple(one.path for one in self._pictures)
                labels = self._project.recipe.labels
                yield PictureSet(self._folder, files, self._classes, labels, self._told, self.untrained)
            yield step

    def begin(self) -> None:
        size = FLOAT * self._width * len(self._pictures)
        if size > MOST_VALUES:
            raise ProgramError(
                f"The values of {self._embedded} for {len(self._pictures):,} pictures take {amount(size)}; at most "
                f"{amount(MOST_VALUES)} are kept: choose a layer with fewer channels, or a folder with fewer pictures."
            )
        self._make_room()
        kept = kept_work.read(self.name, self._forms)
        if kept is None or not set(kept.pictures) <= set(self._pictures):
            return  # what a picture that is gone added to the sums is not known
        top, chances, values = (kept.arrays[part] for part in ("top", "chances", "values"))
        if not (((top >= UNKNOWN) & (top < self._classes)).all() and np.isfinite(chances).all()):
            return
        parts = {
            id: {part: kept.arrays[f"{number}.{part}"] for part in activity.forms}
            for number, (id, activity) in enumerate(self._activity.items())
        }
        if not all(activity.recall(parts[id]) for id, activity in self._activity.items()):
            self._make_room()
            return
        now = self.recall(kept.pictures, kept.problems)[:-1]
        self._top[now], self._chances[now], self._values[now] = top, chances, values

    def take(self, batch: Sequence[ReadPicture], numbers: NDArray[np.int32]) -> None:
        x, sound = inputs(batch)
        if not len(x):
            return
        here = numbers[sound]
        for id, value in self._program.passing(x, self._wanted):
            if id in self._activity:
                self._activity[id].take(value)
            if id == self._embedded:
                whole = self._whole or value.dim() < 3
                self._values[here] = (value.flatten(1) if whole else value.flatten(2).mean(2)).cpu().numpy()
            if id == self._output:
                chances = probabilities(self._program, value.cpu())
                best = np.argsort(-chances, 1, kind="stable")[:, : self._count]
                self._top[here], self._chances[here] = best, np.take_along_axis(chances, best, 1)

    def result(self) -> Evaluation:
        layers = tuple(activity.told() for activity in self._activity.values())
        found = Evaluation(int(self._seen.sum()), self._top.copy(), self._chances.copy(), layers, self.broken)
        if not self._seen.all():
            return found
        seen = np.nonzero(self._top[:, 0] != UNKNOWN)[0].astype(np.int32)
        points = components(self._values[seen], COMPONENTS)
        return Evaluation(found.done, found.top, found.chances, layers, found.broken, self._embedded, seen, points)

    def keep(self, name: str, seen: NDArray[np.int64]) -> None:
        arrays: dict[str, NDArray[Any]] = {
            "top": self._top[seen], "chances": self._chances[seen], "values": self._values[seen],
        }  # fmt: skip
        for number, activity in enumerate(self._activity.values()):
            arrays |= {f"{number}.{part}": array for part, array in activity.kept().items()}
        pictures = tuple(self._pictures[number] for number in seen)
        problems = tuple(self._problems.get(int(number), "") for number in seen)
        kept_work.write(name, Kept(pictures, problems, arrays))

    @property
    def _forms(self) -> dict[str, Form]:
        forms: dict[str, Form] = {
            "top": (np.int32, (PER_PICTURE, self._count)), "chances": (np.float32, (PER_PICTURE, self._count)),
            "values": (np.float32, (PER_PICTURE, self._width)),
        }  # fmt: skip
        for number, activity in enumerate(self._activity.values()):
            forms |= {f"{number}.{part}": form for part, form in activity.forms.items()}
        return forms

    def _make_room(self) -> None:
        count, nodes = len(self._pictures), self._program.network.nodes
        self._top = np.full((count, self._count), UNKNOWN, np.int32)
        self._chances = np.zeros((count, self._count), np.float32)
        self._values = np.zeros((count, self._width), np.float32)
        self._activity = {id: Activity(nodes[id], self._program.facts[id].shape or ()) for id in self._told}
