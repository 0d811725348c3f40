"""What is told inside a picture about how it was made, so that it can be made again or gone on with."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.maths.strokes import Strokes
from explorer.probes.style import Style, WeightedLayer

Layers = tuple[WeightedLayer, ...]


@dataclass(frozen=True)
class NotedStyle:
    """A style picture by the name of its file, "" for a pasted one; its weight, and the mask as it was painted."""

    name: str
    weight: float = 1.0
    strokes: Strokes = ()


@dataclass(frozen=True)
class StyleNote:
    """Names of files without their folders: a picture that is passed on tells nothing of the disk it came from.

    layers: those that were compared, by their nodes' ids in a network of this title. step: how many were taken.
    """

    settings: Style
    content: str
    styles: tuple[NotedStyle, ...]
    content_layers: Layers
    style_layers: Layers
    network: str = ""
    step: int = 0
