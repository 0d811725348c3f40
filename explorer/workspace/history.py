"""The steps of one open project: projects are immutable values, so a step only says which one came before and after."""

from __future__ import annotations

from dataclasses import replace

from explorer.maths.values import dataclass
from explorer.network.annotations import Bookmark
from explorer.network.project import Project

STEPS = 1000
"""Edits that can be undone; each keeps a network of its own, 40 kB where that has 200 layers."""
NOWHERE = -1


@dataclass(frozen=True)
class Step:
    """One edit. Equal `merge` keys in a row are one step; "" merges with none.

    selected_before, selected_after: the nodes selected when the project was so. views: where one looked before the step
    and after it, where the step itself took one elsewhere.
    """

    text: str
    before: Project
    after: Project
    merge: str
    selected_before: tuple[str, ...]
    selected_after: tuple[str, ...]
    views: tuple[Bookmark, Bookmark] | None = None


class History:
    """Steps, and how many of them are done. It is data: `Document` shows what a step leads to, and only then is the
    step taken here, so that one that fails leaves both as they were."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.index = 0
        """Steps that are done; those behind were undone."""
        self._clean = 0  # the index at which nothing is unsaved

    @property
    def count(self) -> int:
        """Steps that are done, or can be done again."""
        return len(self.steps)

    @property
    def can_undo(self) -> bool:
        """Whether there is a step to take back."""
        return self.index > 0

    @property
    def can_redo(self) -> bool:
        """Whether a step was taken back that can be taken again."""
        return self.index < self.count

    @property
    def undo_text(self) -> str:
        """What undo takes back, "" for nothing."""
        return self.steps[self.index - 1].text if self.can_undo else ""

    @property
    def redo_text(self) -> str:
        """What redo does again, "" for nothing."""
        return self.steps[self.index].text if self.can_redo else ""

    @property
    def clean(self) -> bool:
        """Whether the project is as it was opened, or saved last."""
        return self.index == self._clean

    @clean.setter
    def clean(self, clean: bool) -> None:
        self._clean = self.index if clean else NOWHERE

    def clear(self) -> None:
        """Forget all steps; nothing is unsaved."""
        self.steps.clear()
        self.index = self._clean = 0

    def take(self, step: Step) -> None:
        """This is the newest step now; what was undone before is gone. What is saved is never merged into."""
        if self._clean > self.index:
            self._clean = NOWHERE
        del self.steps[self.index :]
        last = self.steps[-1] if self.steps else None
        if last is None or self.clean or not step.merge or step.merge != last.merge:
            self.steps.append(step)
            if self.count > STEPS:
                del self.steps[0]
                self._clean = max(self._clean - 1, NOWHERE)
        elif last.before == step.after:  # typed there and back
            self.steps.pop()
        else:
            self.steps[-1] = replace(last, after=step.after)
        self.index = self.count

    def way(self, index: int) -> tuple[Project, tuple[str, ...], Bookmark | None]:
        """Where one comes to by undo or redo until `index` steps are done: the project, the nodes selected there, and
        where one looked, None where no step on the way took one elsewhere."""
        if index < self.index:
            first = self.steps[index]
            views = [step.views[0] for step in self.steps[index : self.index] if step.views]
            return first.before, first.selected_before, next(iter(views), None)
        last = self.steps[index - 1]
        views = [step.views[1] for step in self.steps[self.index : index] if step.views]
        return last.after, last.selected_after, next(reversed(views), None)

    def go(self, index: int, selected: tuple[str, ...]) -> None:
        """So many steps are done now. selected: the nodes that were selected till then, for redo to come back to."""
        for at in reversed(range(index, self.index)):
            step = self.steps[at]
            self.steps[at], selected = replace(step, selected_after=selected), step.selected_before
        self.index = index

    def keep_views(self, before: Bookmark, after: Bookmark) -> None:
        """The last step took the view from one place to another."""
        if self.can_undo:
            self.steps[self.index - 1] = replace(self.steps[self.index - 1], views=(before, after))
