"""What a layer's channels put out for picture after picture, kept as sums: memory does not grow with the pictures.

Whether a channel was ever above 0 is looked for everywhere. Means, zeros and the histogram are of some places of each
map, the same in each picture and chosen by chance: counting every number takes many times as long as the network.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from explorer.formats.kept_work import Form
from explorer.layers.activations import Dropout, Hardsigmoid, ReLU, ReLU6
from explorer.layers.joins import Concat
from explorer.layers.shapes import Identity
from explorer.maths.data_set_records import LayerActivity
from explorer.maths.spread import BINS, FINEST, WIDEST, Spread
from explorer.network.network import Node

PLACES = 16
"""Of each map."""
CUTTING = (ReLU, ReLU6, Hardsigmoid)
"""Layers that make 0 of what is small enough."""
GROUPS = ("Activation", "Norm", "Dense", "Join", "Other")


class Activity:
    """Of one layer."""

    def __init__(self, node: Node, shape: tuple[int, ...]) -> None:
        self._node, self._channels, self._size = node, shape[0], prod(shape[1:])
        random = np.random.default_rng(0)
        self.places = np.sort(random.choice(self._size, min(PLACES, self._size), replace=False))
        self._silent = np.ones(self._channels, bool)
        self._sum = np.zeros(self._channels)
        self._zeros = np.zeros(self._channels, np.int64)
        self._count = 0
        self._spread = Spread()

    def take(self, value: Tensor) -> None:
        """Take what the layer put out for some pictures, (N, C, …)."""
        maps = value.flatten(2) if value.dim() > 2 else value.unsqueeze(2)  # [N, C, P]
        places = torch.from_numpy(self.places).to(value.device)
        # Channels lie beside each other in memory: so taken, a place is one row, and ten times as quickly there.
        some = maps.transpose(1, 2).index_select(1, places).flatten(0, 1).cpu().numpy()  # [N · places, C]
        self._sum += some.sum(0, dtype=np.float64)
        self._zeros += (some == 0).sum(0)
        self._count += len(some)
        self._spread.add(some)
        self._silent &= ~(some > 0).any(0)
        left = np.nonzero(self._silent)[0]
        if len(left):  # few: most were heard at those places
            heard = (maps[:, torch.from_numpy(left).to(value.device)] > 0).any(2).any(0)
            self._silent[left[heard.cpu().numpy()]] = False

    def told(self) -> LayerActivity:
        """What is known so far."""
        counts, low, high = self._spread.ranges()
        mean, zeros = (part / max(1, self._count) for part in (self._sum, self._zeros))
        return LayerActivity(
            self._node.id, self._silent.copy(), isinstance(self._node.layer, CUTTING),
            mean.astype(np.float32), zeros.astype(np.float32), tuple(counts), low, high,
        )  # fmt: skip

    @property
    def forms(self) -> dict[str, Form]:
        """What `kept` gives."""
        per_channel = (self._channels,)
        return {
            "silent": (np.bool_, per_channel), "sum": (np.float64, per_channel), "zeros": (np.int64, per_channel),
            "counts": (np.int64, (BINS,)), "scale": (np.int64, (3,)),
        }  # fmt: skip

    def kept(self) -> dict[str, NDArray[Any]]:
        """All of it as arrays."""
        scale = np.array([self._count, self._spread.exponent, self._spread.first])
        return {
            "silent": self._silent, "sum": self._sum, "zeros": self._zeros, "counts": self._spread.counts,
            "scale": scale,
        }  # fmt: skip

    def recall(self, arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Go on from what was kept; False where that cannot be true."""
        count, exponent, first = arrays["scale"].tolist()
        counts = arrays["counts"]
        if not (np.isfinite(arrays["sum"]).all() and (counts >= 0).all() and FINEST <= exponent <= WIDEST):
            return False
        if not 0 <= counts.sum() <= count * self._channels or abs(first) > 2**60:
            return False
        self._silent, self._sum, self._zeros = (arrays[part].copy() for part in ("silent", "sum", "zeros"))
        self._count, self._spread = count, Spread(counts.copy(), exponent, first)
        return True


def tells(node: Node, parameters: int) -> bool:
    """Whether a layer computes something, and does not only choose, move or put together the numbers it gets."""
    if isinstance(node.layer, Concat | Identity | Dropout):
        return False
    return parameters > 0 or node.layer.group in GROUPS
