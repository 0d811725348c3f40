"""Points of many dimensions laid on a plane by t-SNE: who was near each other still is.

Source: van der Maaten & Hinton 2008, Visualizing data using t-SNE; its fast form van der Maaten 2014 and Linderman et
al. 2019, arXiv:1712.09005. openTSNE runs it, in slices, so that it can be seen and stopped.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.engine.data_set_questions import Embed
from explorer.maths.data_set_records import Embedding
from explorer.maths.neighbours import nearest
from explorer.maths.records import Progress
from explorer.maths.sentences import Refusal

EARLY, LATE = 250, 500
"""Steps with attraction exaggerated, so that groups find together, and without; the customary numbers."""
SLICE, LEAST_SLICE = 25, 5
"""Steps between two pictures, fewer where there are more than AT_ONCE points; momentum begins anew in each."""
AT_ONCE = 2000
"""Points for which a full slice takes about a second on one core."""
LEAST = 4
"""Points that can be near or far."""


def embed(question: Embed) -> Iterator[Progress | Embedding]:
    """The points' places after every few steps; equal points give equal places. Raises Refusal for too few points."""
    points = np.asarray(question.points, np.float64)
    if len(points) < LEAST:
        raise Refusal(f"t-SNE needs at least {LEAST} pictures that could be read, got {len(points)}: add some more.")
    if not np.ptp(points, 0).any():
        raise Refusal(
            "All pictures have the same values in this layer, so none is nearer than another: choose another."
        )
    yield Progress("Getting t-SNE ready")
    from openTSNE import TSNEEmbedding, affinity, initialization
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    perplexity = min(question.perplexity, (len(points) - 1) / 3)
    count = max(1, int(3 * perplexity))
    found, away = np.zeros((len(points), count), np.int64), np.zeros((len(points), count))
    for some, here, apart in nearest(points, count):  # openTSNE's own search is one long call
        found[some], away[some] = here, apart
        yield Progress("Looking for neighbours", some.stop, len(points))
    near = affinity.PerplexityBasedNN(knn_index=PrecomputedNeighbors(found, away), perplexity=perplexity)
    start = points[:, :2] if points.shape[1] > 1 else np.pad(points, ((0, 0), (0, 1)))
    start = initialization.rescale(initialization.jitter(start, random_state=0))
    laid = TSNEEmbedding(start, near, random_state=0, n_jobs=1)  # more threads wait for each other
    total = EARLY + LATE
    part = max(LEAST_SLICE, SLICE * AT_ONCE // max(AT_ONCE, len(points)))
    done = 0
    while done < total:
        early = done < EARLY
        part = min(part, (EARLY if early else total) - done)
        settings = {"exaggeration": 12.0, "momentum": 0.5} if early else {"momentum": 0.8}
        laid.optimize(part, inplace=True, **settings)
        done += part
        yield Progress(f"t-SNE, step {done} of {total}", done, total)
        yield Embedding(np.asarray(laid, np.float32), done, total)
