"""The data set's controller and page, with answers put in by hand where a real worker would give them."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from explorer.engine.data_set_questions import Embed, Evaluate
from explorer.engine.questions import Small
from explorer.maths.components import Components
from explorer.maths.confusion import Confusion
from explorer.maths.data_set_records import Embedding, Evaluation, LayerActivity, PictureSet
from explorer.maths.judged import Judged
from explorer.maths.patch_records import Broken
from explorer.maths.records import Picture
from explorer.ui import theme
from explorer.ui.panels.data_set_page import DataSetPage
from explorer.ui.pictures.confusion_view import OTHERS, ConfusionView
from explorer.ui.pictures.map_view import grouped
from explorer.ui.pictures.scatter_view import ScatterView
from explorer.ui.tables.class_table import MEANT, UNSAID
from explorer.ui.tables.found_table import FoundTable
from explorer.workspace.data_set import DataSet
from explorer.workspace.document import Document
from explorer.workspace.folder_look import LANE
from explorer.workspace.session import Session
from explorer.workspace.settings import Settings
from explorer.workspace.small_pictures import AT_ONCE
from tests.idle_side import IdleWorker
from tests.test_patch_search import asked
from tests.test_session import project, waits

LABELS = ("cat", "<b>dog", "cow")
FILES = (
    "<b>dog/0.jpg", "<b>dog/1.jpg", "<b>dog/2.jpg", "cat/3.jpg", "cat/4.jpg", "cat/5.jpg", "cat/6.jpg",
    "odd/7.jpg",
)  # fmt: skip
SAID = (1, 0, 0, 0, 0, 2, -1, 2)
SURE = (0.9, 0.6, 0.8, 0.5, 0.9, 0.95, 0.0, 0.7)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def session(qtbot):
    session = Session(Document(project(4)), IdleWorker())
    yield session
    session.close()


@pytest.fixture
def data_set(session) -> DataSet:
    data_set = DataSet(session)
    data_set.choose_folder("/animals")
    return data_set


def evaluation(done: bool = True, embedded: str = "conv") -> Evaluation:
    top = np.array([SAID, [-1 if said < 0 else (said + 1) % 3 for said in SAID]], np.int32).T
    chances = np.array([SURE, [(1 - sure) / 2 for sure in SURE]], np.float32).T
    silent = np.array([False, True, False, True])
    layers = (
        LayerActivity("relu<i>", silent, True, np.ones(4, np.float32), np.full(4, 0.5, np.float32), (9, 1), 0.0, 2.0),
        LayerActivity("conv", silent, False, np.ones(4, np.float32), np.zeros(4, np.float32), (1, 2, 3), -1.0, 2.0),
    )
    broken = (Broken("cat/6.jpg", "“6.jpg” is <i>damaged</i>"),)
    if not done:
        return Evaluation(3, top, chances, layers, broken)
    seen = np.array([0, 1, 2, 3, 4, 5, 7], np.int32)
    points = np.stack([seen, seen % 3], 1).astype(np.float32)
    return Evaluation(8, top, chances, layers, broken, embedded, seen, Components(points, np.array([0.7, 0.2])))


def answered(session: Session, *steps: object, ended: bool = True) -> None:
    job = waits(session, LANE)
    for step in steps:
        job.on_step(step)
    if ended:
        session.worker._jobs = {n: other for n, other in session.worker._jobs.items() if other is not job}
        job.on_done()


def listed() -> PictureSet:
    return PictureSet("/animals", FILES, 3, LABELS, ("relu<i>", "conv"), False)


# The controller


def test_it_starts_pauses_and_goes_on(session, data_set) -> None:
    data_set.start()
    (question,) = asked(session, Evaluate)
    assert (question.folder, question.embedded) == ("/animals", "")
    answered(session, listed(), evaluation(done=False), ended=False)
    assert data_set.state == "running"
    assert data_set.judged is not None, "what is known is shown meanwhile"
    data_set.pause()
    assert data_set.state == "paused"
    data_set.start()
    answered(session, listed(), evaluation())
    assert (data_set.state, data_set.embedded) == ("done", "conv")
    data_set.embed_by("relu<i>")
    assert asked(session, Evaluate)[-1].embedded == "relu<i>"
    answered(session, ended=False)
    waits(session, LANE).on_failed("No.")
    assert data_set.state == "paused"


def test_what_folders_mean_can_be_said(session, data_set) -> None:
    data_set.start()
    answered(session, listed(), evaluation())
    assert data_set.folders == {"<b>dog": 3, "cat": 4, "odd": 1}
    assert data_set.meant == {"cat": 0, "<b>dog": 1}
    assert data_set.judged.among_first(1) == (3, 6)
    data_set.mean("odd", 2)
    assert data_set.judged.among_first(1) == (4, 7), "without another look at the pictures"
    assert not asked(session, Evaluate)[1:]
    data_set.choose_folder("/others")
    assert (data_set.meant, data_set.judged, data_set.state) == ({}, None, "idle")


def test_edits_put_the_results_away(session, data_set) -> None:
    data_set.start()
    answered(session, listed(), evaluation())
    before = session.document.project
    session.document.edit("Move", before.moved({"in": (8.0, 8.0)}))
    assert data_set.judged is not None
    session.document.edit("Edit", before.rewired(before.network.with_settings("conv", kernel=1)))
    assert (data_set.judged, data_set.state) == (None, "idle")


def test_tsne_is_asked_for_when_it_is_wanted(session, data_set) -> None:
    data_set.start()
    answered(session, listed(), evaluation())
    assert np.array_equal(data_set.points, data_set.evaluation.components.points)
    assert not asked(session, Embed)
    data_set.lay_out("t-SNE")
    (question,) = asked(session, Embed)
    assert np.array_equal(question.points, data_set.evaluation.components.points)
    assert data_set.points is None
    waits(session, "embedding").on_step(Embedding(np.ones((7, 2), np.float32), 25, 750))
    assert data_set.points.tolist() == [[1, 1]] * 7
    data_set.lay_out("PCA")
    assert data_set.points.tolist() == data_set.evaluation.components.points.tolist()


def test_thumbnails_of_what_is_in_sight(session, data_set) -> None:
    data_set.start()
    files = tuple(f"cat/{number}.jpg" for number in range(100))
    many = PictureSet("/animals", files, 3, LABELS, (), False)
    answered(session, many, evaluation(done=False), ended=False)
    data_set.want(range(50))
    data_set.want([3, 60])
    (question,) = asked(session, Small)
    assert question.paths[3] == (3, "/animals/cat/3.jpg")
    assert len(question.paths) == AT_ONCE
    job = waits(session, "data set pictures")
    for number, _ in question.paths:
        job.on_step((number, None))
    session.worker._jobs = {n: other for n, other in session.worker._jobs.items() if other is not job}
    job.on_done()
    (question,) = asked(session, Small)
    assert [number for number, _ in question.paths] == [3, 60] or [n for n, _ in question.paths] == [60]


def test_judged_pictures() -> None:
    found = evaluation()
    judged = Judged(FILES, LABELS, np.array([1, 1, 1, 0, 0, 0, 0, -1], np.int32), found.top, found.chances)
    assert judged.mistakes.tolist() == [5, 2, 1], "the surest first"
    assert judged.confusion.counts.tolist() == [[2, 0, 1], [2, 1, 0]]
    for row in range(2):
        for column in range(3):
            assert len(judged.in_cell(row, column)) == judged.confusion.counts[row, column]
    assert judged.in_cell(0, 2).tolist() == [5]
    assert judged.label(9) == "class 9"


# The page


@pytest.fixture
def page(qtbot, session, data_set):
    page = DataSetPage(session, data_set)
    qtbot.addWidget(page)
    page.resize(900, 640)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    return page


@pytest.fixture
def shown(session, data_set, page):
    data_set.start()
    answered(session, listed(), evaluation())
    QApplication.processEvents()
    return page


def test_an_empty_page_says_what_to_do(qtbot, session, monkeypatch) -> None:
    page = DataSetPage(session, DataSet(session))
    qtbot.addWidget(page)
    page.show()
    assert page.empty.sentence.text().startswith("Choose a folder")
    assert page.run_first.isHidden()
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: ("/home/me/set",))
    page.choose_first.click()
    assert page.data_set.folder == "/home/me/set" == Settings().folder("data set")
    assert "all pictures in set" in page.empty.sentence.text()
    page.run_first.click()
    assert page.data_set.state == "running"
    assert "as soon as" in page.empty.sentence.text()
    Settings().set_folder("data set", "")
    session.new()
    assert page.empty.sentence.text().startswith("Open a trained network")
    assert page.choose_first.isHidden()


@pytest.mark.parametrize("tab", range(4))
def test_results_fit_a_low_screen_beside_the_panels(shown, tab: int) -> None:
    """Of 720 lines, panels, menus and a notice leave some 370; the window grew over the screen's edge for more."""
    shown.tabs.setCurrentIndex(tab)
    QApplication.processEvents()
    assert shown.minimumSizeHint().height() <= 360


def test_folders_of_nameless_classes_are_guessed_and_that_is_said(session, data_set, page) -> None:
    data_set.start()
    answered(session, PictureSet("/animals", FILES, 3, (), ("relu<i>", "conv"), False), evaluation())
    QApplication.processEvents()
    assert data_set.meant == {"<b>dog": 0, "cat": 1, "odd": 2}
    assert page.what.text().endswith("in animals; classes in the folders' order (see Classes)")
    data_set.mean("odd", 1)
    assert data_set.meant["odd"] == 1
    assert page.what.text().endswith("8 pictures in animals"), "the user has looked"


def test_accuracy_and_tables(shown, session) -> None:
    assert shown.right.text() == "50.0 % right"
    assert shown.what.text() == "3 of 6, 95 % interval 18.8 to 81.2 % · 8 pictures in animals", "no top 5 of three"
    assert shown.broken.text() == "1 file could not be read: “6.jpg” is <i>damaged</i>"
    assert shown.tabs.classes.rows.rowCount() == 0, "filled when it is seen"
    shown.tabs.setCurrentWidget(shown.tabs.classes)
    classes = shown.tabs.classes.rows
    row = {classes.index(row, 0).data(): row for row in range(3)}
    assert [classes.index(row["cat"], column).data() for column in range(6)] == [
        "cat", "4", "cat", "50.0 %", "66.7 %", "57.1 %",
    ]  # fmt: skip
    assert classes.index(row["odd"], MEANT).data() == UNSAID
    index = classes.index(row["odd"], MEANT)
    shown.tabs.classes.setCurrentIndex(index)
    shown.tabs.classes.edit(index)
    box = shown.tabs.classes.indexWidget(index) or shown.tabs.classes.findChild(type(shown.tabs.map.layers), "")
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert shown.data_set.meant["odd"] == 2
    assert classes.index(row["odd"], MEANT).data() == "cow"
    shown.tabs.setCurrentWidget(shown.tabs.layers)
    layers = shown.tabs.layers.rows
    assert [layers.item(0, column).text() for column in range(6)] == ["relu<i>", "4", "2", "50.0 %", "1", "from 0 to 2"]
    assert layers.item(1, 2).text() == "–"
    assert "1, 3" in layers.item(0, 2).toolTip()
    where = shown.tabs.layers.visualRect(layers.index(1, 0)).center()
    QTest.mouseClick(shown.tabs.layers.viewport(), LEFT, pos=where)
    assert session.selection == ("conv",)
    drawn = shown.tabs.layers.viewport().grab().toImage()
    bars = shown.tabs.layers.visualRect(layers.index(0, 5))
    assert drawn.pixelColor(bars.left() + 12, bars.bottom() - 6) != drawn.pixelColor(bars.left() + 2, bars.bottom() - 6)


def test_the_matrix_lists_pictures_which_open(shown, session, data_set, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(session, "open_picture", opened.append)
    matrix, grid = shown.tabs.mistakes.matrix, shown.tabs.mistakes.grid
    assert grid.rows.numbers == (5, 2, 1)
    assert shown.tabs.mistakes.heading.text() == "3 mistakes, the surest first"
    image = matrix.grab().toImage()
    dark, pale, none = (
        image.pixelColor((matrix.rect_of(cell).topLeft() + QPointF(4, 4)).toPoint() * image.devicePixelRatio())
        for cell in ((1, 0), (1, 1), (1, 2))
    )
    assert dark != pale != none
    QTest.mouseMove(matrix, matrix.rect_of((1, 0)).center().toPoint())
    QApplication.processEvents()
    assert shown.tabs.mistakes.reading.text() == "true <b>dog, said cat: 2 pictures"
    QTest.mouseClick(matrix, LEFT, pos=matrix.rect_of((1, 0)).center().toPoint())
    assert grid.rows.numbers == (1, 2)
    assert shown.tabs.mistakes.heading.text() == "true <b>dog, said cat: 2 pictures"
    QTest.keyClick(matrix, Qt.Key.Key_Up)
    QTest.keyClick(matrix, Qt.Key.Key_Right)
    QTest.keyClick(matrix, Qt.Key.Key_Right)
    QTest.keyClick(matrix, Qt.Key.Key_Right)
    assert matrix.cell == (0, 2)
    assert matrix.accessibleDescription() == f"2 true classes. true cat, said {OTHERS}: 1 picture."
    assert grid.rows.numbers == (5,)
    QTest.mouseClick(grid.viewport(), LEFT, pos=grid.visualRect(grid.rows.index(0)).center())
    assert opened == ["/animals/cat/5.jpg"]
    shown.tabs.mistakes.all.click()
    assert grid.rows.numbers == (5, 2, 1)
    text = grid.rows.index(0).data()
    assert text == "said cow 95.0 %\ntrue cat"
    assert "&lt;b&gt;dog" in grid.rows.index(1).data(Qt.ItemDataRole.ToolTipRole)


def test_thumbnails_come_into_the_grid(qtbot, shown, session, data_set) -> None:
    grid = shown.tabs.mistakes.grid
    qtbot.waitUntil(lambda: any(job.lane == "data set pictures" for job in session.worker._jobs.values()))
    waits(session, "data set pictures").on_step((5, Picture(np.full((9, 9, 3), (200, 0, 0), np.uint8), "5", (9, 9))))
    image = grid.viewport().grab().toImage()
    where = grid.visualRect(grid.rows.index(0))
    at = QPoint(where.center().x(), where.top() + 30) * image.devicePixelRatio()
    assert image.pixelColor(at) == QColor(200, 0, 0)


def test_pictures_on_a_plane(shown, session, data_set, monkeypatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(session, "open_picture", opened.append)
    shown.tabs.setCurrentWidget(shown.tabs.map)
    QApplication.processEvents()
    scatter, legend = shown.tabs.map.scatter, shown.tabs.map.legend
    assert [legend.item(row).text() for row in range(legend.count())] == ["all classes", "cat", "<b>dog"]
    assert shown.tabs.map.about.text().startswith("70.0 % and 20.0 % of the variance")
    for point in range(7):
        assert scatter.point_at(scatter.place(point)) == point
    QTest.mouseMove(scatter, scatter.place(6).toPoint())
    assert shown.tabs.map.reading.text().startswith("odd/7.jpg\nsaid cow 70.0 %")
    QTest.mouseClick(scatter, LEFT, pos=scatter.place(6).toPoint())
    assert opened == ["/animals/odd/7.jpg"]
    scatter.pick(0)
    scatter.setFocus()
    QTest.keyClick(scatter, Qt.Key.Key_Right)
    assert scatter.point > 0
    QTest.keyClick(scatter, Qt.Key.Key_Return)
    assert len(opened) == 2
    before = scatter.grab().toImage()
    legend.setCurrentRow(1)
    assert scatter.grab().toImage() != before, "the other classes fade"
    near = scatter.place(2) - scatter.place(1)
    QTest.keyClick(scatter, Qt.Key.Key_Plus)
    assert (scatter.place(2) - scatter.place(1)).manhattanLength() > near.manhattanLength()
    QTest.keyClick(scatter, Qt.Key.Key_0)
    assert (scatter.place(2) - scatter.place(1) - near).manhattanLength() < 1e-3
    shown.tabs.map.methods.setCurrentText("t-SNE")
    assert data_set.method == "t-SNE"
    shown.tabs.map.methods.setCurrentText("PCA")
    shown.tabs.map.layers.setCurrentText("relu<i>")
    shown.tabs.map.layers.activated.emit(0)
    assert data_set.embedded == "relu<i>"


def test_what_is_written(shown, data_set, tmp_path: Path, monkeypatch) -> None:
    Settings().set_folder("export", str(tmp_path))
    files = iter(("said.csv", "matrix.png", "plane.png"))
    monkeypatch.setattr("explorer.ui.destinations.choose_destination", lambda *_: str(tmp_path / next(files)))
    shown.export.click()
    with (tmp_path / "said.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[1][:4] == ["<b>dog/0.jpg", "<b>dog", "<b>dog", "0.9"]
    assert rows[7] == ["cat/6.jpg", "cat", "", "", "", ""]
    shown.export_matrix.click()
    shown.tabs.map.export.click()
    for name, widget in (("matrix.png", shown.tabs.mistakes.matrix), ("plane.png", shown.tabs.map.scatter)):
        image = QImage(str(tmp_path / name))
        assert image.size() == widget.size() * widget.devicePixelRatioF()


def test_without_classes_the_unsure_come_first(session, data_set, page) -> None:
    data_set.start()
    files = tuple(Path(path).name for path in FILES)
    answered(session, PictureSet("/animals", files, 3, LABELS, (), True), evaluation())
    assert page.right.isHidden()
    assert page.tabs.mistakes.matrix.isHidden()
    assert "the tab Classes says" in page.tabs.mistakes.unknown.text()
    assert page.tabs.mistakes.grid.rows.numbers == (3, 1, 7, 2, 0, 4, 5)
    assert page.untrained.text().startswith("Random weights")
    assert not page.export_matrix.isEnabled()


def test_many_classes_are_one_picture(qtbot) -> None:
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(500, 500)
    counts = np.eye(1000, 1001, dtype=np.int64) * 3
    view.show_confusion(Confusion(tuple(range(1000)), counts), [f"class {number}" for number in range(1000)])
    assert view.field().width() <= 500
    cell = view.cell_at(view.field().center())
    assert cell is not None
    assert view.rect_of(cell).contains(view.field().center())
    view.grab()


@pytest.mark.parametrize("name", theme.THEMES)
def test_counts_are_written_where_they_have_room(qtbot, qapp, name: str) -> None:
    """Ten digits in the room that the matrix has at 1280 × 800 in the projector's theme; the words above the last
    column take no more of it than the names."""
    view = ConfusionView()
    qtbot.addWidget(view)
    view.resize(367, 282)
    counts = np.eye(10, 11, dtype=np.int64) * 25
    theme.apply(qapp, name)
    try:
        for many, written in ((1, True), (10_000, False)):
            view.show_confusion(Confusion(tuple(range(10)), counts * many), [f"{digit}" for digit in range(10)])
            cell = view.rect_of((3, 3)).adjusted(2, 2, -2, -2).toRect()
            image = view.grab().toImage().copy(cell)
            colours = {image.pixel(x, y) for x in range(image.width()) for y in range(image.height())}
            assert (len(colours) > 1) is written is view.numbered
    finally:
        theme.apply(qapp, "light")


def test_classes_on_the_plane_are_those_of_most_pictures() -> None:
    found = evaluation()
    truth = np.array([9, 9, 9, 4, 4, 4, 4, -1], np.int32)
    judged = Judged(FILES, (), truth, found.top, found.chances)
    classes, places = grouped(judged, np.array([0, 3, 4, 7], np.int32))
    assert classes == (4, 9)
    assert places.tolist() == [1, 0, 0, -1]
    many = Judged(("x",) * 60, (), np.arange(60, dtype=np.int32) % 40, np.zeros((60, 1), np.int32), np.ones((60, 1)))
    classes, places = grouped(many, np.arange(60, dtype=np.int32))
    assert classes[:20] == tuple(range(20)), "twice each"
    assert len(classes) == 40
    assert [classes[place] for place in places] == many.truth.tolist()


def test_points_in_one_place(qtbot) -> None:
    view = ScatterView()
    qtbot.addWidget(view)
    view.show_points(np.ones((3, 2), np.float32), np.zeros(3, np.int64))
    view.grab()
    assert view.rect().contains(view.place(1).toPoint())
    view.show_points(np.zeros((0, 2), np.float32), np.zeros(0, np.int64))
    view.grab()
    assert view.point_at(QPointF(3, 3)) == -1


def test_names_of_classes_are_read_in_a_narrow_table(qtbot) -> None:
    table = FoundTable()
    qtbot.addWidget(table)
    table.resize(340, 200)
    table.show()
    QApplication.processEvents()
    assert table.columnWidth(0) > table.fontMetrics().horizontalAdvance("bicycle")
