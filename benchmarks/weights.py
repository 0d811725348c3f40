"""The weights of ResNet-50 read from the disk's cache: ours, beside torch's own file. One JSON line, milliseconds.

Ours is what a program is given: named arrays out of the store of safetensors files, whose digest was looked at when it
came. Peers read the same numbers as torch.save wrote them, with torch.load as it comes and mapped into memory. Then
every number is added up, so that all of it was read. Usage: python -m benchmarks.weights
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import torch
from torchvision.models import resnet50

from benchmarks.turns import medians, milliseconds, ratios

ROUNDS = 15


def main() -> None:
    """Write both, read them in turn and print."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CNN_EXPLORER_CACHE"] = str(Path(folder) / "cache")
        from explorer.formats import tensors

        state, file = resnet50(weights=None).state_dict(), Path(folder) / "resnet50.pth"
        torch.save(state, file)
        kept = tensors.keep({name: value.numpy() for name, value in state.items()})
        runs = {
            "ours": lambda: tensors.read(kept),
            "torch.load": lambda: torch.load(file, weights_only=True),
            "torch.load, mapped": lambda: torch.load(file, weights_only=True, mmap=True),
        }
        added = {
            "ours": lambda: sum(float(value.sum()) for value in tensors.read(kept).values()),
            "torch.load": lambda: sum(float(v.sum()) for v in torch.load(file, weights_only=True).values()),
            "torch.load, mapped": lambda: sum(
                float(value.sum()) for value in torch.load(file, weights_only=True, mmap=True).values()
            ),
        }
        read, used = (medians(milliseconds(some, ROUNDS)) for some in (runs, added))
        size = round(file.stat().st_size / 1e6, 1)
    print(json.dumps({
        "benchmark": "weights", "unit": "ms", "MB": size, "read": {**read, **ratios("ours", read)},
        "read and added up": {**used, **ratios("ours", used)},
    }))  # fmt: skip


if __name__ == "__main__":
    main()
