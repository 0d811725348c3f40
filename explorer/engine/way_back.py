"""Through a network and back to the pixels, a layer at a time: between two of them whoever goes the way can stop.

At 1024 pixels a layer takes a second, and all of them there and back half a minute, of which torch makes one call.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch.autograd.graph import GradientEdge, get_gradient_edge

T = TypeVar("T")

BREATH = 0.1
"""Seconds between two breaths at least: each is told to the window."""


class Turn:
    """Where the way back from a value begins: with a slope that is given here.

    torch.autograd.grad takes one, too, but looks at it with parts of torch's compiler, whose import holds up the first
    step for 0.6 s of a processor and takes 36 MB.
    """

    def __init__(self, value: Tensor) -> None:
        """value: whose slope will be known; it is not kept."""
        # Not the turn itself: it holds the graph, and were it held by that, too, neither would ever be let go.
        self._given: list[Tensor] = []
        self._edge = get_gradient_edge(Turning.apply(value, self._given))

    def back(self, slope: Tensor, to: list[Any]) -> tuple[Tensor | None, ...]:
        """The slopes with regard to tensors, or edges of the graph, None where the value is not made of one; to be gone
        once."""
        self._given.append(slope)
        found: tuple[Tensor | None, ...] = torch.autograd.grad([self._edge], to, allow_unused=True)
        return found


class Turning(torch.autograd.Function):
    """A single number made of a value; the way back from it begins with the slope that is given by then."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, given: list[Tensor]) -> Tensor:
        ctx.given = given
        return value.new_zeros(())

    @staticmethod
    def backward(ctx: Any, _one: Tensor) -> tuple[Tensor, None]:
        return ctx.given.pop(), None


@dataclass(frozen=True, eq=False)
class Passed:
    """A layer that was computed: where its result and what entered stand in torch's graph, which keeps no values."""

    id: str
    result: Turn
    inputs: tuple[tuple[str, GradientEdge], ...]


class Way:
    """What was computed on the way ahead, and the way back. entry: the node the pixels come in at."""

    def __init__(self, entry: str) -> None:
        self.entry = entry
        self._start: Turn | None = None
        self._passed: list[Passed] = []

    def begin(self, value: Tensor) -> None:
        """The entry has this value."""
        self._start = Turn(value) if value.requires_grad else None

    def entering(self, value: Tensor) -> Tensor:
        """The value as one layer sees it, apart from the others that it enters: the slope is asked for here."""
        return value[...] if value.requires_grad else value  # strides and all: view_as forgets that channels lie last

    def went(self, id: str, result: Tensor, inputs: Mapping[str, Tensor]) -> None:
        """A layer has this result of these values, which are as `entering` gave them."""
        if result.requires_grad:
            edges = tuple((i, get_gradient_edge(value)) for i, value in inputs.items() if value.requires_grad)
            self._passed.append(Passed(id, Turn(result), edges))

    def back(self, x: Tensor, slopes: Mapping[str, Tensor]) -> Generator[None, None, Tensor]:
        """The slope with regard to x, which the entry's value was made of, where that with regard to some values is
        known; with a breath behind each layer. To be gone once: what the graph kept goes."""
        known = dict(slopes)
        while self._passed:
            passed = self._passed.pop()
            slope = known.pop(passed.id, None)
            if slope is None or not passed.inputs:
                continue
            found = passed.result.back(slope, [edge for _, edge in passed.inputs])
            for (id, _), more in zip(passed.inputs, found, strict=True):
                if more is not None:
                    known[id] = known[id] + more if id in known else more
            yield
        if self._start is None or self.entry not in known:
            return torch.zeros_like(x)
        (slope,) = self._start.back(known[self.entry], [x])
        assert slope is not None
        return slope


def each(steps: Generator[None, None, T], slopes: bool) -> Generator[None, None, T]:
    """Take the steps with torch's slopes on or off, with a breath now and then; in it that is as it was, for others
    compute then."""
    told = time.monotonic()
    while True:
        with torch.inference_mode(False), torch.set_grad_enabled(slopes):
            try:
                next(steps)
            except StopIteration as end:
                found: T = end.value
                return found
        if time.monotonic() - told >= BREATH:
            yield
            told = time.monotonic()
