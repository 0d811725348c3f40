"""The programs that benchmarks run beside ours, put into a folder of their own: `python -m benchmarks.peers`.

`python -m benchmarks.peers NAME …` gets only these. Each comes without what it depends on, as our own versions of
torch, Qt and numpy are measured for all; what a peer needs beyond stands beside it. A benchmark whose peer is not
there says so, with the command that gets it, and measures the others.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

from benchmarks import PEERS

PACKAGES: dict[str, tuple[str, ...]] = {
    "captum": ("captum>=0.9,<1",),
    "cv2": ("opencv-python-headless>=4.10,<5",),  # 5 no longer reads Darknet's files
    "netron": ("netron>=9,<10",),
    "networkx": ("networkx>=3,<4",),
    "NodeGraphQt": ("NodeGraphQt>=0.6.40,<0.7", "Qt.py>=2,<3", "types-pyside2", "typing_extensions>=4"),
    "onnxruntime": ("onnxruntime>=1.23,<2", "flatbuffers", "protobuf", "packaging"),
    "qtpynodeeditor": ("qtpynodeeditor>=0.3,<0.4", "qtpy>=2,<3", "packaging"),
    "torchinfo": ("torchinfo>=1.8,<2",),
    "torchlens": ("torchlens>=2.30,<3", "graphviz>=0.20.1", "tqdm>=4.66", "packaging>=23.2", "typing_extensions>=4"),
}
"""What pip is asked for, by the name under which it is imported."""


def there(module: str) -> bool:
    """Whether a peer can be imported; it is not imported."""
    return find_spec(module) is not None


def how(module: str) -> str:
    """The command that gets a peer."""
    return f"python -m benchmarks.peers {module}"


def absent(**modules: str) -> dict[str, str]:
    """By the peer's name in the figures, the command that gets it; only those whose module is not there."""
    return {peer.replace("_", " "): how(module) for peer, module in modules.items() if not there(module)}


def main(names: list[str]) -> int:
    """Get what is not there yet; pip's exit code."""
    unknown = [name for name in names if name not in PACKAGES]
    if unknown:
        print(f"There is no peer {unknown[0]!r}: {', '.join(PACKAGES)}.", file=sys.stderr)
        return 2
    worst = 0
    for name in names or list(PACKAGES):
        if there(name):
            print(f"{name}: is there")
            continue
        print(f"{name}: {' '.join(PACKAGES[name])}", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--upgrade", "--target", str(PEERS)]
        worst = max(worst, subprocess.run([*pip, *PACKAGES[name]], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
