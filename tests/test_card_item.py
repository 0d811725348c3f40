"""All cards are one item: what it finds by arithmetic is what one sees."""

from __future__ import annotations

from random import Random

import pytest
from PySide6.QtCore import QPointF, QRectF

from benchmarks.canvas import chain
from explorer.network.annotations import Note
from explorer.network.network import Network
from explorer.network.project import Project
from explorer.network.unfolding import grouped, toggled
from explorer.ui.canvas.card import FACE
from explorer.ui.canvas.group_copies import place_read
from explorer.ui.canvas.view import Canvas
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from tests.idle_side import IdleWorker


@pytest.fixture
def canvas(qtbot) -> Canvas:
    shown = Canvas(Session(Document(chain(200)), IdleWorker()))
    qtbot.addWidget(shown)
    shown.resize(600, 400)
    shown.show()
    shown.drawing.glide.wanted = False
    return shown


def held(canvas: Canvas, random: Random) -> None:
    """Some areas, each with the cards that touch it by asking every one."""
    drawing = canvas.drawing
    bounds = drawing.bounds()
    for _ in range(20):
        left = random.uniform(bounds.left() - 200, bounds.right() + 200)
        top = random.uniform(bounds.top() - 200, bounds.bottom() + 200)
        area = QRectF(left, top, random.uniform(1, 900), random.uniform(1, 900))
        touching = {id for id, item in drawing.nodes.items() if FACE.translated(item.pos()).intersects(area)}
        assert drawing.within(area) == touching


def test_qt_has_no_item_for_each_card(canvas: Canvas) -> None:
    assert len(canvas.drawing.nodes) == 200
    assert len(canvas.drawing.items()) < 10


def test_cards_are_found_where_they_are_after_edits_drags_and_undo(canvas: Canvas) -> None:
    document, random = canvas.session.document, Random(7)
    held(canvas, random)
    for step in range(30):
        project = document.project
        ids = random.sample(list(project.network.nodes), random.choice((1, 3, 100)))
        places = {id: (random.uniform(-900, 900), random.uniform(0, 9000)) for id in ids}
        if step % 4 == 0:
            document.edit("Move", project.moved(places))
        elif step % 4 == 1:
            canvas.drawing.drag(places)
            assert all(canvas.drawing.nodes[id].place == place for id, place in places.items())
        elif step % 4 == 2:
            document.edit("Delete", project.rewired(project.network.without(ids[:1])))
        else:
            document.undo()
        held(canvas, random)


def test_what_glides_is_found_where_it_is_seen(canvas: Canvas) -> None:
    drawing = canvas.drawing
    ids = list(drawing.nodes)[:2]
    held(canvas, Random(1))
    drawing.glide_to({id: (5000.0, 300.0 * n) for n, id in enumerate(ids)})
    assert drawing.within(QRectF(4990, -10, 300, 600)) == set(ids)
    assert drawing.hit(QPointF(5080, 330), 1.0).id == ids[1]
    drawing.glide_to({ids[1]: (6000.0, 0.0)})
    assert drawing.within(QRectF(4990, -10, 300, 600)) == set()
    drawing.glide_to({})
    held(canvas, Random(2))


def test_a_card_lies_on_those_that_come_before_it_and_a_closed_group_on_all(canvas: Canvas) -> None:
    document = canvas.session.document
    places = {**document.project.places, "conv7": (900.0, 0.0), "conv3": (900.0, 0.0)}
    document.edit("Move", document.project.moved(places))
    at = QPointF(980, 30)
    assert canvas.drawing.hit(at, 1.0).id == "conv7"
    project, group = grouped(document.project, "body", ("conv4", "conv5"))
    project = toggled(project, group)
    document.edit("Group", project.moved({**project.places, group: (900.0, 0.0)}))
    assert canvas.drawing.hit(at, 1.0).id == group


def test_without_cards_nothing_is_found(canvas: Canvas) -> None:
    canvas.session.document.edit("Delete", Project(Network()))
    assert canvas.drawing.within(QRectF(-1e5, -1e5, 2e5, 2e5)) == set()
    assert canvas.drawing.hit(QPointF(80, 30), 1.0).part == "ground"
    canvas.grab()


def test_the_last_of_very_many_layers_in_a_row_comes_into_view_with_its_notes(canvas: Canvas) -> None:
    project, last = canvas.drawing.project, list(canvas.drawing.nodes)[-1]
    place = (0.0, 49_999 * 96.0)
    canvas.session.document.edit("Move", project.moved({last: place}))
    for steps in (0, 8):  # at full size, and at the largest scale
        canvas.frame([last])
        canvas.zoom_by(steps)
        assert canvas.visible.contains(QPointF(*place) + FACE.center())
        middle = canvas.viewport().rect().center()
        assert canvas.drawing.hit(canvas.scene_point(QPointF(middle)), canvas.zoom).id == last
        picture = canvas.viewport().grab().toImage()
        canvas.drawing.card_item.hide()
        assert picture != canvas.viewport().grab().toImage(), "the card is drawn"
        canvas.drawing.card_item.show()
    assert canvas.view_now.middle == canvas.visible.center().toTuple(), "a bookmark can be kept"
    assert Note(place, (200.0, 80.0), "blue", "The last one").place == place
    assert place_read(last, {"place": [*place]}) == {last: place}, "it is pasted where it was"
