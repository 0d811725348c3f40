"""Write down what torchvision says of its trained detectors: `python -m tools.torchvision_detectors`.

As `tools.torchvision_weights` does of its classifiers; `tests/test_torchvision_detectors.py` compares the file with
torchvision.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from torchvision.models import get_model_weights

from explorer.classics.others import DETECTORS
from explorer.engine.torchvision_detectors import built

TARGET = Path(__file__).resolve().parents[1] / "resources" / "models" / "torchvision_detectors.json"

NAMES = tuple(DETECTORS)


def described() -> list[dict[str, Any]]:
    """All weights of all of them, those that torchvision takes by itself first."""
    return [facts(name, one) for name in NAMES for one in _weights(name)]


def _weights(name: str) -> list[Any]:
    all_of_them = get_model_weights(name)
    return sorted(all_of_them, key=lambda one: one is not all_of_them.DEFAULT)


def facts(name: str, weights: Any) -> dict[str, Any]:
    """Of one member of an enum. size in bytes, to within 600; precision: in per cent, on COCO; least and overlap: from
    where on boxes count; shorter and longer: sides of a picture in pixels, 0 where the Input's are fixed; mask_map and
    kp_map: the precision of masks and points, where it tells any."""
    meta, module = weights.meta, built(name)
    metrics = meta["_metrics"]["COCO-val2017"]
    way, last = module.transform, getattr(module, "roi_heads", module)
    fixed = way.fixed_size is not None
    return {
        "architecture": name,
        "weights": weights.name,
        "url": weights.url,
        "size": round(meta["_file_size"] * 2**20),
        "parameters": meta["num_params"],
        "precision": metrics["box_map"],
        "mean": list(way.image_mean),
        "std": list(way.image_std),
        "least": last.score_thresh,
        "overlap": last.nms_thresh,
        "shorter": 0 if fixed else way.min_size[-1],
        "longer": 0 if fixed else way.max_size,
        **{what: metrics[what] for what in ("mask_map", "kp_map") if what in metrics},
    }


def written() -> str:
    """The file: one line for each weights, so that a change can be read."""
    return "[\n" + ",\n".join(json.dumps(one) for one in described()) + "\n]\n"


if __name__ == "__main__":
    TARGET.write_text(written(), "utf-8")
