"""Five steps to one's first network: what to do in each, and how one sees that it is done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.layers.dense import Input, Linear
from explorer.layers.shapes import Flatten
from explorer.layers.windows import AvgPool2d, Conv2d, MaxPool2d
from explorer.network.analysis import Facts
from explorer.network.layer import Layer
from explorer.network.network import Network

SIDE = 28
"""Pixels along a digit's picture."""
CLASSES = 10


@dataclass(frozen=True)
class Stand:
    """How far one is: the network, what is known of it, and whether it has said something of a picture."""

    network: Network
    facts: Mapping[str, Facts]
    ran: bool = False

    def sound(self, kind: type[Layer] | tuple[type[Layer], ...], behind: str = "") -> str:
        """The first node of a kind without a problem, and behind another node where one is named; "" for none."""
        reached = self.network.behind([behind]) if behind else self.network.nodes
        ids = (id for id, node in self.network.nodes.items() if isinstance(node.layer, kind) and id in reached)
        return next((id for id in ids if not self.facts[id].problem), "")


@dataclass(frozen=True)
class Step:
    """One step: its title, what to do in plain words, and whether it is done."""

    title: str
    text: str
    done: Callable[[Stand], bool]


def _picture(stand: Stand) -> str:
    """The Input of a digit's picture."""
    return next((id for id, fact in stand.facts.items() if _is_digit(stand, id, fact)), "")


def _is_digit(stand: Stand, id: str, fact: Facts) -> bool:
    return isinstance(stand.network.nodes[id].layer, Input) and fact.shape == (1, SIDE, SIDE)


def _filters(stand: Stand) -> str:
    picture = _picture(stand)
    return stand.sound(Conv2d, picture) if picture else ""


def _smaller(stand: Stand) -> str:
    filters = _filters(stand)
    return stand.sound((MaxPool2d, AvgPool2d), filters) if filters else ""


def _decides(stand: Stand) -> bool:
    smaller = _smaller(stand)
    row = stand.sound(Flatten, smaller) if smaller else ""
    reached = stand.network.behind([row]) if row else ()
    return any(
        isinstance(stand.network.nodes[id].layer, Linear) and stand.facts[id].shape == (CLASSES,) for id in reached
    )


STEPS = (
    Step(
        "A picture comes in",
        "Press Tab on the canvas, type “input” and press Enter; or drag Input from the panel Layers. Then, in the "
        f"Inspector, set channels to 1, height and width to {SIDE}: a grey picture of a digit.",
        lambda stand: bool(_picture(stand)),
    ),
    Step(
        "Filters look for edges",
        "With the Input selected, press Tab, type “conv” and press Enter on Conv2d. Its card says what comes out; "
        "in the Inspector you see why. Change kernel or channels, and watch the size follow.",
        lambda stand: bool(_filters(stand)),
    ),
    Step(
        "The picture gets smaller",
        "With the convolution selected, press Tab and add MaxPool2d: of each 2×2 pixels it keeps the largest, so "
        "that height and width are halved.",
        lambda stand: bool(_smaller(stand)),
    ),
    Step(
        "Ten answers",
        f"Add Linear behind the pooling, with {CLASSES} features: one for each digit. Its card turns red: it wants a "
        "row of numbers, and gets a picture. Click on the repair in the Inspector, or put a Flatten between them.",
        _decides,
    ),
    Step(
        "It looks at a digit",
        "In the panel Picture press Draw, and draw a digit with the mouse. The network answers at once, by chance "
        "only: nobody has trained it yet. Click on a card to see what it makes of your digit. Without a mouse: "
        "Ctrl+I opens a picture.",
        lambda stand: stand.ran and _decides(stand),
    ),
)
"""In order; each needs those before it."""
