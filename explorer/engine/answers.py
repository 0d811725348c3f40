"""Which code answers which question. Each answer is imported when it is first asked for: torch takes seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from explorer.engine.questions import (
    Compare,
    Decode,
    Devices,
    Export,
    Look,
    Models,
    OpenFile,
    OpenModel,
    OpenNetwork,
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


def _open_file(question: OpenFile) -> Iterator[Any]:
    from explorer.engine.opening import open_file

    for step in open_file(question.path):
        yield placed(step) if isinstance(step, Project) else step


def _compare(question: Compare) -> Iterator[Any]:
    from explorer.engine.opening import open_file
    from explorer.network.diff import compare

    for step in open_file(question.old) if isinstance(question.old, str) else [Project(question.old)]:
        yield compare(step.network, question.new) if isinstance(step, Project) else step


def _export(question: Export) -> Iterator[Any]:
    from explorer.engine.exports import export

    yield from export(question)


ANSWERS: dict[type, Callable[[Any], Iterator[Any]]] = {
    Devices: _devices,
    Decode: _decode,
    Predict: _predict,
    Look: _look,
    Models: _models,
    OpenModel: _open_model,
    OpenNetwork: _open_network,
    OpenFile: _open_file,
    Compare: _compare,
    Export: _export,
}
