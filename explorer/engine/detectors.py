"""Which networks of the model library find things, and where these are."""

from __future__ import annotations

import json
import re
from typing import Any

from explorer.classics import faces
from explorer.classics.others import DETECTORS
from explorer.engine.downloads import Address
from explorer.engine.entry import Entry
from explorer.engine.sources import Bundled
from explorer.engine.trained import Darknet, Mtcnn, Ours, TorchvisionDetector
from explorer.engine.wheels import Wheel
from explorer.formats.darknet.labels import COCO
from explorer.maths.records import ModelCard
from explorer.maths.resources import resources
from explorer.network.project import Recipe

FACES = "finds faces in a photo, and where they are"
LANDMARKS = "finds faces, and in each the eyes, the nose and the corners of the mouth"
THINGS = "finds 80 kinds of things in a photo, and where they are"
MASKS = "finds 80 kinds of things in a photo, and which of its pixels each takes"
POINTS = "finds people in a photo, and in each 17 points from the nose to the ankles"

BOXED = "COCO 2017, 118,000 photos with boxes that people drew around 80 kinds of things"
TOLD = {
    "mask_map": (MASKS, "COCO 2017, 118,000 photos in which people outlined 80 kinds of things", "masks"),
    "kp_map": (POINTS, "COCO 2017, photos of people with a box around each and up to 17 points on each", "points"),
}
"""Of those that tell more of each box, by the name of its precision: what they do, were trained on, and tell."""

YOLO_FASTEST = "https://raw.githubusercontent.com/dog-qiuqiu/Yolo-Fastest/96a2900d1631/ModelZoo/yolo-fastest-1.1_coco/"
"""A state of its repository that does not change."""

MTCNN_WHEEL = 1_898_606
"""Bytes to download; its three files come out of one."""


def detectors() -> list[Entry]:
    """Every entry, the one that came with the program first."""
    return [_face_detector(), _mtcnn(), *_yolo_fastest(), *_torchvision()]


def _face_detector() -> Entry:
    said = json.loads((resources() / "models" / "face-detector.json").read_text("utf-8"))
    card = ModelCard(
        name="face-detector",
        title="Tiny YOLOv2 for faces",
        task=FACES,
        parameters=193_321,
        size=said["size"],
        source=f"npm package {said['package']}, written out by tools/face_detector.py",
        licence="MIT (face-api)",
        trained_on="14,000 photos with boxes around faces, of its author's own",
        sha256=said["sha256"],
        installed=True,
    )
    labels = ("face",)
    mean = tuple(x / 255 for x in (117.001, 114.697, 97.404))
    return Entry(
        card,
        Bundled("face-detector.safetensors", said["sha256"]),
        Ours(faces.tiny_yolo, labels),
        Recipe(0.0, mean, (1.0,) * 3, labels, "asymmetric", "corner", 0.5, 0.4),
    )


def _mtcnn() -> Entry:
    """A file for each of its three networks, all out of one wheel."""
    sources = [
        Wheel("mtcnn", "1.0.0", f"mtcnn/assets/weights/{name}.lz4", size, digits)
        for name, size, digits in (
            ("pnet", 27_119, "ea6b0c3e685ebee3165326ad6484acc95f2ef78f1c94fbf40a55704fa989f7b5"),
            ("rnet", 401_659, "cb00e6460f3c98b0bfafaba3c0a0ded4bdf6e62cee7174d969e8670d7e757fee"),
            ("onet", 1_557_637, "94f6ea2f4cf985275ee958cdd762d17b6009348a4fb9d8c6be39ba73ffd22ca3"),
        )
    ]
    card = ModelCard(
        name="mtcnn",
        title="MTCNN",
        task=LANDMARKS,
        parameters=495_850,
        size=MTCNN_WHEEL,
        source="Python package mtcnn 1.0.0",
        licence="MIT (mtcnn)",
        trained_on="WIDER FACE and CelebA, photos with boxes around faces and points on them",
        sha256=sources[0].digits,
        installed=False,
    )
    labels = ("face",)
    recipe = Recipe(0.0, (0.5,), (128 / 255,), labels)
    return Entry(card, sources[0], Mtcnn(labels), recipe, tuple(sources[1:]))


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


def _torchvision() -> list[Entry]:
    """As torchvision describes them, written down by `tools/torchvision_detectors.py`. The first weights of an
    architecture are called by its name alone."""
    described = json.loads((resources() / "models" / "torchvision_detectors.json").read_text("utf-8"))
    first = {said["architecture"]: said["weights"] for said in reversed(described)}
    return [
        Entry(
            _card(said, first[said["architecture"]] == said["weights"]),
            Address(said["url"], said["size"], re.findall(r"-([0-9a-f]{8,})\.pth$", said["url"])[0]),
            TorchvisionDetector(said["architecture"], said["weights"], sharp=said["weights"] == "COCO_V1"),
            Recipe(
                0.0, tuple(said["mean"]), tuple(said["std"]), scaling="centres",
                padding="mean" if said["shorter"] else "", least=said["least"], overlap=said["overlap"],
                shorter=said["shorter"], longer=said["longer"],
            ),
        )
        for said in described
    ]  # fmt: skip


def _card(said: dict[str, Any], first: bool) -> ModelCard:
    architecture, weights = said["architecture"], said["weights"]
    accuracy = f"{said['precision']:.1f} % mean average precision at overlaps of 50 to 95 % (COCO val2017)"
    task, trained_on = THINGS, BOXED
    for name, (task_, trained_on_, what) in TOLD.items():
        if name in said:
            task, trained_on = task_, trained_on_
            accuracy += f"; of its {what} {said[name]:.1f} %"
    return ModelCard(
        name=architecture if first else f"{architecture}:{weights}",
        title=DETECTORS[architecture] + ("" if first else f" ({weights.removeprefix('COCO_').lower()})"),
        task=task,
        parameters=said["parameters"],
        size=said["size"],
        source=said["url"],
        licence="BSD-3-Clause (torchvision)",
        trained_on=trained_on,
        sha256="",
        installed=False,
        accuracy=accuracy,
    )
