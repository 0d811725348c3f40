"""Adam without torch's class for it: the same numbers, and nothing of the compiler."""

from __future__ import annotations

import subprocess
import sys

import torch

from explorer.engine.adam import Adam

ALONE = """
import sys
from explorer.classics.catalogue import CLASSICS
from explorer.engine.answers import answer
from explorer.engine.questions import DreamOf
from explorer.maths.records import Place
from explorer.probes.dreaming import Dream
project = CLASSICS["lenet5"].project
node = next(id for id, node in project.network.nodes.items() if node.layer.kind == "Conv2d")
*_, dreamt = answer(DreamOf(project, Place(node, 0), Dream(steps=1)))
print(dreamt.done, "torch._dynamo" in sys.modules, "sympy" in sys.modules)
"""


def test_the_numbers_are_those_of_torch_s_class() -> None:
    """To the last bit; with a tensor that has no slope for a while, and another rate."""
    starts = [torch.randn(3, 4, generator=torch.Generator().manual_seed(seed)) for seed in range(3)]
    ours, theirs = ([start.clone().requires_grad_() for start in starts] for _ in range(2))
    walks = Adam(ours, 0.1), torch.optim.Adam(theirs, lr=0.1)
    for step in range(6):
        for walk, (first, second, third) in zip(walks, (ours, theirs), strict=True):
            walk.zero_grad()
            late = second.square().sum() if step > 2 else 0
            ((first - 1).square().sum() + late).backward()
            walk.step()
            assert third.grad is None
        if step == 3:
            walks[0].rate = walks[1].param_groups[0]["lr"] = 0.01
        assert all(torch.equal(one, other) for one, other in zip(ours, theirs, strict=True)), step
    assert not torch.equal(ours[1], starts[1])
    assert torch.equal(ours[2], starts[2])


def test_the_first_step_asks_nothing_of_the_compiler() -> None:
    """Its import held up the first picture of a dream for two seconds of a processor."""
    said = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True).stdout
    assert said == "True False False\n"
