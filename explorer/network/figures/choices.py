"""What one can choose of a figure."""

from __future__ import annotations

from explorer.network.direction import Direction
from explorer.network.settings import Settings, setting

AS_ARRANGED = "as arranged"


class FigureChoices(Settings):
    """How a network is drawn to be published."""

    style: str = setting(
        "volumes", "choice", "boxes in perspective, thin cards for a paper, or the canvas in white",
        choices=("volumes", "paper", "canvas"),
    )  # fmt: skip
    direction: str = setting(
        AS_ARRANGED, "choice", "which way the canvas's links run: as it is arranged, or laid out anew",
        choices=(AS_ARRANGED, *(one.value for one in Direction)),
    )  # fmt: skip
    width: float = setting(17.0, "fraction", "centimetres; a column of a paper is 8.5 wide, a page 17", low=3, high=120)
    typeface: str = setting("sans", "choice", "letters without or with serifs", choices=("sans", "serif"))
    abbreviate: str = setting(
        "repeats", "choice",
        "draw activations with the layer before them, and equal blocks once; only the first; or every layer",
        choices=("repeats", "activations", "no"),
    )  # fmt: skip
    formulas: bool = setting(False, "switch", "write how each size is worked out")
    sizes: str = setting("HWC", "choice", "channels last or first", choices=("HWC", "CHW"))
    transparent: bool = setting(False, "switch", "no white behind it")
    dpi: int = setting(300, "number", "pixels an inch of a PNG", low=36, high=2400)
