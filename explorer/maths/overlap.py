"""How the overlap of two boxes is worked out, as one does it on paper."""

from __future__ import annotations

from explorer.maths.boxes import Box
from explorer.maths.worked import Worked, largest, least


def worked_overlap(a: Box, b: Box) -> dict[str, Worked]:
    """The areas of A and B, of what both have and of what either has, and the last two's quotient, by their names.

    Source: Jaccard 1912, The distribution of the flora in the alpine zone, New Phytologist 11(2).
    """
    left, top, right, bottom = (
        (Worked(f"{letter}_A", p), Worked(f"{letter}_B", q))
        for letter, p, q in zip(("l", "t", "r", "b"), a, b, strict=True)
    )
    both = largest(0, least(*right) - largest(*left)) * largest(0, least(*bottom) - largest(*top))
    areas = [(right[i] - left[i]) * (bottom[i] - top[i]) for i in (0, 1)]
    intersection = Worked("I", both)
    union = Worked("A", areas[0]) + Worked("B", areas[1]) - intersection
    return {
        "area A": areas[0], "area B": areas[1], "intersection": both, "union": union,
        "IoU": intersection / Worked("U", union),
    }  # fmt: skip
