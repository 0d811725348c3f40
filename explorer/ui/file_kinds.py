"""The kinds of files that are opened and written: what they are called, and what their names end in."""

from __future__ import annotations

from explorer.network.project import SUFFIX

PROJECTS = "CNN Explorer projects"
FOREIGN: dict[str, tuple[str, ...]] = {
    "ONNX networks": (".onnx",),
    "Darknet networks": (".cfg", ".weights"),
    "PyTorch programs": (".pt2",),
    "PyTorch checkpoints": (".pth", ".pt", ".ckpt", ".bin", ".pth.tar"),
    "safetensors files": (".safetensors",),
}
"""Networks of other programs that can be opened: what they are called, and what their files' names end in."""
WEIGHTS = ("PyTorch checkpoints", "safetensors files")
"""Of these, those that hold weights only."""
ENDINGS = (SUFFIX, *(ending for endings in FOREIGN.values() for ending in endings))
EXPORTS = (".py", ".onnx", ".safetensors", ".md", ".mmd", ".dot")
"""What a network can be written as for others; `explorer.engine.exports` does it."""
