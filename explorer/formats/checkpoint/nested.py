"""Values that a pickle made of values: whether one comes to an end in them."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from explorer.formats.checkpoint.stored import NotRead
from explorer.formats.in_pieces import STEP

DEEPEST = 64
MOST_VALUES = 2_000_000
A_STEP = 1 << 13
"""Values, or opcodes, from one step to the next: gone through in about the time in which `STEP` bytes are read."""

WEIGHTS_ONLY = "in Python, save its weights alone: torch.save(model.state_dict(), “weights.pt”)"


def checked(value: Any) -> Generator[int, None, Any]:
    """The same value, if it ends: not nested too deeply, in itself, or over and over; in steps. Raises NotRead."""
    waiting, seen, turns = [(value, 0)], 0, 0
    while waiting:
        turns += 1
        if turns % A_STEP == 0:
            yield STEP
        part, depth = waiting.pop()
        inner = part.values() if type(part) is dict else part if type(part) in (list, tuple) else ()
        seen += 1 + len(inner)
        if depth > DEEPEST or seen > MOST_VALUES:
            raise NotRead("is nested too deeply, or into itself", WEIGHTS_ONLY)
        waiting += [(p, depth + 1) for p in inner]
    return value
