"""Tables of 256 colours for numbers drawn as brightness; each reads well for colour-blind eyes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


STOPS: dict[str, tuple[str, ...]] = {
    # Ten evenly spaced colours of viridis (Smith & van der Walt 2015): lightness rises evenly.
    "viridis": (
        "440154", "482878", "3e4989", "31688e", "26828e", "1f9e89", "35b779", "6ece58", "b5de2b", "fde725",
    ),
    "grey": ("000000", "ffffff"),
    # The eleven colours of RdBu (Brewer, colorbrewer2.org), turned round: blue below zero, red above.
    "blue–white–red": (
        "053061", "2166ac", "4393c3", "92c5de", "d1e5f0", "f7f7f7", "fddbc7", "f4a582", "d6604d", "b2182b", "67001f",
    ),
}  # fmt: skip

SIGNED = frozenset({"blue–white–red"})
"""Maps whose middle means zero."""


AUTOMATIC = "automatic"
"""The choice that leaves it to `fitting`."""


def fitting(choice: str, signed: bool) -> str:
    """The map to draw with: the one chosen, else one with a middle for numbers of both signs."""
    if choice in STOPS:
        return choice
    return "blue–white–red" if signed else "viridis"


@cache
def table(name: str) -> NDArray[np.uint8]:
    """The colours of a map, (256, 3) red, green, blue."""
    import numpy as np

    stops = np.array([[int(stop[i : i + 2], 16) for i in (0, 2, 4)] for stop in STOPS[name]], float)
    at = np.linspace(0, len(stops) - 1, 256)
    channels = [np.interp(at, np.arange(len(stops)), stops[:, c]) for c in range(3)]
    colours = np.stack(channels, axis=1).round().astype(np.uint8)  # [256, 3]
    colours.flags.writeable = False
    return colours


@cache
def opaque(name: str) -> NDArray[np.uint32]:
    """The map as 256 numbers 0xAARRGGBB."""
    import numpy as np

    r, g, b = table(name).astype(np.uint32).T
    colours: NDArray[np.uint32] = 0xFF000000 | r << 16 | g << 8 | b
    return colours
