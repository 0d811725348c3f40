"""What differs between two projects besides their layers and weights: how a picture is prepared, what the classes are
called, which end is the answer, which channels are switched off, and what further Inputs are fed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import zip_longest
from typing import Any

from explorer.maths.sentences import shortened
from explorer.network.ablation import Factors
from explorer.network.analysis import Facts
from explorer.network.ends import answer
from explorer.network.fed import in_words
from explorer.network.project import Project, Recipe

LABELS, ANSWER, CHANNELS, FED = "labels", "answer", "channels", "fed"
PER_CHANNEL = ("mean", "std")
ABSENT = {"padding": "none", "crop": "none: stretched", "shorter": "as the Input", "longer": "as the Input"}
"""What a setting of a recipe says where it is empty."""
NAMED = 3
"""Classes whose names are told; of more only how many."""


@dataclass(frozen=True)
class Besides:
    """One thing that differs: its name, a field of the Recipe or one of the words above, and both values.

    labels: a tuple of names; answer: a node's id; channels: what they are multiplied by, by node and channel; fed: by
    Input.
    """

    name: str
    old: Any
    new: Any


def bare(project: Project) -> Project:
    """A project without what is only for the eye: where nodes lie, groups, notes, title."""
    return Project(
        project.network, weights=project.weights, recipe=project.recipe, main=project.main,
        ablations=project.ablations, bypassed=project.bypassed, fed=project.fed,
    )  # fmt: skip


def besides(
    old: Project, new: Project, mates: Mapping[str, str], facts: tuple[Mapping[str, Facts], Mapping[str, Facts]]
) -> tuple[Besides, ...]:
    """What differs; mates: by a node of the old one, the same node in the new one; facts: of the nodes of both."""
    found = [Besides(*told) for told in _recipes(old.recipe, new.recipe)]
    ends = [answer(side.network, known, side.main) for side, known in zip((old, new), facts, strict=True)]
    if all(ends) and mates.get(ends[0]) != ends[1]:
        found.append(Besides(ANSWER, *ends))
    factors = _there(old.factors, mates), _there(new.factors, mates.values())
    if {mates[id]: scaled for id, scaled in factors[0].items()} != factors[1]:
        found.append(Besides(CHANNELS, *factors))
    fed = _there(old.fed, mates), _there(new.fed, mates.values())
    if {mates[id]: value for id, value in fed[0].items()} != fed[1]:
        found.append(Besides(FED, *fed))
    return tuple(found)


def in_sentences(differing: tuple[Besides, ...]) -> str:
    """What is said of them, in the window and in a terminal; "" where nothing differs."""
    recipe = [each for each in differing if each.name not in (LABELS, ANSWER, CHANNELS, FED)]
    prepared = [f"{each.name} {_setting(each, each.old)} → {_setting(each, each.new)}" for each in recipe]
    told = [f"Pictures are prepared otherwise: {'; '.join(prepared)}."] if prepared else []
    for each in differing:
        if each.name == LABELS:
            told.append(_labels(each.old, each.new))
        elif each.name == ANSWER:
            told.append(f"The answer is another end: {each.old} → {each.new}.")
        elif each.name == CHANNELS:
            told.append(f"Channels switched off or scaled: {_channels(each.old)} → {_channels(each.new)}.")
        elif each.name == FED:
            told.append(f"Inputs are fed otherwise: {_fed(each.old)} → {_fed(each.new)}.")
    return " ".join(told)


def _recipes(old: Recipe, new: Recipe) -> list[tuple[str, Any, Any]]:
    pairs = [(field.name, getattr(old, field.name), getattr(new, field.name)) for field in fields(Recipe)]
    last = sorted(pairs, key=lambda told: told[0] == LABELS)
    return [told for told in last if not _same(*told)]


def _same(name: str, old: Any, new: Any) -> bool:
    """One mean or deviation serves all channels."""
    most = max(len(old), len(new)) if name in PER_CHANNEL else 0
    return bool(old == new or (most and _spread(old, most) == _spread(new, most)))


def _spread(values: tuple[float, ...], count: int) -> tuple[float, ...]:
    return values * count if len(values) == 1 else values


def _there(values: Mapping[str, Any] | Factors, nodes: Any) -> dict[str, Any]:
    """What is said of nodes that both networks have; the rest is told by their rows."""
    return {id: value for id, value in values.items() if id in nodes}


def _setting(each: Besides, value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"{one:.6g}" for one in value) or "none"
    if not value and each.name in ABSENT:
        return ABSENT[each.name]
    return value if isinstance(value, str) else f"{value:.6g}"


def _labels(old: tuple[str, ...], new: tuple[str, ...]) -> str:
    if not old or not new:
        return f"Names of classes: {_count(old)} → {_count(new)}."
    other = [(i, a, b) for i, (a, b) in enumerate(zip_longest(old, new)) if a != b]
    counts = f"{len(old):,} in both" if len(old) == len(new) else f"{_count(old)} → {_count(new)}"
    some = "; ".join(f"{i} {_name(a)} → {_name(b)}" for i, a, b in other[:NAMED])
    more = "; …" if len(other) > NAMED else "."
    order = ", the same ones in another order" if sorted(old) == sorted(new) else ""
    return f"Names of classes: {counts}, {len(other):,} differ{'s' * (len(other) == 1)}{order}: {some}{more}"


def _count(labels: tuple[str, ...]) -> str:
    return f"{len(labels):,}" if labels else "none"


def _name(label: str | None) -> str:
    return "none" if label is None else f"“{shortened(label, 40)}”"


def _channels(factors: Factors) -> str:
    count = sum(map(len, factors.values()))
    return f"{count:,} of {', '.join(factors)}" if count else "none"


def _fed(fed: Mapping[str, Any]) -> str:
    return ", ".join(f"{id} {in_words(value)}" for id, value in fed.items()) or "nothing"
