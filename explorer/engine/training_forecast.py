"""What training a network that paints will take, before it begins: memory by counting, time by trying small squares."""

from __future__ import annotations

import time
from collections.abc import Collection, Generator, Iterator
from dataclasses import replace
from math import inf, prod

import numpy as np
import torch

from explorer.classics.painter import EDGE, painter
from explorer.engine.device import free_memory
from explorer.engine.fast_style_parts import TrainingError, add_slope, judge_of, judged, learner_of, objective_of
from explorer.engine.fast_style_questions import ForecastTraining, TrainStyle
from explorer.engine.octaves import part_at
from explorer.engine.program import Program
from explorer.engine.questions import Pixels
from explorer.engine.sloped import steps_of
from explorer.engine.style_forecast import BESIDE, LAID_OUT, SHARE, spoken
from explorer.engine.style_pictures import shown
from explorer.formats.words import amount
from explorer.maths.fast_style_records import TrainingForecast
from explorer.maths.records import Progress
from explorer.network.analysis import analyse

SMALL = 64
"""Pixels of the sides of the squares that are tried."""
TRIES = 2
"""The first makes what the second finds."""
BOTH = 120_000_000
"""Bytes that both networks take at their first use, however small the squares, see `style_forecast.FIRST_USE`."""
NUMBERS = 12
"""How often the weights of what learns are in memory: themselves, their slope, Adam's two moments, and both of the
states that are kept to go back to and to write down, with room for one more of each while they change places."""
PICTURES = 4
"""Of the values that the learning network has: those kept for the way back are padded once more, and have slopes."""
LEAST = 32
"""The smallest squares that can be asked for."""


def forecast(question: ForecastTraining) -> Iterator[Progress | TrainingForecast]:
    """What it will take. Raises as `fast_style.train` does, but not for want of memory."""
    asked = question.question
    asked = replace(asked, judge=(yield from judge_of(asked)))
    settings = asked.settings
    need, free, largest = yield from room(asked)
    first, later = yield from _tried(asked)
    side = settings.size // EDGE * EDGE or EDGE
    larger = settings.batch * (side / min(SMALL, side)) ** 2
    each, begun = larger * later, min(settings.first, settings.steps)
    whole = larger * (begun * first + (settings.steps - begun) * later)
    fits = free is None or need <= SHARE * free
    found = TrainingForecast(need, free, whole, each, fits, side if fits else largest)
    yield replace(found, sentence=sentence(found, asked))


def check_room(question: TrainStyle) -> Generator[Progress, None, None]:
    """Raise TrainingError where there is not enough memory: the program would not get an error, but its end."""
    need, free, largest = yield from room(question)
    if free is not None and need > SHARE * free:
        raise TrainingError(refused(question.settings.size, need, free, largest))


def room(question: TrainStyle) -> Generator[Progress, None, tuple[int, int | None, int]]:
    """Bytes it takes, bytes there are, and the largest squares that fit."""
    judge, (content, style) = yield from judged(question)
    ids = [layer.node for layer in (*style, *content)]

    def needed(side: int) -> int:
        return memory(question, judge, ids, side)

    free, side = free_memory(judge.device), question.settings.size
    need = needed(side)
    if free is None or need <= SHARE * free:
        return need, free, side
    low, high = 0, side // EDGE
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if needed(middle * EDGE) <= SHARE * free else (low, middle - 1)
    return need, free, low * EDGE if low * EDGE >= LEAST else 0


def memory(question: TrainStyle, judge: Program, ids: Collection[str], side: int) -> int:
    """Bytes at most, for squares of this side: a batch goes through picture by picture, so it matters little."""
    settings = question.settings
    learns = analyse(painter(side, side, settings.channels))
    kept = [prod(fact.shape or ()) for fact in learns.values()]
    numbers = sum(fact.parameters for fact in learns.values())
    judging = 0
    style = shown(question.style, settings.stroke)
    for size, sloped in (((side, side), True), ((style.shape[2], style.shape[3]), False)):
        part = part_at(judge, ids, size)
        facts = analyse(part)
        made = [prod(facts[step.ids[-1]].shape or ()) for step in steps_of(part, set(ids))]
        judging = max(judging, (sum(made) if sloped else 0) + BESIDE * max(made))
    parameters = sum(fact.parameters for fact in facts.values())
    pixels = 3 * side * side * settings.batch
    each = 2 if settings.precision == "fast" else 4
    learning = 4 * (PICTURES * sum(kept) + NUMBERS * numbers + parameters + pixels)
    return BOTH + learning + each * (judging + LAID_OUT * parameters)


def _tried(question: TrainStyle) -> Generator[Progress, None, tuple[float, float]]:
    """Seconds of a small square, there and back, in the first steps and in those after them."""
    side = min(SMALL, question.settings.size // EDGE * EDGE or EDGE)
    noise = np.random.default_rng(0)
    style = Pixels(noise.integers(0, 256, (side, side, 3), np.uint8))
    small = replace(question, style=style, settings=replace(question.settings, size=side, stroke=side, batch=1))
    cost = yield from objective_of(small)
    learner = learner_of(small)
    square = torch.from_numpy(noise.random((1, 3, side, side), np.float32)).to(learner.program.device)
    seconds = {True: inf, False: inf}
    for _ in range(TRIES):
        for first in seconds:
            begun = time.perf_counter()
            add_slope(learner, cost, square, 1, first)
            seconds[first] = min(seconds[first], time.perf_counter() - begun)
            yield Progress("Trying it on a small picture")
    return seconds[True], seconds[False]


def sentence(found: TrainingForecast, question: TrainStyle) -> str:
    """What people are told."""
    settings = question.settings
    if not found.fits and found.free is not None:
        return refused(settings.size, found.memory, found.free, found.largest)
    return f"{settings.steps:,} steps take about {spoken(found.seconds)} and {amount(found.memory)} of memory."


def refused(side: int, need: int, free: int, largest: int) -> str:
    """Why it does not fit, and what would."""
    offer = f"take a size of at most {largest:,}" if largest else "take fewer channels, or close other programs"
    need_said, free_said = amount(need), amount(free)
    return f"Training on squares of {side:,} would take about {need_said} of memory, and {free_said} are free: {offer}."
