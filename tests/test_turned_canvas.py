"""The canvas where links run to the right, through real mouse and key events."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtGui import QColor, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.classics.catalogue import CLASSICS
from explorer.layers.activations import ReLU
from explorer.layers.norms import BatchNorm2d
from explorer.layers.windows import Conv2d
from explorer.network.direction import CARD, Direction
from explorer.network.grouping import arrived
from explorer.network.network import Network, Node
from explorer.network.placing import placed
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.canvas import glide, ruler
from explorer.ui.canvas.card import metrics
from explorer.ui.canvas.minimap import SOON
from explorer.ui.canvas.scene import FAR
from explorer.ui.canvas.view import Canvas
from explorer.workspace import flow_direction
from explorer.workspace.settings import Settings
from tests.test_canvas import (
    CHAIN,
    LEFT,
    Held,
    Key,
    Make,
    click,
    drag,
    key,
    make,  # noqa: F401
    painted,
    press_and_pull,
    project,
    spot,
)
from tests.test_gestures import BRANCHES, inputs

DOWN, RIGHT = Direction.TOP_DOWN, Direction.LEFT_RIGHT


@pytest.fixture(autouse=True)
def first_day() -> None:
    Settings().file.clear()


def turned(make: Make, *nodes: Node) -> Canvas:
    """A canvas whose links run to the right, without a step to undo."""
    canvas = make(*nodes)
    network = canvas.drawing.project.network
    canvas.session.document.open(placed(Project(network, direction=RIGHT)))
    canvas.settle()
    return canvas


def row(canvas: Canvas, *ids: str) -> bool:
    """Whether these cards lie behind one another, from left to right."""
    areas = [canvas.drawing.bounds([id]) for id in ids]
    return all(a.right() < b.left() for a, b in pairwise(areas))


def test_arranging_left_to_right_is_one_step_and_remembered(make: Make) -> None:
    canvas = make(*CHAIN)
    before, ids = project(canvas), [node.id for node in CHAIN]
    assert canvas.drawing.hit(QPointF(88, 64), 1).part == "output"
    canvas.arrange(RIGHT)
    canvas.drawing.glide.finish()
    history = canvas.session.document.history
    assert (history.count, history.undo_text) == (1, "Arrange left to right")
    assert project(canvas).direction is RIGHT
    assert flow_direction.remembered() is RIGHT, "what comes next runs as was chosen last"
    assert row(canvas, *ids)
    assert canvas.drawing.hit(QPointF(176, 32), 1).part == "output"
    assert canvas.drawing.hit(QPointF(88, 64), 1).part == "card"
    canvas.arrange()
    assert history.count == 1, "all lies so already"
    canvas.session.document.undo()
    canvas.drawing.glide.finish()
    assert project(canvas) == before
    assert canvas.drawing.hit(QPointF(88, 64), 1).part == "output"
    assert flow_direction.remembered() is DOWN, "what was taken back holds for no network to come"
    canvas.session.document.redo()
    canvas.drawing.glide.finish()
    assert flow_direction.remembered() is RIGHT
    canvas.session.open_network("lenet5", "LeNet-5")
    assert project(canvas).direction is RIGHT
    canvas.session.new()
    assert project(canvas).direction is RIGHT
    canvas.arrange(DOWN)
    assert flow_direction.remembered() is DOWN


def test_each_network_keeps_its_direction_in_its_tab(make: Make) -> None:
    canvas = make(*CHAIN)
    document = canvas.session.document
    document.edit("Name", project(canvas))
    first = document.tab
    document.add_tab(placed(Project(Network({n.id: n for n in CHAIN}), direction=RIGHT)))
    assert row(canvas, *(node.id for node in CHAIN))
    assert canvas.drawing.links.routes["x", "conv1", 0] == ((32, 176), (32, 216)), "along the flow, then across"
    document.show_tab(first)
    assert canvas.drawing.links.routes["x", "conv1", 0] == ((88, 64), (88, 96))
    assert canvas.drawing.hit(QPointF(88, 64), 1).part == "output"


def test_a_wire_runs_from_the_right_edge_to_the_left(make: Make) -> None:
    canvas = turned(make, *CHAIN, Node("relu9", ReLU()))
    canvas.session.document.edit("Move", project(canvas).moved({"relu9": (600.0, 200.0)}))
    start, end = spot(canvas, "conv1", 1, 0.5), spot(canvas, "relu9", 0, 0.5)
    press_and_pull(canvas, start, end)
    accent, seen, way = QColor(theme.current().accent), painted(canvas), end - start
    column = [y for y in range(start.y(), end.y()) if seen.pixelColor(start.x() + way.x() // 6, y) == accent]
    assert column, "it is drawn"
    assert max(column) - start.y() < way.y() / 10, "and leaves level"
    QTest.mouseRelease(canvas.viewport(), LEFT, Held.NoModifier, end)
    assert inputs(canvas, "relu9") == ("conv1",)
    drag(canvas, end, end + QPoint(-40, 120))
    assert inputs(canvas, "relu9") == (), "taken off at its left edge, and dropped on the ground"
    drag(canvas, spot(canvas, "relu9", 0, 0.5), spot(canvas, "relu1"))
    assert inputs(canvas, "relu9") == ("relu1",), "pulled backwards"


def test_a_wire_dropped_on_the_ground_asks_what_comes_next(make: Make) -> None:
    canvas = turned(make, *CHAIN)
    at = spot(canvas, "conv1", 1, 0.5) + QPoint(60, 160)
    drag(canvas, spot(canvas, "conv1", 1, 0.5), at)
    assert canvas.box.isVisible()
    QTest.keyClicks(canvas.box.line, "batchnorm2d")
    QTest.keyClick(canvas.box.line, Key.Key_Return)
    (id,) = canvas.session.selection
    assert inputs(canvas, id) == ("conv1",)
    assert (spot(canvas, id, 0, 0.5) - at).manhattanLength() <= 2, "its left edge lies where the wire was dropped"


def test_what_is_typed_lands_to_the_right(make: Make) -> None:
    canvas = turned(make, *CHAIN[:2])
    canvas.resize(1400, 700)
    canvas.settle()
    click(canvas, spot(canvas, "conv1", 0.3))
    key(canvas, Key.Key_Tab)
    assert canvas.box.x() >= spot(canvas, "conv1", 1, 0.5).x(), "where the layer will be"
    QTest.keyClicks(canvas.box.line, "relu")
    QTest.keyClick(canvas.box.line, Key.Key_Return)
    assert inputs(canvas, "relu1") == ("conv1",)
    assert project(canvas).places["relu1"] == (2 * 216, 0)


def test_a_loose_layer_dropped_on_a_link_goes_into_it(make: Make) -> None:
    canvas = turned(make, *CHAIN, Node("norm", BatchNorm2d()))
    between = (spot(canvas, "conv1", 1, 0.5) + spot(canvas, "relu1", 0, 0.5)) / 2
    drag(canvas, spot(canvas, "norm", 0.3), between - QPoint(round(0.2 * CARD[0]), 0))
    assert (inputs(canvas, "norm"), inputs(canvas, "relu1")) == (("conv1",), ("norm",))
    assert row(canvas, "x", "conv1", "norm", "relu1", "flatten1")
    assert len({project(canvas).places[id][1] for id in ("conv1", "norm", "relu1", "flatten1")}) == 1
    click(canvas, (spot(canvas, "norm", 1, 0.5) + spot(canvas, "relu1", 0, 0.5)) / 2)
    assert canvas.link == ("norm", "relu1", 0)
    key(canvas, Key.Key_Delete)
    assert inputs(canvas, "relu1") == ()


def test_arrows_walk_along_the_flow_and_across_it(make: Make) -> None:
    canvas = turned(make, *BRANCHES)
    ids = sorted("abc", key=lambda id: project(canvas).places[id][1])
    key(canvas, Key.Key_Down)
    assert canvas.session.selection == ("x",)
    key(canvas, Key.Key_Right)
    assert canvas.session.selection[0] in ids
    canvas.select((ids[0],))
    for id in ids[1:]:
        key(canvas, Key.Key_Down)
        assert canvas.session.selection == (id,)
    key(canvas, Key.Key_Up)
    assert canvas.session.selection == (ids[1],)
    key(canvas, Key.Key_Left)
    assert canvas.session.selection == ("x",)
    canvas.select(("a",))
    key(canvas, Key.Key_Right)
    assert canvas.session.selection == ("add1",)


def test_links_are_painted_where_they_run_near_far_and_in_files(make: Make, tmp_path: Path) -> None:
    canvas = turned(make, *BRANCHES)
    link = QColor(theme.current().link).getRgb()
    places = project(canvas).places
    ends = QPointF(places["x"][0] + CARD[0], places["x"][1] + 32), QPointF(places["b"][0], places["b"][1] + 32)
    middle = (ends[0] + ends[1]) / 2

    def inked(picture: QImage, at: QPoint) -> bool:
        near = [picture.pixelColor(at + QPoint(right, down)) for right in (-1, 0, 1) for down in (-1, 0, 1)]
        return any(sum(abs(a - b) for a, b in zip(c.getRgb(), link, strict=True)) < 120 for c in near)

    def at(point: QPointF) -> QPoint:
        return canvas.viewportTransform().map(point).toPoint()

    beside = middle + QPointF(0, 24)
    assert inked(painted(canvas), at(middle))
    assert canvas.drawing.links.at(middle, 4) == ("x", "b", 0)
    while canvas.zoom >= FAR:
        canvas.zoom_by(-4)
    assert inked(painted(canvas), at(middle))
    canvas.export_picture(str(tmp_path / "net.png"))
    picture = QImage(str(tmp_path / "net.png"))
    corner = canvas.drawing.bounds().topLeft() - QPointF(32, 32)
    assert inked(picture, ((middle - corner) * 2).toPoint())
    assert not inked(picture, ((beside - corner) * 2).toPoint())


def test_the_ruler_lies_above_and_follows(make: Make) -> None:
    canvas = turned(make, *CHAIN)
    canvas.show_ruler(True)
    assert (canvas.viewport().x(), canvas.viewport().y()) == (0, ruler.HEIGHT)
    assert [stage.size_in_words for stage in canvas.ruler.stages] == ["32×32", "vector"]
    accent = QColor(theme.current().accent)

    def marked(x: int) -> bool:
        return canvas.ruler.grab().toImage().pixelColor(x, ruler.HEIGHT - 4) == accent

    assert marked(spot(canvas, "conv1").x())
    assert marked(spot(canvas, "flatten1").x())
    assert not marked(spot(canvas, "relu1", 1, 0.5).x() + 5), "between two stages"
    canvas.arrange(DOWN)
    assert (canvas.viewport().x(), canvas.viewport().y()) == (ruler.WIDTH, 0)
    canvas.session.document.undo()
    assert (canvas.viewport().x(), canvas.viewport().y()) == (0, ruler.HEIGHT)
    canvas.show_ruler(False)
    assert canvas.viewport().pos() == QPoint(0, 0)


def test_a_narrow_stage_has_whole_words_or_none_and_a_tooltip(make: Make) -> None:
    measure = metrics(12, bold=True)
    room = measure.horizontalAdvance("224×224")
    assert ruler.fitted("224×224", measure, room) == ("224×224",)
    assert ruler.fitted("224×224", measure, room - 1) == ("224×", "224")
    assert ruler.fitted("depth 1–9", measure, room - 1) == ("depth", "1–9")
    assert ruler.fitted("224×224", measure, measure.horizontalAdvance("224×") - 1) == (), "half a number is another one"
    canvas = turned(make, *CHAIN)
    canvas.show_ruler(True)
    at = spot(canvas, "flatten1")
    assert canvas.ruler.told(QPointF(at.x(), 9)) == "stage 2: vector, depth 1"
    assert canvas.ruler.told(QPointF(spot(canvas, "relu1", 1, 0.5).x() + 5, 9)) == "", "between two stages"


def test_a_long_network_is_shown_from_its_left_end_with_a_wide_map(make: Make, qtbot) -> None:
    nodes = [CHAIN[0], *(Node(f"conv{i}", Conv2d(8, 3, 1, 1), (f"conv{i - 1}" if i else "x",)) for i in range(30))]
    canvas = turned(make, *nodes)
    first = canvas.drawing.bounds(["x"])
    assert canvas.visible.contains(first)
    assert first.left() - canvas.visible.left() < 100
    assert abs(first.center().y() - canvas.visible.center().y()) < 2
    qtbot.waitUntil(canvas.minimap.isVisible)
    assert canvas.minimap.width() > 2 * canvas.minimap.height()
    QTest.mouseClick(canvas.minimap, LEFT, pos=QPoint(canvas.minimap.width() - 12, canvas.minimap.height() // 2))
    assert canvas.visible.contains(canvas.drawing.bounds(["conv29"]))


def test_the_map_lies_where_it_covers_no_card_and_stays_there_under_the_hand(make: Make, qtbot) -> None:
    nodes = [CHAIN[0], *(Node(f"conv{i}", Conv2d(8, 3, 1, 1), (f"conv{i - 1}" if i else "x",)) for i in range(30))]
    canvas = turned(make, *nodes)
    minimap = canvas.minimap
    qtbot.waitUntil(minimap.isVisible)
    usual = minimap.geometry()

    def covered() -> set[str]:
        return canvas.drawing.within(canvas.scene_area(QRectF(minimap.geometry())))

    def down(id: str, by: int) -> dict[str, tuple[float, float]]:
        x, y = project(canvas).places[id]
        return {id: (x, y + by)}

    below = round((usual.center().y() - canvas.viewport().height() / 2) / canvas.zoom)
    canvas.edit("Move", project(canvas).moved(down("conv2", below) | down("conv3", -below)))
    QTest.qWait(2 * SOON)
    canvas.settle()
    assert not covered()
    assert (minimap.x(), minimap.geometry().bottom()) == (16, usual.bottom()), "the lower left"
    assert canvas.viewport().geometry().contains(minimap.geometry())
    there = minimap.geometry()
    click(canvas, QPoint(canvas.width() // 2, 10))
    area = canvas.drawing.bounds(["conv0", "conv1"])
    canvas.carry(area.center(), canvas.scene_point(QPointF(there.center())))
    assert minimap.geometry() == there, "who scrolls does not see it jump"
    assert covered()
    canvas.zoom_by(-1)
    assert minimap.geometry() == there
    qtbot.waitUntil(lambda: not covered())
    canvas.zoom_by(1)
    canvas.carry(area.center(), canvas.scene_point(QPointF(minimap.geometry().center())))
    there = minimap.geometry()
    assert covered()
    canvas.session.pointed_out.emit("conv0")
    shown = canvas.viewportTransform().mapRect(canvas.drawing.bounds(["conv0"]))
    assert QRectF(canvas.viewport().rect()).contains(shown)
    assert not shown.intersects(QRectF(there)), "what is pointed out comes out from under it"
    canvas.colour_by("parameters")
    QTest.qWait(2 * SOON)
    assert not minimap.geometry().intersects(canvas.legend.geometry())


def test_the_map_and_the_view_follow_a_turn_and_its_undo(make: Make, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(glide, "TIME", 250)
    canvas = make(CHAIN[0], *(Node(f"c{i}", Conv2d(8), (f"c{i - 1}" if i else "x",)) for i in range(12)))
    canvas.arrange(RIGHT)
    assert canvas.drawing.glide.moving
    qtbot.waitUntil(lambda: not canvas.drawing.glide.moving)
    qtbot.waitUntil(lambda: not canvas.minimap._soon.isActive())
    seen = canvas.minimap.grab().toImage()
    canvas.minimap._draw_anew()
    assert canvas.minimap.grab().toImage() == seen, "it was not drawn while the cards were on their way"
    canvas.look_at(canvas.drawing.bounds(["c11"]).center(), 1.0)
    for turn in (canvas.session.document.undo, canvas.session.document.redo):
        turn()
        assert canvas.visible.contains(canvas.drawing.bounds(["x"])), "the network begins there"


def test_a_group_opens_to_the_right_and_is_dragged_by_its_name(make: Make) -> None:
    canvas = turned(make, *CHAIN)
    canvas.select(("conv1", "relu1"))
    canvas.make_group()
    canvas.setFocus()
    (id,) = project(canvas).groups.groups
    assert row(canvas, "x", "conv1", "relu1", "flatten1")
    opened = project(canvas).places
    for closed in (True, False):
        canvas.fold(id)
        canvas.drawing.glide.finish()
        assert (id in canvas.drawing.nodes) is closed
        assert row(canvas, "x", *((id,) if closed else ("conv1", "relu1")), "flatten1")
    assert {i: project(canvas).places[i] for i in opened if i != id} == {i: opened[i] for i in opened if i != id}
    area = canvas.drawing.frames.areas[id]
    assert area.contains(canvas.drawing.bounds(["conv1", "relu1"]))
    head = canvas.viewportTransform().map(canvas.drawing.frames.head(id).center()).toPoint()
    drag(canvas, head, head + QPoint(0, 80))
    moved = [(x - opened[i][0], y - opened[i][1]) for i in ("conv1", "relu1") for x, y in [project(canvas).places[i]]]
    assert moved[0] == moved[1] == (0, pytest.approx(80 / canvas.zoom, abs=8))


def test_an_arrow_comes_below_what_is_selected(make: Make) -> None:
    canvas = turned(make, *CHAIN)
    canvas.select(("conv1",))
    canvas.annotating.add_arrow()
    card = canvas.drawing.bounds(["conv1"])
    assert canvas.drawing.annotations.shown["arrow1"].place == (card.left(), card.bottom() + 32)


def test_equal_groups_are_put_together_in_a_row(make: Make) -> None:
    canvas = make(*CHAIN)
    canvas.session.document.open(arrived(CLASSICS["resnet34"].project, RIGHT))
    canvas.fold_to(0)
    canvas.fold_repeats()
    drawn = canvas.drawing.folding.drawn
    assert len({y for _, y in canvas.drawing.places.values()}) == 1
    assert row(canvas, *(node.id for node in drawn.order))
    assert canvas.session.document.history.undo_text == "Put equal groups together"


def test_a_right_click_asks_for_the_menu_of_what_is_there(make: Make) -> None:
    canvas = turned(make, *CHAIN)
    asked: list[str] = []
    canvas.menu_requested.connect(lambda menu, _: asked.append(menu))
    for where in (spot(canvas, "conv1"), QPoint(20, 20)):
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, where, canvas.viewport().mapToGlobal(where))
        QApplication.sendEvent(canvas.viewport(), event)
    assert asked == ["card", "ground"]
