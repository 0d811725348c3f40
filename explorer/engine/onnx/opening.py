"""Open an ONNX file: its checked graph as a network with its weights."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from pathlib import Path

from explorer.engine.onnx.reading import Reading
from explorer.formats.class_names import chosen, noted
from explorer.formats.in_pieces import kept, told
from explorer.formats.onnx import beside
from explorer.formats.onnx.graph import Graph, GraphError, graph
from explorer.formats.onnx.idioms import gathered
from explorer.formats.onnx.told import ends, writer
from explorer.formats.regular import NotReadable
from explorer.formats.words import refusal, shown
from explorer.maths.records import Progress
from explorer.network.fed import MOST_NUMBERS, Fed, Numbers
from explorer.network.layer import Shape, described
from explorer.network.project import Project, Recipe
from explorer.network.settings import SettingError

SIDES = (224, 256, 320, 640, 96, 64, 32)
"""Pixels that are tried where any picture size fits by what the file says."""

SIMPLER = "export the network in another way, for running only"
PICTURES = "open one that looks at single pictures"
COLOURS = (1, 3, 4)
LARGEST = 1 << 27
"""Numbers of a further picture."""
FIRST = (0, 1, 2, 3)
LAST = (0, 2, 3, 1)
"""The axes of a picture, channels first and channels last."""


class Volumes(GraphError):
    """What enters the network has time, or depth, beside rows and columns."""


def read(path: Path) -> Iterator[Progress | Project]:
    """The network in an ONNX file, with its weights and the file beside it that makes what it takes of a picture.

    Raises NotReadable, CannotSave.
    """
    yield Progress(f"Checking {shown(path.name, 60)}")
    model, joined = yield from beside.read(path)
    yield Progress(f"Reading {shown(path.name, 60)}")
    try:
        found = gathered(graph(model.proto, model.tables))
        reading, said = network(found)
    except (GraphError, SettingError) as error:
        raise NotReadable(refusal(path, str(error), PICTURES if isinstance(error, Volumes) else SIMPLER)) from error
    tables = yield from told(reading.laying(), f"Reading {shown(path.name, 60)}", 0)
    weights = (yield from kept(tables, path.name)) if tables else ""
    whole = f"the ONNX file {shown(path.name, 60)}" + f" and {shown(joined, 60)} beside it" * bool(joined)
    lists = noted({note.key: note.value for note in model.proto.metadata_props})
    labels, named = chosen(lists, reading.network, reading.main)
    yield Project(
        reading.network,
        weights=weights,
        recipe=Recipe(labels=labels),
        title=shown(path.stem, 60),
        origin=f"Read from {whole} (operators of version {found.version}{writer(model.proto)}). "
        f"{ends(model.proto, model.tables)} {said}{named}",
        main=reading.main,
        fed=fed(reading),
    )


def network(found: Graph) -> tuple[Reading, str]:
    """The network of a graph, and what had to be assumed about its inputs. Raises GraphError."""
    if not found.inputs:
        raise GraphError("has no input that a picture could enter")
    picture = _picture(found)
    sizes = found.inputs[picture]
    if len(sizes) == 5:
        raise Volumes(f"takes videos or volumes (its input {picture[:40]} has 5 axes), and only pictures are read here")
    if not 2 <= len(sizes) <= 4:
        raise GraphError(f"has an input, {picture[:40]}, of {len(sizes)} axes, which is no picture")
    axes = _axes(sizes)
    first: GraphError | None = None
    for side in SIDES if 0 in sizes[1:] else (0,):
        shape = _filled(sizes, axes, side)
        # Where an operator has to know what a further input holds, all of these are held at 1.
        for further in (_further(found, picture, side), {}) if len(found.inputs) > 1 else ({},):
            try:
                reading = Reading(found, picture, shape, axes, further)
            except GraphError as error:
                first = first or error
            else:
                return reading, _said(found, picture, shape, side, reading)
    assert first is not None
    raise first


def fed(reading: Reading) -> dict[str, Fed]:
    """What the network's further Inputs are fed where nobody says otherwise: 1."""
    nodes = reading.network.nodes
    return {id: Numbers((1.0,) * nodes[id].layer.channels) for id in reading.entries if id in nodes}  # type: ignore[attr-defined]


def _axes(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """The graph's own order of (batch, channels, rows, columns)."""
    if len(sizes) < 4:
        return FIRST[: len(sizes)]
    vector = sizes[1] == sizes[2] == 1 < sizes[3]
    return LAST if vector or (sizes[3] in COLOURS and sizes[1] not in COLOURS) else FIRST


def _further(found: Graph, picture: str, side: int) -> dict[str, tuple[Shape, tuple[int, ...]]]:
    """Inputs beside the picture that one can feed: vectors, and pictures. Shape, channels first, and axes."""
    entries: dict[str, tuple[Shape, tuple[int, ...]]] = {}
    for name, sizes in found.inputs.items():
        if name == picture or name in found.counted:
            continue
        if len(sizes) == 1 and 0 < sizes[0] <= MOST_NUMBERS:
            entries[name] = (sizes, (1,))
        elif len(sizes) == 2 and sizes[0] in (0, 1) and 0 < sizes[1] <= MOST_NUMBERS:
            entries[name] = (sizes[1:], (0, 1))
        elif len(sizes) == 4 and sizes[0] in (0, 1):
            axes = _axes(sizes)
            shape = _filled(sizes, axes, side)
            if shape[0] <= MOST_NUMBERS and prod(shape) <= LARGEST:
                entries[name] = (shape, axes)
    return entries


def _picture(found: Graph) -> str:
    """The input that is the picture: an image of one to four channels before any other."""

    def likely(name: str) -> tuple[bool, bool]:
        sizes = found.inputs[name]
        return len(sizes) == 4 and bool({sizes[1], sizes[3]} & set(COLOURS)), len(sizes) == 4

    return max(found.inputs, key=likely)


def _filled(sizes: tuple[int, ...], axes: tuple[int, ...], side: int) -> Shape:
    """The picture's shape, channels first, with what the file leaves open filled in."""
    whole = [sizes[axes.index(axis)] for axis in range(1, len(sizes))]
    return tuple(n or (3 if i == 0 and len(whole) == 3 else side) for i, n in enumerate(whole))


def _said(found: Graph, picture: str, shape: Shape, side: int, reading: Reading) -> str:
    said = ["How a picture was prepared for it is not in the file: it is fed with numbers from 0 to 1."]
    if side:
        said.append(f"It takes pictures of several sizes; {described(shape)} was chosen.")
    entries = {name: id for id, name in reading.entries.items() if id in reading.network.nodes}
    for name, sizes in found.inputs.items():
        if name in entries:
            said.append(f"Its input {shown(name, 40)} is fed with 1: select {shown(entries[name], 40)} to change that.")
        elif name != picture:
            count = prod(n or 1 for n in sizes)
            said.append(f"Its input {shown(name, 40)} is held at 1 ({count:,} numbers).")
    return " ".join(said)
