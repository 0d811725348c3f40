"""Channels multiplied by a factor, or switched off, right behind the node that puts them out."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from explorer.network.ablation import Factors, there
from explorer.network.analysis import Facts


class Changes:
    """What is multiplied by what: one vector for each node. Channels that a node does not have are passed over."""

    def __init__(self, factors: Factors, facts: Mapping[str, Facts], device: torch.device) -> None:
        self.factors = factors
        self._vectors: dict[str, tuple[Tensor, Tensor]] = {}
        for id, found in factors.items():
            shape = facts[id].shape if id in facts else None
            some = there(found, shape)
            if shape and some:
                with torch.inference_mode(False):  # values may be differentiated through them
                    vector = torch.ones(1, shape[0], *(1 for _ in shape[1:]))
                    vector[0, list(some)] = torch.tensor(list(some.values())).reshape(-1, *(1 for _ in shape[1:]))
                    off = torch.tensor([channel for channel, factor in some.items() if not factor], dtype=torch.long)
                    self._vectors[id] = vector.to(device), off.to(device)

    @property
    def nodes(self) -> frozenset[str]:
        """Those whose value is changed."""
        return frozenset(self._vectors)

    def __call__(self, id: str, value: Tensor) -> Tensor:
        """A node's value (N, C, …) as others see it: another tensor where it is changed."""
        if id not in self._vectors:
            return value
        vector, off = self._vectors[id]
        return (value * vector).index_fill_(1, off, 0.0)  # 0 · ∞ would not be 0
