"""Links of a large network that follow its cards over several turns, against routes found at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from benchmarks.layout import residual
from explorer.network.folding import folded
from explorer.network.grouping import by_path
from explorer.network.project import Project
from explorer.network.routes import routes
from explorer.network.unfolding import laid_out
from explorer.ui.canvas.view import Canvas
from explorer.workspace.document import Document
from explorer.workspace.session import Session
from explorer.workspace.worker import Worker
from tests.settled import settled


@pytest.fixture
def canvas(qtbot: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Canvas]:
    """A residual network of 1,006 layers with every group open; cards are at their places at once."""
    monkeypatch.setattr(Worker, "start", lambda _self: None)
    network = residual((5, 20, 64, 10))
    groups = by_path(network).to_level(9)
    canvas = Canvas(Session(Document(Project(network, laid_out(network, groups), groups=groups)), Worker()))
    canvas.drawing.glide.wanted = False
    qtbot.addWidget(canvas)
    canvas.resize(800, 600)
    canvas.show()
    QApplication.processEvents()
    yield canvas
    canvas.session.document.history.clear()


def test_links_that_nobody_tells_apart_are_drawn_at_once(canvas: Canvas, monkeypatch: pytest.MonkeyPatch) -> None:
    links, seen = canvas.drawing.links, canvas.drawing.bounds()

    def drawn() -> QImage:
        image = QImage(400, 400, QImage.Format.Format_RGB32)
        image.fill(0)
        with QPainter(image) as painter:
            painter.scale(400 / seen.width(), 400 / seen.height())
            painter.translate(-seen.topLeft())
            links.paint_within(painter, seen, marks=False)
        return image

    monkeypatch.setattr("explorer.ui.canvas.links.SMOOTH", len(links.routes) - 1)
    links._paths.clear()
    image = drawn()
    assert any(image.pixel(x, 200) != image.pixel(0, 0) for x in range(400))
    assert not links._paths, "no curve was made"
    monkeypatch.setattr("explorer.ui.canvas.links.SMOOTH", len(links.routes))
    drawn()
    assert links._paths


def check(canvas: Canvas) -> None:
    """All links are drawn, as if found from nothing."""
    drawing = canvas.drawing
    wanted = routes(folded(drawing.project.network, drawing.project.groups).drawn, drawing.places)
    assert list(drawing.links.routes) == list(wanted)
    for link, route in wanted.items():
        assert [pytest.approx(point, abs=1e-4) for point in route] == list(drawing.links.routes[link])
    assert drawing.links.isVisible()


def middle(canvas: Canvas) -> str:
    groups = canvas.drawing.folding.groups
    deepest = max(map(groups.depth, groups.groups))
    deep = [id for id in groups.groups if groups.depth(id) == deepest]
    return deep[len(deep) // 2]


def test_cards_come_first_and_links_within_some_turns(canvas: Canvas) -> None:
    check(canvas)
    for _ in range(2):
        canvas.fold(middle(canvas))
        drawing = canvas.drawing
        assert not drawing.links.isVisible(), "they end beside their cards"
        assert drawing.links.at(QPointF(0, 0), 1e9) is None
        assert not drawing.links.lines()
        settled(canvas.session)
        check(canvas)


def test_a_change_in_between_starts_anew(canvas: Canvas) -> None:
    id = middle(canvas)
    canvas.fold(id)
    canvas.fold(id)
    canvas.fold(id)
    settled(canvas.session)
    check(canvas)


def test_links_that_still_fit_stay_while_others_are_led(canvas: Canvas) -> None:
    """After a drag the dragged card's links are right at once; of a layer that is gone none is left."""
    drawing = canvas.drawing
    ids = list(drawing.nodes)
    x, y = drawing.places[ids[500]]
    drawing.drag({ids[500]: (x + 400.0, y)})
    canvas.edit("Move", drawing.project.moved({ids[500]: (x + 400.0, y)}))
    assert drawing.links.isVisible()
    assert len(drawing.links.routes) == sum(len(node.inputs) for node in drawing.folding.drawn.nodes.values())
    settled(canvas.session)
    check(canvas)
    canvas.select((ids[500],))
    canvas.delete()
    assert not any(ids[500] in link for link in drawing.links.routes)
    assert len(drawing.links.routes) > 900
    settled(canvas.session)
    check(canvas)


def test_a_drag_and_a_picture_find_all_links(canvas: Canvas, tmp_path: Any) -> None:
    drawing, id = canvas.drawing, middle(canvas)
    canvas.fold(id)
    canvas.export_picture(str(tmp_path / "network.svg"))
    check(canvas)
    canvas.fold(id)
    first = next(iter(drawing.nodes))
    x, y = drawing.places[first]
    drawing.drag({first: (x, y - 80.0)})
    check(canvas)
