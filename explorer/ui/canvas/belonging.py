"""Which group things on the canvas belong to: where they are dropped, and where copies of them lie."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from explorer.network.groups import TOP, Groups
from explorer.network.project import Project


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
    moved = [id for id in units(groups, tuple(ids)) if groups.home(id) != home]
    if not moved:
        return project
    inside = [id for id in moved if id in groups.groups]
    return replace(project, groups=groups.moved([id for id in moved if id not in groups.groups], inside, home))
