"""Layers that move numbers to other places, and joins: where a number comes from."""

from __future__ import annotations

from math import prod

import torch
from torch import Tensor

from explorer.engine import modules
from explorer.engine.explaining.case import Account, Case, Rule, place_at
from explorer.layers import shapes
from explorer.layers.activations import Dropout
from explorer.layers.detection import Proposals, Refinement
from explorer.layers.joins import Add, Concat, Multiply
from explorer.layers.regions import AnchorHead, KeypointHead, MaskHead, RegionHead
from explorer.layers.resizing import PixelShuffle, PixelUnshuffle, Reorg
from explorer.maths.explanations import Step, Window
from explorer.maths.worked import Worked


def moved(case: Case) -> Account:
    """Where the number was: the layer itself is given the numbers 1, 2, 3 … to move, and 0 is one it adds."""
    counted: list[Tensor] = []
    start = 1
    for x in case.x:
        counted.append(torch.arange(start, start + x.numel(), dtype=torch.float64).reshape(1, *x.shape))
        start += x.numel()
    module = case.layer.module(modules, *(tuple(x.shape) for x in case.x)).eval()
    number = int(module(*counted)[0][case.index])
    if number == 0:
        return Account((), (Step("output", Worked("zero", 0)),), "The layer adds this zero: it comes from nowhere.")
    port = next(port for port, numbers in enumerate(counted) if number <= numbers.max())
    first = int(counted[port].min())
    found = place_at(case.inputs[port], number - first, tuple(case.x[port].shape))
    window = case.window(([found.channel], [found.row], [found.column]), port)
    said = f"It is passed on as it is, from {told(found.channel, found.row, found.column)} of {found.node[:60]}."
    return Account((window,), (Step("output", Worked("x", float(window.values[0, 0, 0]))),), said)


def added(case: Case) -> Account:
    """The sum of the numbers in the same place of all inputs; one of 1×1 pixels has one for the whole channel."""
    windows, terms = _in_place(case)
    first, *rest = _letters(terms)
    return Account(windows, (Step("output", sum(rest, start=first)),))


def multiplied(case: Case) -> Account:
    """The product of the numbers in the same place; an input of 1×1 pixels has one for the whole channel."""
    windows, terms = _in_place(case)
    first, *rest = _letters(terms)
    return Account(windows, (Step("output", prod(rest, start=first)),))


def _in_place(case: Case) -> tuple[tuple[Window, ...], list[float]]:
    place, windows, terms = case.place, [], []
    for port, x in enumerate(case.x):
        whole = prod(x.shape[1:]) == 1
        spot = ([0], [0]) if whole else ([place.row], [place.column])
        window = case.window(([place.channel], *spot), port, gathered="")
        windows.append(window)
        terms.append(float(window.values[0, 0, 0]))
    return tuple(windows), terms


RULES: dict[type, Rule] = {
    **dict.fromkeys(
        (
            shapes.Flatten, shapes.Reshape, shapes.Permute, shapes.Identity, shapes.ZeroPad2d, shapes.CenterCrop,
            shapes.PadChannels, shapes.Slice, shapes.ChannelShuffle, PixelShuffle, PixelUnshuffle, Reorg, Concat,
            Dropout, Proposals, Refinement, AnchorHead, RegionHead, MaskHead, KeypointHead,
        ),
        moved,
    ),
    Add: added,
    Multiply: multiplied,
}  # fmt: skip


def told(channel: int, row: int, column: int) -> str:
    """A place in words."""
    return f"channel {channel}, row {row}, column {column}"


def _letters(terms: tuple[float, ...] | list[float]) -> list[Worked]:
    return [Worked(f"x_{number}", value) for number, value in enumerate(terms, 1)]
