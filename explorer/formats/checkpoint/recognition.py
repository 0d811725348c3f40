"""Which known network weights belong to, by their names and shapes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Literal

from explorer.classics.signatures import Signature, known_aliases, signatures
from explorer.formats.checkpoint.renaming import renamed
from explorer.network.layer import Shape

How = Literal["exact", "head", "width", "part", "order"]

SURE = 10
"""Weights that a network must have before it is believed although its head is another one."""
CERTAIN = 20
"""And before it is believed by its names alone, or by its shapes alone."""
MOSTLY = 0.8
"""Share of a network's weights that must fit where it was cut or changed."""


@dataclass(frozen=True)
class Match:
    """A known network, and the name in the file of each of its weights that are there.

    how: "exact" every shape fits; "head" the layers behind the convolutions, or the channels of the picture, are
    others; "width" the names fit and the channels are others; "part" some weights are missing or of other shapes;
    "order" the names are others, but all shapes fit one after the other. called: the name in the file of everything in
    it, by what the network would call it.
    """

    network: str
    names: Mapping[str, str]
    how: How
    called: Mapping[str, str]


def recognised(shapes: Mapping[str, Shape]) -> Match | None:
    """The network whose weights have these names and shapes, in the order of their file, or None."""
    ranked = []
    for prefix in prefixes(shapes):
        plain = {name.removeprefix(prefix): name for name in shapes if name.startswith(prefix)}
        by_timm = [{new: plain[name] for new, name in names.items()} for names in renamed(plain)]
        for network, wanted in signatures().items():
            for bare in (plain, *by_timm):
                names = _named(wanted, known_aliases(network), bare)
                ranked.append((*_fit(wanted, names, shapes), Match(network, names, "exact", bare)))
    _, _, best = max(ranked, key=lambda found: found[:2])
    how = _judged(signatures()[best.network], best, shapes)
    return Match(best.network, best.names, how, best.called) if how else _in_order(shapes)


def prefixes(names: Mapping[str, Shape]) -> list[str]:
    """What at least half of the names begin with, up to a dot; the shortest, nothing, first."""
    found, count = [""], len(names)
    while True:
        longer: dict[str, int] = {}
        for name in names:
            if name.startswith(found[-1]) and "." in name[len(found[-1]) :]:
                part = found[-1] + name[len(found[-1]) :].partition(".")[0] + "."
                longer[part] = longer.get(part, 0) + 1
        best = max(longer, key=lambda part: longer[part], default="")
        if not best or 2 * longer[best] < count or len(found) > 8:
            return found
        found.append(best)


def head(wanted: Signature) -> list[str]:
    """Nodes of the fully connected layers that a network ends in; where it has none, its last node with weights."""
    nodes = list(dict.fromkeys(name.rpartition(".")[0] for name in wanted))
    flat = [len(wanted.get(f"{node}.weight", ())) == 2 for node in nodes]
    count = next((i for i, is_flat in enumerate(reversed(flat)) if not is_flat), len(flat))
    return nodes[len(nodes) - max(count, 1) :]


def trunk(wanted: Signature) -> dict[str, Shape]:
    """The weights before the head."""
    ends = set(head(wanted))
    return {name: shape for name, shape in wanted.items() if name.rpartition(".")[0] not in ends}


def _named(wanted: Signature, aliases: Mapping[str, str], bare: Mapping[str, str]) -> dict[str, str]:
    """The name in the file of each weight that is there; bare: the file's names without the prefix."""
    own = {name: name if name in bare else aliases.get(name, "") for name in wanted}
    return {name: bare[other] for name, other in own.items() if other in bare}


def same(found: Shape | None, wanted: Shape) -> bool:
    """Whether weights of one shape can be taken for another one: axes of length one behind a vector tell nothing, and
    a convolution over all of its input is fully connected."""
    if found is None or found == wanted:
        return found == wanted
    if len(wanted) == 1:
        return found == wanted + (1,) * (len(found) - 1)
    return len(wanted) == 2 and len(found) == 4 and (found[0], prod(found[1:])) == wanted


def _fit(wanted: Signature, names: Mapping[str, str], shapes: Mapping[str, Shape]) -> tuple[int, int]:
    """How well weights of a file fit a network: shapes that are equal or in proportion; and less names that differ."""
    good = sum(
        same(shapes[found], wanted[name]) + _proportional(wanted[name], shapes[found]) for name, found in names.items()
    )
    return good, 2 * len(names) - len(wanted)


def _proportional(a: Shape, b: Shape) -> bool:
    """Whether two weights have the same windows, and as many output channels for each input channel."""
    return len(a) == len(b) > 1 and a[2:] == b[2:] and a[0] * b[1] == a[1] * b[0]


def _judged(wanted: Signature, match: Match, shapes: Mapping[str, Shape]) -> How | None:
    found = {name: shapes[other] for name, other in match.names.items()}
    body = trunk(wanted)
    equal = [name for name in wanted if same(found.get(name), wanted[name])]
    if len(equal) == len(wanted) and (len(body) >= SURE or len(shapes) == len(wanted)):
        return "exact"
    stem = next(iter(body), "")
    others = [name for name in body if not same(found.get(name), body[name])]
    if len(body) >= SURE and (not others or (others == [stem] and _same_but_inputs(body[stem], found.get(stem)))):
        return "head"
    if len(body) >= CERTAIN and all(_windows(found.get(name)) == _windows(body[name]) for name in body):
        return "width"
    if len(equal) >= max(CERTAIN, MOSTLY * len(wanted)):
        return "part"
    return None


def _same_but_inputs(a: Shape, b: Shape | None) -> bool:
    return b is not None and len(b) == len(a) and (a[0], *a[2:]) == (b[0], *b[2:])


def _windows(shape: Shape | None) -> tuple[int, Shape] | None:
    """Number of axes and the window, which another width leaves as they are."""
    return None if shape is None else (len(shape), shape[2:])


def _in_order(shapes: Mapping[str, Shape]) -> Match | None:
    """The network that has all these shapes one after the other, whatever the names; its head may be another one."""
    given = list(shapes.values())
    for network, wanted in signatures().items():
        body = trunk(wanted)
        if len(body) < CERTAIN or list(body.values()) != given[: len(body)] or len(given) != len(wanted):
            continue
        names = dict(zip(wanted, shapes, strict=True))
        return Match(network, names, "order", names)
    return None


def best_names(wanted: Signature, aliases: Mapping[str, str], shapes: Mapping[str, Shape]) -> dict[str, str]:
    """For weights of a network their names in a file, behind the prefix that most of them have there."""
    bare = [{name.removeprefix(p): name for name in shapes if name.startswith(p)} for p in prefixes(shapes)]
    found = [_named(wanted, aliases, names) for names in bare]
    return max(found, key=lambda names: sum(same(shapes[other], wanted[name]) for name, other in names.items()))
