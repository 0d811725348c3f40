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
        "What is made large: the mean of the picked channel, the picked number, what all channels together say at "
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
    steps: int = setting(128, "number", "Steps uphill", low=1, high=10_000)
    rate: float = setting(0.05, "fraction", "How far each step of Adam goes", low=0.0001, high=10)
    jitter: int = setting(8, "number", "Pixels by which the picture is moved at random in each step", high=256)
    blur: float = setting(0, "fraction", "Deviation in pixels of the blur it is seen through at first", high=32)
    smoothness: float = setting(
        0, "fraction", "Weight of the total variation, the mean difference of neighbouring pixels, which is kept small",
        high=1000,
    )  # fmt: skip
    seed: int = setting(0, "number", "Where the random numbers begin", high=2**31 - 1)
