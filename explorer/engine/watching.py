"""What a network makes of a video, frame by frame: guesses or boxes, and some nodes' maps, of one run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import lru_cache
from weakref import WeakKeyDictionary

from explorer.engine.cascade import stages_of
from explorer.engine.closer_looks import look_closer
from explorer.engine.detecting import Finder, found_by_stages, heads_of, put_out, with_inputs
from explorer.engine.probes import check_answer, guessed, image_for, maps_of, program_of
from explorer.engine.program import Program, ProgramError
from explorer.engine.questions import Detect, Predict, Watch
from explorer.engine.replay import Replays
from explorer.formats import project_json
from explorer.maths.box_records import SHOWN
from explorer.maths.heads import RawBoxes
from explorer.maths.records import FeatureMaps, Prediction, Progress, Seen, with_looks
from explorer.maths.steps import at_once
from explorer.network.project import Project

_replays = Replays()
_known: WeakKeyDictionary[Program, tuple[tuple[str, ...], dict[str, Finder]]] = WeakKeyDictionary()


def watch(question: Watch) -> Iterator[Progress | Seen]:
    """What there is to see in one frame. A network that gives no answer still has maps. Raises ProgramError."""
    project = _project(question.project)
    program = yield from program_of(project, question.device)
    nodes = tuple(id for id in question.nodes if id in project.network.nodes)
    stages, heads = _parts(program)
    if stages:
        yield from _watch_stages(program, nodes, question, project)
        return
    problem, ends = "", tuple(heads)
    try:
        if not ends:
            check_answer(program)
        ends = ends or (program.output,)
        program.entry(ends)
    except ProgramError as error:
        problem, ends = str(error), ()
    wanted = (*(with_inputs(program, heads) if heads and ends else ends), *nodes)
    if not wanted:
        yield Seen(None, (), problem)
        return
    if not _replays.ready(program, tuple(wanted)):
        yield from program.prepare(wanted)
    started = time.perf_counter()
    image = image_for(question.frame, project, program, *wanted)
    made = time.perf_counter()
    values = yield from _replays.running(program, image, tuple(wanted))
    ran = time.perf_counter()
    prediction = None
    try:
        milliseconds = (ran - made) * 1000
        if heads and ends:
            high, wide = question.frame.pixels.shape[:2]
            raw = RawBoxes(put_out(values, program, heads, (image.shape[3], image.shape[2]), (wide, high), project))
            top = raw.guesses(question.thresholds, SHOWN)
            closer = at_once(look_closer(program, values, raw, top))
            prediction = Prediction(
                with_looks(top, closer), program.untrained(heads), milliseconds, question.device,
                heads=raw.heads, thresholds=question.thresholds, closer=closer,
            )  # fmt: skip
        elif ends:
            asked = Predict(project, question.frame, question.device)
            prediction = guessed(program, values[ends[0]].cpu(), asked, milliseconds)
    except ProgramError as error:
        problem = str(error)
    maps = maps_of(program, values, nodes, question.range, question.together) if nodes else ()
    ended = time.perf_counter()
    yield Seen(prediction, maps, problem, (made - started) * 1e3, (ran - made) * 1e3, (ended - ran) * 1e3)
    if not nodes:  # else another choice of nodes would be another recording
        _replays.go_on(program, tuple(wanted))


def _watch_stages(
    program: Program, nodes: tuple[str, ...], question: Watch, project: Project
) -> Iterator[Progress | Seen]:
    """A cascade runs on pictures of its own making; nodes are looked at with the whole frame, in a run for them."""
    started = time.perf_counter()
    problem, prediction = "", None
    try:
        top = yield from found_by_stages(program, Detect(project, question.frame))
        milliseconds = (time.perf_counter() - started) * 1000
        prediction = Prediction(top, program.untrained(stages_of(project.network)), milliseconds, question.device)
    except ProgramError as error:
        problem = str(error)
    ran = time.perf_counter()
    maps: tuple[FeatureMaps, ...] = ()
    if nodes:
        values = program.values(image_for(question.frame, project, program, *nodes), nodes)
        maps = maps_of(program, values, nodes, question.range, question.together)
    yield Seen(prediction, maps, problem, 0.0, (ran - started) * 1e3, (time.perf_counter() - ran) * 1e3)


def _parts(program: Program) -> tuple[tuple[str, ...], dict[str, Finder]]:
    """The stages of a cascade, and the heads that find boxes; known as long as the program is."""
    if program not in _known:  # it is asked for frame after frame
        _known[program] = stages_of(program.network), heads_of(program)
    return _known[program]


@lru_cache(maxsize=1)
def _project(data: bytes) -> Project:
    return project_json.loaded(data)
