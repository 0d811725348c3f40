"""How a file is spoken of in a message: its name, what is wrong with it, what to do."""

from __future__ import annotations

import os
from pathlib import Path

LONGEST = 300
"""Characters a message may have."""


def refusal(path: str | Path, reason: str, advice: str) -> str:
    """One sentence of at most 300 characters: “name” reason: advice. A long reason is cut."""
    name = f"“{shown(os.path.basename(path) or path, 60)}” "
    end = f": {shown(advice, 140)}"
    return name + shown(reason, LONGEST - len(name) - len(end)) + end


def shown(text: object, most: int) -> str:
    """Text from outside, safe to show: control characters replaced, the middle left out where it is too long."""
    line = "".join(c if c.isprintable() else "�" for c in str(text)[: 2 * LONGEST])
    return line if len(line) <= most else f"{line[: most - most // 3 - 1]}…{line[-(most // 3) :]}"


def amount(size: int) -> str:
    """Bytes as people say them: 4.2 MB."""
    for unit, step in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= step:
            return f"{size / step:.1f} {unit}"
    return f"{size} bytes"
