"""What comes with the program: photos, and a network that finds something in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from explorer.maths.resources import resources
from explorer.network.analysis import Facts
from explorer.network.network import Network
from explorer.network.project import Project

SMALL = 64
"""Pixels of the sides up to which an Input for grey takes a digit for sure, and no photo."""

SHOWN = {"astronaut": {"person", "face"}, "cat": {"cat", "Egyptian cat"}, "coffee": {"espresso", "cup"}}
"""What is seen in sample photos, as the classes of known networks are called."""

DETECTOR = "face-detector"
"""What the model library calls the network that finds faces."""


def samples() -> list[Path]:
    """Paths of the sample photos, by name."""
    return sorted((resources() / "samples").glob("*.jpg"))


def digit() -> Path:
    """Path of the sample for networks that read handwriting: a five."""
    return resources() / "samples" / "digit.png"


def suited(project: Project, facts: Mapping[str, Facts]) -> Path:
    """The sample that a network can make something of: the digit where its classes are the digits, or where nothing
    says what they are and its Input is small and grey; else the first photo of a thing that it has a class for."""
    labels = project.recipe.labels
    shapes = (facts[node.id].shape for node in project.network.order if not node.inputs)
    grey = any(s is not None and len(s) == 3 and s[0] == 1 and max(s[1:]) <= SMALL for s in shapes)
    reads = set(labels) == set("0123456789") if labels else grey
    if reads:
        return digit()
    photos = samples()
    return next((photo for photo in photos if SHOWN.get(photo.stem, set()) & set(labels)), photos[0])


def first_worth_seeing(network: Network, facts: Mapping[str, Facts]) -> str:
    """The layer whose maps one would show to somebody who has seen none: the first with trained numbers that puts out
    maps, (C, H, W); else the last of all. "" where there is none."""
    ids = [node.id for node in network.order if facts[node.id].shape is not None]
    learned = (id for id in ids if facts[id].parameters and len(facts[id].shape or ()) == 3)
    return next(learned, ids[-1] if ids else "")
