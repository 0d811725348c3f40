"""What came out of a look at a data set, in words."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.maths.confusion import wilson
from explorer.maths.judged import Judged
from explorer.maths.patch_records import Broken
from explorer.ui.controls.words import counted, share_in_words

FIRST = 5
"""Guesses of which one may be right."""
BROKEN = 3
"""Files that are told one by one; the others are counted."""


def rightness(judged: Judged) -> tuple[str, str]:
    """How often the network is right, and how far that can be relied on; "" where no class is known."""
    right, total = judged.among_first(1)
    if not total:
        return "", ""
    low, high = (f"{100 * end:.1f}" for end in wilson(right, total))
    sample = f"{right:,} of {total:,}, 95 % interval {low} to {high} % · "
    if judged.has_guesses(FIRST):
        sample += f"top {FIRST}: {share_in_words(judged.among_first(FIRST)[0] / total)} · "
    return f"{share_in_words(right / total)} right", sample


def unread(broken: Sequence[Broken]) -> str:
    """The files that could not be read, and why; "" for none."""
    lines = [one.sentence for one in broken[:BROKEN]]
    more = f" and {len(broken) - BROKEN:,} more" if len(broken) > BROKEN else ""
    return f"{counted(len(broken), 'file')} could not be read: {' '.join(lines)}{more}" if lines else ""
