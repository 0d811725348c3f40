"""Weights that torch computes of several tensors before each use: pruned ones, and those of weight and spectral norm.

A checkpoint that was saved meanwhile holds only the parts, under names of their own.
Source: torch/nn/utils/prune.py, weight_norm.py, spectral_norm.py, parametrizations.py; each as in evaluation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

from explorer.formats.checkpoint.stored import Tensor
from explorer.network.layer import Shape

Array = NDArray[np.float32]


@dataclass(frozen=True)
class Rule:
    """One way to keep a weight in parts.

    what: how it is stored, in words. first: the first part's name, with groups for node and parameter; the other
    parts' names follow from these. fits: whether parts of these shapes belong together.
    """

    what: str
    first: str
    others: tuple[str, ...]
    fits: Callable[..., bool]
    compute: Callable[..., Array]


@dataclass(frozen=True)
class Made:
    """A weight that is computed of parts. shape: its own; parts: names in the file."""

    shape: Shape
    parts: tuple[str, ...]
    rule: Rule


def found(tensors: Mapping[str, Tensor]) -> dict[str, Made]:
    """The weights whose parts are all there, by the name that they have in the module without the reparametrisation.

    Parts of which another rule could make something else, too, are left as they are.
    """
    made: dict[str, Made] = {}
    twice = set()
    for name, tensor in tensors.items():
        if not name.endswith(FIRSTS) or not tensor.is_float:
            continue
        for rule in RULES:
            if (match := re.fullmatch(rule.first, name)) is None:
                continue
            node, parameter = match.groups()
            parts = (name, *(f"{node}{other.format(parameter)}" for other in rule.others))
            if not all(part in tensors for part in parts) or not rule.fits(*(tensors[part].shape for part in parts)):
                continue
            whole = f"{node}{parameter}"
            twice |= {whole} if whole in made else set()
            full = tensors[parts[1]].shape if rule.compute is _normed else tensor.shape
            made[whole] = Made(full, parts, rule)
    stacked = {name.rpartition(".")[0] for name in tensors if "parametrizations." in name}
    return {
        whole: one
        for whole, one in made.items()
        if whole not in tensors and whole not in twice and not _further(one, tensors, stacked)
    }


def _further(one: Made, tensors: Mapping[str, Tensor], stacked: set[str]) -> bool:
    """Whether a further parametrisation lies on the weight, whose rule nobody here knows."""
    head, mark, _ = one.parts[0].rpartition(".original")
    if not mark:
        return False
    own = {part.rpartition(".")[0] for part in one.parts}
    return any(f"{place}.".startswith(f"{head}.") and place not in own for place in stacked)


def _masked(values: Array, mask: Array) -> Array:
    return values * mask


def _normed(length: Array, direction: Array) -> Array:
    """g · v / |v|, where |v| is over the axes that g does not have."""
    axes = tuple(axis for axis, side in enumerate(length.shape) if side == 1) if length.ndim else None
    with np.errstate(invalid="ignore", divide="ignore"):  # a direction of zeros is NaN, as in torch
        norms = np.sqrt(np.square(direction).sum(axes, keepdims=length.ndim > 0))
        return np.asarray(direction * (length / norms), np.float32)


def _spectral(values: Array, u: Array, v: Array) -> Array:
    """W / σ, with σ = uᵀ W v as the last step of training left them; outputs are the first axis, the second one where
    convolutions are transposed: where both have u's length, u and v belong to the one for which σ is larger."""
    sides = [axis for axis in range(min(2, values.ndim)) if values.shape[axis] == len(u)]
    sigmas = [float(u @ np.moveaxis(values, axis, 0).reshape(len(u), -1) @ v) for axis in sides]
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(values / np.float32(max(sigmas, key=abs)), np.float32)


def _fit_lengths(length: Shape, direction: Shape) -> bool:
    return not length or (
        len(length) == len(direction) and all(a in (1, b) for a, b in zip(length, direction, strict=True))
    )


def _fit_vectors(values: Shape, u: Shape, v: Shape) -> bool:
    vectors = len(values) > 1 and len(u) == len(v) == 1 and u[0] in values[:2]
    return vectors and u[0] * v[0] == prod(values) > 0


PLAIN, NEW = r"(.*\.|)([^.]+)", r"(.*\.|)parametrizations\.([^.]+)\."
RULES = (
    Rule("pruned", f"{PLAIN}_orig", ("{}_mask",), lambda values, mask: values == mask, _masked),
    Rule("with weight norm", f"{PLAIN}_g", ("{}_v",), _fit_lengths, _normed),
    Rule("with weight norm", f"{NEW}original0", ("parametrizations.{}.original1",), _fit_lengths, _normed),
    Rule("with spectral norm", f"{PLAIN}_orig", ("{}_u", "{}_v"), _fit_vectors, _spectral),
    Rule(
        "with spectral norm", f"{NEW}original", ("parametrizations.{}.0._u", "parametrizations.{}.0._v"), _fit_vectors,
        _spectral,
    ),
)  # fmt: skip
FIRSTS = ("_orig", "_g", ".original", ".original0")
"""What the name of a first part ends in."""
