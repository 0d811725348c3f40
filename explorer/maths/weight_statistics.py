"""What can be seen in trained numbers without running them: their spread, and filters that do nothing or the same."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from explorer.maths.weight_records import TensorFacts

BINS = 48
FILTERS = "weight"
"""The tensor whose first axis counts filters: of a convolution (C′, C, f, f), of a fully connected layer (n′, n)."""


def facts(name: str, values: NDArray[Any]) -> TensorFacts:
    """Facts of a tensor called `node id.parameter`."""
    whole = np.isfinite(values)
    finite = values[whole].astype(np.float64)
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    is_filters = name.rpartition(".")[2] == FILTERS
    silent = dead(values) if is_filters and values.ndim else ()
    return TensorFacts(
        name=name,
        shape=values.shape,
        low=low,
        high=high,
        mean=float(finite.mean()) if finite.size else 0.0,
        deviation=float(finite.std()) if finite.size else 0.0,
        zeros=int((values == 0).sum()),
        nan=int(np.isnan(values).sum()),
        infinite=int(values.size - finite.size - np.isnan(values).sum()),
        counts=tuple(np.histogram(finite, BINS, (low, high))[0].tolist()),
        dead=silent,
        equal=equal(values, frozenset(silent)) if is_filters and values.ndim > 1 else (),
    )


def dead(values: NDArray[Any]) -> tuple[int, ...]:
    """Numbers of the filters whose every weight is 0; of a normalisation, of the channels it multiplies by 0."""
    return tuple(np.flatnonzero((values.reshape(len(values), -1) == 0).all(1)).tolist()) if values.size else ()


def equal(values: NDArray[Any], without: frozenset[int] = frozenset()) -> tuple[tuple[int, ...], ...]:
    """Groups of filters that are the same, number by number; each but the first of a group could be left out."""
    groups: dict[bytes, list[int]] = {}
    for number, one in enumerate(values):
        if number not in without:
            groups.setdefault(one.tobytes(), []).append(number)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)
