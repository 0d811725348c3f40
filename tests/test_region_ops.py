"""torchvision's operators without its modules do the same, also where those come afterwards."""

from __future__ import annotations

import subprocess
import sys

import torch
from hypothesis import given, settings
from hypothesis import strategies as st

ALONE = """
import sys
import torch
from explorer.engine import detecting, capture
from explorer.engine.region_ops import roi_align
maps, regions = torch.arange(96.0).reshape(2, 1, 6, 8), torch.tensor([[0.0, 0, 0, 16, 12], [1, 4, 2, 10, 9]])
ours = roi_align(maps, regions, 3, 0.5, 2)
print(sorted(name for name in sys.modules if name in ("torchvision", "torch._dynamo")))
from torchvision.ops import roi_align as theirs
print(torch.equal(ours, theirs(maps, regions, 3, 0.5, 2)), torch.equal(ours, roi_align(maps, regions, 3, 0.5, 2)))
maps.requires_grad_()
roi_align(maps, regions, 3, 0.5, 2).sum().backward()
print(maps.grad.abs().sum().item() > 0)
"""


def test_neither_torchvision_nor_the_compiler_comes_along() -> None:
    said = subprocess.run([sys.executable, "-c", ALONE], capture_output=True, text=True, check=True).stdout
    assert said == "[]\nTrue True\nTrue\n"


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 999), st.integers(0, 5), st.integers(1, 7), st.sampled_from((1.0, 0.25)), st.integers(0, 3))
def test_it_is_torchvision_s_to_the_last_bit(seed: int, count: int, size: int, scale: float, samples: int) -> None:
    from torchvision.ops import roi_align as theirs

    from explorer.engine.region_ops import roi_align

    chance = torch.Generator().manual_seed(seed)
    maps = torch.randn(3, 2, 9, 13, generator=chance)
    corners = torch.rand(count, 4, generator=chance) * 40
    regions = torch.cat((torch.randint(0, 3, (count, 1), generator=chance).float(), corners), 1)
    assert torch.equal(roi_align(maps, regions, size, scale, samples), theirs(maps, regions, size, scale, samples))
