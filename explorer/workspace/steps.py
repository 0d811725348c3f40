"""Undo and redo of one value, for what is edited beside the document."""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")

MOST = 1000
"""Steps that can be undone."""


class Steps(Generic[Value]):
    """The states of an immutable value; equal `merge` keys in a row undo as one step, and as none where they lead back
    to where they began, as a drag does that is given up."""

    def __init__(self, start: Value) -> None:
        self.value = start
        self._before: list[Value] = []
        self._behind: list[Value] = []
        self._dropped: list[Value] = []  # what could be taken again before the last step
        self._merge = ""

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return bool(self._before)

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back that can be taken again."""
        return bool(self._behind)

    def take(self, value: Value, merge: str = "") -> bool:
        """Make `value` the current one; False where it is so already."""
        if value == self.value:
            return False
        if not merge or merge != self._merge:
            self._before.append(self.value)
            del self._before[:-MOST]
            self._dropped, self._behind = self._behind, []
        elif value == self._before[-1]:
            value, merge = self._before.pop(), ""  # equal ones may tell other words
            self._behind = self._dropped
        self.value, self._merge = value, merge
        return True

    def undo(self) -> bool:
        """Take the last step back; False where there is none."""
        return self._go(self._before, self._behind)

    def redo(self) -> bool:
        """Take the step again that was taken back last; False where there is none."""
        return self._go(self._behind, self._before)

    def _go(self, way: list[Value], back: list[Value]) -> bool:
        if not way:
            return False
        back.append(self.value)
        self.value, self._merge = way.pop(), ""
        return True
