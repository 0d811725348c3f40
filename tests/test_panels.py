"""The panels, each alone with a real session: shown values, mouse, keys, drops, failures."""

from __future__ import annotations

import csv
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QStyleFactory,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from explorer.layers.activations import ReLU
from explorer.layers.dense import Input, Linear
from explorer.layers.joins import Concat
from explorer.layers.shapes import Flatten
from explorer.layers.windows import Conv2d
from explorer.maths.channels import statistics
from explorer.maths.records import FeatureMaps, Guess, ModelCard, Picture, Place, Prediction, Progress
from explorer.maths.sentences import Refusal
from explorer.network.analysis import analyse
from explorer.network.conventions import KERAS, TORCH, Conventions
from explorer.network.formulas import Row, formulas
from explorer.network.layer import Layer
from explorer.network.network import Network, Node
from explorer.network.project import Project
from explorer.network.tables import latex, markdown
from explorer.ui import theme
from explorer.ui.controls.formula_view import FormulaView, formula
from explorer.ui.controls.histogram_window import HistogramWindow
from explorer.ui.controls.labels import ROLES
from explorer.ui.controls.typesetting import LETTERS, NUMBERS
from explorer.ui.controls.words import cost_in_brief, cost_in_words
from explorer.ui.panels.activations import ActivationsPanel
from explorer.ui.panels.cost import CostPanel
from explorer.ui.panels.inspector import InspectorPanel
from explorer.ui.panels.palette import MIME, PalettePanel
from explorer.ui.panels.picture import PicturePanel
from explorer.ui.panels.predictions import PredictionsPanel
from explorer.ui.panels.start_page import StartPage
from explorer.ui.panels.summary import SummaryPanel
from explorer.ui.pictures.class_colours import class_colour
from explorer.ui.pictures.colour_maps import STOPS, table
from explorer.ui.pictures.mosaic import Sheet, levels, tiling
from explorer.ui.pictures.mosaic_view import SETTLING
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.status import Status
from explorer.ui.tables.layer_columns import COLUMNS
from explorer.workspace.document import Document
from explorer.workspace.images import pixels_of
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from tests.idle_side import IdleWorker
from tests.settled import settled
from tests.test_fits import room


def small() -> Network:
    return Network(
        {
            "picture": Node("picture", Input(3, 32, 32)),
            "conv1": Node("conv1", Conv2d(8, 5, padding=2), ("picture",)),
            "relu1": Node("relu1", ReLU(), ("conv1",)),
            "flat": Node("flat", Flatten(), ("relu1",)),
            "scores": Node("scores", Linear(10), ("flat",)),
        }
    )


@pytest.fixture
def session(qapp) -> Session:
    return Session(Document(Project(small())), IdleWorker())


@pytest.fixture
def shown(qtbot, session):
    def show(panel_type, *arguments, size=(640, 400)):
        panel = panel_type(session, *arguments)
        qtbot.addWidget(panel)
        panel.resize(*size)
        panel.show()
        panel.activateWindow()
        qtbot.waitUntil(panel.isActiveWindow)
        return panel

    return show


def edit(session: Session, id: str, **settings) -> None:
    project = session.document.project
    session.document.edit("test", project.rewired(project.network.with_settings(id, **settings)))


def picture() -> Picture:
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:, :, 0] = np.arange(60)
    return Picture(pixels, "<b>cat</b>.jpg", (600, 400), ("turned upright as its EXIF says",))


def maps(node="conv1", channels=8, height=6, width=5) -> FeatureMaps:
    values = np.arange(channels * height * width, dtype=np.float32).reshape(channels, height, width)
    low, high = values.min((1, 2)), values.max((1, 2))
    spread = np.maximum(high - low, 1)[:, None, None]
    tiles = ((values - low[:, None, None]) / spread * 255).astype(np.uint8)
    return FeatureMaps(node, values, tiles, low, high, statistics(values))


# Inspector


def choose(session, ids) -> None:
    """Select nodes; the inspector follows in the next turns of the event loop."""
    session.select(ids)
    settled(session)


def test_inspector_edits_and_undo_comes_back_without_stealing_focus(qtbot, session, shown) -> None:
    inspector = shown(InspectorPanel)
    choose(session, ("conv1",))
    form = inspector.form
    kernel = form.editor("kernel")
    kernel.setFocus()
    kernel.selectAll()
    qtbot.keyClicks(kernel, "3x3")
    assert session.document.project.network.nodes["conv1"].layer.kernel == (3, 3)
    assert session.document.history.count == 1  # all keys are one step
    assert session.document.history.undo_text == "Change kernel of conv1"
    height = next(view.row for view in inspector.views if view.row.name == "height")
    assert str(height) == "⌊(n_H + 2·p − f_H) / s⌋ + 1 = ⌊(32 + 2·2 − 3) / 1⌋ + 1 = 34"
    session.document.undo()
    assert inspector.form is form
    assert kernel.text() == "5"
    assert kernel.hasFocus()


def test_inspector_says_the_problem(session, shown) -> None:
    inspector = shown(InspectorPanel)
    choose(session, ("scores",))
    project = session.document.project
    session.document.edit("test", project.rewired(project.network.with_link("relu1", "scores")))
    assert inspector.problem.text() == "needs a vector, got 8×32×32: put a Flatten before it"
    assert not inspector.views
    assert inspector.problem.foregroundRole() == ROLES["problem"]
    session.document.undo()
    edit(session, "conv1", padding="same", stride=2)
    choose(session, ("relu1",))
    assert inspector.problem.text() == "waits for the layer before it, which has a problem"
    assert inspector.problem.foregroundRole() == ROLES["dim"], "nothing is wrong here"


def test_inspector_sums(session, shown) -> None:
    inspector = shown(InspectorPanel)
    total = 5 * 5 * 3 * 8 + 8 + (8 * 32 * 32 + 1) * 10
    assert f"{total:,} parameters" in inspector.told.text()
    choose(session, ("conv1", "relu1"))
    assert inspector.title.text() == "2 layers selected"
    assert "608 parameters" in inspector.told.text()


def test_letters_switch_by_key(qtbot, session, shown) -> None:
    inspector = shown(InspectorPanel)
    choose(session, ("conv1",))
    with qtbot.waitSignal(session.conventions_changed) as told:
        inspector.letters_box.setFocus()
        qtbot.keyClick(inspector.letters_box, Qt.Key.Key_Down)
    assert told.args == [Conventions(letters="torch")]
    assert inspector.form.editor("kernel").accessibleName() == "kernel K"
    assert inspector.views[0].row.formula == "C′"


def test_formula_is_copied_as_text(qtbot, session, shown) -> None:
    inspector = shown(InspectorPanel)
    choose(session, ("conv1",))
    view = next(view for view in inspector.views if view.row.name == "parameters")
    qtbot.keyClick(view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "parameters = (f·f·n_C + 1)·n_C′ = (5·5·3 + 1)·8 = 608"


def test_long_formulas_break_into_lines(qtbot) -> None:
    many = {f"x{i}": Node(f"x{i}", Input(i + 1, 8, 8)) for i in range(20)}
    network = Network({**many, "cat": Node("cat", Concat(), tuple(many))})
    row = formulas(network, "cat", analyse(network))[0]
    view = FormulaView(row)
    qtbot.addWidget(view)
    lines = formula(row).lines(300)
    assert len(lines) > 1
    assert sum(map(len, lines)) == 20
    assert view.heightForWidth(300) > view.heightForWidth(2000)
    terms = [piece for piece in formula(row).placed(300)[0] if piece._x == terms_left(row)]
    assert [piece._reading for piece in terms] == [LETTERS] * len(lines) + [NUMBERS] * len(lines), "as one reads"
    assert [piece._y for piece in terms] == sorted(piece._y for piece in terms)


def terms_left(row: Row) -> float:
    """Where the lines of a formula begin: where its second line does."""
    return max(piece._x for piece in formula(row).placed(300)[0][1:3])


def test_a_formula_remembers_a_few_widths_alone(qtbot) -> None:
    network = Network({"in": Node("in", Input(1, 8, 8)), "conv": Node("conv", Conv2d(2, 3), ("in",))})
    set_in_type = formula(formulas(network, "conv", analyse(network))[0])
    heights = {width: set_in_type.placed(width)[1] for width in range(60, 460)}  # a panel is dragged wider
    assert len(set_in_type._placed) <= 4
    assert heights[60] > heights[459]
    assert set_in_type.placed(60)[1] == heights[60]


# Summary


def test_summary_counts_and_follows(session, shown) -> None:
    summary = shown(SummaryPanel)
    parameters = 608 + 81930
    macs = 32 * 32 * 8 * 75 + 8192 * 10
    assert summary.totals.text() == f"{parameters:,} parameters · {macs:,} MACs · 5 layers"
    told = []
    summary.model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    session.document.edit("move", session.document.project.moved({"relu1": (5, 5)}))
    edit(session, "scores", features=20)
    assert told[0] == (2, 2)
    assert told[1] == (4, 4)
    assert summary.model.index(4, 4).data() == "163,860"


def test_summary_selects_both_ways(qtbot, session, shown) -> None:
    summary = shown(SummaryPanel)
    spot = summary.table.visualRect(summary.model.index(2, 0)).center()
    qtbot.mouseClick(summary.table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert session.selection == ("relu1",)
    session.select(("conv1", "flat"))
    assert sorted(i.row() for i in summary.table.selectionModel().selectedRows()) == [1, 3]
    assert session.selection == ("conv1", "flat")


def add_named(session, id: str) -> None:
    project = session.document.project
    session.document.edit("add", project.rewired(project.network.with_node(Node(id, ReLU(), ("flat",)))))


def test_summary_makes_room_for_long_names_until_the_user_does(session, shown) -> None:
    summary = shown(SummaryPanel)
    least = summary.table.columnWidth(0)
    add_named(session, "layer1.0.downsample.1")
    words = summary.table.fontMetrics().horizontalAdvance("layer1.0.downsample.1")
    assert least < words < summary.table.columnWidth(0)
    summary.table.setColumnWidth(0, 50)
    add_named(session, "layer1.0.downsample.1.even.longer")
    assert summary.table.columnWidth(0) == 50


def test_summary_sorting_keeps_the_selection(qtbot, session, shown) -> None:
    summary = shown(SummaryPanel)
    session.select(("conv1",))
    summary.table.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    assert [summary.model.index(row, 0).data() for row in range(2)] == ["scores", "conv1"]
    assert [i.row() for i in summary.table.selectionModel().selectedRows()] == [1]
    edit(session, "scores", features=1)
    edit(session, "conv1", kernel=31, padding=15)
    assert summary.model.ids[0] == "conv1"
    assert session.selection == ("conv1",)


def test_summary_copies_and_exports(qtbot, tmp_path, session, shown) -> None:
    summary = shown(SummaryPanel)
    session.select(("conv1",))
    qtbot.keyClick(summary.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2
    assert lines[1].split("\t")[:5] == ["conv1", "Conv2d", "5×5 p2 · 8", "8×32×32", "608"]
    network = session.document.project.network.with_node(Node("=1+1", ReLU(), ("flat",)))
    session.document.edit("test", session.document.project.rewired(network))
    summary.export(str(tmp_path / "layers.csv"))
    with open(tmp_path / "layers.csv", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0][0] == "Layer"
    assert rows[-1][4] == str(608 + 81930)
    assert any(row[0] == "'=1+1" for row in rows)
    with pytest.raises(Refusal, match="the folder “missing” is not there"):
        summary.export(str(tmp_path / "missing" / "layers.csv"))


def rows_of(summary) -> list[str]:
    return [summary.model.index(row, 0).data() for row in range(summary.model.rowCount())]


def test_summary_search(qtbot, session, shown) -> None:
    summary = shown(SummaryPanel)
    session.select(("conv1",))
    for words, found in (
        ("conv", ["conv1"]),
        ("8x32x32", ["conv1", "relu1"]),
        ("8×32×32 ReLU", ["relu1"]),
        ("5x5 p2", ["conv1"]),
        ("8192", ["flat"]),
        ("8,192", ["flat"]),
        ("zebra", []),
    ):
        summary.search.setText(words)
        assert rows_of(summary) == found
    assert summary.totals.text() == "0 parameters · 0 MACs · 0 of 5 layers"
    summary.search.setText("conv1")
    assert summary.totals.text() == "608 parameters · 614,400 MACs · 1 of 5 layers"
    assert session.selection == ("conv1",)  # searching chooses nothing, and gives nothing up
    assert [index.row() for index in summary.table.selectionModel().selectedRows()] == [0]
    project = session.document.project
    session.document.edit("test", project.rewired(project.network.with_link("relu1", "scores")))
    summary.search.setText("flatten before")
    assert rows_of(summary) == ["scores"]
    session.document.undo()
    assert rows_of(summary) == []
    summary.search.setFocus()
    qtbot.keyClick(summary.search, Qt.Key.Key_Escape)
    assert len(rows_of(summary)) == 5
    summary.table.setFocus()
    qtbot.keyClick(summary.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert summary.search.hasFocus()


def test_summary_columns_are_chosen_and_remembered(qtbot, session, shown) -> None:
    summary = shown(SummaryPanel, size=(1400, 400))
    menu = {action.text(): action for action in summary.column_menu().actions()}
    assert "Layer" not in menu
    assert menu["Memory"].isChecked()
    assert not menu["Buffers"].isChecked()
    menu["Buffers"].trigger()
    menu["Memory"].trigger()
    titles = [COLUMNS[number].title for number in summary.columns]
    assert "Buffers" in titles
    assert "Memory" not in titles
    again = shown(SummaryPanel)
    assert again.columns == summary.columns
    again.copy(whole=True)
    head = QGuiApplication.clipboard().text().split("\n")[0]
    assert head.split("\t") == titles
    Settings().columns = []


def test_summary_shows_every_column(session, shown) -> None:
    summary = shown(SummaryPanel)
    titles = [column.title for column in COLUMNS]

    def cell(id: str, title: str) -> str:
        return summary.model.index(summary.model.row_of(id), titles.index(title)).data()

    assert cell("conv1", "Memory") == "32.8 kB"
    assert cell("conv1", "Activations") == "8,192"
    assert cell("conv1", "Receptive field") == "5×5"
    assert (cell("conv1", "Jump"), cell("conv1", "Start")) == ("1×1", "0, 0")
    assert cell("scores", "Receptive field") == "36×36"
    assert (cell("scores", "Jump"), cell("scores", "Start")) == ("0×0", "15.5, 15.5")
    assert cell("scores", "Share of parameters") == "99.3 %"
    assert cell("conv1", "Share of MACs") == "88.2 %"
    assert cell("relu1", "Share of MACs") == ""
    edit(session, "conv1", kernel=7, padding=3)
    assert cell("relu1", "Receptive field") == "7×7"
    edit(session, "conv1", stride=2, padding=2)
    assert (cell("relu1", "Jump"), cell("relu1", "Start")) == ("2×2", "1, 1")
    edit(session, "conv1", stride=1, padding=3)
    for number in range(len(titles)):
        summary.table.sortByColumn(number, Qt.SortOrder.DescendingOrder)
    edit(session, "scores", features=3)
    project = session.document.project
    session.document.edit("test", project.rewired(project.network.with_link("relu1", "scores")))
    summary.table.sortByColumn(titles.index("Output"), Qt.SortOrder.AscendingOrder)
    assert rows_of(summary)[0] == "scores"  # what has a problem comes first


def test_summary_as_markdown_and_latex(tmp_path, session, shown) -> None:
    summary = shown(SummaryPanel)
    summary.search.setText("conv")
    for ending in ("md", "tex"):
        summary.export(str(tmp_path / f"layers.{ending}"))
    head, rule, row, total = (tmp_path / "layers.md").read_text("utf-8").splitlines()
    assert [cell.strip() for cell in head.split("|")][1:5] == ["Layer", "Kind", "Settings", "Output"]
    assert [cell.strip() for cell in row.split("|")][1:7] == [
        "conv1", "Conv2d", "5×5 p2 · 8", "8×32×32", "608", "614,400",
    ]  # fmt: skip
    assert len(head) == len(rule) == len(row) == len(total)
    lines = (tmp_path / "layers.tex").read_text("utf-8").splitlines()
    assert lines[0] == r"\begin{tabular}{llllrrrrrl}"
    assert lines[4].startswith(
        r"conv1 & Conv2d & 5$\times$5 p2 $\cdot$ 8 & 8$\times$32$\times$32 & 608 & 614,400 & 0.7 \%"
    )
    with pytest.raises(Refusal, match=r"is a \.csv, a \.md or a \.tex file"):
        summary.export(str(tmp_path / "layers.doc"))


def test_signs_that_other_programs_take_for_something_else() -> None:
    rows = [["a", "n"], ["x_1|<b>*[y]*", "50 %"], ["*", "1\n2"]]
    assert markdown(rows, (False, True)).splitlines() == [
        "| a                    |    n |",
        "| -------------------- | ---: |",
        r"| x\_1\|\<b\>\*\[y\]\* | 50 % |",
        r"| \*                   |  1 2 |",
    ]
    assert latex(rows, (False, True)).splitlines()[3:6] == [
        r"\hline",
        r"x\_1$|$$<$b$>${*}{[}y]{*} & 50 \% \\",
        r"{*} & 1 2 \\",
    ]
    assert latex([["\\#&{}~^$"]], (False,)).splitlines()[2] == (
        r"\textbackslash{}\#\&\{\}\textasciitilde{}\textasciicircum{}\$ \\"
    )


# Cost


def test_words_of_costs() -> None:
    assert [cost_in_brief("MACs", n) for n in (0, 9_999, 10_000, 999_999, 1_849_688_064, 3 * 10**14)] == [
        "0 MACs", "9,999 MACs", "10.0 k MACs", "1.00 M MACs", "1.85 G MACs", "300 T MACs",
    ]  # fmt: skip
    assert cost_in_brief("memory", 12_845_056) == "12.8 MB"
    assert cost_in_brief("receptive field", 212) == "212 px"
    assert cost_in_brief("parameters", 99_960) == "100 k"
    assert (cost_in_brief("FLOPs", 20_000), cost_in_words("FLOPs", 1)) == ("20.0 k FLOPs", "1 FLOP")
    assert cost_in_words("memory", 1) == "1 byte"
    assert cost_in_words("receptive field", 212) == "212 pixels"


def test_cost_chart(qtbot, tmp_path, session, shown) -> None:
    panel = shown(CostPanel, "parameters")
    qtbot.waitUntil(lambda: panel.chart.plot is not None, timeout=20_000)
    qtbot.wait(50)
    assert panel.measure == "parameters"
    assert panel.reading.text() == "82,538 parameters in 2 of 5 layers"
    viewport = panel.chart.plot.viewport()
    conv = panel.chart.place(1).toPoint() + QPoint(0, -3)
    qtbot.mouseMove(viewport, conv)
    qtbot.waitUntil(lambda: panel.reading.text() == "conv1 · 608 parameters · 0.7 %")
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=conv)
    assert session.selection == ("conv1",)
    assert list(panel.chart._marks.opts["x"]) == [1]
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert session.selection == ("relu1",)
    edit(session, "scores", features=1)
    session.select(("scores",))
    qtbot.waitUntil(lambda: panel.reading.text() == "scores · 8,193 parameters · 93.1 %")
    panel.running.click()
    panel.logarithmic.click()
    qtbot.waitUntil(lambda: panel.chart._bars.logarithmic)
    assert panel.chart._bars.base == 2  # 608 is above a hundred
    panel.choose("receptive field")
    qtbot.waitUntil(lambda: panel.reading.text() == "scores · 36 pixels")
    assert not panel.running.isEnabled()
    panel.export_png(str(tmp_path / "cost.png"))
    assert QImage(str(tmp_path / "cost.png")).width() >= panel.chart.plot.width()
    session.document.edit("test", Project())
    qtbot.waitUntil(lambda: panel.reading.text() == "No layers yet.")


def test_cost_chart_waits_until_it_is_seen(qtbot, session, shown) -> None:
    panel = shown(CostPanel)
    panel.hide()
    edit(session, "scores", features=1)
    QApplication.processEvents()
    assert panel._values["scores"] == 81_920
    panel.show()
    qtbot.waitUntil(lambda: panel._values["scores"] == 8_192)


def test_the_summary_s_columns_grow_with_the_words(qapp, session, shown) -> None:
    summary = shown(SummaryPanel)
    header, titles = summary.table.horizontalHeader(), [column.title for column in COLUMNS]
    output, hidden = titles.index("Output"), titles.index("Share of MACs")
    summary.table.setColumnWidth(output, 50)
    summary.table.hideColumn(hidden)
    try:
        theme.apply(qapp, "projector")
        QApplication.processEvents()
        assert (header.sectionSize(output), summary.table.columnWidth(0)) == (60, 125), "also one the user has set"
        assert summary.table.isColumnHidden(hidden)
        summary.table.showColumn(hidden)
        assert header.sectionSize(hidden) == round(COLUMNS[hidden].width * 8 * 1.2)
    finally:
        theme.apply(qapp, "light")
    QApplication.processEvents()
    assert (header.sectionSize(output), summary.table.columnWidth(0)) == (50, 104)


def test_summary_marks_problems(session, shown) -> None:
    summary = shown(SummaryPanel)
    project = session.document.project
    session.document.edit("test", project.rewired(project.network.with_link("relu1", "scores")))
    row = summary.model.row_of("scores")
    assert "put a Flatten before it" in summary.model.index(row, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert summary.problems.text() == "1 problem"


# Palette


def test_palette_offers_every_plain_kind(shown) -> None:
    palette = shown(PalettePanel)
    texts = {palette.kinds.item(row).text() for row in range(palette.kinds.rowCount())}
    assert {kind for kind, layer in Layer.kinds.items() if layer.group == "Window"} <= texts


def test_palette_begins_each_family_with_what_people_look_for(shown) -> None:
    palette = shown(PalettePanel)
    texts = [palette.kinds.item(row).text() for row in range(palette.kinds.rowCount())]
    assert texts[:5] == ["Input", "Input", "Window", "Conv2d", "MaxPool2d"]


def test_palette_search_and_enter(qtbot, shown) -> None:
    palette = shown(PalettePanel)
    qtbot.keyClicks(palette.search, "max pool")
    with qtbot.waitSignal(palette.add_requested) as told:
        qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert told.args == ["MaxPool2d"]
    qtbot.keyClick(palette.search, Qt.Key.Key_Escape)
    assert palette.search.text() == ""
    qtbot.keyClicks(palette.search, "zzz")
    assert palette.kinds.rowCount() == 0
    assert "zzz" in palette.nothing.text()


def test_palette_double_click_and_drag(qtbot, shown) -> None:
    palette = shown(PalettePanel, size=(240, 600))
    row = next(r for r in range(palette.kinds.rowCount()) if palette.kinds.item(r).text() == "Conv2d")
    index = palette.kinds.index(row, 0)
    spot = palette.list.visualRect(index).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    with qtbot.waitSignal(palette.add_requested) as told:
        qtbot.mouseDClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert told.args == ["Conv2d"]
    assert bytes(palette.kinds.mimeData([index]).data(MIME).data()) == b"Conv2d"


# Picture


@pytest.mark.parametrize("width", [1, 2, 3, 5, 64])
def test_pixels_survive_the_way_through_an_image(width) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (7, width, 3), np.uint8)
    image = image_of(pixels)
    assert image.pixelColor(width - 1, 6).getRgb()[:3] == tuple(pixels[6, width - 1])
    assert np.array_equal(pixels_of(image), pixels)
    assert np.array_equal(pixels_of(image.convertToFormat(QImage.Format.Format_ARGB32)), pixels)


def test_clear_pixels_show_white() -> None:
    image = QImage(3, 2, QImage.Format.Format_ARGB32)
    image.fill(QColor(255, 0, 0, 0))
    assert pixels_of(image).min() == 255


def drop(panel, data: QMimeData) -> None:
    enter = QDragEnterEvent(
        QPoint(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(panel, enter)
    assert enter.isAccepted()
    event = QDropEvent(
        QPointF(20, 20), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(panel, event)


@pytest.fixture
def asked(session, monkeypatch):
    """What the panels ask of the session, in place of decoding."""
    calls: list = []
    monkeypatch.setattr(session, "open_picture", calls.append)
    monkeypatch.setattr(session, "paste_picture", lambda pixels, name="": calls.append(pixels))
    return calls


def test_picture_is_shown_and_failure_keeps_it(session, shown) -> None:
    panel = shown(PicturePanel)
    assert panel.stack.currentWidget() is panel.nothing
    session.picture = picture()
    session.picture_changed.emit(session.picture)
    assert panel.name.text() == "<b>cat</b>.jpg"
    assert panel.name.textFormat() == Qt.TextFormat.PlainText
    assert panel.size_text.text() == "600 × 400 pixels"
    session.failed.emit("picture", "“dog.jpg” ends in the middle.")
    assert panel.lane.problem.text() == "“dog.jpg” ends in the middle."
    assert panel.lane.isVisible()
    assert panel.view.image.width() == 60
    session.failed.emit("predict", "something else")
    assert panel.lane.problem.text() == "“dog.jpg” ends in the middle."
    session.picture_changed.emit(picture())
    assert not panel.lane.isVisible()


def test_the_words_of_a_small_empty_panel_are_whole_above_a_problem(session, shown) -> None:
    panel = shown(PicturePanel, size=(220, 250))
    session.failed.emit("picture", "“a.heic” is no picture of a kind known here: convert it to JPEG, and open that.")
    QApplication.processEvents()
    words = panel.empty.sentence
    assert words.height() >= words.heightForWidth(words.width()) > 3 * words.fontMetrics().height()
    assert panel.lane.problem.height() >= panel.lane.problem.heightForWidth(panel.lane.problem.width())
    for button in panel.empty.findChildren(QPushButton):
        assert button.height() >= button.minimumSizeHint().height()
        panel.nothing.ensureWidgetVisible(button)
        assert not button.visibleRegion().isEmpty()


def test_why_a_video_s_network_does_not_run_is_said_once(session, shown) -> None:
    panel, sentence = shown(PicturePanel), "The network does not run."
    panel.live.said.emit(sentence)
    session.failed.emit("live", sentence)
    (said,) = (text for text in panel.findChildren(QLabel) if text.isVisible() and text.text() == sentence)
    assert said is panel.bar.problem


def test_drops(tmp_path, asked, shown) -> None:
    panel = shown(PicturePanel)
    for name in ("b.png", "a.jpg", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path))])
    folders = []
    panel.folder.open = folders.append
    drop(panel, data)
    assert folders == [str(tmp_path)]
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("notes.txt", "b.png", "a.jpg")])
    drop(panel, data)
    assert asked == [str(tmp_path / "b.png")]
    assert panel.chosen.text() == "Took b.png, the first of 3 files."
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "b.png"))])
    drop(panel, data)
    assert asked[-1] == str(tmp_path / "b.png")
    assert panel.chosen.text() == ""
    data.setUrls([QUrl("https://example.org/cat.png")])
    drop(panel, data)
    assert "on this computer" in panel.lane.problem.text()
    assert len(asked) == 2


def test_paste_by_key(qtbot, tmp_path, asked, shown) -> None:
    panel = shown(PicturePanel)
    panel.setFocus()
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(QColor(1, 2, 3))
    QGuiApplication.clipboard().setImage(image)
    qtbot.keyClick(panel, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert asked[0].shape == (4, 5, 3)
    assert asked[0][0, 0].tolist() == [1, 2, 3]
    QGuiApplication.clipboard().setText("no picture")
    qtbot.keyClick(panel, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "holds no picture" in panel.lane.problem.text()


def test_zoom_and_move(qtbot, session, shown) -> None:
    panel = shown(PicturePanel)
    session.picture_changed.emit(picture())
    view = panel.view
    whole = view.scale
    at = QPointF(100, 100)
    before = view.pixel_at(at)
    view.zoom(4, at)
    assert view.pixel_at(at) == before
    assert view.scale == pytest.approx(4 * whole)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.mouseMove(view, QPoint(60, 100))
    qtbot.mouseMove(view, QPoint(50, 100))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(50, 100))
    assert view.pixel_at(QPointF(50, 100)) == before
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_0)
    assert view.scale == pytest.approx(whole)


# Predictions


def test_predictions(qtbot, session, shown) -> None:
    panel = shown(PredictionsPanel)
    assert "Open a picture" in panel.empty.sentence.text()
    session.prediction = Prediction(
        (Guess("tabby", 281, 0.75), Guess("<h1>cat</h1>", 1, 0.00001)), ("conv1", "scores"), 7.25, "cpu"
    )
    session.prediction_changed.emit(session.prediction)
    assert [panel.guesses.index(i).data() for i in range(2)] == ["tabby, 75.0 %", "<h1>cat</h1>, < 0.1 %"]
    assert panel.untrained.text() == "Random weights in 2 layers: the guesses mean nothing yet."
    assert "conv1, scores" in panel.untrained.toolTip()
    assert panel.where.text() == "CPU · 7.2 ms"
    assert panel.where.toolTip() == ""
    session.prediction = replace(session.prediction, milliseconds=5848.1)
    session.prediction_changed.emit(session.prediction)
    assert panel.where.text() == "CPU · 5.8 s"
    assert "&lt;h1&gt;" in panel.guesses.index(1).data(Qt.ItemDataRole.ToolTipRole)
    qtbot.keyClick(panel, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "tabby\t75.0 %\n<h1>cat</h1>\t< 0.1 %"
    session.failed.emit("predict", "There is not enough memory for this.")
    assert panel.lane.problem.isVisible()
    session.prediction = Prediction((Guess("tabby", 281, 0.75),), ends=("fc", "aux1.fc2", "<b>side"))
    session.prediction_changed.emit(session.prediction)
    assert panel.where.text() == "CPU · 0.0 ms · answer of fc"
    assert "aux1.fc2, &lt;b&gt;side" in panel.where.toolTip()


def test_boxes_are_drawn_on_the_picture(session, shown) -> None:
    panel, told = shown(PicturePanel), shown(PredictionsPanel)
    session.picture = replace(picture(), size=(2 * picture().pixels.shape[1], 2 * picture().pixels.shape[0]))
    session.picture_changed.emit(session.picture)
    high, wide = picture().pixels.shape[:2]
    before = panel.view.grab().toImage()
    box = (wide * 0.5, high * 0.5, wide * 1.5, high * 1.5)  # of the whole picture, twice as large as what is shown
    session.prediction = Prediction((Guess("dog", 16, 0.9, box), Guess("no box", 1, 0.1)))
    session.prediction_changed.emit(session.prediction)
    ((guess, outline),) = panel.view.outlines()
    assert guess.label == "dog"
    assert outline == panel.view.on_widget(QRectF(wide / 4, high / 4, wide / 2, high / 2))
    after = panel.view.grab().toImage()
    assert after.pixelColor(outline.topRight().toPoint()) != before.pixelColor(outline.topRight().toPoint())
    assert after.pixelColor(outline.center().toPoint()) == before.pixelColor(outline.center().toPoint())
    edge = QPoint(int(outline.left()) + 1, int(outline.center().y()))
    assert after.pixelColor(edge).name() == class_colour(16).name()
    assert f"left {round(box[0])}, top {round(box[1])}" in told.guesses.index(0).data(Qt.ItemDataRole.ToolTipRole)
    session.picture_changed.emit(session.picture)
    assert panel.view.outlines() == []  # what was found was in another picture
    session.prediction = Prediction(())
    session.prediction_changed.emit(session.prediction)
    assert told.empty.sentence.text() == "The network finds nothing in this picture that it is sure of."
    assert len({class_colour(index).name() for index in range(80)}) == 80


def test_progress_is_shown_in_place_and_can_be_cancelled(qtbot, session, shown, monkeypatch) -> None:
    panel = shown(PredictionsPanel)
    session.work_changed.emit("maps", Progress("elsewhere"))
    session.work_changed.emit("predict", Progress("Running the network", 1, 4))
    assert not panel.lane.isVisible()  # quick answers do not flicker
    qtbot.waitUntil(panel.lane.isVisible)
    assert panel.lane.text.text() == "Running the network"
    assert panel.lane.bar.value() == 250
    cancelled = []
    monkeypatch.setattr(session, "cancel", cancelled.append)
    qtbot.mouseClick(panel.lane.cancel, Qt.MouseButton.LeftButton)
    assert cancelled == ["predict"]
    session.work_changed.emit("predict", None)
    assert not panel.lane.isVisible()


# Activations


@pytest.mark.parametrize("shape", [(1, 1, 1), (7, 3, 2), (64, 56, 56), (1000, 1, 1), (5, 1, 40)])
@pytest.mark.parametrize("aspect", [0.3, 1.0, 3.0])
def test_every_number_is_found_again_in_the_mosaic(shape, aspect) -> None:
    these = maps("x", *shape)
    t = tiling(shape, aspect)
    sheet = Sheet()
    sheet.draw_maps(
        maps("y", 3, 200, 300), tiling((3, 200, 300), aspect), "grey", np.arange(3)
    )  # leaves nothing behind
    image = sheet.draw_maps(these, t, "grey", np.arange(shape[0]))
    for channel in {0, shape[0] // 2, shape[0] - 1}:
        tile = t.tile(channel)
        assert t.at(tile.left(), tile.top()) == (channel, 0, 0)
        assert t.at(tile.right(), tile.bottom()) == (channel, shape[1] - 1, shape[2] - 1)
        shade = int(these.tiles[channel, -1, -1])
        assert image.pixelColor(tile.bottomRight()).getRgb() == (shade, shade, shade, 255)
    clear = [image.pixelColor(x, y).alpha() == 0 for y in range(image.height()) for x in range(image.width())]
    assert sum(clear) == len(clear) - shape[0] * t.tile(0).width() * t.tile(0).height()
    assert t.at(t.step[0] - 1, 0) is None
    if shape[0] >= 64:
        assert image.width() / image.height() == pytest.approx(aspect, rel=0.25)


def test_signed_colours_put_zero_in_the_middle() -> None:
    values = np.array([[[-1.0, 0.0, 3.0]]], np.float32)
    low, high = values.min((1, 2)), values.max((1, 2))
    these = FeatureMaps("x", values, np.zeros((1, 1, 3), np.uint8), low, high, statistics(values))
    level = levels(these, "blue–white–red", np.array([0]))[0, 0]
    assert level.tolist() == [86, 128, 255]
    blue, white, red = table("blue–white–red")[[0, 128, 255]].astype(int)
    assert blue[2] > blue[0]
    assert white.min() > 240
    assert red[0] > red[2]


@pytest.mark.parametrize("name", ["viridis", "grey"])
def test_brighter_means_more(name) -> None:
    linear = (table(name) / 255.0) ** 2.2
    luminance = linear @ [0.2126, 0.7152, 0.0722]
    assert table(name).shape == (256, 3)
    assert (luminance[4:] > luminance[:-4]).all()  # single steps may be equal after rounding
    assert set(STOPS) >= {name}


def test_activations_point_pick_and_keys(qtbot, session, shown) -> None:
    panel = shown(ActivationsPanel)
    session.select(("conv1",))
    session.maps = maps()
    session.maps_changed.emit(session.maps)
    QApplication.processEvents()
    assert panel.header.text() == "conv1 · 8×6×5 · from 0 to 239"
    session.set_conventions(KERAS)
    assert panel.header.text() == "conv1 · 6×5×8 · from 0 to 239"
    session.set_conventions(TORCH)
    spot = panel.view.centre_of((3, 4, 2)).toPoint()
    qtbot.mouseMove(panel.view, spot)
    assert panel.reading.text() == f"channel 3, row 4, column 2: {3 * 30 + 4 * 5 + 2:.4f}"
    qtbot.mouseClick(panel.view, Qt.MouseButton.LeftButton, pos=spot)
    assert session.place == Place("conv1", 3, 4, 2)
    assert panel.view.spot == (3, 4, 2)
    assert panel.channel.histogram.accessibleName() == "channel 3: min 90 · mean 104.5 · max 119 · 0.0 % zeros"
    assert panel.channel.statistics.text().replace("\u00a0", " ") == panel.channel.histogram.accessibleName()
    assert sum(panel.channel.histogram.counts) == 30
    qtbot.keyClick(panel.view, Qt.Key.Key_Right)
    assert panel.view.spot == (4, 4, 2)
    qtbot.keyClick(panel.view, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(panel.view, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert session.place == Place("conv1", 4, 3, 1)
    session.maps_changed.emit(maps())
    assert panel.view.spot == (4, 3, 1)  # another picture keeps the place
    session.select(("relu1",))
    assert session.place is None
    session.maps_changed.emit(maps("relu1"))
    assert panel.view.spot is None


def test_activations_are_tiled_anew_only_when_the_layout_changes(qtbot, session, shown) -> None:
    panel = shown(ActivationsPanel)
    session.maps_changed.emit(maps(channels=40))
    image, columns = panel.view.image, panel.view.tiling.columns
    wide = panel.size()
    panel.resize(panel.width() + 2, panel.height())
    qtbot.wait(3 * SETTLING)
    assert panel.view.image.cacheKey() == image.cacheKey()
    panel.resize(300, 600)
    QApplication.processEvents()
    panel.resize(wide)
    qtbot.wait(3 * SETTLING)
    assert panel.view.image.cacheKey() == image.cacheKey(), "nor when it comes back at once"
    panel.resize(300, 600)
    qtbot.waitUntil(lambda: panel.view.tiling.columns < columns)


def test_activations_scale_export_and_vector(qtbot, tmp_path, session, shown, monkeypatch) -> None:
    panel = shown(ActivationsPanel)
    session.maps_changed.emit(maps())
    qtbot.keyClick(panel.tools.ranges, Qt.Key.Key_Down)
    assert session.range == "shared"
    assert shown(ActivationsPanel).tools.range == "shared"  # as it was chosen last
    panel.tools.ranges.setCurrentText("own")
    session.maps_changed.emit(maps())
    path = tmp_path / "mosaic.png"
    panel.export_maps(str(path))
    assert QImage(str(path)).size() == panel.view.image.size()
    with pytest.raises(Refusal, match="the folder “missing” is not there"):
        panel.export_maps(str(tmp_path / "missing" / "mosaic.png"))
    with pytest.raises(Refusal, match="the folder “missing” is not there"):
        panel.export_maps(str(tmp_path / "missing" / "mosaic.npz"))
    session.maps = maps("scores", 10, 1, 1)
    session.maps_changed.emit(session.maps)
    assert panel.header.text().startswith("scores · 10 ·")
    QApplication.processEvents()
    qtbot.mouseMove(panel.view, panel.view.centre_of((7, 0, 0)).toPoint())
    assert panel.reading.text() == "number 7: 7.0000"


def test_activations_survive_numbers_that_are_none(qtbot, session, shown) -> None:
    panel = shown(ActivationsPanel)
    session.select(("conv1",))
    values = maps().values
    values[2], values[3, 0, 0] = np.nan, np.inf
    broken = replace(maps(), values=values, statistics=statistics(values))
    session.maps = broken
    session.maps_changed.emit(broken)
    assert panel.warning.text() == "31 numbers here NaN or infinite, in channels 2, 3: weights may be broken."
    panel.tools.colours.setCurrentText("blue–white–red")
    panel.view.pick(2)
    assert sum(panel.channel.histogram.counts) == 0
    assert "30\u00a0NaN\u00a0or\u00a0infinite" in panel.channel.statistics.text()
    panel.view.pick(3)
    assert sum(panel.channel.histogram.counts) == 29
    assert "min\u00a091" in panel.channel.statistics.text()


# Start page


def test_start_page(qtbot, session, shown) -> None:
    page = shown(StartPage, size=(900, 600))
    card = ModelCard(
        "mobilenet_v2", "MobileNetV2", "image classification", 3_504_872, 14_212_972,
        "a wheel", "BSD-3-Clause", "ImageNet-1k", "0" * 64, False,
    )  # fmt: skip
    session.models_changed.emit((card,))
    (row,) = page.rows
    with qtbot.waitSignal(page.model_requested) as told:
        qtbot.mouseClick(row.button, Qt.MouseButton.LeftButton)
    assert told.args == ["mobilenet_v2"]
    with qtbot.waitSignal(page.build_requested):
        qtbot.mouseClick(page.build, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.open_requested):
        qtbot.keyClick(page.open, Qt.Key.Key_Space)
    page.set_recent(["/nowhere/a.cnx", "/nowhere/b & c.cnx"])
    with qtbot.waitSignal(page.recent_requested) as told:
        qtbot.mouseClick(page.recent[1], Qt.MouseButton.LeftButton)
    assert told.args == ["/nowhere/b & c.cnx"]
    qtbot.waitUntil(page.recent[0].isVisible)
    page.recent[0].setFocus()
    with qtbot.waitSignal(page.recent_requested) as told:
        qtbot.keyClick(page.recent[0], Qt.Key.Key_Space)
    assert told.args == ["/nowhere/a.cnx"]
    session.failed.emit("model", "No network: check the connection and try again.")
    assert page.lane.problem.isVisible()
    session.work["model"] = Progress("Downloading", 1, 2)
    session.work_changed.emit("model", session.work["model"])
    assert not row.button.isEnabled()
    qtbot.waitUntil(page.lane.cancel.isVisible)


def test_histogram_counts_what_is_picked(qtbot, session, shown) -> None:
    panel = shown(ActivationsPanel)
    session.select(("conv1",))
    session.maps = maps()
    session.maps_changed.emit(session.maps)
    panel.view.pick(3)
    panel._fill(panel.tools.menu)
    panel.tools.menu.actions()[0].trigger()
    window = panel.findChild(HistogramWindow)
    qtbot.waitUntil(lambda: window.plot is not None, timeout=20_000)
    bars = next(item for item in window.plot.getPlotItem().items if hasattr(item, "opts"))
    assert bars.opts["height"].sum() == 30
    assert (bars.opts["x0"][0], bars.opts["x1"][-1]) == (90, 119)
    window.logarithmic.setChecked(True)
    bars = next(item for item in window.plot.getPlotItem().items if hasattr(item, "opts"))
    assert (10 ** bars.opts["height"] - 1).sum() == pytest.approx(30)
    window.close()


@pytest.mark.parametrize("width", [264, 300, 344, 500])
def test_every_formula_has_the_height_it_needs(session, shown, width) -> None:
    inspector = shown(InspectorPanel, size=(width, 400))
    choose(session, ("conv1",))
    assert len(inspector.views) > 3
    QApplication.processEvents()  # the layout follows a turn later
    for view in inspector.views:
        assert view.height() >= view.heightForWidth(view.width())
    page, viewport = inspector.widget(), inspector.viewport()
    assert page.width() <= viewport.width()  # nothing is cut off at the right


# Totals where a layer has a problem


def test_one_mistake_is_counted_once_and_totals_are_no_longer_exact(tmp_path, session, shown) -> None:
    inspector, summary, status = shown(InspectorPanel), shown(SummaryPanel), shown(Status)
    edit(session, "conv1", padding="same", stride=2)
    settled(session)
    told = "1 problem · 3 layers wait for it"
    assert inspector.problem.text() == summary.problems.text() == told
    assert "at least 0 parameters\nat least 0 MACs" in inspector.told.text()
    assert summary.totals.text() == "at least 0 parameters · at least 0 MACs · 5 layers"
    summary.export(str(tmp_path / "layers.csv"))
    assert (tmp_path / "layers.csv").read_text("utf-8-sig").splitlines()[-1].startswith("at least,")
    (button,) = (b for b in status.findChildren(QToolButton) if b.text() == told)
    assert button.isVisible()
    session.document.undo()
    settled(session)
    assert not button.isVisible()
    assert "at least" not in inspector.told.text() + summary.totals.text()


def test_the_status_bar_leads_to_the_layer_with_the_problem(qtbot, session, shown) -> None:
    status = shown(Status)
    edit(session, "conv1", padding="same", stride=2)
    (button,) = (b for b in status.findChildren(QToolButton) if "problem" in b.text())
    assert button.accessibleName() == "1 problem · 3 layers wait for it: go to the problem"
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    with qtbot.waitSignal(status.problem_requested) as told:
        qtbot.keyClick(button, Qt.Key.Key_Space)
    assert told.args == ["conv1"]
    assert session.selection == ("conv1",)


def test_the_status_bar_counts_one_layer_and_gives_way(session, shown) -> None:
    status = shown(Status)
    width = status.minimumSizeHint().width()
    network = Network({"picture": Node("picture", Input(3, 32, 32))})
    session.document.edit("test", session.document.project.rewired(network))
    assert any(label.text() == "1 layer · 0 parameters · 0 MACs" for label in status.findChildren(QLabel))
    assert status.minimumSizeHint().width() == width


def contrast(a: QColor, b: QColor) -> float:
    """Of two colours, 1 to 21, as WCAG 2 defines it."""

    def luminance(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))

    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", list(theme.THEMES))
@pytest.mark.parametrize("kind", [QCheckBox, QLineEdit, QSpinBox, QComboBox])
def test_what_one_types_in_or_switches_has_a_visible_edge(qtbot, qapp, name, kind) -> None:
    style = QStyleFactory.create("Fusion")  # as the program sets it
    try:
        theme.apply(qapp, name)
        page, widget = QWidget(), kind()
        qtbot.addWidget(page)
        QVBoxLayout(page).addWidget(widget)
        for one in (page, widget):
            one.setStyle(style)
        page.resize(120, 60)
        page.show()
        image = page.grab().toImage()
        box, ground = widget.geometry(), image.pixelColor(1, 1)
        assert ground == QColor(theme.current().window)
        middle = box.center().y()
        edge = next(c for x in range(120) if (c := image.pixelColor(x, middle)) != ground)  # the first from the left
        assert contrast(edge, ground) >= 3
        assert contrast(edge, QColor(theme.current().base)) >= 3
        if kind is QCheckBox:
            widget.setChecked(True)
            ticked = page.grab().toImage()
            inside = [(x, y) for x in range(box.left() + 3, box.left() + 11) for y in range(middle - 4, middle + 5)]
            most = max(contrast(ticked.pixelColor(*at), image.pixelColor(*at)) for at in inside)
            assert most >= 4.5
    finally:
        theme.apply(qapp, "light")


@pytest.mark.parametrize("width", [360, 470, 900])
def test_statistics_of_a_channel_are_whole_numbers_at_any_width(session, shown, width) -> None:
    panel = shown(ActivationsPanel, size=(width, 208))  # the least height
    session.select(("conv1",))
    session.maps = replace(maps(channels=64, height=7, width=7), untrained=("conv1",))
    session.maps.values[:] = session.maps.values * 1.7e-9 - 0.0012345
    session.maps.values[3] = np.linspace(-0.00123456, -0.000123456, 49).reshape(7, 7)
    session.maps.values[3, :4] = 0
    session.maps = replace(session.maps, statistics=statistics(session.maps.values))
    session.maps_changed.emit(session.maps)
    panel.view.pick(3)
    QApplication.processEvents()
    QApplication.processEvents()  # the layout follows a turn later
    label = panel.channel.statistics
    pieces = label.text().split(" ")  # a line may break at these places alone
    assert [p.split("\u00a0")[0] for p in pieces] == ["channel", "min", "mean", "max", "57.1"]
    assert all(label.fontMetrics().horizontalAdvance(piece) <= label.width() for piece in pieces)
    assert label.height() >= label.heightForWidth(label.width())
    assert panel.channel.geometry().contains(label.geometry().translated(panel.channel.pos()))
    lines = [panel.header, panel.warning, panel.mosaics, panel.reading, panel.channel, panel.tools]
    tools = panel.tools
    buttons = [tools.orders, tools.ranges, tools.colours, tools.before, tools.export, tools.more]
    buttons = [button for button in buttons if button.isVisible()]
    assert all(a.geometry().right() < b.geometry().left() for a, b in pairwise(buttons))
    for chosen in tools.orders, tools.ranges, tools.colours:
        words = [chosen.itemText(row) for row in range(chosen.count())]
        assert max(map(chosen.fontMetrics().horizontalAdvance, words)) <= room(chosen), "read whole"
    assert tools.export.isVisible() is (width == 900)
    panel._fill(tools.menu)
    there = [action.text() for action in tools.menu.actions()]
    assert {"Export maps…", "What enters this layer beside it"} <= set(there), "what has no room is in the menu"
    assert panel.tools.rect().contains(panel.tools.more.geometry())
    assert all(a.geometry().bottom() < b.geometry().top() for a, b in pairwise(lines))
    assert (panel.width(), panel.height()) == (width, 208)


def test_histogram_window_follows(qtbot, tmp_path, session, shown) -> None:
    panel = shown(ActivationsPanel)
    session.select(("conv1",))
    session.maps = maps()
    session.maps_changed.emit(session.maps)
    panel.view.pick(3)
    window = panel.open_histogram()
    qtbot.waitUntil(lambda: window.plot is not None, timeout=20_000)

    def bars():
        return next(item for item in window.plot.getPlotItem().items if hasattr(item, "opts")).opts

    assert window.title.text() == "conv1 · channel 3 · 30 numbers in 7 bins (Rice rule, 128 at most)"
    window.plot.setXRange(0, 1)  # zoomed in elsewhere
    panel.view.pick(4)
    assert window.title.text().startswith("conv1 · channel 4 ·")
    assert (bars()["x0"][0], bars()["x1"][-1]) == (120, 149)
    qtbot.waitUntil(lambda: window.plot.viewRange()[0][1] >= 149)
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert window.title.text() == "conv1 · all channels · 240 numbers in 13 bins (Rice rule, 128 at most)"
    other = maps("relu1", 2, 600, 500)
    session.maps = other
    session.maps_changed.emit(other)
    assert window.title.text() == "relu1 · all channels · 600,000 numbers in 128 bins (Rice rule, 128 at most)"
    assert bars()["height"].sum() == 600_000
    window.export_png(str(tmp_path / "histogram.png"))
    assert QImage(str(tmp_path / "histogram.png")).width() >= window.plot.width()
    session.maps = None
    session.maps_changed.emit(None)
    assert window.title.text() == panel.empty.sentence.text()
    assert not window.export.isEnabled()
    window.close()
    assert panel.open_histogram() is None
    session.maps_changed.emit(maps())
    assert panel.open_histogram() is window  # one window, however often it is opened
    assert window.title.text().startswith("conv1 · all channels ·")


def test_histogram_axis_reads_plain_numbers_and_has_no_foreign_menu(qtbot, session, shown) -> None:
    panel = shown(ActivationsPanel)
    session.select(("conv1",))
    session.maps = maps()
    session.maps.values[:] *= 1e-5
    session.maps_changed.emit(session.maps)
    window = panel.open_histogram()
    qtbot.waitUntil(lambda: window.plot is not None, timeout=20_000)
    window.plot.grab()
    assert "value" in window.plot.getAxis("bottom").labelString()
    assert "x0" not in window.plot.getAxis("bottom").labelString()
    middle = window.plot.viewport().rect().center()
    qtbot.mouseClick(window.plot.viewport(), Qt.MouseButton.RightButton, pos=middle)
    assert QApplication.activePopupWidget() is None
    window.close()


def test_a_table_in_a_file_has_no_thousands_separators(tmp_path, session, shown) -> None:
    summary = shown(SummaryPanel)
    edit(session, "scores", features=1234)
    summary.export(str(tmp_path / "layers.csv"))
    with open(tmp_path / "layers.csv", encoding="utf-8-sig", newline="") as file:
        rows = {row[0]: row for row in csv.reader(file)}
    assert rows["flat"][3] == "8192"
    assert rows["scores"][1:6] == ["Linear", "1234", "1234", str(8193 * 1234), str(8192 * 1234)]
    assert not any("," in cell for row in rows.values() for cell in row)
    assert summary.model.index(summary.model.row_of("flat"), 3).data() == "8,192"
