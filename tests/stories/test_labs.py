"""A teacher takes object detection into her hands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt

from explorer.classics.catalogue import CLASSICS
from explorer.ui import destinations
from explorer.ui.labs.stages import Settings
from explorer.ui.panels.labs_page import LABS, LabsPage
from tests.labs import drag
from tests.ready import ReadyWorker
from tests.stories.conftest import User, with_worker
from tests.test_cascade import mtcnn_cache  # noqa: F401

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(user):
    return opened(user)


def opened(user: User) -> LabsPage:
    """The labs, by their key."""
    user.press(Qt.Key.Key_L, CTRL | SHIFT)
    page = user.window.pages.labs
    user.wait(page.isVisible)
    return page


def test_the_window_is_the_labs_until_she_goes_back(user, page) -> None:
    docks = user.window.docks
    shown = [title for title, dock in docks.items() if not dock.isHidden()]
    assert shown == []
    assert page.width() > 0.95 * user.window.width()
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.currentWidget() is user.window.pages.start
    assert all(dock.isHidden() for dock in docks.values()), "the start page has it, too"
    user.session.open_project(CLASSICS["lenet5"].project)
    assert [title for title, dock in docks.items() if dock.isHidden()] == ["History"]


def test_from_the_start_page(user) -> None:
    user.window.pages.start.labs.setFocus()
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: user.window.pages.currentWidget() is user.window.pages.labs)
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.currentWidget() is user.window.pages.start


def test_every_lab_opens_says_what_it_teaches_and_fits(user, page) -> None:
    for row, title in enumerate(LABS):
        page.list.setCurrentRow(row)
        lab = page.lab
        assert lab.title == lab.accessibleName() == title
        user.wait(lab.isVisible)
        assert lab.width() <= page.width()
        assert lab.picture.height() > 300
    assert page.lab is page.lab


def test_undo_is_the_lab_s_while_she_works_in_it(user, page) -> None:
    user.document.edit("something", user.project.__class__(title="kept"))
    user.window.pages.show_labs()
    page.list.setCurrentRow(0)
    user.press(Qt.Key.Key_Return)
    assert page.lab.isAncestorOf(user.focus)
    drag(page.lab.sheet, (3.5, 1.5), (5, 1.5))
    assert page.lab.exact.text() == "IoU = 0"
    user.press(Qt.Key.Key_Z, CTRL)
    assert page.lab.exact.text() == "IoU = 1/7 = 0.142857"
    page.list.setFocus()
    user.press(Qt.Key.Key_Y, CTRL)  # beside the lab, too
    assert page.lab.exact.text() == "IoU = 0"
    assert user.project.title == "kept"


def test_its_picture_is_written_and_that_is_told(user, page, tmp_path, monkeypatch) -> None:
    path = tmp_path / "overlap.svg"
    monkeypatch.setattr(destinations, "choose_destination", lambda *_: str(path))
    page.lab.export_button.click()
    assert path.stat().st_size > 1000
    assert user.window.notices.text == "Written: overlap.svg"
    assert user.window.notices.isVisible()


def open_lab(user, page, title: str):
    """One of the labs, with the keys in it."""
    page.list.setCurrentRow(list(LABS).index(title))
    page.lab.setFocus()
    return page.lab


def test_fully_connected_layers_become_convolutions(user, page) -> None:
    lab = open_lab(user, page, "Sliding windows")
    user.wait(lambda: lab.found is not None)
    assert lab.found.difference < 1e-5
    assert lab.layers.texts()[-1] == ["all", "323,620", "1,766,400", "1,459,200"]
    assert "1.21 times" in lab.honest.text()
    assert "10×10×16" in lab.chain.accessibleDescription()
    assert "FC 400" in lab.chain.accessibleDescription()
    assert lab.visited == {(0, 0)}
    user.press(Qt.Key.Key_Right)
    user.press(Qt.Key.Key_Down)
    assert lab.visited == {(0, 0), (0, 1), (1, 1)}
    assert [float(row[1]) for row in lab.scores.texts()] == pytest.approx(lab.found.alone[1, 1], abs=1e-6)
    lab.turn.click()
    assert "CONV 5×5 2×2×400, CONV 1×1 2×2×400, CONV 1×1 2×2×4" in lab.chain.accessibleDescription()
    lab.walk.click()
    user.wait(lambda: len(lab.visited) == 4 and not lab._step.isActive())
    lab.form.editor("size").setFocus()
    lab.form.editor("size").selectAll()
    user.type("28")
    user.wait(lambda: lab.found is not None)
    assert lab.found.at_once.shape == (8, 8, 4)
    assert lab.layers.texts()[-1][2:] == ["28,262,400", "21,273,600"]
    user.press(Qt.Key.Key_Z, CTRL)
    user.press(Qt.Key.Key_Z, CTRL)
    assert lab.value.size.size == 16
    assert not lab.value.convolutional


def test_the_window_follows_the_mouse(user, page) -> None:
    lab = open_lab(user, page, "Sliding windows")
    user.wait(lambda: lab.found is not None)
    drag(lab.sheet, (2, 2), (9, 9), (30, 9))
    assert lab.sheet.cell == (1, 1)
    lab.map.picked.emit(1, 0)
    assert lab.sheet.cell == (1, 0)
    assert "row 1, column 0" in lab.scores.horizontalHeaderItem(0).text()


@pytest.fixture
def with_mtcnn(mtcnn_cache, monkeypatch, qtbot, qapp) -> Iterator[User]:  # noqa: F811
    """A window with a worker of its own, which takes the folder over."""
    monkeypatch.setenv("CNN_EXPLORER_CACHE", str(mtcnn_cache))
    yield from with_worker(ReadyWorker(), qtbot, qapp)


def test_p_net_slides_over_the_astronaut(with_mtcnn) -> None:
    """The surest window lies on her face; another threshold and another smallest face ask anew."""
    user, page = with_mtcnn, opened(with_mtcnn)
    user.wait(lambda: user.session.models)
    lab = open_lab(user, page, "P-Net on a pyramid")
    user.wait(lambda: lab.found is not None)
    left, top, right, bottom = lab.sheet.mark
    assert 150 < (left + right) / 2 < 290
    assert 60 < (top + bottom) / 2 < 200
    assert "which makes it a box" in lab.said.text()
    assert [row[3] for row in lab.table.texts()] == [
        "22,201", "10,816", "5,184", "2,500", "1,156", "529", "225", "81", "25", "4", "42,721",
    ]  # fmt: skip
    assert lab.cost.texts() == [
        ["each window cut out", "42,721", "1,912,191,960"], ["one pass for each size", "10", "319,156,590"],
    ]  # fmt: skip
    before = lab.found
    lab.least.number.setValue(0.9)
    user.wait(lambda: lab.found is not before)
    assert len(lab.found.together.boxes) < len(before.together.boxes)
    assert lab.place == 5, "what is looked at stays"
    lab.form.editor("smallest").setFocus()
    lab.form.editor("smallest").selectAll()
    user.type("60")
    user.wait(lambda: len(lab.found.sizes) == 7)
    assert lab.found.sizes[0].size == (102, 102)


def test_anchors_come_from_the_worker_one_number_after_the_other(user, page) -> None:
    lab = open_lab(user, page, "Anchors by k-means")
    user.wait(lambda: len(lab.found) == 10)
    assert lab.fit.text().startswith("k = 5: mean IoU 0.")
    user.press(Qt.Key.Key_Insert)
    user.wait(lambda: len(lab.found) == 10 and "91 boxes" in lab.origin.text())


def test_the_family_is_timed_on_this_machine_and_can_be_stopped(user, page) -> None:
    lab = open_lab(user, page, "From R-CNN to one shot")
    lab.edit(Settings(picture=128, regions=8, proposals=4, all_crops=True))
    user.press(Qt.Key.Key_Space)  # Measure has the keys
    assert not lab.measure.isEnabled()
    user.wait(lambda: lab.measured.get(lab.value, Settings()) != Settings() and lab.measured[lab.value].complete)
    user.wait(lab.measure.isEnabled)
    assert "R-CNN was run for all 8 regions." in lab.said.text()
    assert [row.name for row in lab.formulas.rows] == ["R-CNN", "Fast", "Faster", "YOLO"]
    lab.edit(Settings(regions=10_000, all_crops=True))
    lab.measure.click()
    user.wait(lambda: lab.value in lab.measured)
    user.session.cancel(lab.work.lane)
    user.wait(lab.measure.isEnabled)
    assert not lab.measured[lab.value].complete
    assert lab.said.text() == "Some parts were not measured: press Measure to begin again."


def test_anchors_for_a_folder_of_labels(user, page, tmp_path, monkeypatch) -> None:
    for number in range(6):
        lines = [f"0 0.5 0.5 {0.1 + number / 10:.2f} 0.2", f"0 0.4 0.4 0.1 {0.3 + number / 20:.2f}"]
        (tmp_path / f"{number}.txt").write_text("\n".join(lines))
    lab = open_lab(user, page, "Anchors by k-means")
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(tmp_path),))
    lab.open.click()
    user.wait(lambda: "12 boxes, on 6 pictures" in lab.origin.text() and len(lab.found) == 10)
    (tmp_path / "0.txt").write_text("zebra")
    lab.open.click()
    user.wait(lambda: "11 boxes" in lab.origin.text() or lab.faults.text())
    assert "0.txt" in lab.faults.text()
