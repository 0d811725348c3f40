"""A detector and all labelled pictures of a folder: what it finds, and how that compares with what is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from explorer.engine.data_set_questions import EvaluateBoxes
from explorer.engine.detecting import heads_of, put_out, with_inputs
from explorer.engine.folder_work import FolderWork, inputs
from explorer.engine.probes import program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.reading_ahead import ReadPicture
from explorer.formats import kept_work
from explorer.formats.kept_work import PER_PICTURE, Form, Kept
from explorer.formats.labels.matching import classes_of, pictures_of
from explorer.formats.labels.problems import LabelError
from explorer.formats.labels.reading import read
from explorer.formats.words import refusal, shown
from explorer.maths.average_precision import Tally
from explorer.maths.box_matching import Found, Truth, areas
from explorer.maths.box_records import Thresholds
from explorer.maths.detection_records import DetectionEvaluation, DetectionSet
from explorer.maths.heads import RawBoxes
from explorer.maths.labelled import LabelledPicture, LabelSet
from explorer.maths.picture_faults import faults
from explorer.maths.records import Progress

VERSION = 1
"""Of what is kept: another one is not read."""
MOST_PICTURES = 200_000
"""Labelled ones; what is found in each takes 2.4 kB."""
SHOWN = 0.25
"""The score from which a box is looked at by people: what is wrong in a picture is told of these."""
WORST = 200
"""Pictures of each kind whose faults are told one by one."""
BOX = 6
"""Numbers that tell of a box: its sides, its class and its score."""
NONE = -1.0
"""The class of no box."""

Answer = DetectionSet | DetectionEvaluation


def evaluate(question: EvaluateBoxes) -> Iterator[Progress | Answer]:
    """What the detector finds in the pictures, better after each batch. Raises Refusal."""
    program = yield from program_of(question.project, question.device)
    heads = heads_of(program)
    if not heads:
        raise ProgramError(
            "The network has no head that finds boxes, which labels are held against: open a detector, such as a "
            "Darknet .cfg with [yolo] sections."
        )
    labels = LabelSet((), ())
    for step in read(question.labels):
        if isinstance(step, LabelSet):
            labels = step
        else:
            yield Progress(f"Read {step:,} labels")
    yield from EvaluatedBoxes(question, program, labels).steps()


class EvaluatedBoxes(FolderWork[Answer]):
    """What was found in the labelled pictures so far."""

    verb = "Looked at"

    def __init__(self, question: EvaluateBoxes, program: Program, labels: LabelSet) -> None:
        self._heads = heads_of(program)
        super().__init__(question.project, question.folder, program, sorted(self._heads))
        self._question, self._labels = question, labels
        names, self._classes = question.project.recipe.labels, max(1, *(head.classes for head in self._heads.values()))
        self._meant = classes_of(labels.names, names, self._classes)
        if labels.names and not self._meant:
            some = ", ".join(shown(name, 20) for name in labels.names[:3])
            advice = "choose labels of what it was trained for, or another network"
            raise LabelError(refusal(question.labels, f"names no class of the network, but {some}", advice))
        self._truths: list[LabelledPicture] = []
        self._notes: list[str] = list(labels.problems)
        self._make_room()

    @property
    def settings(self) -> object:
        asked = self._question
        return VERSION, asked.count, asked.least, asked.overlap, asked.suppression

    def steps(self) -> Iterator[Progress | Answer]:
        listed = False
        for step in super().steps():
            if isinstance(step, DetectionEvaluation) and not listed:
                listed = True
                yield self._listed()
            yield step

    def _listed(self) -> DetectionSet:
        names = self._project.recipe.labels
        called = ((name, names[number]) for name, number in self._meant.items() if number < len(names))
        return DetectionSet(
            self._folder,
            tuple(one.path for one in self._pictures),
            names,
            tuple((name, label) for name, label in called if name != label),
            tuple(name for name in self._labels.names if name not in self._meant),
            tuple(self._notes),
            self.untrained,
        )

    def begin(self) -> None:
        """Only what is labelled is looked at: of other pictures it is not known what is there."""
        by_number, notes = pictures_of([one.path for one in self._pictures], self._labels.pictures)
        self._notes += notes
        if not by_number:
            raise LabelError(
                refusal(self._question.labels, "speaks of no picture in the folder", "choose the folder it is of")
            )
        if len(by_number) > MOST_PICTURES:
            most = f"speaks of more than {MOST_PICTURES:,} pictures in the folder"
            raise LabelError(refusal(self._question.labels, most, "split it"))
        if bare := len(self._pictures) - len(by_number):
            self._notes.append(f"Left out, for want of labels: {bare:,} of {len(self._pictures):,} pictures.")
        places = sorted(by_number)
        self._pictures = [self._pictures[place] for place in places]
        self._truths = [by_number[place] for place in places]
        self._seen = np.zeros(len(places), bool)
        self._make_room()
        kept = kept_work.read(self.name, self._forms)
        if kept is None or not self._is_true(kept):
            return
        now = self.recall(kept.pictures, kept.problems)[:-1]
        there = now >= 0
        self._found[now[there]], self._sizes[now[there]] = kept.arrays["found"][there], kept.arrays["sizes"][there]
        for number in np.sort(now[there]).tolist():
            self._judge(number)

    def take(self, batch: Sequence[ReadPicture], numbers: NDArray[np.int32]) -> None:
        x, sound = inputs(batch)
        if not len(x):
            return
        values = self._program.values(x, with_inputs(self._program, self._heads))
        asked = self._question
        fed = (x.shape[3], x.shape[2])
        thresholds = Thresholds(asked.least, asked.overlap, asked.suppression)
        readable = [one for one in batch if one.input is not None]
        for place, (number, one) in enumerate(zip(numbers[sound].tolist(), readable, strict=True)):
            width, height = (int(side) for side in one.frame[4:])
            of_picture: dict[str, torch.Tensor] = {id: value[place : place + 1] for id, value in values.items()}
            raw = RawBoxes(put_out(of_picture, self._program, self._heads, fed, (width, height), asked.project))
            guesses = raw.guesses(thresholds, asked.count)
            rows = [(*guess.box, guess.index, guess.probability) for guess in guesses if guess.box is not None]
            self._found[number, : len(rows)] = np.array(rows, np.float32).reshape(-1, BOX)
            self._sizes[number] = width, height
            self._judge(number)

    def result(self) -> DetectionEvaluation:
        found = DetectionEvaluation(
            int(self._seen.sum()), self._tally.scores(), self._missed.copy(), self._surest.copy(), {}, self.broken,
            tuple(self._odd),
        )  # fmt: skip
        for number in (*found.most_missed[:WORST], *found.surest_wrong[:WORST]):
            truth = self._truth(number)
            if truth is not None and number not in found.faults:
                found.faults[number] = faults(truth, self._boxes(number), SHOWN)
        return found

    def keep(self, name: str, seen: NDArray[np.int64]) -> None:
        pictures = tuple(self._pictures[number] for number in seen)
        problems = tuple(self._problems.get(int(number), "") for number in seen)
        kept_work.write(name, Kept(pictures, problems, {"found": self._found[seen], "sizes": self._sizes[seen]}))

    def _judge(self, number: int) -> None:
        """Hold what was found in a picture against its labels."""
        truth = self._truth(number)
        if truth is None:
            if number not in self._problems:
                width, height = self._sizes[number].tolist()
                wanted = "{} × {}".format(*(self._truths[number].size or (0, 0)))
                reason = f"has {width} × {height} pixels, its labels are of {wanted}"
                self._odd.append(refusal(self._pictures[number].path, reason, "label this picture, or get that one"))
            return
        found = self._boxes(number)
        self._tally.add(number, truth, found)
        wrong = faults(truth, found, SHOWN)
        self._missed[number], self._surest[number] = int(wrong.missed.sum()), wrong.surest

    def _truth(self, number: int) -> Truth | None:
        """What is in a picture by its labels; None where they are of one of another size, or it cannot be read."""
        labelled, size = self._truths[number], tuple(self._sizes[number].tolist())
        if number in self._problems or (labelled.size is not None and labelled.size != size):
            return None
        things = [thing for thing in labelled.things if thing.label in self._meant]
        boxes = np.array([thing.box for thing in things], np.float64).reshape(-1, 4)
        if labelled.size is None:
            boxes *= np.array(size * 2)
        given = [box if thing.area is None else thing.area for thing, box in zip(things, areas(boxes), strict=True)]
        crowd = np.array([thing.crowd for thing in things], bool)
        return Truth(
            boxes,
            np.array([self._meant[thing.label] for thing in things], np.int64),
            np.array(given, np.float64),
            crowd,
            crowd | np.array([thing.difficult for thing in things], bool),
        )

    def _boxes(self, number: int) -> Found:
        rows = self._found[number].astype(np.float64)
        rows = rows[rows[:, 4] != NONE]
        return Found(rows[:, :4], rows[:, 4].astype(np.int64), rows[:, 5])

    def _is_true(self, kept: Kept) -> bool:
        """Whether what was kept can be of this network."""
        found = kept.arrays["found"]
        kinds = found[..., 4]
        whole = ((kinds >= NONE) & (kinds < self._classes) & (kinds == np.floor(kinds))).all()
        return bool(whole and np.isfinite(found).all() and (kept.arrays["sizes"] >= 0).all())

    @property
    def _forms(self) -> dict[str, Form]:
        return {
            "found": (np.float32, (PER_PICTURE, self._question.count, BOX)), "sizes": (np.int32, (PER_PICTURE, 2)),
        }  # fmt: skip

    def _make_room(self) -> None:
        count = len(self._pictures)
        self._tally = Tally()
        self._odd: list[str] = []
        self._found = np.full((count, self._question.count, BOX), NONE, np.float32)
        self._sizes = np.zeros((count, 2), np.int32)
        self._missed, self._surest = np.zeros(count, np.int32), np.zeros(count, np.float32)
