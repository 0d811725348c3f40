"""What is said about the weights of a file, and about those of one layer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from explorer.maths.values import dataclass

if TYPE_CHECKING:  # see explorer.maths.records
    import numpy as np
    from numpy.typing import NDArray

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Differing:
    """Weights that have another shape in the file than the network wants."""

    name: str
    wanted: Shape
    found: Shape


@dataclass(frozen=True)
class Broken:
    """Weights with numbers that are none: how many are NaN, and how many infinite."""

    name: str
    nan: int
    infinite: int


@dataclass(frozen=True)
class WeightReport:
    """How the weights of a file fit a network.

    what: a sentence on what the file was taken for. numbers: in all its tensors; types: how many tensors there are of
    each type. matched, missing and differing are weights of the network (`node id.parameter`); left_over are names in
    the file. shapes: of all of these by name. broken: matched weights that hold NaN or infinity.
    """

    file: str
    what: str
    numbers: int
    types: tuple[tuple[str, int], ...]
    matched: tuple[str, ...]
    missing: tuple[str, ...] = ()
    left_over: tuple[str, ...] = ()
    differing: tuple[Differing, ...] = ()
    broken: tuple[Broken, ...] = ()
    shapes: Mapping[str, Shape] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every weight of the network came out of the file, and every one of the file into the network."""
        return not (self.missing or self.left_over or self.differing or self.broken)


@dataclass(frozen=True)
class TensorFacts:
    """What can be said of the numbers of one tensor.

    low, high, mean, deviation: of the finite ones, 0 where there is none. zeros: how many are exactly 0. counts: how
    many lie in each of equal ranges from low to high. dead: numbers of the filters (outputs) that are 0 all over, or
    of the channels whose scale is. equal: groups of filters that are the same number by number, and not dead.
    """

    name: str
    shape: Shape
    low: float
    high: float
    mean: float
    deviation: float
    zeros: int
    nan: int
    infinite: int
    counts: tuple[int, ...]
    dead: tuple[int, ...] = ()
    equal: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True)
class WeightFaults:
    """Where trained numbers are broken, or do nothing. tensors: how many were looked at; found: those with NaN,
    infinity, dead or equal filters, by `node id.parameter`, the broken ones first."""

    tensors: int
    found: tuple[TensorFacts, ...]


@dataclass(frozen=True)
class LayerWeights:
    """The tensors of one node; none where its numbers are random ones. missing: its parameters that are random."""

    node: str
    tensors: tuple[TensorFacts, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class WeightChange:
    """What became of the trained numbers of one layer from an old network to a new one.

    count: numbers that both have, in tensors of equal shape. differing: how many of them are not the same; NaN is the
    same as NaN. largest: |new − old| of the one that differs most, infinite where one of both is no finite number.
    lacking: "old" or "new", the network that has no trained numbers for this layer.
    """

    count: int = 0
    differing: int = 0
    largest: float = 0.0
    lacking: str = ""

    @property
    def same(self) -> bool:
        """Whether both have the same numbers, or the same of those both can have."""
        return not self.differing and not self.lacking


@dataclass(frozen=True, eq=False)
class LayerFilters:
    """The filters of one node, in the order that was asked for.

    values: (N, C, h, w) float32: N filters, each over C input channels; a fully connected layer's numbers lie as the
    maps they came from, or are 1×1. numbers: (N,), which filter each is. norms: (N,), its length as a vector. whole:
    how many there are; N is fewer where they are too many numbers. colour: whether the C channels are red, green, blue.
    dead and equal: see TensorFacts, of the N. untrained: whether the numbers are random ones.
    """

    node: str
    values: NDArray[np.float32]
    numbers: NDArray[np.int64]
    norms: NDArray[np.float64]
    whole: int
    colour: bool = False
    dead: tuple[int, ...] = ()
    equal: tuple[tuple[int, ...], ...] = ()
    untrained: bool = False
