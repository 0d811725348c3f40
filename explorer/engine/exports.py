"""Write the open network out for others, in the format that the file's name ends in."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.engine.questions import Export
from explorer.formats.atomic import replacing
from explorer.formats.words import refusal
from explorer.layers.dense import Input
from explorer.maths.records import Exported, Progress
from explorer.maths.sentences import Refusal
from explorer.network.analysis import BEHIND, Facts, analyse
from explorer.network.project import SUFFIX, Project

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from explorer.engine.parameters import Parameters

Steps = Iterator[Progress | Exported]


class ExportError(Refusal):
    """The network cannot be written so; the message says why and what to do."""


class AlreadyThere(ExportError):
    """A file would be written over."""


def export(question: Export) -> Steps:
    """Write a network; what was written comes last. Only a project keeps which channels are switched off or scaled.

    Raises ExportError, and a Refusal where the file or the weights are at fault. Other files than the one asked for
    are only written where there are none yet, or with `replace`.
    """
    path = Path(question.path)
    check_target(path, question.replace)
    for file in _beside(question):
        _check_free(file, question.replace)
    yield Progress(f"Writing {path.name}")
    left_out = 0 if path.suffix.lower() == SUFFIX else len(question.project.ablations)
    for step in WRITERS[path.suffix.lower()](question, analyse(question.project.network)):
        yield replace(step, left_out=left_out) if isinstance(step, Exported) else step


def check_target(path: str | Path, replace: bool) -> None:
    """Raise ExportError where a file cannot be written, by its name alone."""
    path = Path(path)
    if path.suffix.lower() not in WRITERS:
        raise ExportError(refusal(path, "ends in no known format", f"choose one of {', '.join(WRITERS)}"))
    _check_free(path, replace)


def _check_free(path: Path, replace: bool) -> None:
    if path.exists() and not replace:
        raise AlreadyThere(refusal(path, "is there already", "choose another name, or take it away"))


def _beside(question: Export) -> list[Path]:
    """The file of weights that goes with source: numpy's own for Keras, which needs nothing else to read it."""
    path = Path(question.path)
    ending = ".npz" if question.framework == "keras" else ".safetensors"
    return [path.with_suffix(ending)] if path.suffix.lower() == ".py" and question.project.weights else []


def check(project: Project, facts: Mapping[str, Facts]) -> None:
    """Raise ExportError unless the network could run."""
    problems = [(id, fact.problem) for id, fact in facts.items() if fact.problem]
    for id, problem in sorted(problems, key=lambda item: item[1] == BEHIND):
        raise ExportError(f"The network cannot be written out yet. {id}: {problem}.")
    nodes = project.network.nodes.values()
    if not any(isinstance(node.layer, Input) for node in nodes) or all(isinstance(n.layer, Input) for n in nodes):
        raise ExportError("The network cannot be written out yet: it needs an Input, and a layer behind it.")


def _text(write: Callable[[Project, Mapping[str, Facts]], str]) -> Callable[[Export, dict[str, Facts]], Steps]:
    """A format that any network can be written in, also a half-built one."""

    def written(question: Export, facts: dict[str, Facts]) -> Steps:
        yield from _save(question.path, write(question.project, facts).encode())
        yield Exported((question.path,))

    return written


def _mermaid(project: Project, facts: Mapping[str, Facts]) -> str:
    from explorer.formats.writers.diagrams import mermaid

    return mermaid(project, facts)


def _graphviz(project: Project, facts: Mapping[str, Facts]) -> str:
    from explorer.formats.writers.diagrams import graphviz

    return graphviz(project, facts)


def _page(project: Project, facts: Mapping[str, Facts]) -> str:
    from explorer.formats.writers.page import page

    return page(project, facts)


def _source(question: Export, facts: dict[str, Facts]) -> Steps:
    """Source alone needs no torch; trained weights are written before it, for without them it would not load."""
    from explorer.formats.writers.torch_source import torch_source

    check(question.project, facts)
    if question.framework == "keras":
        yield from _keras(question, facts)
        return
    beside = _beside(question)
    source = torch_source(question.project, facts, beside[0].name if beside else "")
    untrained: tuple[str, ...] = ()
    if beside:
        found = yield from _parameters(question, facts)
        untrained = found.untrained
        yield from _save(beside[0], _safetensors(found.renamed(source.modules), question.project))
    yield from _save(question.path, source.text.encode())
    yield Exported((question.path, *map(str, beside)), untrained)


def _keras(question: Export, facts: dict[str, Facts]) -> Steps:
    from explorer.formats.writers.keras_source import keras_source
    from explorer.formats.writers.keras_weights import keras_weights

    beside = _beside(question)
    source = keras_source(question.project, facts, beside[0].name if beside else "")
    untrained: tuple[str, ...] = ()
    if beside:
        found = yield from _parameters(question, facts)
        untrained = found.untrained
        weights = keras_weights(question.project.network, facts, source.layers, found.values)
        yield from _save(beside[0], weights)
    yield from _save(question.path, source.text.encode())
    yield Exported((question.path, *map(str, beside)), untrained)


def _weights(question: Export, facts: dict[str, Facts]) -> Steps:
    check(question.project, facts)
    found = yield from _parameters(question, facts)
    values = {name: value for name, value in found.values.items() if not name.endswith(COUNTER)}
    yield from _save(question.path, _safetensors(values, question.project))
    yield Exported((question.path,), found.untrained)


def _onnx(question: Export, facts: dict[str, Facts]) -> Steps:
    from explorer.formats.writers.onnx_model import onnx_model

    check(question.project, facts)
    found = yield from _parameters(question, facts)
    yield from _save(question.path, onnx_model(question.project, facts, found.values))
    yield Exported((question.path,), found.untrained)


def _project(question: Export, facts: dict[str, Facts]) -> Steps:
    from explorer.formats import project_file

    project_file.write(question.path, question.project)
    yield Exported((question.path,))


def _parameters(question: Export, facts: dict[str, Facts]) -> Generator[Progress, None, Parameters]:
    """All numbers the network runs with."""
    from explorer.engine.parameters import parameters

    for step in parameters(question.project, facts):
        if not isinstance(step, Progress):
            return step
        yield step
    raise AssertionError("the numbers come last")


def _safetensors(values: Mapping[str, NDArray[Any]], project: Project) -> bytes:
    """A safetensors file that says what it is."""
    from safetensors.numpy import save

    told = {"format": "pt", "title": project.title, "origin": project.origin}
    return save(dict(values), {key: text for key, text in told.items() if text})


def _save(path: str | Path, data: bytes) -> Iterator[Progress]:
    """Put `data` into a file, all of it or none, a piece at a time, so that it can be stopped."""
    with replacing(path, len(data)) as file:
        for start in range(0, len(data), CHUNK):
            yield Progress(f"Writing {Path(path).name}", start, len(data))
            file.write(data[start : start + CHUNK])


COUNTER = ".num_batches_tracked"
"""What torch counts in training, and no other program needs."""

CHUNK = 1 << 25
"""Bytes written at a time."""

WRITERS: dict[str, Callable[[Export, dict[str, Facts]], Steps]] = {
    ".py": _source,
    ".onnx": _onnx,
    ".safetensors": _weights,
    ".md": _text(_page),
    ".mmd": _text(_mermaid),
    ".dot": _text(_graphviz),
    SUFFIX: _project,
}
"""By the file's ending, in small letters."""
