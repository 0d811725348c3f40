"""What shows a large network beside the canvas follows in turns, and comes to what it is when all follows at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtWidgets import QApplication

from benchmarks.canvas import chain
from explorer.layers.bypass import bypassed
from explorer.maths.steps import at_once, in_parts
from explorer.network.analysis import analyse
from explorer.network.arranging import rearranged
from explorer.network.direction import Direction
from explorer.network.project import Project
from explorer.network.receptive_field import STEP, ReceptiveFields
from explorer.network.unfolding import grouped, toggled
from explorer.ui.canvas import group_view
from explorer.ui.canvas.far import BYPASSED, PROBLEM, Far
from explorer.ui.canvas.view import Canvas
from explorer.ui.controls import following
from explorer.ui.controls.following import shared_turns
from explorer.ui.panels.inspector import InspectorPanel
from explorer.ui.panels.outline import OutlinePanel
from explorer.ui.panels.summary import SummaryPanel
from explorer.ui.row_runs import runs
from explorer.ui.tables.layer_columns import COLUMNS
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker

MANY, LENGTH = 40, 90
MIDDLE = f"conv{LENGTH // 2}"


@pytest.fixture(autouse=True)
def soon_large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks are large from fewer layers on: what follows in turns is the same, and takes less time here."""
    monkeypatch.setattr(following, "MANY", MANY)
    monkeypatch.setattr(group_view, "MANY", MANY)


@dataclass
class Shown:
    """A network as canvas, outline, table and inspector show it."""

    session: Session
    canvas: Canvas
    outline: OutlinePanel
    summary: SummaryPanel
    inspector: InspectorPanel

    @classmethod
    def of(cls, qtbot: Any, project: Project) -> Shown:
        session = Session(Document(project), IdleWorker())
        shown = cls(session, Canvas(session), OutlinePanel(session), SummaryPanel(session), InspectorPanel(session))
        shown.canvas.drawing.glide.wanted = False
        shown.canvas.show_ruler(True)
        for widget in (shown.canvas, shown.outline, shown.summary, shown.inspector):
            qtbot.addWidget(widget)
            widget.resize(500, 300)
            widget.show()
        shown.finish()
        return shown

    @property
    def document(self) -> Document:
        return self.session.document

    def finish(self) -> None:
        while shared_turns(self.document).busy or self.canvas.drawing.turns._steps is not None:
            QApplication.processEvents()

    def cards(self) -> dict[str, Any]:
        items = self.canvas.drawing.nodes.items()
        return {id: (item.card, item.place, item.pos().toTuple(), item.node) for id, item in items}

    def lines(self) -> tuple[Any, ...]:
        """Where cards, links and groups are drawn."""
        drawing = self.canvas.drawing
        routes = {link: [(round(x, 3), round(y, 3)) for x, y in route] for link, route in drawing.links.routes.items()}
        return dict(drawing.places), routes, drawing.frames.areas, drawing.folding.drawn.nodes

    def rows(self, parent: QModelIndex | None = None) -> list[tuple[str, str, Any]]:
        model, parent = self.outline.model, parent or QModelIndex()
        found = []
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            found.append((index.data(), model.spoken(model.id_of(index)), self.rows(index)))
        return found

    def cells(self) -> list[tuple[Any, ...]]:
        model = self.summary.model
        return [
            tuple(model.index(row, column).data() for column in range(len(COLUMNS))) for row in range(model.rowCount())
        ]

    def beside(self) -> tuple[Any, ...]:
        """All that follows in turns."""
        inspector, summary = self.inspector, self.summary
        words = inspector.title.text(), inspector.told.text(), inspector.sees.text(), summary.totals.text()
        formulas = [view.row for view in inspector.views]
        return self.rows(), self.cells(), self.canvas.ruler.stages, words, formulas, self.chosen()

    def chosen(self) -> tuple[set[str], set[str]]:
        rows = self.outline.tree.selectionModel().selectedRows()
        lines = self.summary.table.selectionModel().selectedRows()
        return {self.outline.model.id_of(row) for row in rows}, {self.summary.model.ids[line.row()] for line in lines}


@pytest.fixture
def shown(qtbot: Any) -> Iterator[Shown]:
    project, _ = grouped(chain(LENGTH), "Block", [f"conv{i}" for i in range(8, 14)])
    shown = Shown.of(qtbot, project)
    yield shown
    shown.document.history.clear()


def stride(document: Document, id: str) -> None:
    project = document.project
    layer = project.network.nodes[id].layer
    document.edit("Change stride", project.rewired(project.network.with_settings(id, stride=layer.stride % 3 + 1)))


def act(shown: Shown, what: str) -> None:
    document, canvas = shown.document, shown.canvas
    some = tuple(list(document.project.network.nodes)[30:60])
    if what == "stride":
        stride(document, "conv1")
    elif what == "add":
        canvas.select((MIDDLE,) if MIDDLE in document.project.network.nodes else ())
        canvas.add_layer("ReLU")
    elif what == "delete":
        canvas.select(some)
        canvas.delete()
    elif what == "group":
        canvas.select(some)
        canvas.make_group()
    elif what == "select":
        canvas.select(some[:9])
    elif what == "duplicate":
        canvas.select(some[:5])
        canvas.duplicate()
    elif what == "drag":  # and give it up
        drawing = canvas.drawing
        ids = tuple(drawing.nodes)[20:24]
        places = {id: drawing.places[id] for id in ids}
        drawing.drag({id: (x + 40, y + 8) for id, (x, y) in places.items()})
        drawing.drag(places)
    elif what == "fold":
        canvas.fold(next(iter(document.project.groups.groups)))
    elif what == "undo":
        document.undo()
    else:
        document.redo()


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_edited_between_the_turns_all_is_shown_at_last(shown: Shown, qtbot: Any, seed: int) -> None:
    """Against parts of the window that are made when all is over."""
    chance = random.Random(seed)
    acts = "stride", "add", "delete", "group", "select", "duplicate", "drag", "fold", "undo", "undo", "redo"
    for what in chance.choices(acts, k=18):
        act(shown, what)
        for _ in range(chance.choice((0, 1, 2, 5))):
            QApplication.processEvents()
    shown.finish()
    fresh = Shown.of(qtbot, shown.document.project)
    fresh.session.select(shown.session.selection)
    fresh.finish()
    assert shown.cards() == fresh.cards()
    assert shown.lines() == fresh.lines()
    assert shown.document.facts == analyse(shown.document.project.network)
    for ours, theirs in zip(shown.beside(), fresh.beside(), strict=True):
        assert ours == theirs


def test_the_canvas_comes_first_and_the_others_show_what_was_until_they_are_through(shown: Shown) -> None:
    before, facts = shown.beside()[:2], shown.document.facts
    shown.session.document.edit("Delete", shown.document.project.rewired(
        shown.document.project.network.without([f"conv{i}" for i in range(1, 40)])
    ))  # fmt: skip
    assert shown.canvas.drawing.nodes.keys() == shown.document.project.network.nodes.keys()
    assert (shown.outline.following.behind, shown.summary.following.behind) == (True, True)
    assert (shown.rows(), shown.cells()) == before, "of layers that are gone, too"
    assert shown.summary.model.facts is facts
    shown.finish()
    assert not shown.outline.following.behind
    assert shown.cells() != before[1]
    assert shown.summary.model.rowCount() == LENGTH - 39


def test_a_small_network_is_followed_at_once(qtbot: Any) -> None:
    shown = Shown.of(qtbot, chain(30))
    stride(shown.document, "conv1")
    assert not shown.summary.following.behind
    assert not shown.outline.following.behind
    assert "64×32×32" in shown.cells()[1]


def test_a_part_that_is_gone_follows_no_more(shown: Shown) -> None:
    stride(shown.document, "conv1")
    shown.outline.setParent(None)
    shown.outline.deleteLater()
    shown.finish()
    assert "64×32×32" in shown.cells()[1]


def test_a_large_network_is_arranged_in_turns_as_it_is_then(shown: Shown) -> None:
    document = shown.document
    shown.canvas.arrange(Direction.LEFT_RIGHT)
    assert document.project.direction is Direction.TOP_DOWN, "not in the turn of the key"
    QApplication.processEvents()
    stride(document, "conv1")
    edited = document.project
    shown.finish()
    assert document.project == rearranged(edited, Direction.LEFT_RIGHT)
    document.undo()
    assert document.project == edited
    shown.canvas.arrange(Direction.LEFT_RIGHT)
    document.add_tab(chain(3))
    shown.finish()
    assert document.project == chain(3), "another tab is in front"


def test_ways_found_ahead_are_those_found_when_asked() -> None:
    network = chain(700).network
    facts = analyse(network)
    ahead, asked = ReceptiveFields(network, facts), ReceptiveFields(network, facts)
    assert sum(1 for _ in ahead.looking_ahead()) == len(facts) // STEP > 2, "in steps"
    assert not list(ahead.looking_ahead()), "once"
    assert {id: ahead[id] for id in facts} == {id: asked[id] for id in facts}


def test_work_in_parts_stops_where_enough_is_done() -> None:
    def steps():
        yield from (1, 1, 5, 1)
        return "found"

    parts = in_parts(steps(), 3)
    assert len(list(parts)) == 1
    assert at_once(in_parts(steps(), 1)) == "found"


@pytest.mark.parametrize("measure", ["", "MACs"])
def test_from_far_away_each_card_has_the_colour_that_it_has_near(shown: Shown, measure: str) -> None:
    """Against the cards themselves."""
    document, canvas = shown.document, shown.canvas
    project = bypassed(document.project, ["conv3"])
    project = project.rewired(project.network.with_settings("conv80", kernel=9999))
    project = toggled(project, next(iter(project.groups.groups)))
    document.edit("Change", project)
    canvas.colour_by(measure)
    shown.finish()
    wanted: dict[Any, list[float]] = {}
    for item in canvas.drawing.nodes.values():
        card = item.card
        plain = BYPASSED if card.bypassed else card.group
        tone = PROBLEM if card.broken else card.shade if measure else plain
        wanted.setdefault(tone, []).extend((*item.place, 176.0, 64.0))
    assert {PROBLEM} < wanted.keys()
    assert {tone: list(numbers) for tone, numbers in Far(canvas.drawing)._boxes.items()} == wanted


def test_rows_that_follow_each_other_are_taken_together() -> None:
    assert runs([5, 1, 2, 2, 3, 7]) == [(1, 3), (5, 5), (7, 7)]
    assert runs([]) == []


def test_all_selected_and_none_again(shown: Shown) -> None:
    shown.canvas.select_all()
    shown.finish()
    groups = shown.document.project.groups
    nodes = shown.document.project.network.nodes
    assert shown.chosen() == ({*groups.groups, *(id for id in nodes if id not in groups.homes)}, set(nodes))
    shown.canvas.select(())
    shown.finish()
    assert shown.chosen() == (set(), set())


def test_a_ruler_that_comes_is_painted_before_its_stages_are_found(shown: Shown, monkeypatch: Any) -> None:
    """They take a fifth of a second where the network has 50,000 layers."""
    ruler = shown.canvas.ruler
    shown.canvas.show_ruler(False)
    project = shown.document.project
    shown.document.edit("Move", project.moved({MIDDLE: (900.0, project.places[MIDDLE][1])}))
    shown.finish()
    monkeypatch.setattr("explorer.ui.canvas.ruler.at_once", lambda _steps: pytest.fail("all in one turn"))
    for seen in (True, False, True):  # it stayed empty where it had been hidden before its turn
        shown.canvas.show_ruler(seen)
        ruler.grab()
        shown.canvas.repaint()
        if not seen:
            shown.finish()
    shown.finish()
    assert ruler._stages == at_once(ruler._staging())
