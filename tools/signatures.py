"""Write down names and shapes of the weights of every network known: `python -m tools.signatures`, a minute.

So a checkpoint is recognised without building a hundred networks; `tests/test_signatures.py` compares the file with
the networks themselves.
"""

from __future__ import annotations

from pathlib import Path

from explorer.classics.signatures import FILE, packed
from explorer.engine.library import NAMES, architecture

TARGET = Path(__file__).resolve().parents[1] / "resources" / "networks" / FILE


def written() -> bytes:
    """The file."""
    return packed((name, architecture(name).network) for name in NAMES)


if __name__ == "__main__":
    TARGET.write_bytes(written())
