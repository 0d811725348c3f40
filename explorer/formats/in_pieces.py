"""Large files in pieces: between two the worker hears other questions, and one sees how far it is and can stop it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TypeVar

from explorer.formats import tensors
from explorer.formats.tensor_layout import Array
from explorer.formats.words import shown
from explorer.maths.records import Progress
from explorer.maths.steps import counted

Found = TypeVar("Found")

STEP = 1 << 24
"""Bytes from one stop to the next: read, hashed or written in less than a tenth of a second, but for a slow disk."""


def told(steps: Generator[int, None, Found], text: str, total: int) -> Generator[Progress, None, Found]:
    """What these steps find, each of which says how many bytes of `total` it did: as Progress records."""
    return (yield from counted(steps, STEP, lambda done: Progress(text, min(done, total), total)))


def kept(values: Mapping[str, Array], name: str) -> Generator[Progress, None, str]:
    """Weights are put into the store; the SHA-256 they are found by. name: what they came with. Raises CannotSave."""
    text = f"Keeping the weights of {shown(name, 60)}"
    return (yield from told(tensors.keeping(values), text, tensors.twice(values)))
