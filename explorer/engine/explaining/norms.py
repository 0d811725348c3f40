"""Normalisations: mean, variance, scale and shift, worked."""

from __future__ import annotations

import numpy as np

from explorer.engine.explaining.case import Account, Case, Rule, cube
from explorer.layers.norms import BatchNorm2d, GroupNorm, L2Norm, LayerNorm, LocalResponseNorm, Scale
from explorer.maths.explanations import Step, Window
from explorer.maths.worked import Worked, power, root


def batch(case: Case) -> Account:
    """γ·(x − μ) / √(σ² + ε) + β with the mean and the variance remembered from training."""
    channel = case.place.channel
    window, x = case.spot()
    mean, variance = case.leaf("μ", "running_mean", channel), case.leaf("σ²", "running_var", channel)
    assert mean is not None
    assert variance is not None
    steps = _normalised(case, x, mean, variance, channel)
    return Account((window,), steps, "μ and σ² are remembered from training.")


def group(case: Case) -> Account:
    """The same with mean and variance of the channel's group in this picture."""
    each = case.x[0].shape[0] // case.layer.groups
    first = case.place.channel // each * each
    _, rows, columns = cube(case.x[0]).shape
    window = case.window((range(first, first + each), range(rows), range(columns)))
    return Account((window,), _measured(case, window, case.place.channel))


def layer(case: Case) -> Account:
    """The same with mean and variance of the channels at this pixel, or of everything."""
    if case.layer.over == "channels":
        window = case.window((range(case.x[0].shape[0]), [case.place.row], [case.place.column]))
        return Account((window,), _measured(case, window, case.place.channel))
    window = case.whole()
    return Account((window,), _measured(case, window, case.index))


def scale(case: Case) -> Account:
    """γ·x + β."""
    window, x = case.spot()
    factor = case.leaf("γ", "weight", case.place.channel)
    shift = case.leaf("β", "bias", case.place.channel)
    assert factor is not None
    scaled = factor * Worked("x", x)
    return Account((window,), (Step("output", scaled if shift is None else scaled + shift),))


def length(case: Case) -> Account:
    """x / max(√Σx², ε) over the channels at this pixel."""
    window = case.window((range(case.x[0].shape[0]), [case.place.row], [case.place.column]), gathered="")
    _, x = case.spot()
    whole = root(Worked("Σ x²", float((window.values.astype(np.float64) ** 2).sum())))
    least = Worked("ε", case.layer.eps)
    if float(whole) < float(least):
        return Account((window,), (Step("length", whole), Step("output", Worked("x", x) / least)), "ε is larger.")
    return Account((window,), (Step("length", whole), Step("output", Worked("x", x) / Worked("length", float(whole)))))


def response(case: Case) -> Account:
    """x / (k + α/n·Σx²)^β over n channels; those that are not there count as 0. Source: see LocalResponseNorm."""
    norm: LocalResponseNorm = case.layer
    middle, count = case.place.channel, case.x[0].shape[0]
    first, last = middle - norm.size // 2, middle + (norm.size - 1) // 2
    near = range(max(first, 0), min(last, count - 1) + 1)
    window = case.window((near, [case.place.row], [case.place.column]), gathered="")
    _, x = case.spot()
    squares = Worked("Σ x²", float((window.values.astype(np.float64) ** 2).sum()))
    inside = Worked("k", norm.k) + Worked("α", norm.alpha) / Worked("n", norm.size) * squares
    return Account((window,), (Step("output", Worked("x", x) / power(inside, Worked("β", norm.beta))),))


RULES: dict[type, Rule] = {
    BatchNorm2d: batch,
    GroupNorm: group,
    LayerNorm: layer,
    Scale: scale,
    L2Norm: length,
    LocalResponseNorm: response,
}


def _measured(case: Case, window: Window, at: int | tuple[int, ...]) -> tuple[Step, ...]:
    """The steps where mean and variance are the window's own."""
    values = window.values.astype(np.float64)
    count = Worked("n", values.size)
    mean = Worked("Σ x", float(values.sum())) / count
    squares = Worked("Σ (x − μ)²", float(((values - float(mean)) ** 2).sum()))
    variance = squares / count
    _, x = case.spot()
    last = _normalised(case, x, Worked("μ", mean), Worked("σ²", variance), at)
    return Step("μ", mean), Step("σ²", variance), *last


def _normalised(case: Case, x: float, mean: Worked, variance: Worked, at: int | tuple[int, ...]) -> tuple[Step, ...]:
    found = Worked("x", x) - mean
    factor, shift = case.leaf("γ", "weight", at), case.leaf("β", "bias", at)
    found = (found if factor is None else factor * found) / root(variance + Worked("ε", case.layer.eps))
    return (Step("output", found if shift is None else found + shift),)
