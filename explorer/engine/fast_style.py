"""Train a network that paints in the style of one picture.

Source: Johnson, Alahi & Fei-Fei 2016, Perceptual losses for real-time style transfer and super-resolution,
arXiv:1603.08155; Adam as Kingma & Ba 2014, arXiv:1412.6980, by torch. The costs are those of style transfer, see
`style_costs`, for each picture of a batch.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.classics.painter import EDGE, KEPT, painter
from explorer.engine.calmly import PREPARING
from explorer.engine.fast_style_questions import TrainStyle
from explorer.engine.probes import program_of
from explorer.engine.program import Program
from explorer.engine.questions import PictureFile
from explorer.engine.style_costs import gram
from explorer.engine.style_objective import Seen, StyleObjective, Target
from explorer.engine.style_pictures import pixels, shown
from explorer.engine.tape import Tape
from explorer.engine.training_pictures import TrainingPictures, names_in
from explorer.formats import tensors, training_file
from explorer.formats.training_file import Training
from explorer.maths.fast_style_records import Taught
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal, shortened
from explorer.network.ends import ends
from explorer.network.project import Project
from explorer.probes.style import Style
from explorer.probes.style_layers import judged_by

OFTEN = 60.0
"""Seconds after which a training that goes on is kept."""
MOMENTS = ("exp_avg", "exp_avg_sq")
"""What Adam remembers of each number."""
COSTS = 4
"""Of each step: content, style, smoothness, and all together."""
TRIES = 5
"""How often a training that came to numbers without end may turn back."""


class TrainingError(Refusal):
    """A training cannot be begun, or not gone on with."""


class Learner:
    """The network that learns, with Adam. Nothing is drawn by chance: its first numbers follow from its nodes' ids."""

    def __init__(self, question: TrainStyle) -> None:
        s = question.settings
        self.network = painter(s.size, s.size, s.channels)
        kept = {name: np.full(3, value, np.float32) for name, value in KEPT.items()}
        self.program = Program(self.network, kept, question.device)
        (self.end,) = ends(self.network)
        self.tape = Tape(self.program, [self.end])
        self.parameters: dict[str, torch.nn.Parameter] = {
            f"{id}.{name}": parameter
            for id in self.network.nodes
            for name, parameter in self.program.module(id).named_parameters()
        }
        for parameter in self.parameters.values():
            parameter.requires_grad_(True)
        self.adam = torch.optim.Adam(self.parameters.values(), lr=s.rate)
        self.costs: list[tuple[float, ...]] = []

    @property
    def step(self) -> int:
        """How many were done."""
        return len(self.costs)

    def paint(self, x: Tensor) -> Tensor:
        """Pictures (N, 3, H, W) from 0 to 1 as it paints them now; H and W are multiples of 4."""
        return self.tape.values(x.contiguous(memory_format=torch.channels_last), [self.end])[self.end]

    def numbers(self) -> dict[str, NDArray[np.float32]]:
        """Its weights, by `node id.parameter`."""
        return {name: p.detach().cpu().numpy().copy() for name, p in self.parameters.items()}

    def state(self, about: Mapping[str, Any]) -> Training:
        """All that going on needs."""
        arrays = {f"network.{name}": values for name, values in self.numbers().items()}
        for name, parameter in self.parameters.items():
            for moment in MOMENTS:
                held = self.adam.state[parameter].get(moment) if parameter in self.adam.state else None
                found = torch.zeros_like(parameter) if held is None else held
                arrays[f"{moment}.{name}"] = found.detach().cpu().numpy().copy()
        costs = np.asarray(self.costs, np.float32).reshape(-1, COSTS)
        rate = np.array([self.adam.param_groups[0]["lr"]], np.float32)
        return Training(self.step, about, {**arrays, "costs": costs, "rate": rate})

    def forms(self) -> dict[str, tuple[int, ...]]:
        """The shapes of what it keeps."""
        kinds = ("network", *MOMENTS)
        told = {"costs": (-1, COSTS), "rate": (1,)}
        return told | {f"{k}.{n}": tuple(p.shape) for k in kinds for n, p in self.parameters.items()}

    def go_back(self, kept: Training) -> None:
        """Be as it was then."""
        with torch.no_grad():
            for name, parameter in self.parameters.items():
                parameter.copy_(torch.from_numpy(kept.arrays[f"network.{name}"]))
                held = {m: torch.from_numpy(kept.arrays[f"{m}.{name}"].copy()).to(parameter.device) for m in MOMENTS}
                held = {m: t.to(memory_format=torch.preserve_format) for m, t in held.items()}
                self.adam.state[parameter] = {"step": torch.tensor(float(kept.step)), **held}
        self.costs = [tuple(row) for row in kept.arrays["costs"].tolist()]
        self.adam.param_groups[0]["lr"] = float(f"{kept.arrays['rate'][0]:.6g}")

    def slower(self, times: float) -> None:
        """Go so many times shorter steps from now on."""
        self.adam.param_groups[0]["lr"] /= times


def train(question: TrainStyle) -> Iterator[Progress | Taught | Project]:
    """Step after step, then the network. It is kept in the question's file now and then, and where it is stopped.

    Raises TrainingError, ProgramError, PictureError, NotReadable, CannotSave.
    """
    settings = question.settings
    if settings.size % EDGE:
        raise TrainingError(f"The sides must be whole numbers of {EDGE} pixels: take {settings.size // EDGE * EDGE}.")
    yield Progress("Looking for pictures")
    names = yield from names_in(question.folder)
    judge = yield from program_of(question.judge, question.device)
    cost = yield from _objective(question, judge)
    learner = _learner(question)
    about = _about(question, names)
    if Path(question.state).exists():
        learner.go_back(_fitting(question, about, learner))
    pictures = TrainingPictures(question.folder, names, settings.size, settings.seed)
    yield from _taught(question, learner, cost, pictures, about)
    yield _project(question, learner, len(names) - len(pictures.broken))


def _taught(
    question: TrainStyle, learner: Learner, cost: StyleObjective, pictures: TrainingPictures, about: Mapping[str, Any]
) -> Iterator[Progress | Taught]:
    """Every step that is left."""
    settings, told, turned = question.settings, time.monotonic(), 0
    good = learner.state(about)
    progress = Progress("Learning", learner.step, settings.steps)
    yield progress
    try:
        while learner.step < settings.steps:
            step = _step(learner, cost, pictures, settings.batch)
            try:
                while True:
                    next(step)
                    yield progress
            except StopIteration as end:
                taught: Taught = end.value
            if not isfinite(taught.total):
                turned += 1
                if turned > TRIES:
                    raise TrainingError("The training came to numbers without end again and again: lower the rate.")
                learner.go_back(good)
                learner.slower(2**turned)
                taught = replace(
                    taught, step=good.step, note="Numbers without end: back to the last good step, slower."
                )
            elif taught.step % question.every == 0 or taught.step in (1, settings.steps):
                taught = replace(taught, preview=_preview(learner, question))
            left = taught.seconds * (settings.steps - learner.step)
            progress = Progress(f"{taught.seconds:.2g} s a step, {_span(left)} left", learner.step, settings.steps)
            yield taught
            if time.monotonic() - told > OFTEN:
                good, told = learner.state(about), time.monotonic()
                training_file.write(question.state, good)
    except GeneratorExit:  # it is stopped, and nothing that was learned is lost
        training_file.write(question.state, learner.state(about))
        raise
    training_file.write(question.state, learner.state(about))


def _learner(question: TrainStyle) -> Learner:
    with torch.inference_mode(False), torch.enable_grad():
        return Learner(question)


def _step(
    learner: Learner, cost: StyleObjective, pictures: TrainingPictures, count: int
) -> Generator[None, None, Taught]:
    """One step of Adam on the mean cost of a batch, with a breath behind each of its pictures: until the last one was
    seen nothing has changed."""
    started = time.monotonic()
    batch = torch.from_numpy(pictures.batch(learner.step, count)).to(learner.program.device)
    learner.adam.zero_grad()
    costs = np.zeros(COSTS)
    for place in range(count):
        costs += np.array(_slope(learner, cost, batch[place : place + 1], count)) / count
        yield
    with torch.inference_mode(False):
        learner.adam.step()
    learner.costs.append(tuple(costs.tolist()))
    content, style, smooth, total = learner.costs[-1]
    return Taught(learner.step, content, style, smooth, total, time.monotonic() - started)


def _slope(learner: Learner, cost: StyleObjective, picture: Tensor, count: int) -> tuple[float, ...]:
    """Add one picture's part to the slope of the batch's mean cost; its costs."""
    with torch.inference_mode(False), torch.enable_grad():
        picture = picture.clone()
        with torch.no_grad():
            cost.content = cost.seen.values(picture)
        total, detail = cost.cost(learner.paint(picture))
        torch.autograd.backward(total / count)
    return detail.content, detail.style, detail.smoothness, float(total.detach())


def _objective(question: TrainStyle, judge: Program) -> Generator[Progress, None, StyleObjective]:
    """What one painted picture costs, with the Gram matrices of the style picture."""
    s = question.settings
    layers = judged_by(judge.network, judge.facts)
    if not all(layers):
        raise TrainingError("The network that is to tell content and style has no maps: choose a convolutional one.")
    content, style = layers
    ids = [layer.node for layer in style]
    picture = shown(question.style, s.stroke).to(judge.device)
    other = Seen(question.judge, judge, ids, (picture.shape[2], picture.shape[3]), fast=False)
    for _ in other.network.prepare():
        yield Progress(PREPARING)
    with torch.inference_mode(False), torch.no_grad():
        grams = {id: gram(value) for id, value in other.values(picture).items()}
    seen = Seen(question.judge, judge, [*ids, *(layer.node for layer in content)], (s.size, s.size), fast=False)
    for _ in seen.network.prepare():
        yield Progress(PREPARING)
    weights = Style(content_weight=s.content_weight, style_weight=s.style_weight, smoothness=s.smoothness)
    return StyleObjective(seen, weights, (content, style), {}, [Target(grams, 1.0, None)])


def _preview(learner: Learner, question: TrainStyle) -> NDArray[np.uint8]:
    """What it makes now of the picture to look at."""
    x = shown(question.preview or question.style, question.settings.size).to(learner.program.device)
    height, width = (max(EDGE, n // EDGE * EDGE) for n in x.shape[2:])
    with torch.inference_mode(False), torch.no_grad():
        return pixels(learner.paint(x[:, :, :height, :width]))


def _about(question: TrainStyle, names: tuple[str, ...]) -> dict[str, Any]:
    """What must be the same for a training to be gone on with; the number of steps need not."""
    style = shown(question.style, question.settings.stroke).numpy().tobytes()
    kept = {name: value for name, value in vars(question.settings).items() if name != "steps"}
    return {
        "settings": kept,
        "style": hashlib.sha256(style).hexdigest(),
        "judge": question.judge.weights,
        "pictures": hashlib.sha256("\n".join(names).encode("utf-8", "surrogatepass")).hexdigest(),
    }


def _fitting(question: TrainStyle, about: Mapping[str, Any], learner: Learner) -> Training:
    """The training in the question's file, which must be of the same thing. Raises TrainingError, NotReadable."""
    found = training_file.read(question.state, learner.forms()) if _same(question, about) else None
    if found is None or len(found.arrays["costs"]) != found.step:
        raise TrainingError("The training in the file is of something else.")
    return found


def _same(question: TrainStyle, about: Mapping[str, Any]) -> bool:
    said = training_file.read(question.state, {}).about
    name = Path(question.state).name
    words = {"settings": "other settings", "style": "another style picture", "judge": "another network to judge",
             "pictures": "other pictures"}  # fmt: skip
    different = [text for key, text in words.items() if said.get(key) != about[key]]
    if different:
        raise TrainingError(
            f"“{shortened(name, 60)}” is a training with {' and '.join(different)}: give the same again to go on with "
            "it, or train afresh."
        )
    return True


def _project(question: TrainStyle, learner: Learner, count: int) -> Project:
    source = question.style
    name = shortened(Path(source.path).stem if isinstance(source, PictureFile) else source.name, 40)
    steps = f"{learner.step:,} steps of {question.settings.batch} on {count:,} pictures"
    return Project(
        learner.network,
        weights=tensors.keep(learner.numbers()),
        title=f"Style of {name}",
        origin=f"Trained here in {steps} to paint like {name} (Johnson et al. 2016, arXiv 1603.08155), judged by "
        f"{question.judge.title}.",
    )


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{round(seconds)} s" if seconds < 90 else f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"
