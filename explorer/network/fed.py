"""What a network's further Inputs are fed, beside the one that takes the picture which is looked at."""

from __future__ import annotations

from dataclasses import dataclass

MOST_NUMBERS = 4096
"""That an Input is fed: one for each of its channels."""
MOST_BYTES = 4_000_000
"""Of a picture as a PNG file."""


@dataclass(frozen=True)
class Numbers:
    """Always the same numbers, one for each channel, at every place of it."""

    values: tuple[float, ...]

    @property
    def chosen(self) -> int | None:
        """The channel that is 1 where all others are 0; None for a mixture."""
        ones = [i for i, value in enumerate(self.values) if value]
        return ones[0] if len(ones) == 1 and self.values[ones[0]] == 1 else None


@dataclass(frozen=True)
class Still:
    """Always the same picture: a PNG file's bytes, and what it is called. It is prepared by the network's recipe, but
    keeps its proportions: where that would stretch it, its middle is cut out."""

    png: bytes
    name: str


Fed = Numbers | Still


def one_of(count: int, channel: int) -> Numbers:
    """1 for one channel, 0 for the others: a choice."""
    return Numbers(tuple(float(i == channel) for i in range(count)))


def in_words(fed: Fed) -> str:
    """What is fed, in a few words."""
    if isinstance(fed, Still):
        return fed.name
    if fed.chosen is not None:
        return f"number {fed.chosen}"
    some = [(i, value) for i, value in enumerate(fed.values) if value]
    if len(set(fed.values)) == 1:
        return f"{fed.values[0]:g} for all"
    return " + ".join(f"{value:g} × {i}" for i, value in some[:4]) + (" + …" if len(some) > 4 else "")
