"""A file with the weights of one of torchvision's detectors, as its network.

What leaves no weights is torchvision's usual: the sizes that pictures are looked at in, anchors, thresholds.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import nn
from torchvision.models import get_model_weights

from explorer.classics.others import DETECTORS
from explorer.classics.signatures import signature
from explorer.engine import library
from explorer.engine import torchvision_detectors as detectors
from explorer.engine.weights import Weightless
from explorer.formats.checkpoint.broken import broken_of
from explorer.formats.checkpoint.detectors import TWINS, Detector
from explorer.formats.checkpoint.reading import Checkpoint, CheckpointError
from explorer.formats.in_pieces import kept, told
from explorer.formats.words import refusal, shown
from explorer.maths.records import Progress
from explorer.maths.weight_records import WeightReport
from explorer.network.project import Project, Recipe

COCO = 91
"""Classes of torchvision's own, numbers that COCO left out included."""
COUNTER = "num_batches_tracked"
ENOUGH = 0.5
"""Share of a detector's weights that a file must have to be taken for it."""


def open_detector(checkpoint: Checkpoint, found: Detector) -> Iterator[Progress | WeightReport | Project]:
    """The detector that the weights in a file belong to, with them; a report on these comes before it. Raises
    CheckpointError, CannotSave."""
    found = yield from _which(checkpoint, found)
    title = _title(found)
    yield Progress(f"Building {title}")
    module = built(found)
    theirs = list(found.names.values())
    text = f"Reading {shown(checkpoint.path.name, 60)}"
    arrays = yield from told(checkpoint.arrays(theirs), text, checkpoint.size(theirs))
    state = {bare: torch.from_numpy(arrays[full]) for bare, full in found.names.items()}
    left, unfit = _load(module, state)
    if len(left) + len(unfit) > (1 - ENOUGH) * len(state):
        reason = f"names its weights as {title} does, but {len(left) + len(unfit):,} of {len(state):,} are others"
        raise CheckpointError(refusal(checkpoint.path, reason, "open it as an ONNX or a .pt2 file"))
    yield Progress(f"Building {title}")
    network = detectors.network_of(module)
    numbers = detectors.numbers(module, network)
    wanted = signature(network)
    broken = yield from told(broken_of(numbers), text, 0)
    strange = {found.names[bare] for bare in (*left, *unfit)}
    over = [part for name in theirs if name in strange for part in checkpoint.parts(name)]
    files = checkpoint.tensors
    report = WeightReport(
        file=checkpoint.path.name,
        what=_what(title, found) + checkpoint.put_together([name for name in theirs if name not in strange]),
        numbers=sum(tensor.count for tensor in files.values()),
        types=tuple(Counter(tensor.dtype for tensor in files.values()).items()),
        matched=tuple(n for n in wanted if n in numbers),
        missing=tuple(n for n in wanted if n not in numbers),
        left_over=tuple(over),
        broken=broken,
        shapes={**{name: files[name].shape for name in over}, **wanted},
    )
    yield report
    inside = f", under “{checkpoint.within}”" if checkpoint.within else ""
    origin = f"Weights from “{shown(report.file, 80)}”{inside}. {report.what}"
    sha = yield from kept(numbers, report.file)
    yield Project(network, weights=sha, recipe=_recipe(found), title=title, origin=origin)


def built(found: Detector) -> Any:
    """torchvision's module with shapes only, with the file's classes and as its backbone is there."""
    settings: dict[str, Any] = {"num_classes": found.classes}
    if found.points:
        settings["num_keypoints"] = found.points
    module = detectors.built(found.name, found.frozen, **settings)
    if found.depth not in (0, 50):
        from torchvision.models.detection.backbone_utils import resnet_fpn_backbone

        sharp = {part.eps for part in module.modules() if isinstance(part, nn.BatchNorm2d)}
        norm = partial(nn.BatchNorm2d, eps=min(sharp))
        with Weightless():
            module.backbone = resnet_fpn_backbone(
                backbone_name=f"resnet{found.depth}", weights=None, norm_layer=norm, trainable_layers=5
            )
    if found.full:
        _with_full_tail(module, found.classes)
    return module.eval()


def _with_full_tail(module: Any, classes: int) -> None:
    """SSDlite as it is built upon a classifier's trained numbers: its last blocks are twice as wide."""
    from torchvision.models import mobilenet_v3_large
    from torchvision.models.detection import ssdlite

    norm = partial(nn.BatchNorm2d, eps=0.001, momentum=0.03)
    with Weightless():
        body = mobilenet_v3_large(weights=None, norm_layer=norm)
        module.backbone = ssdlite._mobilenet_extractor(body, 6, norm)
        heads = module.head.classification_head.module_list
        channels = [part.out_channels for part in _ends(module.backbone)]
        anchors = module.anchor_generator.num_anchors_per_location()
        assert len(heads) == len(channels)
        module.head = ssdlite.SSDLiteHead(channels, anchors, classes, norm)


def _ends(backbone: Any) -> list[nn.Conv2d]:
    """The last convolution before each map of an SSDlite's."""
    blocks = [*backbone.features, *backbone.extra]
    return [[part for part in block.modules() if isinstance(part, nn.Conv2d)][-1] for block in blocks]


def _load(module: nn.Module, state: dict[str, torch.Tensor]) -> tuple[list[str], list[str]]:
    """Put numbers into a module; the names of those that it has no place for, and of those of other shapes."""
    own = {name: tensor for name, tensor in module.state_dict().items() if not name.endswith(COUNTER)}
    unfit = [name for name, value in state.items() if name in own and value.shape != own[name].shape]
    counters = {name: torch.tensor(0) for name in module.state_dict() if name.endswith(COUNTER)}
    fitting = {name: value for name, value in state.items() if name not in unfit}
    try:
        result = module.load_state_dict({**counters, **fitting}, strict=False, assign=True)
    except RuntimeError:  # of old names, which torchvision renames itself, and other shapes
        return list(state), []
    return list(result.unexpected_keys), unfit


def _which(checkpoint: Checkpoint, found: Detector) -> Generator[Progress, None, Detector]:
    """Where two of torchvision's have the same weights: that whose published file this is, or which the file is called
    after."""
    twin = TWINS.get(found.name, "")
    if not twin:
        return found
    if "320" not in checkpoint.path.stem:
        yield Progress("Comparing with the model library")
        with open(checkpoint.path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if not digest.startswith(library.entry(twin).source.digits):
            return found
    return replace(found, name=twin)


def _recipe(found: Detector) -> Recipe:
    usual = library.entry(found.name).recipe
    categories = get_model_weights(found.name).DEFAULT.meta["categories"]
    return replace(usual, labels=tuple(categories) if len(categories) == found.classes else ())


def _title(found: Detector) -> str:
    """What it is, and in what it differs from torchvision's own: “SSD 300 on VGG-16, 3 classes”."""
    name, title = found.name, DETECTORS[found.name]
    if found.depth:
        title = title.replace("ResNet-50", f"ResNet-{found.depth}")
    usual = len(get_model_weights(name).DEFAULT.meta["categories"])
    return title if found.classes == usual else f"{title}, {found.classes - 1:,} classes"


def _what(title: str, found: Detector) -> str:
    """What the file was taken for, and what nobody can tell by its weights."""
    told = [
        f"Taken for {title} of torchvision by its names and shapes. Sizes of pictures, anchors and thresholds leave no "
        "weights: they are torchvision's usual ones."
    ]
    other = next((twin for pair in TWINS.items() if found.name in pair for twin in pair if twin != found.name), "")
    if other:
        told.append(f"The weights would fit {other} as well, which looks at pictures in another size.")
    if found.name in detectors.SHARP and found.frozen:
        told.append("Its normalisation is frozen, so nothing is added under its root, as torchvision does.")
    return " ".join(told)
