"""What is wrong with the numbers of a tensor, in words."""

from __future__ import annotations

from collections.abc import Iterable

from explorer.maths.weight_records import TensorFacts
from explorer.ui.controls.words import counted

SOME = 24
"""Filters that are named; the others are counted."""


def broken_in_words(tensor: TensorFacts) -> str:
    """How many of its numbers are none; "" where all are."""
    broken = [f"{n:,} {what}" for n, what in ((tensor.nan, "NaN"), (tensor.infinite, "infinite")) if n]
    return f"Broken: {' and '.join(broken)}." if broken else ""


def filters_in_words(tensor: TensorFacts) -> str:
    """Which filters are dead, and which are the same; "" where there are none such."""
    said = []
    if tensor.dead:
        said.append(f"{counted(len(tensor.dead), 'dead filter')}, 0 all over: {_some(map(str, tensor.dead))}.")
    if tensor.equal:
        spare = sum(len(group) - 1 for group in tensor.equal)
        groups = (" = ".join(map(str, group[:SOME])) for group in tensor.equal)
        said.append(
            f"{counted(spare, 'filter')} that {'is' if spare == 1 else 'are'} another one again: {_some(groups)}."
        )
    return " ".join(said)


def _some(texts: Iterable[str]) -> str:
    names = list(texts)
    return ", ".join(names[:SOME]) + (f" and {len(names) - SOME:,} more" if len(names) > SOME else "")
