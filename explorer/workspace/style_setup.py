"""What a style studio works on: the pictures, the settings and the layers, as one value that can be undone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from explorer.engine.questions import PictureFile, PictureSource, Pixels
from explorer.engine.style_questions import StyleOf, StylePicture
from explorer.maths.strokes import Strokes
from explorer.maths.values import dataclass
from explorer.network.analysis import Facts
from explorer.network.project import Project
from explorer.probes.style import Style, WeightedLayer
from explorer.probes.style_layers import usual_layers
from explorer.workspace.mask_images import mask_pixels

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Role = Literal["content", "style"]
"""What a layer tells: what is in the picture, or how it is painted."""
Layers = tuple[WeightedLayer, ...]


@dataclass(frozen=True)
class ChosenPicture:
    """A picture that was opened, dropped or pasted."""

    source: PictureSource
    name: str


@dataclass(frozen=True)
class ChosenStyle:
    """A picture whose style is taken, how much it counts beside the others, and where in the content it belongs."""

    picture: ChosenPicture
    weight: float = 1.0
    strokes: Strokes = ()


@dataclass(frozen=True)
class StyleSetup:
    """Everything that decides how the picture becomes. Layers that are None are the usual ones of the network."""

    content: ChosenPicture | None = None
    styles: tuple[ChosenStyle, ...] = ()
    settings: Style = Style()
    content_layers: Layers | None = None
    style_layers: Layers | None = None

    @property
    def missing(self) -> str:
        """What is to be chosen before a picture can be made, "" where nothing is."""
        if self.content is None:
            return "Choose a content picture: what is to be seen."
        if not self.styles:
            return "Choose a style picture: how it is to be painted."
        return ""

    @property
    def beginning(self) -> tuple[str, int]:
        """What the picture is at first: the choice, and of noise which."""
        return self.settings.start, self.settings.seed if self.settings.start == "noise" else 0

    def begins_otherwise(self, before: StyleSetup) -> bool:
        """Whether a picture that grows has to begin anew, for another start was chosen since; "current" is as it is."""
        return self.beginning != before.beginning and self.settings.start != "current"

    def layers(self, role: Role, project: Project, facts: Mapping[str, Facts] | None = None) -> Layers:
        """The layers that are compared in this network: those that were picked and are there, or the usual ones.

        facts: what is known of its nodes, which else is found out.
        """
        picked = self.content_layers if role == "content" else self.style_layers
        if picked is None:
            return usual_layers(project.network, facts)[0 if role == "content" else 1]
        return tuple(one for one in picked if one.node in project.network.nodes)

    def with_layers(self, role: Role, layers: Layers | None) -> StyleSetup:
        """Compare other layers; None for the usual ones."""
        if role == "content":
            return replace(self, content_layers=layers)
        return replace(self, style_layers=layers)

    def toggled(self, role: Role, nodes: tuple[str, ...], project: Project) -> StyleSetup:
        """Take these nodes in, or where all of them are in, leave them out."""
        now = self.layers(role, project)
        known = {one.node for one in now}
        if known.issuperset(nodes):
            return self.with_layers(role, tuple(one for one in now if one.node not in nodes))
        return self.with_layers(role, (*now, *(WeightedLayer(node) for node in nodes if node not in known)))

    def with_weight(self, role: Role, node: str, weight: float, project: Project) -> StyleSetup:
        """Let a layer count more or less beside the others of its role. Raises SettingError."""
        changed = (WeightedLayer(node, weight) if one.node == node else one for one in self.layers(role, project))
        return self.with_layers(role, tuple(changed))

    def with_style(self, place: int, style: ChosenStyle | None) -> StyleSetup:
        """Another style picture at a place, or none; a place behind the last one adds it."""
        styles = list(self.styles)
        styles[place : place + 1] = [style] if style else []
        return replace(self, styles=tuple(styles))

    def question(
        self, project: Project, shape: tuple[int, int], device: str, so_far: Pixels | None = None, done: int = 0,
    ) -> StyleOf:  # fmt: skip
        """What the worker is asked. shape: width and height of the content picture, which masks belong to.

        The content must be there.
        """
        assert self.content is not None
        styles = tuple(
            StylePicture(one.picture.source, one.weight, mask_pixels(one.strokes, *shape)) for one in self.styles
        )
        return StyleOf(
            project, self.content.source, styles, self.settings, self.layers("content", project),
            self.layers("style", project), so_far, done, device,
        )  # fmt: skip


def file_of(picture: ChosenPicture) -> str:
    """The file a picture comes from, "" for a pasted one."""
    return picture.source.path if isinstance(picture.source, PictureFile) else ""


def from_file(path: str) -> ChosenPicture:
    """A picture by its file."""
    return ChosenPicture(PictureFile(path), Path(path).name)


def from_pixels(pixels: NDArray[np.uint8], name: str = "pasted picture") -> ChosenPicture:
    """A picture (H, W, 3) that has no file."""
    return ChosenPicture(Pixels(pixels, name), name)
