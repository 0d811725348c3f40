"""Channels that are switched off or scaled while the network runs, to see what hangs on them."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from explorer.maths.sentences import Refusal

GREATEST = 100.0
"""What a channel can be multiplied by at most; below zero as far."""

Factors = Mapping[str, Mapping[int, float]]
"""By node and channel, what the channel's numbers are multiplied by."""


class WrongAblation(Refusal):
    """A channel or a factor that cannot be; says which may be."""


@dataclass(frozen=True, order=True)
class Ablation:
    """All numbers of one channel of what a node puts out are multiplied by `factor` before any other node uses them.

    0 switches the channel off. Raises WrongAblation.
    Source: Morcos et al. 2018, On the importance of single directions for generalization, arXiv:1803.06959.
    """

    node: str
    channel: int
    factor: float = 0.0

    def __post_init__(self) -> None:
        if self.channel < 0:
            raise WrongAblation(f"There is no channel {self.channel}: channels are counted from 0.")
        if not (math.isfinite(self.factor) and abs(self.factor) <= GREATEST):
            raise WrongAblation(
                f"A channel cannot be multiplied by {self.factor:g}: take a number from −{GREATEST:g} to {GREATEST:g}."
            )


def with_factors(ablations: Iterable[Ablation], node: str, factors: Mapping[int, float]) -> tuple[Ablation, ...]:
    """These ablations with some channels of a node set to other factors; 1 leaves a channel as it is. In order."""
    others = [one for one in ablations if one.node != node or one.channel not in factors]
    changed = [Ablation(node, channel, factor) for channel, factor in factors.items() if factor != 1]
    return tuple(sorted(others + changed))


def by_node(ablations: Iterable[Ablation]) -> dict[str, dict[int, float]]:
    """The same by node and channel."""
    found: dict[str, dict[int, float]] = {}
    for one in ablations:
        found.setdefault(one.node, {})[one.channel] = one.factor
    return found


def there(factors: Mapping[int, float], shape: tuple[int, ...] | None) -> dict[int, float]:
    """Those of a node's channels that it has, by its output's shape (C, …); None where it has none."""
    return {channel: factor for channel, factor in factors.items() if shape and channel < shape[0]}


def in_words(factors: Collection[float]) -> str:
    """How many channels are off and how many scaled, for a sign: “2 off”, “×0.5”, “2 off, 3 scaled”; "" for none."""
    off, scaled = _sorted(factors)
    words = [f"{off} off"] if off else []
    if scaled:
        words.append(f"×{scaled[0]:g}" if len(scaled) == 1 else f"{len(scaled)} scaled")
    return ", ".join(words).replace("-", "−")


def told(factors: Collection[float]) -> str:
    """The same to be read out: “2 channels off, 1 channel scaled by 0.5”."""
    off, scaled = _sorted(factors)
    words = [f"{off} channel{'s' * (off != 1)} off"] if off else []
    if scaled:
        by = f" by {scaled[0]:g}" if len(scaled) == 1 else ""
        words.append(f"{len(scaled)} channel{'s' * (len(scaled) != 1)} scaled{by}")
    return ", ".join(words).replace("-", "−")


def _sorted(factors: Collection[float]) -> tuple[int, list[float]]:
    """How many are 0, and the others."""
    scaled = [factor for factor in factors if factor]
    return len(factors) - len(scaled), scaled
