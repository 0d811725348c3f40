"""What differs between two mappings: edits make new ones that hold nearly the same values."""

from __future__ import annotations

from collections.abc import Mapping


def differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    """The keys that only one of them has, or that have other values. The same values are not looked into: where
    thousands are kept, most of them lie far away in memory."""
    if old is new:
        return set()
    before = old.get
    changed = {key for key, value in new.items() if (was := before(key)) is not value and was != value}
    if len(new) < len(old) or not old.keys() <= new.keys():
        changed |= old.keys() - new.keys()
    return changed
