"""How a network is trained that paints in one style."""

from __future__ import annotations

from explorer.network.settings import Settings, setting
from explorer.probes.style import PRECISIONS


class FastStyle(Settings):
    """What is made small is J = α · J_content + β · J_style + the weight `smoothness` · J_variation of what the network
    makes of the pictures of a folder, on the mean of each batch (Johnson et al. 2016, arXiv 1603.08155, section 3).
    """

    content_weight: float = setting(
        1, "fraction", "How much it counts that the painted picture shows what the picture shows", letters="α", high=1e9
    )
    style_weight: float = setting(
        60, "fraction", "How much it counts that it looks like the style picture", letters="β", high=1e9
    )
    smoothness: float = setting(
        0.5, "fraction", "Weight of the total variation, the mean squared difference of neighbouring pixels", high=1e9
    )
    size: int = setting(128, "number", "Pixels of the sides that pictures are cut to", low=32, high=2048)
    steps: int = setting(2000, "number", "Steps, each on one batch", low=1, high=1_000_000)
    first: int = setting(
        200, "number", "So many steps at first it only learns to show the picture itself, pixel by pixel: these are "
        "quick, and a style is soon learned on top of that", high=1_000_000,
    )  # fmt: skip
    batch: int = setting(1, "number", "Pictures of one step", low=1, high=64)
    channels: int = setting(
        16, "number", "Of the network's first layer; 32 in the paper, which paints finer and takes three times as long",
        low=4, high=128,
    )  # fmt: skip
    rate: float = setting(0.001, "fraction", "How far each step of Adam goes", low=1e-6, high=1)
    stroke: int = setting(256, "number", "Pixels of the style picture's longer side: more make larger strokes",
                          low=32, high=2048)  # fmt: skip
    precision: str = setting(
        "exact", "choice", "How the network that judges computes: with numbers of 32 bits, or of 16 (bfloat16), which "
        "is faster where the machine has them", choices=PRECISIONS,
    )  # fmt: skip
    seed: int = setting(0, "number", "Where the random numbers begin", high=2**31 - 1)
