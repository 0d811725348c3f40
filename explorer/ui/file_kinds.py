"""The kinds of files that are opened and written: what they are called, and what their names end in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from explorer.maths.records import PICTURE_ENDINGS, VIDEO_ENDINGS
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


def meant(paths: Sequence[str]) -> tuple[str, ...]:
    """Which of some files that came together are to be opened: each network, of those that differ in their ending alone
    the first, as of a description and its weights; and the first picture or video. Where there is none of these, the
    first file, which says what it is."""
    networks = dict[Path, str]()
    for path in paths:
        if Path(path).suffix.lower() in ENDINGS:
            networks.setdefault(Path(path).with_suffix(""), path)
    seen = [path for path in paths if Path(path).suffix.lower() in (*PICTURE_ENDINGS, *VIDEO_ENDINGS)]
    return (*networks.values(), *seen[:1]) or tuple(paths[:1])
