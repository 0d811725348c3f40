"""Which code answers which question. Each answer is imported when it is first asked for: torch takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from explorer.engine.questions import (
    Compare,
    Decode,
    Devices,
    Look,
    Models,
    OpenModel,
    OpenNetwork,
    OpenProject,
    PictureFile,
    Predict,
)  # fmt: skip
from explorer.network.placing import placed
from explorer.network.project import Project


def answer(question: Any) -> Iterator[Any]:
    """The steps that answer a question: `Progress` records, then results."""
    return ANSWERS[type(question)](question)


def _devices(question: Devices) -> Iterator[Any]:
    from explorer.engine.device import devices

    yield devices()


def _decode(question: Decode) -> Iterator[Any]:
    from explorer.formats.pictures import decode, from_pixels

    source = question.source
    if isinstance(source, PictureFile):
        yield decode(source.path, question.longest)
    else:
        yield from_pixels(source.pixels, source.name, question.longest)


def _predict(question: Predict) -> Iterator[Any]:
    from explorer.engine.probes import predict

    yield from predict(question)


def _look(question: Look) -> Iterator[Any]:
    from explorer.engine.probes import look

    yield from look(question)


def _models(question: Models) -> Iterator[Any]:
    from explorer.engine.library import cards

    yield cards()


def _open_model(question: OpenModel) -> Iterator[Any]:
    from explorer.engine.library import open_model

    for step in open_model(question.name):
        yield placed(step) if isinstance(step, Project) else step


def _open_network(question: OpenNetwork) -> Iterator[Any]:
    from explorer.engine.library import architecture

    yield placed(architecture(question.name))


def _open_project(question: OpenProject) -> Iterator[Any]:
    from explorer.formats.project_file import read

    yield placed(read(question.path))


def _compare(question: Compare) -> Iterator[Any]:
    from explorer.formats.project_file import read
    from explorer.network.diff import compare

    old = read(question.old, weights=False).network if isinstance(question.old, str) else question.old
    yield compare(old, question.new)


ANSWERS: dict[type, Callable[[Any], Iterator[Any]]] = {
    Devices: _devices,
    Decode: _decode,
    Predict: _predict,
    Look: _look,
    Models: _models,
    OpenModel: _open_model,
    OpenNetwork: _open_network,
    OpenProject: _open_project,
    Compare: _compare,
}
