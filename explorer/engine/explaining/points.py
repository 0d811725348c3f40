"""Activations, which make each number out of the one in its place; and softmax."""

from __future__ import annotations

from collections.abc import Callable
from math import pi, sqrt
from typing import Any

import numpy as np

from explorer.engine.explaining.case import Account, Case, Rule, cube
from explorer.layers import activations as kinds
from explorer.layers.detection import Yolo
from explorer.maths.explanations import Step, Window
from explorer.maths.worked import Worked, exp, largest, least, ln, normal, power, tanh
from explorer.maths.yolo import within


def sigmoid(x: Worked) -> Worked:
    """1 / (1 + e⁻ˣ)."""
    return 1 / (1 + exp(negative(x)))


def negative(x: Worked) -> Worked:
    """−x."""
    return Worked(f"−{x.letter}", -x)


def leaky(x: Worked, slope: float) -> Worked:
    """x, or a part of it below zero."""
    return Worked("x", x) if x > 0 else Worked("a", slope) * x


def gelu(layer: kinds.GELU, x: Worked) -> Worked:
    """x·Φ(x), or its approximation by tanh."""
    if layer.approximate == "none":
        return x * normal(x)
    inner = Worked("√(2/π)", sqrt(2 / pi)) * (x + Worked("0.044715", 0.044715) * power(x, 3))
    return 0.5 * x * (1 + tanh(inner))


FUNCTIONS: dict[type, Callable[[Any, Worked], Worked]] = {
    kinds.ReLU: lambda _, x: largest(0, x),
    kinds.ReLU6: lambda _, x: least(6, largest(0, x)),
    kinds.LeakyReLU: lambda layer, x: leaky(x, layer.slope),
    kinds.ELU: lambda layer, x: Worked("x", x) if x > 0 else Worked("α", layer.alpha) * (exp(x) - 1),
    kinds.SiLU: lambda _, x: x / (1 + exp(negative(x))),
    kinds.Mish: lambda _, x: x * tanh(ln(1 + exp(x))),
    kinds.GELU: gelu,
    kinds.Hardswish: lambda _, x: x * least(6, largest(0, x + 3)) / 6,
    kinds.Hardsigmoid: lambda _, x: least(6, largest(0, x + 3)) / 6,
    kinds.Sigmoid: lambda _, x: sigmoid(x),
    kinds.Tanh: lambda _, x: tanh(x),
}
"""What each makes of a number."""

BENT = (kinds.LeakyReLU, kinds.PReLU, kinds.ELU)
"""Those that have one formula above zero, and another below."""


def pointwise(case: Case) -> Account:
    """The function, with the number put in."""
    window, x = case.spot()
    return Account(
        (window,), (Step("output", FUNCTIONS[type(case.layer)](case.layer, Worked("x", x))),), _side(case, x)
    )


def learned(case: Case) -> Account:
    """PReLU: the slope of the channel, or of all."""
    window, x = case.spot()
    slope = case.take("weight", case.place.channel if case.layer.each else 0)
    return Account((window,), (Step("output", leaky(Worked("x", x), float(slope))),), _side(case, x))  # type: ignore[arg-type]


def softmax(case: Case) -> Account:
    """eˣ over the sum of all eˣ along the axis, each as far below the largest x, so that none is too large."""
    window = _along(case, case.layer.axis - 1)
    spot = case.index[case.layer.axis - 1]
    return Account((window,), shared_out(window, spot), "Taking the largest x from each changes no share.")


def shared_out(window: Window, spot: int) -> tuple[Step, ...]:
    """The share of number `spot` of a window in the sum of all exponentials."""
    values = window.values.astype(np.float64).ravel()
    top = Worked("max x", float(values.max()))
    with np.errstate(invalid="ignore"):  # where weights are broken there are numbers that are none
        total = Worked("Σ exp(x − m)", float(np.exp(values - values.max()).sum()))
    share = exp(Worked("x", float(values[spot])) - Worked("m", top)) / Worked("S", total)
    return Step("m", top), Step("S", total), Step("output", share)


def head(case: Case) -> Account:
    """A YOLO head's number: which one of its anchor's numbers it is says what becomes of it."""
    layer: Yolo = case.layer
    each = 5 + layer.classes
    anchor, number = divmod(case.place.channel, each)
    window, value = case.spot()
    x = Worked("x", value)
    square = layer.growth == "square"
    sure = x if square else sigmoid(x)  # a sigmoid came before the head
    told = f"Anchor {anchor + 1}: "
    if number < 2:
        reach = Worked("r", layer.reach)
        return Account(
            (window,), (Step("output", within(sure, reach)),), f"{told}where in the cell the box's middle is."
        )
    if number < 4:
        what = "half the root of the box's size" if square else "the logarithm of the box's size"
        return Account((window,), (Step("output", x),), f"{told}{what} in anchors.")
    if number == 4:
        return Account((window,), (Step("output", sure),), f"{told}the chance that something is there.")
    told += f"the chance of class {number - 5}."
    if layer.chances != "softmax":
        return Account((window,), (Step("output", sure),), told)
    channels = range(anchor * each + 5, (anchor + 1) * each)
    window = case.window((channels, [case.place.row], [case.place.column]), gathered="")
    return Account((window,), shared_out(window, number - 5), told)


RULES: dict[type, Rule] = {
    **dict.fromkeys(FUNCTIONS, pointwise),
    kinds.PReLU: learned,
    kinds.Softmax: softmax,
    Yolo: head,
}


def _side(case: Case, x: float) -> str:
    if not isinstance(case.layer, BENT):
        return ""
    return "x is above 0, so it stays as it is." if x > 0 else "x is not above 0, so the formula for below is used."


def _along(case: Case, axis: int) -> Window:
    """All numbers of the input along one axis of it, through the place."""
    channels, rows, columns = [case.place.channel], [case.place.row], [case.place.column]
    count, high, _ = cube(case.x[0]).shape
    if axis == 0:
        return case.window((range(count), rows, columns), gathered="")
    if axis == 1:
        return case.window((channels, range(high), columns), gathered="")
    sizes, (_, _, *spot) = case.x[0].shape[2:], case.index  # further axes lie together in the columns
    spots = ([*spot[: axis - 2], at, *spot[axis - 1 :]] for at in range(sizes[axis - 2]))
    return case.window((channels, rows, [int(np.ravel_multi_index(at, sizes)) for at in spots]), gathered="")
