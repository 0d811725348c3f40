"""Methods that tell which pixels made a number of the network what it is."""

from __future__ import annotations

from typing import ClassVar, Literal

from explorer.network.settings import Settings, setting

BASELINES = ("mean colour", "black", "white")
"""What stands for a pixel that is not there; the mean colour is 0 in the network's input."""

Back = Literal["gradient", "guided", "deconvolution"]
"""What a ReLU lets through on the way back from a number to the pixels; see engine.tape."""


class Method(Settings):
    """One way to attribute a number to the pixels of the picture."""

    title: ClassVar[str]
    story: ClassVar[str]
    source: ClassVar[str]
    signed: ClassVar[bool] = True  # whether below zero speaks against the number, and not only of a slope


class Gradient(Method):
    """∂y/∂x, the slope of the number at each pixel."""

    title = "Gradient"
    story = "How much the number would change if a pixel changed a little: the largest slope of its colours."
    source = "Simonyan et al. 2013, arXiv:1312.6034"
    signed = False


class SmoothGrad(Method):
    """The mean of gradients at noisy copies of the picture."""

    title = "SmoothGrad"
    story = "The mean gradient over noisy copies of the picture: what is accidental in a single one averages out."
    source = "Smilkov et al. 2017, arXiv:1706.03825"
    signed = False

    samples: int = setting(16, "number", "Noisy copies", letters="n", low=1, high=1000)
    noise: float = setting(0.15, "fraction", "Deviation of the noise, as a share of the input's range", low=0, high=2)
    seed: int = setting(0, "number", "Where the random numbers begin", high=2**31 - 1)


class IntegratedGradients(Method):
    """(x − x′) · the mean gradient on the straight way from a baseline x′ to the picture x."""

    title = "Integrated gradients"
    story = (
        "Gradients gathered on the way from an empty picture to this one. The shares of all pixels add up to what "
        "the number gained on that way."
    )
    source = "Sundararajan et al. 2017, arXiv:1703.01365"

    steps: int = setting(32, "number", "Pictures on the way", letters="m", low=2, high=1000)
    baseline: str = setting("mean colour", "choice", "The empty picture", choices=BASELINES)


class GuidedBackprop(Method):
    """The gradient, of which each ReLU lets through only what raises the number."""

    title = "Guided backpropagation"
    story = (
        "The gradient without anything negative at a ReLU on its way back. Sharp to look at, but it depends little on "
        "the class: it shows what the network looks at, not why it decides."
    )
    source = "Springenberg et al. 2014, arXiv:1412.6806"
    signed = False


class Deconvolution(Method):
    """The number sent back through the network, where each ReLU lets through only what is positive."""

    title = "Deconvolution"
    story = (
        "The number sent back to the pixels with a ReLU at each ReLU on the way. Like guided backpropagation it shows "
        "what the network looks at; where a ReLU was closed does not count."
    )
    source = "Zeiler & Fergus 2013, arXiv:1311.2901, section 2.1"
    signed = False


class GradCam(Method):
    """ReLU(Σ_k α_k A_k): the maps of a layer, weighed by the mean of their gradients."""

    title = "Grad-CAM"
    story = (
        "The maps of a late layer, each weighed by how much the number rises with it on the mean. Coarse, and it "
        "tells classes apart."
    )
    source = "Selvaraju et al. 2016, arXiv:1610.02391, equations 1 and 2"

    layer: str = setting(
        "last", "choice", "Whose maps are weighed: the last ones before the number, or the selected layer's",
        choices=("last", "selected"),
    )  # fmt: skip


class Occlusion(Method):
    """How much the number falls when a window of the picture is covered."""

    title = "Occlusion"
    story = "A covered window slides over the picture: where the number falls most, it depends on what was there."
    source = "Zeiler & Fergus 2013, arXiv:1311.2901, section 4.2"

    window: int = setting(32, "number", "Side of the covered square, in pixels of the input", letters="f", low=1)
    stride: int = setting(16, "number", "Pixels from one place to the next", letters="s", low=1)
    baseline: str = setting("mean colour", "choice", "What covers it", choices=BASELINES)


METHODS: tuple[type[Method], ...] = (
    GradCam, IntegratedGradients, SmoothGrad, Gradient, GuidedBackprop, Deconvolution, Occlusion,
)  # fmt: skip
"""In the order in which they are offered."""
