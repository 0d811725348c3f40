"""Adam, with torch's own function for a step. Source: Kingma & Ba 2014, arXiv:1412.6980.

torch's class for it asks torch's compiler, whose import holds up the first step for two seconds of a processor.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor
from torch.optim.adam import adam

MOMENTS = ("exp_avg", "exp_avg_sq")
"""What it remembers of each number: the mean of its slopes, and of their squares."""


class Adam:
    """Walks downhill: β₁ = 0.9, β₂ = 0.999, ε = 1e-8.

    rate: how far a step goes; it may be changed. state: of each tensor that had a slope, how many steps it went, under
    “step”, and its moments, of its own shape.
    """

    def __init__(self, tensors: Iterable[Tensor], rate: float) -> None:
        """tensors: leaves of the graph, which change in place."""
        self.rate = rate
        self.state: dict[Tensor, dict[str, Tensor]] = {}
        self._tensors = list(tensors)

    def zero_grad(self) -> None:
        """Forget the slopes."""
        for tensor in self._tensors:
            tensor.grad = None

    @torch.no_grad()
    def step(self) -> None:
        """Go a step down the slopes; what has none stays."""
        sloped = {tensor: tensor.grad for tensor in self._tensors if tensor.grad is not None}
        for tensor in sloped:
            if tensor not in self.state:
                self.state[tensor] = {"step": torch.tensor(0.0), **{name: torch.zeros_like(tensor) for name in MOMENTS}}
        means, squares, steps = ([self.state[tensor][name] for tensor in sloped] for name in (*MOMENTS, "step"))
        adam(
            list(sloped), list(sloped.values()), means, squares, [], steps,
            amsgrad=False, beta1=0.9, beta2=0.999, lr=self.rate, weight_decay=0, eps=1e-8, maximize=False,
        )  # fmt: skip
