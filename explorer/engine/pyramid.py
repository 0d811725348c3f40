"""MTCNN's P-Net on a picture in many sizes, with all that comes of it, for the lab that shows it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace

from explorer.engine.cascade import field_of, slid, stages_of
from explorer.engine.device import checked
from explorer.engine.lab_questions import SlidePyramid
from explorer.engine.library import LibraryError, entry, open_model
from explorer.engine.program import Program
from explorer.formats import tensors
from explorer.layers.detection import Proposals
from explorer.maths.lab_records import Pyramid
from explorer.maths.pyramid import Field, Slid, of_all_sizes, of_one_size
from explorer.maths.records import Progress
from explorer.network.analysis import analyse, totals
from explorer.network.network import Network
from explorer.network.project import Project

MODEL = "mtcnn"


@dataclass(frozen=True, eq=False)
class Passes:
    """What the sliding network said of a picture in all sizes, what its units see, and how long that took."""

    network: Network
    field: Field
    sizes: tuple[Slid, ...]
    milliseconds: float


_latest: list[tuple[object, Passes]] = []
"""The last passes, and of what they were: other thresholds choose from the same numbers."""


def slide(question: SlidePyramid) -> Iterator[Progress | Pyramid]:
    """The numbers of every size, and the boxes in them. Raises LibraryError, ProgramError."""
    wanted = entry(MODEL)
    if not all(file.is_file() for file in wanted.files):
        raise LibraryError(f"{wanted.card.title} is not here: get it first, in this lab or in the model library.")
    project = yield from _project()
    digits = hashlib.sha256(question.pixels.tobytes()).digest()
    key = project, digits, question.pixels.shape, question.smallest, question.factor, question.device
    if not _latest or _latest[0][0] != key:
        _latest.clear()
        _latest.append((key, (yield from _slid(question, project))))
    _, passes = _latest[0]
    found = tuple(of_one_size(size, passes.field, question.least, question.within) for size in passes.sizes)
    yield Pyramid(
        passes.field,
        passes.sizes,
        found,
        of_all_sizes(found, question.overlap),
        tuple(macs(passes.network, *size.size) for size in passes.sizes),
        macs(passes.network, passes.field.window, passes.field.window),
        passes.milliseconds,
    )


def macs(network: Network, height: int, width: int) -> int:
    """Multiplications of one pass over so many pixels."""
    (entry,) = (node.id for node in network.nodes.values() if not node.inputs)
    return int(totals(analyse(network.with_settings(entry, height=height, width=width))).macs)


def sliding(project: Project, device: str) -> Program:
    """Only what slides of a cascade; apart from the program of the open network, which stays as it is."""
    network = project.network
    first = network.before([stages_of(network)[0]])
    part = Network({id: node for id, node in network.nodes.items() if id in first})
    return Program(part, tensors.read(project.weights), checked(device))


def _project() -> Generator[Progress, None, Project]:
    for step in open_model(MODEL):
        if isinstance(step, Project):
            return step
        yield step
    raise AssertionError("a model's last step is its project")


def _slid(question: SlidePyramid, project: Project) -> Generator[Progress, None, Passes]:
    program = sliding(project, question.device)
    (id,) = stages_of(program.network)
    stage = program.network.nodes[id].layer
    assert isinstance(stage, Proposals)
    stage = replace(stage, smallest=question.smallest, factor=question.factor)
    start, sizes = time.perf_counter(), []
    for step in slid(program, id, stage, question.pixels, project.recipe):
        if isinstance(step, Slid):
            sizes.append(step)
        else:
            yield step
    milliseconds = (time.perf_counter() - start) * 1000
    return Passes(program.network, field_of(program, id), tuple(sizes), milliseconds)
