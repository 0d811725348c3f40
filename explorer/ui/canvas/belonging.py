"""Which group things on the canvas belong to: where they are dropped, and where copies of them lie."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt

from explorer.network.groups import TOP, Groups
from explorer.network.project import Project
from explorer.ui.canvas.scene import NetworkScene


def beside(groups: Groups, ids: Collection[str]) -> str:
    """The innermost open group in which something lies that is put beside these nodes, or TOP: that of a whole group is
    the one around it."""
    whole = groups.exactly(ids) if ids else TOP
    home = groups.home(whole) if whole else groups.around(ids) if ids else TOP
    return next((id for id in reversed(groups.path(home)) if id in groups.opened), TOP) if home else TOP


def units(groups: Groups, ids: Collection[str]) -> tuple[str, ...]:
    """The outermost groups that these nodes fill, and the nodes among them that lie in none of these: what moves from
    one group to another as a whole."""
    whole = groups.whole(ids)
    held = {node for id in whole for node in groups.nodes(id)}
    return (*whole, *(id for id in ids if id not in held))


def joined(project: Project, ids: Iterable[str], home: str) -> Project:
    """The project with these nodes, and the groups that they fill, in another group, or in none (TOP)."""
    groups = project.groups
    moved = movable(groups, tuple(ids), home)
    return project.regrouped(_moved(groups, moved, home)) if moved else project


def movable(groups: Groups, ids: Collection[str], home: str) -> list[str]:
    """What of these nodes, and of the groups that they fill, is not in a group yet and can go there: no group goes
    into itself."""
    around = groups.path(home) if home else ()
    return [id for id in units(groups, ids) if groups.home(id) != home and id not in around]


def _moved(groups: Groups, moved: Collection[str], home: str) -> Groups:
    inside = [id for id in moved if id in groups.groups]
    return groups.moved([id for id in moved if id not in groups.groups], inside, home)


KEEPS = Qt.KeyboardModifier.ControlModifier
"""The key with which a drop changes no group."""


class Drop(NamedTuple):
    """What comes of a drop: the group that is joined, or TOP; all groups as they are then; and the words for it."""

    home: str
    groups: Groups
    words: str


class Belonging:
    """Which group joins what is dragged, by the frame under the mouse, as all frames were when the drag began.

    Only who crosses a frame changes something: a card may be put straight where it lies. Ctrl leaves it where it
    belongs, and its frame goes with it.

    single: one layer is dragged, by its own card: it is no group, though it may be all that one holds.
    """

    def __init__(self, scene: NetworkScene, start: QPointF, nodes: Iterable[str], single: bool) -> None:
        groups = self._groups = scene.folding.groups
        self._nodes = tuple(nodes)
        self._units = self._nodes if single else units(groups, self._nodes)
        dragged = {id for id in self._units if id in groups.groups}
        frames = scene.frames.areas.items()
        self._areas = {id: area for id, area in frames if dragged.isdisjoint(groups.path(id))}
        self._start = self.under(start)
        self._found: dict[str, Drop | None] = {}

    def under(self, at: QPointF) -> str:
        """The innermost group under a point that is not dragged itself, or TOP."""
        return next((id for id in reversed(self._areas) if self._areas[id].contains(at)), TOP)

    def drop(self, at: QPointF, held: Qt.KeyboardModifier) -> Drop | None:
        """What a drop at a point does while these keys are down, None where all stays in its group."""
        home = self.under(at)
        if home == self._start or not self._nodes or held & KEEPS:
            return None
        if home not in self._found:
            self._found[home] = self._drop(home)
        return self._found[home]

    def _drop(self, home: str) -> Drop | None:
        groups = self._groups
        moved = [id for id in self._units if groups.home(id) != home]  # none is around that: see `_areas`
        if not moved:
            return None
        names = {groups.groups[left].name for id in moved if (left := groups.home(id))}
        words = f"into {groups.groups[home].name}" if home else f"out of {', '.join(sorted(names))}"
        return Drop(home, _moved(groups, moved, home), words)
