"""What people put on the canvas beside the layers: notes, arrows and views to come back to. No number depends on it."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite

from explorer.maths.sentences import Refusal, shortened
from explorer.maths.values import dataclass

COLOURS = ("orange", "blue", "green", "violet", "pink", "grey")
TEXT_SIZES = (12, 18, 28)
"""Heights of a note's letters, scene units."""
LONGEST = 10_000
"""Characters of a note."""
FARTHEST = 1e8
"""Scene units from the canvas's origin, and of a size: 100,000 layers in a row take 20 million. At the largest scale Qt
counts four pixels in each, in 32 bits."""
LEAST = (48.0, 24.0)
"""Width and height of a note at least, scene units."""
BOOKMARKS = range(1, 10)
"""The numbers of bookmarks, as there are digits on the keyboard."""


class WrongAnnotation(Refusal):
    """A note, an arrow or a bookmark that cannot be; says why."""


@dataclass(frozen=True)
class Annotation:
    """place: left and top of a note, or where an arrow begins. size: width and height, or how far right and down of
    there its tip is, both in scene units. Raises WrongAnnotation."""

    place: tuple[float, float]
    size: tuple[float, float]
    colour: str = COLOURS[0]

    def __post_init__(self) -> None:
        if self.colour not in COLOURS:
            raise WrongAnnotation(f"There is no colour “{shortened(self.colour, 20)}”: take {', '.join(COLOURS)}.")
        if not all(isfinite(x) and abs(x) <= FARTHEST for x in (*self.place, *self.size)):
            raise WrongAnnotation(f"Notes and arrows lie within {FARTHEST:,.0f} units of the canvas's middle.")


@dataclass(frozen=True)
class Note(Annotation):
    """A text in a frame, broken into lines to fit. text_size: one of TEXT_SIZES."""

    text: str = ""
    text_size: int = TEXT_SIZES[0]

    def __post_init__(self) -> None:
        super().__post_init__()
        if len(self.text) > LONGEST:
            raise WrongAnnotation(f"A note has at most {LONGEST:,} characters, this one has {len(self.text):,}.")
        if self.text_size not in TEXT_SIZES:
            raise WrongAnnotation(f"A note's letters are {', '.join(map(str, TEXT_SIZES))} units high.")
        if self.size[0] < LEAST[0] or self.size[1] < LEAST[1]:
            raise WrongAnnotation(f"A note is at least {LEAST[0]:g} units wide and {LEAST[1]:g} high.")


@dataclass(frozen=True)
class Arrow(Annotation):
    """A straight line with a head at its tip."""


@dataclass(frozen=True)
class Bookmark:
    """A view to come back to. middle: the point of the canvas in its middle; scale: pixels per scene unit.

    Raises WrongAnnotation.
    """

    name: str
    middle: tuple[float, float]
    scale: float

    def __post_init__(self) -> None:
        if not (all(isfinite(x) and abs(x) <= FARTHEST for x in self.middle) and 1e-4 <= self.scale <= 1e2):
            raise WrongAnnotation("A bookmark's view is out of reach.")


def fresh_name(kind: str, taken: Iterable[str]) -> str:
    """An unused id for a note or an arrow: note1, note2, …"""
    names = set(taken)
    return next(name for name in (f"{kind}{number}" for number in range(1, len(names) + 2)) if name not in names)
