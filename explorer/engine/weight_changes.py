"""Which trained numbers differ between two networks, layer by layer."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import replace
from math import prod

import numpy as np

from explorer.classics.signatures import arrays
from explorer.formats import tensors
from explorer.maths.records import Progress
from explorer.maths.steps import saying
from explorer.maths.weight_records import WeightChange
from explorer.network.analysis import Facts
from explorer.network.diff import Diff, Pair, compare_projects
from explorer.network.network import Network
from explorer.network.project import Project

PIECE = 1 << 20
"""Numbers that are read and held side by side at once: a fully connected layer of VGG has a hundred times as many."""
KEPT = 1 << 12
"""Layers whose answer is kept: while one edits, all but the edited one are asked for again."""
Key = tuple[str, str, tuple[tuple[str, str], ...]]
_known: dict[Key, WeightChange] = {}
"""What was found, by both files and the names of the tensors in them."""


def compared(old: Project, new: Project) -> Iterator[Progress | Diff]:
    """What differs from one project to the other: layers, weights, and what there is besides. Raises as below."""
    yield from with_weights(compare_projects(old, new), old.weights, new.weights)


def with_weights(diff: Diff, old: str, new: str) -> Iterator[Progress | Diff]:
    """`diff` with what became of the trained numbers, last; old, new: SHA-256 of both networks' weights, "" for none.

    Raises WeightsError, after it has given `diff` as it was: the layers are told apart without weights, too.
    """
    try:
        yield from _weighed(replace(diff, weights=(old, new)), old, new)
    except tensors.WeightsError:
        yield diff
        raise


def _weighed(diff: Diff, old: str, new: str) -> Iterator[Progress | Diff]:
    if all(diff.weighed):
        before, after = diff.networks
        was = _Weighed(before, {row.old: facts for row in diff.rows if (facts := row.facts[0])}, old)
        now = _Weighed(after, {row.new: facts for row in diff.rows if (facts := row.facts[1])}, new)
        rows = []
        for number, row in enumerate(diff.rows):
            far = Progress("Comparing weights", number, len(diff.rows))
            yield far
            if row.old and row.new:
                row = replace(row, weights=(yield from saying(_changed(row, was, now), far)))
            rows.append(row)
        diff = replace(diff, rows=tuple(rows))
    yield diff


class _Weighed:
    """A network with a file of trained numbers, by the SHA-256 of it."""

    def __init__(self, network: Network, facts: Mapping[str, Facts], sha: str) -> None:
        self.network, self.facts, self.sha = network, facts, sha
        self.have = tensors.names_and_shapes(sha)

    def shapes(self, id: str) -> dict[str, tuple[int, ...]]:
        """Of a layer's trained tensors by their names in it: those that the file has as the layer wants them."""
        wanted = arrays(self.network, self.facts, id)
        return {name: shape for name, shape in wanted.items() if self.have.get(f"{id}.{name}") == shape}


def _changed(row: Pair, was: _Weighed, now: _Weighed) -> Generator[None, None, WeightChange | None]:
    """None where the layer has no trained numbers in either network, or none of equal shape in both."""
    old, new = was.shapes(row.old), now.shapes(row.new)
    if bool(old) != bool(new):
        return WeightChange(lacking="new" if old else "old")
    names = [name for name, shape in old.items() if new.get(name) == shape]
    if not names:
        return None
    if was.sha == now.sha and row.old == row.new:
        return WeightChange(sum(prod(old[name]) for name in names))
    key = was.sha, now.sha, tuple((f"{row.old}.{name}", f"{row.new}.{name}") for name in names)
    if (found := _known.pop(key, None)) is None:
        found = yield from _compared(*key)
    _known[key] = found  # the last one asked for is the last to go
    if len(_known) > KEPT:
        del _known[next(iter(_known))]
    return found


def _compared(old: str, new: str, names: tuple[tuple[str, str], ...]) -> Generator[None, None, WeightChange]:
    """Of tensors of equal shape, called so in the one file of weights and so in the other; with a stop behind each
    piece, for other questions wait meanwhile."""
    count = differing = 0
    largest = 0.0
    for was, now in names:
        for a, b in zip(tensors.pieces(old, was, PIECE), tensors.pieces(new, now, PIECE), strict=True):
            count += a.size
            x, y = a.astype(np.float64), b.astype(np.float64)
            other = (x != y) & ~(np.isnan(x) & np.isnan(y))
            if other.any():
                differing += int(np.count_nonzero(other))
                with np.errstate(invalid="ignore"):  # infinite − infinite
                    apart = np.abs(x[other] - y[other])
                largest = max(largest, float(np.nan_to_num(apart, nan=np.inf, posinf=np.inf).max()))
            yield
    return WeightChange(count, differing, largest)
