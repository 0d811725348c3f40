"""What comes with the program: photos, and a network that finds something in one of them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from explorer.maths.resources import resources
from explorer.network.analysis import Facts
from explorer.network.network import Network

DETECTOR = "face-detector"
"""What the model library calls the network that finds faces."""


def samples() -> list[Path]:
    """Paths of the sample photos, by name."""
    return sorted((resources() / "samples").glob("*.jpg"))


def first_worth_seeing(network: Network, facts: Mapping[str, Facts]) -> str:
    """The layer whose maps one would show to somebody who has seen none: the first with trained numbers that puts out
    maps, (C, H, W); else the last of all. "" where there is none."""
    ids = [node.id for node in network.order if facts[node.id].shape is not None]
    learned = (id for id in ids if facts[id].parameters and len(facts[id].shape or ()) == 3)
    return next(learned, ids[-1] if ids else "")
