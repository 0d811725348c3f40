"""A student looks for what VGG-16 costs, and where, and puts the table into a report."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHeaderView

from explorer.network.cost import MEASURES
from explorer.ui import theme
from explorer.ui.canvas.card import BAR, HEIGHT
from explorer.ui.canvas.colouring import LEVELS
from explorer.ui.panels.summary import TITLES
from explorer.ui.tables.layer_columns import COLUMNS
from explorer.ui.view_commands import COLOURS
from explorer.workspace.settings import Settings

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def vgg16(user):
    """VGG-16 from the gallery."""
    user.session.open_network("vgg16", "VGG-16")
    user.wait(lambda: user.project.network.nodes, 60)
    yield user
    user.window.commands.run("Family")


def figures(user):
    return {id: item.card.figure for id, item in user.window.canvas.drawing.nodes.items()}


def seen(user) -> QImage:
    """The canvas when every card has its text."""
    canvas = user.window.canvas
    canvas.viewport().grab()
    user.wait(lambda: not canvas.viewport().grab().isNull() and not canvas.drawing.owed)
    return canvas.viewport().grab().toImage()


def test_every_measure_is_a_command() -> None:
    assert tuple(name for _, name in COLOURS) == ("", *MEASURES)


def test_colour_by_parameters_and_by_macs(vgg16) -> None:
    user, canvas = vgg16, vgg16.window.canvas
    user.window.commands.run("Parameters")
    found = figures(user)
    assert [id for id, figure in found.items() if figure.shade == LEVELS] == ["classifier.0"]
    assert max(found, key=lambda id: found[id].bar) == "classifier.0"
    canvas.frame(("classifier.0",))
    image, colours = seen(user), theme.current()
    left, top = user.project.places["classifier.0"]

    def colour(x: float, y: float) -> str:
        return image.pixelColor(canvas.mapFromScene(QPointF(left + x, top + y))).name()

    assert colour(100, 30) == colours.heated(1).name()
    assert colour(100, HEIGHT - BAR / 2) == colours.bar  # three quarters of all parameters
    assert colour(160, HEIGHT - BAR / 2) != colours.bar
    assert "103 M" in found["classifier.0"].brief
    user.window.commands.run("MACs or FLOPs")
    found = figures(user)
    most = max(found, key=lambda id: found[id].value)
    assert user.project.network.nodes[most].layer.kind == "Conv2d"
    assert found[most].shade == LEVELS
    assert found["classifier.0"].shade < LEVELS
    assert Settings().colours == "MACs"
    assert canvas.legend.isVisible()
    user.click_node("features.0")
    user.set_field("stride", "2")
    assert figures(user)["features.2"].value * 4 == found["features.2"].value
    user.window.commands.run("Family")
    assert set(figures(user).values()) == {None}
    assert not canvas.legend.isVisible()


def assert_names_stand_apart(chart) -> None:
    """Of neighbouring names below the bars none covers another."""
    axis = chart.plot.getAxis("bottom")
    (low, high), room = axis.range, axis.width()
    (places,) = [some for _, some in axis.tickValues(low, high, room)]
    names = axis.tickStrings(places, 1, 1)
    measure = chart.fontMetrics()
    for here, there, name, after in zip(places, places[1:], names, names[1:], strict=False):
        apart = (there - here) / (high - low) * room
        assert (measure.horizontalAdvance(name) + measure.horizontalAdvance(after)) / 2 < apart
    assert len(places) > 1


def test_the_chart_selects(vgg16) -> None:
    user, window = vgg16, vgg16.window
    assert "cost" not in window.__dict__  # nobody has looked at it yet
    window.commands.run("Parameters")
    window.docks["Cost"].raise_()
    user.wait(lambda: "cost" in window.__dict__ and window.cost.chart.plot is not None)
    panel = window.cost
    user.wait(lambda: panel._ids)
    assert panel.measure == "parameters"
    place = panel._ids.index("classifier.0")
    QApplication.processEvents()
    assert_names_stand_apart(panel.chart)
    at = panel.chart.place(place).toPoint() + QPoint(0, -3)
    QTest.mouseClick(panel.chart.plot.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert user.session.selection == ("classifier.0",)
    user.wait(lambda: panel.reading.text() == "classifier.0 · 102,764,544 parameters · 74.3 %")
    window.commands.run("MACs or FLOPs")
    user.wait(lambda: panel.reading.text() == "classifier.0 · 102,760,448 MACs · 0.7 %")
    legend = window.canvas.legend
    assert legend.accessibleName().endswith(" MACs to 1.85 G MACs")
    window.commands.run("In FLOPs: they are two")
    user.wait(lambda: panel.reading.text() == "classifier.0 · 205,520,896 FLOPs · 0.7 %")
    assert panel.measures.currentText() == "FLOPs"
    assert legend.accessibleName().startswith("Colour: FLOPs, ")
    assert legend.accessibleName().endswith(" FLOPs to 3.70 G FLOPs")
    assert figures(user)["classifier.0"].spoken == "205,520,896 FLOPs"
    menu = [action.text() for action in window.summary.column_menu().actions()]
    assert "Share of FLOPs" in menu
    assert "Share of MACs" not in menu
    window.commands.run("In MACs: a multiplication and an addition are one")
    user.wait(lambda: panel.reading.text() == "classifier.0 · 102,760,448 MACs · 0.7 %")
    assert legend.accessibleName().endswith(" MACs to 1.85 G MACs")


def test_the_table_is_searched_and_exported(vgg16, tmp_path) -> None:
    user, summary = vgg16, vgg16.window.summary
    user.window.docks["Summary"].raise_()
    QApplication.processEvents()
    summary.table.setFocus()
    user.press(Qt.Key.Key_F, CTRL)
    user.type("conv2d 256x56x56")
    assert summary.model.ids == ["features.10", "features.12", "features.14"]
    assert summary.totals.text() == "1,475,328 parameters · 4,624,220,160 MACs · 3 of 41 layers"
    user.press(Qt.Key.Key_Escape)
    assert len(summary.model.ids) == 41
    head, runs = summary.table.horizontalHeader(), list(summary.model.ids)
    head.resizeSections(QHeaderView.ResizeMode.ResizeToContents)
    firsts = []
    for column in ("MACs", "MACs", "MACs", "Layer"):  # the most, the least, as it runs; and by name from the first
        place = TITLES.index(column)
        middle = QPoint(head.sectionViewportPosition(place) + head.sectionSize(place) // 2, head.height() // 2)
        QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=middle)
        firsts.append(summary.model.ids[0])
    assert firsts == ["features.2", "input", runs[0], min(runs)]
    summary.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    summary.export(str(tmp_path / "vgg.md"))
    summary.export(str(tmp_path / "vgg.tex"))
    lines = (tmp_path / "vgg.md").read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    shown = [COLUMNS[number].title for number in summary.columns]
    assert cells[0] == shown
    assert cells[2][0] == "classifier.0"
    total = dict(zip(shown, cells[-1], strict=True))
    assert total["Layer"] == "total"
    assert total["Parameters"] == "138,357,544"
    assert total["MACs"] == "15,470,264,320"
    assert total["Share of parameters"] == total["Share of MACs"] == "100.0 %"
    tex = (tmp_path / "vgg.tex").read_text("utf-8")
    assert tex.startswith("\\begin{tabular}{")
    body = [line for line in tex.splitlines() if "&" in line]
    assert len(body) == 1 + 41 + 1
    assert all(line.replace("\\&", "").count("&") == len(shown) - 1 for line in body)
    assert "74.3 \\%" in body[1]


def test_a_network_without_costs_has_no_axes(user) -> None:
    docks = user.window.docks
    docks.bring("Cost")
    docks.turns.finish("Cost")
    panel = docks["Cost"].widget().first
    user.wait(panel.chart.isHidden)  # axes from 0 to 1 told of a cost that is not there
    assert panel.reading.text() == "No layers yet."
    user.window.build()
    user.window.canvas.add_layer("Input")
    user.wait(lambda: "input1" in panel.reading.text())
    assert panel.chart.isHidden(), "nor where no layer costs anything"
    user.window.canvas.add_layer("Conv2d")
    user.wait(panel.chart.isVisible)
