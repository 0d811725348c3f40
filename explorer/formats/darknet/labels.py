"""What a Darknet network's classes are called: a text beside it says so, a name a line."""

from __future__ import annotations

from pathlib import Path

from explorer.formats import regular

LARGEST = 1_000_000
"""Bytes of names."""

COCO = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
    "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
    "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet",
    "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
    "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
"""Lin et al. 2014, Microsoft COCO, arXiv:1405.0312."""

VOC = (
    "aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable", "dog",
    "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor",
)  # fmt: skip
"""Everingham et al. 2010, The Pascal visual object classes challenge, doi:10.1007/s11263-009-0275-4."""

KNOWN = {len(COCO): ("COCO", COCO), len(VOC): ("Pascal VOC", VOC)}
"""Darknet's own networks, by how many classes they tell apart."""


def labels(cfg: Path, classes: int) -> tuple[tuple[str, ...], str]:
    """Names for so many classes and, for the user, where they come from; without any, nothing.

    Taken from the .names file of the network's own name, or from coco.names or voc.names beside it; else a network of
    80 or 20 classes is taken to be one of COCO or Pascal VOC, as Darknet's own are.
    """
    for file in (cfg.with_suffix(".names"), cfg.with_name("coco.names"), cfg.with_name("voc.names")):
        names = _lines(file)
        if len(names) == classes:
            return names, f"Names of classes from {file.name}."
    if classes in KNOWN:
        whose, names = KNOWN[classes]
        return names, f"It has {classes} classes, so they are called as in {whose}."
    return (), ""


def _lines(file: Path) -> tuple[str, ...]:
    try:
        if not file.exists() or regular.size(file) > LARGEST:
            return ()
        with open(file, "rb", opener=regular.only_files) as opened:
            text = opened.read(LARGEST).decode("utf-8-sig", "replace")
    except (OSError, regular.NotReadable):
        return ()
    return tuple(line.strip()[:200] for line in text.splitlines() if line.strip())
