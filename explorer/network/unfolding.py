"""Where the cards of a network with groups lie, and how the picture makes room when one of them opens.

What lies in a group is laid out by itself, as a block that takes the group's place among its neighbours. So the order
of cards is the same whether a group is open or closed, and when one opens only the room between them changes.

All but what others call is reckoned in the flow's axes, see `direction`: a row lies across it, what comes later below.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterable, Mapping
from math import inf
from typing import NamedTuple

from explorer.maths.steps import at_once
from explorer.network.direction import GRID, Box, Direction
from explorer.network.folding import scopes
from explorer.network.framing import AXES, Axes, Frame, frames_in
from explorer.network.groups import TOP, Groups
from explorer.network.layered import Room
from explorer.network.layout import WALKS, arranging
from explorer.network.network import Network
from explorer.network.project import Place, Project

Form = tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, Room], ...]]
"""The inputs of each node by number, and the room that some take."""


def laid_out(network: Network, groups: Groups, direction: Direction = Direction.TOP_DOWN) -> dict[str, Place]:
    """A place for all that is drawn: nodes, and cards of closed groups. The same groups always lie alike."""
    return at_once(laying_out(network, groups, direction))


def laying_out(network: Network, groups: Groups, direction: Direction) -> Generator[int, None, dict[str, Place]]:
    """The same step by step; see `arranging`."""
    if not network.nodes:
        return {}
    inside = scopes(network, groups)
    yield WALKS * len(network.nodes)
    block = yield from _laying_out(groups, inside, TOP, {}, AXES[direction])
    return dict(direction.placed(block.places))


def toggled(project: Project, id: str) -> Project:
    """The project with a group opened, or closed, where it lies. All that is drawn must have a place.

    Its neighbours in the group around it keep their distances: what comes later in the flow moves by as much as the row
    has become longer or shorter, what lies beside as the group has become wider. Then the same for the group around,
    and so on. Closing what was opened puts all back, unless a neighbour had to make room for more than was needed.
    """
    groups, group, axes = project.groups, project.groups.groups[id], AXES[project.direction]
    places = dict(axes.direction.placed(project.places))
    after = groups.folded([id], closed=not group.closed)
    if id not in groups.opened and id not in groups.closed:  # nobody sees it
        return project.regrouped(after)
    before = frames_in(groups, places, axes)
    if group.closed:
        drawn = _drawn(after, id)
        if not places.keys() >= set(drawn):
            places.update(_block(after, scopes(project.network, after, id), id, axes).places)
        x, y = _corner(after, id, places, frames_in(after, places, axes, id), axes)
        before[id] = axes.taken(places[id])
        _shift(drawn, places, places[id][0] - x, places[id][1] - y)
    else:
        places[id] = _corner(groups, id, places, before, axes)
    new = axes.taken(places[id]) if after.groups[id].closed else frames_in(after, places, axes, id)[id]
    _make_room(after, id, before, places, axes, new)
    return project.regrouped(after).moved(axes.direction.placed(places))


def grouped(project: Project, name: str, nodes: Collection[str]) -> tuple[Project, str]:
    """The project with an open group around these nodes, with room for its frame; and the group's id."""
    groups, id = project.groups.grouped(name, nodes, closed=False)
    axes = AXES[project.direction]
    places = dict(axes.direction.placed(project.places))
    before = frames_in(groups, places, axes)
    (left, top, right, bottom), room = before[id], axes.room
    before[id] = Frame(left + room[0], top + room[1], right - room[2], bottom - room[3])
    _shift(_drawn(groups, id), places, 0.0, axes.room[1])
    _make_room(groups, id, before, places, axes, frames_in(groups, places, axes, id)[id])
    return project.regrouped(groups).moved(axes.direction.placed(places)), id


def framed(project: Project) -> dict[str, Frame]:
    """The frames around a project's open groups, in the flow's axes. All that is drawn must have a place."""
    groups, direction = project.groups, project.direction
    return frames_in(groups, direction.placed(project.places), AXES[direction]) if groups.opened else {}


def with_room(was: Mapping[str, Frame], after: Project, id: str) -> Project:
    """A project in which an open group has more in it than it had before, with room made for its frame; TOP has all
    there is. was: what was `framed` before. All that is drawn must have a place."""
    if id == TOP:
        return after
    axes = AXES[after.direction]
    places = dict(axes.direction.placed(after.places))
    _make_room(after.groups, id, was, places, axes, frames_in(after.groups, places, axes, id)[id])
    return after.moved(axes.direction.placed(places))


def revealed(project: Project, ids: Iterable[str]) -> Project:
    """The project with every closed group opened that hides one of these nodes."""
    for id in ids:
        for group in project.groups.path(id):
            if project.groups.groups[group].closed:
                project = toggled(project, group)
    return project


class _Block(NamedTuple):
    """What is drawn in a group, as if there were nothing else; corner: see `_corner`."""

    places: dict[str, Place]
    frame: Frame
    corner: Place


def _block(groups: Groups, inside: Mapping[str, Network], scope: str, axes: Axes) -> _Block:
    return at_once(_laying_out(groups, inside, scope, {}, axes))


def _laying_out(
    groups: Groups, inside: Mapping[str, Network], scope: str, known: dict[Form, list[Place]], axes: Axes
) -> Generator[int, None, _Block]:
    """A group laid out; inside: see `scopes`. known: places by form, so that of equal blocks only one is arranged."""
    part = inside.get(scope, Network())
    blocks: dict[str, _Block] = {}
    for id in part.nodes:
        if id in groups.groups and not groups.groups[id].closed:
            blocks[id] = yield from _laying_out(groups, inside, id, known, axes)
    rooms = {
        id: Room(corner[0] - frame.left, frame.right - corner[0] - axes.card[0], frame.bottom - frame.top)
        for id, (_, frame, corner) in blocks.items()
    }
    form = _form(part, rooms)
    yield len(part.nodes)
    if form not in known:
        known[form] = list((yield from arranging(part, rooms, axes.direction)).values())
    places: dict[str, Place] = {}
    edges = []
    for id, (x, y) in zip(part.nodes, known[form], strict=True):
        if id not in blocks:
            places[id] = x, y
            edges.append(axes.taken((x, y)))
            continue
        inner, frame, corner = blocks[id]
        right, down = x - corner[0], y - corner[1]
        places.update({one: (a + right, b + down) for one, (a, b) in inner.items()})
        edges.append(Frame(frame.left + right, frame.top + down, frame.right + right, frame.bottom + down))
    yield len(part.nodes)
    frame = axes.around(edges)
    return _Block(places, frame, (_above(known[form], axes), frame.top))


def _form(part: Network, rooms: Mapping[str, Room]) -> Form:
    """All that an arrangement follows from, whatever the nodes are called."""
    number = {id: i for i, id in enumerate(part.nodes)}
    inputs = tuple([tuple([number[i] for i in node.inputs]) for node in part.nodes.values()])
    return inputs, tuple([(number[id], room) for id, room in rooms.items()])


def _corner(groups: Groups, id: str, places: Mapping[str, Place], known: Mapping[str, Frame], axes: Axes) -> Place:
    """Where the card of an open group belongs: where its frame begins, before the middle of its first row.

    known: the frames of all open groups in it.
    """
    if id not in known:
        return places[id]
    return _above([_corner(groups, part, places, known, axes) for part in groups.parts(id)], axes), known[id].top


def _above(corners: list[Place], axes: Axes) -> float:
    """The left of a card before the middle of the first row of these."""
    top = min(y for _, y in corners)
    row = [x for x, y in corners if y < top + axes.card[1]]
    return round((min(row) + max(row)) / 2 / GRID) * GRID


def _make_room(
    groups: Groups, id: str, before: Mapping[str, Frame], places: dict[str, Place], axes: Axes, new: Frame
) -> None:
    """Move what lies around a group that has a new frame, and around each group that it lies in.

    To the sides moves what is in the group's row: what overlaps it in height, or overlaps what does, and so on. So
    all shifts keep the order of any two edges, and what was apart stays so. before: of open groups, and of this one.
    """
    wide, high = axes.card
    while id != TOP and new != before[id]:
        old, parent = before[id], groups.groups[id].parent
        parts = groups.parts(parent) if parent else _tops(groups, places)
        others: dict[str, Box] = {part: before[part] for part in parts if part in before and part != id}
        cards = [(part, places[part]) for part in parts if part not in before and part != id]
        others.update({part: (x, y, x + wide, y + high) for part, (x, y) in cards})
        row = _row(old, others)
        right = {part for part in row if others[part][0] >= old.right}
        left = {part for part in row if others[part][2] <= old.left}
        below = {part for part, (_, top, _, _) in others.items() if top >= old.bottom}
        above = [bottom for _, top, _, bottom in others.values() if not top >= old.bottom]
        down = _push(old.bottom, new.bottom, [others[i][1] for i in below], above)
        out = _push(old.right, new.right, [others[i][0] for i in right], [others[i][2] for i in row - right])
        back = _push(-old.left, -new.left, [-others[i][2] for i in left], [-others[i][0] for i in row - left])
        only = [part for part in others if part in below and part not in right and part not in left]
        shifts: dict[Place, list[str]] = {(0.0, down): only}  # most of a large network
        for part in right | left:
            shift = out if part in right else -back, down if part in below else 0.0
            shifts.setdefault(shift, []).append(part)
        for (across, lower), moved in shifts.items():
            _shift([one for part in moved for one in _drawn(groups, part)], places, across, lower)
            if parent != TOP:
                for part, (a, b, c, d) in [(part, others[part]) for part in moved]:
                    others[part] = a + across, b + lower, c + across, d + lower
        id = parent
        if id != TOP:
            new = axes.around([new, *others.values()])


def _tops(groups: Groups, places: Iterable[str]) -> list[str]:
    """What lies in no group: nodes with a place, and groups."""
    outermost = [id for id, group in groups.groups.items() if group.parent == TOP]
    return [id for id in places if id not in groups.homes and id not in groups.groups] + outermost


def _row(old: Frame, others: Mapping[str, Box]) -> set[str]:
    """What overlaps a frame in height, or overlaps what does, and so on."""
    top, bottom, row = old.top, old.bottom, set[str]()
    while more := {id for id, (_, high, _, low) in others.items() if high < bottom and low > top} - row:
        row |= more
        top = min(top, *(others[id][1] for id in more))
        bottom = max(bottom, *(others[id][3] for id in more))
    return row


def _push(old: float, new: float, beyond: list[float], still: list[float]) -> float:
    """How far what lies beyond an edge moves when the edge does.

    beyond: the near edges of what moves. still: the far edges of what stays; where all that moves is beyond these, too,
    it keeps its distance to the farthest of them and the edge, else it only makes room.
    """
    farthest = max(still, default=-inf)
    if min(beyond, default=inf) >= farthest:
        return max(new, farthest) - max(old, farthest)
    return max(0.0, new - old)


def _shift(ids: Iterable[str], places: dict[str, Place], right: float, down: float) -> None:
    if right or down:
        places.update({id: (places[id][0] + right, places[id][1] + down) for id in ids})


def _drawn(groups: Groups, id: str) -> Collection[str]:
    """What is drawn of a node or of a group that is seen: its card, or if it is open what lies in it."""
    if id not in groups.groups:
        return (id,)
    nodes, cards = groups.nodes(id), groups.cards
    return dict.fromkeys(cards.get(node, node) for node in nodes) if cards else nodes
