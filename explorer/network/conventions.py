"""How sizes and costs are counted and written: people count the same network in several ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, TypeVar

from explorer.maths.values import dataclass
from explorer.network.analysis import Facts
from explorer.network.layer import Shape, described
from explorer.network.settings import Letters

T = TypeVar("T")

Counting = Literal["torch", "keras"]
Work = Literal["MAC", "FLOP"]
Order = Literal["CHW", "HWC"]


@dataclass(frozen=True)
class Conventions:
    """Whose way to count and to write.

    counting: "torch" counts trained numbers as parameters; "keras" also those remembered from training, moving means
    and variances. work: one multiply-accumulate is one MAC, or two FLOPs. order: channels first, as torch lays an
    image out, or last, as the course and Keras write it. letters: of formulas.
    """

    counting: Counting = "torch"
    work: Work = "MAC"
    order: Order = "CHW"
    letters: Letters = "course"

    def parameters(self, facts: Facts) -> int:
        """Parameters of a layer, or a sum of them."""
        return facts.parameters + (facts.buffers if self.counting == "keras" else 0)

    def counted(self, facts: Mapping[str, Facts]) -> Mapping[str, Facts]:
        """The facts of layers with the parameters as they are counted."""
        if self.counting == "torch":
            return facts
        return {id: replace(f, parameters=self.parameters(f)) if f.buffers else f for id, f in facts.items()}

    def cost(self, facts: Facts) -> int:
        """Work for one picture, in the unit called `work`."""
        return facts.macs * (2 if self.work == "FLOP" else 1)

    def sizes(self, shape: tuple[T, ...]) -> tuple[T, ...]:
        """What belongs to channels, height and width, in the order in which these are written."""
        return (*shape[1:], shape[0]) if self.order == "HWC" else shape

    def shape(self, shape: Shape) -> str:
        """A shape as people write it."""
        return described(self.sizes(shape))


CHOICES: dict[str, tuple[str, ...]] = {
    "counting": ("torch", "keras"),
    "work": ("MAC", "FLOP"),
    "order": ("CHW", "HWC"),
    "letters": ("course", "torch"),
}
"""What each convention can be."""

TORCH = Conventions()
KERAS = Conventions("keras", order="HWC")
"""As the framework's own summary counts and writes."""
