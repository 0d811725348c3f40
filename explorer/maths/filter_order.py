"""In which order filters are looked at: as they come, the strongest first, like ones beside each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

ORDERS = ("index", "norm", "similarity")


def norms(filters: NDArray[Any]) -> NDArray[np.float64]:
    """The length of each filter (N, …) as a vector (N,)."""
    flat = filters.reshape(len(filters), -1)
    lengths: NDArray[np.float64] = np.sqrt(np.einsum("nd,nd->n", flat, flat, dtype=np.float64))
    return lengths


def by_norm(filters: NDArray[Any]) -> NDArray[np.int64]:
    """The longest first; those that are no number last."""
    return np.argsort(-np.nan_to_num(norms(filters), nan=-1.0, posinf=np.inf), kind="stable")


def by_similarity(filters: NDArray[Any]) -> NDArray[np.int64]:
    """From the longest on, each followed by that of the remaining ones to which its angle is least.

    A greedy way through all of them, nearest neighbour first, not the shortest there is. Filters (N, …) of nothing
    but zeros, or with a number that is none, come last.
    """
    lengths = norms(filters)
    whole = np.flatnonzero(np.isfinite(lengths) & (lengths > 0))
    others = np.setdiff1d(np.arange(len(filters)), whole)
    if not whole.size:
        return others
    flat = filters.reshape(len(filters), -1)[whole] / lengths[whole, None].astype(np.float32)
    cosines = flat @ flat.T  # [n, n]
    at = int(lengths[whole].argmax())
    order, waiting = [at], np.ones(len(whole), bool)
    for _ in range(len(whole) - 1):
        waiting[at] = False
        at = int(np.where(waiting, cosines[at], -np.inf).argmax())
        order.append(at)
    return np.concatenate((whole[order], others))


def nearest(filters: NDArray[Any], lengths: NDArray[np.float64], at: int) -> tuple[int, float] | None:
    """The place of the other filter (N, …) with the least angle to the one at `at`, and the cosine of that.

    lengths: their norms (N,). None where the filter, or every other one, is nothing but zeros or holds a number that is
    none.
    """
    whole = np.isfinite(lengths) & (lengths > 0)
    if not whole[at] or whole.sum() < 2:
        return None
    flat = filters.reshape(len(filters), -1)
    with np.errstate(invalid="ignore", divide="ignore"):
        cosines = (flat @ flat[at]) / (lengths * lengths[at])
    cosines[~whole], cosines[at] = -np.inf, -np.inf
    best = int(cosines.argmax())
    return best, float(min(cosines[best], 1.0))
