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

from explorer.classics.painter import EDGE
from explorer.engine.fast_learner import COSTS, Learner
from explorer.engine.fast_style_parts import TrainingError, add_slope, judge_of, learner_of, objective_of
from explorer.engine.fast_style_questions import TrainStyle
from explorer.engine.questions import PictureFile
from explorer.engine.style_pictures import pixels, shown
from explorer.engine.taught_costs import TaughtCosts
from explorer.engine.training_forecast import check_room
from explorer.engine.training_pictures import TrainingPictures, names_in
from explorer.formats import tensors, training_file
from explorer.formats.atomic import CannotSave
from explorer.formats.training_file import Training
from explorer.maths.fast_style_records import Taught
from explorer.maths.records import Progress
from explorer.maths.sentences import shortened
from explorer.maths.steps import saying
from explorer.network.project import Project

OFTEN, SHARE = 20.0, 0.02
"""Seconds after which a training that goes on is kept: whatever ends it takes no more than these. A large one takes
longer to be written, which is to be no more than this share of the time."""
MOST_UNHEARD = 1000
"""Steps, the last, whose costs are told again where a training goes on."""
TRIES = 5
"""How often a training that came to numbers without end may turn back."""


def train(question: TrainStyle) -> Iterator[Progress | Taught | Project]:
    """Step after step, then the network. It is kept in the question's file now and then, and where it is stopped.

    Raises TrainingError, ProgramError, PictureError, NotReadable, CannotSave.
    """
    settings = question.settings
    if settings.size % EDGE:
        raise TrainingError(f"The sides must be whole numbers of {EDGE} pixels: take {settings.size // EDGE * EDGE}.")
    yield Progress("Looking for pictures")
    names = yield from names_in(question.folder)
    question = replace(question, judge=(yield from judge_of(question)))
    yield from check_room(question)
    cost = yield from objective_of(question)
    learner = learner_of(question)
    about = _about(question, names)
    if Path(question.state).exists():
        learner.go_back(_fitting(question, about, learner))
        yield from _unheard(question, learner)
    pictures = TrainingPictures(question.folder, names, settings.size, settings.seed)
    yield from _taught(question, learner, cost, pictures, about)
    yield _project(question, learner, len(names) - len(pictures.broken))


def _taught(
    question: TrainStyle, learner: Learner, cost: TaughtCosts, pictures: TrainingPictures, about: Mapping[str, Any]
) -> Iterator[Progress | Taught]:
    """Every step that is left."""
    settings, due, turned = question.settings, time.monotonic() + OFTEN, 0
    good = learner.state(about)
    progress = Progress("Learning", learner.step, settings.steps)
    yield progress
    try:
        while learner.step < settings.steps:
            step = _step(learner, cost, pictures, settings.batch, settings.first)
            taught = yield from saying(step, progress)
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
            if (now := time.monotonic()) > due:
                good = learner.state(about)
                try:
                    training_file.write(question.state, good)
                except CannotSave as error:  # there may be room by the next time
                    yield replace(taught, preview=None, note=str(error))
                due = time.monotonic() + max(OFTEN, (time.monotonic() - now) / SHARE)
    except GeneratorExit:  # it is stopped, and nothing that was learned is lost
        training_file.write(question.state, learner.state(about))
        raise
    training_file.write(question.state, learner.state(about))


def _unheard(question: TrainStyle, learner: Learner) -> Iterator[Taught]:
    """The costs of steps that were kept, but whose answers came too late to be heard."""
    if question.heard is not None:
        for step in range(max(question.heard + 1, learner.step - MOST_UNHEARD + 1), learner.step + 1):
            content, style, smooth, total = learner.costs[step - 1]
            yield Taught(step, content, style, smooth, total)


def _step(
    learner: Learner, cost: TaughtCosts, pictures: TrainingPictures, count: int, first: int
) -> Generator[None, None, Taught]:
    """One step of Adam on the mean cost of a batch, with a breath behind each of its pictures: until the last one was
    seen nothing has changed."""
    started = time.monotonic()
    batch = torch.from_numpy(pictures.batch(learner.step, count)).to(learner.program.device)
    learner.adam.zero_grad()
    costs = np.zeros(COSTS)
    for place in range(count):
        costs += np.array(add_slope(learner, cost, batch[place : place + 1], count, learner.step < first)) / count
        yield
    with torch.inference_mode(False):
        learner.adam.step()
    learner.costs.append(tuple(costs.tolist()))
    content, style, smooth, total = learner.costs[-1]
    return Taught(learner.step, content, style, smooth, total, time.monotonic() - started)


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
        "judge": question.judge.weights if isinstance(question.judge, Project) else "",
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
        f"{question.judge.title if isinstance(question.judge, Project) else ''}.",
    )


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{round(seconds)} s" if seconds < 90 else f"{minutes} min" if minutes < 90 else f"{minutes / 60:.1f} h"
