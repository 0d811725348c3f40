"""Open a .pt2 file: its checked graph as a network with its weights."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import torch

from explorer.engine.exported.building import Built, built
from explorer.engine.exported.layers import ExportedError
from explorer.engine.reading import Reading
from explorer.engine.readings import TraceError
from explorer.engine.symbols import Seen
from explorer.engine.trace import weights
from explorer.formats.checkpoint.stored import itemsize
from explorer.formats.exported import archive
from explorer.formats.in_pieces import kept, told
from explorer.formats.regular import NotReadable
from explorer.formats.words import refusal, shown
from explorer.maths.records import Progress
from explorer.network.project import Project

ADVICE = "in Python, call eval() on the network, and export it again for one picture"


def check(reading: Reading, whole: Built) -> None:
    """Raise ExportedError where values have other shapes than the file says: what was put together believed them."""
    for node, shape in whole.shapes.items():
        value = reading.values.get(node)
        if isinstance(value, Seen) and reading.size(value) != shape:
            raise ExportedError(f"says another shape of the value behind {value.id[:60]} than its operations give")


def read(path: Path) -> Iterator[Progress | Project]:
    """The network in a .pt2 file, with its weights. Raises NotReadable, CannotSave."""
    yield Progress(f"Checking {shown(path.name, 60)}")
    found = yield from archive.read(path)
    yield Progress(f"Reading {shown(path.name, 60)}")
    try:
        if len(found.graph.sizes) != 4:
            raise ExportedError("takes no picture: its input has not the four axes of a batch of pictures")
        _, channels, height, width = found.graph.sizes
        size = sum(tensor.count * itemsize(tensor.dtype) for tensor in found.tensors.values())
        arrays = yield from told(found.arrays(), f"Reading {shown(path.name, 60)}", size)
        whole = built(found.graph, {name: torch.from_numpy(array) for name, array in arrays.items()})
        reading = Reading(whole.module, whole.graph, (channels, height, width))
        if found.graph.sizes[0] == 1:
            check(reading, whole)
    except (ExportedError, TraceError) as error:
        raise NotReadable(refusal(path, str(error), ADVICE)) from error
    except NotReadable:
        raise
    except Exception as error:  # whatever torch says to operations that were made up
        raise NotReadable(refusal(path, "has operations that do not fit each other", ADVICE)) from error
    values = weights(whole.module, reading.network)
    sha = (yield from kept(values, path.name)) if values else ""
    yield Project(
        reading.network,
        weights=sha,
        title=shown(path.stem, 60),
        origin=f"Read from {shown(path.name, 60)}, a program of torch.export. How a picture was prepared for it is not "
        "in the file: it is fed with numbers from 0 to 1.",
        main=reading.ends[0] if reading.ends else "",
    )
