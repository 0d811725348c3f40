"""What differs between two mappings: edits make new ones that hold nearly the same values."""

from __future__ import annotations

from collections.abc import Mapping

MISSING = object()
PART = 64
"""Values that are compared at once: where all of them are the same, none is looked at one by one."""


def differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    """The keys that only one of them has, or that have other values.

    Of thousands of values nearly all are mostly the very same objects: neither they nor their keys are looked into, for
    after much other work they lie far away in memory.
    """
    if old is new:
        return set()
    keys, before, after = list(new), list(old), list(new.values())
    if keys[: len(before)] == before:  # what was there stands as it did, maybe with more behind it
        was, changed = list(old.values()), set(keys[len(before) :])
    else:
        was, changed = [old.get(key, MISSING) for key in keys], set(old.keys() - new.keys())
    for start in range(0, min(len(was), len(after)), PART):
        one, other = was[start : start + PART], after[start : start + PART]
        if one != other:
            part = zip(keys[start : start + PART], one, other, strict=False)
            changed.update([key for key, a, b in part if a is not b and a != b])
    return changed
