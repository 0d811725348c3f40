"""The canvas as it is arranged, in white and without what only the screen needs."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.maths.drawing import Label, Outline, Point, Shape, arrow, rounded, text_width
from explorer.network.analysis import Facts
from explorer.network.annotations import Annotation
from explorer.network.digest import Digest, digest
from explorer.network.direction import CARD
from explorer.network.figures.look import DIM, FILLS, INK, LINE, fitted, mixed, written
from explorer.network.figures.notes import note_shapes, within
from explorer.network.figures.roles import role_shapes
from explorer.network.figures.units import named
from explorer.network.folding import folded
from explorer.network.framing import Frame, frames
from explorer.network.network import Network
from explorer.network.placing import placed
from explorer.network.project import Place, Project
from explorer.network.routes import Route, routes
from explorer.network.unfolding import laid_out

WIDTH, HEIGHT = CARD
KIND, SMALL, LARGE = 12.0, 11.0, 17.0
LEFT, RIGHT = 10.0, WIDTH - 8.0
FRAME = "#f4f6f9"
"""Ground of an open group."""
STRIP = 5.0
"""Width of the coloured left edge."""


def canvas_shapes(
    project: Project, network: Network, facts: Mapping[str, Facts], order: str, roles: Mapping[str, tuple[str, ...]]
) -> list[Shape]:
    """The cards of a project's nodes that are in `network`, where they lie, with their links; scene units as points.

    A closed group is one card, as on the canvas; around an open one runs its frame. A group that is there in part only
    is none here. Notes and arrows lie on the frames and behind links and cards; with a part of the network, those that
    lie among its cards.
    """
    folding = folded(network, project.groups.among(network.nodes))
    placed_all, groups, direction = placed(project).places, folding.groups, project.direction
    places = {id: placed_all[id] for id in folding.drawn.nodes if id in placed_all}
    if len(places) < len(folding.drawn.nodes):
        places = laid_out(network, groups, direction)
    drawn: list[Shape] = []
    for id, frame in frames(groups, places, direction).items():
        drawn += _frame(frame, groups.groups[id].name)
    drawn += note_shapes(_annotations(project, network, places))
    for route in routes(folding.drawn, direction.placed(places), card=direction.card).values():
        drawn += arrow(tuple([direction.turned(point) for point in _line(route)]), LINE, 1.2, 6.0)
    for id in folding.drawn.nodes:
        if id in groups.groups:
            drawn += _group(groups.groups[id].name, digest(folding, facts, id), places[id], order)
        else:
            drawn += _card(project, id, places[id], facts[id], order)
    told = {id: {role for node in folding.nodes((id,)) for role in roles.get(node, ())} for id in folding.drawn.nodes}
    return drawn + role_shapes(told, places, drawn)


def _frame(frame: Frame, name: str) -> list[Shape]:
    left, top, right, bottom = frame
    edges = (left, top), (right, top), (right, bottom), (left, bottom)
    said = fitted(name, KIND, right - left - 2 * LEFT, True)
    return [Outline(edges, FRAME, DIM, 0.8), Label((left + LEFT, top + 16), said, KIND, "start", True, INK)]


def _group(name: str, told: Digest, at: Place, order: str) -> list[Shape]:
    (x, y), room = at, RIGHT - LEFT
    layers, facts = f"{told.layers:,} layers", told.facts
    title = f"{name} ×{told.times}" if told.times > 1 else name
    said = written(facts.shape, order) if facts.shape else facts.problem
    size = LARGE if facts.shape else SMALL
    sheets = []
    for back in (6.0, 3.0, 0.0):  # more of them behind it
        left, top, right, low = x + back, y + back, x + WIDTH - back, y + HEIGHT + back
        sheets.append(Outline(((left, top), (right, top), (right, low), (left, low)), "#ffffff", DIM, 1.0))
    return [
        *sheets,
        Label((x + LEFT, y + 16), fitted(title, KIND, room, True), KIND, "start", True, INK),
        Label((x + LEFT, y + 32), layers, SMALL, "start", colour=DIM),
        Label((x + RIGHT, y + 32), f"{facts.parameters:,}" if facts.parameters else "", SMALL, "end", colour=DIM),
        Label((x + LEFT, y + 55), fitted(said, size, room, True), size, "start", True, INK),
    ]


def _line(route: Route) -> tuple[Point, ...]:
    """The route with round corners; a lone slanted piece becomes an S. Both in the flow's axes."""
    if len(route) > 2 or route[0][0] == route[1][0]:
        return rounded(route, 10.0)
    (ax, ay), (bx, by) = route
    half = (by - ay) / 2 if by > ay else 40.0
    steps = [i / 16 for i in range(17)]
    way = [(ax, ay), (ax, ay + half), (bx, by - half), (bx, by)]
    return tuple((_bezier(t, *(x for x, _ in way)), _bezier(t, *(y for _, y in way))) for t in steps)


def _bezier(t: float, a: float, b: float, c: float, d: float) -> float:
    return (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d


def _card(project: Project, id: str, at: Place, facts: Facts, order: str) -> list[Shape]:
    (x, y), layer = at, project.layer(id)
    colour, passed = FILLS.get(layer.group, "#dddddd"), id in project.bypassed
    brief, ink = (f"bypassed · {layer.brief()}".strip(" ·"), DIM) if passed else (layer.brief(), INK)

    def area(left: float, right: float) -> tuple[Point, ...]:
        return (x + left, y), (x + right, y), (x + right, y + HEIGHT), (x + left, y + HEIGHT)

    room = RIGHT - LEFT
    kind = fitted(named(layer), KIND, room, True)
    used = text_width(kind, KIND, True) + 6
    id = "" if id == kind or room - used < 2 * SMALL else id
    count = f"{facts.parameters:,}" if facts.parameters else ""
    said = written(facts.shape, order) if facts.shape else facts.problem
    size = LARGE if facts.shape else SMALL
    return [
        Outline(area(0, WIDTH), "#ffffff", DIM, 1.0),
        *([] if passed else [Outline(area(0, STRIP), mixed(colour, "#000000", 0.25))]),
        Label((x + LEFT, y + 16), kind, KIND, "start", True, ink),
        *([Label((x + LEFT + used, y + 16), fitted(id, SMALL, room - used), SMALL, "start", colour=DIM)] if id else []),
        Label((x + LEFT, y + 32), fitted(brief, SMALL, room - 7 * len(count) - 8), SMALL, "start", colour=DIM),
        *([Label((x + RIGHT, y + 32), count, SMALL, "end", colour=DIM)] if count else []),
        Label((x + LEFT, y + 55), fitted(said, size, room, True), size, "start", True, INK),
    ]


def _annotations(project: Project, network: Network, places: Mapping[str, Place]) -> Mapping[str, Annotation]:
    """All notes and arrows; of a part of the network those among its cards."""
    if network is project.network or not places:
        return project.annotations
    across, down = zip(*places.values(), strict=True)
    area = min(across) - WIDTH, min(down) - HEIGHT, max(across) + 2 * WIDTH, max(down) + 2 * HEIGHT
    return within(project.annotations, area)
