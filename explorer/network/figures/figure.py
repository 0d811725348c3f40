"""A network, or a part of it, as a drawing to be published."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from math import inf
from types import MappingProxyType

from explorer.maths.drawing import Drawing, Label, Shape, bounds
from explorer.maths.sentences import Refusal
from explorer.network.analysis import Facts
from explorer.network.arranging import rearranged
from explorer.network.conventions import Conventions
from explorer.network.direction import Direction
from explorer.network.figures.canvas import canvas_shapes
from explorer.network.figures.cards import Cards
from explorer.network.figures.choices import AS_ARRANGED, FigureChoices
from explorer.network.figures.flow import flow
from explorer.network.figures.units import Plan, plan
from explorer.network.figures.volumes import Volumes
from explorer.network.formulas import formulas
from explorer.network.network import Network
from explorer.network.placing import placed
from explorer.network.project import Project

POINTS = 72 / 2.54
"""Of a centimetre."""
EDGE = 3.0
"""White around the drawing, points."""
LARGEST = 1.25
"""By how much a small figure grows to fill its page."""
HIGHEST = 1.4
"""Of the page's width: what is higher fits no page of a paper, and is tried with slim cards in columns."""
SHARES = 0.55, 0.42, 0.34, 0.28
"""Of all in one column: how high columns may be. Blocks are not cut, so three take more than a third each."""
READ = 4.0
"""Points of the smallest letters that print still shows."""
WORTH = 0.2
"""Of the page's width: what one column more must save in height."""
WIDEST = 1.7
"""So many times as wide as the page: then rows are cut where several links go on, too."""
APART = 14.0
"""Between rows, points."""
PARTS = 10
"""Steps before the drawing."""
LAYERS = 20_000
"""A figure of more is none."""
NO_ROLES: Mapping[str, tuple[str, ...]] = MappingProxyType({})
SIZES = ("height", "width", "features", "channels")


def figure(project: Project, facts: Mapping[str, Facts], choices: FigureChoices, only: Collection[str] = ()) -> Drawing:
    """The figure of a project's network, as wide as chosen, as high as needed.

    only: ids of the layers to draw, all where there are none. Raises Refusal where there is nothing to draw.
    """
    drawn = next(step for step in figuring(project, facts, choices, only) if step is not None)
    return drawn


def figuring(
    project: Project, facts: Mapping[str, Facts], choices: FigureChoices, only: Collection[str] = (),
    roles: Mapping[str, tuple[str, ...]] = NO_ROLES,
) -> Iterator[Drawing | None]:  # fmt: skip
    """The same in steps, at most PARTS times None and then the drawing: each is a place to stop.

    roles: of nodes that tell the "style" or the "content" of a picture. The canvas style marks them; the others draw
    several layers as one, so that a mark would not say which.
    """
    network = part(project.network, only) if only else project.network
    if not network.nodes:
        raise Refusal("There is no layer to draw yet: add one, or open a network.")
    if len(network.nodes) > LAYERS:
        raise Refusal(f"A figure of {len(network.nodes):,} layers cannot be read: select a part of the network.")
    page = choices.width * POINTS - 2 * EDGE
    title = project.title or "Network"
    if choices.style == "canvas":
        if choices.direction not in (AS_ARRANGED, project.direction.value):
            project = rearranged(placed(project), Direction(choices.direction))
        yield _paged(canvas_shapes(project, network, facts, choices.sizes, roles), page, choices, title)
        return
    planned = plan(network, facts, choices.abbreviate)
    yield None
    notes = _notes(project.network, network, facts, choices) if choices.formulas else {}
    yield None
    artist = (Volumes if choices.style == "volumes" else Cards)(planned.units, choices.sizes, notes, page)
    shapes = yield from _fitting(artist, planned, page)
    if isinstance(artist, Cards) and _high(shapes, page) > HIGHEST * page:
        slim = Cards(planned.units, choices.sizes, notes, page, narrow=True)
        others = yield from _columns(slim, planned)
        shapes = min([shapes, *others], key=lambda some: _badness(some, page))
    yield _paged(shapes, page, choices, title)


def part(network: Network, ids: Collection[str]) -> Network:
    """Some of the nodes, with the links between them."""
    return Network(
        {
            id: replace(node, inputs=tuple(i for i in node.inputs if i in ids))
            for id, node in network.nodes.items()
            if id in ids
        }
    )


def _notes(
    whole: Network, network: Network, facts: Mapping[str, Facts], choices: FigureChoices
) -> dict[str, tuple[str, ...]]:
    """For each node how its size is worked out: the height, and the width where that is another matter."""
    notes = {}
    conventions = Conventions(order="HWC" if choices.sizes == "HWC" else "CHW")
    for id in network.nodes:
        rows = {row.name: row for row in formulas(whole, id, facts, conventions)}
        worked = [rows[name] for name in SIZES if name in rows and any(sign in rows[name].numbers for sign in "/·+")]
        if worked:
            texts = dict.fromkeys(f"{row.numbers} = {int(row.value):,}" for row in worked)
            notes[id] = tuple(texts)[:2]
    return notes


def _fitting(artist: Volumes | Cards, planned: Plan, page: float) -> Generator[None, None, list[Shape]]:
    """All shapes, in as many rows as the page wants; each step is a place to stop."""
    whole = _arranged(artist, planned, inf)
    yield
    longest = artist.longest(bounds(whole))
    shapes = _arranged(artist, planned, longest)
    yield
    if _wide(shapes) > WIDEST * page:
        shapes = _arranged(artist, planned, longest, anywhere=True)
        yield
    return shapes


def _columns(slim: Cards, planned: Plan) -> Generator[None, None, list[list[Shape]]]:
    """The same in one column, two and more; each step is a place to stop."""
    several = [_arranged(slim, planned, inf)]
    _, top, _, low = bounds(several[0])
    for share in SHARES:
        yield
        several.append(_arranged(slim, planned, (low - top) * share))
    return several


def _badness(shapes: Sequence[Shape], page: float) -> tuple[float, float, float]:
    """Letters that nobody can read are worst, then what fits on no page, the less the lower; then small letters."""
    scale = _scale(shapes, page)
    letters = scale * min(shape.size for shape in shapes if isinstance(shape, Label))
    over = max(0.0, _high(shapes, page) / page - HIGHEST) // WORTH
    return max(0.0, READ - letters), over, -scale


def _wide(shapes: Sequence[Shape]) -> float:
    left, _, right, _ = bounds(shapes)
    return right - left


def _high(shapes: Sequence[Shape], page: float) -> float:
    """How high they are on the page, points."""
    _, top, _, low = bounds(shapes)
    return (low - top) * _scale(shapes, page)


def _scale(shapes: Sequence[Shape], page: float) -> float:
    return min(LARGEST, page / _wide(shapes))


def _arranged(artist: Volumes | Cards, planned: Plan, longest: float, anywhere: bool = False) -> list[Shape]:
    """All shapes, in rows about so long; see `flow`."""
    blocks = []
    for row in flow(planned, artist.rooms, artist.gaps, longest, artist.side, anywhere):
        shapes = artist.paint(row)
        for ids, times in planned.repeats:
            if ids <= row.places.keys():
                shapes += artist.brace(shapes, row, ids, f"×{times}")
        blocks.append(shapes)
    drawn: list[Shape] = []
    at = 0.0
    for shapes in blocks:
        left, top, right, low = bounds(shapes)
        dx, dy = (at - left, 0.0) if artist.down else (0.0, at - top)
        drawn += (shape.moved(dx, dy) for shape in shapes)
        at += APART + (right - left if artist.down else low - top)
    return drawn


def _paged(shapes: Sequence[Shape], page: float, choices: FigureChoices, title: str) -> Drawing:
    """The shapes as large as the page takes, in its middle."""
    left, top, right, low = bounds(shapes)
    scale = _scale(shapes, page)
    dx = EDGE + (page - scale * (right - left)) / 2 - scale * left
    moved = tuple(shape.moved(dx, EDGE - scale * top, scale) for shape in shapes)
    return Drawing(page + 2 * EDGE, scale * (low - top) + 2 * EDGE, moved, title, choices.typeface == "serif")
