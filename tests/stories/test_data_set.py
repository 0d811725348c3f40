"""A student asks how often LeNet-5 is right about a folder of digits, where it is wrong, and who lies beside whom."""

from __future__ import annotations

import csv
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from explorer.maths.labelled import Labelled
from explorer.ui.panels.data_set_page import DataSetPage
from explorer.ui.pictures.picture_view import image_of
from explorer.ui.tables.found_table import VALUE
from explorer.workspace.settings import Settings
from tests.digits import digit_folders
from tests.label_files import write_coco
from tests.stories.conftest import LEFT, User
from tests.test_detection_set import MODEL, darknets

EACH, MISFILED = 30, 3


@pytest.fixture
def digits(assets: Path, tmp_path: Path) -> Path:
    digit_folders(assets, tmp_path / "digits", EACH, MISFILED)
    (tmp_path / "digits" / "5" / "broken.png").write_bytes(b"\x89PNG")
    (tmp_path / "digits" / "8").rename(tmp_path / "digits" / "snowmen")
    return tmp_path / "digits"


def gap_until(user: User, done, seconds: float = 60) -> float:
    """The longest time in which the window did nothing, until something is done."""
    gap, before, end = 0.0, time.perf_counter(), time.perf_counter() + seconds
    while not done():
        user.qtbot.wait(1)
        now = time.perf_counter()
        gap, before = max(gap, now - before), now
        assert now < end
    return gap


def test_a_data_set(user: User, digits: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    user.session.open_model("lenet5")
    user.wait(lambda: user.project.network.nodes)
    user.window.pages.show_data_set()
    page, data_set = user.window.pages.data_set, user.window.pages.data_set.data_set
    assert isinstance(page, DataSetPage)
    user.drop(page, str(digits))
    assert data_set.folder == str(digits)
    QTest.mouseClick(page.run_first, LEFT)
    user.wait(lambda: data_set.evaluation is not None and data_set.evaluation.done >= 16)
    if data_set.state == "running":
        QTest.mouseClick(page.run, LEFT)  # Pause
        assert data_set.state == "paused"
        QTest.mouseClick(page.run, LEFT)  # Go on
    assert gap_until(user, lambda: data_set.state == "done") < 2, "the window lives meanwhile"
    judged = data_set.judged
    assert judged.among_first(1)[1] == 9 * EACH
    assert "“broken.png” is" in page.broken.text()
    assert "8" not in data_set.meant

    page.tabs.setCurrentWidget(page.tabs.classes)
    row = list(data_set.folders).index("snowmen")
    index = page.tabs.classes.rows.index(row, 2)
    where = page.tabs.classes.visualRect(index).center()
    QTest.mouseClick(page.tabs.classes.viewport(), LEFT, pos=where)
    page.tabs.classes.setFocus()
    user.press(Qt.Key.Key_F2)
    user.press(Qt.Key.Key_8)
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: data_set.meant.get("snowmen") == 8)
    judged = data_set.judged
    assert judged.among_first(1)[1] == 10 * EACH
    wrong = 10 * EACH - judged.among_first(1)[0]
    assert 9 * MISFILED - 3 <= wrong <= 9 * MISFILED + 10

    page.tabs.setCurrentWidget(page.tabs.mistakes)
    matrix, grid = page.tabs.mistakes.matrix, page.tabs.mistakes.grid
    assert len(grid.rows.numbers) == wrong
    QTest.mouseClick(matrix, LEFT, pos=matrix.rect_of((4, 3)).center().toPoint())
    numbers = grid.rows.numbers
    assert len(numbers) >= MISFILED - 1
    user.wait(lambda: all(data_set.small.get(number) is not None for number in numbers))
    QTest.mouseClick(grid.viewport(), LEFT, pos=grid.visualRect(grid.rows.index(0)).center())
    name = Path(judged.files[numbers[0]]).name
    user.wait(lambda: user.session.picture is not None and user.session.picture.name == name)
    user.wait(lambda: user.session.prediction is not None)
    assert user.session.prediction.top[0].label == "3", "what was said of it in the set"
    assert user.session.prediction.top[0].probability == pytest.approx(float(judged.chances[numbers[0], 0]), abs=1e-4)

    page.tabs.setCurrentWidget(page.tabs.layers)
    where = page.tabs.layers.visualRect(page.tabs.layers.rows.index(2, 0)).center()
    QTest.mouseClick(page.tabs.layers.viewport(), LEFT, pos=where)
    assert user.session.selection == (data_set.evaluation.layers[2].node,)

    page.tabs.setCurrentWidget(page.tabs.map)
    scatter = page.tabs.map.scatter
    page.tabs.map.methods.setFocus()
    user.press(Qt.Key.Key_Down)  # t-SNE
    assert gap_until(user, lambda: data_set.embedding is not None and data_set.embedding.done >= 300) < 2
    points, truth = data_set.embedding.points, judged.said[data_set.evaluation.seen]
    middles = np.stack([np.median(points[truth == digit], 0) for digit in range(10)])
    nearest = np.linalg.norm(points[:, None] - middles, axis=2).argmin(1)
    assert (nearest == truth).mean() > 0.8, "digits lie beside their like"
    user.session.cancel("embedding")
    user.qtbot.wait(50)  # the line with its progress goes, and leaves its room to the plane
    QTest.mouseMove(scatter, scatter.place(7).toPoint())
    user.wait(lambda: not page.tabs.map.preview.pixmap().isNull())
    assert page.tabs.map.reading.text().startswith(judged.files[data_set.evaluation.seen[scatter.point]])
    QTest.mouseClick(scatter, LEFT, pos=scatter.place(7).toPoint())
    name = Path(judged.files[data_set.evaluation.seen[scatter.point]]).name
    user.wait(lambda: user.session.picture.name == name)

    Settings().set_folder("export", str(tmp_path))
    monkeypatch.setattr("explorer.ui.destinations.choose_destination", lambda *_: str(tmp_path / "said.csv"))
    QTest.mouseClick(page.export, LEFT)
    assert len((tmp_path / "said.csv").read_text().splitlines()) == 10 * EACH + 2
    page.setFocus()
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.shows_canvas
    Settings().set_folder("data set", "")


def test_a_detector_s_data_set(user: User, assets: Path, tmp_path: Path, monkeypatch) -> None:
    """Darknet's boxes are the labels; one thing was drawn that is not there, and one forgotten."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path / "cache"))
    names = [name for name in (assets / "coco.names").read_text().splitlines() if name]
    labelled = darknets(assets, tuple(names))
    dog = next(place for place, one in enumerate(labelled) if one.path == "dog.jpg")
    eagle = next(place for place, one in enumerate(labelled) if one.path == "eagle.jpg")
    extra = Labelled("toaster", (10.0, 10.0, 200.0, 200.0))
    labelled[dog] = replace(labelled[dog], things=(*labelled[dog].things, extra))
    labelled[eagle] = replace(labelled[eagle], things=())
    labels = write_coco(tmp_path, labelled, names)
    user.drop(user.window, str(assets / f"{MODEL}.weights"))
    user.wait(lambda: user.project.network.nodes, 60)
    user.window.pages.show_data_set()
    page = user.window.pages.data_set
    detected, results = page.detected, page.results
    assert "labels you have" in page.empty.sentence.text()
    user.drop(page, str(assets / "images"))
    QTest.mouseClick(page.run_first, LEFT)  # nobody said where the labels are
    user.wait(lambda: detected.state == "idle", 60)
    assert page.stack.currentWidget() is page.nothing
    assert user.window.focusWidget() is page.run_first, "the keys stay where the click was"
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(labels),))
    page.labels.file.trigger()
    assert "labels: instances.json" in page.empty.sentence.text()
    QTest.mouseClick(page.run_first, LEFT)
    user.wait(lambda: detected.state == "done", 90)
    assert page.stack.currentWidget() is results
    assert user.window.focusWidget() is page.run
    assert page.right.text().endswith("average precision")
    assert page.what.text().endswith("in 8 labelled pictures in images")
    assert results.numbers.text().startswith("AP50 ")
    assert not page.export.isVisible()

    table = results.classes
    user.wait(lambda: results.curve.plot is not None)
    assert len(results.curve.plot.listDataItems()) == 1
    table.sortByColumn(3, Qt.SortOrder.AscendingOrder)
    assert table.rows.item(0, 0).text() == "toaster"
    assert table.rows.item(0, 3).text() == "0.0 %"
    aps = [table.rows.item(row, 3).data(VALUE) for row in range(table.rows.rowCount())]
    assert aps == sorted(aps)
    table.selectRow(table.rows.rowCount() - 1)
    perfect = results.curve.plot.listDataItems()[-1]
    assert perfect.yData.max() == 1
    assert results.curve.plot.getPlotItem().legend.items[-1][1].text.endswith("overlap 0.5")

    monkeypatch.setattr("explorer.ui.destinations.choose_destination", lambda *_: str(tmp_path / "scores.csv"))
    QTest.mouseClick(results.export, LEFT)
    with (tmp_path / "scores.csv").open(newline="", encoding="utf-8") as file:
        written = {row["class"]: row for row in csv.DictReader(file)}
    assert float(written["toaster"]["AP"]) == 0
    assert len(written) == table.rows.rowCount() + 1
    monkeypatch.setattr("explorer.ui.destinations.choose_destination", lambda *_: str(tmp_path / "curve.svg"))
    QTest.mouseClick(results.export_curve, LEFT)
    drawn = (tmp_path / "curve.svg").read_text("utf-8")
    assert "overlap 0.5" in drawn
    assert f'viewBox="0 0 {results.curve.width()} {results.curve.height()}"' in drawn, "as large as it is drawn"
    assert "<image" not in drawn, "lines, not pixels"

    results.tabs.setCurrentIndex(1)
    assert results.grid.rows.numbers == (), "of the class that was chosen nothing is missed"
    results.choice.setFocus()
    user.type("toaster")
    assert [detected.pictures.files[number] for number in results.grid.rows.numbers] == ["dog.jpg"]
    assert results.heading.text().endswith("in which something is missed: toaster")
    assert table.rows.item(table.currentIndex().row(), 0).text() == "toaster"
    user.press(Qt.Key.Key_Home)
    assert results.place == table.place == -1
    files = detected.pictures.files
    missed = [files[number] for number in results.grid.rows.numbers]
    assert "dog.jpg" in missed
    assert "eagle.jpg" not in missed
    assert results.heading.text().endswith("in which something is missed")
    results.order.setCurrentIndex(1)
    assert "eagle.jpg" in [files[number] for number in results.grid.rows.numbers]
    number = files.index("eagle.jpg")
    user.wait(lambda: detected.small.by_number.get(number) is not None)
    drawn, plain = results._image(number), image_of(detected.small.by_number[number].pixels)
    assert drawn.convertToFormat(plain.format()) != plain, "the box of nothing is drawn"
    row = results.grid.rows.numbers.index(number)
    QTest.mouseClick(results.grid.viewport(), LEFT, pos=results.grid.visualRect(results.grid.rows.index(row)).center())
    user.wait(lambda: user.session.picture is not None and user.session.picture.name == "eagle.jpg")

    user.session.open_model("lenet5")
    user.wait(lambda: user.project.title != MODEL and user.project.network.nodes)
    user.window.pages.show_data_set()
    assert page.stack.currentWidget() is page.nothing
    assert "how often" in page.empty.sentence.text()
    assert not page.labels.isVisible()
