"""Principal components: the few directions along which points differ most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROUNDS = 7
"""How often a subspace is turned towards the largest components."""
SPARE = 10
"""Directions looked at beyond those wanted."""


@dataclass(frozen=True, eq=False)
class Components:
    """points (N, K) float32: where points lie along their K principal components, the largest first; shares (K,)
    float64: of the whole variance, what lies along each."""

    points: NDArray[np.float32]
    shares: NDArray[np.float64]


def components(points: NDArray[np.float32], count: int) -> Components:
    """The `count` principal components of points (N, D), as many as there are at most; the same for the same points.

    By subspace iteration, which needs no matrix of D × D numbers. Each direction points to where its largest part is
    positive. Source: Halko, Martinsson & Tropp 2011, arXiv:0909.4061, algorithm 4.4.
    """
    mean = points.mean(0, dtype=np.float64) if len(points) else 0
    centred = (points - mean).astype(np.float32)
    count = min(count, *centred.shape)
    variance = float((centred.astype(np.float64) ** 2).sum())
    if not count or not variance:
        return Components(np.zeros((len(points), count), np.float32), np.zeros(count))
    random = np.random.default_rng(0)
    basis = random.standard_normal((centred.shape[1], min(count + SPARE, *centred.shape))).astype(np.float32)
    for _ in range(ROUNDS):
        basis, _upper = np.linalg.qr(centred @ basis)  # [N, K]
        basis, _upper = np.linalg.qr(centred.T @ basis)  # [D, K]
    left, sizes, directions = np.linalg.svd(centred @ basis, full_matrices=False)
    whole = (basis @ directions.T)[:, :count]  # [D, K]
    signs = np.sign(whole[np.abs(whole).argmax(0), np.arange(count)])
    along = (left[:, :count] * sizes[:count] * signs).astype(np.float32)
    return Components(along, sizes[:count].astype(np.float64) ** 2 / variance)
