"""Neural style transfer: what of a picture is kept, what is taken from others, and how the way there is gone."""

from __future__ import annotations

from explorer.maths.values import dataclass
from explorer.network.settings import SettingError, Settings, setting

OPTIMIZERS = ("L-BFGS", "Adam")
STARTS = ("content", "noise", "style", "current")
COLOURS = ("style", "luminance", "histogram")
PRECISIONS = ("exact", "fast")
MOST_WEIGHT = 1e6
"""Of a layer, or of a style picture."""


class Style(Settings):
    """How a picture is made that has the content of one and the style of others (Gatys et al. 2015, arXiv 1508.06576).

    What is made small is J = α · J_content + β · J_style + the weight `smoothness` · J_variation; see
    `explorer.engine.style_costs`.
    """

    content_weight: float = setting(
        1, "fraction", "How much it counts that the content layers answer as to the content picture: only content "
        "where β is 0", letters="α", high=1e9,
    )  # fmt: skip
    style_weight: float = setting(
        2000, "fraction", "How much it counts that the style layers' channels go together as for the style pictures: "
        "only style where α is 0", letters="β", high=1e9,
    )  # fmt: skip
    smoothness: float = setting(
        0, "fraction", "Weight of the total variation, the mean squared difference of neighbouring pixels", letters="s",
        high=1e9,
    )  # fmt: skip
    size: int = setting(256, "number", "Pixels of the longer side in the end", low=16, high=8192)
    steps: int = setting(200, "number", "Steps downhill at each size", low=1, high=100_000)
    octaves: int = setting(1, "number", "Sizes it grows through: large strokes come first, detail later", low=1, high=8)
    growth: float = setting(2, "fraction", "How many times as large each next size is", low=1.05, high=4)
    stroke: float = setting(
        1, "fraction", "How large the style pictures are seen beside the picture: larger ones make larger strokes",
        low=0.1, high=4,
    )  # fmt: skip
    start: str = setting(
        "content", "choice", "What the picture is at first. Changed while it grows, the next step is that, and the "
        "timeline keeps what was. Current: the one that was made before, or else the content",
        choices=STARTS,
    )  # fmt: skip
    optimizer: str = setting(
        "L-BFGS", "choice", "How each step is found: L-BFGS with a line search, where every step lowers J, or Adam",
        choices=OPTIMIZERS,
    )  # fmt: skip
    rate: float = setting(0.02, "fraction", "How far each step of Adam goes, in pixels from 0 to 1", low=1e-6, high=10)
    colours: str = setting(
        "style", "choice", "Those of the style pictures; or those of the content: by luminance, where only how bright "
        "a pixel is changes, or by histogram, where the style pictures take the content's colours first",
        choices=COLOURS,
    )  # fmt: skip
    precision: str = setting(
        "exact", "choice", "Numbers of 32 bits; or of 16 (bfloat16) inside the network, which is faster where the "
        "machine has them", choices=PRECISIONS,
    )  # fmt: skip
    tile: int = setting(
        0, "number", "Pixels of the side of the tiles that a large picture goes through the network in, to spare "
        "memory: the costs stay those of the whole; 0 for all at once", high=8192,
    )  # fmt: skip
    seed: int = setting(0, "number", "Where the random numbers begin", high=2**31 - 1)

    @property
    def total(self) -> int:
        """Steps at all sizes together."""
        return self.steps * self.octaves


@dataclass(frozen=True)
class WeightedLayer:
    """A layer whose values are compared, and how much it counts beside the others; their weights add up to 1 there.

    Raises SettingError for a weight that is no number from 0 to a million.
    """

    node: str
    weight: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.weight <= MOST_WEIGHT:  # not-a-number neither
            name, most = self.node[:60], f"{MOST_WEIGHT:,.0f}"
            raise SettingError(f"The weight of {name} must be a number from 0 to {most}, not {self.weight}")


@dataclass(frozen=True)
class StyleSheet:
    """How a picture was made, as it stands in the picture's own file.

    model: what the network was called, and weights: the SHA-256 of its numbers, "" where it had none. content: the name
    of the content picture's file, and styles: those of the style pictures with their weights.
    step: how many steps had been taken. masks: of each style where it belongs, a PNG (see `formats.mask_files`), b""
    for everywhere; none at all where no style has one.
    """

    settings: Style
    content_layers: tuple[WeightedLayer, ...] = ()
    style_layers: tuple[WeightedLayer, ...] = ()
    model: str = ""
    weights: str = ""
    content: str = ""
    styles: tuple[tuple[str, float], ...] = ()
    step: int = 0
    masks: tuple[bytes, ...] = ()
