"""Settings that lead to good pictures, each for another purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from explorer.probes.style import Style, WeightedLayer

OWN = ("size", "steps", "octaves", "growth", "tile", "precision", "seed")
"""What a preset leaves as the user has it: how large and how long."""
Layers = tuple[WeightedLayer, ...]


@dataclass(frozen=True)
class Preset:
    """A name, what comes of it, and the settings in which it differs from the usual ones."""

    name: str
    help: str
    changes: Mapping[str, Any]

    def of(self, settings: Style) -> Style:
        """These settings, as large and as long as `settings` are."""
        return replace(Style(), **{name: getattr(settings, name) for name in OWN} | dict(self.changes))

    def holds(self, settings: Style) -> bool:
        """Whether these are its settings."""
        return self.of(settings) == settings


PRESETS = (
    Preset("Painting", "Strokes and colours of the style, things of the content", {}),
    Preset("Gentle", "Little style: what is in the content stays easy to see", {"style_weight": 20.0}),
    Preset("Bold", "Much style, in strokes twice as large", {"style_weight": 20_000.0, "stroke": 2.0}),
    Preset("Fine", "Strokes half as large", {"style_weight": 5_000.0, "stroke": 0.5}),
    Preset("Own colours", "The strokes of the style in the colours of the content", {"colours": "luminance"}),
    Preset("Tinted", "The style in colours spread as in the content", {"colours": "histogram"}),
    Preset("Smooth", "Calm areas: neighbouring pixels are kept alike", {"smoothness": 300.0}),
    Preset("From noise", "Begun with noise, as the course does it", {"start": "noise"}),
    Preset(
        "Texture",
        "Only style, out of noise: what the Gram matrices know",
        {"content_weight": 0.0, "start": "noise", "smoothness": 3.0},
    ),
)


def told(settings: Style) -> str:
    """Settings in few words: the name of their preset, or in what they differ from the usual ones."""
    for preset in PRESETS:
        if preset.holds(settings):
            return preset.name
    letters = {"content_weight": "α", "style_weight": "β"}
    usual = Style()
    differing = [one.name for one in fields(settings) if one.name not in OWN]
    parts = [
        f"{letters.get(name, name)} {_written(getattr(settings, name))}"
        for name in differing
        if getattr(settings, name) != getattr(usual, name)
    ]
    return ", ".join(parts) or PRESETS[0].name


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


Row = tuple[tuple[str, Style, tuple[Layers, Layers] | None], ...]
"""Names, settings, and layers or None for the usual ones."""


def more_style(settings: Style, betas: tuple[float, ...] = (10.0, 100.0, 1_000.0, 10_000.0)) -> Row:
    """The same with more and more style, as in figure 3 of Gatys et al. 2015."""
    return tuple((f"β = {beta:,g}", replace(settings, style_weight=beta), None) for beta in betas)


def only_content(settings: Style, layers: Layers) -> Row:
    """What each layer still knows of the content: only its values are made alike, out of noise (figure 1, below).

    A little of the variation calms what the layer leaves open.
    """
    alone = replace(settings, content_weight=1.0, style_weight=0.0, smoothness=0.02, start="noise", colours="style")
    return tuple((f"content of {one.node}", alone, ((WeightedLayer(one.node),), ())) for one in layers)


def only_style(settings: Style, layers: Layers) -> Row:
    """The style up to each layer, out of noise: one layer more each time (figure 1, above)."""
    alone = replace(settings, content_weight=0.0, smoothness=2.0, start="noise", colours="style")
    return tuple((f"style up to {one.node}", alone, ((), layers[: at + 1])) for at, one in enumerate(layers))
