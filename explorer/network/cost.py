"""What each layer of a network costs, by one measure at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, prod
from typing import Literal

from explorer.network.analysis import Facts
from explorer.network.conventions import Conventions
from explorer.network.network import Network
from explorer.network.receptive_field import ReceptiveFields

Measure = Literal["parameters", "MACs", "FLOPs", "memory", "receptive field"]
"""memory: bytes of the output. receptive field: pixels along its larger side."""

MEASURES: tuple[Measure, ...] = ("parameters", "MACs", "memory", "receptive field")
"""Those to choose from; work can be counted in FLOPs instead of MACs, see `in_unit`."""
BYTES = 4
"""Of one number, float32."""
DECADES = 100
"""From this ratio of the highest to the lowest value on a scale is logarithmic, or it would show the highest alone."""
LEAST = 0.05
"""The level of the lowest value, as 0 is nothing."""


def numbers(facts: Facts) -> int:
    """How many numbers a layer puts out."""
    return prod(facts.shape) if facts.shape else 0


def memory(facts: Facts) -> int:
    """Bytes of what a layer puts out."""
    return BYTES * numbers(facts)


def in_unit(measure: Measure, conventions: Conventions) -> Measure:
    """The measure in the unit in which work is counted."""
    return "FLOPs" if measure == "MACs" and conventions.work == "FLOP" else measure


def costs(network: Network, facts: Mapping[str, Facts], measure: Measure) -> dict[str, int]:
    """What every node costs; 0 where it has a problem or, for receptive fields, sees no picture or several."""
    if measure == "parameters":
        return {id: f.parameters for id, f in facts.items()}
    if measure == "MACs":
        return {id: f.macs for id, f in facts.items()}
    if measure == "FLOPs":
        return {id: Conventions(work="FLOP").cost(f) for id, f in facts.items()}
    if measure == "memory":
        return {id: memory(f) for id, f in facts.items()}
    fields = ReceptiveFields(network, facts)
    return {id: max(field.size) if (field := fields[id]) else 0 for id in facts}


@dataclass(frozen=True)
class Scale:
    """Where costs lie between nothing (0) and the highest (1); total: of all, 0 where they do not add up."""

    measure: Measure
    low: int
    high: int
    total: int

    @classmethod
    def of(cls, measure: Measure, values: Iterable[int]) -> Scale:
        """The scale of these values; zeros are nothing, and not on it."""
        some = [value for value in values if value]
        total = 0 if measure == "receptive field" else sum(some)
        return cls(measure, min(some, default=0), max(some, default=0), total)

    @property
    def logarithmic(self) -> bool:
        """Whether equal ratios, not equal differences, are equally far apart."""
        return self.high >= DECADES * self.low > 0

    def level(self, value: int) -> float:
        """From 0 to 1."""
        if not value:
            return 0.0
        if self.low == self.high:
            return 1.0
        if self.logarithmic:
            part = log(value / self.low) / log(self.high / self.low)
        else:
            part = (value - self.low) / (self.high - self.low)
        return LEAST + (1 - LEAST) * part

    def share(self, value: int) -> float:
        """Of the total; 0 where there is none."""
        return value / self.total if self.total else 0.0
