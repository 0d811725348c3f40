"""Write down what torchvision says of its trained weights: `python -m tools.torchvision_weights`.

The program shows its library without importing torchvision, which takes seconds; `tests/test_entries.py` compares
the file with torchvision.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torchvision.models import get_model_weights

from explorer.classics.others import ARCHITECTURES
from explorer.engine.trained import BUILT_WITH, built

TARGET = Path(__file__).resolve().parents[1] / "resources" / "models" / "torchvision.json"


def described() -> list[dict[str, Any]]:
    """All weights of all networks that can be read, the default ones of each first."""
    return [
        {"architecture": name, "family": weights.__name__.removesuffix("_Weights"), **facts(name, one)}
        for name in ARCHITECTURES
        for weights in [get_model_weights(name)]
        for one in sorted(weights, key=lambda one: (one is not weights.DEFAULT, one.name))
    ]


def facts(name: str, weights: Any) -> dict[str, Any]:
    """Of one member of an enum. size in bytes, to within 600; sides in pixels; right in per cent, null if unknown."""
    meta, way = weights.meta, weights.transforms()
    scores = meta["_metrics"]["ImageNet-1K"]
    return {
        "weights": weights.name,
        "url": weights.url,
        "size": round(meta["_file_size"] * 2**20),
        "parameters": numbers(name) if name in BUILT_WITH else meta["num_params"],
        "right": [score if score == score else None for score in (scores["acc@1"], scores["acc@5"])],
        "crop": way.crop_size[0],
        "resize": way.resize_size[0],
        "scaling": way.interpolation.value,
        "mean": list(way.mean),
        "std": list(way.std),
        "licence": meta.get("license", ""),
    }


def numbers(name: str) -> int:
    """Parameters of a network with its side branches: torchvision does not count those of GoogLeNet."""
    return sum(parameter.numel() for parameter in built(name).parameters())


def written() -> str:
    """The file: one line for each weights, so that a change can be read."""
    return "[\n" + ",\n".join(json.dumps(one) for one in described()) + "\n]\n"


if __name__ == "__main__":
    TARGET.write_text(written(), "utf-8")
