"""Pictures that excite a part of the network most, made from noise or from the picture that is open."""

from __future__ import annotations

from explorer.network.settings import Settings, setting

AIMS = ("channel", "number", "direction", "layer")
FORMS = ("frequencies", "pixels")
STARTS = ("noise", "picture")


class Dream(Settings):
    """How a picture is made that makes something large (Olah et al. 2017, doi:10.23915/distill.00007)."""

    aim: str = setting(
        "channel",
        "choice",
        "What is made large: the picked channel on the mean, the picked number, what all channels together say at "
        "that place of the open picture, or all of the layer's numbers (DeepDream)",
        choices=AIMS,
    )
    start: str = setting("noise", "choice", "What the picture is at first", choices=STARTS)
    form: str = setting(
        "frequencies",
        "choice",
        "What is changed: waves of all lengths in uncorrelated colours, which makes large forms, or single pixels",
        choices=FORMS,
    )
    steps: int = setting(64, "number", "Steps uphill at each size", low=1, high=10_000)
    octaves: int = setting(3, "number", "Sizes it grows through: large forms come first, detail later", low=1, high=12)
    growth: float = setting(1.4, "fraction", "How many times as large each next size is", low=1.05, high=4)
    size: int = setting(
        0, "number", "Pixels of the longer side in the end, for layers before the first fully connected one; 0 for the "
        "Input's size", high=4096,
    )  # fmt: skip
    rate: float = setting(0.05, "fraction", "How far each step of Adam goes", low=0.0001, high=10)
    jitter: int = setting(8, "number", "Pixels by which the picture is moved at random in each step", high=256)
    turn: float = setting(8, "fraction", "Degrees by which it is turned at random in each step", high=180)
    stretch: float = setting(0.1, "fraction", "By how much it is scaled at random in each step", high=0.9)
    blur: float = setting(0, "fraction", "Deviation in pixels of the blur it is seen through at first", high=32)
    smoothness: float = setting(
        0, "fraction", "Weight of the total variation, the mean difference of neighbouring pixels, which is kept small",
        high=1000,
    )  # fmt: skip
    decay: float = setting(
        0.05, "fraction", "Weight of how far its colours are from those it began with, which are grey for noise: it "
        "keeps them from black and white", high=1000,
    )  # fmt: skip
    seed: int = setting(0, "number", "Where the random numbers begin", high=2**31 - 1)

    @property
    def total(self) -> int:
        """Steps at all sizes together."""
        return self.steps * self.octaves
