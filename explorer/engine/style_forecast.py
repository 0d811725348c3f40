"""What a style transfer will take, before it begins: memory by counting, time by trying on a small picture."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from math import inf, prod

import numpy as np

from explorer.engine.device import free_memory
from explorer.engine.octaves import Size, part_at, sizes
from explorer.engine.probes import picture, program_of
from explorer.engine.program import Program
from explorer.engine.questions import PictureFile, Pixels
from explorer.engine.sloped import steps_of
from explorer.engine.style_pictures import from_pixels, size_of
from explorer.engine.style_questions import ForecastStyle, StyleOf
from explorer.engine.style_targets import StyleError, checked, objective_for, wanted_of
from explorer.engine.style_tiles import CannotTile, tiles
from explorer.formats.words import amount
from explorer.maths.records import Progress
from explorer.maths.style_records import StyleForecast
from explorer.network.analysis import Facts, analyse
from explorer.network.network import Network

SHARE = 0.8
"""Of the memory that is free, so much may be taken."""
OFFERED = 0.9 * SHARE
"""So much is offered: other programs take some until it is begun, and what was offered must not be refused then."""
BESIDE = 6
"""How many times the largest value is in memory beside what is kept for the way back: its slope, that of what it was
made of, the room that a convolution works in; measured."""
ROOM = 1.6
"""How much more they take than they have bytes: what one lets go is kept for the next, and does not fit; measured."""
LAID_OUT = 4
"""How often the weights are in memory beside those of the program: as they came, laid out for the way there, turned for
the way back, and laid out for it; measured."""
FIRST_USE = 80_000_000
"""Bytes that the way there and back takes at its first use, however small the picture: kernels, and room that is not
given back; measured."""
REMEMBERED, OF_ADAM = 2 * 20 + 8, 8
"""Pictures of 32 bits that L-BFGS has in memory, and Adam."""
TRIES = 2
"""The first makes what the second finds."""
SMALL = 96
"""Pixels of the longer side of what is tried."""
EVALUATIONS = 1.1
"""Of a step of L-BFGS, on the mean; measured."""
SIDES = (2048, 1024, 512, 256)
"""Of the tiles that are proposed."""


def forecast(question: ForecastStyle) -> Iterator[Progress | StyleForecast]:
    """What it will take. Raises as `style_transfer.style` does, but not for want of memory."""
    asked = question.question
    program = yield from program_of(asked.project, asked.device)
    asked = checked(asked, program)
    settings, whole = asked.settings, shape_of(asked)
    each, small = yield from _tried(asked, program)
    evaluations = EVALUATIONS if settings.optimizer == "L-BFGS" else 1.0
    seconds = [evaluations * each * _macs(asked, program, size) / small for size in sizes(settings, whole)]
    need, free = needs(asked, program, whole), free_memory(program.device)
    fits = free is None or need.memory <= SHARE * free
    if not fits and free is not None:
        need = offered(need, asked, program, OFFERED * free)
    found = StyleForecast(
        need.size, need.memory, free, settings.steps * sum(seconds), seconds[-1], fits,
        settings.size if fits else need.largest, need.tile,
    )  # fmt: skip
    yield replace(found, sentence=sentence(found, asked))


def check_room(question: StyleOf, program: Program) -> None:
    """Raise StyleError where there is not enough memory: the program would not get an error, but its end."""
    need, free = needs(question, program, shape_of(question)), free_memory(program.device)
    if free is not None and need.memory > SHARE * free:
        raise StyleError(refused(offered(need, question, program, OFFERED * free), free))


def offered(need: Needs, question: StyleOf, program: Program, most: float) -> Needs:
    """The same with the size, and the tiles, with which it would fit into so many bytes."""
    whole = need.size[1], need.size[0]
    largest = largest_that_fits(question, program, whole, most)
    return replace(need, largest=largest, tile=tile_that_fits(question, program, whole, most))


@dataclass(frozen=True)
class Needs:
    """size: (width, height) in the end; memory: bytes at most; largest, tile: as in a StyleForecast."""

    size: tuple[int, int]
    memory: int
    largest: int = 0
    tile: int = 0


def shape_of(question: StyleOf) -> Size:
    """Height and width of the picture in the end. Raises PictureError."""
    source = question.content
    pixels = picture(source).pixels if isinstance(source, PictureFile) else source.pixels
    return size_of(pixels.shape[:2], question.settings.size)


def needs(question: StyleOf, program: Program, size: Size) -> Needs:
    """What a picture of this height and width takes."""
    settings = question.settings
    whole = _part(question, program, size)[1]
    part, facts = _part(question, program, max(_tiles(question, program, size), key=prod))
    content, style = wanted_of(question)
    made = [prod(facts[step.ids[-1]].shape or ()) for step in steps_of(part, {*content, *style})]
    parameters = sum(fact.parameters for fact in facts.values())
    compared = sum(prod(whole[id].shape or ()) for id in content)
    pictures = REMEMBERED if settings.optimizer == "L-BFGS" else OF_ADAM
    each = 2 if settings.precision == "fast" else 4
    values = ROOM * (sum(made) + BESIDE * max(made))
    memory = round(each * (values + LAID_OUT * parameters)) + 4 * (parameters + compared)
    return Needs((size[1], size[0]), FIRST_USE + memory + 4 * pictures * 3 * prod(size))


def largest_that_fits(question: StyleOf, program: Program, size: Size, most: float) -> int:
    """Pixels of the longer side with which it fits into so many bytes, a multiple of 16; 0 where none does."""
    low, high = 0, max(size) // 16
    while low < high:
        middle = (low + high + 1) // 2
        tried = size_of(size, middle * 16)
        if needs(question, program, tried).memory <= most:
            low = middle
        else:
            high = middle - 1
    return low * 16


def tile_that_fits(question: StyleOf, program: Program, size: Size, most: float) -> int:
    """The side of the largest tiles with which it fits into so many bytes, 0 where no tiles help."""
    for side in SIDES:
        tiled = replace(question, settings=replace(question.settings, tile=side))
        try:
            if side < max(size) and needs(tiled, program, size).memory <= most:
                return side
        except CannotTile:
            return 0
    return 0


def _part(question: StyleOf, program: Program, size: Size) -> tuple[Network, dict[str, Facts]]:
    """What leads to the layers, as it sees pictures of a size."""
    content, style = wanted_of(question)
    part = part_at(program, [*content, *style], size)
    return part, analyse(part)


def _tiles(question: StyleOf, program: Program, size: Size) -> list[Size]:
    """The sizes of what goes through the network at once."""
    side = question.settings.tile
    if not side or side >= max(size):
        return [size]
    content, style = wanted_of(question)
    part, facts = _part(question, program, size)
    return [tile.size for tile in tiles(part, facts, list(dict.fromkeys((*content, *style))), size, side)]


def _tried(question: StyleOf, program: Program) -> Generator[Progress, None, tuple[float, int]]:
    """Seconds of a look at a small picture and back, and its multiply-accumulates."""
    height, width = size = size_of(shape_of(question), min(SMALL, question.settings.size))
    grey = Pixels(np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8))
    styles = tuple(replace(one, source=grey, mask=None) for one in question.styles)
    settings = replace(question.settings, size=max(size), tile=0, stroke=1)
    small = replace(question, content=grey, styles=styles, settings=settings)
    picture = from_pixels(grey.pixels)
    objective = yield from objective_for(small, program, picture)
    seconds = inf
    for _ in range(TRIES):
        begun = time.perf_counter()
        for _ in objective.known(picture.to(objective.seen.device)):
            pass
        seconds = min(seconds, time.perf_counter() - begun)
        yield Progress("Trying it on a small picture")
    return seconds, _macs(small, program, size)


def sentence(found: StyleForecast, question: StyleOf) -> str:
    """What people are told."""
    width, height = found.size
    if not found.fits and found.free is not None:
        return refused(found, found.free)
    steps = question.settings.total
    return (
        f"{steps:,} steps to {width}×{height} take about {spoken(found.seconds)} and {amount(found.memory)} of memory."
    )


def refused(found: StyleForecast | Needs, free: int) -> str:
    """Why it does not fit, and what would."""
    width, height = found.size
    offers = [f"take a size of at most {found.largest:,}"] * bool(found.largest)
    offers += [f"tiles of {found.tile:,}"] * bool(found.tile)
    return (
        f"A picture of {width}×{height} would take about {amount(found.memory)} of memory, and {amount(free)} are "
        f"free: {' or '.join(offers) or 'close other programs'}."
    )


def spoken(seconds: float) -> str:
    """How long that is, as people say it."""
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:.{0 if seconds >= 10 * length else 1}f} {unit}"
    return f"{max(1, round(seconds))} s"


def _macs(question: StyleOf, program: Program, size: Size) -> int:
    """Multiply-accumulates of a look at a picture of a size, and what it costs to follow them back is in proportion."""
    sizes_seen = Counter(_tiles(question, program, size))
    work = sum(
        count * sum(fact.macs for fact in _part(question, program, one)[1].values())
        for one, count in sizes_seen.items()
    )
    return work * 4 // 3 if len(sizes_seen) > 1 else work  # in the first pass tiles go only forward: a third of it all
